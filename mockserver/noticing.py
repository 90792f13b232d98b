"""What a request changed is noticed for whoever subscribed to it, and for the callbacks of the document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from mockserver.contract import Operation
from mockserver.messages import Reply, Request
from mockserver.store import Tenant
from mockserver.world import World


def noticed(world: World, tenant: Tenant, *, reading: bool = False) -> AbstractContextManager[None]:
    """For a unit of work of ``tenant``, its lock held: what it changes becomes events, unless it fails.

    PERF: free where nobody registered a webhook.
    """
    return nullcontext() if reading or not world.webhooks.are_wanted else _noticed(world, tenant)


@contextmanager
def _noticed(world: World, tenant: Tenant) -> Iterator[None]:
    from mockserver.webhook_events import events_between  # PERF: most mocks have no subscribers

    before = tenant.copy()
    yield
    world.store.afterwards(partial(world.webhooks.happened, events_between(world, before, tenant), world.clock.now()))


def called_back(world: World, operation: Operation, request: Request, reply: Reply) -> Reply:
    """``reply``; the callbacks that the operation declares are on their way, each to where the request says."""
    if (operation.path, operation.method) in world.calling_back and reply.status < 300:
        from mockserver.webhook_events import callbacks  # PERF: few documents have any

        world.webhooks.happened(callbacks(world, operation, request, reply), world.clock.now())
    return reply
