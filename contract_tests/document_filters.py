"""Filters of any document: what parameters ask for by name is what lists hold, in the order that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeAlias

from mockserver.conformance import (
    SHORT_LIST,
    SUCCESSES,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    PlainListing,
    PlainMade,
    PlainTrying,
    Provenance,
    Session,
    Taken,
    alike,
    check,
    flat,
    leveled,
    list_words,
    listed,
)

MADE = 4
"""How many records are made to be found again."""
INFERRED = Provenance.INFERRED
Order: TypeAlias = list[tuple[str, dict[str, str], bool]]
"""By one member: its name, the query, and whether it is descending; for each way round."""
WAYS = (("asc", "desc"), ("ASC", "DESC"), ("ascending", "descending"))
"""What asks for an order upwards and downwards."""
MOST = 3
"""By how many members a list is ordered."""


@check(plain=True, provenance=INFERRED)
def check_filters(session: Session, group: Group) -> None:
    """A parameter that is called like a member of the records finds those that have the value, and no others."""
    asking, tried = PlainTrying(session), 0
    for operation in asking.whole_lists(group, Kind.LIST, Kind.SEARCH):
        above, made = asking.several(group, MADE)
        listing, plan = PlainListing(asking, group, operation, above), operation.plan
        assert plan
        items = [one for one in asking.items(listing.ask({}), operation) if isinstance(one, dict)]
        if not items:
            continue
        for one in plan.taken:
            whole = {name: value for each in items for name, value in each.items() if value is not None}
            named = {flat(one.name), flat(f"{one.name}s")} if _is_listed(whole, one.name) else {flat(one.name)}
            name = next((name for name in whole if flat(name) in named), None)
            if one.location != "query" or name is None or flat(one.name) in list_words.SIZES:
                continue
            for value in _distinct(items, name):
                if not asking.replies.allows(one.schema, value) and not asking.replies.allows(one.schema, [value]):
                    continue
                tried += 1
                with session.each(operation):
                    _filtered(session, asking, group, listing, one.name, name, value, items)
        for record in made:
            asking.remove(group, record)
    if not tried:
        raise NotApplicable("no list has a parameter that is called like a member of its records")


def _is_listed(record: dict[str, Any], parameter: str) -> bool:
    """Whether a member called as several of what the parameter is holds a list of them: ``tags`` of a ``tag``."""
    return any(isinstance(one, list) and flat(name) == flat(f"{parameter}s") for name, one in record.items())


def _distinct(items: list[dict[str, Any]], name: str) -> list[Any]:
    """Values of the member that some records have and others have not."""
    found: list[Any] = []
    for one in items:
        value = one.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str | int | float) and value != "" and value not in found:
            found.append(value)
    return [*found[:1], *found[-1:]] if len(found) > 1 else found


def _filtered(
    session: Session, asking: PlainTrying, group: Group, listing: PlainListing, parameter: str, name: str, value: Any,
    items: list[dict[str, Any]],
) -> None:  # fmt: skip
    text = str(value).lower() if isinstance(value, bool) else str(value)
    reply = listing.ask({parameter: text})
    if reply.status not in SUCCESSES:
        return
    found = [one for one in asking.items(reply, listing.operation) if isinstance(one, dict)]
    strange = [one for one in found if name in one and not _meets(one[name], value)]
    cause, detail = f"{parameter} finds records of another {name}", f"{len(strange)} of {len(found)}"
    keys = listing.keys(found)
    session.expect_listing(listing.operation, keys, cause, detail, lacks=listing.keys(strange))
    wanted = [asking.key(group, one) for one in items if one.get(name) == value]
    missing = [key for key in wanted if key not in keys] if len(found) < 10 else []
    cause = f"{parameter} does not find a record of that {name}"
    session.expect_listing(listing.operation, keys, cause, listed(missing), holds=missing)


def _meets(found: Any, value: Any) -> bool:
    """Whether a member is, holds or contains a value."""
    if isinstance(found, list):
        return any(_meets(one, value) for one in found)
    if isinstance(found, dict):
        return True
    return alike(value, found) if not isinstance(value, str) else value.lower() in str(found).lower()


@check(Kind.LIST, plain=True, provenance=INFERRED)
def check_sorted(session: Session, group: Group) -> None:
    """A list that is asked for in the order of a member is in that order, ascending or descending."""
    asking, tried = PlainTrying(session), 0
    for operation in asking.whole_lists(group, Kind.LIST):
        above, made = asking.several(group, MADE)
        listing = PlainListing(asking, group, operation, above)
        items = [leveled(one) for one in asking.items(listing.ask({}), operation) if isinstance(one, dict)]
        orders = [*_orders(asking, listing, items)] if len(items) > 2 else []
        for turns in _judged(asking, listing, orders):
            for name, query, is_down in turns:
                tried += 1
                with session.each(operation):
                    _in_order(session, asking, listing, query, name, is_down=is_down)
        for one in made:
            asking.remove(group, one)
    if not tried:
        wanted = list_words.SORTS
        taken = any(PlainListing(asking, group, one, ()).parameter(wanted) for one in group.all(Kind.LIST))
        raise (Inconclusive if taken else NotApplicable)("no list can be ordered by a member that differs")


def _judged(asking: PlainTrying, listing: PlainListing, orders: list[Order]) -> list[Order]:
    """The orders to judge: the first where the document names what to order by, else those that the target knows.

    What it does not know leaves the list as it is; where it knows none of them, the first is judged, as none is given.
    """
    sort = listing.parameter(list_words.SORTS)
    if sort is None or asking.maker.shapes.says(sort.schema, "enum") is not None:
        return orders[:MOST]
    usual = listing.page({}).keys
    known = [turns for turns in orders if any(listing.page(query).keys != usual for _, query, _ in turns)]
    return known[:MOST] or orders[:1]


def _orders(asking: PlainTrying, listing: PlainListing, items: list[dict[str, Any]]) -> Iterator[Order]:
    """For each member to order by: its name, what asks for that, and whether it is the other way round."""
    sort = listing.parameter(list_words.SORTS)
    way, words = _direction(asking, listing)
    for name in items[0] if sort is not None else ():
        values = [one.get(name) for one in items]
        is_plain = all(isinstance(one, str) for one in values) or all(type(one) in (int, float) for one in values)
        is_plain = is_plain and len(set(values)) > 2 and not any("://" in str(one) for one in values)  # nor an address
        if (
            sort is None
            or not is_plain
            or len(set(values)) < len(items[:3])
            or not asking.replies.allows(sort.schema, name)
        ):
            continue
        if way is None:
            back = [(name, {sort.name: f"-{name}"}, True)] if asking.replies.allows(sort.schema, f"-{name}") else []
            yield [(name, {sort.name: name}, False), *back]
        elif way.name != sort.name:
            yield [(name, {sort.name: name, way.name: word}, bool(number)) for number, word in enumerate(words)]


def _direction(asking: PlainTrying, listing: PlainListing) -> tuple[Taken | None, tuple[str, str]]:
    """The parameter that says which way round, and its words; ``order`` may be one where another names the member."""
    sort, plan = listing.parameter(list_words.SORTS), listing.operation.plan
    way = listing.parameter(list_words.DIRECTIONS)
    enums = (one for one in (plan.taken if plan else ()) if asking.maker.shapes.says(one.schema, "enum") is not None)
    others = [one for one in enums if sort is not None and one.name != sort.name and flat(one.name) in list_words.SORTS]
    for one in [way] if way is not None else others:
        for words in WAYS:
            if asking.replies.allows(one.schema, words[1]):
                return one, words
    return way if way is not None and asking.replies.allows(way.schema, "desc") else None, WAYS[0]


def _in_order(
    session: Session, asking: PlainTrying, listing: PlainListing, query: dict[str, str], name: str, *, is_down: bool
) -> None:
    reply = listing.ask(query)
    items = (leveled(one) for one in asking.items(reply, listing.operation) if isinstance(one, dict))
    found = [one[name] for one in items if name in one]
    if reply.status not in SUCCESSES or len(found) < 3:
        return
    is_sorted = any(sorted(keys, reverse=is_down) == keys for keys in _collations(found))
    session.expect(
        is_sorted, f"{'descending' if is_down else 'ascending'} order by {name} is requested but not applied"
    )


def _collations(found: list[Any]) -> Iterator[list[Any]]:
    """What the values of a list may be compared by: themselves, texts without case or punctuation, numbers in texts."""
    yield found
    texts = [one for one in found if isinstance(one, str)]
    if len(texts) == len(found):
        yield [one.lower() for one in texts]
        yield ["".join(filter(str.isalnum, one.lower())) for one in texts]
        with suppress(ValueError):
            yield [float(one) for one in texts]


@check(Kind.LIST, Kind.CREATE, writes=True, plain=True, provenance=INFERRED)
def check_texts(session: Session, group: Group) -> None:
    """A text that is searched for finds the record that has it, and no record without it."""
    asking, tried = PlainTrying(session), 0
    for operation in asking.whole_lists(group, Kind.LIST, Kind.SEARCH):
        above, made = asking.several(group, MADE)
        listing = PlainListing(asking, group, operation, above)
        by = listing.parameter(list_words.TEXTS)
        if by is None:
            continue
        for one in made[:1]:
            texts = [value for value in _texts(one) if asking.replies.allows(by.schema, value)]
            if not texts:
                continue
            tried += 1
            with session.each(operation):
                _searched(session, asking, group, listing, by.name, sorted(texts, key=len, reverse=True), one.key)
        for one in made:
            asking.remove(group, one)
    if not tried:
        wanted = list_words.TEXTS
        taken = any(PlainListing(asking, group, one, ()).parameter(wanted) for one in group.all(Kind.LIST, Kind.SEARCH))
        raise (Inconclusive if taken else NotApplicable)("no list can be searched for text")


def _searched(
    session: Session, asking: PlainTrying, group: Group, listing: PlainListing, parameter: str, texts: list[str],
    key: str,
) -> None:  # fmt: skip
    """Expect one of its texts to find a record (which members are searched is the server's own), and no strangers."""
    for text in texts:
        reply = listing.ask({parameter: text})
        if reply.status not in SUCCESSES:
            return
        items = asking.items(reply, listing.operation)
        strange = [each for each in items if text.lower() not in str(each).lower()]
        session.expect(not strange, "a search finds records without its text", f"{len(strange)} of {len(items)}")
        keys = [asking.key(group, each) for each in items]
        if key in keys or len(items) >= SHORT_LIST:
            return
    cause = "a search does not find the record with its text"
    session.expect_listing(listing.operation, keys, cause, holds=[key])


def _texts(made: PlainMade) -> list[str]:
    """Texts that were sent of a record, and that it has."""
    if not isinstance(made.sent, dict) or not isinstance(made.record, dict):
        return []
    kept = (value for name, value in made.sent.items() if made.record.get(name) == value)
    return [one for one in kept if isinstance(one, str) and one.isascii() and len(one) > 3]
