"""Named snapshots: keep all records as they are now, and be there again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mockserver.values.shown import shown
from mockserver.web.control.route import ControlRequest, Route, refusal
from mockserver.web.control.tenants import no_snapshot, tenant_sizes
from mockserver.world import World

MOST = 100
"""How many snapshots are kept."""
LONGEST = 100
"""Characters that a name may have."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def require_room(name: str, snapshots: Collection[str]) -> None:
    """Raises SetupError unless a snapshot of that name can be kept beside those that there are."""
    if len(name) > LONGEST or _CONTROL.search(name):
        problem = f"the name {shown(name, 40)} is too long or has control characters"
        raise refusal("", problem, f"give {LONGEST} characters at most")
    if name not in snapshots and len(snapshots) >= MOST:
        raise refusal("", f"there are {MOST} snapshots already", "delete some first")


@dataclass(frozen=True, slots=True)
class SnapshotControl:
    """Take, list, restore, delete. Neither a reset nor a restore deletes any."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/snapshots", self.names, "Names")
        yield Route("PUT", "/snapshots/<name>", self.take, "Names")
        yield Route("DELETE", "/snapshots/<name>", self.delete, "Names")
        yield Route("POST", "/snapshots/<name>/restore", self.restore, "TenantSizes")

    def names(self, _: ControlRequest) -> list[str]:
        """The snapshots there are."""
        return self.world.store.snapshots()

    def take(self, sent: ControlRequest, name: str) -> list[str]:
        """Keep all records and the counters of ids under a name, in place of what it kept before."""
        require_room(name, self.world.store.snapshots())
        self.world.store.take_snapshot(name)
        return self.names(sent)

    def delete(self, sent: ControlRequest, name: str) -> list[str]:
        """Forget a snapshot."""
        self._require(name)
        self.world.store.forget_snapshot(name)
        return self.names(sent)

    def restore(self, _: ControlRequest, name: str) -> dict[str, dict[str, int]]:
        """Put all records back to a snapshot; clock, journal, outbox and faults are left alone."""
        self._require(name)
        self.world.store.restore_snapshot(name)
        self.world.due.catch_up()
        return tenant_sizes(self.world)

    def _require(self, name: str) -> None:
        if name not in (known := self.world.store.snapshots()):
            raise no_snapshot(name, known)
