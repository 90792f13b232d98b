"""Reads the published document: its addresses, its records' schemas, and the marks on their fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

FILE = Path(__file__).parents[2] / "spec" / "openapi.json"
VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Resource:
    """The records of one kind: their schema, and what of them a client may set."""

    name: str
    schema: Mapping[str, Any]
    writable: frozenset[str]

    @property
    def key(self) -> str:
        return str(self.schema["x-mock"].get("key", ""))

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        return dict(self.schema["properties"])

    @cached_property
    def managed(self) -> frozenset[str]:
        """The fields that a client cannot set."""
        return frozenset(self.fields) - self.writable

    def stamp(self, meaning: str) -> str | None:
        """The field that holds ``created-at``, ``version`` and the like."""
        marks = ((name, schema.get("x-mock", {})) for name, schema in self.fields.items())
        return next((name for name, mark in marks if mark.get("stamp") == meaning), None)


@dataclass(frozen=True)
class Operation:
    """One verb at one address. ``meaning`` is what the document says that it does."""

    id: str
    verb: str
    path: str
    meaning: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile("/".join("([^/]+)" if part.startswith("{") else re.escape(part) for part in self._parts))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(part[1:-1] for part in self._parts if part.startswith("{"))

    @property
    def _parts(self) -> list[str]:
        return self.path.split("/")

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters of an undecoded path; None where this is another address."""
        found = self.pattern.fullmatch(path)
        return dict(zip(self.names, map(unquote, found.groups()), strict=True)) if found else None


class Published:
    """The document, read once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.schemas = document["components"]["schemas"]
        # Literal segments win over parameters, as OpenAPI says.
        self.operations = sorted(self._operations(), key=lambda one: [part[:1] == "{" for part in one.path.split("/")])
        self.resources = {one.name: one for one in self._resources()}

    def follow(self, node: Any) -> Any:
        """``node``, or what it refers to."""
        while isinstance(node, dict) and "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def at(self, path: str) -> list[tuple[Operation, dict[str, str]]]:
        """The operations at an address, with their parameters: those of the most literal one."""
        found = [(one, values) for one in self.operations if (values := one.match(path)) is not None]
        return [(one, values) for one, values in found if one.path == found[0][0].path]

    @cache  # noqa: B019 -- the document is read once a process
    def validator(self, schema: str) -> Any:
        """A validator of the schema, which is given as JSON."""
        whole = {**json.loads(schema), "components": {"schemas": self.schemas}}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True, offline=True)

    def problems(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        """What is wrong with a value, in this server's own words."""
        found = self.validator(json.dumps(schema)).iter_errors(value)
        return ["/".join(map(str, one.instance_path)) + ": " + str(one.kind.name) for one in found]

    def references(self, schema: Any, value: Any) -> Iterator[tuple[str, str]]:
        """Each record of this API that ``value`` names: its resource and its key."""
        schema = self.follow(schema)
        if not isinstance(schema, dict):
            return
        named = schema.get("x-mock", {}).get("references") if isinstance(schema.get("x-mock"), dict) else None
        if named and ":" not in named:
            yield from ((named, one) for one in _texts(value) if one)
        for part in schema.get("allOf", ()):
            yield from self.references(part, value)
        if isinstance(value, dict):
            for name, inner in schema.get("properties", {}).items():
                if name in value:
                    yield from self.references(inner, value[name])
        if isinstance(value, list):
            for one in value:
                yield from self.references(schema.get("items"), one)

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            shared = item.get("parameters", [])
            for verb in VERBS:
                if verb in item:
                    it = item[verb]
                    own = {one["name"]: one for one in map(self.follow, [*shared, *it.get("parameters", [])])}
                    body = it.get("requestBody")
                    schema = body["content"]["application/json"]["schema"] if body else None
                    yield Operation(it["operationId"], verb.upper(), path, it["x-mock"], tuple(own.values()), schema)

    def _resources(self) -> Iterator[Resource]:
        for name, schema in self.schemas.items():
            mark = schema.get("x-mock", {})
            if "resource" in mark:
                taken = self.schemas.get(f"{name}Create", {}).get("properties", {})
                yield Resource(mark["resource"], schema, frozenset(taken))


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one


@cache
def published() -> Published:
    """The document as it is in the repository."""
    return Published(json.loads(FILE.read_text(encoding="utf-8")))
