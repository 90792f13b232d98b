"""A client inside the process, shaped like ``requests``: no socket, and a token that the mock takes."""

from __future__ import annotations

import json as json_text
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.datastructures import Headers
from werkzeug.test import Client as InProcess

from mockserver.values.shown import quoted
from mockserver.web.received_request import ReceivedRequest, headers_of

if TYPE_CHECKING:
    from mockserver.testing.lease import Lease

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
"""What is answered at once; others have replies without content, or are asked by browsers."""
_UNPLAIN = frozenset("%?#\\ \t\r\n\0")
"""What a path does not hold as it is."""


@dataclass(frozen=True, slots=True)
class Response:
    """One reply: ``headers`` by name in any case, ``content`` as bytes, whatever coding they came in."""

    status_code: int
    headers: Headers
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status_code < 400

    @property
    def text(self) -> str:
        """The content as UTF-8. Raises UnicodeDecodeError when it is not."""
        return self.content.decode()

    def json(self) -> Any:
        """The content as JSON. Raises ValueError when it is not JSON."""
        return json_text.loads(self.content)

    def raise_for_status(self) -> None:
        """Raises AssertionError with what the mock said, for a status from 400 on."""
        if not self.ok:
            raise AssertionError(f"{self.status_code} {self.headers.get('Mock-Reason', '')} {self.text}")


class Client:
    """Sends requests to a mock in this process, shaped like ``requests.Session``; made by ``Mock.client_for``.

    ``lease`` is the mock; ``headers`` gives the usual headers, and is called again every second and whenever the clock
    was moved, so that the token among them is good.
    """

    def __init__(self, lease: Lease, headers: Callable[[], Mapping[str, str]]) -> None:
        self._lease = lease
        self._client = InProcess(lease, use_cookies=False)
        self._headers = headers
        self._made: Mapping[str, str] = {}
        self._made_for: tuple[object, ...] = ()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: bytes | str | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Response:
        """Send ``json``, or ``data`` as it is, by ``method`` to ``path``, which may hold a query; ``params`` join it.

        A list among ``params`` repeats its name, None leaves it out. ``headers`` replace those of the client; one that
        is None is left out. Raises ValueError for a path without a slash at its beginning, ConnectionError where a
        fault has the reply lost or cut.
        """
        if not path.startswith("/"):
            raise ValueError(f"the path {quoted(path)} does not begin with a slash: this client reaches the mock only")
        path, _, query = path.partition("?")
        sent: dict[str, str | None] = dict(self._fresh())
        if json is not None:
            data = json_text.dumps(json)
            sent["Content-Type"] = "application/json"
        query = "&".join(filter(None, [query, _query(params or {})]))
        wire = {name: text for name, text in {**sent, **(headers or {})}.items() if text is not None}
        return self._answered_at_once(method, path, query, data, wire) or self._open(method, path, query, data, wire)

    def _fresh(self) -> Mapping[str, str]:
        """Headers with a token that is good now. PERF: one that was not seen before takes as long as a create."""
        now = (int(monotonic()), *self._lease.world.clock.setting())
        if self._made_for != now:
            self._made_for, self._made = now, self._headers()
        return self._made

    def _answered_at_once(
        self, method: str, path: str, query: str, data: bytes | str | None, wire: Mapping[str, str]
    ) -> Response | None:
        """None for what is not plainly a request for a path of the document."""
        texts = [path, query, *wire, *wire.values()]
        if method not in METHODS or not all(map(str.isascii, texts)) or not _UNPLAIN.isdisjoint(path):
            return None
        body = data.encode() if isinstance(data, str) else data
        pairs = [("Host", "localhost"), *wire.items()]
        received, _ = headers_of([(name.encode(), text.encode()) for name, text in pairs])
        outgoing = self._lease.answer(ReceivedRequest(method, path, query, received, body is not None, body or b""))
        if outgoing is None:
            return None
        return Response(outgoing.status, Headers([*outgoing.own, *outgoing.common.headers]), outgoing.content)

    def _open(self, method: str, path: str, query: str, data: bytes | str | None, wire: Mapping[str, str]) -> Response:
        answer = self._client.open(
            path=path, method=method, query_string=query, data=data, headers=Headers(list(wire.items()))
        )
        content = answer.get_data()
        if method != "HEAD" and len(content) < (answer.content_length or 0):
            raise ConnectionResetError(f"The reply was cut after {len(content)} of {answer.content_length} bytes.")
        return Response(answer.status_code, answer.headers, content)

    def get(self, path: str, **options: Any) -> Response:
        """GET ``path``; ``options`` are those of ``request``."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        """POST ``path``; ``options`` are those of ``request``."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Response:
        """PUT ``path``; ``options`` are those of ``request``."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Response:
        """PATCH ``path``; ``options`` are those of ``request``."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Response:
        """DELETE ``path``; ``options`` are those of ``request``."""
        return self.request("DELETE", path, **options)


def _query(params: Mapping[str, Any]) -> str:
    """Lists repeat the name, booleans are ``true`` and ``false``, None is left out."""
    pairs = [
        (name, str(value).lower() if isinstance(value, bool) else value)
        for name, values in params.items()
        for value in (values if isinstance(values, list | tuple) else [values])
        if value is not None
    ]
    return urlencode(pairs)
