"""What documents say beside the records of a list: the defaults of its parameters, and the headers with its totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.conformance import (
    SUCCESSES,
    Group,
    InferredList,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Provenance,
    Session,
    check,
    filtered_member,
    flat,
    list_words,
    same_json,
    text_of,
)

INFERRED = Provenance.INFERRED
MADE = 4
"""How many records are made to be listed."""
LONGEST_PAGE = 25
"""A page of more records by default is not filled to see its end."""


@check(Kind.LIST, inferred=True, provenance=INFERRED)
def check_defaults(session: Session, group: Group) -> None:
    """A list answers without a parameter what it answers with the default that the document tells of it."""
    asking, tried = InferredTrials(session), 0
    for operation in asking.whole_lists(group, Kind.LIST):
        above = asking.above(group)
        listing = InferredList(asking, group, operation, above)
        defaults = dict(_defaults(asking, listing))
        if not defaults:
            continue
        made = _filled(asking, group, listing, defaults)
        for name, value in defaults.items():
            with session.each(operation):
                tried += _left_out(session, asking, group, listing, name, value)
        for one in made:
            asking.remove(group, one)
    if not tried:
        raise NotApplicable("no list has a parameter with a default")


def _defaults(asking: InferredTrials, listing: InferredList) -> Iterator[tuple[str, Any]]:
    """The parameters of a list that may be left out, with the value that they have then."""
    plan, model, shapes = listing.operation.plan, listing.operation.resource.model, asking.maker.shapes
    record, items = model.record if model else None, asking.items(listing.ask({}), listing.operation)
    members = {flat(name) for name in shapes.properties(record)} if record is not None else set[str]()
    members |= {flat(name) for one in items if isinstance(one, dict) for name in one}
    for one in plan.parameters if plan else ():
        named = {flat(one.name), flat(one.name).removeprefix("is")} & members
        if named or (record is not None and filtered_member(shapes, record, one.name)):
            continue  # what records are filtered by has a default in many a document that no server goes by
        value = shapes.says(one.schema, "default")
        is_plain = isinstance(value, str | int | float) and value != ""
        if one.location == "query" and not one.required and is_plain and asking.replies.allows(one.schema, value):
            yield one.name, value


def _filled(
    asking: InferredTrials, group: Group, listing: InferredList, defaults: dict[str, Any]
) -> list[InferredRecord]:
    """Records made so that a page of the default size does not hold all."""
    sizes = [value for name, value in defaults.items() if flat(name) in list_words.SIZES and type(value) is int]
    wanted = sizes[0] + 1 if sizes and 0 < sizes[0] <= LONGEST_PAGE else MADE
    if Kind.CREATE not in group.operations or asking.session.limits.reads_only:
        return []
    there = len(asking.items(listing.ask({}), listing.operation))
    create = group.one(Kind.CREATE)
    bodies = (asking.full_body(create, 300 + number) for number in range(max(wanted - there, MADE)))
    return [one for body in bodies if (one := asking.attempt(group, listing.above, body))]


def _left_out(
    session: Session, asking: InferredTrials, group: Group, listing: InferredList, name: str, value: Any
) -> int:
    """Judge one parameter; 0 where the target refuses its default, or lists something else each time."""
    usual, again, said = (listing.ask(query) for query in ({}, {}, {name: text_of(value)}))
    if any(one.status not in SUCCESSES for one in (usual, said, again)):
        return 0
    found = [asking.items(one, listing.operation) for one in (usual, again, said)]
    if not found[0] or not same_json(found[0], found[1]):
        return 0
    detail = f"{len(found[0])} records, {len(found[2])} where it is {value}"
    cause = f"a list without {name} differs from one with its default"
    keys = [[asking.key(group, one) for one in each] for each in found]
    if all(keys[0]):
        session.expect_alike(listing.operation, keys[1], keys[2], cause, whole=True)
    session.expect(same_json(found[0], found[2]), cause, detail)
    return 1


@check(Kind.LIST, inferred=True, provenance=INFERRED)
def check_totals(session: Session, group: Group) -> None:
    """A list tells how many records there are in the header that the document declares for that."""
    asking, tried = InferredTrials(session), 0
    for operation in asking.whole_lists(group, Kind.LIST):
        reply = InferredList(asking, group, operation, asking.above(group)).ask({})
        said = asking.replies.declared(operation, reply.status)
        if said is None or reply.status not in SUCCESSES:
            continue
        for name in sorted(said.headers):
            if flat(name).removeprefix("x") in list_words.TOTALS | {"pagination"}:
                tried += 1
                with session.each(operation):
                    session.expect(reply.header(name) is not None, f"a list lacks the header {name}, which is declared")
    if not tried:
        raise NotApplicable("no list has a header with the number of records")
