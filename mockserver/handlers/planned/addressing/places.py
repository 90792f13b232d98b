"""Where things are: the plan of a call, a member within a value, a record's id from its parents' keys and its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard
from urllib.parse import quote, unquote

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.contract.plan import Model, OperationPlan
from mockserver.handlers.call import Call
from mockserver.messages import Json
from mockserver.store import Record

if TYPE_CHECKING:  # PERF: most documents need none to be made
    from mockserver.contract.samples.sample_maker import Maker

ONLY = "-"
"""The key of a record of which there is one."""


def plan_of(call: Call) -> OperationPlan:
    assert call.operation.plan is not None
    return call.operation.plan


def taking(maker: Maker, record: Node, name: str, value: Json) -> Node:
    """A member's schema: of a record that is one of several kinds that of the first whose member takes ``value``."""
    shapes = maker.shapes
    place = shapes.properties(record)[name]
    if maker.allows(place, value):
        return place
    others = (shapes.shape(record, choice).properties.get(name) for choice in range(shapes.choices(record)))
    return next((one for one in others if one is not None and maker.allows(one, value)), place)


def in_path(plan: OperationPlan) -> frozenset[str]:
    """The parameters that say whose records are meant."""
    return frozenset((*(plan.scope or ()), *(one.parameter for one in plan.within)))


def model_of(resource: Resource) -> Model:
    assert resource.model is not None
    return resource.model


def is_key(value: Json) -> TypeGuard[str | int]:
    """Whether a value can identify a record: a text or a whole number."""
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def number_first(key: str) -> tuple[int, int, str]:
    """By what keys are in order: numbers by their size, then texts."""
    return (0, int(key), "") if key.isascii() and key.isdigit() and len(key) < 19 else (1, 0, key)


def record_id(keys: tuple[str, ...], key: str) -> str:
    return "/".join(quote(one, safe="") for one in (*keys, key))


def whole_key(model: Model, keys: tuple[str, ...], key: Json) -> Json:
    """The key below ``keys`` as the record's path has it: where it is a whole name, all of that."""
    if not model.below or not keys:
        return key
    return f"{keys[-1]}/{model.below}/{str(key).rpartition('/')[2]}"


def named_within(model: Model, key: str) -> tuple[str, ...]:
    """The parents' keys that a whole name says; none where it is of something else."""
    above, _, last = key.rpartition(f"/{model.below}/") if model.below else ("", "", "")
    return (above,) if above and last and "/" not in last else ()


def key_of(record: str) -> str:
    """The record's own key. PERF: a list of many asks each for it."""
    own = record.rpartition("/")[2]
    return unquote(own) if "%" in own else own


def by_key(record: Record) -> tuple[int, int, str]:
    """Where a record stands among those below the same parents."""
    return number_first(key_of(record.id))


def keys_of(record: str) -> tuple[str, ...]:
    """The parents' keys and the record's own, as they were."""
    return tuple(unquote(one) for one in record.split("/"))
