"""A record from what a client sent: what only the server can know is made, what does not fit is left out (A3, A4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import Model
from mockserver.contract.plan_values import NOW
from mockserver.contract.samples.fitting import coerced, fit
from mockserver.contract.samples.scalars import Draw
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import by_caller, is_kept_apart
from mockserver.handlers.planned.addressing.addresses import addressed, brought_here
from mockserver.handlers.planned.addressing.new_keys import identified
from mockserver.handlers.planned.addressing.places import keys_of, plan_of, taking
from mockserver.handlers.planned.addressing.repeated_keys import marked, repeated
from mockserver.handlers.planned.addressing.sendable import by_default, sendable_members
from mockserver.handlers.planned.derived_members.beginnings import as_begun
from mockserver.handlers.planned.derived_members.deriving import Deriving, anything_follows
from mockserver.handlers.planned.derived_members.stamps import beside_key, moment_as, stamped
from mockserver.handlers.planned.derived_members.state_members import StateMembers
from mockserver.handlers.planned.initial_data.initial_states import initial_states, without_what_nobody_said
from mockserver.handlers.planned.stored_records.attribute_states import with_attributes
from mockserver.handlers.planned.stored_records.embedding import completed, named_copies, usual
from mockserver.handlers.planned.stored_records.listed_copies import with_listed_copies
from mockserver.handlers.planned.stored_records.listed_within import listed_within
from mockserver.handlers.planned.stored_records.merging import by_entry, merged
from mockserver.handlers.planned.stored_records.positions import placed_last
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.handlers.planned.stored_records.server_made import worked_out
from mockserver.inference.vocabulary.words import RENAMES
from mockserver.messages import Headers, Json
from mockserver.store import Record
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular


def draw_for(call: Call, *parts: object, full: bool = False) -> Draw:
    """Chance that depends on the world's seed and ``parts`` alone."""
    return Draw.of(call.tools.ids.draw(*parts), call.tools.clock.now(), full=full)


def composed(call: Call, scope: Scope, key: Json, sent: Json) -> tuple[Json, Headers]:
    """The new record of that key, and what of ``sent`` was passed over."""
    model, maker = scope.model, call.tools.maker
    if model.record is not None and not isinstance(sent, dict) and maker.shapes.type(model.record) == "object":
        sent = {}  # the content of a file is no member of the record about it
    if model.record is None or not isinstance(sent, dict):
        return (sent if sent is not None else {}), ()
    draw = draw_for(call, "made", scope.resource.name, *(scope.keys or ()), key)
    made = without_what_nobody_said(call, model, maker.member(model.record, draw, ""))
    made = identified(maker, model, brought_here(call, model.record, made), draw)
    usually = {name: one for name, one in by_default(call, model.record).items() if one is not None}
    always = {**model.always, **_begins(call, model.record)}
    begun = {**initial_states(call, model), **(made if isinstance(made, dict) else {}), **usually, **always}
    begun |= worked_out(call, model.record, draw)
    base = by_caller(call, scope.tenant, usual(call, scope, begun, sent), sent)
    sayable = _sayable(call, model, sent)
    value, ignored = overlaid(call, scope, base, sayable, draw)
    value = with_listed_copies(call, scope, named_copies(call, scope, value, sayable), sayable)
    value = placed_last(call, scope, following(call, scope, as_begun(call, model.record, value), sayable), sent)
    value = with_attributes(call, model.record, stamped(call, model.record, value, is_new=True, sent=sent), sent)
    value = addressed(call, model, value, sent, (*(scope.keys or ()), str(key)))
    value = repeated(call, model, marked(call, model, value, scope.keys or (), key), scope.having)
    value = beside_key(call, model, value, None)
    return settled(call, scope, value, draw), _ignored_headers(call, ignored)


def _begins(call: Call, record: Node) -> dict[str, Json]:
    """What is so of a record from the first that this operation makes."""
    maker, members = call.tools.maker, call.tools.maker.shapes.properties(record)
    said = {name: one for name, one in plan_of(call).words.get("begins", {}).items() if name in members}
    now = call.tools.clock.now()
    return {name: moment_as(maker, members[name], now, name) if one == NOW else one for name, one in said.items()}


