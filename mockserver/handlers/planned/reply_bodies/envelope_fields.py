"""Fields of a reply beside the record's own: its key by another name, the outcome, what only a create answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.contract.document import Node
from mockserver.contract.kinds import Kind
from mockserver.contract.plan import Model
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.reply_bodies.acknowledgements import acknowledged
from mockserver.handlers.planned.stored_records.record_building import draw_for
from mockserver.inference.vocabulary.words import KEYS, OUTCOMES, is_paging
from mockserver.messages import Json
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, thing_of

_FAULTY = re.compile(r"err|warn|fail|fault|reason|problem", re.IGNORECASE)
_PLAIN = ("string", "integer", "number", "boolean")


def with_envelope_fields(call: Call, place: Node | None, record: Json, key: Json = None) -> Json:
    """``record`` with what the reply at ``place`` has beside its members; ``key``: where no member of it is its key."""
    model = call.resource.model
    if not isinstance(record, dict) or place is None or model is None:
        return record
    others = _others(call, place, model)
    if not others:
        return record
    found = value_at(record, model.key) if model.key else None
    key = key if found is None else found
    if key is None and not model.key and (name := plan_of(call).key) is not None:
        key = call.input.values.get(name)
    named = dict(_keys(call, others, model, key))
    outcome = {name: one for name, one in acknowledged(plan_of(call)).items() if name in others}
    fresh = dict(_fresh(call, others, key)) if call.operation.kind is Kind.CREATE else {}
    hidden = named and len(model.key) == 1 and model.key[0] not in call.tools.maker.shapes.properties(place)
    return {
        **{name: one for name, one in record.items() if not hidden or name != model.key[0]},
        **{name: one for name, one in {**fresh, **outcome, **named}.items() if name not in record},
    }


def _others(call: Call, place: Node, model: Model) -> Mapping[str, Node]:
    """The members at ``place`` that records have not. PERF: worked out once."""
    remembered = plan_of(call).remembered
    if (known := remembered.get("others")) is None:
        shapes = call.tools.maker.shapes
        own = shapes.properties(model.record) if model.record is not None else {}
        shown = shapes.properties(place) if own else {}
        known = remembered["others"] = {name: one for name, one in shown.items() if name not in own}
    return known


def _keys(call: Call, others: Mapping[str, Node], model: Model, key: Json) -> Iterator[tuple[str, Json]]:
    """Where the reply has the key by the name of the resource, ``session_id``, or by that of the path's parameter.

    An object that has nothing but a key, ``data: {id}``, has that.
    """
    allows, properties = call.tools.maker.allows, call.tools.maker.shapes.properties
    thing = thing_of(call.resource.name)
    of_path = flat(model.path.rpartition("{")[2].partition("}")[0])
    names = {of_path, *(thing + one for one in (*map(flat, model.key[-1:]), "id"))} - {""}
    names |= {*KEYS} if not model.key else set()
    for name, node in others.items():
        members = [*properties(node)] if key is not None and not model.key else []
        if flat(name) in names:
            yield from ((name, one) for one in (key, str(key)) if allows(node, one))
        elif len(members) == 1 and flat(members[0]) in names:
            yield from ((name, {members[0]: one}) for one in (key, str(key)) if allows(node, {members[0]: one}))


def _fresh(call: Call, others: Mapping[str, Node], key: Json) -> Iterator[tuple[str, Json]]:
    """What a create alone answers: what was sent, a token, a link to pay by."""
    maker, sent = call.tools.maker, call.input.body if isinstance(call.input.body, dict) else {}
    for name, node in others.items():
        if name in sent and maker.allows(node, sent[name]):
            yield name, sent[name]
            continue
        if flat(name) in OUTCOMES or is_paging(name) or _FAULTY.search(name) or maker.shapes.type(node) not in _PLAIN:
            continue
        made = maker.member(node, draw_for(call, "told", call.resource.name, str(key)), name)
        if maker.allows(node, made):
            yield name, made
