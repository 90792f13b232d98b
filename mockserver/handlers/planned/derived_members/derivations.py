"""What follows from other members of the same object: ONE table, for first records and for those that are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from random import Random
from typing import NamedTuple

from mockserver.handlers.planned.addressing.new_keys import slug_of
from mockserver.handlers.planned.derived_members.intervals import as_moment, end_of, is_exact, length_of, spans
from mockserver.messages import Json
from mockserver.values.name_words import flat

KNOWN = 2_048
"""Of how many kinds of objects it is remembered what follows from what."""
WORDS_A_MINUTE = 200


class Derivation(NamedTuple):
    """``work`` makes ``target`` of the moment and what ``sources`` hold; None where nothing follows."""

    target: str
    sources: tuple[str, ...]
    work: Callable[..., Json]


@lru_cache(KNOWN)
def derivations(names: tuple[str, ...]) -> tuple[Derivation, ...]:
    """What follows from what in an object with members of those names. PERF: worked out once for each kind."""
    return tuple(_told(names))


def within_capacity(value: dict[str, Json], random: Random) -> dict[str, Json]:
    """A made object in which no more is taken than there is room for."""
    called = {flat(name): name for name in value}
    room = next((value[called[one]] for one in CAPACITY if one in called), None)
    taken = next((called[one] for one in _TAKEN if one in called), None)
    held = value[taken] if taken is not None else None
    if taken is None or not is_exact(room) or not is_exact(held) or held <= room:
        return value
    return {**value, taken: random.randrange(int(room) + 1)}


def _told(names: tuple[str, ...]) -> Iterator[Derivation]:
    called: dict[str, str] = {}
    for name in names:
        called.setdefault(flat(name), name)
    done: set[str] = set()
    for span in spans(names):
        if span.length:
            yield Derivation(span.end, (span.start, span.length), partial(end_of, span.unit))
            yield Derivation(span.length, (span.start, span.end), partial(length_of, span.unit))
    for targets, alternatives, work in _TABLE:
        sources = tuple(next((called[one] for one in words if one in called), "") for words in alternatives)
        for target in (called[one] for one in targets if one in called):
            if all(sources) and target not in sources and target not in done:
                done.add(target)
                yield Derivation(target, sources, work)


def _full_name(_: datetime, first: Json, last: Json) -> Json:
    return f"{first} {last}" if isinstance(first, str) and isinstance(last, str) else None


def _initials(_: datetime, *names: Json) -> Json:
    return "".join(word[0] for one in names for word in str(one).split()[:3]).upper() or None


def _age(now: datetime, born: Json) -> Json:
    """Full years since a day of birth."""
    day = as_moment(born)
    if day is None or day > now:
        return None
    return now.year - day.year - ((now.month, now.day) < (day.month, day.day))


def _days_left(now: datetime, end: Json) -> Json:
    moment = as_moment(end)
    return None if moment is None else max((moment.date() - now.date()).days, 0)


def _is_past(now: datetime, end: Json) -> Json:
    moment = as_moment(end)
    return None if moment is None else moment < now


def _slug(_: datetime, title: Json) -> Json:
    return slug_of({"title": title}) or None


def _words_in(_: datetime, text: Json) -> Json:
    return len(re.findall(r"\w+", text)) if isinstance(text, str) else None


def _minutes_to_read(now: datetime, text: Json) -> Json:
    words = _words_in(now, text)
    return -(-words // WORDS_A_MINUTE) if isinstance(words, int) else None


def _difference(_: datetime, whole: Json, taken: Json) -> Json:
    """What is left of a number after another, or after as many as a list holds."""
    taken = len(taken) if isinstance(taken, list) else taken
    return max(round(whole - taken, 2), 0) if is_exact(whole) and is_exact(taken) else None


def _product(_: datetime, count: Json, rate: Json) -> Json:
    return round(count * rate, 2) if is_exact(count) and is_exact(rate) else None


def _is_none_left(now: datetime, whole: Json, taken: Json) -> Json:
    left = _difference(now, whole, taken)
    return None if left is None else left == 0


def _one_line(_: datetime, street: Json, postcode: Json, city: Json) -> Json:
    return f"{street}, {postcode} {city}"


_FIRST = ("firstname", "givenname", "forename")
_LAST = ("lastname", "familyname", "surname")
_TEXT = ("body", "content", "text", "bodytext", "article")
_DUE = ("duedate", "dueat", "dueon", "due", "deadline")
_EXPIRY = (
    "expiresat", "expireson", "expirydate", "expirationdate", "expiresdate", "expiry", "expiration", "validuntil",
    "validto", "expires", "expireat", "expirytime",
)  # fmt: skip
_END = ("endsat", "endson", "enddate", "endat", "endtime", "end", "renewsat", "renewson", "renewaldate")
CAPACITY = (
    "capacity", "maxparticipants", "maxattendees", "totalseats", "seatstotal", "maxcapacity", "maxseats", "totalspots",
    "totalcapacity", "seats",
)  # fmt: skip
_TAKEN = (
    "booked", "enrolled", "bookedcount", "enrolledcount", "bookings", "enrollments", "reserved", "occupied",
    "attendeecount", "attendees", "participantcount", "participants", "registered", "currentoccupancy", "occupancy",
    "bookedseats", "seatsbooked", "seatstaken", "takenseats", "registrationcount", "bookedspots", "enrolment",
    "enrollment",
)  # fmt: skip
_LEFT = (
    "available", "availablespots", "spotsleft", "remainingcapacity", "availableseats", "seatsavailable",
    "spotsavailable", "freeplaces", "freespots", "remainingspots", "remainingseats", "seatsleft", "availableplaces",
    "placesleft", "spotsremaining", "freeseats", "availablecapacity",
)  # fmt: skip
_TABLE: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...], Callable[..., Json]], ...] = (
    (("fullname", "displayname", "name", "completename"), (_FIRST, _LAST), _full_name),
    (("initials",), (_FIRST, _LAST), _initials),
    (("initials",), (("fullname", "name", "displayname"),), _initials),
    (("age", "ageyears", "currentage", "ageinyears"),
     (("birthdate", "dateofbirth", "dob", "birthday", "born", "bornon", "birth"),), _age),
    (("slug", "urlslug"), (("title", "name", "headline", "label"),), _slug),
    (("wordcount", "numwords"), (_TEXT,), _words_in),
    (("readingtime", "readingminutes", "readtime", "readingtimeminutes", "minutesread", "readminutes"),
     (_TEXT,), _minutes_to_read),
    (("daysleft", "daysremaining", "remainingdays", "daysuntildue", "daysuntilexpiry", "daystogo",
      "daysuntilexpiration", "daysuntilrenewal"), ((*_DUE, *_EXPIRY, *_END),), _days_left),
    (("isexpired", "expired", "hasexpired"), (_EXPIRY,), _is_past),
    (_LEFT, (CAPACITY, _TAKEN), _difference),
    (("isfull", "full", "soldout", "issoldout"), (CAPACITY, _TAKEN), _is_none_left),
    (("balancedue", "amountdue", "outstanding", "amountoutstanding", "outstandingamount", "remainingamount",
      "amountremaining", "balance"),
     (("total", "totalamount", "grandtotal", "amounttotal"), ("amountpaid", "paidamount", "totalpaid")), _difference),
    (("totalprice", "total", "totalamount", "totalcost", "grandtotal", "price", "amount", "cost"),
     (("nights", "numberofnights"), ("nightlyrate", "pricepernight", "ratepernight", "nightlyprice")), _product),
    (("totalprice", "total", "totalamount", "totalcost", "grandtotal", "price", "amount", "cost"),
     (("hours", "durationhours", "hoursworked"), ("hourlyrate", "priceperhour", "rateperhour")), _product),
    (("totalprice", "total", "totalamount", "totalcost", "grandtotal", "price", "amount", "cost"),
     (("days", "durationdays", "numberofdays"), ("dailyrate", "priceperday", "rateperday", "dayrate")), _product),
    (("formatted", "formattedaddress", "fulladdress"),
     (("street", "line1", "streetaddress", "addressline1"), ("zip", "zipcode", "postalcode", "postcode"),
      ("city", "town")), _one_line),
)  # fmt: skip
"""What members follow from which, by what they are called, whatever the spelling; sums and products are in ``sums``,
lengths in ``intervals``."""
