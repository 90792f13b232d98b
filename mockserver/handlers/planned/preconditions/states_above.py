"""Declared refusals of what the state of another record does not allow: a bid on a lot that is not open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mockserver.contract import Resource
from mockserver.contract.samples.described_values import states_of
from mockserver.contract.samples.states import is_aside, is_state
from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.criteria import meets, with_values
from mockserver.handlers.planned.addressing.places import model_of, plan_of
from mockserver.handlers.planned.derived_members.derivations import CAPACITY
from mockserver.handlers.planned.derived_members.intervals import is_exact
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.attributes import members_holder
from mockserver.inference.vocabulary.conflict_words import states_needed, tells_of_full
from mockserver.messages import Json
from mockserver.values.members import value_at
from mockserver.values.name_words import flat
from mockserver.values.shown import quoted, shown

_STATUSES = ("409", "422", "403", "400")
"""By which statuses documents refuse it, the likeliest first."""


class _Needed(NamedTuple):
    """With which values of a member a record of ``resource`` has nothing put below it or naming it.

    An empty ``member``: when it is full. ``named_by``: the member of the new record that names it; empty where the path
    does.
    """

    status: int
    resource: str
    member: str
    refused: list[str]
    named_by: str


def require_open(call: Call, scope: Scope, body: Json) -> None:
    """Raises Refusal: its words forbid a new record while the one above it, or one that it names, is so."""
    remembered = plan_of(call).remembered
    known: dict[str, tuple[_Needed, ...]] = remembered.setdefault("states above", {})
    if (needs := known.get(scope.resource.name)) is None:  # PERF: read once
        needs = known[scope.resource.name] = tuple(_needs(call, scope))
    for one in needs:
        key = (value_at(body, (one.named_by,)) if isinstance(body, dict) else None) if one.named_by else _above(scope)
        if key is None:
            continue
        other = call.tools.contract.resources[one.resource]
        keys = () if one.named_by else (scope.keys or ())[:-1]
        record = Scope(call, scope.tenant, other, keys).find(str(key))
        value = record.data() if record is not None else None
        if not one.member and _is_full(scope, value, one.named_by, key):
            raise Refusal(one.status, f"Not possible: {quoted(str(key))} of {other.name} is full.")
        if isinstance(value, dict) and value.get(one.member) in one.refused:
            raise Refusal(one.status, f"Not possible: {one.member} of the record above is {shown(value[one.member])}.")


def _is_full(scope: Scope, value: Json, named_by: str, key: Json) -> bool:
    """Whether what holds the new record has room for no more, those that are off (cancelled) not counted."""
    members = value if isinstance(value, dict) else {}
    room = next((one for name, one in members.items() if flat(name) in CAPACITY), None)
    if not is_exact(room):
        return False
    there = (one.data() for one in scope.all(with_values([((named_by,), key)]) if named_by else None))
    mine = (one for one in there if not named_by or meets(value_at(one, (named_by,)), key))
    return sum(1 for one in mine if not _is_off(one)) >= room


def _is_off(data: Json) -> bool:
    states = data.items() if isinstance(data, dict) else ()
    return any(is_state(name) and isinstance(one, str) and is_aside(one) for name, one in states)


def _above(scope: Scope) -> str | None:
    return scope.keys[-1] if scope.keys else None


def _needs(call: Call, scope: Scope) -> Iterator[_Needed]:
    plan, model = plan_of(call), scope.model
    others = [(model.parents[-1].resource, "")] if model.parents and not scope.is_wide else []
    others += [(resource, name) for name, resource in model.foreign.items()]
    for resource, name in others:
        other = call.tools.contract.resources.get(resource or "")
        if resource is None or other is None or other is scope.resource or (name and model_of(other).parents):
            continue
        for status in (one for one in _STATUSES if one in plan.replies):
            if tells_of_full(plan.replies[status].description, resource):
                yield _Needed(int(status), resource, "", [], name)
        if states := _states(call, other):
            for status in _STATUSES:
                said = plan.replies.get(status)
                member, refused = states_needed(said.description, resource, states) if said is not None else ("", [])
                if member:
                    yield _Needed(int(status), resource, member, refused, name)
                    break


def _states(call: Call, resource: Resource) -> Mapping[str, list[str]]:
    shapes, record = call.tools.maker.shapes, model_of(resource).record
    return states_of(shapes, members_holder(shapes, record) or record) if record is not None else {}
