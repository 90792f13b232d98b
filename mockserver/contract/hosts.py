"""Which paths of a document are found under which host: as its servers say, each path's own before the document's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract.document import Document
from mockserver.contract.servers import host_of


def paths_by_host(document: Document, templates: Iterable[str]) -> dict[str, frozenset[str]]:
    """The templates that are found under each host which the document names; empty where it names none."""
    found: dict[str, set[str]] = {}
    for template in templates:
        for host in _hosts(document, template):
            found.setdefault(host, set()).add(template)
    return {host: frozenset(paths) for host, paths in sorted(found.items())}


def host_named(header: str) -> str:
    """The name in a Host header, lower case, without port and final dot; empty where it has none."""
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _hosts(document: Document, template: str) -> Iterator[str]:
    if (part := document.part_of(template)) is not None and part.hosts:
        yield from part.hosts
        return
    item = document.follow(document.node("paths", template))
    operations = [verb.value for _, verb in item.items() if isinstance(verb.value, Mapping)]
    own = [server for place in (item.value, *operations) for server in _servers(place)]
    yield from filter(None, map(host_of, own or _servers(document.root)))


def _servers(place: Any) -> list[Any]:
    servers = place.get("servers") if isinstance(place, Mapping) else None
    return servers if isinstance(servers, list) else []
