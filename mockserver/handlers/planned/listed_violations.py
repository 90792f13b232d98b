"""Each violation in a list of its own, where a declared refusal has one: `detail`, `errors`, `violations`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.making import Maker
from mockserver.contract.scalars import Draw
from mockserver.errors import Refusal, Violation
from mockserver.messages import Json
from mockserver.values.name_words import flat
from mockserver.values.pointer import steps_of

TEXTS = ("message", "detail", "title", "error", "description", "msg", "reason", "error_description", "errorMessage")
"""Members where a person looks for what is wrong, the likeliest first."""
MOMENT = datetime(2025, 1, 1, tzinfo=UTC)
"""What stands in a made-up refusal for now, so that it is the same on every day."""
DEEPEST = 3
_PLACES = frozenset(
    {"loc", "path", "field", "param", "parameter", "property", "propertypath", "pointer", "location", "attribute"}
)
_RULES = frozenset({"type", "code", "rule", "keyword", "errorcode"})


def with_violations(maker: Maker, node: Node, value: Json, refusal: Refusal, *, left: int = DEEPEST) -> Json:
    """``value`` with the violations in the first list of ``node`` that is made for them, wherever that stands.

    A refusal without violations is one entry where no text beside the list can tell it.
    """
    if not isinstance(value, dict) or not left:
        return value
    members = maker.shapes.properties(node)
    is_told = any(maker.shapes.type(members[name]) == "string" for name in TEXTS if name in members)
    if not refusal.violations and is_told:
        return value
    for name, place in members.items():
        if entries := [*_entries(maker, place, refusal)]:
            return {**value, name: entries}
        inner = value.get(name)
        if isinstance(inner, dict):
            below = with_violations(maker, place, inner, refusal, left=left - 1)
            if below != inner:
                return {**value, name: below}
    return value


def _entries(maker: Maker, place: Node, refusal: Refusal) -> list[Json]:
    """The entries of a list; none where it does not hold violations."""
    items = maker.shapes.items(place) if maker.shapes.type(place) == "array" else None
    if items is None:
        return []
    violations = refusal.violations or (Violation("", "", "", refusal.message),)
    if maker.shapes.type(items) == "string":
        texts: list[Json] = [f"{one.path}: {one.message}" if one.path else one.message for one in violations]
        return texts if all(maker.allows(items, one) for one in texts) else []
    members = maker.shapes.properties(items)
    text = next((name for name in TEXTS if name in members), None)
    if text is None:
        return []
    base = maker.make(items, Draw.of(refusal.status, MOMENT))
    made = [_entry(maker, items, base, refusal.status, one) for one in violations] if isinstance(base, dict) else []
    return made if all(maker.allows(items, one) for one in made) else []


def _entry(maker: Maker, items: Node, base: dict[str, Any], status: int, violation: Violation) -> Json:
    """One violation: its words, its place and its rule, each only where its member takes it."""
    members = maker.shapes.properties(items)
    value = dict(base)
    text = next(name for name in TEXTS if name in members)
    for name, place in members.items():
        word = flat(name)
        options = (
            _place(violation) if word in _PLACES and violation.path else (violation.keyword,) if word in _RULES else ()
        )
        if word in ("status", "statuscode"):
            options = (status, str(status))
        if word == "source" and violation.path:
            options = ({"pointer": violation.pointer}, {"parameter": violation.pointer[1:]})
        if name == text:
            options = (violation.message,)
        if found := next(((one,) for one in options if one not in ("", None) and maker.allows(place, one)), None):
            value[name] = found[0]
    return value


def _place(violation: Violation) -> tuple[Json, ...]:
    """The place as a list of steps, as a path, or as the pointer below the part of the request."""
    steps = [violation.location, *steps_of(violation.pointer)]
    typed: list[Json] = [int(one) if one.isascii() and one.isdigit() and len(one) < 10 else one for one in steps]
    return (typed, [*steps], violation.path)
