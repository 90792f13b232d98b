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
        yield Route("POST", "/clock/reset", self.reset, "ClockState")
        yield Route("POST", "/clock/advance", self.advance, "ClockState", body="clock_advance")

    def clock(self, _: ControlRequest) -> dict[str, Any]:
        """The mock's time, whether it runs, and how many times as fast as the machine's."""
        clock = self.world.clock
        return {"now": stamp(clock.now()), "running": clock.running, "speed": clock.speed}

    def set(self, sent: ControlRequest) -> dict[str, Any]:
        """Stop the clock at `now`, or let it run on from there; `running` alone starts or stops it, as `speed` does."""
        self.world.due.catch_up()
        body, clock = sent.body, self.world.clock
        running, speed = body.get("running", "speed" in body), body.get("speed")
        if "now" in body:
            clock.set(_moment(body["now"]), running=running, speed=1.0 if speed is None else speed)
        elif {"running", "speed"} & set(body):
            clock.run(running=running, speed=speed)
        else:
            raise refusal("/now", "is missing", "give now, running, speed, or several")
        self.world.due.catch_up()
        return self.clock(sent)

    def reset(self, sent: ControlRequest) -> dict[str, Any]:
        """Let the clock be as at the start; records stay as they are."""
        self.world.due.catch_up()
        self.world.start_clock()
        self.world.due.catch_up()
        return self.clock(sent)

    def advance(self, sent: ControlRequest) -> dict[str, Any]:
        """Move the clock on by so many seconds, or back by a negative number of them."""
        self.world.due.catch_up()
        self.world.clock.advance(timedelta(seconds=sent.body["seconds"]))
        self.world.due.catch_up()
        return self.clock(sent)


def _moment(text: str) -> datetime:
    try:
        return read_datetime(text)
    except ValueError as error:
        raise refusal("/now", f"is {shown(text, 40)}", f"it {error}") from None
