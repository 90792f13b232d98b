"""Keys that a check gives to the records it makes where a client names them: no two of a run are alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zlib import crc32

from mockserver.contract.document import Node
from mockserver.contract.operation import Operation
from mockserver.contract.resource import Resource
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw, uuid_from
from mockserver.values.members import value_at, with_value

FIRST = 100_000
"""Where numbers begin that are given out as keys, far from those that a target counts."""


def with_fresh_key(
    maker: Maker,
    operation: Operation,
    resource: Resource,
    schema: Node,
    body: Any,
    *,
    mark: str,
    number: int,
    now: datetime,
) -> Any:
    """``body`` of a create with another key, where it says one that the schema lets a client choose.

    ``mark`` tells this run from others, ``number`` this record from others of the run.
    """
    model, plan = resource.model, operation.plan
    if not model or not plan or not model.chosen or not model.key:
        return body
    steps = (*plan.sent, *model.key)
    if (place := maker.shapes.member(schema, steps)) is None or value_at(body, steps) is None:
        return body
    tried = (with_value(body, steps, key) for key in _keys(maker, place, mark, number, now))
    return next((one for one in tried if maker.allows(schema, one)), body)


def fresh_key_text(maker: Maker, place: Node, *, mark: str, number: int, now: datetime) -> str:
    """A key for the end of a path, as ``place`` allows it: one that no other record of the run has."""
    tried = [*_keys(maker, place, mark, number, now)]
    return str(next((one for one in tried if maker.allows(place, one)), tried[-1]))


def _keys(maker: Maker, place: Node, mark: str, number: int, now: datetime) -> Iterator[Any]:
    plain = "".join(one for one in mark.lower() if one.isalnum())
    draw = Draw.of(crc32(f"{mark}/{number}".encode()), now, full=True, varies=True)
    yield FIRST + number
    yield uuid_from(draw.random) if maker.shapes.says(place, "format") == "uuid" else f"{plain}-{number}"
    yield f"{plain}{number}"
    yield f"k{number}"
    yield str(FIRST + number)
    yield maker.make(place, draw)
