"""Which of the modules that come with mockserver a server answers: it may be that of one alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.traffic import Sent
from mockserver.conformance.wire.transports import Transport, Unreachable
from mockserver.contract import Document, read_document
from mockserver.settings import Settings, stock_specs

DENIALS = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
"""How a path that is not there is answered."""


def leave_unserved(settings: Settings, transport: Transport, who: Requester) -> tuple[Settings, tuple[str, ...]]:
    """``settings`` without the modules beside the first of which the target knows no path, and their titles.

    Documents that a user named are all kept: she says that they are served.
    """
    if settings.spec != stock_specs():
        return settings, ()
    first, *others = stock_specs()
    try:
        status = _status(transport, who)
        unknown = status(f"/{uuid.uuid4().hex}/{who.tenant}")
        is_there = any(status(path) != unknown for path in _lists(read_document(first), who.tenant))
        documents = {file: read_document(file) for file in others}
        missing = [file for file, one in documents.items() if {*map(status, _lists(one, who.tenant))} == {unknown}]
    except Unreachable:
        return settings, ()  # the greeting finds the same, and tells it
    if unknown not in DENIALS or not is_there or not missing:
        return settings, ()
    kept: tuple[Path | str, ...] = (first, *(file for file in others if file not in missing))
    titles = tuple(str(documents[file].node("info", "title").value) for file in missing)
    return replace(settings, spec=kept if len(kept) > 1 else first), titles


def _status(transport: Transport, who: Requester) -> Callable[[str], int]:
    headers = (("Authorization", f"Bearer {who.token}"),) if who.token else ()
    return lambda path: transport(Sent("GET", path, headers)).status


def _lists(document: Document, tenant: str) -> Iterator[str]:
    """The paths, for ``tenant``, that need nothing but a tenant."""
    for path, item in document.node("paths").items():
        if path.count("{") == 1 and path.endswith("}") and item.child("get").value is not None:
            yield f"{path.partition('{')[0]}{tenant}"
