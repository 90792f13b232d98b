"""What a reply holds: a list of records, one record, in which envelope; read from its schema (R4, R5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockserver.contract.document import Node
from mockserver.contract.plan import PlannedReply, Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.contract.xml_text import is_xml
from mockserver.inference.vocabulary.words import KEYS, LISTS, NESTS, is_paging, tells_outcome
from mockserver.values.media_types import EVENTS, without_parameters
from mockserver.values.name_words import bare, flat, singular


@dataclass(frozen=True, slots=True)
class Found:
    """Where it stands in the reply, its schema (of one record, in a list too), and the rule that said so."""

    steps: Steps
    schema: Node
    why: str


_MEMBERS: Mapping[str, str] = {
    "image": "image/png", "text": "text/plain", "audio": "audio/wav", "video": "video/mp4", "font": "font/woff2",
}  # fmt: skip
_MEANT: Mapping[str, str] = {"xml": "application/xml", "text": "text/plain", "html": "text/html", "csv": "text/csv"}
EMPTY = ("204", "205")
"""Statuses whose replies have no content, whatever a document says (RFC 9110)."""
REDIRECTS = ("301", "302", "303", "307", "308")
"""Statuses that send a client elsewhere."""


def declared(shapes: Shapes, node: Node) -> dict[str, PlannedReply]:
    """The replies of an operation by status: ``200``, ``4XX``, ``default``."""
    return {str(status).upper() if status != "default" else status: _said(shapes, reply)
            for status, reply in node.child("responses").items() if not status.startswith("x-")}  # fmt: skip


def tells(shapes: Shapes, schema: Node) -> bool:
    """Whether a schema says anything of what a record is."""
    return schema.value is not None and (shapes.type(schema) is not None or bool(shapes.properties(schema)))


def is_json(media_type: str) -> bool:
    name = without_parameters(media_type)
    return name in ("application/json", "*/*", "application/*", "text/json", "json") or name.endswith("+json")


def concrete(media_type: str) -> str:
    """A media type that can be sent: a member of a range (``image/*``), and what a mere word (``json``) means."""
    name = without_parameters(media_type)
    if "*" not in name and "/" in name:
        return media_type
    top, _, below = name.partition("/")
    return _MEMBERS.get(top, "application/json") if below else _MEANT.get(name, "application/json")


def holds_values(media_type: str) -> bool:
    """Whether a body of that type is a value that can be told: JSON, or XML by its schema."""
    return is_json(media_type) or is_xml(media_type)


def success(said: Mapping[str, PlannedReply], *, creates: bool = False) -> tuple[int, PlannedReply]:
    """The first success that has content, else the first (A1); a create prefers 201. Without one, a redirect."""
    statuses = sorted(one for one in said if re.fullmatch(r"2(\d\d|XX)", one))
    if creates and "201" in statuses:
        statuses = ["201", *statuses]
    statuses = [*statuses, *(one for one in EMPTY if one in statuses)]  # what may have no content goes last
    statuses = [one for index, one in enumerate(statuses) if one not in statuses[index + 1 :]]
    chosen = next((one for one in statuses if said[one].media), statuses[0] if statuses else None)
    if creates and "201" in statuses and (said["201"].media or not said[chosen or "201"].media):
        chosen = "201"
    if chosen is None and "default" not in said and (elsewhere := sorted(one for one in said if one in REDIRECTS)):
        return int(elsewhere[0]), PlannedReply(None, None, said[elsewhere[0]].headers)
    if chosen is None:
        return 200, said.get("default", PlannedReply(None, None))
    best = said[chosen]
    return int(chosen.replace("XX", "00")), PlannedReply(
        None, None, best.headers, best.needed
    ) if chosen in EMPTY else best


class Replies:
    """Reads the replies of one document."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def listed(self, schema: Node | None, segment: str, *, on_item: bool = False) -> Found | None:
        """The list that a reply is made of; on an item path, and of a write, only a clear envelope counts."""
        if schema is None:
            return None
        if self._shapes.type(schema) == "array":
            return self._items((), schema, "the reply is an array")
        members = self._shapes.properties(schema)
        if not members:
            return None
        arrays = {name: node for name, node in members.items() if self._shapes.type(node) == "array"}
        beside = [name for name, node in members.items() if name not in arrays and not self._is_paging(name, node)]
        if found := self._nested(members):
            return found
        if on_item:
            named = {flat(segment), flat(singular(segment))}
            name = next(
                (one for one in (*arrays, *LISTS) if one in arrays and (flat(one) in named or one in LISTS)), None
            )
            return self._items((name,), arrays[name], f"'{name}' holds the list") if name and not beside else None
        return self._enveloped(arrays, beside, segment)

    def record(self, schema: Node | None, segment: str) -> Found | None:
        """The record that a reply is, or holds in an envelope named like the resource or ``data``."""
        if schema is None or self._shapes.type(schema) not in ("object", None):
            return None
        members = self._shapes.properties(schema)
        if not members:
            is_anything = isinstance(schema.value, dict)
            return Found((), schema, "the reply may be anything, so it is the record") if is_anything else None
        if not any(flat(name) in KEYS or flat(name) == "name" for name in members):
            for name, why in self._envelopes(members, segment):
                return Found((name,), members[name], why)
        if tells_outcome(members) and not any(self._shapes.type(node) == "object" for node in members.values()):
            return None
        return Found((), schema, "the reply is the record")

    def _is_paging(self, name: str, node: Node) -> bool:
        """Whether a member is a word about a list: by its name, or as the number of what is called like a list."""
        return is_paging(name) or name.startswith("@") or (flat(name) in LISTS and self._shapes.type(node) == "integer")

    def _envelopes(self, members: Mapping[str, Node], segment: str) -> Iterator[tuple[str, str]]:
        objects = [name for name, node in members.items() if self._shapes.type(node) == "object"]
        beside = {name: [one for one in members if one != name and not is_paging(one)] for name in objects}
        named = {flat(segment), flat(singular(segment))}
        for name in objects:
            is_alone = len(members) == 1  # then even a ``page`` is the record of ``/pages``
            if flat(name) in named and len(beside[name]) <= 2 and (is_alone or not self._is_part(members, name)):
                yield name, f"the envelope '{name}' is named like the resource"
        if "data" in objects and not beside["data"]:
            yield "data", "the envelope 'data' holds the record"
        if len(objects) == 1 and not beside[objects[0]] and not is_paging(objects[0]):
            yield objects[0], f"'{objects[0]}' is all that the reply holds"

    def _is_part(self, members: Mapping[str, Node], name: str) -> bool:
        """Whether a member is a part of a record (its ``status``) and no envelope: records have other parts too."""
        return any(one in members for one in ("metadata", "spec", "apiVersion")) or is_paging(name)

    def _enveloped(self, arrays: Mapping[str, Node], beside: list[str], segment: str) -> Found | None:
        named = {flat(segment), flat(singular(segment))}
        if len(beside) <= 3:
            if name := next((one for one in arrays if flat(one) in named), None):
                return self._items((name,), arrays[name], f"'{name}' is named like the resource")
            spelled = {bare(one): one for one in reversed([*arrays])}
            if name := next((spelled[one] for one in LISTS if one in spelled), None):
                return self._items((name,), arrays[name], f"'{name}' holds the list")
        objects = [one for one, node in arrays.items() if self._of_objects(node) and not is_paging(one)]
        if len(objects) == 1 and len(beside) <= 2:
            return self._items((objects[0],), arrays[objects[0]], f"'{objects[0]}' is the only list of objects")
        if len(arrays) == 1 and not beside:
            name = next(iter(arrays))
            return self._items((name,), arrays[name], f"'{name}' is all that the reply holds")
        return None

    def _nested(self, members: Mapping[str, Node]) -> Found | None:
        """``_embedded: {books: […]}``, ``data: {items: […], total: 3}``."""
        for outer in NESTS:
            if outer not in members or self._shapes.type(members[outer]) != "object":
                continue
            inner = self._shapes.properties(members[outer])
            arrays = {name: node for name, node in inner.items() if self._shapes.type(node) == "array"}
            beside = [name for name in inner if name not in arrays and not is_paging(name)]
            if arrays and (outer == "_embedded" or (len(arrays) == 1 and not beside)):
                name = next(iter(arrays))
                return self._items((outer, name), arrays[name], f"'{outer}.{name}' holds the list")
        return None

    def _items(self, steps: Steps, array: Node, why: str) -> Found | None:
        items = self._shapes.items(array)
        if items is None:
            return Found(steps, Node(array.pointer, None), why)
        return None if self._shapes.type(items) == "boolean" else Found(steps, items, why)

    def _of_objects(self, array: Node) -> bool:
        items = self._shapes.items(array)
        return items is not None and self._shapes.type(items) == "object"


def _said(shapes: Shapes, reply: Node) -> PlannedReply:
    place = shapes.follow(reply)
    if not isinstance(place.value, Mapping):
        return PlannedReply(None, None)
    headers = frozenset(name.lower() for name, _ in place.child("headers").items())
    declared = [(name, shapes.follow(node)) for name, node in place.child("headers").items()]
    needed = tuple(
        (name, node.child("schema")) for name, node in declared
        if isinstance(node.value, Mapping) and node.value.get("required") is True
    )  # fmt: skip
    words = str(place.child("description").value or "")
    content = dict(place.child("content").items())
    name = next((one for holds in (is_json, is_xml, bool) for one in content if holds(one)), None)
    if name is None or not isinstance(content[name].value, Mapping):
        return PlannedReply(None, None, headers, needed, words)
    events = next((content[one] for one in content if without_parameters(one) == EVENTS and one != name), None)
    return PlannedReply(concrete(name), content[name], headers, needed, words, events)
