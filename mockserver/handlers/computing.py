"""What an operation works out from what it is asked and what there is: an answer, or a new record to begin with."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Refusal
from mockserver.expressions import CALLER, as_json, worked_out
from mockserver.handlers.call import Call
from mockserver.handlers.storing import Storing
from mockserver.messages import Reply, say
from mockserver.store import Tenant
from mockserver.values.absent import ABSENT


def compute(call: Call, tenant: Tenant) -> Reply:
    """The answer that the document's ``reply`` tells; nothing is stored. Raises Refusal(404) where it is absent."""
    reply = call.tools.rules.answers[call.operation.id][""]
    answer = as_json(call.context(tenant).evaluate(reply, asked_with(call)))
    if answer is ABSENT:
        raise Refusal(404, f"There is no such record in {call.resource.name}.")
    return say(answer)


def generate(call: Call, tenant: Tenant) -> Reply:
    """Store the record that ``values`` tell, and answer what ``reply`` tells about it."""
    rules, resource = call.tools.rules.answers[call.operation.id], call.resource
    asked, context = asked_with(call), call.context(tenant)
    values = worked_out({name: rule for name, rule in rules.items() if name}, context, asked)
    kept = Storing(call, tenant).make(resource, values)
    return say(as_json(context.evaluate(rules[""], asked, context.proxy(resource.name, kept))))


def asked_with(call: Call) -> dict[str, Any]:
    """What was asked: the body's members, the parameters, and who asks."""
    claims = call.tools.contract.security.claims
    caller: dict[str, Any] = {word: call.identity.claims.get(name, ABSENT) for word, name in claims.items()}
    caller["subject"] = call.identity.subject
    body = call.input.body if isinstance(call.input.body, dict) else {}
    return {**body, **call.input.values, CALLER: caller}
