"""A client of an ASGI application in this process: no socket, and each request exactly as it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import EnvironBuilder

from mockserver.web.app import api_of
from mockserver.web.front import Front

Pairs = Sequence[tuple[bytes, bytes]]


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    content: bytes


def front_of(app: Flask, **options: Any) -> Front:
    """The front before an application that is there already."""
    return Front(api_of(app), lambda _: app, **options)


def scope_of(method: str, raw_path: bytes, query: bytes = b"", headers: Pairs = ()) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "raw_path": raw_path,
        "query_string": query,
        "headers": [(b"host", b"localhost"), *headers],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
        "scheme": "http",
    }


async def answer(app: Callable[..., Any], scope: dict[str, Any], *pieces: bytes) -> Answer:
    """What the application sends; ``pieces`` are the body, which breaks off where there are none."""
    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if left:
        left[-1]["more_body"] = False
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = [(name.decode("latin-1"), text.decode("latin-1")) for name, text in sent[0]["headers"]]
    return Answer(sent[0]["status"], headers, b"".join(one["body"] for one in sent[1:]))


def replay(app: Callable[..., Any], requests: Sequence[dict[str, Any]]) -> list[Answer]:
    """The answers to requests that are told as those to Flask's test client are."""

    async def all_of_them() -> list[Answer]:
        return [await answer(app, *_arriving(request)) for request in requests]

    return asyncio.run(all_of_them())


def _arriving(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    builder = EnvironBuilder(**request)
    target = urlsplit(builder.get_environ()["RAW_URI"])
    length = [(b"content-length", str(len(request["data"])).encode())] if request.get("data") is not None else []
    headers = [(name.lower().encode(), text.encode()) for name, text in builder.headers.items()]
    scope = scope_of(builder.method, target.path.encode(), target.query.encode(), [*headers, *length])
    return scope, request.get("data") or b""
