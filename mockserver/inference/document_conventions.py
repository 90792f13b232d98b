"""What holds for all operations of a document: path prefixes, the usual form of a refusal, the tenant parameter."""

from __future__ import annotations

from collections import Counter

from mockserver.contract.document import Document
from mockserver.contract.plan import OperationPlan, PlannedReply
from mockserver.contract.samples.sample_maker import SCHEMAS, Maker
from mockserver.contract.sources.servers import prefix_of
from mockserver.inference.reading.paths import ANY, PathTable
from mockserver.inference.reading.replies import is_json
from mockserver.inference.records.resources import Resources

TENANT_SHARE = 0.8
"""A parameter at the same place in more than this share of the paths, and with no item path, is a tenant."""
_USUAL = ("404", "4XX", "400", "default", "422")
"""Where documents tell how they refuse, the likeliest to hold for all first."""


def usual_refusal(found: Resources, maker: Maker) -> OperationPlan:
    """How refusals look where no operation is known: as most operations declare theirs."""
    known_words: dict[str, tuple[str, PlannedReply]] = {}
    counts: Counter[str] = Counter()
    for reading in found.readings.values():
        status = next((one for one in _USUAL if one in reading.replies), "")
        declared = reading.replies.get(status)
        if declared is not None and declared.schema is not None and is_json(declared.media_type or ""):
            name = found.shapes.name(declared.schema)
            name = name if name and name.startswith(SCHEMAS) else repr(declared.schema.value)
            known_words.setdefault(name, (status, declared))
            counts[name] += 1
    usual = next((known_words[name] for name, count in counts.most_common(1) if count > 1), None)
    said = {} if usual is None else {usual[0]: usual[1]}
    return OperationPlan(maker, "no operation is known", "", 404, PlannedReply(None, None), said)


def likely_tenant(paths: PathTable) -> str | None:
    """The parameter that names a tenant: the one at the same place in nearly all paths (R8)."""
    places = Counter(
        (index, name)
        for verbs in paths.entries.values()
        for index, name in enumerate(next(iter(verbs.values())).path.names)
        if name
    )
    for (index, name), count in places.most_common(1):
        is_known = any(len(key) == index + 1 and key[-1] == ANY for key in paths.entries)
        if count > TENANT_SHARE * len(paths.entries) and not is_known and len(paths.entries) > 4:
            return name
    return None


def prefixes(document: Document) -> tuple[str, ...]:
    """The path prefixes of all servers, those of single paths too."""
    listed = [document.root.get("servers")]
    listed += [item.child("servers").value for _, item in document.node("paths").items()]
    every = [server for servers in listed if isinstance(servers, list) for server in servers]
    return tuple(dict.fromkeys(["", *map(prefix_of, every)]))
