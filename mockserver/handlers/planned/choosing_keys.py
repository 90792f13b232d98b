"""The key of a new record: what path, body or query say, what its title makes, or the next that is free."""

from __future__ import annotations

from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import is_name_of_account
from mockserver.handlers.planned.addressing.addresses import named_by
from mockserver.handlers.planned.addressing.new_keys import beginning_of, letters, new_key, slug_of
from mockserver.handlers.planned.addressing.places import is_key, model_of, plan_of, whole_key
from mockserver.handlers.planned.initial_data.initial_records import counted_by
from mockserver.handlers.planned.stored_records.record_building import draw_for
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular
from mockserver.values.shown import quoted

KEYS_TRIED = 1_000
"""How many keys are passed over because they are taken."""


def key_for(call: Call, scope: Scope, body: Json) -> tuple[Json, bool]:
    """The new record's key, and whether the client said it."""
    model, plan = model_of(scope.resource), plan_of(call)
    if plan.key is not None and plan.words.get("upsert"):
        return call.input.values[plan.key], False
    accounts = call.tools.contract.accounts
    is_login = accounts is not None and accounts.home == scope.resource.name and is_name_of_account(model.key)
    if (model.chosen or is_login) and isinstance(body, dict):
        said = value_at(body, model.key)
        if is_key(said):
            return said, True
    if asked := _asked(call):
        return asked, True
    said = (
        body.get(named_by(model))
        if not model.key and isinstance(body, dict) and _takes(call, named_by(model))
        else None
    )
    if is_key(said):
        return said, True
    return _spoken(call, scope, body) or next_key(call, scope), False


def _asked(call: Call) -> str | None:
    """The last word of a whole name, where the query tells it: ``?topicId=t``."""
    model = model_of(call.resource)
    thing = flat(singular(call.resource.name.rpartition(".")[2]))
    names = {f"{flat(singular(model.below))}id", "id"} if model.below else {f"{thing}id"}
    asked = (one.name for one in plan_of(call).parameters if one.location == "query" and flat(one.name) in names)
    return next((str(call.input.values[name]) for name in asked if call.input.values.get(name)), None)


def _spoken(call: Call, scope: Scope, body: Json) -> str | None:
    """The key that a new record's title or name says, where its key is a slug: with a number, if that is taken."""
    model, maker = scope.model, call.tools.maker
    place = maker.shapes.member(model.record, model.key) if model.record is not None and model.key else None
    if place is not None and (begun := beginning_of(scope.model, body)):
        drawn = (draw_for(call, "said", scope.resource.name, scope.tenant.ordinal("said", scope.resource.name))
                 for _ in range(KEYS_TRIED))  # fmt: skip
        names = (begun + letters(draw.random, 5) for draw in drawn)
        return next((one for one in names if not scope.holds(one) and maker.allows(place, one)), None)
    said = slug_of(body) if place is not None and model.key[-1].lower() == "slug" else ""
    if not said or place is None:
        return None
    likely = (f"{said}-{number}" if number else said for number in (0, *range(2, KEYS_TRIED)))
    return next((one for one in likely if not scope.holds(one) and maker.allows(place, one)), None)


def _takes(call: Call, name: str) -> bool:
    """Whether a body may have that member."""
    shapes = call.tools.maker.shapes
    return bool(name) and any(name in shapes.properties(node) for node in plan_of(call).bodies.values())


def next_key(call: Call, scope: Scope) -> Json:
    """The next key that is free."""
    names = counted_by(scope.resource, scope.keys or ())
    key: Json = None
    for _ in range(KEYS_TRIED):
        ordinal = scope.tenant.ordinal(*names)
        key = new_key(
            call.tools.maker, scope.model, ordinal, draw_for(call, "key", scope.tenant.name, *names, ordinal, full=True)
        )
        if not scope.holds(str(whole_key(scope.model, scope.keys or (), key))):
            return key
    raise Refusal(429, f"{scope.resource.name} has no free key left; the last one tried was {quoted(key)}.")
