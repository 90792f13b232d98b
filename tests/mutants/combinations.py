"""Mutants that show only in combination: a patch in a batch, a page of some fields, what a change made hold another."""

from __future__ import annotations

import re
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
from mutants.wire import Environ, Wire, put_body, read_body

KEY = "exclusiveStartKey"
MOST_STEPS = 80
Steps = list[dict[str, Any]]


def _kept(tenant: Tenant, call: Call, record: Record, **values: Any) -> Record:
    """``record`` with other ``values``, as it is then in the store."""
    data = {**record.data(), **values}
    return tenant.put(call.resource.name, record.id, data, orjson.dumps(data))


def _locked_updated(planting: Planting) -> None:
    def update(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record:
        found = tenant[call.resource.name].get(str(item.get("key")))
        if found is not None and found.data().get("sys_locked"):
            _kept(tenant, call, found, sys_locked=False)
        return original(call, tenant, item)

    planting.entry(engine("handlers.batch")._ITEMS, "update", update)


def _steps_left_out(*ops: str) -> Plant:
    """Pass over steps of these kinds where a batch patches."""

    def patch(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record:
        steps = item.get("patch")
        if isinstance(steps, list):
            item = {**item, "patch": [one for one in steps if one.get("op") not in ops] or steps}
        return original(call, tenant, item)

    return lambda planting: planting.entry(engine("handlers.batch")._ITEMS, "patch", patch)


def _holds_nothing(planting: Planting) -> None:
    made: set[str] = set()

    def create(original: Callable[..., Record], call: Call, tenant: Tenant, item: Any) -> Record:
        record = original(call, tenant, item)
        made.add(record.id)
        return record

    def dependants(original: Callable[..., list[Any]], *arguments: Any) -> list[Any]:
        return [one for one in original(*arguments) if not any(key in f"{one.message}{one.pointer}" for key in made)]

    planting.entry(engine("handlers.batch")._ITEMS, "create", create)
    planting.around(engine("handlers.records"), "dependants", dependants)


def _unchecked_later(planting: Planting) -> None:
    def dangling(original: Callable[..., Any], resource: Any, tenant: Tenant, record: Any, previous: Any) -> Any:
        is_old = bool(previous) and record.get("sys_version", 0) > 3
        return [] if is_old else original(resource, tenant, record, previous)

    planting.around(engine("handlers.storing"), "_dangling", dangling)


def _steps(change: Callable[[Steps], Steps]) -> Plant:
    """Carry out the steps of a patch as ``change`` makes them."""

    def revise(original: Callable[..., Any], call: Call, tenant: Tenant, key: str, steps: Steps) -> Any:
        return original(call, tenant, key, change(steps))

    return lambda planting: planting.around(engine("handlers.records"), "revise", revise)


def _few(steps: Steps) -> Steps:
    if len(steps) > MOST_STEPS:
        raise Refusal(400, "The patch is too long.")
    return steps


def _applied(change: Callable[[Any, dict[str, Any]], dict[str, Any] | None]) -> Plant:
    """Apply another step than was sent; none where ``change`` gives none."""

    def apply(original: Callable[..., Any], document: Any, step: dict[str, Any]) -> Any:
        changed = change(document, step)
        return document if changed is None else original(document, changed)

    return lambda planting: planting.around(engine("handlers.patching"), "_apply", apply)


def _from_the_end(document: Any, step: dict[str, Any]) -> dict[str, Any]:
    found = re.fullmatch(r"/(\w+)/-(\d)", step["path"])
    items = document.get(found[1]) if found else None
    if found is None or not isinstance(items, list):
        return step
    return {**step, "path": f"/{found[1]}/{len(items) - int(found[2])}"}


def _into_itself(_: Any, step: dict[str, Any]) -> dict[str, Any] | None:
    return None if step["op"] == "move" and step["path"].startswith(f"{step['from']}/") else step


def _uncounted(planting: Planting) -> None:
    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        if not call.value(call.operation.projection):
            return reply
        page = reply.value if reply.has_value else orjson.loads(reply.raw or b"null")
        return say({**page, "Count": 0})

    planting.handler(answer, Kind.LOOKUP)


def _whole_by_body_key(planting: Planting) -> None:
    def search(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        if (call.input.body or {}).get(KEY):
            values = {name: one for name, one in call.input.values.items() if name != call.operation.projection}
            call = replace(call, input=replace(call.input, values=values))
        return original(call, tenant)

    planting.handler(search, Kind.SEARCH)


def _known_keys_only(planting: Planting) -> None:
    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        key = call.value(KEY)
        if isinstance(key, str) and tenant[call.resource.name].get(key) is None:
            raise Refusal(400, "No record has this key.")
        return original(call, tenant)

    planting.handler(answer, Kind.LIST)


def _whole_seconds(planting: Planting) -> None:
    def search(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        text = orjson.dumps(call.input.body or {}).decode()
        body = orjson.loads(re.sub(r"(:\d\d)\.\d+(?=Z|[+-])", r"\1", text))
        return original(replace(call, input=replace(call.input, body=body)), tenant)

    planting.handler(search, Kind.SEARCH)


def _first_told(wire: Wire) -> None:
    value = wire.value
    wire.say({**value, "errors": value["errors"][:1]})


def _by_nobody(planting: Planting) -> None:
    def notice(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        record = tenant[call.resource.name].get(call.record_id)
        if record is not None:
            _kept(tenant, call, record, sys_last_modified_by_id="system")
        return reply

    planting.handler(notice, Kind.NOTICE)


def _good_start(planting: Planting) -> None:
    good: set[str] = set()

    def remember(wire: Wire) -> None:
        good.add(str(wire.environ.get("HTTP_AUTHORIZATION", "")))

    def change(environ: Environ) -> None:
        sent = str(environ.get("HTTP_AUTHORIZATION", ""))
        environ["HTTP_AUTHORIZATION"] = next((one for one in good if one and sent.startswith(one)), sent)

    planting.replies(remember, Kind.CREATE, Kind.READ, Kind.LIST)
    planting.requests(change)


def _letters_lost(planting: Planting) -> None:
    def change(environ: Environ) -> None:
        body = read_body(environ)
        if environ["REQUEST_METHOD"] == "PUT" and not body.isascii():
            put_body(environ, body.decode(errors="replace").encode("ascii", "replace"))

    planting.requests(change)


MUTANTS = (
    *named(
        Area.BATCH,
        ("batch-updates-locked", "an update in a batch replaces a locked record", _locked_updated),
        ("batch-moves-nothing", "move and copy do nothing in a batch's patch", _steps_left_out("move", "copy")),
        ("batch-made-hold-nothing", "what a record made by a batch refers to can be deleted", _holds_nothing),
    ),
    *named(
        Area.CHANGES,
        ("old-records-dangle", "from its third change on a record may refer to what is not there", _unchecked_later),
        ("patch-of-eighty", "a patch of more than eighty steps is refused", _steps(_few)),
        ("index-from-the-end", "a negative index in a patch counts from the end", _applied(_from_the_end)),
        ("moved-into-itself", "a list can be moved into itself", _applied(_into_itself)),
    ),
    *named(
        Area.LISTS,
        ("some-fields-uncounted", "a look-up for some fields counts no records", _uncounted),
        ("body-key-gives-all", "a search with a key in its body gives whole records", _whole_by_body_key),
        ("known-keys-only", "a list goes on behind the keys of its records only", _known_keys_only),
        ("range-of-whole-seconds", "fractions of seconds are ignored in ranges", _whole_seconds),
    ),
    *named(
        Area.SHAPE,
        (
            "one-dangling-told",
            "a refusal names one of several dangling references",
            lambda planting: planting.replies(_first_told, Kind.CREATE, status=409),
        ),
    ),
    *named(Area.DOCUMENTS, ("notice-by-nobody", "a notice is no change of who asked for it", _by_nobody)),
    *named(Area.AUTH, ("good-start-passes", "what begins with a good token passes", _good_start)),
    *named(Area.VALIDATION, ("put-loses-letters", "letters that a PUT does not escape are lost", _letters_lost)),
)
