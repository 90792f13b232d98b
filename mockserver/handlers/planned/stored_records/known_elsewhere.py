"""A new record that another path shows by its parents: it is found there at once, and its address says so."""

from __future__ import annotations

from typing import Any

from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.addresses import address_of, addressed
from mockserver.handlers.planned.addressing.places import key_of, keys_of, model_of
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json
from mockserver.store import Record
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat

_WHOLE_NAMES = frozenset({"fullname", "pathwithnamespace", "namewithowner", "fullpath"})
"""Members that say the parents' names and the record's own with slashes between."""


def known_elsewhere(call: Call, scope: Scope, record: Record, sent: Json) -> tuple[Record, str]:
    """The record with its address on the path that shows it, and that address; empty where no other path does."""
    for home in call.tools.contract.resources.values():
        if home.model is None or scope.resource.name not in home.model.made_elsewhere:
            continue
        there = Scope(call, scope.tenant, home, ()).took_in(record)
        here, names = Scope(call, scope.tenant, home, keys_of(there.id)[:-1]), _names(call, there, home)
        value, said = record.data(), sent if isinstance(sent, dict) else {}
        if isinstance(value, dict):
            value = addressed(call, home.model, _called(call, scope, value, said, names), said, names)
            if scope.model.key == home.model.key != ():
                value = with_value(value, scope.model.key, value_at(there.data(), home.model.key))
            own = {name: one for name, one in value.items() if name in there.data() and isinstance(one, str)}
            door.remove(scope.tenant, scope.resource, record.id)
            record = scope.put(key_of(there.id), value)
            here.replace(there, {**there.data(), **own})
        return record, address_of(call, home.model, names)
    return record, ""


def _names(call: Call, there: Record, home: Any) -> tuple[str, ...]:
    """What its path names it and its parents by: its name rather than a number, where the path takes a text."""
    model, shapes = model_of(home), call.tools.maker.shapes
    *above, own = keys_of(there.id)
    takes_text = model.parameter is not None and shapes.type(model.parameter) == "string"
    named = [value_at(there.data(), steps) for steps in model.other_keys] if takes_text and own.isdigit() else []
    return (*above, next((one for one in named if isinstance(one, str) and one), own))


def _called(
    call: Call, scope: Scope, value: dict[str, Any], sent: dict[str, Any], names: tuple[str, ...]
) -> dict[str, Any]:
    record = scope.model.record
    members = call.tools.maker.shapes.properties(record) if record is not None else {}
    whole = {
        name: "/".join(names)
        for name, place in members.items()
        if flat(name) in _WHOLE_NAMES and name in value and name not in sent
        and call.tools.maker.allows(place, "/".join(names))
    }  # fmt: skip
    return {**value, **whole}
