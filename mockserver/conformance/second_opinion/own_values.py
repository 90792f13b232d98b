"""What two servers may well call otherwise: their keys and counters, their clocks, and what they hold beside."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from mockserver.conformance.second_opinion.aliases import PREFIX, shared_name
from mockserver.conformance.second_opinion.compared_steps import Step
from mockserver.conformance.second_opinion.sides import Side
from mockserver.contract import Kind
from mockserver.values.absent import ABSENT
from mockserver.values.moment import Moment, read_moment

NEAR = timedelta(days=1)
OF_OTHERS = frozenset({Kind.ACTION, Kind.STUB})
"""Kinds whose replies may hold something else than the record that they are done to."""
_PARTS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+")


def clients_own(step: Step) -> frozenset[str] | None:
    """The members that clients say, where nobody annotated the document: moments in others are each server's own."""
    plans = [one.plan for one in step.group.all(Kind.CREATE, Kind.REPLACE, Kind.PATCH) if one.plan]
    if step.operation.plan is None:
        return None
    return frozenset(
        name
        for plan in plans
        for schema in plan.bodies.values()
        for name, node in plan.maker.shapes.properties(schema).items()
        if plan.maker.shapes.says(node, "readOnly") is not True
    )


def is_each_ones_own(  # noqa: PLR0917 -- one value of each server, and what is known of their place
    step: Step, one: Side, member: str, mine: Any, other: Any, said: frozenset[str] | None
) -> bool:
    """Whether each server tells the member for itself: its clock, its counters, what it works out of all it has."""
    if said is not None and member not in said and are_moments(mine, other):
        return True  # when it was made or changed is told by each server's own clock
    if said is not None and step.operation.kind in OF_OTHERS and may_be_made_up(mine, other):
        return True  # the key of what it made beside the record
    if (member in step.group.resource.stamps.values() and _are_free(mine, other)) or member in one.beyond_copies:
        return True
    counts = one.made_up.get((step.group.name, member), ABSENT) is not ABSENT
    return type(mine) is int and type(other) is int and counts


def is_made_beside(step: Step, one: Side, two: Side, member: str, mine: Any, other: Any) -> bool:  # noqa: PLR0917
    """Whether the member names a record that an effect made, on each server its own: both have a name for it then."""
    keys = {each.field for each in step.group.resource.references}
    if member not in keys or not (isinstance(mine, str) and isinstance(other, str) and may_be_made_up(mine, other)):
        return False
    name = shared_name("made", step.record or step.group.name, member, len(one.made_up))
    one.made_up[step.group.name, name], two.made_up[step.group.name, name] = mine, other
    one.names.bind(name, mine)
    two.names.bind(name, other)
    return True


def are_alike(mine: Any, other: Any, one: Side, two: Side) -> bool:
    """Whether both name one record, are one moment, or are as far from the present of their servers."""
    if one.names.names_of(mine) & two.names.names_of(other):
        return True
    if not isinstance(mine, str) or not isinstance(other, str):
        return False
    first, second = read_moment(mine), read_moment(other)
    if first is None or second is None:
        address = one.names.named_address(mine)
        return PREFIX in address and address == two.names.named_address(other)
    return first == second or abs(_since(first, one) - _since(second, two)) <= NEAR


def may_be_made_up(mine: Any, other: Any) -> bool:
    """Whether two values may be the next of two counters, or two random texts of one form."""
    if isinstance(mine, str) and isinstance(other, str):
        is_shared = mine.startswith(PREFIX) or other.startswith(PREFIX)
        return not is_shared and read_moment(mine) is None and _form(mine) == _form(other)
    return type(mine) is int and type(other) is int


def are_moments(mine: Any, other: Any) -> bool:
    return all(isinstance(one, str) and read_moment(one) is not None for one in (mine, other))


def _form(text: str) -> str:
    return _PARTS.sub("0", text)


def _since(moment: Moment, side: Side) -> timedelta:
    try:
        return moment.as_datetime() - side.now
    except ValueError:
        return timedelta.max


def _are_free(mine: Any, other: Any) -> bool:
    """Who changed a record and when is told by each server for itself; how often, by both alike."""
    return isinstance(mine, str) and isinstance(other, str)
