"""The outbox: what would have been mailed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockserver.web.control.route import ControlRequest, Route
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class OutboxControl:
    """The mails."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/outbox", self.mails, "Mails", query=("tenant",))

    def mails(self, sent: ControlRequest) -> list[dict[str, Any]]:
        """What would have been mailed, oldest first."""
        return self.world.due.mails(sent.query.get("tenant"))
