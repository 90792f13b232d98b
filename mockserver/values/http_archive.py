"""Exchanges as an HTTP Archive 1.2: one writer for the kit's traffic and for a mock's journal."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # PERF: pydantic's like, which only the one pays who asks for an archive
    import harfile

HTTP = "HTTP/1.1"
Pairs: TypeAlias = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Archived:
    """One exchange without secrets: ``took`` are milliseconds, ``status`` 0 where no reply came.

    ``sizes`` are the bytes of both bodies as they were, the texts may be cut.
    """

    started: datetime
    took: float
    method: str
    url: str
    headers: Pairs
    query: Pairs
    body: str
    body_type: str
    status: int
    reply_headers: Pairs
    reply: str
    reply_type: str
    sizes: tuple[int, int]
    comment: str = ""
    failure: str = ""


def archive(exchanges: Iterable[Archived], *, creator: str, comment: str) -> str:
    """The archive as JSON."""
    import harfile

    text = io.StringIO()
    with harfile.HarFile.open(text, creator=harfile.Creator(creator, "1"), comment=comment) as opened:
        for one in exchanges:
            opened.add_entry(
                startedDateTime=one.started,
                time=one.took,
                request=archived_request(one),
                response=_response(one),
                timings=harfile.Timings(send=0, wait=one.took, receive=0),
                comment=one.comment or None,
            )
    return text.getvalue()


def archived_request(one: Archived) -> harfile.Request:
    import harfile

    return harfile.Request(
        method=one.method,
        url=one.url,
        httpVersion=HTTP,
        headers=_records(one.headers),
        queryString=_records(one.query),
        postData=harfile.PostData(mimeType=one.body_type, text=one.body) if one.body else None,
        bodySize=one.sizes[0],
    )


def _response(one: Archived) -> harfile.Response:
    import harfile

    return harfile.Response(
        status=one.status,
        statusText="",
        httpVersion=HTTP,
        headers=_records(one.reply_headers),
        content=harfile.Content(
            size=one.sizes[1], mimeType=one.reply_type, text=one.reply, comment=one.failure or None
        ),
        bodySize=one.sizes[1],
    )


def _records(pairs: Pairs) -> list[harfile.Record]:
    import harfile

    return [harfile.Record(name, text) for name, text in pairs]
