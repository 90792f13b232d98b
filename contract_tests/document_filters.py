"""Filters of any document: what parameters ask for by name is what lists hold, in the order that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeAlias

from mockserver.conformance import (
    SHORT_LIST,
    SUCCESSES,
    Group,
    Inconclusive,
    InferredList,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    PlannedParameter,
    Provenance,
    Session,
    alike,
    check,
    flat,
    leveled,
    list_words,
    listed,
    same_json,
    within,
)

MADE = 4
"""How many records are made to be found again."""
INFERRED = Provenance.INFERRED
Order: TypeAlias = list[tuple[str, dict[str, str], bool]]
"""By one member: its name, the query, and whether it is descending; for each way round."""
WAYS = (("asc", "desc"), ("ASC", "DESC"), ("ascending", "descending"))
"""What asks for an order upwards and downwards."""
BACKWARDS = ("-{}", "{} desc", "{},desc", "{}:desc")
"""What asks for the order of a member downwards, where one parameter says both."""
DOWNWARDS = re.compile(r"\bdesc|[`'\"(]-|\bminus\b|hyphen|\breverse", re.IGNORECASE)
"""What a description says of how an order downwards is asked for."""
NO_MEMBER = "no_such_member"
MOST = 3
"""By how many members a list is ordered."""


@check(inferred=True, provenance=INFERRED)
def check_filters(session: Session, group: Group) -> None:
    """A parameter that is called like a member of the records finds those that have the value, and no others."""
    asking, tried = InferredTrials(session), 0
    for operation in asking.whole_lists(group, Kind.LIST, Kind.SEARCH):
        above, made = asking.several(group, MADE)
        listing, plan = InferredList(asking, group, operation, above), operation.plan
        assert plan
        items = [one for one in asking.items(listing.ask({}), operation) if isinstance(one, dict)]
        if not items:
            continue
        leads_on = False
        for one in plan.parameters:
            shown = [*items, *(each.record for each in made if isinstance(each.record, dict))]
            whole = {name: value for each in shown for name, value in each.items() if value is not None}
            named = {flat(one.name), flat(f"{one.name}s")} if _is_listed(whole, one.name) else {flat(one.name)}
            name = next((name for name in whole if flat(name) in named), None)
            if one.location != "query" or name is None or flat(one.name) in list_words.SIZES:
                continue
            made += _of_several(asking, group, above, name, [each.record for each in made])
            known = [*items, *(each.record for each in made if isinstance(each.record, dict))]
            if _differs(asking, group, items, made, name) or _leads(listing, one.name):
                continue
            for value in (*_distinct(known, name), *_unseen(asking, group, one, name, known)):
                if not asking.replies.allows(one.schema, value) and not asking.replies.allows(one.schema, [value]):
                    continue
                tried += 1
                with session.each(operation):
                    _filtered(session, asking, group, listing, one.name, name, value, known)
                    leads_on = leads_on or _led_on(session, listing, one.name, name, value)
        for record in made:
            asking.remove(group, record)
    if not tried:
        raise NotApplicable("no list has a parameter that is called like a member of its records")


def _differs(asking: InferredTrials, group: Group, items: list[Any], made: list[InferredRecord], name: str) -> bool:
    """Whether a list shows another value of a record's member than the record itself, of which there may be two."""
    listed_as = {asking.key(group, one): one.get(name) for one in items}
    own = [one for one in made if isinstance(one.record, dict) and name in one.record and one.key in listed_as]
    return any(not same_json(within(one.record, (name,)), listed_as[one.key]) for one in own)


def _leads(listing: InferredList, parameter: str) -> bool:
    """Whether a parameter leads from page to page, though records have a member called like it: ``after``."""
    by = listing.parameter(list_words.CURSORS) if listing.size_name else None
    return by is not None and by.name == parameter


def _is_listed(record: dict[str, Any], parameter: str) -> bool:
    """Whether a member called as several of what the parameter is holds a list of them: ``tags`` of a ``tag``."""
    return any(isinstance(one, list) and flat(name) == flat(f"{parameter}s") for name, one in record.items())


