"""Which paths of a document are found under which host: as its servers say, each path's own before the document's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from mockserver.contract.document import Document
from mockserver.contract.sources.servers import hosts_of


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
    places = [item.value, *(verb.value for _, verb in item.items())]
    yield from [host for place in places for host in hosts_of(place)] or hosts_of(document.root)
