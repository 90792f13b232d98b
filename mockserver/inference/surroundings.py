"""What holds for a document as a whole: below which prefixes it stands, how it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract.document import Document
from mockserver.contract.making import Maker
from mockserver.contract.plan import Plan, Said
from mockserver.inference.replies import is_json
from mockserver.inference.resources import Resources


def usual_refusal(found: Resources, maker: Maker) -> Plan:
    """How refusals look where no operation is known: as most operations declare theirs."""
    told: dict[str, Said] = {}
    counts: Counter[str] = Counter()
    for reading in found.readings.values():
        declared = next((reading.said[one] for one in ("404", "4XX", "400", "default") if one in reading.said), None)
        if declared is not None and declared.schema is not None and is_json(declared.media_type or ""):
            name = found.shapes.name(declared.schema) or declared.schema.pointer
            told.setdefault(name, declared)
            counts[name] += 1
    usual = next((told[name] for name, count in counts.most_common(1) if count > 1), None)
    said = {} if usual is None else {"default": usual}
    return Plan(maker, "no operation is known", "", 404, Said(None, None), said)


def prefixes(document: Document) -> tuple[str, ...]:
    """The path prefixes of all servers, those of single paths too."""
    listed = [document.root.get("servers")]
    listed += [item.child("servers").value for _, item in document.node("paths").items()]
    urls = [_url(server) for servers in listed if isinstance(servers, list) for server in servers]
    return tuple(dict.fromkeys(["", *(urlsplit(url).path.rstrip("/") for url in urls)]))


def _url(server: Any) -> str:
    """A server's address with its variables filled in."""
    if not isinstance(server, Mapping):
        return ""
    url = str(server.get("url", ""))
    for name, told in (server.get("variables") or {}).items():
        if isinstance(told, Mapping):
            url = url.replace(f"{{{name}}}", str(told.get("default", "")))
    return url if "{" not in url else ""
