"""Values in queries: numbers by their size, what is absent, parts of items, lists of nothing, and all that is there."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import Ask, Group, Inconclusive, Kind, NotApplicable, Session, check, walk
from mockserver.conformance import row_queries as queries

LATER, SOONER = "2024-03-01T01:00:00Z", "2024-03-01T01:30:00+02:00"
"""Two moments of which the sooner one looks later to who compares texts."""
MOST = 900
"""Of how many records at most all are asked for: fewer than a query gives back where it is told no limit."""


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_compared(session: Session, group: Group) -> None:
    """Numbers are compared by their size, and equal to no text; what is absent is neither less nor more"""
    queried = queries.numbered(session, group)[0]
    key, number = queried.key, queried.of_type("number", "integer")[0]
    bare = {name: value for name, value in session.body(queried).items() if name != number}
    made = [session.create(queried, {number: value}) for value in (9, 10)]
    made += [session.put_in(queried, bare)] if number not in queried.required | queried.filled else []
    own = {"fact": key, "operator": "in", "value": [one[key] for one in made]}
    for operator, value, wanted in (
        ("greaterThan", 9, {1}),
        ("lessThan", 10, {0}),
        ("greaterThanInclusive", 10, {1}),
        ("lessThanInclusive", 9, {0}),
        ("equal", "9", set[int]()),
        ("in", [], set[int]()),
        ("notIn", [], {*range(len(made))}),
        ("in", ["10"], set[int]()),
    ):
        fact = {"fact": number, "operator": operator, "value": value}
        _finds(session, group, queried, [own, fact], [made[place][key] for place in wanted])
    sort = [{"field": number, "direction": "desc"}]
    body = {"fields": [key], "criteria": {"all": [own]}, "sort": sort}
    found = [row.get(key) for row in queries.rows(session, group, queried, body)]
    cause = "a query that sorts by a field leaves out records without it"
    session.expect(len(found) == len(made), cause, f"{len(found)} of {len(made)} found")
    each = {"any": [{"fact": number, "operator": "equal", "value": value} for value in (9, 9, 10)]}
    _finds(session, group, queried, [own, each], [made[0][key], made[1][key]])
    in_order = [one for one in found if one in (made[0][key], made[1][key])]
    session.expect(in_order == [made[1][key], made[0][key]], "a query sorts numbers as text", str(found)[:200])


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_flags_and_moments(session: Session, group: Group) -> None:
    """A flag that is not there is not false; moments are compared as such, whatever their zone"""
    for queried in session.plan.groups.values():
        flags, moments = _free(queried, "boolean"), _free(queried, "string", "date-time")
        if flags and moments and queried.has((Kind.CREATE, Kind.LIST)) and not queried.is_single:
            break
    else:
        raise Inconclusive("the document has no flag and no moment to query")
    flag, moment, key = flags[0], moments[0], queried.key
    bare = {name: value for name, value in session.body(queried).items() if name not in (flag, moment)}
    values: tuple[dict[str, Any], ...] = ({flag: False, moment: LATER}, {flag: True, moment: SOONER}, {})
    made = [session.put_in(queried, {**bare, **more})[key] for more in values]
    own = {"fact": key, "operator": "in", "value": made}
    for fact, operator, value, wanted in (
        (flag, "equal", False, made[:1]),
        (flag, "notEqual", False, made[1:]),
        (moment, "lessThan", LATER, made[1:2]),
        (moment, "greaterThanInclusive", LATER, made[:1]),
    ):
        _finds(session, group, queried, [own, {"fact": fact, "operator": operator, "value": value}], wanted)
    turns = [
        session.create(queried, {flag: turn > 1, moment: SOONER, queried.marker: f"{session.mark} {turn}"})
        for turn in range(4)
    ]
    fields = [(flag, "desc"), (moment, "asc"), (queried.marker, "desc")]
    sort = [{"field": name, "direction": direction} for name, direction in fields]
    ours = {"fact": key, "operator": "in", "value": [one[key] for one in turns]}
    body = {"fields": [key], "criteria": {"all": [ours]}, "sort": sort}
    found = [row.get(key) for row in queries.rows(session, group, queried, body)]
    wanted = [turns[place][key] for place in (3, 2, 1, 0)]
    session.expect(found == wanted, "a query that sorts by three fields leaves one of them out", str(found)[:200])


def _free(queried: Group, kind: str, form: str = "") -> list[str]:
    """The optional fields of this type, and format, that nothing else hangs on."""
    known = queried.required | queried.filled | queried.foreign_keys | set(queried.triggers) | {queried.marker}
    fields = [one for one in queried.of_type(kind) if one not in known and "enum" not in queried.field(one).value]
    return [one for one in fields if not form or queried.field(one).value.get("format") == form]


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_parts_of_items(session: Session, group: Group) -> None:
    """A list contains whole items: no part of one"""
    known = ((one, *found) for one in session.plan.groups.values() for found in queries.worded_lists(one))
    queried, name, (word, *_) = next(known, (None, "", ("",)))
    if queried is None:
        raise Inconclusive("the document has no enum to query")
    made = session.create(queried, {name: [word]})
    own = {"fact": queried.key, "operator": "equal", "value": made[queried.key]}
    for operator, wanted in (("contains", []), ("doesNotContain", [made[queried.key]])):
        fact = {"fact": name, "operator": operator, "value": word[:-1]}
        _finds(session, group, queried, [own, fact], wanted)


@check(Kind.QUERY, Kind.READ, owns=True, writes=True)
def check_every_way(session: Session, group: Group) -> None:
    """Each operation that starts a query takes its criteria, its order and its slice"""
    queried, operations = queries.asked(session, group), group.all(Kind.QUERY)[1:]
    if not operations:
        raise NotApplicable("one operation starts queries")
    key, marker = queried.key, queried.marker
    made = [session.create(queried, {marker: f"{session.mark} way {turn}"})[key] for turn in (1, 2, 3, 4)]
    orders = {"desc": made[::-1][1:3], "asc": made[1:3]}
    direction = next(one for one, rows in orders.items() if rows != sorted(made)[1:3])  # not that of the ids
    criteria = {"fact": key, "operator": "in", "value": made}
    sort = [{"field": marker, "direction": direction}]
    body = {"fields": [key], "criteria": criteria, "sort": sort, "limit": 2, "offset": 1}
    for operation in operations:
        words = {one.name: (one.validator.node.value or {}).get("enum") for one in operation.parameters}
        how = {name: known[0] for name, known in words.items() if known}
        with session.each(operation):
            started = queries.start(session, group, queried, body, operation=operation, how=how)
            found = queries.kept_rows(session, group, started)
            cause = f"{operation.id} finds different rows from those asked for"
            session.expect(found == [{key: one} for one in orders[direction]], cause, str(found)[:200])


@check(Kind.QUERY, Kind.READ, owns=True, writes=True)
def check_all_rows(session: Session, group: Group) -> None:
    """A query that asks for no part of them finds every record that a list has"""
    queried = queries.asked(session, group)
    for _ in range(session.limits.records):
        session.create(queried)
    listed = {one[queried.key] for one in walk(session, group=queried, ask=Ask(queried.one(Kind.LIST)))}
    if len(listed) > MOST:
        raise Inconclusive("there are more records than a query returns")
    found = set(queries.ids_found(session, queried))
    session.expect(listed <= found, "a query leaves out records that a list has", f"{len(listed - found)} missing")


def _finds(session: Session, group: Group, queried: Group, parts: list[dict[str, Any]], wanted: list[str]) -> None:
    """Expect a query by all ``parts`` to find the records of these keys."""
    with session.each(group.one(Kind.QUERY)):
        body = {"fields": [queried.key], "criteria": {"all": parts}}
        found = [row.get(queried.key) for row in queries.rows(session, group, queried, body)]
        cause = f"a query by {parts[1].get('operator', 'any of several')} finds rows that its value does not select"
        session.expect(sorted(map(str, found)) == sorted(wanted), cause, f"{len(found)} found, {len(wanted)} wanted")
