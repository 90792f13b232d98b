"""What an operation takes from its caller: its parameters, and the credentials that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.contract.document import Document, Node
from mockserver.contract.plan import Credential, PlannedParameter
from mockserver.contract.routing import parameter_name
from mockserver.contract.samples.record_examples import media_examples
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.paths import PathEntry
from mockserver.values.absent import ABSENT
from mockserver.values.media_types import carries_json

IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization", "content-length", "transfer-encoding"})
"""OpenAPI says to ignore the first three header parameters: they are told elsewhere in a document. The others frame a
message: HTTP says what they are, and no caller chooses them."""

_OPEN = ("allowReserved", "x-multi-segment")
"""Words that say of a path's parameter that it holds slashes."""


def parameters(shapes: Shapes, *places: Node) -> Iterator[PlannedParameter]:
    """The parameters of a path and of one of its operations, each name once: the operation's wins."""
    found: dict[tuple[str, str], PlannedParameter] = {}
    spread: dict[tuple[str, str], PlannedParameter] = {}
    for place in places:
        for index, _ in enumerate(place.child("parameters").value or []):
            one = shapes.follow(place.child("parameters", index))
            name, location = str(one.child("name").value), str(one.child("in").value)
            if not isinstance(one.value, Mapping) or (location == "header" and name.lower() in IGNORED_HEADERS):
                continue
            if location == "path":
                name = parameter_name(name)
            schema, is_json = one.child("schema"), False
            if schema.value is None and (content := dict(one.child("content").items())):
                is_json = any(map(carries_json, content))
                schema = next(iter(content.values())).child("schema")
            style = str(one.child("style").value or "form")
            explode = one.child("explode").value
            taken = PlannedParameter(
                name,
                location,
                required=bool(one.child("required").value) or location == "path",
                schema=schema,
                explode=style in ("form", "deepObject") if explode is None else bool(explode),
                style=style,
                may_be_empty=one.child("allowEmptyValue").value is True,
                description=str(one.child("description").value or ""),
                is_open=any(one.child(word).value is True for word in _OPEN),
                is_json=is_json,
                example=next(media_examples(shapes.document, one), ABSENT),
            )
            if _is_spread(shapes, taken) and not shapes.properties(taken.schema):
                found[name, location] = replace(taken, required=False)  # any members, of which there may be none
            elif _is_spread(shapes, taken):
                for member in _members(shapes, taken):
                    name = member.also if (member.name, location) in spread else member.name
                    spread[name, location] = replace(member, name=name)
            else:
                found[name, location] = taken
    yield from {**spread, **found}.values()


def _is_spread(shapes: Shapes, taken: PlannedParameter) -> bool:
    """Whether a parameter of the query is an object each of whose members is asked for as a parameter of its own is."""
    is_by_member = taken.is_json or taken.style == "deepObject" or (taken.style == "form" and taken.explode)
    return taken.location == "query" and is_by_member and shapes.type(taken.schema) == "object"


def _members(shapes: Shapes, taken: PlannedParameter) -> Iterator[PlannedParameter]:
    """What an address has of an object: ``page=2``, ``filter[page]=2`` or ``filter={"page":2}``, as its style says."""
    needed = shapes.shape(taken.schema).required if taken.required else ()
    for name, schema in shapes.properties(taken.schema).items():
        deep = f"{taken.name}[{name}]"
        is_needed = name in needed and shapes.type(schema) not in ("object", "array")  # these may be empty, or deeper
        shown, holder = deep if taken.style == "deepObject" else name, taken.name if taken.is_json else ""
        yield PlannedParameter(shown, taken.location, is_needed, schema, also=deep, holder=holder)


def credentials(document: Document, shapes: Shapes, entry: PathEntry) -> tuple[tuple[Credential, ...], ...]:
    """The alternatives of what a caller has to show; none where nothing has to be."""
    said = entry.node.child("security").value
    said = document.root.get("security") if said is None else said
    if document.node("x-mock", "auth").value == "off":
        return ()
    if not isinstance(said, list) or not said or any(not one for one in said):
        return ()
    alternatives = (
        tuple(found for name in one if (found := _credential(document, shapes, name)))
        for one in said
        if isinstance(one, Mapping)
    )
    return tuple(one for one in alternatives if one)


def _credential(document: Document, shapes: Shapes, name: str) -> Credential | None:
    """What a scheme asks to be shown; None for one that is declared nowhere, so that nobody can know."""
    scheme: Any = shapes.follow(document.node("components", "securitySchemes", name)).value
    if not isinstance(scheme, Mapping):
        return None
    if scheme.get("type") == "apiKey":
        return Credential(str(scheme.get("in", "header")), str(scheme.get("name", name)), "apiKey")
    return Credential("header", "Authorization", str(scheme.get("scheme", "bearer")).lower())
