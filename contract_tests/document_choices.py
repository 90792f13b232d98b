"""Choices of any document: a parameter that takes several values finds the records of each of them."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import (
    SHORT_LIST,
    SUCCESSES,
    Group,
    InferredList,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    PlannedParameter,
    Provenance,
    Session,
    check,
    flat,
    listed,
)

INFERRED = Provenance.INFERRED
MADE = 4
"""How many records are made to be found again."""


def _of_several(asking: InferredTrials, operation: Operation, items: list[Any]) -> tuple[PlannedParameter, str] | None:
    """A parameter that takes several values of a member of the records."""
    shapes, members = asking.maker.shapes, dict.fromkeys(name for one in items for name in one)
    for one in operation.plan.parameters if operation.plan else ():
        name = next((name for name in members if flat(name) == flat(one.name)), None)
        is_list = asking.replies.allows(one.schema, [text] * 2) if (text := _first(items, name)) else False
        if one.location == "query" and name and is_list and shapes.says(one.schema, "uniqueItems") is not True:
            return one, name
    return None


def _first(items: list[Any], name: str | None) -> str | None:
    return next((one[name] for one in items if name and isinstance(one.get(name), str)), None)


@check(Kind.LIST, inferred=True, provenance=INFERRED)
def check_choices(session: Session, group: Group) -> None:
    """A parameter that takes several values finds the records of each of them."""
    asking, judged = InferredTrials(session), 0
    for operation in asking.whole_lists(group, Kind.LIST):
        above, made = asking.several(group, MADE)
        listing = InferredList(asking, group, operation, above)
        for one in made[1:]:  # some of another state
            _moved(session, asking, group, one)
        items = [one for one in asking.items(listing.ask({}), operation) if isinstance(one, dict)]
        chosen = _of_several(asking, operation, items)
        values = (
            [*dict.fromkeys(one.get(chosen[1]) for one in items if isinstance(one.get(chosen[1]), str))]
            if chosen
            else []
        )
        if chosen is not None and len(values) > 1 and len(items) < SHORT_LIST:
            judged += _judged(session, asking, listing, chosen, values[:2], items)
        for one in made:
            asking.remove(group, one)
    if not judged:
        raise NotApplicable("no list has a parameter of several values and records of more than one")


def _moved(session: Session, asking: InferredTrials, group: Group, made: Any) -> None:
    """Bring a record into another state, if an action does that."""
    for action in group.all(Kind.ACTION):
        sets = action.plan.words.get("set") if action.plan else None
        may = (
            action.plan and action.plan.names_record and action.plan.scope is not None and sets and session.may(action)
        )
        if may and asking.send(action, asking.at(action, made), body=asking.full_body(action)).status in SUCCESSES:
            return


def _judged(
    session: Session, asking: InferredTrials, listing: InferredList, chosen: tuple[PlannedParameter, str],
    values: list[Any], items: list[Any],
) -> int:  # fmt: skip
    taken, name = chosen
    above = asking.below(listing.operation, listing.above)
    query: dict[str, str | list[str]] = {taken.name: values if taken.explode else ",".join(values)}
    reply = asking.send(listing.operation, above, query=query, without=taken.name)
    if reply.status not in SUCCESSES:
        return 0
    found = [one for one in asking.items(reply, listing.operation) if isinstance(one, dict)]
    keys, wanted = listing.keys(found), listing.keys(one for one in items if one.get(name) in values)
    missing = sorted(set(wanted) - set(keys)) if len(found) < SHORT_LIST else []
    strange = [one for one in found if name in one and one[name] not in values]
    with session.each(listing.operation):
        session.expect(
            not missing, f"{taken.name} of several values does not find a record of one of them", listed(missing)
        )
        session.expect(not strange, f"{taken.name} of several values finds records of another {name}")
    return 1
