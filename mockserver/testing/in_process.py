"""A client inside the process, shaped like ``requests``: no socket, and a token that the mock takes."""

from __future__ import annotations

import json as json_text
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.datastructures import Headers
from werkzeug.test import Client as InProcess

from mockserver.values.shown import quoted

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. ``headers`` takes names in any case; ``content`` is bytes."""

    status_code: int
    headers: Headers
    content: bytes

    @property
    def ok(self) -> bool:
        return self.status_code < 400

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        """The content as JSON. Raises ValueError when it is none."""
        return json_text.loads(self.content)

    def raise_for_status(self) -> None:
        """Raises AssertionError with what the mock said, for a status from 400 on."""
        if not self.ok:
            raise AssertionError(f"{self.status_code} {self.headers.get('Mock-Reason', '')} {self.text}")


class Client:
    """Sends to ``app``. ``headers`` is asked at each request, so that a token in it is always a fresh one."""

    def __init__(self, app: WSGIApplication, headers: Callable[[], Mapping[str, str]]) -> None:
        self._client = InProcess(app, use_cookies=False)
        self._headers = headers

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
        """Send ``json``, or ``data`` as it is. A header of the client is left out where ``headers`` says None.

        Raises ConnectionError where a fault has the reply lost or cut.
        """
        if not path.startswith("/"):
            raise ValueError(f"the path {quoted(path)} does not begin with a slash: this client reaches the mock only")
        path, _, query = path.partition("?")
        sent: dict[str, str | None] = dict(self._headers())
        if json is not None:
            data = json_text.dumps(json)
            sent["Content-Type"] = "application/json"
        answer = self._client.open(
            path=path,
            method=method,
            query_string="&".join(filter(None, [query, _query(params or {})])),
            data=data,
            headers=Headers([(name, text) for name, text in {**sent, **(headers or {})}.items() if text is not None]),
        )
        content = answer.get_data()
        if method != "HEAD" and len(content) < (answer.content_length or 0):
            raise ConnectionResetError(f"The reply was cut after {len(content)} of {answer.content_length} bytes.")
        return Response(answer.status_code, answer.headers, content)

    def get(self, path: str, **options: Any) -> Response:
        """``options`` as ``request`` takes them; here and below."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Response:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Response:
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
