"""Operations of a kind that an installed package brought."""

from __future__ import annotations

from mockserver.errors import ContractBreach, Violation
from mockserver.handlers.call import Call
from mockserver.messages import Reply
from mockserver.store import Tenant
from mockserver.values.shown import quoted


def custom(call: Call, tenant: Tenant) -> Reply:
    """What the package's handler answers. Raises Refusal; ContractBreach when that is not a Reply."""
    assert call.operation.custom
    reply = call.operation.custom.handler(call, tenant)
    if not isinstance(reply, Reply):
        message = f"the handler of {quoted(call.operation.custom.name)} returned {type(reply).__name__}, not a Reply"
        raise ContractBreach(call.operation.id, [Violation("reply", "", "type", message)])
    return reply
