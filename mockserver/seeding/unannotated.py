"""The world of a document without annotations: its collections get their first records when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

    def fill(self, tenant: Tenant, on_record: Callable[[], None] | None = None) -> None:
        """Nothing: records appear when somebody looks."""

    def fill_resource(self, tenant: Tenant, resource: str) -> None:
        """Nothing."""

    def size(self) -> int:
        return 0

    def records(self, _: str) -> Iterator[tuple[str, dict[str, Any]]]:
        return iter(())
