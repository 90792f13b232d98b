"""Records put into the world of a document without annotations: made whole by the schema that inference found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract import Resource
from mockserver.contract.plan import Model, Steps
from mockserver.contract.samples.fitting import fit_keeping
from mockserver.contract.samples.scalars import Draw
from mockserver.errors import Problem, SetupError
from mockserver.handlers.call import Tools
from mockserver.handlers.planned.addressing.new_keys import new_key
from mockserver.handlers.planned.addressing.places import keys_of, model_of, record_id
from mockserver.messages import Json
from mockserver.store import Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import shown


def whole_record(
    tools: Tools, tenant: Tenant, resource: Resource, identity: str, given: Mapping[str, Json]
) -> dict[str, Any]:
    """What is to be kept as ``identity``: ``given``, its keys, and what the schema requires beside them.

    Raises SetupError listing what breaks the schema, and members that contradict the id.
    """
    model, keys = model_of(resource), keys_of(identity)
    problems = [] if resource.is_single else [*_misplaced(model, keys, given)]
    if problems:
        raise SetupError(problems)
    maker, draw = tools.maker, _draw(tools, tenant, resource, identity)
    assert maker is not None
    record = dict(given)
    if not resource.is_single:
        for steps, key in _stated(model, keys):
            if value_at(record, steps) is None:
                record = with_value(record, steps, _typed(tools, model, steps, key))
    if model.record is not None:
        made = maker.make(model.record, draw)
        whole = {**made, **record} if isinstance(made, dict) else record
        record = fit_keeping(maker, model.record, whole, record, draw)
    if broken := resource.violations(record):
        raise SetupError([Problem(resource.name, one.pointer, one.message, remedied(one.keyword)) for one in broken])
    return record


def new_identity(tools: Tools, tenant: Tenant, resource: Resource, given: Mapping[str, Json]) -> str:
    """The id of a new record: of the key that it states, else of one that nobody has, and of its parents'.

    Raises SetupError where it does not state whose it is.
    """
    model = model_of(resource)
    if resource.is_single:
        return next(iter(one.id for one in tenant[resource.name].scan()), tenant.name)
    above = []
    for parent in model.parents:
        key = value_at(given, parent.field) if parent.field else None
        if key is None:
            name = ".".join(parent.field) or parent.parameter
            remedy = f"give {name}" if parent.field else "create it with a request to the API"
            raise SetupError(
                [Problem(resource.name, pointer_to(*parent.field), f"the {name} it belongs to is missing", remedy)]
            )
        above.append(str(key))
    key, ordinal = value_at(given, model.key) if model.key else None, tenant.ordinal(resource.name)
    while key is None:
        drawn = new_key(tools.maker, model, ordinal, _draw(tools, tenant, resource, str(ordinal)))
        key = drawn if record_id(tuple(above), str(drawn)) not in tenant[resource.name] else None
        ordinal += 1
    return record_id(tuple(above), str(key))


def remedied(keyword: str) -> str:
    """What to do about a member that breaks a keyword of its schema."""
    return "add it" if keyword == "required" else f"correct it ({keyword})"


def _misplaced(model: Model, keys: tuple[str, ...], given: Mapping[str, Json]) -> Iterator[Problem]:
    """Members that state another key than the id does; an id without the parents' keys."""
    if len(keys) != len(model.parents) + 1:
        path = "/".join([*(f"{{{one.parameter}}}" for one in model.parents), "{id}"])
        yield Problem("record", "", f"an id here has the form {path}", "put the keys of its parents in front of it")
        return
    for steps, key in _stated(model, keys):
        found = value_at(given, steps)
        if found is not None and str(found) != key:
            yield Problem(
                "record", pointer_to(*steps), f"is {shown(found, 80)}, but the id says {shown(key, 80)}", "leave it out"
            )


def _stated(model: Model, keys: tuple[str, ...]) -> Iterator[tuple[Steps, str]]:
    """The members that repeat the keys of an id, each with its key."""
    places = [*(one.field for one in model.parents), model.key]
    yield from ((steps, key) for steps, key in zip(places, keys, strict=True) if steps)


def _typed(tools: Tools, model: Model, steps: Steps, key: str) -> Json:
    """A key as its member's schema wants it: keys are texts in paths, and may be numbers in records."""
    maker = tools.maker
    place = maker.shapes.member(model.record, steps) if maker and model.record is not None else None
    is_number = place is not None and maker is not None and maker.shapes.type(place) in ("integer", "number")
    return int(key) if is_number and key.isascii() and key.isdigit() and len(key) < 16 else key


def _draw(tools: Tools, tenant: Tenant, resource: Resource, what: str) -> Draw:
    return Draw.of(tools.ids.draw("planted", tenant.name, resource.name, what), tools.clock.now())
