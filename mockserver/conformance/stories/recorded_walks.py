"""Walks through lists, page by page: how they were taken, and what all their pages say together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from mockserver.conformance.stories.script_runtime import Answer, parsed, turn
from mockserver.conformance.wire.traffic import Exchange


@dataclass(frozen=True, slots=True)
class Pages:
    """How a list is read from page to page: ``key`` names the parameter of the query that says where one begins.

    ``next`` and ``items`` lead to the key of the next page (empty: it is the last record's id) and to the records,
    ``id`` names the member that identifies one. A walk that is not ``whole`` was left at a page that ends with a
    record of the run.
    """

    key: str
    next: str
    items: str
    id: str
    whole: bool = True


@dataclass(slots=True)
class Walk:
    """One walk through a list, page by page; ``is_whole``: to its end."""

    operation: str
    pages: Pages
    exchanges: list[Exchange] = field(default_factory=list)
    is_whole: bool = False
    is_turning: bool = False

    @contextmanager
    def turning(self) -> Iterator[None]:
        """What is asked of the operation meanwhile is a page of this walk."""
        self.is_turning = True
        try:
            yield
        finally:
            self.is_turning = False


def answer_of(exchange: Exchange) -> Answer:
    reply = exchange.reply
    return (reply.status, {name.lower(): text for name, text in reply.headers}, reply.body) if reply else (0, {}, b"")


def gathered(walk: Walk) -> tuple[Answer, Any]:
    """The pages of a walk as one reply, as a replay sees it, and the last page; None where it is not a page."""
    words, records, page = asdict(walk.pages) | {"whole": True}, [], None
    for one in map(answer_of, walk.exchanges):
        _, page = turn(words, walk.exchanges[0].sent.target, "", (), (one[0], parsed(one[2])))
        if page is None:
            return one, None
        records += page["items"]
    return (one[0], one[1], json.dumps({**(page or {}), "items": records}).encode()), page
