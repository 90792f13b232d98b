"""Two ways to get a request answered: a WSGI application in this process, or a server behind a URL."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import urllib3
from werkzeug.test import EnvironBuilder, run_wsgi_app

from mockserver.conformance.traffic import Reply, Sent

TIMEOUT = 30.0
"""Seconds to wait for a reply."""


class Unreachable(Exception):
    """No reply came: the connection was refused, broke or timed out."""


Transport: TypeAlias = Callable[[Sent], Reply]


def in_process(app: Any) -> Transport:
    """Requests go to the WSGI application ``app``; what it raises is a reply with status 500."""

    def send(sent: Sent) -> Reply:
        began = time.perf_counter()
        builder = EnvironBuilder(path=sent.target, method=sent.method, headers=list(sent.headers), data=sent.body)
        try:
            content, status, headers = run_wsgi_app(app, builder.get_environ(), buffered=True)
            body = b"".join(content)
        except Exception as error:  # noqa: BLE001 -- a server would answer 500 whatever it was
            return Reply(500, (), f"{type(error).__name__}: {error}".encode(), time.perf_counter() - began)
        return Reply(int(status.split()[0]), tuple(headers.items()), body, time.perf_counter() - began)

    return send


def over_http(base_url: str, timeout: float = TIMEOUT) -> Transport:
    """Requests go to the server at ``base_url``; redirects are replies like others. Raises Unreachable."""
    pool = urllib3.PoolManager(maxsize=8, block=False)
    base = base_url.rstrip("/")

    def send(sent: Sent) -> Reply:
        began = time.perf_counter()
        try:
            response = pool.request(
                sent.method,
                base + sent.target,
                body=sent.body,
                headers=urllib3.HTTPHeaderDict(sent.headers),
                redirect=False,
                retries=False,
                timeout=timeout,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{sent.method} {urlsplit(base).netloc}: {type(error).__name__}") from None
        return Reply(response.status, tuple(response.headers.items()), response.data, time.perf_counter() - began)

    return send
