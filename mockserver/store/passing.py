"""What the passing of time does to a tenant: whoever works on one finds it as it is by then."""

from __future__ import annotations

from typing import Any, Protocol


class Passing(Protocol):
    """Sees to one tenant of a store."""

    def catch_up(self, tenant: Any, *, may_wait: bool) -> None:
        """Bring about what has fallen due, before anything else is done; the tenant's lock is held.

        Raises WouldWait where that takes long and nobody may wait.
        """

    def changes(self, tenant: Any, resource: str) -> None:
        """A record of the resource is about to be changed."""