def _of_several(
    asking: InferredTrials, group: Group, above: tuple[str, ...], name: str, records: list[Any]
) -> list[InferredRecord]:
    """A new record with two values in its list ``name``; none where it is not a list, or ``records`` have two."""
    lists = [one[name] for one in records if isinstance(one, dict) and isinstance(one.get(name), list)]
    values = [*dict.fromkeys(one for each in lists for one in each if isinstance(one, str))]
    if len(values) < 2 or any(len(one) > 1 for one in lists):
        return []
    create = group.one(Kind.CREATE)
    steps = (*(create.plan.sent if create.plan else ()), name)
    body = asking.at_steps(asking.full_body(create, 100), steps, values[:2])
    made = asking.attempt(group, above, body) if asking.accepts(asking.schema(create), body) else None
    return [made] if made else []


def _distinct(items: list[dict[str, Any]], name: str) -> list[Any]:
    """The first value of the member, and the last other one; of a list its last item: a filter may see the first."""
    found = [
        value for one in items for value in _values_of(one.get(name))[-1:]
        if isinstance(value, str | int | float) and value != ""
    ]  # fmt: skip
    return [*found[:1], *[one for one in found if one != found[0]][-1:]]


def _unseen(
    asking: InferredTrials, group: Group, parameter: PlannedParameter, name: str, items: list[dict[str, Any]]
) -> list[str | bool]:
    """One of a few values that both a member and a parameter may have and that no record has: it finds none."""
    shapes, record = asking.maker.shapes, group.resource.model.record if group.resource.model else None
    member = shapes.properties(record).get(name) if record is not None else None
    allows = asking.replies.allows
    may = (shapes.says(member, "enum") or ()) if member else ()
    if member and shapes.type(member) == "boolean":
        may = (True, False)
    known = [value for one in items for value in _values_of(one.get(name))]
    is_open = allows(parameter.schema, NO_MEMBER) or allows(parameter.schema, [NO_MEMBER])
    both = [one for one in may if not is_open and (allows(parameter.schema, one) or allows(parameter.schema, [one]))]
    return [one for one in both if isinstance(one, str | bool) and one not in known][:1]


def _filtered(
    session: Session, asking: InferredTrials, group: Group, listing: InferredList, parameter: str, name: str,
    value: Any, items: list[dict[str, Any]],
) -> None:  # fmt: skip
    reply = listing.ask({parameter: _as_text(value)})
    if reply.status not in SUCCESSES:
        return
    found = [one for one in asking.items(reply, listing.operation) if isinstance(one, dict)]
    strange = [one for one in found if name in one and not _meets(one[name], value)]
    cause, detail = f"{parameter} finds records of another {name}", f"{len(strange)} of {len(found)}"
    keys = listing.keys(found)
    session.expect_listing(listing.operation, keys, cause, detail, lacks=listing.keys(strange))
    wanted = {asking.key(group, one) for one in items if value in _values_of(one.get(name))}
    missing = sorted(wanted - set(keys)) if len(found) < SHORT_LIST else []
    cause = f"{parameter} does not find a record of that {name}"
    session.expect_listing(listing.operation, keys, cause, listed(missing), holds=missing)


