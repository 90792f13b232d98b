"""Two schemas compared: where the new one takes less than the old one, and where it takes more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.contract.document import Document, Node
from mockserver.values.shown import shown

LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
OTHER_LIMITS = (
    "pattern", "format", "multipleOf", "uniqueItems", "not", "additionalProperties", "patternProperties",
    "propertyNames", "prefixItems", "contains", "minContains", "maxContains", "dependentRequired", "dependentSchemas",
    "if", "then", "else",
)  # fmt: skip
WIDER_FORMATS = frozenset({("int32", "int64"), ("float", "double")})
"""Formats of numbers, each with one that holds all of its values."""
ALTERNATIVES = ("oneOf", "anyOf")
TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


class SchemaChange(NamedTuple):
    """``place`` is the way to the value (``address.city``, ``tags[]``); both flags are set where neither contains
    the other. ``only`` is ``readOnly`` or ``writeOnly`` where the value is in no request, or in no reply.
    """

    place: str
    text: str
    is_narrower: bool
    is_wider: bool
    only: str = ""


@dataclass(slots=True)
class _View:
    """A schema with its references followed and its ``allOf`` taken together."""

    words: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    nodes: dict[str, Node] = field(default_factory=dict)


def schema_changes(old: Document, old_node: Node, new: Document, new_node: Node) -> Iterator[SchemaChange]:
    """Every difference between two schemas, each pair of definitions compared once. Raises SetupError."""
    waiting = [("", old_node, new_node, "")]
    seen: set[tuple[str, str, str]] = set()
    while waiting:
        place, before_node, after_node, only = waiting.pop()
        before, after = _view(old, before_node), _view(new, after_node)
        only = only or _only(before.words, after.words)
        pair = (old.follow(before_node).pointer, new.follow(after_node).pointer, only)
        if pair in seen:
            continue
        seen.add(pair)
        found = [
            *_value_changes(place, before.words, after.words),
            *_member_changes(place, _Both(old, before, new, after)),
            *_alternative_changes(place, before, after),
        ]
        yield from (one._replace(only=one.only or only) for one in found)
        waiting += ((*one, only) for one in _below(place, before, after))


def _only(*words: Mapping[str, Any]) -> str:
    """Where a value never is, in requests (``readOnly``) or in replies, as both documents say."""
    return next((word for word in ("readOnly", "writeOnly") if all(one.get(word) is True for one in words)), "")


def _view(document: Document, node: Node) -> _View:
    view, waiting, seen = _View(), [node], set()
    while waiting:
        here = document.follow(waiting.pop())
        if here.pointer in seen or not isinstance(here.value, Mapping):
            continue
        seen.add(here.pointer)
        view.words = {**here.value, **view.words}
        view.properties = {**dict(here.child("properties").items()), **view.properties}
        view.required |= set(here.value.get("required") or ())
        view.nodes = {word: here.child(word) for word in ("items", *ALTERNATIVES) if word in here.value} | view.nodes
        waiting += [here.child("allOf", index) for index in range(len(here.value.get("allOf") or ()))]
    return _without_null(document, view)


def _without_null(document: Document, view: _View) -> _View:
    """One schema for an alternative between one and null, which says the same as a list of types."""
    for word in ALTERNATIVES:
        if word not in view.nodes:
            continue
        branches = [document.follow(one) for one in _branches(view.nodes[word]).values()]
        firm = [one for one in branches if not (isinstance(one.value, Mapping) and one.value.get("type") == "null")]
        if len(firm) == 1 and len(branches) == 2:
            inner = _view(document, firm[0])
            types = {"type": sorted({*_types(inner.words), "null"})} if "type" in inner.words else {}
            words = {name: one for name, one in view.words.items() if name != word}
            return _View({**inner.words, **types, **words}, inner.properties, inner.required, inner.nodes)
    return view


def _below(place: str, before: _View, after: _View) -> Iterator[tuple[str, Node, Node]]:
    for name in before.properties.keys() & after.properties.keys():
        yield f"{place}.{name}".removeprefix("."), before.properties[name], after.properties[name]
    if "items" in before.nodes and "items" in after.nodes:
        yield f"{place}[]", before.nodes["items"], after.nodes["items"]
    for word in ALTERNATIVES:
        if word in before.nodes and word in after.nodes:
            ours, theirs = _branches(before.nodes[word]), _branches(after.nodes[word])
            yield from ((place, ours[name], theirs[name]) for name in ours.keys() & theirs.keys())


def _branches(node: Node) -> dict[str, Node]:
    """The alternatives by the reference that each is, or by their position."""
    nodes = [node.child(index) for index in range(len(node.value or ()))]
    return {str((one.value or {}).get("$ref", index)) if isinstance(one.value, Mapping) else str(index): one
            for index, one in enumerate(nodes)}  # fmt: skip


def _alternative_changes(place: str, before: _View, after: _View) -> Iterator[SchemaChange]:
    for word in ALTERNATIVES:
        if (word in before.nodes) != (word in after.nodes):
            added = word in after.nodes
            yield SchemaChange(place, f"{word} {'added' if added else 'removed'}", added, not added)
        elif word in before.nodes:
            ours, theirs = _branches(before.nodes[word]), _branches(after.nodes[word])
            for name in sorted(ours.keys() ^ theirs.keys()):
                gone = name in ours
                text = f"alternative {name.rpartition('/')[2]} of {word} {'removed' if gone else 'added'}"
                yield SchemaChange(place, text, gone, not gone)


class _Both(NamedTuple):
    """A schema of each document."""

    old: Document
    before: _View
    new: Document
    after: _View


def _member_changes(place: str, both: _Both) -> Iterator[SchemaChange]:
    old, before, new, after = both
    for name in sorted(before.properties.keys() | after.properties.keys()):
        where = f"{place}.{name}".removeprefix(".")
        must_before, must_after = name in before.required, name in after.required
        views = [_view(one, each.properties[name]).words for one, each in ((old, before), (new, after))
                 if name in each.properties]  # fmt: skip
        only = _only(*views)
        if name not in after.properties:
            yield SchemaChange(where, "property removed", is_narrower=True, is_wider=True, only=only)
        elif name not in before.properties:
            text = "required property added" if must_after else "optional property added"
            yield SchemaChange(where, text, must_after, is_wider=False, only=only)
        elif must_before != must_after:
            text = "property is required now" if must_after else "property is no longer required"
            yield SchemaChange(where, text, must_after, must_before, only)


def _value_changes(place: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[SchemaChange]:
    yield from _set_changes(place, "type", _types(before), _types(after))
    ours, theirs = _options(before), _options(after)
    if ours is not None or theirs is not None:
        yield from _enum_changes(place, ours, theirs)
    are_lists = all("array" in _types(one) for one in (before, after))
    if are_lists and ("items" in before) != ("items" in after):
        text = f"items {'are described now' if 'items' in after else 'are no longer described'}"
        yield SchemaChange(place, text, "items" in after, "items" in before)
    for word in ("default", "deprecated"):
        if before.get(word) != after.get(word):
            text = f"{word} {_word(before.get(word))} → {_word(after.get(word))}"
            yield SchemaChange(place, text, is_narrower=False, is_wider=False)
    for word in (*LOWER_BOUNDS, *UPPER_BOUNDS, *OTHER_LIMITS):
        old, new = before.get(word), after.get(word)
        if old != new:
            text = f"{word} {_word(old)} → {_word(new)}"
            yield SchemaChange(place, text, *_narrower_and_wider(word, old, new))


def _options(words: Mapping[str, Any]) -> Any:
    """The values that are listed; a constant is a list of one."""
    return [words["const"]] if "const" in words else words.get("enum")


def _narrower_and_wider(word: str, old: Any, new: Any) -> tuple[bool, bool]:
    loose: tuple[Any, ...] = (
        (None, True, {}) if word == "additionalProperties" else (None, False) if word == "uniqueItems" else (None,)
    )
    if old in loose or new in loose:
        return new not in loose, old not in loose
    if word in (*LOWER_BOUNDS, *UPPER_BOUNDS) and all(isinstance(one, int | float) for one in (old, new)):
        is_narrower = (new > old) == (word in LOWER_BOUNDS)
        return is_narrower, not is_narrower
    if word == "multipleOf" and all(isinstance(one, int) and one > 0 for one in (old, new)):
        return old % new != 0, new % old != 0
    if (old, new) in WIDER_FORMATS or (new, old) in WIDER_FORMATS:
        return (new, old) in WIDER_FORMATS, (old, new) in WIDER_FORMATS
    return True, True


def _enum_changes(place: str, old: Any, new: Any) -> Iterator[SchemaChange]:
    if old is None or new is None:
        yield SchemaChange(place, "enum added" if old is None else "enum removed", old is None, new is None)
        return
    yield from _set_changes(place, "enum", frozenset(map(_word, old)), frozenset(map(_word, new)))


def _set_changes(place: str, word: str, old: frozenset[str], new: frozenset[str]) -> Iterator[SchemaChange]:
    gone, added = old - new, new - old
    if gone or added:
        parts = [f"without {', '.join(sorted(gone))}"] * bool(gone) + [f"with {', '.join(sorted(added))}"] * bool(added)
        yield SchemaChange(place, f"{word} now {' and '.join(parts)}", bool(gone), bool(added))


def _types(words: Mapping[str, Any]) -> frozenset[str]:
    """The types that are let in; a number is an integer too."""
    named = words.get("type")
    types = TYPES if named is None else frozenset([named] if isinstance(named, str) else named)
    return types | {"integer"} if "number" in types else types


def _word(value: Any) -> str:
    return "none" if value is None else shown(value, 60)
