"""Any OpenAPI document as one of 3.1: schemas in the dialect that validators read, whatever the version said it in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from math import inf, nextafter
from typing import Any, TypeAlias

from mockserver.contract.sources.bracketed_forms import nest_members
from mockserver.contract.sources.by_example import describe_replies
from mockserver.contract.sources.discriminated import hold_alternatives
from mockserver.contract.sources.keyword_values import unusable
from mockserver.contract.sources.multiplied import thin_out
from mockserver.contract.sources.newer_parameters import spread_queries
from mockserver.contract.sources.open_parts import close_lists, open_parts
from mockserver.contract.sources.silent_replies import describe_silent
from mockserver.contract.sources.swagger import upgraded
from mockserver.contract.sources.text_examples import read_texts
from mockserver.values.json_text import whole
from mockserver.values.media_types import without_parameters
from mockserver.values.pointer import behind, places_below, pointed, pointer_to
from mockserver.values.shown import quoted

SCHEMA_MEMBERS = frozenset(
    {"items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else", "unevaluatedItems",
     "unevaluatedProperties", "additionalItems"}
)  # fmt: skip
SCHEMA_MAPS = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependentSchemas"})
SCHEMA_LISTS = frozenset({"allOf", "oneOf", "anyOf", "prefixItems"})
OF_SCHEMAS = frozenset({"schemas", "definitions"})
IDENTIFYING = frozenset({"$id", "id", "$schema", "$anchor"})
NAMING = OF_SCHEMAS | {
    "responses", "parameters", "headers", "requestBodies", "securitySchemes", "links", "callbacks", "pathItems",
    "content",
}  # fmt: skip
"""Members outside of schemas that hold what they hold by names that somebody chose."""
COUNTED = 2**63
"""From here on validators no longer count."""
INTEGERS: Mapping[str, int] = {"int32": 31, "int64": 63}
"""Formats of integers, and how many bits beside the sign they have."""
_LITERAL = re.compile(r"/(\^.*\$)/[a-z]*", re.DOTALL)
"""A pattern as JavaScript's source writes it; between slashes no text could begin or end."""
_ENDS = re.compile(r"^\\A|(?<!\\)\\[Zz]$")
"""Where a text begins and ends, as Ruby and Python write it."""
Fault: TypeAlias = tuple[str, str, str]
"""An RFC 6901 pointer, what is wrong there, and what to do."""
_LeftOut: TypeAlias = tuple[dict[str, Any], tuple[str, ...], str, str]
"""The object that was at fault, the steps to the place below it, what is wrong there, and what to do."""
PASSED_OVER = frozenset({"example", "examples", "default", "enum", "const"})


def normalise(root: dict[str, Any]) -> list[Fault]:
    """Make ``root`` a document of OpenAPI 3.1, in place; what was left out is told, with its place in ``root``."""
    if "swagger" in root:
        upgraded(root)
    is_old = not str(root.get("openapi", "")).startswith(("3.1", "3.2"))
    left_out: list[_LeftOut] = []
    if not isinstance(root.get("paths"), dict):
        root["paths"] = {}  # from 3.1 on a document may be of webhooks or of schemas alone
    spread_queries(root)
    if "x-mock" not in root:
        describe_silent(root)
    _Walk(root, is_old, left_out).everything()
    root["openapi"] = "3.2.0" if str(root.get("openapi")).startswith("3.2") else "3.1.0"
    return _placed(root, left_out) if left_out else []


def _placed(root: dict[str, Any], left_out: list[_LeftOut]) -> list[Fault]:
    """PERF: nobody writes down where each of a hundred thousand schemas stands, as few documents are at fault."""
    wanted = {id(node) for node, _, _, _ in left_out}
    places: dict[int, str] = {}
    for pointer, node in places_below(root):
        if id(node) in wanted:
            places.setdefault(id(node), pointer)
    return [(places.get(id(node), "") + pointer_to(*below), said, remedy) for node, below, said, remedy in left_out]


