"""Queries: rows that meet the criteria, in the order and the slice asked for, kept to be read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Inconclusive,
    Kind,
    Session,
    check,
    other,
    record_name,
)
from mockserver.conformance import row_queries as queries

RECORDS = 5
LATER, KEPT = 8, 40
"""How many queries are started before the result of an earlier one is read; and before it is read once more."""
DESCRIBED = ("type", "format", "enum")
"""What the description of a field says in the words of its schema."""
TYPES = 2
"""How many resources operators are tried on."""


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_rows(session: Session, group: Group) -> None:
    """A query's rows are the records that meet its criteria, in order, in the fields and the slice asked for."""
    queried = queries.asked(session, group)
    marker, key = queried.marker, queried.key
    made = [session.create(queried, {marker: f"{session.mark} {number}"}) for number in range(RECORDS)]
    body: dict[str, Any] = {
        "fields": [key, marker],
        "criteria": {"all": [{"fact": marker, "operator": "contains", "value": session.mark}]},
        "sort": [{"field": marker, "direction": "desc"}],
    }
    wanted = [{key: one[key], marker: one[marker]} for one in reversed(made)]
    mine = {one[key] for one in made}
    whole = [row for row in queries.rows(session, group, queried, body) if row.get(key) in mine]
    session.expect(whole == wanted, "a query's rows are not the records that meet it, in order", str(whole)[:300])
    narrow = {**body, "criteria": {"all": [{"fact": marker, "operator": "equal", "value": made[1][marker]}]}}
    session.expect(
        queries.rows(session, group, queried, narrow) == [wanted[-2]], "a query by one value finds the wrong rows"
    )
    narrow["criteria"] = {
        "any": [
            {"fact": key, "operator": "in", "value": [made[0][key], made[2][key], made[1][key][:-1]]},
            {"fact": marker, "operator": "equal", "value": made[0][marker]},  # which meets the one before as well
        ]
    }
    session.expect(
        queries.rows(session, group, queried, narrow) == [wanted[-3], wanted[-1]],
        "a query by several keys finds the wrong rows",
    )
    both = [wanted[-3], wanted[-1]]
    first = queries.start(session, group, queried, narrow)
    for limit, offset in ((1, 1), (1, 0), (None, 1), (None, 2), (1, 7)):
        cut = {**narrow, "offset": offset, **({} if limit is None else {"limit": limit})}
        part = both[offset:] if limit is None else both[offset : offset + limit]
        session.expect(
            queries.rows(session, group, queried, cut) == part, "a query's limit and offset select a different slice"
        )
    for turn in range(LATER):
        queries.start(session, group, queried, {**narrow, "limit": turn + 1})
    again = queries.kept_rows(session, group, first)
    session.expect(again == both, "a query's result changes when further queries are started", str(again)[:300])
    if Kind.PATCH in queried.operations:
        step = {"op": "replace", "path": f"/{marker}", "value": f"{session.mark} since then"}
        session.at(queried, Kind.PATCH, made[0][key], body=[step])
        again = queries.kept_rows(session, group, first)
        session.prefer(again == both, "a query's result changes when its records do", str(again)[:300])
        by_key = {"fields": [marker], "criteria": {"fact": key, "operator": "equal", "value": made[0][key]}}
        found = queries.rows(session, group, queried, by_key)
        cause = "a query shows a record as it was before it changed"
        session.expect(found == [{marker: step["value"]}], cause, str(found)[:300])
        session.at(queried, Kind.DELETE, made[0][key])
        found = queries.rows(session, group, queried, by_key)
        session.expect(not found, "a query finds a record that was deleted", str(found)[:300])
        for _ in range(KEPT - LATER):
            queries.start(session, group, queried, by_key)
        again = queries.kept_rows(session, group, first)
        session.prefer(again == both, f"a query's result is not kept for {KEPT} others", str(again)[:300])


