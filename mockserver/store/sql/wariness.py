"""Tenants that others change at the same time, with whose next units of work more care is taken."""

from __future__ import annotations

CROWD = 8
"""How many units of work of a tenant care is taken with after others came between."""


class Wariness:
    """For each tenant how often care is taken yet."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {}

    def become(self, tenant: str) -> None:
        """Take care the next times."""
        self._left[tenant] = CROWD

    def of(self, tenant: str) -> bool:
        """Whether to take care this time."""
        left = self._left.pop(tenant, 0)
        if left > 1:
            self._left[tenant] = left - 1
        return left > 0
