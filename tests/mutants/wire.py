"""One exchange as it goes over the wire: what a mutant may change of the request before, and of the reply after."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app
from werkzeug.wsgi import get_input_stream

from mockserver.contract import Operation
from mockserver.contract.operation import Page

Environ: TypeAlias = dict[str, Any]
App: TypeAlias = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(slots=True)
class Wire:
    """The request as it came and the reply as it would leave; whatever is set here is what leaves."""

    environ: Environ
    operation: Operation | None
    status: int
    headers: Headers
    body: bytes

    @property
    def value(self) -> Any:
        """The reply's JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def say(self, value: Any, status: int | None = None) -> None:
        """Answer ``value`` instead."""
        self.body = json.dumps(value).encode()
        self.status = self.status if status is None else status
        self.headers["Content-Type"] = "application/json"
        self.headers["Content-Length"] = str(len(self.body))

    def say_nothing(self, status: int) -> None:
        self.body, self.status = b"", status
        self.headers.remove("Content-Type")
        self.headers["Content-Length"] = "0"

    @property
    def query(self) -> str:
        return str(self.environ.get("QUERY_STRING", ""))


def records_of(operation: Operation | None, value: Any) -> Iterator[dict[str, Any]]:
    """Every record in a reply: itself, the items of a page, the objects of a batch's results."""
    page = operation.page if operation else None
    for one in _places(value, page):
        if isinstance(one, dict):
            yield one


def _places(value: Any, page: Page | None) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        return [one.get("object") for one in value["results"]]
    if isinstance(value, dict) and page and page.items:
        return list(value.get(page.items, []))
    return value if isinstance(value, list) else [value]


def read_body(environ: Environ) -> bytes:
    """The request's body, left in place for whoever reads it next."""
    body = get_input_stream(environ).read() if environ.get("CONTENT_LENGTH") else b""
    put_body(environ, body)
    return body


def put_body(environ: Environ, body: bytes) -> None:
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))


def ask(app: App, environ: Environ) -> tuple[int, Headers, bytes]:
    """What ``app`` answers, whole."""
    content, status, headers = run_wsgi_app(app, environ, buffered=True)
    return int(status.split()[0]), headers, b"".join(content)