@check(Kind.QUERY, Kind.READ, pair=True, writes=True, owns=True)
def check_of_one_tenant(session: Session, group: Group) -> None:
    """A query finds what its own tenant has, and nothing of another's that meets it as well."""
    queried = queries.asked(session, group)
    text = f"{session.mark} in two tenants"
    mine = session.create(queried, {queried.marker: text})
    session.create(queried, {queried.marker: text}, who=other(session))
    body = {"fields": [queried.key], "criteria": {"fact": queried.marker, "operator": "equal", "value": text}}
    found = queries.rows(session, group, queried, body)
    session.expect(
        found == [{queried.key: mine[queried.key]}], "a query finds records of another tenant", str(found)[:200]
    )
    started = queries.start(session, group, queried, body)
    for read in (group.one(Kind.READ), queries.result_of(session, group), *group.all(Kind.TABLE)):
        with session.each(read):
            reply = session.send(Ask(read, {record_name(read): started[group.key]}), who=other(session))
            session.status(reply, 404, f"{read.id} of another tenant's query", read)


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_operators(session: Session, group: Group) -> None:
    """Each operator compares numbers and texts as its name says, also inside each other."""
    for queried in queries.numbered(session, group)[:TYPES]:
        key, number, marker = queried.key, queried.of_type("number", "integer")[0], queried.marker
        made = [session.create(queried, {number: turn, marker: f"{session.mark} Op {turn}"}) for turn in (1, 2, 3)]
        own = {"fact": key, "operator": "in", "value": [one[key] for one in made]}
        for operator, (value, wanted) in NUMBERS.items():
            _finds(session, group, queried, [own, {"fact": number, "operator": operator, "value": value}], made, wanted)
        text = f"{session.mark} op 2"
        for operator, wanted in (("contains", {2}), ("doesNotContain", {1, 3})):
            _finds(session, group, queried, [own, {"fact": marker, "operator": operator, "value": text}], made, wanted)
        _sorted(session, group, queried, number)
        _texts(session, group, queried, made)
        one, three = ({"fact": number, "operator": "equal", "value": value} for value in (1, 3))
        _finds(session, group, queried, [own, {"any": [one, three]}], made, {1, 3})
        _finds(session, group, queried, [own, {"any": [one, three]}, {"all": [three]}], made, {3})
        deep = {"any": [{"all": [{"any": [one, {"all": [three, one]}]}]}]}
        _finds(session, group, queried, [own, deep], made, {1})
        _absent(session, group, queried, number)


def _absent(session: Session, group: Group, queried: Group, number: str) -> None:
    """Expect a record without a field to be unequal to any value of it, and to be compared with none."""
    body = {name: value for name, value in session.body(queried).items() if name != number}
    if number in queried.required | queried.filled:
        return
    made = [session.put_in(queried, body), session.create(queried, {number: 1})]
    own = {"fact": queried.key, "operator": "in", "value": [one[queried.key] for one in made]}
    for operator, value, wanted in (
        ("notEqual", 1, {1}),
        ("lessThanInclusive", 1, {2}),
        ("notIn", [1], {1}),
        ("doesNotContain", 1, {1, 2}),
    ):
        _finds(session, group, queried, [own, {"fact": number, "operator": operator, "value": value}], made, wanted)


def _texts(session: Session, group: Group, queried: Group, made: list[dict[str, Any]]) -> None:
    """Expect texts to be equal as they are written, and moments to be compared with the very moment too."""
    own, marker = {"fact": queried.key, "operator": "in", "value": [one[queried.key] for one in made]}, queried.marker
    text = str(made[1][marker])
    for value, wanted in ((text, {2}), (text.swapcase(), set[int]()), (text[:-1], set[int]())):
        _finds(session, group, queried, [own, {"fact": marker, "operator": "equal", "value": value}], made, wanted)
    stamp = queried.resource.stamps.get("created-at", "")
    if moments := [one.get(stamp) for one in made if isinstance(one.get(stamp), str)]:
        last = {turn for turn, one in enumerate(made, 1) if one.get(stamp) == moments[-1]}
        parts = [own, {"fact": stamp, "operator": "greaterThanInclusive", "value": moments[-1]}]
        _finds(session, group, queried, parts, made, last)
        parts = [own, {"fact": stamp, "operator": "lessThanInclusive", "value": moments[-1]}]
        _finds(session, group, queried, parts, made, {1, 2, 3})


def _sorted(session: Session, group: Group, queried: Group, number: str) -> None:
    """Expect rows in the order of two fields, numbers by their value, and in the other direction the other way."""
    marker, key = queried.marker, queried.key
    made = [
        session.create(queried, {number: value, marker: f"{session.mark} sorted {name}"})
        for value, name in ((10, "a"), (9, "b"), (10, "c"))
    ]
    own = {"fact": key, "operator": "in", "value": [one[key] for one in made]}
    for by_number, by_text, wanted in (("asc", "desc", (1, 2, 0)), ("desc", "asc", (0, 2, 1))):
        sort = [{"field": number, "direction": by_number}, {"field": marker, "direction": by_text}]
        found = queries.rows(session, group, queried, {"fields": [key], "criteria": {"all": [own]}, "sort": sort})
        right = [{key: made[turn][key]} for turn in wanted]
        session.expect(found == right, "a query's rows are not in the order of the fields asked for", str(found)[:300])
        for limit, offset in ((1, 1), (2, 0)):
            cut = {"fields": [key], "criteria": {"all": [own]}, "sort": sort, "limit": limit, "offset": offset}
            part = queries.rows(session, group, queried, cut)
            session.expect(
                part == right[offset : offset + limit], "a query's slice is cut before its rows are in order"
            )


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_lists(session: Session, group: Group) -> None:
    """A list contains each value that is in it, wherever it stands, and no other"""
    found = [(one, name, words) for one in session.plan.groups.values() for name, words in queries.worded_lists(one)]
    if not found:
        raise Inconclusive("the document has no enum to query")
    for queried, name, (one, two, three) in found[:TYPES]:
        made = [session.create(queried, {name: words}) for words in ([one, two], [two], [three, one, two], [])]
        own = {"fact": queried.key, "operator": "in", "value": [record[queried.key] for record in made]}
        for operator, word, wanted in (
            ("contains", one, {1, 3}),
            ("contains", two, {1, 2, 3}),
            ("contains", three, {3}),
            ("doesNotContain", two, {4}),
            ("doesNotContain", three, {1, 2, 4}),
        ):
            _finds(session, group, queried, [own, {"fact": name, "operator": operator, "value": word}], made, wanted)


