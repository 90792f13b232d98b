"""Mutants that show only at a second look: behind the last record, at the last of many items, in what is typed oddly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from mockserver.contract import Kind
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.messages import Reply, say
from mockserver.store import Record, Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine
from mutants.wire import Environ, Wire

KEY = "exclusiveStartKey"
MOST = 100
"""How many of the records that were made are kept."""


def _asked(call: Call, name: str, value: Any) -> Call:
    """``call`` with another value of the parameter ``name``; None takes it away."""
    values = {one: known for one, known in call.input.values.items() if one != name}
    return replace(call, input=replace(call.input, values=values if value is None else {**values, name: value}))


def _begins_anew(planting: Planting) -> None:
    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        return original(_asked(call, KEY, None), tenant) if orjson.loads(reply.raw or b"[]") == [] else reply

    planting.handler(answer, Kind.LIST)


def _body_wins(planting: Planting) -> None:
    def search(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        own = (call.input.body or {}).get(KEY)
        return original(_asked(call, KEY, own) if own else call, tenant)

    planting.handler(search, Kind.SEARCH)


def _key_gives_all(planting: Planting) -> None:
    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        name = str(call.operation.projection)
        return original(_asked(call, name, None) if call.value(name) == call.resource.key else call, tenant)

    planting.handler(answer, Kind.READ)


def _keyless_done(planting: Planting) -> None:
    def delete(original: Callable[..., None], call: Call, tenant: Tenant, item: Any) -> None:
        if item.get("key"):
            original(call, tenant, item)

    planting.entry(engine("handlers.batch")._ITEMS, "delete", delete)


def _told_not_done(planting: Planting) -> None:
    def batch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        items = (call.input.body or {}).get("operations", [])
        if len(items) <= MOST // 2:
            return original(call, tenant)
        told = original(call, tenant.copy()).value
        original(replace(call, input=replace(call.input, body={"operations": items[: MOST // 2]})), tenant)
        return say(told)

    planting.handler(batch, Kind.BATCH)


def _needs_itself(planting: Planting) -> None:
    def remove(original: Callable[..., str], call: Call, tenant: Tenant, record_id: str) -> str:
        record = tenant[call.resource.name].get(record_id)
        if record and record_id in (value for name, value in record.data().items() if name != call.resource.key):
            raise Refusal(409, "Another record depends on it.")
        return original(call, tenant, record_id)

    planting.around(engine("handlers.records"), "remove", remove)


def _forgotten(planting: Planting) -> None:
    made: list[tuple[str, str, str]] = []

    def add(original: Callable[..., Record], call: Call, tenant: Tenant, sent: Any) -> Record:
        record = original(call, tenant, sent)
        made.append((tenant.name, call.resource.name, record.id))
        here = [one for one in made if one[:2] == made[-1][:2]]
        for one in here[:-MOST]:
            made.remove(one)
            tenant.delete(*one[1:])
        return record

    planting.around(engine("handlers.records"), "add", add)


def _errors(change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Plant:
    """Tell other errors where a create is refused."""

    def told(wire: Wire) -> None:
        value = wire.value
        wire.say({**value, "errors": change(value["errors"])})

    return lambda planting: planting.replies(told, Kind.CREATE, status=400)


def _outermost(errors: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**one, "path": "/".join(one["path"].split("/")[:2])} for one in errors]


def _one_media_type(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        if wire.environ.get("HTTP_ACCEPT", "application/json") != "application/json":
            wire.say({"message": "Not acceptable.", "errors": []}, 406)

    planting.replies(change)


def _slash_passed_over(planting: Planting) -> None:
    def change(environ: Environ) -> None:
        for name in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):
            if name in environ:
                environ[name] = environ[name].rstrip("/")

    planting.requests(change)


def _stored(change: Callable[[Any], Any]) -> Plant:
    """Keep each value of a record as ``change`` makes it."""

    def store(
        original: Callable[..., Record], call: Call, tenant: Tenant, record: dict[str, Any], previous: Any
    ) -> Record:
        return original(call, tenant, {name: change(value) for name, value in record.items()}, previous)

    return lambda planting: planting.around(engine("handlers.records"), "store", store)


def _straight(value: Any) -> Any:
    """With straight quotes in every text."""
    return (
        value.replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"') if isinstance(value, str) else value
    )


def _short(value: Any) -> Any:
    return value[:20] if isinstance(value, list) else value


def _empty_filled(planting: Planting) -> None:
    def store(
        original: Callable[..., Record], call: Call, tenant: Tenant, record: dict[str, Any], previous: Any
    ) -> Record:
        filled = call.tools.rules.filled.get(call.resource.name, {})
        sent = {name: value for name, value in record.items() if value != "" or name not in filled}
        return original(call, tenant, sent, previous)

    planting.around(engine("handlers.records"), "store", store)


MUTANTS = (
    *named(
        Area.LISTS,
        ("list-begins-anew", "behind its last record a list begins anew", _begins_anew),
        ("body-key-wins", "a key in a search's body wins over the one in its query", _body_wins),
        ("key-alone-gives-all", "asked for its id only, a record comes whole", _key_gives_all),
    ),
    *named(
        Area.BATCH,
        ("batch-without-id-done", "a delete without an id in a batch counts as done", _keyless_done),
        ("batch-told-not-done", "of a batch the first fifty items are carried out, all are answered", _told_not_done),
    ),
    *named(
        Area.LIFECYCLE,
        ("needs-itself", "a record that refers to itself cannot be deleted", _needs_itself),
        ("oldest-forgotten", "of the records that were made the hundred newest are kept", _forgotten),
        ("empty-filled", "an empty text is filled in as if it had not been sent", _empty_filled),
    ),
    *named(
        Area.SHAPE,
        ("one-error-told", "a refusal names the first error only", _errors(lambda errors: errors[:1])),
        ("inner-place-untold", "an error inside a field names the field only", _errors(_outermost)),
        ("one-media-type", "only who accepts nothing but JSON gets it", _one_media_type),
        ("slash-passed-over", "a path with a slash behind it is answered", _slash_passed_over),
    ),
    *named(
        Area.VALIDATION,
        ("quotes-straightened", "curly quotes are stored as straight ones", _stored(_straight)),
        ("long-lists-cut", "lists keep their first twenty items", _stored(_short)),
    ),
)
