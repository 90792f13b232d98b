"""The world of a document without annotations: its collections get their first records when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mockserver.store import Tenant

MOMENT = datetime(2025, 4, 18, 12, tzinfo=UTC)
"""When such a world begins: always the same, so that it is the same on every day."""


@dataclass(frozen=True, slots=True)
class Unannotated:
    """A scenario that holds nothing at the start. ``seed`` tells one such world from another."""

    seed: int
    name: str = "document"
    description: str = "The document's own examples, then made-up records, in each collection that is looked at."
    clock: datetime = MOMENT
    tenants: tuple[str, ...] = ("default",)
    counts: Mapping[str, int] = field(default_factory=dict)
    scale: float = 1

    def fill(self, tenant: Tenant, on_record: Callable[[], None] | None = None) -> None:
        """Nothing: records appear when somebody looks."""

    try_template = fill

    def fill_resource(self, tenant: Tenant, resource: str) -> None:
        """Nothing."""

    def begins(self, _: str, resource: str, usual: int) -> int:
        """How many records of a resource there are at first: as it was said, else ``usual``, none in ``empty``."""
        return self.counts.get(resource, 0 if self.name == "empty" else round(usual * self.scale))

    def keys(self, _: str, __: str) -> list[Any]:
        """None: no record is there before somebody looks."""
        return []

    def size(self) -> int:
        return 0

    def records(self, _: str) -> Iterator[tuple[str, dict[str, Any]]]:
        return iter(())
