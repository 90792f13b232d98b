"""The path below which a server of a document answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


def prefix_of(server: Any) -> str:
    """``/v2`` of ``https://{host}/v2/``, its variables at their defaults; empty where one has none."""
    url = _address(server)
    try:
        return urlsplit(url).path.rstrip("/") if "{" not in url else ""
    except ValueError:
        return ""


def hosts_of(place: Any) -> tuple[str, ...]:
    """The hosts of the servers that a document, a path or an operation names."""
    servers = place.get("servers") if isinstance(place, Mapping) else None
    return tuple(dict.fromkeys(filter(None, map(_host, servers)))) if isinstance(servers, list) else ()


def _host(server: Any) -> str:
    """``api.example.com`` of ``https://api.example.com:8443/v2``; empty where it names none."""
    url = _address(server)
    try:
        return (urlsplit(url).hostname or "").rstrip(".") if "{" not in url else ""
    except ValueError:
        return ""


def _address(server: Any) -> str:
    if not isinstance(server, Mapping):
        return ""
    url, variables = str(server.get("url", "")), server.get("variables")
    for name, variable in variables.items() if isinstance(variables, Mapping) else ():
        if isinstance(variable, Mapping):
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    return url
