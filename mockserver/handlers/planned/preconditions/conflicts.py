"""Declared refusals of what the state of a record, or another record, does not allow."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.plan import OperationPlan
from mockserver.contract.samples.declared_values import said_examples
from mockserver.contract.samples.described_values import states_of
from mockserver.errors import Refusal, Violation
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.criteria import condition, meets, with_values
from mockserver.handlers.planned.addressing.places import key_of, plan_of
from mockserver.handlers.planned.initial_data.initial_keys import first_keys
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.attributes import ATTRIBUTES, members_holder
from mockserver.inference.vocabulary.conflict_words import (
    forbidden_states,
    is_said_unique,
    tells_of_any,
    tells_of_use,
    unique_members,
)
from mockserver.messages import Json
from mockserver.store import Record
from mockserver.values.equality import same_json
from mockserver.values.shown import quoted, shown

CONFLICT = "409"
TAKEN = (CONFLICT, "422", "400", "4XX")
"""The declared refusals by which a value is refused that is said to be unique, the fittest first."""


def require_possible(plan: OperationPlan, value: Json) -> None:
    """Raises Refusal when a record is as ``unless`` of the document says, or as its refusals say in words."""
    if not isinstance(value, dict):
        return
    attributes = value.get(ATTRIBUTES)
    value = {**attributes, **value} if isinstance(attributes, dict) else value
    unless, refuses = plan.words.get("unless"), plan.words.get("refuses") or {}
    if unless and all(same_json(value.get(name), one) for name, one in unless.items()):
        raise _impossible(int(plan.words.get("refuse", 409)), next(iter(unless)), value)
    for name, values in refuses.items() if unless is None else ():
        if any(same_json(value.get(name), one) for one in values):
            raise _impossible(plan.words["refusal"], name, value)


def require_changeable(call: Call, scope: Scope, record: Record) -> None:
    """Raises Refusal(409): the words of the declared conflict forbid to change or delete a record in this state."""
    plan, own = plan_of(call), scope.model.record
    if (said := plan.replies.get(CONFLICT)) is None or own is None:
        return
    if (known := plan.remembered.get("forbidden")) is None:
        shapes = call.tools.maker.shapes
        states = states_of(shapes, members_holder(shapes, own) or own)
        known = plan.remembered["forbidden"] = forbidden_states(said.description, states)
    name, values = known
    value = record.data()
    if isinstance(value, dict) and isinstance(value.get(ATTRIBUTES), dict):
        value = {**value[ATTRIBUTES], **value}
    if isinstance(value, dict) and name and value.get(name) in values:
        raise _impossible(int(CONFLICT), name, value)


def _impossible(status: int, name: str, value: Mapping[str, Json]) -> Refusal:
    return Refusal(status, f"Not possible: {name} is {shown(value[name])}.")


def require_unique(call: Call, scope: Scope, body: Json, *, but: Record | None = None) -> None:
    """Raises Refusal: another record has the value of a member that the document says is unique.

    What the document shows as an example of that is free at first, as keys are: an initial record may have it.
    """
    for name in _unique(call, scope) if isinstance(body, dict) else ():
        value = body.get(name)
        if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
            continue
        same = [one for one in scope.all(condition({name: value})) if same_json(_member(one, name), value)]
        if same and _is_shown(call, name, value):
            initial = first_keys(call, scope.tenant.name, scope.resource, scope.keys or ())
            same = [one for one in same if key_of(one.id) not in initial]
        if any(but is None or one.id != but.id for one in same):
            violation = Violation("body", f"/{name}", "unique", f"{quoted(str(value))} is taken")
            fittest = next(one for one in TAKEN if one in plan_of(call).replies)
            status = int(fittest) if fittest.isdecimal() else int(CONFLICT)
            raise Refusal(status, f"Another record has the {name} {quoted(str(value))}.", violations=[violation])


def _unique(call: Call, scope: Scope) -> tuple[str, ...]:
    """The members that no two records may share. PERF: told once."""
    plan = plan_of(call)
    if scope.model.record is None or not any(one in plan.replies for one in TAKEN):
        return ()
    if (known := plan.remembered.get("unique")) is None:
        shapes, key = call.tools.maker.shapes, scope.model.key
        bodies = filter(None, (shapes.member(one, plan.sent) for one in plan.bodies.values()))
        sent = {name: node for one in bodies for name, node in shapes.properties(one).items()}
        own = shapes.properties(scope.model.record)
        texts = {
            name: " ".join(str(shapes.says(one, "description") or "") for one in (node, own[name]))
            for name, node in sent.items() if name in own and (name,) != key
        }  # fmt: skip
        above = scope.model.parents[-1].resource if scope.model.parents else None
        parent = (above or "").rpartition(".")[2]
        said = plan.replies.get(CONFLICT)
        taken = unique_members(said.description, texts, parent) if said is not None else ()
        known = plan.remembered["unique"] = (
            *dict.fromkeys([*taken, *(name for name, text in texts.items() if is_said_unique(text))]),
        )
    return known


def _is_shown(call: Call, name: str, value: Json) -> bool:
    """Whether an example of a body has that value in that member."""
    shapes = call.tools.maker.shapes
    for body in plan_of(call).bodies.values():
        member = shapes.member(body, (*plan_of(call).sent, name))
        own = said_examples(shapes.follow(member).value) if member is not None else ()
        whole = (one.get(name) for one in said_examples(shapes.follow(body).value) if isinstance(one, dict))
        if any(same_json(one, value) for one in (*own, *whole)):
            return True
    return False


def _member(record: Record, name: str) -> Json:
    value = record.data()
    return value.get(name) if isinstance(value, dict) else None


def require_unneeded(call: Call, scope: Scope, record: Record) -> None:
    """Raises Refusal(409): other records name the one to be deleted, or its state forbids it, as the document says."""
    require_changeable(call, scope, record)
    said = plan_of(call).replies.get(CONFLICT)
    if said is not None and (found := _first_naming(call, scope, record, said.description)):
        name, other = found
        raise Refusal(409, f"Records of {name} still refer to {quoted(key_of(record.id))}, {quoted(other)} among them.")


def _first_naming(call: Call, scope: Scope, record: Record, refusal: str) -> tuple[str, str] | None:
    """The first resource that ``refusal`` tells of and whose records name this one, and the key of one that does.

    PERF: no others are looked through.
    """
    key = key_of(record.id)
    for resource in call.tools.contract.resources.values():
        model = resource.model
        if model is None or resource is scope.resource:
            continue
        if model.parents and model.parents[-1].resource == scope.resource.name and tells_of_any(refusal, resource.name):
            above = (*(scope.keys or ()), key)
            whole = len(above) == len(model.parents)
            if found := next(Scope(call, scope.tenant, resource, above).all(), None) if whole else None:
                return resource.name, key_of(found.id)
        keys = {**model.foreign, **model.references}
        members = [one for one, other in keys.items() if other == scope.resource.name]
        if not members or not tells_of_use(refusal, resource.name):
            continue
        theirs = Scope(call, scope.tenant, resource, None if model.parents else ())
        for member in members:
            likely = theirs.all(with_values([((member,), key)]))
            if found := next((one for one in likely if meets(_member(one, member), key)), None):
                return resource.name, key_of(found.id)
    return None
