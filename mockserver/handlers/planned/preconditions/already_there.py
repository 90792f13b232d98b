"""What can be below a record once only, as the declared refusal says: ``The student is already enrolled``."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.errors import Refusal, Violation
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.criteria import condition, meets
from mockserver.handlers.planned.addressing.places import is_key, plan_of
from mockserver.handlers.planned.preconditions.conflicts import CONFLICT
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.conflict_words import unique_members
from mockserver.messages import Json
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, words_of
from mockserver.values.shown import quoted
from mockserver.values.verb_stems import stem_of


def require_none_so(call: Call, scope: Scope) -> None:
    """Raises Refusal(409): a record is what a new one would be from the first: ``A timer is already running``."""
    said, begins = plan_of(call).replies.get(CONFLICT), plan_of(call).words.get("begins") or {}
    words = words_of(said.description) if said is not None and begins else []
    stems = {stem_of(word) for word in words} if "already" in words else set()
    for name in (name for name, one in begins.items() if one is True and stem_of(name) in stems):
        if any(value_at(one.data(), (name,)) is True for one in scope.all(condition({name: True}))):
            raise Refusal(409, f"A record of {scope.resource.name} is {name} already.")


def require_single(call: Call, scope: Scope, body: Json) -> None:
    """Raises Refusal(409): what the body names by its key is below the same record already."""
    if not isinstance(body, dict) or CONFLICT not in plan_of(call).replies or not scope.model.parents:
        return
    for name, place in _named_once(call, scope).items():
        key = body.get(name)
        likely = scope.all(condition({place: key})) if is_key(key) else ()
        if any(meets(value_at(one.data(), (place,)), key) for one in likely):
            message = f"{quoted(str(key))} is there already"
            raise Refusal(409, f"{message}.", violations=[Violation("body", f"/{name}", "unique", message)])


def _named_once(call: Call, scope: Scope) -> Mapping[str, str]:
    """The members of a body with keys that the refusal speaks of, and what the record calls each. PERF: told once.

    None where the body says a time, for which the same may be there again.
    """
    plan, shapes, record = plan_of(call), call.tools.maker.shapes, scope.model.record
    if (known := plan.remembered.get("single")) is not None:
        return dict(known)
    sent = {name: node for one in plan.bodies.values() for name, node in shapes.properties(one).items()}
    is_timed = any(shapes.says(one, "format") in ("date", "date-time") for one in sent.values())
    things = {} if is_timed else {"_".join(words_of(name)[:-1]): name for name in sent if words_of(name)[-1:] == ["id"]}
    parent = (scope.model.parents[-1].resource or "").rpartition(".")[2]
    spoken_of = unique_members(plan.replies[CONFLICT].description, {one: "" for one in things if one}, parent)
    held = {flat(name): name for name in shapes.properties(record)} if record is not None else {}
    found = {things[one]: held.get(flat(things[one])) or held.get(flat(one)) for one in spoken_of}
    plan.remembered["single"] = places = {name: place for name, place in found.items() if place}
    return places
