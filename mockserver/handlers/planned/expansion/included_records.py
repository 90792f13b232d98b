"""Compound documents (JSON:API 1.1, 7.4): the related records that are asked for, once each, in ``included``."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Resource
from mockserver.contract.document import Node
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import keys_of
from mockserver.handlers.planned.expansion.asked_relations import Asked
from mockserver.handlers.planned.expansion.related_records import Holder
from mockserver.handlers.planned.lists.record_parts import RELATIONSHIPS
from mockserver.handlers.planned.stored_records.embedding import MOST, copied
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json
from mockserver.store import Record
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular, thing_of

INCLUDED = "included"


def is_compound(call: Call, schema: Node, place: Node) -> bool:
    """Whether a reply has a place for related records, and records are divided as JSON:API has it."""
    shapes = call.tools.maker.shapes
    return INCLUDED in shapes.properties(schema) and {"id", "type"} <= {*shapes.properties(place)}


def with_included(value: Json, wanted: Asked, holders: list[Holder]) -> Json:
    """The reply with the records that ``wanted`` leads to from each of ``holders``."""
    if not holders:
        return {**value, INCLUDED: []} if isinstance(value, dict) else value
    gathering = _Gathering(holders[0].call, {_identity(one.value) for one in holders})
    for one in holders:
        gathering.follow(one, wanted)
    return {**value, INCLUDED: [*gathering.found.values()]}


def _identity(value: Any) -> tuple[str, str]:
    return str(value_at(value, ("type",))), str(value_at(value, ("id",)))


class _Gathering:
    """Collects the records that are related to others, but for those that the reply shows itself."""

    def __init__(self, call: Call, shown: set[tuple[str, str]]) -> None:
        self._call = call
        self._shown = shown
        schema = call.operation.plan.success.schema if call.operation.plan else None
        listed = call.tools.maker.shapes.member(schema, (INCLUDED,)) if schema is not None else None
        self._each = call.tools.maker.shapes.items(listed) if listed is not None else None
        self._followed: set[tuple[str, tuple[str, ...], int]] = set()
        self.found: dict[tuple[str, str], Json] = {}

    def follow(self, holder: Holder, wanted: Asked) -> None:
        """Whoever leads to a record by the same names again adds nothing."""
        here = (holder.resource.name if holder.resource else "", holder.keys, id(wanted))
        if here in self._followed:
            return
        self._followed |= {here} if holder.keys else set()
        for name, inner in wanted.items():
            for resource, record in self._related(holder, name):
                value = copied(self._call, holder.tenant, resource, record, self._each)
                is_taken = self._each is None or self._call.tools.maker.allows(self._each, value)
                identity = _identity(value)
                if is_taken and identity not in self._shown and identity not in self.found:
                    if not holder.allowance.takes(1):
                        return
                    self.found[identity] = value
                if is_taken and inner and self._each is not None:
                    place = Holder(
                        self._call, holder.tenant, resource, keys_of(record.id), value, self._each, holder.allowance
                    )
                    self.follow(place, inner)

    def _related(self, holder: Holder, name: str) -> list[tuple[Resource, Record]]:
        """The records whose identities stand in the relationship of that name, else those that name this record."""
        there = value_at(holder.value, (RELATIONSHIPS,))
        member = next((one for one in there if flat(one) == flat(name)), name) if isinstance(there, dict) else name
        data = value_at(there, (member, "data"))
        each = [one for one in (data if isinstance(data, list) else [data]) if isinstance(one, dict)]
        named = [found for one in each if (found := self._find(holder, one)) is not None]
        if named or data:
            return named
        if (others := holder.related(name)) is not None:
            return [(others.resource, one) for one in others.records]
        return self._naming(holder, name)

    def _find(self, holder: Holder, identity: dict[str, Any]) -> tuple[Resource, Record] | None:
        kind, key = _identity(identity)
        for resource in self._call.tools.contract.resources.values():
            if resource.model is not None and not resource.model.parents and self._is_called(resource, kind):
                record = Scope(self._call, holder.tenant, resource, ()).find(key)
                return (resource, record) if record else None
        return None

    def _is_called(self, resource: Resource, kind: str) -> bool:
        """Whether records of a resource have that type."""
        shapes, record = self._call.tools.maker.shapes, resource.model.record if resource.model else None
        place = shapes.member(record, ("type",)) if record is not None else None
        said = [shapes.says(place, "const"), *(shapes.says(place, "enum") or ())] if place is not None else []
        return kind in said if any(said) else thing_of(resource.name) == flat(singular(kind))

    def _naming(self, holder: Holder, name: str) -> list[tuple[Resource, Record]]:
        """The records of that name one of whose relationships is this record."""
        own = _identity(holder.value)
        for resource in self._call.tools.contract.resources.values():
            if resource.model is None or resource.model.parents or thing_of(resource.name) != flat(singular(name)):
                continue
            records = Scope(self._call, holder.tenant, resource, ()).in_order()
            naming = [one for one in records if own in _identities(one)]
            return [(resource, one) for one in naming[:MOST]]
        return []


def _identities(record: Record) -> list[tuple[str, str]]:
    """What a record says that it is related to."""
    there = value_at(record.data(), (RELATIONSHIPS,))
    data = [value_at(one, ("data",)) for one in there.values()] if isinstance(there, dict) else []
    return [_identity(one) for each in data for one in (each if isinstance(each, list) else [each])]
