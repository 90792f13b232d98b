"""Summaries of all records: what is said to be the number of them, of some, or a sum, is that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mockserver.contract import Resource
from mockserver.contract.plan import OperationPlan
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import by_key, model_of, plan_of
from mockserver.handlers.planned.initial_data.initial_records import begin
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.told_tallies import ToldNumber, thing_of, told_tally
from mockserver.messages import Reply
from mockserver.store import Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat, singular, words_of

_COUNTING = frozenset({"total", "count", "num", "number", "of", "all"})
"""Words in the name of a number that say that it is one of records."""


def counted(call: Call, tenant: Tenant, reply: Reply) -> Reply:
    """``reply`` of what is read without naming a record, with such numbers. PERF: which they are is worked out once."""
    plan = plan_of(call)
    if call.operation.method != "GET" or "{" in call.operation.path:
        return reply
    if (counting := plan.remembered.get("summed")) is None:
        counting = plan.remembered["summed"] = _counting(call, plan)
    value, steps = reply.value, plan.record or ()
    for name, (resource, tally) in counting.items() if isinstance(value_at(value, steps), dict) else ():
        begin(call, tenant, resource, ())
        records = Scope(call, tenant, resource, ()).ordered("key", by_key)
        is_plain = not (tally.member or tally.summed)  # PERF: then none needs to be read
        number = len(records) if is_plain else sum(tally.of(one.data()) for one in records)
        value = with_value(value, (*steps, name), number)
    return replace(reply, value=value) if counting else reply


def _counting(call: Call, plan: OperationPlan) -> Mapping[str, tuple[Resource, ToldNumber]]:
    """The members that are said to be a number of records of a resource: ``Number of customers``."""
    shapes, schema = call.tools.maker.shapes, plan.success.schema
    place = shapes.member(schema, plan.record or ()) if schema is not None else None
    named = {
        flat(singular(one.name.rpartition(".")[2])): one
        for one in call.tools.contract.resources.values()
        if one.model is not None and not one.model.parents and not one.is_single
    }
    members = shapes.properties(place).items() if place is not None else ()
    said = {
        name: str(shapes.says(node, "description") or "")
        for name, node in members if shapes.type(node) in ("integer", "number")
    }  # fmt: skip
    found: dict[str, tuple[Resource, ToldNumber]] = {}
    sayable = model_of(call.resource).said() if call.resource.model is not None else ()
    for name, own in said.items():
        if name in sayable:
            continue
        words = own if thing_of(own) else _spoken(name)
        one = named.get(thing_of(words))
        if one and one.model and (tally := told_tally(shapes, words, one.model.record)) is not None:
            found[name] = (one, tally)
    return found


def _spoken(name: str) -> str:
    """What the name of a number says in words: ``fileCount``, ``total_orders``, ``activeMembers``, ``users``."""
    words = words_of(name)
    rest = [one for one in words if one not in _COUNTING]
    is_told = bool(rest) and (len(rest) < len(words) or singular(flat(name)) != flat(name))
    return f"Number of {' '.join(rest)}" if is_told else ""
