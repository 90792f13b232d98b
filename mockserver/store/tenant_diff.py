"""What differs between two states of a tenant: only what the two do not share is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mockserver.store.record import Record
from mockserver.store.tenant import Tenant


class ChangedRecord(NamedTuple):
    """A record of a resource before and after; None: it is not there."""

    resource: str
    id: str
    before: Record | None
    after: Record | None


def differing(before: Tenant, after: Tenant, resources: Iterable[str]) -> Iterator[ChangedRecord]:
    """The records that differ, by resource and id; both tenants' locks are held.

    PERF: a resource that neither changed since they parted takes one step, one that was changed a step for each few
    hundred records.
    """
    for resource in sorted(resources):
        if not before.is_filled(resource) and not after.is_filled(resource):
            continue
        changes = () if before[resource] is after[resource] else before[resource].differing(after[resource])
        found = [ChangedRecord(resource, *one) for one in changes if not _same(one[1], one[2])]
        yield from sorted(found, key=lambda one: one.id)


def _same(before: Record | None, after: Record | None) -> bool:
    return before is not None and after is not None and before.raw == after.raw
