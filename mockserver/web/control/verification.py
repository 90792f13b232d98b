"""Was it called? The question that the pytest fixture asks, over HTTP and in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from mockserver.values.suggestions import meant
from mockserver.verification.near_misses import Answer, ask, not_called
from mockserver.verification.request_matcher import RecordedCall, Wanted
from mockserver.verification.wording import line
from mockserver.web.control.route import ControlRequest, Route, refusal
from mockserver.world import World

NUMBERED = 100
"""How many of the requests that were meant the reply names."""


@dataclass(frozen=True, slots=True)
class VerificationControl:
    """Judges the journal."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/verify", self.verify, "Verified", body="verification")

    def verify(self, sent: ControlRequest) -> dict[str, Any]:
        """Whether such a request was made, and which came nearest."""
        wanted = dict(sent.body)
        times, since = wanted.pop("times", None), wanted.pop("since", 0)
        operations = self.world.operations
        if "operation" in wanted and wanted["operation"] not in operations:
            raise refusal("/operation", "is unknown", meant(wanted["operation"], operations))
        entries = self.world.journal.entries()
        answer = ask(Wanted(**wanted), (RecordedCall(number, entry) for number, entry in entries if number > since))
        verified = answer.count_is(times)
        return {
            "verified": verified,
            "count": len(answer.met),
            "numbers": [call.number for call in answer.met[:NUMBERED]],
            "dropped": entries[0][0] - 1 if entries else 0,
            "message": "" if verified else not_called(answer, times),
            "nearest": [] if verified else _nearest(answer),
        }


def _nearest(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"number": call.number, "request": line(call.number, call.entry), "differences": [asdict(one) for one in found]}
        for call, found in answer.nearest()
    ]