NUMBERS: Mapping[str, tuple[Any, set[int]]] = {
    "equal": (2, {2}),
    "notEqual": (2, {1, 3}),
    "lessThan": (2, {1}),
    "lessThanInclusive": (2, {1, 2}),
    "greaterThan": (2, {3}),
    "greaterThanInclusive": (2, {2, 3}),
    "in": ([1, 3], {1, 3}),
    "notIn": ([1, 3], {2}),
}
"""By operator a value, and which of 1, 2 and 3 are to be found by it."""


def _finds(
    session: Session, group: Group, queried: Group, parts: list[Any], made: list[dict[str, Any]], wanted: set[int]
) -> None:
    """Expect a query by all ``parts`` to find the records of these turns, the first being 1."""
    with session.each(group.one(Kind.QUERY)):
        found = {
            row.get(queried.key)
            for row in queries.rows(session, group, queried, {"fields": [queried.key], "criteria": {"all": parts}})
        }
        named = {made[turn - 1][queried.key] for turn in wanted}
        what = parts[1].get("operator", "any and all inside each other")
        session.expect(
            found == named, f"a query by {what} finds the wrong rows", f"{len(found)} found, {len(named)} wanted"
        )


@check(Kind.QUERY, Kind.READ, writes=True, owns=True)
def check_every_type(session: Session, group: Group) -> None:
    """Records of every resource can be queried: each is found by its key, as it is read, and only it."""
    for queried in session.plan.groups.values():
        if queried.is_single or not queried.has((Kind.CREATE, Kind.READ)) or queried.name == group.name:
            continue
        record = session.read(queried, session.create(queried)[queried.key])
        with session.each(group.one(Kind.QUERY)):
            body = {"fields": sorted(record), "criteria": {"fact": queried.key, "value": record[queried.key]}}
            session.same(
                [record],
                queries.rows(session, group, queried, body),
                f"a query over {queried.name} has different rows from those read",
            )


@check(Kind.QUERY, writes=True, code=206)
def check_refused(session: Session, group: Group) -> None:
    """A query for fields or a type that there are not is refused."""
    operation, queried = group.one(Kind.QUERY), queries.asked(session, group)
    for what, body in {
        "without fields": {},
        "with an empty list of fields": {"fields": []},
        "for an unknown field": {"fields": ["no_such_field"]},
        "by an unknown field": {"fields": [queried.key], "criteria": {"fact": "no_such_field", "value": 1}},
    }.items():
        with session.each(operation):
            reply = session.send(Ask(operation, queries.values(operation, queried), body=body))
            session.status(reply, 400, f"a query {what}", operation)
    unknown = {operation.meaning["type"]: f"{operation.meaning['module']}:nothings"}
    reply = session.send(Ask(operation, unknown, body={"fields": [queried.key]}))
    session.status(reply, 404, "a query over an unknown type", operation)


@check(Kind.DESCRIBE)
def check_described(session: Session, group: Group) -> None:
    """The description of a type names every field that its records have."""
    for operation in group.all(Kind.DESCRIBE):
        for name, queried in session.plan.groups.items():
            with session.each(operation):
                reply = session.send(Ask(operation, queries.values(operation, queried)))
                session.status(reply, 200, "the description of a query type", operation)
                names = {one.get("name") for one in session.value(reply).get("fields", [])}
                session.expect(queried.resource.fields <= names, "a query type's description lacks fields", name)
                for one in session.value(reply).get("fields", []):
                    known = queried.field(str(one.get("name"))).value or {}
                    described = {word: one[word] for word in DESCRIBED if word in one and word in known}
                    cause = "a query type's description has a different type from the document"
                    session.same({word: known[word] for word in described}, described, cause)
