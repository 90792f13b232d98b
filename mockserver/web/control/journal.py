"""The journal: the newest exchanges, all or those that are asked for; as JSON, as they happen, as an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from weakref import WeakSet

from flask import request

from mockserver.runtime.journal import Entry
from mockserver.runtime.journal_filter import FILTERS, meets
from mockserver.values.http_archive import archive
from mockserver.values.json_text import read_own
from mockserver.verification.archiving import archived
from mockserver.web.control.route import JSON, ControlRequest, Route, refusal
from mockserver.web.journal_stream import JOURNAL_STREAM, MEDIA_TYPE, JournalStream
from mockserver.world import World

STREAMS = 100
"""How many may follow it at once."""


class JournalControl:
    """What happened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._streams: WeakSet[JournalStream] = WeakSet()

    def routes(self) -> Iterable[Route]:
        yield Route(
            "GET", "/journal", self.entries, "JournalEntries", query=("limit", "since", *FILTERS), also=MEDIA_TYPE
        )
        yield Route("GET", "/journal/har", self.har, "Archive", query=("limit", "since", *FILTERS))
        yield Route("GET", "/journal/stream", self.stream, "", query=("since", *FILTERS), media_type=MEDIA_TYPE)

    def entries(self, sent: ControlRequest) -> list[dict[str, Any]] | JournalStream:
        """The newest exchanges, oldest first, narrowed by what the query names; a stream for whoever accepts one."""
        if request.accept_mimetypes.best_match((JSON, MEDIA_TYPE)) == MEDIA_TYPE:
            return self.stream(ControlRequest({name: one for name, one in sent.query.items() if name != "limit"}, {}))
        return [{"number": number, **entry.described()} for number, entry in self._found(sent, "100")]

    def har(self, sent: ControlRequest) -> Any:
        """The newest exchanges as an HTTP Archive 1.2, without secrets."""
        found = self._found(sent, "999999999")
        text = archive(
            (archived(number, entry, request.host_url.rstrip("/")) for number, entry in found),
            creator="mockserver",
            comment=f"{len(found)} exchanges",
        )
        return read_own(text)

    def stream(self, sent: ControlRequest) -> JournalStream:
        """The exchanges from now on, or after a number, as server-sent events, for as long as the client stays."""
        wanted = dict(sent.query)
        era, kept = self.world.journal.after(0, 0)
        newest = kept[-1][0] if kept else 0
        since = int(wanted.pop("since", _last_seen(request.headers.get("Last-Event-ID", ""))) or newest)
        if len(self._streams) >= STREAMS:
            raise refusal("", f"{STREAMS} streams follow the journal already", "close some first")
        stream = JournalStream(self.world.journal, filtering(wanted), since, era)
        self._streams.add(stream)
        request.environ[JOURNAL_STREAM] = stream
        return stream

    def _found(self, sent: ControlRequest, most: str) -> list[tuple[int, Entry]]:
        wanted = dict(sent.query)
        limit = int(wanted.pop("limit", most))
        since = int(wanted.pop("since", "0"))
        is_meant = filtering(wanted)
        entries = [
            (number, entry) for number, entry in self.world.journal.entries() if number > since and is_meant(entry)
        ]
        return entries[-limit:] if limit else []


def filtering(query: Mapping[str, str]) -> Callable[[Entry], bool]:
    """Whether an entry is what a query names by FILTERS."""
    wanted = dict(query)
    return lambda entry: meets(entry, wanted)


def _last_seen(text: str) -> str:
    """The number that a client saw last; nothing where it never saw one of ours."""
    return text if text.isascii() and text.isdigit() and len(text) < 10 else ""
