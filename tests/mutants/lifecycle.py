"""Mutants in the life of a record: how it comes, what holds it, and whether it is gone when it is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mockserver.contract import Kind
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.handlers.storing import store
from mockserver.messages import Reply, hand_out, say
from mockserver.runtime.determinism import IdSource
from mockserver.store import Record, Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine


def _ghosts(*kinds: Kind) -> Plant:
    """Operations of ``kinds`` go on to see what was deleted."""

    def plant(planting: Planting) -> None:
        gone: dict[str, list[Record]] = {}

        def delete(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
            record = tenant[call.resource.name].get(call.record_id)
            reply = original(call, tenant)
            gone.setdefault(tenant.name, []).extend([record] if record else [])
            return reply

        def look(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
            twin = tenant.copy()
            for record in gone.get(tenant.name, []):
                twin.put(call.resource.name, record.id, record.data(), record.raw)
            return original(call, twin)

        planting.handler(delete, Kind.DELETE)
        planting.handler(look, *kinds)

    return plant


def _second_delete(planting: Planting) -> None:
    def delete(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        try:
            return original(call, tenant)
        except Refusal as refusal:
            if refusal.status == 404:
                return say(call.record_id)
            raise

    planting.handler(delete, Kind.DELETE)


def _delete_says_true(planting: Planting) -> None:
    planting.replies(lambda wire: wire.say("deleted"), Kind.DELETE)


def _delete_does_nothing(planting: Planting) -> None:
    def delete(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        return original(call, tenant.copy())

    planting.handler(delete, Kind.DELETE)


def _no_dependants(planting: Planting) -> None:
    planting.around(engine("handlers.records"), "dependants", lambda *_: [])


def _dangling(*, on_create: bool) -> Plant:
    def dangling(original: Callable[..., Any], resource: Any, tenant: Tenant, record: Any, previous: Any) -> Any:
        return [] if bool(previous) != on_create else original(resource, tenant, record, previous)

    return lambda planting: planting.around(engine("handlers.storing"), "_dangling", dangling)


def _unlocked(module: str) -> Plant:
    def changeable(_: Callable[..., Any], resource: Any, tenant: Tenant, record_id: str) -> Any:
        return engine("handlers.records").find(resource, tenant, record_id).data()

    return lambda planting: planting.around(engine(f"handlers.{module}"), "changeable", changeable)


def _locked_deleted(planting: Planting) -> None:
    def delete(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        record = tenant[call.resource.name].get(call.record_id)
        if record and record.data().get("sys_locked"):
            tenant.delete(call.resource.name, call.record_id)
            return say(call.record_id)
        return original(call, tenant)

    planting.handler(delete, Kind.DELETE)


def _put_creates(planting: Planting) -> None:
    def put(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        if call.record_id in tenant[call.resource.name]:
            return original(call, tenant)
        record = {**call.resource.writable(call.input.body), call.resource.key: call.record_id}
        return hand_out(store(call, tenant, record, {}).raw)

    planting.handler(put, Kind.REPLACE)


def _create_lost(planting: Planting) -> None:
    def create(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        return original(call, tenant.copy())

    planting.handler(create, Kind.CREATE)


def _refused_stays(planting: Planting) -> None:
    def create(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        try:
            return original(call, tenant)
        except Refusal:
            kept = {name: one for name, one in call.input.body.items() if name != "transferred_from_id"}
            with tenant.transaction(lasting=True):  # the refusal does not undo it
                original(replace(call, input=replace(call.input, body=kept)), tenant)
            raise

    planting.handler(create, Kind.CREATE)


def _same_body_once(planting: Planting) -> None:
    made: dict[str, Reply] = {}

    def create(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        told = f"{tenant.name} {call.input.body}"
        if told not in made:
            made[told] = original(call, tenant)
        return made[told]

    planting.handler(create, Kind.CREATE)


def _ids_again(planting: Planting) -> None:
    free: dict[tuple[str, ...], list[str]] = {}

    def delete(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        free.setdefault((tenant.name, call.resource.name), []).append(call.record_id)
        return reply

    def new(original: Callable[..., str], self: IdSource, ordinal: int, *scope: str) -> str:
        return free[scope].pop() if free.get(scope) else original(self, ordinal, *scope)

    planting.handler(delete, Kind.DELETE)
    planting.around(IdSource, "new", new)


def _neighbours(planting: Planting) -> None:
    def delete(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        gone = tenant[call.resource.name].get(call.record_id)
        reply = original(call, tenant)
        contact = gone.data()["contact_id"] if gone else ""
        for record in list(tenant[call.resource.name].lookup("contact_id", contact)):
            tenant.delete(call.resource.name, record.id)
        return reply

    planting.handler(delete, Kind.DELETE)


def _touched_by_reading(planting: Planting) -> None:
    def read(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        record = tenant[call.resource.name].get(call.record_id)
        data: Mapping[str, Any] = record.data() if record else {}
        store(call, tenant, dict(data), data)
        return reply

    planting.handler(read, Kind.READ)


def _not_yet_readable(planting: Planting) -> None:
    fresh: set[str] = set()

    def add(original: Callable[..., Record], *arguments: Any) -> Record:
        record = original(*arguments)
        fresh.add(record.id)
        return record

    def read(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        if call.record_id in fresh:
            fresh.discard(call.record_id)
            raise Refusal(404, "There is no such record.")
        return original(call, tenant)

    planting.around(engine("handlers.records"), "add", add)
    planting.handler(read, Kind.READ)


MUTANTS = named(
    Area.LIFECYCLE,
    ("deleted-still-read", "a deleted record can still be read", _ghosts(Kind.READ)),
    ("deleted-still-listed", "a deleted record stays in the list", _ghosts(Kind.LIST)),
    ("deleted-still-looked-up", "a deleted record stays in look-ups", _ghosts(Kind.LOOKUP)),
    ("deleted-still-found", "a deleted record is still found by search", _ghosts(Kind.SEARCH)),
    ("deleted-still-certified", "a deleted record's certificate can still be had", _ghosts(Kind.DOCUMENT)),
    ("second-delete-200", "deleting a second time is answered 200", _second_delete),
    ("delete-answers-a-word", "a delete is answered with a word, not with the id", _delete_says_true),
    ("delete-does-nothing", "a delete is answered 200 and deletes nothing", _delete_does_nothing),
    ("referenced-record-deleted", "a record that another refers to can be deleted", _no_dependants),
    ("dangling-create", "a create may refer to a record that does not exist", _dangling(on_create=True)),
    ("dangling-change", "PUT and PATCH may refer to a record that does not exist", _dangling(on_create=False)),
    ("locked-record-writable", "a locked record can be changed", _unlocked("records")),
    ("locked-record-takes-notices", "a notice is logged on a locked record", _unlocked("documents")),
    ("locked-record-deleted", "a locked record can be deleted", _locked_deleted),
    ("put-creates", "PUT of a record that does not exist makes one", _put_creates),
    ("create-lost", "a create is answered 200 and stores nothing", _create_lost),
    ("refused-create-stays", "a create refused for a dangling reference is stored without it", _refused_stays),
    ("same-body-makes-one", "a second create with the same body answers the first record", _same_body_once),
    ("ids-used-again", "the id of a deleted record is given to the next", _ids_again),
    ("delete-takes-the-contact", "a delete takes all records of the same contact", _neighbours),
    ("reading-counts-as-change", "reading a record raises its version", _touched_by_reading),
    ("not-yet-readable", "a new record is a 404 when it is first read", _not_yet_readable),
)
