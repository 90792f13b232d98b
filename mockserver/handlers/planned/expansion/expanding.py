"""Related records shown with those of a reply, where the request asks for them and the document has it take that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import Model
from mockserver.errors import Refusal, Violation
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import keys_of, model_of, plan_of
from mockserver.handlers.planned.expansion.asked_relations import (
    ALL,
    DEEPEST,
    ODATA,
    Asked,
    asked_relations,
    listed_relations,
    relation_parameters,
)
from mockserver.handlers.planned.expansion.included_records import INCLUDED, is_compound, with_included
from mockserver.handlers.planned.expansion.related_records import Allowance, Holder, RelatedRecords, resource_shown
from mockserver.handlers.planned.stored_records.embedding import copied, place_shown
from mockserver.inference.vocabulary.words import REFERENCE_ENDINGS
from mockserver.messages import Json, Reply
from mockserver.store import Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat
from mockserver.values.shown import quoted


def expanded(call: Call, tenant: Tenant, reply: Reply) -> Reply:
    """``reply`` with the related records that the request asks for, without those that have to be asked for.

    Raises Refusal(400): something is asked for that no record has, where the convention has that refused.
    """
    plan, schema = plan_of(call), plan_of(call).success.schema
    wanted, names = asked_relations(call), relation_parameters(call)
    if not (wanted or names) or not reply.has_value or reply.status != plan.status or schema is None:
        return reply
    steps, place = _place(call)
    if steps is None or place is None or call.resource.model is None:
        return reply
    if plan.items and plan.items[-1] in wanted:  # a list is told as it is read: data.customer
        inner = wanted.pop(plan.items[-1])
        wanted = {**wanted, **inner}
    shown, allowance = value_at(reply.value, steps), Allowance()
    holders = [_holder(call, tenant, one, place, allowance) for one in (shown if isinstance(shown, list) else [shown])]
    is_included = is_compound(call, schema, place)
    _require_known(call, wanted, holders, is_strict=is_included or ODATA in names)
    if is_included:
        value = with_included(reply.value, wanted, [one for one in holders if one]) if wanted else reply.value
    else:
        values = [_as_asked(one, wanted, DEEPEST) if one else None for one in holders]
        kept = [old if new is None else new for old, new in zip(_all(shown), values, strict=True)]
        value = with_value(reply.value, steps, kept if isinstance(shown, list) else kept[0])
    return replace(reply, value=value) if call.tools.maker.allows(schema, value) else reply


def _all(shown: Json) -> list[Json]:
    return shown if isinstance(shown, list) else [shown]


def _place(call: Call) -> tuple[tuple[str, ...] | None, Node | None]:
    """Where the reply shows its record or its list, and the schema of one record there."""
    plan = plan_of(call)
    if plan.items is not None and plan.each:
        return None, None
    return plan.record if plan.items is None else plan.items, place_shown(call)


def _holder(call: Call, tenant: Tenant, value: Json, place: Node, allowance: Allowance) -> Holder | None:
    """One record of the reply, with its keys, as far as the reply and the path tell them."""
    if not isinstance(value, dict):
        return None
    plan, model = plan_of(call), model_of(call.resource)
    own = value_at(value, model.key) if model.key else None
    if own is None and plan.key is not None and plan.items is None:
        own = call.input.values.get(plan.key)
    above = tuple(str(call.input.values[name]) for name in plan.scope or ())
    is_known = own is not None and len(above) == len(model.parents)
    return Holder(call, tenant, call.resource, (*above, str(own)) if is_known else (), value, place, allowance)


def _require_known(call: Call, wanted: Asked, holders: list[Holder | None], *, is_strict: bool) -> None:
    """Raises Refusal(400): a name leads nowhere; JSON:API (1.1, 6.3) and OData have that refused."""
    there = [one for one in holders if one is not None]
    if not is_strict or not there or not plan_of(call).declares(400):
        return
    shapes, model = call.tools.maker.shapes, model_of(call.resource)
    members = {*map(flat, _names(shapes.properties(there[0].place), shapes, model))}
    for name in wanted:
        if name != ALL and flat(name) not in members and all(one.related(name) is None for one in there):
            where = next(iter(relation_parameters(call)), "expand")
            violation = Violation("query", f"/{where}", "enum", f"names {quoted(name)}, which leads to no records")
            raise Refusal(400, "The request breaks the contract.", violations=[violation])


def _names(shown: Any, shapes: Any, model: Model) -> list[str]:
    """The members of a record, those of its parts too."""
    parts = [model.record, *(shapes.member(model.record, (one,)) for one in ("attributes", "relationships"))] \
        if model.record is not None else []  # fmt: skip
    return [*shown, *(name for part in parts if part is not None for name in shapes.properties(part))]


def _as_asked(holder: Holder, wanted: Asked, left: int) -> dict[str, Any]:
    """A record with what is asked for, without what has to be."""
    hidden = {*_unasked(holder, {*map(flat, wanted)})}
    value = {name: one for name, one in holder.value.items() if name not in hidden}
    return _filled(replace(holder, value=value), wanted, left)


def _unasked(holder: Holder, wanted: set[str]) -> list[str]:
    """The members that hold related records and are there only for who asks for them, but nobody did.

    Those that the parameter lists, or OData's all; not what must be there, and not what would be lost.
    """
    call, shapes = holder.call, holder.call.tools.maker.shapes
    if call.operation.method != "GET" or ALL in wanted or "" in wanted:
        return []
    listed, is_odata = listed_relations(call), ODATA in relation_parameters(call)
    required = shapes.shape(holder.place).required
    return [
        name for name, place in shapes.properties(holder.place).items()
        if (flat(name) in listed or is_odata) and flat(name) not in wanted and name not in required
        and resource_shown(call, place) is not None and shapes.type(place) in ("object", "array")
        and (is_odata or _is_found_otherwise(holder, name))
    ]  # fmt: skip


def _is_found_otherwise(holder: Holder, name: str) -> bool:
    """Whether a record tells by another member, or by theirs, which records a member holds."""
    embedded = model_of(holder.resource).embedded.get(name) if holder.resource else None
    beside = {flat(one) for one in holder.value}
    is_named = any(f"{flat(name)}{ending}" in beside for ending in REFERENCE_ENDINGS)
    return is_named or (embedded is not None and not embedded.is_written) or holder.is_above(name)


def _filled(holder: Holder, wanted: Asked, left: int) -> dict[str, Any]:
    """The object with the records that it is to show, each as far as the schema takes it."""
    shapes, value = holder.call.tools.maker.shapes, {**holder.value}
    members = shapes.properties(holder.place)
    names = [*wanted, *(one for one in members if ALL in wanted and one not in wanted)]
    for name in names:
        inner = wanted.get(name, {})
        member = next((one for one in members if flat(one) == flat(name)), name)
        found = holder.related(name) if left else None
        if found is not None and holder.allowance.takes(len(found.records)):
            shown = _shown(holder, found, members.get(member), inner, left)
            value = value if shown is None else {**value, member: shown}
        elif inner and member in members and member in value:
            value[member] = _within(holder, value[member], members[member], inner, left)
    return value


def _within(holder: Holder, value: Json, place: Node, wanted: Asked, left: int) -> Json:
    """An object that is no record, or a list of such, with what is asked for within it."""
    items = holder.call.tools.maker.shapes.items(place) if isinstance(value, list) else None
    if isinstance(value, list):
        return [_within(holder, one, items, wanted, left) for one in value] if items is not None else value
    if not isinstance(value, dict) or not left:
        return value
    name = resource_shown(holder.call, place)
    resource = holder.call.tools.contract.resources[name] if name else None
    key = value_at(value, model_of(resource).key) if resource and model_of(resource).key else None
    keys = (str(key),) if key is not None and resource and not model_of(resource).parents else ()
    inner = Holder(holder.call, holder.tenant, resource if keys else None, keys, value, place, holder.allowance)
    filled = _filled(inner, wanted, left - 1)
    return filled if holder.call.tools.maker.allows(place, filled) else value


def _shown(holder: Holder, found: RelatedRecords, place: Node | None, wanted: Asked, left: int) -> Json:
    """What a member shows of related records; None where its schema does not take them."""
    maker = holder.call.tools.maker
    if place is None and maker.shapes.shape(holder.place).closed:
        return None
    own = model_of(found.resource).record if place is None else place
    is_listed = place is not None and maker.shapes.type(place) == "array"
    inside = maker.shapes.items(own) if is_listed and own is not None else own
    wrap = place is not None and INCLUDED not in maker.shapes.properties(place) and _wrapped(holder, place, found)
    if wrap and place is not None:
        data = maker.shapes.properties(place)["data"]
        inside = maker.shapes.items(data) if found.is_many else data
    each: list[Json] = []
    for record in found.records:
        value = copied(holder.call, holder.tenant, found.resource, record, inside)
        if isinstance(value, dict) and inside is not None:
            inner = Holder(
                holder.call, holder.tenant, found.resource, keys_of(record.id), value, inside, holder.allowance
            )
            value = _as_asked(inner, wanted, left - 1)
        each.append(value)
    whole: Json = each if found.is_many else each[0]
    whole = {"data": whole} if wrap else whole
    return whole if place is None or maker.allows(place, whole) else None


def _wrapped(holder: Holder, place: Node, found: RelatedRecords) -> bool:
    """Whether a member holds related records in a member ``data`` of its own."""
    members = holder.call.tools.maker.shapes.properties(place)
    key = model_of(found.resource).key[:1]
    return "data" in members and not (key and key[0] in members)
