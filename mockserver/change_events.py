"""Turns what a request changed into events for webhooks and whoever watches, and queues the document's callbacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from mockserver.contract import Operation
from mockserver.messages import Reply, Request
from mockserver.store import Tenant
from mockserver.world import World


def publishing(world: World, tenant: Tenant, *, reading: bool = False) -> AbstractContextManager[None]:
    """For a unit of work of ``tenant``, its lock held: what it changes becomes events, unless it fails.

    PERF: free where nobody registered a webhook or watches.
    """
    is_wanted = world.webhooks.are_wanted or world.store.watches.are_wanted
    return _publishing_to_subscribers(world, tenant) if is_wanted and not reading else _NOTHING


def shown_to_watches(world: World, tenant: Tenant) -> AbstractContextManager[None]:
    """For records that are put in or taken away past the API, the tenant's lock held: whoever watches is told.

    Webhooks are not: they are for what clients do.
    """
    return _publishing_to_subscribers(world, tenant, by_client=False) if world.store.watches.are_wanted else _NOTHING


_NOTHING = nullcontext()


@contextmanager
def _publishing_to_subscribers(world: World, tenant: Tenant, *, by_client: bool = True) -> Iterator[None]:
    from mockserver.webhook_events import changes_between, events_of  # PERF: most mocks have no subscribers

    before = tenant.copy()
    yield
    changes = changes_between(world, before, tenant)
    if by_client and world.webhooks.are_wanted:
        world.store.afterwards(partial(world.webhooks.happened, events_of(world, tenant, changes), world.clock.now()))
    for watch, lines in world.store.watches.lines(tenant, changes):
        world.store.afterwards(partial(watch.add, lines))


def queue_callbacks(world: World, operation: Operation, request: Request, reply: Reply) -> None:
    """Queue the callbacks that ``operation`` declares, each to the URL that the request names, once it succeeded."""
    if world.calling_back and (operation.path, operation.method) in world.calling_back and reply.status < 300:
        from mockserver.webhook_events import callbacks  # PERF: few documents have any

        world.webhooks.happened(callbacks(world, operation, request, reply), world.clock.now())
