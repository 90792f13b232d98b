"""Two ways to get a request answered: a WSGI application in this process, or a server behind a URL."""

from __future__ import annotations

import ssl
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions
from werkzeug.test import run_wsgi_app

from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.errors import Problem, SetupError
from mockserver.values.reasons import reason

TIMEOUT = 30.0
"""Seconds to wait for a reply, and for all of it."""
LARGEST = 64 * 2**20
"""Bytes of content that are taken."""
_PIECE = 65_536


START = "start it, or correct the URL"
"""What to do where nothing better is known."""


class Unreachable(Exception):
    """No reply came: the message says why, in words that are the same in every run.

    ``remedy`` says what to do about it; ``arrived`` tells that the request may have been carried out all the same.
    """

    def __init__(self, cause: str, remedy: str = START, *, arrived: bool = True) -> None:
        super().__init__(cause)
        self.remedy = remedy
        self.arrived = arrived


Transport: TypeAlias = Callable[[Sent], Received]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose certificates are taken: those of the system, those in ``ca``, or any where ``insecure``."""

    ca: Path | None = None
    insecure: bool = False


def in_process(app: Any) -> Transport:
    """Requests go to the WSGI application ``app``; what it raises is a reply with status 500."""

    def send(sent: Sent) -> Received:
        began = time.perf_counter()
        try:
            content, status, headers = run_wsgi_app(app, _environ(sent), buffered=True)
            body = b"".join(content)
        except Exception as error:  # noqa: BLE001 -- a server would answer 500 whatever it was
            return Received(500, (), f"{type(error).__name__}: {error}".encode(), time.perf_counter() - began)
        return Received(int(status.split()[0]), tuple(headers.items()), body, time.perf_counter() - began)

    return send


def _environ(sent: Sent) -> dict[str, Any]:
    """What a WSGI server would make of ``sent``. PERF: a third of what werkzeug's builder takes, for each request."""
    path, _, query = sent.target.partition("?")
    raw = sent.target.encode().decode("latin-1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "REQUEST_URI": raw,
        "RAW_URI": raw,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(sent.body or b""),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, text in sent.headers:
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{text}" if key in environ and key != "HTTP_HOST" else text
    if sent.body is not None:
        environ["CONTENT_LENGTH"] = str(len(sent.body))
    return environ


def over_http(base_url: str, timeout: float = TIMEOUT, trust: Trust | None = None) -> Transport:
    """Requests go to the server at ``base_url``; redirects are replies like others. Raises Unreachable."""
    base = base_url.rstrip("/")
    pool = pool_for(base, trust or Trust())

    def send(sent: Sent) -> Received:
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
                preload_content=False,
            )
            body = _whole(response, began + timeout)
        except exceptions.HTTPError as error:
            raise unreachable(error, base) from None
        return Received(response.status, tuple(response.headers.items()), body, time.perf_counter() - began)

    return send


def _whole(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """The content of a reply; of a stream of events, which does not end, what came first.

    Raises HTTPError where it is not there at the time ``until``, or is larger than ``LARGEST``.
    """
    pieces, size = [], 0
    is_endless = response.headers.get("Content-Type", "").startswith("text/event-stream")
    for piece in response.stream(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if is_endless:
            break
        if size > LARGEST:
            response.close()
            raise exceptions.DecodeError(f"more than {LARGEST} bytes")
        if time.perf_counter() > until:
            response.close()
            raise exceptions.TimeoutError
    if is_endless:
        response.close()
    else:
        response.release_conn()
    return b"".join(pieces)


def pool_for(url: str, trust: Trust) -> urllib3.PoolManager:
    """Connections to ``url``: through the proxy that the usual variables name. Raises SetupError for a bad CA file."""
    parts = urlsplit(url)
    options: dict[str, Any] = {"maxsize": 8, "block": False, "ssl_context": _context(trust)}
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy if "://" in proxy else f"http://{proxy}", **options)
    return urllib3.PoolManager(**options)


def _context(trust: Trust) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if trust.insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        urllib3.disable_warnings(exceptions.InsecureRequestWarning)  # once is enough: it was asked for
    elif trust.ca:
        try:
            context.load_verify_locations(cafile=trust.ca)
        except (OSError, ssl.SSLError) as error:
            problem = f"{trust.ca} holds no certificates: {reason(error)}"
            raise SetupError([Problem("options", "--ca", problem, "name a file of PEM certificates")]) from None
    return context


def unreachable(error: exceptions.HTTPError, base_url: str) -> Unreachable:
    """What a failed connection means, and what to do about it."""
    host = urlsplit(base_url).netloc
    reason = error.original_error if isinstance(error, exceptions.ProxyError) else error
    if isinstance(error, exceptions.ProxyError) and not isinstance(reason, exceptions.SSLError):
        return Unreachable("the proxy does not answer", "correct HTTP_PROXY, HTTPS_PROXY or NO_PROXY", arrived=False)
    if isinstance(reason, exceptions.SSLError):
        return _distrust(str(reason), host)
    if isinstance(reason, exceptions.NewConnectionError | exceptions.ConnectTimeoutError):
        return _not_connected(reason, host)
    if isinstance(reason, exceptions.TimeoutError):
        return Unreachable("no reply in time", "check whether the server hangs")
    if isinstance(reason, exceptions.ProtocolError):
        remedy = "check what stands in front of the server"
        if base_url.startswith("http:"):
            remedy += "; if it speaks TLS, begin the URL with https://"
        return Unreachable("the connection was closed before a whole reply came", remedy)
    return Unreachable(f"no reply that can be read ({type(reason).__name__})", "check what answers at that address")


def _not_connected(reason: exceptions.HTTPError, host: str) -> Unreachable:
    if isinstance(reason, exceptions.NameResolutionError):
        return Unreachable(f"the host name {host} is not known", "correct the host name in --target", arrived=False)
    cause = "refused the connection" if "refused" in str(reason).lower() else "cannot be connected to"
    return Unreachable(f"{host} {cause}", "start it, or correct host and port in --target", arrived=False)


def _distrust(message: str, host: str) -> Unreachable:
    """The ways in which TLS fails, each with its own remedy."""
    for sign, cause, remedy in (
        ("ostname mismatch", f"the certificate is not for {host}", "use the name that it is for"),
        ("IP address mismatch", f"the certificate is not for {host}", "use the name that it is for"),
        ("expired", f"the certificate of {host} has expired", "have it renewed, or use --insecure"),
        (
            "CERTIFICATE_VERIFY_FAILED",
            f"the certificate of {host} is from an unknown issuer",
            "name its certificate with --ca FILE, or use --insecure",
        ),
    ):
        if sign in message:
            return Unreachable(cause, remedy, arrived=False)
    return Unreachable(f"{host} does not speak TLS on that port", "begin the URL with http://", arrived=False)
