"""The journal: the newest exchanges, all or those that are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mockserver.runtime.journal_filter import FILTERS, meets
from mockserver.web.control.route import ControlRequest, Route, whole_number
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class JournalControl:
    """What happened."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/journal", self.entries, "JournalEntries", query=("limit", "since", *FILTERS))

    def entries(self, sent: ControlRequest) -> list[dict[str, Any]]:
        """The newest exchanges, oldest of them first, narrowed by what the query names."""
        wanted = dict(sent.query)
        limit = whole_number("limit", wanted.pop("limit", "100"))
        since = whole_number("since", wanted.pop("since", "0"))
        if "status" in wanted:
            whole_number("status", wanted["status"])
        entries = [
            (number, entry) for number, entry in self.world.journal.entries() if number > since and meets(entry, wanted)
        ]
        return [{"number": number, **entry.described()} for number, entry in entries[-limit:] if limit]
