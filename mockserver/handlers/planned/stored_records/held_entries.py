"""The entries of a list that a record holds: what is added, changed and taken out of it, and the sums that follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.plan import Steps
from mockserver.contract.samples.fitting import fit
from mockserver.contract.samples.scalars import Draw
from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import is_key, model_of
from mockserver.handlers.planned.derived_members.denormalised_fields import repeated_fields
from mockserver.handlers.planned.stored_records.record_building import draw_for, overlaid
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.words import LOGINS, NAME_LIKE
from mockserver.messages import Json
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat, singular
from mockserver.values.shown import quoted

KEYS_TRIED = 100


class HeldEntries:
    """The list of one record, as it is and as it becomes.

    Each entry has its key at ``identity``; what it is called by finds it, too.
    """

    def __init__(self, call: Call, scope: Scope, held: Json, member: str, identity: Steps) -> None:
        self._call = call
        self._scope = scope
        self._maker = call.tools.maker
        assert scope.model.record is not None
        place = self._maker.shapes.properties(scope.model.record)[member]
        self._place = self._maker.shapes.items(place) or place
        self._member = flat(singular(member))
        self._is_of_texts = self._maker.shapes.type(self._place) == "string"
        self._identity = identity
        words = (*LOGINS, *NAME_LIKE)
        members = [one for one in self._maker.shapes.properties(self._place) if flat(one) in words]
        called = sorted(members, key=lambda one: words.index(flat(one)))
        self._ways = [*([identity] if identity else []), *((one,) for one in called if (one,) != identity)]
        self.all: list[Json] = [*held] if isinstance(held, list) else []

    def find(self, key: str) -> int:
        """Which entry has that key. Raises Refusal(404)."""
        for index, one in enumerate(self.all):
            if key in self._keys(one):
                return index
        raise Refusal(404, f"No entry {quoted(key)} in the list.")

    def of(self, sent: Json) -> list[Json]:
        """What a body says of entries: one or many of them, be it in a member that is called like the list."""
        if isinstance(sent, dict) and len(sent) == 1:
            [(name, inner)] = sent.items()
            is_held = isinstance(inner, dict | list) or (self._is_of_texts and isinstance(inner, str))
            sent = inner if flat(singular(name)) == self._member and is_held else sent
        return sent if isinstance(sent, list) else [sent]

    def take_out(self, sent: Json) -> None:
        """All entries or, where the body says which, those."""
        gone = [] if sent is None else self.of(sent)
        keys = {key for one in gone for key in self._keys(one)}
        self.all = [one for one in self.all if gone and one not in gone and not keys & self._keys(one)]

    def put(self, key: str, sent: Json) -> Json:
        """The entry of that key with what was sent, added where it is not there: as the record of that key is."""
        if any(key in self._keys(one) for one in self.all):
            return self.change(self.find(key), sent)
        if self._is_of_texts:
            self.all.append(key)
            return key
        said = {**(self._named(self._member, key) or {}), **(sent if isinstance(sent, dict) else {})}
        for steps in self._ways:
            place = self._maker.shapes.member(self._place, steps)
            for one in (key, int(key) if key.isdecimal() else key):
                if place is not None and self._maker.allows(place, one):
                    return self.add(with_value(said, steps, one))
        return self.add(said)

    def add(self, sent: Json) -> Json:
        """A new entry of what was sent, or the one that has its key with that; what nobody can say is made."""
        if is_key(sent):
            return self.put(str(sent), None)
        said = sent if isinstance(sent, dict) else {}
        if self._is_of_texts:
            return self.all[:]  # nothing that was sent is one
        key = value_at(said, self._identity) if self._identity else None
        if is_key(key) and any(str(key) in self._keys(one) for one in self.all):
            return self.change(self.find(str(key)), said)
        draw = self._draw()
        made = self._maker.make(self._place, draw)
        base = {**(made if isinstance(made, dict) else {}), **self._of_named(said)}
        value, _ = overlaid(self._call, self._scope, base, said, draw, record=self._place)
        if self._identity and not is_key(key):
            value = with_value(value, self._identity, self._new_key(draw))
        self.all.append(fit(self._maker, self._place, value, draw))
        return self.all[-1]

    def change(self, index: int, sent: Json, *, whole: bool = False) -> Json:
        """The entry with what was sent, or as that says alone but for its key."""
        if self._is_of_texts:
            return self.all[index]
        held, said = self.all[index], sent if isinstance(sent, dict) else {}
        draw = self._draw()
        base: dict[str, Any] = held if isinstance(held, dict) else {}
        if whole:
            base = {name: one for name, one in base.items() if name not in self._sendable() or name in said}
        value, _ = overlaid(self._call, self._scope, base, said, draw, record=self._place)
        if self._identity:
            value = with_value(value, self._identity, value_at(held, self._identity))
        self.all[index] = fit(self._maker, self._place, value, draw)
        return self.all[index]

    def _keys(self, entry: Json) -> set[str]:
        """By what an entry is found: its key or, where it has none itself, that of what it is about."""
        if not isinstance(entry, dict):
            return {str(entry)}
        if self._ways:
            return {str(key) for steps in self._ways if is_key(key := value_at(entry, steps))}
        return {str(one["id"]) for one in entry.values() if isinstance(one, dict) and "id" in one}

    def _sendable(self) -> set[str]:
        plan = self._call.operation.plan
        return {name for node in (plan.bodies.values() if plan else ()) for name in self._maker.shapes.properties(node)}

    def _draw(self) -> Draw:
        tenant, name = self._scope.tenant, self._scope.resource.name
        return draw_for(self._call, "entry", name, tenant.ordinal(name, "entries"))

    def _new_key(self, draw: Draw) -> Json:
        """A number more than any, else a value of the member's schema that no entry has."""
        place = self._maker.shapes.member(self._place, self._identity)
        taken = [value_at(one, self._identity) for one in self.all]
        if place is None or self._maker.shapes.type(place) in ("integer", "number"):
            return max((one for one in taken if isinstance(one, int)), default=0) + 1
        varied = Draw(draw.random, draw.now, full=True, varies=True)
        drawn = (self._maker.make(place, varied) for _ in range(KEYS_TRIED))
        return next((one for one in drawn if one not in taken), None)

    def _of_named(self, said: Mapping[str, Json]) -> dict[str, Json]:
        """What the record that an entry names by its key (``productId``) has of the entry's members."""
        members = self._maker.shapes.properties(self._place)
        for name, key in said.items():
            thing = flat(name).removesuffix("id")
            if not is_key(key) or thing in ("", flat(name)) or (record := self._named(thing, str(key))) is None:
                continue
            return repeated_fields(self._call, self._place, record, members)
        return {}

    def _named(self, thing: str, key: str) -> dict[str, Any] | None:
        for resource in self._call.tools.contract.resources.values():
            if resource.model is None or resource.is_single or model_of(resource).parents:
                continue
            if flat(singular(resource.name.rpartition(".")[2])) == thing:
                found = Scope(self._call, self._scope.tenant, resource, ()).find(key)
                data = found.data() if found else None
                return data if isinstance(data, dict) else None
        return None
