"""A made record whose members agree with each other, before it is related to other records."""

from __future__ import annotations

from typing import Any

from mockserver.contract.plan import Model
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.handlers.planned.derived_members.chronology import in_order
from mockserver.handlers.planned.derived_members.derivations import within_capacity
from mockserver.handlers.planned.derived_members.extents import least_first
from mockserver.handlers.planned.derived_members.intervals import believable
from mockserver.handlers.planned.derived_members.state_members import StateMembers
from mockserver.handlers.planned.initial_data.sayable_values import sayable
from mockserver.inference.vocabulary.attributes import ATTRIBUTES, attributes_of


def agreeing(maker: Maker, model: Model, value: dict[str, Any], draw: Draw, called: str) -> dict[str, Any]:
    """The made ``value`` with what its state has, as bodies take it, nothing over its capacity, and times in order.

    ``called``: the name of its resource. A record that the document shows as an example is left as it is.
    """
    if model.record is None:
        return value
    if (place := attributes_of(maker.shapes, model.record)) is not None and isinstance(value.get(ATTRIBUTES), dict):
        held = StateMembers(maker, place).made(value[ATTRIBUTES], draw)
        value = {**value, ATTRIBUTES: _in_proportion(held, draw, called)}
    value = sayable(maker, model, StateMembers(maker, model.record).made(value, draw), draw)
    return _in_proportion(value, draw, called)


def _in_proportion(value: dict[str, Any], draw: Draw, called: str) -> dict[str, Any]:
    """What is made with its times in order, no more taken than there is, and the least no more than the greatest."""
    return believable(within_capacity(least_first(in_order(value)), draw.random), draw.random, called)
