"""What an operation works out from what it is asked and what there is: an answer, or a new record to begin with."""

from __future__ import annotations

from typing import Any

from mockserver.handlers.call import Call
from mockserver.handlers.storing import Storing
from mockserver.messages import Reply, say
from mockserver.rules import CALLER, Context, plain
from mockserver.store import Tenant
from mockserver.values.absent import ABSENT


def compute(call: Call, tenant: Tenant) -> Reply:
    """The answer that the document's ``reply`` tells; nothing is stored."""
    reply = call.tools.rules.answers[call.operation.id][""]
    return say(plain(reply(_asked(call, tenant))))


def generate(call: Call, tenant: Tenant) -> Reply:
    """Store the record that ``values`` tell, and answer what ``reply`` tells about it."""
    rules, resource = call.tools.rules.answers[call.operation.id], call.resource
    asked = _asked(call, tenant)
    made = {name: rule(asked) for name, rule in rules.items() if name}
    values = {name: plain(value) for name, value in made.items() if value is not ABSENT}
    kept = Storing(call, tenant).make(resource, values)
    return say(plain(rules[""](asked.inside(asked.scene.view(resource.name, kept)))))


def _asked(call: Call, tenant: Tenant) -> Context:
    """What was asked: the body's members, the parameters, and who asks."""
    claims = call.tools.contract.security.claims
    caller: dict[str, Any] = {word: call.identity.claims.get(name, ABSENT) for word, name in claims.items()}
    caller["subject"] = call.identity.subject
    body = call.input.body if isinstance(call.input.body, dict) else {}
    return Context({**body, **call.input.values, CALLER: caller}, call.scene(tenant))