def following(
    call: Call, scope: Scope, value: dict[str, Any], said: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``value`` with what follows from its members, but for what clients say (``said``) or could have said.

    ``before`` is what it was; None for a new one.
    """
    model, maker, now = scope.model, call.tools.maker, call.tools.clock.now()
    assert model.record is not None
    states, known = StateMembers(maker, model.record), plan_of(call).remembered.setdefault("follows", {})
    if (follows := known.get(scope.resource.name)) is None:  # PERF: worked out once
        follows = known[scope.resource.name] = anything_follows(maker.shapes, model.record)
    if not follows and not states:
        return value
    kept = {*said, *_others(call, model, value, is_new=before is None)}
    return Deriving(maker, now).whole(
        model.record, states.after(value, kept, before, now), said=said, kept=kept, before=before
    )


def _others(call: Call, model: Model, value: Mapping[str, Any], *, is_new: bool) -> Iterator[str]:
    """What of a record does not follow though it was not said: its keys, and what clients could have said."""
    says = call.tools.maker.shapes.says
    sendable = (name for name, one in sendable_members(call).items() if says(one, "readOnly") is not True)
    yield from (name for name in sendable if not is_new or name not in value)
    yield from model.key[:1]
    if not is_new:  # an address stays as it was
        yield from (steps[0] for steps in model.other_keys if steps)
        yield from (name for name in value if flat(name) == "slug")


def changed(call: Call, scope: Scope, record: Record, sent: Json, *, whole: bool) -> tuple[Json, Headers]:
    """``record`` after a merge of ``sent`` (RFC 7396) or, ``whole``, after a replacement by it."""
    previous: Any = record.data()
    if isinstance(previous, dict) and not isinstance(sent, dict):
        return previous, ()  # the content of a file is no member of the record about it
    if scope.model.record is None or not isinstance(sent, dict) or not isinstance(previous, dict):
        return (previous if sent is None or (sent == {} and not whole) else sent), ()
    draw = draw_for(call, "changed", scope.resource.name, record.id)
    base = {**_kept(call, scope.model.record, previous), **by_default(call, scope.model.record)} if whole else previous
    sayable = _sayable(call, scope.model, sent)
    after = _after(call, scope.model.record, previous, sayable) if not whole else sayable
    value, ignored = overlaid(call, scope, base, after, draw)
    if not whole:
        value = _without(call, scope.model.record, value, sent)
    value = with_listed_copies(call, scope, named_copies(call, scope, value, sayable, previous), sayable)
    value = stamped(call, scope.model.record, following(call, scope, value, sayable, previous), is_new=False)
    value = with_attributes(call, scope.model.record, value, sent, previous)
    *parents, key = keys_of(record.id)
    if scope.model.key:
        value = marked(call, scope.model, value, tuple(parents), _typed_key(previous, scope, key))
        said = value_at(sent, scope.model.key)
        name = "/".join(scope.model.key)
        if said is not None and str(said) != str(value_at(value, scope.model.key)) and name not in ignored:
            ignored.append(name)  # it stays where its path says
    value = beside_key(call, scope.model, repeated(call, scope.model, value, scope.having), previous)
    return settled(call, scope, value, draw), _ignored_headers(call, ignored)


def overlaid(
    call: Call, scope: Scope, base: dict[str, Any], sent: Mapping[str, Any], draw: Draw, *, record: Node | None = None
) -> tuple[dict[str, Any], list[str]]:
    """``base`` with each member of ``sent`` that the record has and that fits; and the names of the others.

    ``record`` is the schema of what ``base`` is, where that is not a record of the scope but a part of one.
    """
    maker, is_part, record = call.tools.maker, record is not None, record or scope.model.record
    assert record is not None
    members = maker.shapes.properties(record)
    value, ignored, spelled = dict(base), list[str](), {flat(name): name for name in members}
    for name, one in sent.items():
        target = name if not members else _target(members, spelled, name)
        if target is not None:
            meant = completed(call, scope, target, members[target], one) if members and not is_part else one
            place = taking(maker, record, target, meant) if members else record
            try:
                value[target] = _placed(call, scope, place, target, meant, draw=draw) if members else one
            except LookupError:
                ignored.append(name)
        elif holder := _holder(call, record, name):
            inner = value.get(holder)
            value[holder] = {**(inner if isinstance(inner, dict) else {}), name: one}
        else:
            ignored.append(name)
    return value, ignored


def _sayable(call: Call, model: Model, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a client may say of a record: its key, and all that is not the server's alone.

    What the request's body declares for itself, and does not call ``readOnly``, is for clients to say, whatever
    the record's schema calls it: it may be said once.
    """
    shapes, sendable = call.tools.maker.shapes, sendable_members(call)
    members = shapes.properties(model.record) if model.record is not None else {}

    def is_told(name: str) -> bool:
        own = sendable.get(name)
        return own is not None and own.pointer != members[name].pointer and shapes.says(own, "readOnly") is not True

    return {
        name: one
        for name, one in sent.items()
        if (name,) == model.key or name not in members or not shapes.is_servers(members[name]) or is_told(name)
    }


def _target(members: Mapping[str, Any], spelled: Mapping[str, str], name: str) -> str | None:
    """The member that is meant: of that name, of that name in another spelling, ``x`` for ``x_id`` or ``new_x``."""
    if name in members:
        return name
    word = flat(name)
    if begun := RENAMES.match(name):
        word = word if word in spelled else flat(name[begun.end() :])
    if word.endswith("ids"):  # ``label_ids`` are of ``labels``
        return spelled.get(word) or next((one for low, one in spelled.items() if singular(low) == word[:-3]), None)
    for ending in ("id", "attributes"):  # ``line_items_attributes`` are what ``line_items`` become
        if word.endswith(ending):
            return spelled.get(word) or spelled.get(word.removesuffix(ending))
    return spelled.get(word)


def settled(call: Call, scope: Scope, value: Json, draw: Draw) -> Json:
    """``value`` as its schema takes it, its members in the order in which the schema names them."""
    maker, record = call.tools.maker, scope.model.record
    assert record is not None
    fitted, members = fit(maker, record, value, draw), maker.shapes.properties(record)
    is_object = isinstance(fitted, dict)
    return {**{name: fitted[name] for name in members if name in fitted}, **fitted} if is_object else fitted


def _placed(call: Call, scope: Scope, place: Node, name: str, one: Json, *, draw: Draw) -> Json:
    """A member as the record keeps it; a key where the record has an object is the object of that key (A4)."""
    maker = call.tools.maker
    if maker.allows(place, one):
        return one
    if isinstance(one, str | int) and not isinstance(one, bool) and maker.shapes.type(place) == "object":
        return _object_of(call, scope, place, name, one, draw=draw)
    if isinstance(one, list) and (items := maker.shapes.items(place)) and maker.shapes.type(items) == "object":
        flat_keys = [item for item in one if isinstance(item, str | int) and not isinstance(item, bool)]
        if flat_keys and len(flat_keys) == len(one):
            return [_object_of(call, scope, items, name, item, draw=draw) for item in flat_keys]

    def entry(items: Node, item: Json) -> Json:
        made = maker.make(items, draw)
        is_part = isinstance(item, dict) and isinstance(made, dict)
        return overlaid(call, scope, made, item, draw, record=items)[0] if is_part else item

    if (within := listed_within(maker, place, one, draw, entry)) is not None:
        return within
    return coerced(maker, place, one, draw)


def _object_of(call: Call, scope: Scope, place: Node, name: str, key: str | int, *, draw: Draw) -> Json:
    meant = scope.model.foreign.get(name)
    for resource in call.tools.contract.resources.values():
        model = resource.model
        if model is None or model.parents or resource.is_single or not model.record:
            continue
        if resource.name == meant or (meant is None and flat(singular(resource.name)) == flat(singular(name))):
            found = Scope(call, scope.tenant, resource, ()).find(str(key))
            if found is not None:
                return fit(call.tools.maker, place, found.data(), draw)
    made = call.tools.maker.make(place, draw)
    for member in ("id", "gid", "uuid", "key", "name", "value"):
        if isinstance(made, dict) and member in call.tools.maker.shapes.properties(place):
            tried = {**made, member: key}
            if call.tools.maker.allows(place, tried):
                return tried
    return made


def _holder(call: Call, record: Node, name: str) -> str | None:
    """JSON:API and the like: what is sent bare stands within ``attributes``."""
    members = call.tools.maker.shapes.properties(record)
    for holder in ("attributes", "data"):
        if holder in members and name in call.tools.maker.shapes.properties(members[holder]):
            return holder
    return None


def _kept(call: Call, record: Node, previous: dict[str, Any]) -> dict[str, Any]:
    """Of the record before a replacement, what stays: what only the server sets, and what it may not be without."""
    maker, sendable = call.tools.maker, sendable_members(call)
    required, members = maker.shapes.shape(record).required, maker.shapes.properties(record)
    return {
        name: value
        for name, value in previous.items()
        if name in required
        or (sendable and name not in sendable)
        or (name in members and maker.shapes.says(members[name], "readOnly") is True)
    }


def _after(call: Call, record: Node, previous: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Json]:
    """Each member of ``sent`` merged into what it was."""
    shapes = call.tools.maker.shapes
    ways = shapes if by_entry(call.input.headers.get("content-type", "")) else None
    members = shapes.properties(record)
    return {name: merged(previous.get(name), one, ways, members.get(name)) for name, one in sent.items()}


def _without(call: Call, record: Node, value: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """A member sent as null is gone, unless the record may hold null there."""
    members = call.tools.maker.shapes.properties(record)
    gone = {
        name for name, one in sent.items()
        if one is None and not (name in members and call.tools.maker.allows(members[name], None))
    }  # fmt: skip
    return {name: one for name, one in value.items() if name not in gone}


def _typed_key(previous: Any, scope: Scope, key: str) -> Json:
    found = value_at(previous, scope.model.key)
    return key if found is None else found


def _ignored_headers(call: Call, ignored: list[str]) -> Headers:
    ignored = [name for name in ignored if name not in call.input.files and not is_kept_apart(call, name)]
    return (("Ignored", ", ".join(f"body/{name}" for name in ignored)),) if ignored else ()
