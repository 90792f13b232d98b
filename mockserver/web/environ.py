"""WSGI's view of a request that arrived by ASGI."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.web.received_request import headers_of

_FIXED: Mapping[str, Any] = MappingProxyType(
    {
        "SCRIPT_NAME": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
)


def environ_of(scope: Mapping[str, Any]) -> dict[str, Any]:
    """WSGI's view of the request; RAW_URI is the target as it was sent. The process's environment stays out of it."""
    raw: bytes = scope["raw_path"]
    host, port = scope["server"]
    environ = {
        **_FIXED,
        "REQUEST_METHOD": scope["method"],
        "RAW_URI": raw.decode("latin-1"),
        "PATH_INFO": unquote_to_bytes(raw).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REMOTE_ADDR": scope["client"][0] if scope.get("client") else "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(),
    }
    headers, length = headers_of(scope["headers"])
    environ |= {_named(name): text for name, text in headers.items()}
    return environ if length is None else {**environ, "CONTENT_LENGTH": length}


def _named(header: str) -> str:
    key = header.upper().replace("-", "_")
    return key if key == "CONTENT_TYPE" else f"HTTP_{key}"
