"""What a path with a whole name is about: ``projects/p/topics/t`` is of the topics, whatever else has that path."""

from __future__ import annotations

from dataclasses import replace

from mockserver.contract import Kind
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of


def meant(call: Call) -> Call:
    """The call about the resource that the name in its path is of; what is done to no known one keeps no state."""
    plan, model = plan_of(call), call.resource.model
    if model is None or not model.beside or plan.key is None:
        return call
    words = str(call.input.values[plan.key]).split("/")
    other = model.beside.get(words[-2]) if len(words) > 1 else None
    if other is not None:
        operation = replace(call.operation, resource=call.tools.contract.resources[other])
    elif call.operation.kind is Kind.ACTION:
        operation = replace(call.operation, kind=Kind.STUB, plan=replace(plan, key=None))
    else:
        return call
    return replace(call, operation=operation)
