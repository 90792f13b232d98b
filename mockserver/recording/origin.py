"""The one real server that is asked: its exact address, no redirects, bounded in time and in size."""

from __future__ import annotations

import re
import time
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

import urllib3
from urllib3 import exceptions

from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import Trust, Unreachable, pool_for, unreachable
from mockserver.errors import Problem, SetupError
from mockserver.messages import Request
from mockserver.values.hosts import is_loopback
from mockserver.values.shown import quoted

SECONDS = 20.0
"""How long one reply may take, all of it."""
MOST = 8 * 2**20
"""Bytes of a reply that are read."""
PIECE = 65_536
_OURS = frozenset(
    {
        "host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "expect",
        "accept-encoding", "prefer", "origin", "referer", "proxy-authorization", "proxy-connection", "forwarded", "via",
    }
)  # fmt: skip
"""Headers of the connection to the mock, and those that are meant for it."""
_PARAMETER = re.compile(r"\{([^{}]+)\}")


class Origin:
    """A server by its address; the document's paths are below it. ``token`` is shown to it in place of a client's.

    Only that scheme, host and port are ever asked, whatever a reply says.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        """Raises SetupError unless ``url`` is the address of a server."""
        self.base = _checked(url)
        self._headers = MappingProxyType({"authorization": f"Bearer {token}"} if token else {})
        self._pool = pool_for(self.base, Trust())

    def ask(self, request: Request) -> Received:
        """The reply to the same request. Raises Unreachable."""
        began = time.perf_counter()
        sent = self._sent(request)
        try:
            response = self._pool.request(
                sent.method, self.base + sent.target, body=sent.body, headers=urllib3.HTTPHeaderDict(sent.headers),
                redirect=False, retries=False, timeout=SECONDS, preload_content=False,
            )  # fmt: skip
            try:
                body = _read(response, began + SECONDS)
            finally:
                response.close()
        except exceptions.HTTPError as error:
            raise unreachable(error, self.base) from None
        return Received(response.status, tuple(response.headers.items()), body, time.perf_counter() - began)

    def _sent(self, request: Request) -> Sent:
        path = _PARAMETER.sub(lambda found: quote(request.path_values[found[1]], safe=""), request.template)
        query = f"?{urlencode(request.query)}" if request.query else ""
        passed = {name: text for name, text in request.headers.items() if name not in _OURS and name[:4] != "sec-"}
        headers = {**passed, **self._headers, "accept-encoding": "identity"}
        return Sent(request.method, path + query, tuple(headers.items()), request.body or None)


def _read(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """All of the content. Raises Unreachable when it is too much, too late, or compressed though nobody asked."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unreachable("the reply is compressed though that was not asked for", "have the server send it plain")
    pieces, size = [], 0
    for piece in response.stream(PIECE, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > MOST:
            raise Unreachable(f"the reply is larger than {MOST} bytes", "ask for less")
        if time.perf_counter() > until:
            raise Unreachable(f"the reply took longer than {SECONDS:g} seconds", "ask for less")
    return b"".join(pieces)


def _checked(url: str) -> str:
    problem = remedy = ""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts, problem = urlsplit(""), "is not an address"
    if not problem and (parts.scheme not in ("http", "https") or not parts.hostname):
        problem = "is not the http or https address of a server"
    elif not problem and (parts.username is not None or parts.query or parts.fragment):
        problem, remedy = "has more than a host and a path", "leave credentials, query and fragment out"
    elif not problem and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        problem, remedy = "would send tokens in the clear", "use its https address"
    if problem:
        shown = quoted(re.sub(r"//[^/@]*@", "//", url))
        raise SetupError([Problem("settings", "/record", f"{shown} {problem}", remedy or "https://api.example.com/v1")])
    return url.rstrip("/")
