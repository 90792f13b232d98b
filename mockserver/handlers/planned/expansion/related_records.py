"""What a name leads to from a record: the records whose keys it holds, those that stand below it or hold its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import is_key, model_of, plan_of
from mockserver.handlers.planned.stored_records.embedding import MOST
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.words import REFERENCE_ENDINGS
from mockserver.messages import Json
from mockserver.store import Record, Tenant
from mockserver.values.name_words import flat, singular, thing_of


@dataclass(frozen=True, slots=True)
class RelatedRecords:
    """Records of one resource; ``is_many``: a list of them is meant, were it of one."""

    resource: Resource
    records: list[Record]
    is_many: bool


MOST_SHOWN = 1_000
"""How many related records one reply shows: with each name that leads on, there may be a hundred times as many."""


class Allowance:
    """How many related records a reply may still show."""

    def __init__(self) -> None:
        self._left = MOST_SHOWN

    def takes(self, count: int) -> bool:
        """Whether so many more may be shown; then they are counted."""
        if count > self._left:
            return False
        self._left -= count
        return True


@dataclass(frozen=True, slots=True)
class Holder:
    """What a name starts from: an object, its schema, and the record that it shows, if it shows one.

    ``keys`` are those of the parents and its own; ``allowance`` is that of the whole reply.
    """

    call: Call
    tenant: Tenant
    resource: Resource | None
    keys: tuple[str, ...]
    value: Mapping[str, Any]
    place: Node
    allowance: Allowance

    def related(self, name: str) -> RelatedRecords | None:
        """The records that the name leads to; None where it leads nowhere."""
        ways = (self._held, self._named, self._listed, self._below) if self.resource else (self._held,)
        return next((found for way in ways if (found := way(flat(name))) is not None), None)

    def is_above(self, name: str) -> bool:
        """Whether the name is of records that stand below this one, or hold its key."""
        return self._below(flat(name)) is not None

    def _held(self, low: str) -> RelatedRecords | None:
        """Those whose keys the member of that name holds, alone or in objects."""
        shapes = self.call.tools.maker.shapes
        member = next((one for one in shapes.properties(self.place) if flat(one) == low), None)
        if member is None:
            return None
        place, kept = shapes.properties(self.place)[member], self._data().get(member)
        embedded = model_of(self.resource).embedded.get(member) if self.resource else None
        if (other := embedded.resource if embedded else resource_shown(self.call, place)) is None:
            return None
        key = (*model_of(self.call.tools.contract.resources[other]).key[-1:], "id")[0]
        each = [one.get(key) if isinstance(one, dict) else one for one in (kept if isinstance(kept, list) else [kept])]
        is_many = isinstance(kept, list) or shapes.type(place) == "array"
        return self._by_keys(other, [one for one in each if is_key(one)], is_many=is_many)

    def _named(self, low: str) -> RelatedRecords | None:
        """The one whose key a member holds: ``author`` by ``authorId``."""
        names = (low, *(low + ending for ending in REFERENCE_ENDINGS))
        for member, other in self._foreign(self.resource).items():
            if flat(member) in names and is_key(key := self._data().get(member)):
                return self._by_keys(other, [key], is_many=False)
        return None

    def _listed(self, low: str) -> RelatedRecords | None:
        """Those whose keys a list holds: ``tags`` by ``tagIds``."""
        names = (low, *(f"{singular(low)}{ending}s" for ending in REFERENCE_ENDINGS))
        within = model_of(self.resource).keys_within() if self.resource else {}
        for (member, *rest), other in within.items():
            if not rest and flat(member) in names and isinstance(keys := self._data().get(member), list):
                return self._by_keys(other, keys, is_many=True)
        return None

    def _below(self, low: str) -> RelatedRecords | None:
        """Those that stand below it in their path, or hold its key."""
        if self.resource is None or not self.keys:
            return None
        for other in self.call.tools.contract.resources.values():
            if other.model is None or thing_of(other.name) != singular(low):
                continue
            parents = other.model.parents
            if len(parents) == len(self.keys) and parents[-1].resource == self.resource.name:
                below = Scope(self.call, self.tenant, other, self.keys)
                return RelatedRecords(other, below.in_order()[:MOST], is_many=True)
            holding = [one for one, about in self._foreign(other).items() if about == self.resource.name]
            if holding and not parents:
                below = Scope(self.call, self.tenant, other, (), (((holding[0],), self.keys[-1]),))
                return RelatedRecords(other, below.in_order()[:MOST], is_many=True)
        return None

    def _data(self) -> Mapping[str, Any]:
        """All that the record holds, not only what a reply shows of it."""
        if self.resource is None or not self.keys:
            return self.value
        found = Scope(self.call, self.tenant, self.resource, self.keys[:-1]).find(self.keys[-1])
        data = found.data() if found else None
        return data if isinstance(data, dict) else self.value

    def _by_keys(self, name: str, keys: list[Json], *, is_many: bool) -> RelatedRecords | None:
        """The records of those keys, as far as they are there; None where none is."""
        resource = self.call.tools.contract.resources.get(name)
        if resource is None or resource.model is None:
            return None
        scope = Scope(self.call, self.tenant, resource, self.keys[: len(resource.model.parents)])
        found = [one for key in keys[:MOST] if is_key(key) and (one := scope.find(str(key))) is not None]
        return RelatedRecords(resource, found, is_many) if found else None

    @staticmethod
    def _foreign(resource: Resource | None) -> Mapping[str, str]:
        return {**model_of(resource).foreign, **model_of(resource).references} if resource else {}


def resource_shown(call: Call, place: Node) -> str | None:
    """The resource whose records a schema describes, itself, in one of its alternatives or as the items of a list."""
    shapes, remembered = call.tools.maker.shapes, plan_of(call).remembered
    if (known := remembered.get("schemas of records")) is None:
        of_each = ((one.name, one.model.record) for one in call.tools.contract.resources.values() if one.model)
        known = remembered["schemas of records"] = {
            _place(shapes, record): name for name, record in of_each if record is not None
        }
    return next((known[one] for each in _alternatives(shapes, place) if (one := _place(shapes, each)) in known), None)


def _place(shapes: Shapes, node: Node) -> str:
    return shapes.name(node) or shapes.follow(node).pointer


def _alternatives(shapes: Shapes, node: Node) -> Iterator[Node]:
    """A schema, those of which one applies, and that of its items."""
    items: Callable[[Node], Node | None] = shapes.items
    for one in (node, *filter(None, [items(node)])):
        yield from shapes.alternatives(one)
