"""Requests to a mock in this process: its document's paths are answered at once, as a served mock's front does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import Transport, in_process
from mockserver.web.received_request import ReceivedRequest, headers_of
from mockserver.web.target import has_escapes, problem_of, unescaped_path

if TYPE_CHECKING:
    from mockserver.web.api import Api
    from mockserver.web.path_match import Match

BESIDE = frozenset({"OPTIONS", "HEAD"})
"""Methods that are the application's to answer."""


def of_mock(app: Any) -> Transport:
    """What sends to ``app``, the application of a mock.

    PERF: a third of a check's time would be Flask's and WSGI's view of a request.
    """
    from mockserver.web.app import api_of  # PERF: brings Flask, only where a mock is made

    api, page = api_of(app), in_process(app.wsgi_app)

    def send(sent: Sent) -> Received:
        path, _, query = sent.target.encode().decode("latin-1").partition("?")
        is_whole = sent.method not in BESIDE and not (has_escapes(path) and problem_of(path))
        found = api.paths.find(path) if is_whole else None
        return page(sent) if found is None else _answered(api, sent, found, path, query)

    return send


def _answered(api: Api, sent: Sent, found: Match, path: str, query: str) -> Received:
    began = time.perf_counter()
    headers, length = headers_of((name.encode("latin-1"), text.encode("latin-1")) for name, text in sent.headers)
    is_large = sent.body is not None and len(sent.body) > api.world.settings.max_body
    request = ReceivedRequest(
        sent.method,
        unescaped_path(path) if has_escapes(path) else path,
        query,
        headers,
        has_body=length is not None or sent.body is not None,
        body=None if is_large else sent.body or b"",
    )
    outgoing = api.answer(request, found)
    shown = (*outgoing.own, *outgoing.common.headers)
    return Received(outgoing.status, shown, outgoing.content, time.perf_counter() - began)
