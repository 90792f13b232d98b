"""An object with what follows from its members: in a first record, in a new one, and after a change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.schema_shape import Shapes
from mockserver.handlers.planned.derived_members.derivations import Derivation, derivations
from mockserver.handlers.planned.derived_members.intervals import is_exact
from mockserver.handlers.planned.derived_members.sums import GROUPS, added_up, may_add_up
from mockserver.messages import Json
from mockserver.values.equality import contains, differ, same_json
from mockserver.values.name_words import flat

DEEPEST = 3
"""How many objects within objects are looked at."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def anything_follows(shapes: Shapes, place: Node) -> bool:
    """Whether some member of an object, or of what it holds, may follow from others."""
    return _follows(shapes, place, DEEPEST, set())


def _follows(shapes: Shapes, place: Node, left: int, seen: set[str]) -> bool:
    pointer = shapes.follow(place).pointer
    if pointer in seen:
        return False
    seen.add(pointer)
    members = shapes.properties(place)
    if derivations(tuple(members)) or may_add_up(members):
        return True
    inner = (shapes.items(node) or node for node in members.values()) if left else iter(())
    return any(_follows(shapes, one, left - 1, seen) for one in inner)


class Deriving:
    """What follows at one moment, ``now``, by the schemas that ``maker`` knows."""

    def __init__(self, maker: Maker, now: datetime) -> None:
        self._maker = maker
        self._shapes = maker.shapes
        self._now = now

    def whole(
        self,
        place: Node,
        value: Mapping[str, Any],
        *,
        said: Json = None,
        kept: Collection[str] = (),
        before: Json = None,
    ) -> dict[str, Any]:
        """``value`` of the schema at ``place`` with what follows from its members, after those of what it holds.

        ``said`` is what a client sends of it, which stays, unless only the server may say it, as do the members
        ``kept``; ``before`` is what it was: what follows from nothing that has changed stays as well.
        """
        members = self._shapes.properties(place)
        said = said if isinstance(said, Mapping) else _NOTHING
        was = before if isinstance(before, Mapping) else None
        result = {
            name: self._within(members.get(name), one, said.get(name), was and was.get(name))
            if isinstance(one, dict | list) else one
            for name, one in value.items()
        }  # fmt: skip
        fixed = {*kept, *(name for name in said if name in members and not self._shapes.is_servers(members[name]))}
        for one in derivations(tuple(members)):
            if one.target not in fixed and _has_changed(one, result, was):
                self._derive(one, members[one.target], result)
        has_sums = may_add_up(members) and not _is_same_sums(result, was)
        return self._summed(members, result, fixed) if has_sums else result

    def _within(self, place: Node | None, value: Json, said: Json, was: Json) -> Json:
        if place is None or (was is not None and same_json(value, was)):
            return value
        if isinstance(value, dict):
            return self.whole(place, value, said=said, before=was)
        each = self._shapes.items(place)
        if each is None or not isinstance(value, list):
            return value
        texts = said if isinstance(said, list) and len(said) == len(value) else [None] * len(value)
        old = was if isinstance(was, list) else []
        return [
            self.whole(each, one, said=own) if isinstance(one, dict) and not contains(old, one) else one
            for one, own in zip(value, texts, strict=True)
        ]

    def _derive(self, one: Derivation, place: Node, value: dict[str, Any]) -> None:
        found = [value.get(name) for name in one.sources]
        made = None if None in found else one.work(self._now, *found)
        if made is None:
            return
        kind = self._shapes.type(place)
        if kind == "string" and isinstance(made, int | float) and not isinstance(made, bool):
            made = str(made)
        elif kind == "integer" and isinstance(made, float):
            made = round(made)
        if self._maker.allows(place, made):
            value[one.target] = made

    def _summed(self, members: Mapping[str, Node], value: dict[str, Any], fixed: Collection[str]) -> dict[str, Any]:
        """``value`` with its sums, those that are not there yet among them; one that is whole by chance may become a
        fraction.
        """  # fmt: skip
        kinds = {name: self._shapes.type(node) for name, node in members.items()}
        room = {
            name: 0.0
            for group in GROUPS
            if not any(flat(name) in group for name in value)
            for name, kind in kinds.items()
            if kind in ("number", "integer") and flat(name) in group and name not in fixed
        }
        numbers = {name for name, kind in kinds.items() if kind == "number"}
        whole = {
            name: float(one) for name, one in value.items() if type(one) is int and name in numbers and is_exact(one)
        }
        after = added_up({**room, **value, **whole})
        result = dict(value)
        for name, one in after.items():
            is_new = name in room and one != 0
            if name in fixed or name not in members or not (is_new or (name in value and value[name] != one)):
                continue
            typed = round(one) if kinds[name] == "integer" and isinstance(one, float) else one
            if self._maker.allows(members[name], typed):
                result[name] = typed
        return result


def _has_changed(one: Derivation, value: Mapping[str, Any], was: Mapping[str, Any] | None) -> bool:
    if was is None or one.target not in value:
        return True
    return any(differ(value, was, name) for name in one.sources)


def _is_same_sums(value: Mapping[str, Any], was: Mapping[str, Any] | None) -> bool:
    """Whether no number and no list has changed that anything might be summed up from."""
    if was is None:
        return False
    return not any(differ(value, was, name) for name, one in value.items() if isinstance(one, int | float | list))
