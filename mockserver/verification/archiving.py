"""An entry of the journal as an exchange of an HTTP Archive."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from mockserver.runtime.journal import Entry
from mockserver.values.http_archive import Archived

UNESCAPED = "/:@!$&()*+,;=~"
"""What a path holds as it is."""


def target(entry: Entry) -> str:
    """Path and query as they are sent."""
    query = urlencode(entry.query)
    return f"{quote(entry.path, safe=UNESCAPED)}{f'?{query}' if query else ''}"


def archived(number: int, entry: Entry, base_url: str) -> Archived:
    """The exchange of that number; the journal keeps no header of a reply but what tells about it."""
    notes = [(f"Mock-{name}", text) for name, text in (("Request", str(number)), *entry.notes)]
    return Archived(
        started=entry.at,
        took=round(entry.milliseconds, 3),
        method=entry.method,
        url=base_url + target(entry),
        headers=entry.headers.items(),
        query=entry.query,
        body=entry.body.decode(errors="replace"),
        body_type=entry.headers.get("content-type", ""),
        status=entry.status,
        reply_headers=[("Content-Type", entry.content_type), *notes] if entry.reply else notes,
        reply=entry.reply.decode(errors="replace"),
        reply_type=entry.content_type if entry.reply else "",
        sizes=(len(entry.body), len(entry.reply)),
        comment=entry.operation or "",
        failure=entry.reason,
    )
