"""Bodies at the edges of what an operation takes: fields just inside their limits, just outside, and of other types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from mockserver.conformance.bodies.bounds import LONG, ODD_TEXT, inside, outside
from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import NotApplicable
from mockserver.contract import Kind
from mockserver.contract.document import Node
from mockserver.values.equality import same_json

MOST_HOLDERS = 4
"""Inside how many fields of a record steps of a patch go."""
MOST = 8
"""How many values of one field are sent."""
NEAREST: Mapping[str, tuple[tuple[str, Any], ...]] = {
    "string": (("a number", 4_711), ("true", True), ("a list", ["text"])),
    "number": (("a number as text", "4711"), ("true", True), ("a list", [])),
    "boolean": (("true as text", "true"), ("1 for true", 1), ("a list", [])),
    "array": (("an object", {}), ("a text", "text"), ("a number", 4_711)),
    "object": (("a list", []), ("a text", "text"), ("a number", 4_711)),
}
"""By JSON type, the values of other types that lenient readers take for one of it."""


def bodies_inside(group: Group, mark: str = "") -> Iterator[dict[str, Any]]:
    """Sets of values just inside their limits, one of each free field, until every value has been in one.

    With a ``mark`` the first of them have an odd and a long text behind it, in the field that carries it.
    """
    document = group.contract.document
    places = [(name, group.writable[name]) for name in _free(group)]
    places.sort(key=lambda place: group.values.type_of(place[1]) != "string")  # texts beside each other
    known = {name: inside(document, group.values, node, turn=turn)[:MOST] for turn, (name, node) in enumerate(places)}
    behind = [mark + text for text in (ODD_TEXT, "x" * LONG)] if mark else []
    marks = [{group.marker: text} for text in behind if group.values.allows(group.writable[group.marker], text)]
    for row, marked in zip_longest(zip_longest(*known.values()), marks):
        made = {name: value for name, value in zip(known, row or (), strict=False) if value is not None}
        yield {**made, **(marked or {})}


def _free(group: Group) -> list[str]:
    """Writable fields whose values bring nothing else about: no key, and nothing that effects or look-ups hang on."""
    left_out = group.foreign_keys | set(group.triggers) | {group.key, group.marker} | group.filled
    return [name for name in group.writable if name not in left_out]


def values_outside(group: Group) -> list[tuple[str, str, Any]]:
    """Each writable field with what is wrong with it and a value just outside a limit.

    Values that keep the schema all the same are left out. Raises NotApplicable where no field has a limit.
    """
    document, values = group.contract.document, group.values
    places = [(name, node) for name, node in group.writable.items() if name != group.key]
    tried = [(name, node, how, value) for name, node in places for how, value in outside(document, values, node)]
    found = [(name, how, value) for name, node, how, value in tried if not values.allows(node, value)]
    if not found:
        raise NotApplicable("no field has a limit")
    return found


def bodies_mistyped(group: Group, kind: Kind, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``body`` spoilt in one place each, as the operation of ``kind`` must refuse it: what is wrong, and the body.

    A required field is missing, a value is null or of another type. A create is sent every other type of each field,
    the other operations one of them: which one differs from field to field.
    """
    known = group.bodies[kind]
    for name in sorted(known.required & set(body)):
        yield f"without {name}", {key: value for key, value in body.items() if key != name}
    for turn, (name, node) in enumerate(known.properties.items()):
        others = other_types(group, node)
        chosen = others if kind is Kind.CREATE or not others else [others[turn % len(others)]]
        for how, value in (("null", None), *chosen):
            changed = {**body, name: value}
            if not allowed(group, kind, {**changed, group.key: "x"} if kind is Kind.REPLACE and group.key else changed):
                yield f"with {name} {how}", changed


def other_types(group: Group, node: Node) -> list[tuple[str, Any]]:
    """Values of other types than the schema's, as far as it forbids them."""
    named = group.values.type_of(node).replace("integer", "number")
    tried = NEAREST.get(named, tuple(one for known in NEAREST.values() for one in known[:1]))
    return [(how, value) for how, value in tried if not group.values.allows(node, value)]


def allowed(group: Group, kind: Kind, body: dict[str, Any]) -> bool:
    """Whether the operation of ``kind`` takes ``body``."""
    operation = group.one(kind)
    return operation.body is not None and operation.body.validator.allows(body)


def forged_values(group: Group) -> dict[str, Any]:
    """A value of the right type for each field that the server manages, but for the key."""
    made: dict[str, Any] = {}
    for name in sorted(group.resource.managed - {group.key}):
        node = group.field(name)
        made[name] = (
            4_711
            if group.values.type_of(node) in ("number", "integer")
            else group.values.make(node, f"forged-{name}", 3)
        )
        made[name] = True if group.values.type_of(node) == "boolean" else made[name]
    return made


def smaller(value: Any, size: int) -> Any:
    """``value`` with lists of at most so many items, and of objects so many members."""
    if isinstance(value, dict):
        return dict(list(value.items())[:size])
    return value[:size] if isinstance(value, list) else value


def nested_steps(group: Group, record: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Steps of a patch inside the first objects and lists of a record: what each does, the step, and what it changes.

    A member of an object, be it in a list, gets another value; one that need not be there goes, another one comes.
    """
    holders = [name for name in _free(group) if record.get(name) and isinstance(record[name], dict | list)]
    for name in holders[:MOST_HOLDERS]:
        node = group.writable[name]
        other = group.values.make(node, name, 4_711)
        for path, known, fresh in _objects(record[name], other):
            for what, op, inner, value, whole in _turns(known, fresh):
                changed = whole if path is None else [*record[name][:path], whole, *record[name][path + 1 :]]
                if group.values.allows(node, changed):
                    place = f"/{name}/{inner}" if path is None else f"/{name}/{path}/{inner}"
                    step = {"op": op, "path": place, **({} if op == "remove" else {"value": value})}
                    yield f"{what} of {name}", step, {name: changed}


def _objects(value: Any, other: Any) -> Iterator[tuple[int | None, dict[str, Any], dict[str, Any]]]:
    """The object that a field is, or the last one of those that it lists, beside another like it."""
    if isinstance(value, dict):
        yield None, value, other if isinstance(other, dict) else {}
    elif value and isinstance(value[-1], dict):
        fresh = other[-1] if isinstance(other, list) and other and isinstance(other[-1], dict) else {}
        yield len(value) - 1, value[-1], fresh


def _turns(known: dict[str, Any], fresh: dict[str, Any]) -> Iterator[tuple[str, str, str, Any, dict[str, Any]]]:
    plain = [name for name in known if "/" not in name and "~" not in name and name]
    changed = next((name for name in plain if name in fresh and not same_json(fresh[name], known[name])), None)
    if changed is not None:
        yield "replaces a member", "replace", changed, fresh[changed], {**known, changed: fresh[changed]}
    for name in plain[-1:]:
        yield "removes a member", "remove", name, None, {one: value for one, value in known.items() if one != name}
    yield "adds a member", "add", "one_more", "more", {**known, "one_more": "more"}