class _Walk:
    """Each schema of one document once, found by where it stands or by what refers to it."""

    def __init__(self, root: dict[str, Any], is_old: bool, left_out: list[_LeftOut]) -> None:
        self._root = root
        self._is_old = is_old
        self._discriminated: list[dict[str, Any]] = []
        self._composed: list[dict[str, Any]] = []
        self._left_out = left_out
        self._seen: set[int] = set()
        self._stack: list[tuple[Any, bool]] = [(root, False)]

    def everything(self) -> None:
        while self._stack:
            node, is_schema = self._stack.pop()
            if isinstance(node, list):
                self._stack += [(item, is_schema) for item in node if type(item) in (dict, list)]
            elif isinstance(node, dict) and id(node) not in self._seen:
                self._seen.add(id(node))
                self._stack += self._schema(node) if is_schema else self._other(node)
        for node in self._discriminated if "x-mock" not in self._root else ():
            hold_alternatives(node, self._behind)  # last, as in 3.0 nothing may stand beside a reference
        for node, word in thin_out(self._composed, partial(pointed, self._root)):
            problem = f"leads by {quoted(word)} to more schemas than a value can be held to; it is left out"
            self._left_out.append((node, (word,), problem, "name each alternative once"))

    def _other(self, node: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
        """What stands below something that is not a schema."""
        if isinstance(reference := node.get("$ref"), str):
            yield self._referenced(node, reference), False
        if isinstance(content := node.get("content"), dict):
            self._content(content)
        if isinstance(responses := node.get("responses"), dict):
            describe_replies(responses, self._behind)
        for name, below in node.items():
            if name in ("schema", "itemSchema"):
                yield below, True
            elif type(below) not in (dict, list):
                continue
            elif name in NAMING and isinstance(below, dict):  # one of them may be called "default"
                yield from ((one, name in OF_SCHEMAS) for one in below.values())
            elif name not in PASSED_OVER and not name.startswith("x-"):
                yield below, False

    def _content(self, content: dict[str, Any]) -> None:
        """The media types of a body; from 3.2 on each may stand among the components."""
        _share_schema(content)
        for name, said in content.items():
            media = self._behind(said) or {}
            content[name] = media if isinstance(said, dict) and "$ref" in said else said
            if isinstance(media, dict) and "form" in name and "x-mock" not in self._root:
                nest_members(media, self._behind)
            if isinstance(media, dict) and "json" in name:
                read_texts(media, self._behind, self._behind(media.get("schema")))

    def _schema(self, node: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
        if isinstance(reference := node.get("$ref"), str):
            yield self._referenced(node, reference), True
            self._reference(node)
            if "$ref" in node and len(node) == 1:
                return
        # PERF: a large document has a hundred thousand schemas, and few have the words that most of this is for
        _raise_bounds(node)  # before 3.1 they were truth values, and some who write 3.1 still write them so
        self._repair(node)
        read_texts(node, self._behind, node)
        if not SCHEMA_LISTS.isdisjoint(node):
            self._join(node)
        if "discriminator" in node:
            self._discriminated.append(node)
        if "format" in node:
            _bound(node)
        if self._is_old:
            _raise_null(node)
        for name, below in node.items():
            if name in SCHEMA_MEMBERS or name in SCHEMA_LISTS:
                yield below, True
            elif name in SCHEMA_MAPS and isinstance(below, dict):
                yield from ((one, True) for one in below.values())

    def _join(self, node: dict[str, Any]) -> None:
        """The parts of an ``allOf`` so that a value can meet them all."""
        self._composed.append(node)
        if "allOf" not in node:
            return
        if open_parts(node, self._behind):
            problem = "joins schemas that forbid each other's members; they are taken together"
            self._left_out.append((node, ("allOf",), problem, "leave additionalProperties: false out of them"))
        if close_lists(node, self._behind):
            problem = "joins a list of objects with one of lists; the objects are taken"
            self._left_out.append((node, ("allOf",), problem, "leave 'items' out of the other"))

    def _referenced(self, node: dict[str, Any], reference: str) -> Any:
        found = pointed(self._root, reference)
        if self._behind(found) is None:  # not there, or in a circle
            problem = f"the reference {quoted(reference)} leads nowhere; it is taken for 'anything'"
            self._left_out.append((node, (), problem, "define what it names, or correct it"))
            node.pop("$ref")
        return found

    def _behind(self, schema: Any) -> Any:
        """What a reference leads to, or itself."""
        return behind(self._root, schema)

    def _reference(self, node: dict[str, Any]) -> None:
        """Before 3.1 nothing beside a reference counts, but people write ``nullable`` there and mean it."""
        if not self._is_old or "$ref" not in node:
            return
        reference, is_nullable = node["$ref"], node.get("nullable") is True
        node.clear()
        node.update({"anyOf": [{"$ref": reference}, {"type": "null"}]} if is_nullable else {"$ref": reference})

    def _repair(self, node: dict[str, Any]) -> None:
        """Leave out what no validator could read: one bad word must not make the schema useless."""
        properties = node.get("properties")
        if isinstance(properties, dict) and isinstance(reference := properties.get("$ref"), str):
            node["properties"] = pointed(self._root, reference) or {}
        for name, value in node.items():
            if type(value) in (int, float) and not -COUNTED < value < COUNTED:
                node[name] = _counted(value)
        if isinstance(listed := node.get("required"), list) and all(isinstance(one, str) for one in listed):
            node["required"] = [*dict.fromkeys(listed)]  # a validator that counts names needs each once
        if isinstance(pattern := node.get("pattern"), str):
            if literal := _LITERAL.fullmatch(pattern):
                problem = f"the pattern {quoted(pattern)} is written with slashes; they are left out"
                self._left_out.append((node, ("pattern",), problem, "write it without"))
                pattern = literal[1]
            node["pattern"] = _ENDS.sub(lambda end: "^" if end[0] == r"\A" else "$", pattern)
        for name in unusable(node):
            problem = f"the schema's {quoted(name)} is not usable ({quoted(node[name])}); it is left out"
            self._left_out.append((node, (name,), problem, "correct it"))
            del node[name]
        for name in IDENTIFYING & node.keys():
            if isinstance(node[name], str):
                del node[name]


def _counted(number: float) -> float:
    """A number that is more than validators count with, as it is read where a client sends it."""
    if type(number) is int:
        return number if number == -COUNTED else float(whole(str(number)))
    return nextafter(number, -inf) if number < 0 else number


def _share_schema(content: dict[str, Any]) -> None:
    """``application/json`` with an example beside ``application/json; charset=utf-8`` with a schema: both have both."""
    schema_of_part: dict[str, Any] = {}
    medias = {name: one for name, one in content.items() if isinstance(one, dict)}
    for name, media in medias.items():
        schema_of_part |= {without_parameters(name): media["schema"]} if "schema" in media else {}
    for name, media in medias.items():
        if without_parameters(name) in schema_of_part:
            media.setdefault("schema", schema_of_part[without_parameters(name)])


def _bound(node: dict[str, Any]) -> None:
    """What a format of integers can hold, as the bounds that it is."""
    said = node.get("type")
    types = said if isinstance(said, list) else [said]
    bits = INTEGERS.get(str(node.get("format")))
    if bits is None or "integer" not in types:
        return
    for names, bound in ((("minimum", "exclusiveMinimum"), -(2**bits)), (("maximum", "exclusiveMaximum"), 2**bits - 1)):
        if not any(name in node for name in names):
            node[names[0]] = bound


def _raise_bounds(node: dict[str, Any]) -> None:
    """``exclusiveMinimum: true`` beside a bound as the bound itself."""
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(node.get(name), bool):
            is_exclusive = node.pop(name)
            if is_exclusive and bound in node:
                node[name] = node.pop(bound)


def _raise_null(node: dict[str, Any]) -> None:
    """``nullable`` as one type more."""
    is_nullable = node.pop("nullable", False) is True or node.pop("x-nullable", False) is True
    if not is_nullable:
        return
    if "enum" in node and None not in node["enum"]:
        node["enum"] = [*node["enum"], None]
    if isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
        return
    branches = {name: node.pop(name) for name in ("allOf", "oneOf", "anyOf") if name in node}
    if branches:
        node["anyOf"] = [branches, {"type": "null"}]
