"""What tenants were before the latest writes, for reads that lag behind them."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from mockserver.store import Tenant

WRITES = 200
"""How many writes of a tenant are remembered; of older ones reads see the oldest that is."""
TENANTS = 100


class _Before(NamedTuple):
    """A tenant as it was until a write."""

    until: datetime
    tenant: Tenant
    origin: Tenant
    """What it was a copy of: a tenant that was put back to another state has no such past."""


class TenantHistory:
    """Tenants as they were: copies that share their records with those of today."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[str, deque[_Before]] = OrderedDict()

    def keep(self, tenant: Tenant, now: datetime, lag: float) -> None:
        """Remember what ``tenant`` is before a write at ``now``, for ``lag`` seconds. Its lock is held."""
        with self._lock:
            kept = self._kept.setdefault(tenant.name, deque(maxlen=WRITES))
            self._kept.move_to_end(tenant.name)
            while len(self._kept) > TENANTS:
                self._kept.popitem(last=False)
            while kept and kept[0].until <= now - timedelta(seconds=lag):
                kept.popleft()
            kept.append(_Before(now, tenant.copy(), tenant))

    def seen(self, tenant: Tenant, now: datetime, lag: float) -> Tenant:
        """What ``tenant`` was ``lag`` seconds before ``now``: itself where nothing was written since."""
        with self._lock:
            kept = self._kept.get(tenant.name, ())
            moment = now - timedelta(seconds=lag)
            return next((one.tenant for one in kept if one.until > moment and one.origin is tenant), tenant)
