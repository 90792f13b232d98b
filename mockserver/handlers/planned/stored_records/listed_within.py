"""Lists that a client sends bare and that a record has in an envelope of their own: ``items: {data: […]}`` (A4)."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.contract.document import Node
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.inference.vocabulary.words import is_paging
from mockserver.messages import Json


def listed_within(maker: Maker, place: Node, sent: Json, draw: Draw, entry: Callable[[Node, Json], Json]) -> Json:
    """The envelope at ``place`` with what ``entry`` makes of each item that was sent; None where it is none."""
    members = maker.shapes.properties(place) if isinstance(sent, list) and maker.shapes.type(place) == "object" else {}
    lists = [name for name, node in members.items() if maker.shapes.type(node) == "array"]
    items = maker.shapes.items(members[lists[0]]) if len(lists) == 1 else None
    if items is None or not isinstance(sent, list) or not all(is_paging(one) for one in members if one not in lists):
        return None
    envelope = maker.make(place, draw)
    value = {**envelope, lists[0]: [entry(items, one) for one in sent]} if isinstance(envelope, dict) else None
    return value if value is not None and maker.allows(place, value) else None
