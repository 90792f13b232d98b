"""A value made to fit a schema: what keeps it is kept, what is missing is made, what breaks it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.samples.sample_maker import CHOICES, Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.messages import Json

DEEPEST = 10
_WHOLE = re.compile(r"-?[0-9]{1,17}")


def fit(maker: Maker, node: Node, value: Json, draw: Draw) -> Json:
    """``value`` where it keeps the schema at ``node``, else the nearest to it that does."""
    if maker.allows(node, value):
        return value
    if maker.is_endless(node):
        return _with_all_said(maker.make(node, draw), value)
    nearest: Json = value
    for choice in range(min(maker.shapes.choices(node), CHOICES)):
        shaped = _shaped(maker, node, value, draw, choice=choice, left=DEEPEST)
        if maker.allows(node, shaped):
            return shaped
        nearest = shaped if choice == 0 else nearest
    if maker.allows(node, mended := maker.mend(node, nearest, draw)):
        return mended
    made = maker.make(node, draw)
    if not maker.allows(node, made) and isinstance(value, Mapping):  # nothing keeps it: what was said is nearer
        return nearest
    return _overlaid(maker, node, made, value) if isinstance(made, dict) and isinstance(value, Mapping) else made


def fit_keeping(maker: Maker, node: Node, whole: dict[str, Any], said: Mapping[str, Any], draw: Draw) -> dict[str, Any]:
    """``whole`` made to fit, where that leaves each member of ``said`` as it is; else as it stands."""
    fitted = fit(maker, node, whole, draw)
    keeps = isinstance(fitted, dict) and all(fitted.get(name) == value for name, value in said.items())
    return fitted if keeps and isinstance(fitted, dict) else whole


def _with_all_said(made: Json, value: Json) -> Json:
    """What was made with every member of ``value``, for a schema that nothing keeps anyhow."""
    return {**made, **value} if isinstance(made, dict) and isinstance(value, dict) else made


def shown(maker: Maker, node: Node, record: Json, key: str = "") -> Json:
    """Of ``record`` what a reply of that schema shows: its own members, but nothing that only requests hold.

    The member ``key`` is shown wherever the schema does not forbid it: without it a client could not go on.
    """
    if not isinstance(record, dict):
        return record
    members = maker.shapes.properties(node)
    if not members:
        return record
    shape = maker.shapes.shape(node)
    required, is_open = shape.required, shape.additional is not None
    return {
        name: value
        for name, value in record.items()
        if (name in members and (name in required or maker.shapes.says(members[name], "writeOnly") is not True))
        or (name not in members and (is_open or (name == key and not shape.closed)))
    }


def coerced(maker: Maker, node: Node, value: Json, draw: Draw) -> Json:
    """``value`` as the schema's member takes it: as it is, as another type says it, or as the nearest object (A4).

    Raises LookupError when nothing of it can be kept.
    """
    if maker.allows(node, value):
        return value
    for other in _spellings(maker.shapes.type(node), value):
        if maker.allows(node, other):
            return other
    if isinstance(value, dict) and maker.shapes.type(node) == "object":
        return fit(maker, node, value, draw)
    if isinstance(value, list) and (items := maker.shapes.items(node)) is not None:
        is_object = maker.shapes.type(items) == "object"
        kept = [
            fit(maker, items, one, draw)
            for one in value
            if (is_object and isinstance(one, dict)) or maker.allows(items, one)
        ]
        if maker.allows(node, kept):
            return kept
    raise LookupError(node.pointer)


def _spellings(kind: str | None, value: Json) -> list[Json]:
    """The same thing in another type: ``"3"`` for 3, ``{"value": "x"}`` for ``"x"``."""
    if isinstance(value, bool) or value is None:
        return []
    if kind == "string" and isinstance(value, int | float):
        return [str(value)]
    if kind in ("integer", "number") and isinstance(value, str) and _WHOLE.fullmatch(value):
        return [int(value)]
    if kind == "object" and isinstance(value, str | int | float):
        return [{name: value} for name in ("value", "id", "name", "key", "content", "raw")]
    if kind == "array" and not isinstance(value, list | dict):
        return [[value]]
    return []


def _shaped(maker: Maker, node: Node, value: Json, draw: Draw, *, choice: int, left: int) -> Json:
    shape = maker.shapes.shape(node, choice)
    if not left:
        return maker.make(node, draw)
    if isinstance(value, dict) and shape.type in ("object", None):
        return _object(maker, node, value, draw, choice=choice, left=left)
    if isinstance(value, list) and shape.type == "array" and shape.items is not None:
        kept = [_member(maker, shape.items, item, draw, left - 1) for item in value]
        return [one for one in kept if one is not _GONE]
    return maker.make(node, draw)


def _object(maker: Maker, node: Node, value: dict[str, Any], draw: Draw, *, choice: int, left: int) -> dict[str, Json]:
    shape = maker.shapes.shape(node, choice)
    kept: dict[str, Json] = {}
    for name, one in value.items():
        place = shape.properties.get(name, shape.additional)
        if place is not None:
            made = _member(maker, place, one, draw, left - 1)
            if made is not _GONE or name in shape.required:
                kept[name] = maker.make(place, draw) if made is _GONE else made
        elif not shape.closed:
            kept[name] = one
    for name in shape.required:
        if name not in kept:
            place = shape.properties.get(name, shape.additional)
            kept[name] = maker.member(place, draw, name) if place is not None else name
    return kept


_GONE: Any = object()


def _member(maker: Maker, node: Node, value: Json, draw: Draw, left: int) -> Json:
    """One member or item within; ``_GONE`` when nothing of it can be kept."""
    if maker.allows(node, value) or maker.is_endless(node):
        return value
    kind = maker.shapes.type(node)
    if left and (
        (isinstance(value, dict) and kind in ("object", None)) or (isinstance(value, list) and kind == "array")
    ):
        shaped = _shaped(maker, node, value, draw, choice=0, left=left)
        return shaped if maker.allows(node, shaped) else maker.mend(node, shaped, draw)
    try:
        return coerced(maker, node, value, draw)
    except LookupError:
        return _GONE


def _overlaid(maker: Maker, node: Node, made: dict[str, Json], value: Mapping[str, Any]) -> dict[str, Json]:
    """``made`` with each member of ``value`` that leaves it good."""
    for name, one in value.items():
        if name in made or name in maker.shapes.properties(node):
            tried = {**made, name: one}
            if maker.allows(node, tried):
                made = tried
    return made
