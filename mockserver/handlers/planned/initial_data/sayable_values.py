"""Made members as clients may send them, so that a first record that is read and sent back is taken (A11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import Model
from mockserver.contract.samples.fitting import fit
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.messages import Json

TRIED = 4
"""How many values are made by each schema that the first one breaks."""
_BOUNDS = frozenset(
    {"pattern", "enum", "const", "format", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
     "exclusiveMaximum", "multipleOf", "not", "if"}
)  # fmt: skip
_SCALARS = ("string", "integer", "number", "boolean")


def sayable(maker: Maker, model: Model, value: dict[str, Any], draw: Draw) -> dict[str, Any]:
    """``value`` with each member as every body takes it that may hold it, where there is such a value."""
    members = maker.shapes.properties(model.record) if model.record is not None else {}
    for name, places in model.said().items():
        if name not in value or name not in members or (name,) == model.key:
            continue
        own = members[name]
        tighter = [one for one in places if _is_tighter(maker, own, one)]
        if all(maker.allows(one, value[name]) for one in tighter):
            continue
        likely = (one for place in tighter for one in _likely(maker, place, name, value[name], draw))
        good = (one for one in likely if all(maker.allows(place, one) for place in (own, *tighter)))
        if (found := next(good, None)) is not None:
            value = {**value, name: found}
    return value


def _is_tighter(maker: Maker, own: Node, place: Node) -> bool:
    """Whether a body's schema may forbid what the record's takes. PERF: nothing is compiled where it does not."""
    shapes = maker.shapes
    if shapes.follow(own).pointer == shapes.follow(place).pointer:
        return False
    mine, theirs = shapes.shape(own), shapes.shape(place)
    if theirs.type not in _SCALARS or theirs.type != mine.type or shapes.choices(place) > 1:
        return True
    is_null = "null" in mine.types or mine.words.get("nullable") is True
    takes_null = "null" in theirs.types or theirs.words.get("nullable") is True
    asked = {word: one for word, one in theirs.words.items() if word in _BOUNDS}
    return (is_null and not takes_null) or any(mine.words.get(word) != one for word, one in asked.items())


def _likely(maker: Maker, place: Node, name: str, made: Json, draw: Draw) -> Iterator[Json]:
    """What a body might hold there: what was made as nearly as it takes it, else anew, as its name tells."""
    if isinstance(made, dict | list):
        near = fit(maker, place, made, draw)
        yield near if not isinstance(made, dict) or (isinstance(near, dict) and made.keys() <= near.keys()) else made
    varied = replace(draw, varies=True)  # an example is what clients send, who would find this record by it
    for _ in range(TRIED):
        yield maker.member(place, varied, name)
    yield maker.make(place, varied)
    yield maker.make(place, draw)
