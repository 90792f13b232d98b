"""Summaries of all records: what is said to be the number of them is how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mockserver.contract import Resource
from mockserver.contract.plan import OperationPlan
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import by_key, plan_of
from mockserver.handlers.planned.initial_data.initial_records import begin
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.words import number_of
from mockserver.messages import Reply
from mockserver.store import Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat, singular


def counted(call: Call, tenant: Tenant, reply: Reply) -> Reply:
    """``reply`` of what is read without naming a record, with such numbers. PERF: which they are is worked out once."""
    plan = plan_of(call)
    if call.operation.method != "GET" or "{" in call.operation.path:
        return reply
    if (counting := plan.remembered.get("summed")) is None:
        counting = plan.remembered["summed"] = _counting(call, plan)
    value, steps = reply.value, plan.record or ()
    for name, resource in counting.items() if isinstance(value_at(value, steps), dict) else ():
        begin(call, tenant, resource, ())
        value = with_value(value, (*steps, name), len(Scope(call, tenant, resource, ()).ordered("key", by_key)))
    return replace(reply, value=value) if counting else reply


def _counting(call: Call, plan: OperationPlan) -> Mapping[str, Resource]:
    """The members that are said to be the number of all records of a resource: ``Number of customers``."""
    shapes, schema = call.tools.maker.shapes, plan.success.schema
    place = shapes.member(schema, plan.record or ()) if schema is not None else None
    named = {
        flat(singular(one.name.rpartition(".")[2])): one
        for one in call.tools.contract.resources.values()
        if one.model is not None and not one.model.parents and not one.is_single
    }
    members = shapes.properties(place).items() if place is not None else ()
    things = {
        name: flat(singular(number_of(str(shapes.says(node, "description") or ""))))
        for name, node in members if shapes.type(node) == "integer"
    }  # fmt: skip
    return {name: named[thing] for name, thing in things.items() if thing in named}
