"""Replies of a resource that a document never describes: taken to be what its requests send, so that it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from mockserver.values.name_words import flat
from mockserver.values.pointer import step_into, steps_of

GUESSED = "x-guessed"
"""Stands at a media type that the document does not have."""
_VERBS = ("get", "post", "put", "patch", "delete")
_EMPTY = frozenset({"204", "205", "304"})
_ITEM = re.compile(r"(.*)/\{([^/{}]+)\}/?")
_KEYS = frozenset({"id", "uuid", "key", "slug"})
_LIKENESS = 3
"""How many references are followed to find a body."""


def describe_silent(root: dict[str, Any]) -> None:
    """Give the replies of each path and its item a content, in place, where none of their successes has any.

    A list is one of what a body sends, with its key; a read and a write answer one. Documents that are written beside a
    server often tell what is sent and leave out what comes back; to say that nothing does would be of no use.
    """
    paths = {path: item for path, item in root["paths"].items() if isinstance(item, dict)}
    for path, item in paths.items():
        found = _ITEM.fullmatch(path)
        many = next((paths[one] for one in (found[1], f"{found[1]}/") if one in paths), {}) if found else {}
        if found is None or "get" not in {**item, **many} or any(_tells(root, one) for one in (*_of(item), *_of(many))):
            continue
        bodies = (_body(root, one) for holder in (many, item) for one in _of(holder, "post", "put", "patch"))
        if record := next((body for body in bodies if body), None):
            whole = _with_key(root, record, found[2], item)
            _fill(root, many, {"get": {"type": "array", "items": whole}, "post": whole})
            _fill(root, item, dict.fromkeys(("get", "put", "patch"), whole))


def _of(item: Mapping[str, Any], *verbs: str) -> Iterator[dict[str, Any]]:
    yield from (item[verb] for verb in verbs or _VERBS if isinstance(item.get(verb), dict))


def _successes(root: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    responses = operation.get("responses")
    for status, reply in responses.items() if isinstance(responses, dict) else ():
        place = _followed(root, reply)
        if str(status).startswith("2") or status == "default":
            yield str(status), place


def _tells(root: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    return any(reply.get("content") for _, reply in _successes(root, operation))


def _body(root: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schema of what is sent, where it is an object with members."""
    content = _followed(root, operation.get("requestBody")).get("content")
    for name, media in content.items() if isinstance(content, dict) else ():
        schema = media.get("schema") if isinstance(media, dict) and ("json" in name or "form" in name) else None
        if isinstance(schema, dict) and _members(root, schema):
            return schema
    return None


def _members(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    place = _followed(root, schema)
    parts = [part for part in place.get("allOf") or () if isinstance(part, dict)]
    found = {name: one for part in parts for name, one in _members(root, part).items()}
    members = place.get("properties")
    return {**found, **members} if isinstance(members, dict) else found


def _with_key(
    root: Mapping[str, Any], record: dict[str, Any], parameter: str, item: Mapping[str, Any]
) -> dict[str, Any]:
    """The record with the member that identifies it, which a body seldom has."""
    members = _members(root, record)
    if (
        any(flat(name) in _KEYS | {flat(parameter)} for name in members)
        or _followed(root, record).get("additionalProperties") is False
    ):
        return record
    schema = next((one for name, one in _parameters(root, item) if name == parameter), {"type": "string"})
    name = "id" if flat(parameter).endswith("id") else parameter
    return {"allOf": [record], "properties": {name: schema}}


def _parameters(root: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    for holder in (item, *_of(item)):
        listed = holder.get("parameters")
        for one in listed if isinstance(listed, list) else ():
            place = _followed(root, one)
            if isinstance(place.get("schema"), dict):
                yield place.get("name"), place["schema"]


def _fill(root: Mapping[str, Any], item: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    for verb, schema in schemas.items():
        for operation in _of(item, verb):
            for status, reply in _successes(root, operation):
                if status not in _EMPTY and status != "default" and "$ref" not in reply:
                    operation["responses"][status] = {
                        **reply, "content": {"application/json": {"schema": schema, GUESSED: True}}
                    }  # fmt: skip


def _followed(root: Mapping[str, Any], node: Any) -> dict[str, Any]:
    """Where a reference within the document leads; an empty object where it leads nowhere."""
    for _ in range(_LIKENESS):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        node = reduce(step_into, steps_of(reference[1:]), root)
    return node if isinstance(node, dict) else {}