def _led_on(session: Session, listing: InferredList, parameter: str, name: str, value: Any) -> bool:
    """Expect the address of the next page to ask for the same records; whether it is seen to do so."""
    by = listing.parameter(list_words.SIZES)
    page = listing.page({parameter: _as_text(value), by.name: "1"}) if by and listing.takes(by, 1) else None
    if page is None or not page.keys or page.onward is None or "" in page.onward:
        return False
    if parameter in page.onward:
        return True
    found = listing.page(page.onward)  # it may as well be within a key
    strange = [one for one in found.records if isinstance(one, dict) and not _meets(one.get(name, value), value)]
    cause = "the address of the next page leads to records that were not asked for"
    session.expect(not strange, cause, f"{parameter} is not kept", page.breaks_onward(rf"[?&]{re.escape(parameter)}="))
    return False


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values_of(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _meets(found: Any, value: Any) -> bool:
    """Whether a member is, holds or contains a value."""
    if isinstance(found, list):
        return any(_meets(one, value) for one in found)
    if isinstance(found, dict):
        return True
    return alike(value, found) if not isinstance(value, str) else value.lower() in str(found).lower()


@check(Kind.LIST, inferred=True, provenance=INFERRED)
def check_sorted(session: Session, group: Group) -> None:
    """A list that is asked for in the order of a member is in that order, ascending or descending."""
    asking, tried = InferredTrials(session), 0
    for operation in asking.whole_lists(group, Kind.LIST):
        above, made = asking.several(group, MADE)
        listing = InferredList(asking, group, operation, above)
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
        taken = any(InferredList(asking, group, one, ()).parameter(wanted) for one in group.all(Kind.LIST))
        raise (Inconclusive if taken else NotApplicable)("no list can be ordered by a member that differs")


def _judged(asking: InferredTrials, listing: InferredList, orders: list[Order]) -> list[Order]:
    """The orders to judge: the first where the document names what to order by, else those that the target knows.

    What it does not know leaves the list as it is; where it knows none of them, the first is judged in whose order the
    list is not anyway.
    """
    sort = listing.parameter(list_words.SORTS)
    if sort is None or not asking.replies.allows(sort.schema, NO_MEMBER):
        return orders[:MOST]
    usual = listing.page({})
    known = [turns for turns in orders if any(listing.page(query).keys != usual.keys for _, query, _ in turns)]
    records = [leveled(one) for one in usual.records if isinstance(one, dict)]
    telling = [turns for turns in orders if not _are_in_order([one.get(turns[0][0]) for one in records])]
    return known[:MOST] or telling[:1] or orders[:1]


def _are_in_order(values: list[Any]) -> bool:
    """Whether values stand in the order that would be asked for, so that a list in it says nothing."""
    return any(sorted(keys) == keys for keys in _collations([one for one in values if one is not None]))


def _orders(asking: InferredTrials, listing: InferredList, items: list[dict[str, Any]]) -> Iterator[Order]:
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
            yield [(name, {sort.name: name}, False), *_backwards(asking, listing, sort, name)]
        elif way.name != sort.name:
            yield [(name, {sort.name: name, way.name: word}, bool(number)) for number, word in enumerate(words)]


def _backwards(asking: InferredTrials, listing: InferredList, sort: PlannedParameter, name: str) -> Order:
    """The order of a member downwards, as the document writes it; where nothing tells, as the target has another one.

    A text of any kind says nothing of how that is written.
    """
    asked = [{sort.name: one.format(name)} for one in BACKWARDS if asking.replies.allows(sort.schema, one.format(name))]
    if asking.replies.allows(sort.schema, NO_MEMBER) and not DOWNWARDS.search(sort.description):
        others = listing.page({sort.name: name}).keys, listing.page({}).keys
        asked = [query for query in asked if listing.page(query).keys not in (*others, ())]
    return [(name, query, True) for query in asked[:1]]


def _direction(asking: InferredTrials, listing: InferredList) -> tuple[PlannedParameter | None, tuple[str, str]]:
    """The parameter that says which way round, and its words; ``order`` may be one where another names the member."""
    sort, plan = listing.parameter(list_words.SORTS), listing.operation.plan
    way = listing.parameter(list_words.DIRECTIONS)
    enums = (
        one for one in (plan.parameters if plan else ()) if asking.maker.shapes.says(one.schema, "enum") is not None
    )
    others = [one for one in enums if sort is not None and one.name != sort.name and flat(one.name) in list_words.SORTS]
    for one in [way] if way is not None else others:
        for words in WAYS:
            if asking.replies.allows(one.schema, words[1]):
                return one, words
    return way if way is not None and asking.replies.allows(way.schema, "desc") else None, WAYS[0]


def _in_order(
    session: Session,
    asking: InferredTrials,
    listing: InferredList,
    query: dict[str, str],
    name: str,
    *,
    is_down: bool,
) -> None:
    reply = listing.ask(query)
    items = (leveled(one) for one in asking.items(reply, listing.operation) if isinstance(one, dict))
    found = [one[name] for one in items if name in one]
    if reply.status not in SUCCESSES or len(found) < 3:
        return
    is_sorted = any(sorted(keys, reverse=is_down) == keys for keys in _collations(found))
    way = "descending" if is_down else "ascending"
    expected = listing.out_of_order(reply, name, way)
    session.expect(is_sorted, f"{way} order by {name} is requested but not applied", "", expected)


def _collations(found: list[Any]) -> Iterator[list[Any]]:
    """What the values of a list may be compared by: themselves, texts without case or punctuation, numbers in texts."""
    yield found
    texts = [one for one in found if isinstance(one, str)]
    if len(texts) == len(found):
        yield [one.lower() for one in texts]
        yield ["".join(filter(str.isalnum, one.lower())) for one in texts]
        with suppress(ValueError):
            yield [float(one) for one in texts]
