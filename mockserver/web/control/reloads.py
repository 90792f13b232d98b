"""What became of edits to the files of this mock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockserver.web.control.route import ControlRequest, Route
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class ReloadsControl:
    """``serve --watch``, looked at."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/reloads", self.last, "Reloads")

    def last(self, _: ControlRequest) -> dict[str, Any]:
        """What became of the last edit to a watched file: its problems, and the records that no longer fit."""
        return self.world.reloads.described()
