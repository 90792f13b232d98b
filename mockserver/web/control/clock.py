"""The clock: read it, set it, move it on, let it run or stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mockserver.runtime.determinism import stamp
from mockserver.values.moment import read_datetime
from mockserver.values.shown import shown
from mockserver.web.control.route import ControlRequest, Route, refusal
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class ClockControl:
    """The mock's one clock."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/clock", self.clock, "ClockState")
        yield Route("PUT", "/clock", self.set, "ClockState", body="clock")
        yield Route("POST", "/clock/advance", self.advance, "ClockState", body="clock_advance")

    def clock(self, _: ControlRequest) -> dict[str, Any]:
        """The mock's time, and whether it runs."""
        return {"now": stamp(self.world.clock.now()), "running": self.world.clock.running}

    def set(self, sent: ControlRequest) -> dict[str, Any]:
        """Stop the clock at `now`, or let it run on from there; `running` alone starts or stops it."""
        body, clock = sent.body, self.world.clock
        running = body.get("running", False)
        if "now" in body:
            clock.set(_moment(body["now"]), running=running)
        elif "running" in body:
            clock.run(running=running)
        else:
            raise refusal("/now", "is missing", "give now, running, or both")
        return self.clock(sent)

    def advance(self, sent: ControlRequest) -> dict[str, Any]:
        """Move the clock on by so many seconds, or back by a negative number of them."""
        self.world.clock.advance(timedelta(seconds=sent.body["seconds"]))
        return self.clock(sent)


def _moment(text: str) -> datetime:
    try:
        return read_datetime(text)
    except ValueError as error:
        raise refusal("/now", f"is {shown(text, 40)}", f"it {error}") from None
