"""What no rule knows a meaning of: the declared success, from example or schema; nothing is stored (O12)."""

from __future__ import annotations

from mockserver.handlers.call import Call
from mockserver.handlers.planned.places import plan_of
from mockserver.handlers.planned.replying import made
from mockserver.messages import Reply
from mockserver.store import Tenant


def stub(call: Call, _: Tenant) -> Reply:
    """``Mock-Kind: stub`` tells that no state stands behind it."""
    plan = plan_of(call)
    return made(call, plan.success, plan.status, notes=(("Kind", "stub"),))
