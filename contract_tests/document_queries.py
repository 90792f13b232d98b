"""Queries of any document: parameters hold together, ranges are ranges, and what is counted is what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from mockserver.conformance import (
    SHORT_LIST,
    SUCCESSES,
    Bound,
    Group,
    InferredList,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Provenance,
    Session,
    alike,
    bound_of,
    check,
    flat,
    list_words,
    listed,
    text_of,
    words_of,
)

INFERRED = Provenance.INFERRED
MADE = 4
"""How many records are made to be found again."""
MOST = 6
"""How many pairs of parameters are tried of one list."""
WITHIN = 3
"""How many values are within a range, at least where there are more."""
INCLUSIVE = frozenset({"min", "minimum", "max", "maximum", "gte", "ge", "lte", "le", "start", "from"})
"""Words of parameters that find what is at them, too: others, such as ``after`` and ``end``, are taken either way."""
INCLUSIVELY = re.compile(
    r"\binclusive|\bat (?:least|most)\b|\bon or (?:after|before)\b|\bor (?:later|after|earlier|before|more|less)\b"
    r"|\bup to\b|\bnot? (?:earlier|later|less|more)\b|[<>]=|[≤≥]",
    re.IGNORECASE,
)
"""How a description says so."""
DAY_LENGTH = len("2025-04-18")
Item = dict[str, Any]


def members(items: list[Item]) -> list[str]:
    """The members that any of the records has, in the order in which they are met."""
    return list(dict.fromkeys(name for one in items for name in one))


def filters(listing: InferredList, items: list[Item]) -> Iterator[tuple[str, str]]:
    """The query parameters that are called like a member of the records, with that member."""
    plan = listing.operation.plan
    for one in plan.parameters if plan else ():
        name = next((name for name in members(items) if flat(name) == flat(one.name)), None)
        if one.location == "query" and name is not None and flat(one.name) not in list_words.SIZES:
            yield one.name, name


def _lists(
    session: Session, asking: InferredTrials, group: Group
) -> Iterator[tuple[InferredList, list[Item], list[InferredRecord]]]:
    """Lists with some of the records that they hold; those that are made for it are removed again."""
    for operation in asking.whole_lists(group, Kind.LIST):
        above, made = asking.several(group, MADE)
        listing = InferredList(asking, group, operation, above)
        items = [one for one in asking.items(listing.ask({}), operation) if isinstance(one, dict)]
        if items:
            with session.each(operation):
                yield listing, items, made
        for one in made:
            asking.remove(group, one)


@check(inferred=True, provenance=INFERRED)
def check_together(session: Session, group: Group) -> None:
    """Two parameters that are called like members of the records find those that have both values."""
    asking, tried = InferredTrials(session), 0
    for listing, items, _ in _lists(session, asking, group):
        pairs = [*combinations(filters(listing, items), 2)][:MOST]
        for (one, first), (other, second) in pairs:
            for a, b in _values(items, first, second):
                found = _asked(asking, listing, {one: a, other: b})
                if found is None:
                    continue
                tried += 1
                strange = [each for each in found if not (_has(each, first, a) and _has(each, second, b))]
                cause = f"{one} and {other} together find records that lack one of both values"
                _lacks(session, listing, found, strange, cause)
                tried += _searched(session, asking, listing, items, (one, first, a))
    if not tried:
        raise NotApplicable("no list has two parameters that are called like members of its records")


def _values(items: list[Item], first: str, second: str) -> Iterator[tuple[Any, Any]]:
    """Two pairs of values: those of one record, and of two records that differ in both."""
    known = [one for one in items if all(isinstance(one.get(name), str | int) for name in (first, second))]
    yield from ((one[first], one[second]) for one in known[:1])
    mixed = (
        (one[first], other[second])
        for one, other in combinations(known, 2)
        if one[first] != other[first] and one[second] != other[second]
    )
    yield from [*mixed][:1]


def _searched(
    session: Session, asking: InferredTrials, listing: InferredList, items: list[Item], by: tuple[str, str, Any]
) -> int:
    """The same for one of them and a text to search for, of a record with another value."""
    taken, (parameter, name, value) = listing.parameter(list_words.TEXTS), by
    others = [one for one in items if name in one and not _has(one, name, value)]
    texts = [text for one in others for text in one.values() if isinstance(text, str) and len(text) > 3]
    text = next((one for one in texts if taken and asking.replies.allows(taken.schema, one)), None)
    found = _asked(asking, listing, {parameter: value, taken.name: text}) if taken and text else None
    if found is None or taken is None:
        return 0
    strange = [one for one in found if not _has(one, name, value)]
    cause = f"{parameter} and {taken.name} together find records of another {name}"
    _lacks(session, listing, found, strange, cause)
    return 1


def _lacks(session: Session, listing: InferredList, found: list[Item], strange: list[Item], cause: str) -> None:
    """Expect none of what was found to be ``strange``."""
    detail = f"{len(strange)} of {len(found)}"
    session.expect_listing(listing.operation, listing.keys(found), cause, detail, lacks=listing.keys(strange))


def _asked(asking: InferredTrials, listing: InferredList, query: dict[str, Any]) -> list[Item] | None:
    """What is found; None where the document does not allow the values, or the target refuses them."""
    plan = listing.operation.plan
    schemas = {one.name: one.schema for one in plan.parameters} if plan else {}
    if not all(asking.replies.allows(schemas[name], value) for name, value in query.items()):
        return None
    reply = listing.ask({name: text_of(value) for name, value in query.items()})
    items = asking.items(reply, listing.operation) if reply.status in SUCCESSES else None
    return [one for one in items if isinstance(one, dict)] if items is not None else None


def _has(record: Item, name: str, value: Any) -> bool:
    """Whether the member is, holds or contains the value; it may be that a list does not show it."""
    found = record.get(name, value)
    if isinstance(found, list | dict):
        return True
    return alike(value, found) if not isinstance(value, str) else value.lower() in str(found).lower()


@check(inferred=True, provenance=INFERRED)
def check_ranges(session: Session, group: Group) -> None:
    """A parameter that is called like a bound of a member finds records on that side of it, and all of them."""
    asking, tried = InferredTrials(session), 0
    for listing, items, _ in _lists(session, asking, group):
        bounds = dict(_bounds(listing, items))
        for parameter, asked in bounds.items():
            other = (asked.member, not asked.is_lower)
            opposite = next((name for name, one in bounds.items() if (one.member, one.is_lower) == other), None)
            tried += _ranged(session, asking, group, listing, items, (parameter, asked), opposite)
    if not tried:
        raise NotApplicable("no list has a parameter that is called like a bound of a member of its records")


def _ranged(
    session: Session, asking: InferredTrials, group: Group, listing: InferredList, items: list[Item],
    by: tuple[str, Bound], opposite: str | None,
) -> int:  # fmt: skip
    """Judge one end of a range; 0 where the records differ too little, or the target refuses it.

    Where there is an ``opposite`` end it is said as well to find all: without it the target may have one of its own.
    """
    parameter, asked = by
    spans = {asking.key(group, one): _span(one.get(asked.member)) for one in items}
    values = sorted({one for span in spans.values() for one in span}, key=lambda one: (str(type(one)), one))
    if len(values) < 3 or len({type(one) is str for one in values}) > 1:
        return 0
    middle, last = len(values) // 2, len(values) - 1  # so that a page can hold all that is within
    bound = values[max(middle, last - WITHIN) if asked.is_lower else min(middle, WITHIN)]
    end = values[-1 if asked.is_lower else 0]
    found = _asked(asking, listing, {parameter: bound})
    if found is None:
        return 0
    shown = [(one, span) for one in found if (span := _span(one.get(asked.member))) and type(span[0]) is type(bound)]
    strange = [one for one, span in shown if bound not in span and not _reaches(span, bound, asked)]
    _lacks(session, listing, found, strange, f"{parameter} finds records beyond it")
    if opposite is not None:
        found = _asked(asking, listing, {parameter: bound, opposite: end})
    if found is not None and len(found) < SHORT_LIST:
        keys = {asking.key(group, one) for one in found}
        beyond = end if opposite is not None else None  # an end may be one that is not within
        within = {key for key, span in spans.items() if any(_is_inside(one, bound, beyond, asked) for one in span)}
        cause, missing = f"{parameter} does not find all records within it", sorted(within - keys)
        session.expect_listing(listing.operation, keys, cause, listed(missing), holds=missing)
        at_it = (
            {key for key, span in spans.items() if bound in span}
            if _holds_its_end(listing, parameter, asked.member, bound)
            else set()
        )
        cause, missing = f"{parameter} does not find the records that are at it", sorted(at_it - keys)
        session.expect_listing(listing.operation, keys, cause, listed(missing), holds=missing)
    return 1


def _holds_its_end(listing: InferredList, parameter: str, member: str, bound: Any) -> bool:
    """Whether a range has its end in it: told by its word or in words, of what is shown as exactly as it is kept."""
    plan = listing.operation.plan
    taken = plan.parameter(parameter) if plan else None
    is_in_words = taken is not None and INCLUSIVELY.search(taken.description) is not None
    words = set(words_of(parameter)) - set(words_of(member))  # ``current_period_start[gt]`` is no start
    is_said = is_in_words or not words.isdisjoint(INCLUSIVE)
    return is_said and (type(bound) is not str or len(bound) == DAY_LENGTH)


def _is_inside(one: Any, bound: Any, beyond: Any, asked: Bound) -> bool:
    """Whether a value is on the side of a bound that is asked for, neither at it nor at the end on the other side."""
    return bool(one != beyond and (one > bound if asked.is_lower else one < bound))


def _reaches(span: list[Any], bound: Any, asked: Bound) -> bool:
    """Whether a value is on the side of a bound that is asked for, and not at it."""
    return any(_is_inside(one, bound, None, asked) for one in span)


def _span(value: Any) -> list[Any]:
    """What has an order of a member: its value, or those in its list."""
    return [one for one in (value if isinstance(value, list) else [value]) if _is_ordered(one)]


def _is_ordered(value: Any) -> bool:
    """Whether a value has an order that its text tells: a number, a date or a moment of one offset."""
    is_day = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|\+00:00))?", value) is not None
    return type(value) in (int, float) or is_day


def _bounds(listing: InferredList, items: list[Item]) -> Iterator[tuple[str, Bound]]:
    """Parameters such as ``min_age`` and ``price[lte]``, each with what it is a bound of."""
    plan, known = listing.operation.plan, {flat(name): name for name in members(items)}
    for one in plan.parameters if plan else ():
        bound = bound_of(one.name, known) if one.location == "query" else None
        if bound is not None:
            yield one.name, bound


@check(inferred=True, provenance=INFERRED)
def check_counted(session: Session, group: Group) -> None:
    """What a list says of how many records there are holds where a parameter asks for some of them, too."""
    asking, tried = InferredTrials(session), 0
    for listing, items, _ in _lists(session, asking, group):
        for parameter, name in filters(listing, items):
            value = next((one[name] for one in items if isinstance(one.get(name), str | int)), None)
            if value is None or _asked(asking, listing, {parameter: value}) is None:
                continue
            page = listing.page({parameter: text_of(value)})
            totals = [one for one in sorted(list_words.TOTALS | {"count"}) if type(page.facts.get(one)) is int]
            if not totals or not 0 < len(page.keys) < min(len(items), SHORT_LIST) or page.onward:
                continue
            tried += 1
            total = page.facts[totals[0]]
            cause = f"{totals[0]} is not the number of records that {parameter} finds"
            expected = page.breaks(totals[0], "counts", listing.items_place)
            session.expect(total == len(page.keys), cause, f"{total}, {len(page.keys)} found", expected)
    if not tried:
        raise NotApplicable("no list says how many records a parameter finds")
