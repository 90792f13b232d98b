"""Faults to come: ask for some, see them, clear them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockserver.runtime.faults import read_fault
from mockserver.web.control.route import ControlRequest, Route
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class FaultsControl:
    """How the next requests are answered."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/faults", self.waiting, "Faults")
        yield Route("POST", "/faults", self.add, "Faults", body="fault", checks_form=True)
        yield Route("DELETE", "/faults", self.clear, "Faults")

    def waiting(self, _: ControlRequest) -> list[dict[str, Any]]:
        """The faults that wait for a request."""
        return self.world.faults.waiting()

    def add(self, sent: ControlRequest) -> list[dict[str, Any]]:
        """Answer the next matching requests with an error, or late."""
        self.world.faults.add(read_fault(sent.body, self.world.operations))
        return self.world.faults.waiting()

    def clear(self, _: ControlRequest) -> list[dict[str, Any]]:
        """Forget all faults that wait."""
        self.world.faults.clear()
        return self.world.faults.waiting()
