"""Mutants in keeping tenants apart: what one of them has, another gets to see, to change or to know of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from mockserver.auth.authenticator import Authenticator, Wall
from mockserver.conformance.created_records import path_value, record_id
from mockserver.contract import Kind, Operation
from mockserver.errors import Refusal, denied
from mockserver.handlers import Call
from mockserver.messages import Identity, Reply, hand_out
from mockserver.store import Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine
from mutants.wire import Wire

Identify = Callable[..., Identity]


def _any_token(kind: Kind) -> Plant:
    """Operations of ``kind`` take a token of whatever tenant."""

    def identify(
        original: Identify, self: Authenticator, operation: Operation, header: str, tenant: str, now: Wall
    ) -> Identity:
        return original(self, operation, header, None if operation.kind is kind else tenant, now)

    return lambda planting: planting.around(Authenticator, "identify", identify)


def _compared(same: Callable[[str, str], bool]) -> Plant:
    """Compare the token's tenant with the path's by ``same``."""

    def identify(
        original: Identify, self: Authenticator, operation: Operation, header: str, tenant: str, now: Wall
    ) -> Identity:
        identity = original(self, operation, header, None, now)
        if not same(str(identity.tenant), tenant):
            raise denied("another tenant")
        return identity

    return lambda planting: planting.around(Authenticator, "identify", identify)


def _others(planting: Planting, tenant: Tenant) -> Iterator[Tenant]:
    store = planting.world.store
    return (store.tenant(name) for name in store.names() if name != tenant.name)


def _by_any_id(kind: Kind) -> Plant:
    """Operations of ``kind`` find a record by its id alone, whosever it is."""

    def plant(planting: Planting) -> None:
        def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
            try:
                return original(call, tenant)
            except Refusal as refusal:
                if refusal.status != 404:
                    raise
                for other in _others(planting, tenant):
                    if _named(call) in other[call.resource.name]:
                        return original(call, other)
                raise

        planting.handler(answer, kind)

    return plant


def _named(call: Call) -> str:
    """The id of the record that a call is about."""
    if call.operation.kind is Kind.PREVIEW:
        return str(call.input.body.get(call.operation.meaning["record"]))
    return call.record_id


def _leaking(kind: Kind) -> Plant:
    """Operations of ``kind`` go over all tenants."""

    def plant(planting: Planting) -> None:
        def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
            page = call.operation.page
            told = orjson.loads(original(call, tenant).raw or b"{}") if _whole(call) else None
            if told is None or page is None:
                return original(call, tenant)
            for other in _others(planting, tenant):
                more = orjson.loads(original(call, other).raw or b"{}")
                _items(told, page.items).extend(_items(more, page.items))
            if page.count:
                told[page.count] = len(told[page.items])
            return hand_out(orjson.dumps(told))

        planting.handler(answer, kind)

    return plant


def _whole(call: Call) -> bool:
    return call.value(call.operation.projection) is None


def _items(told: Any, name: str | None) -> list[Any]:
    found: list[Any] = told[name] if name else told
    return found


def _batch_by_any_id(planting: Planting) -> None:
    def result(original: Callable[..., dict[str, Any]], call: Call, tenant: Tenant, item: Any) -> dict[str, Any]:
        told = original(call, tenant, item)
        if told["status"] == 404:
            for other in _others(planting, tenant):
                if item.get("key") in other[call.resource.name]:
                    return original(call, other, item)
        return told

    planting.around(engine("handlers.batch"), "_result", result)


def _telling_denial(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        if wire.operation is None or wire.operation.kind not in (Kind.READ, Kind.PATCH, Kind.REPLACE, Kind.DELETE):
            return
        path = wire.environ["PATH_INFO"]
        tenant = path_value(wire.operation, path, planting.world.contract.tenant) or ""
        if record_id(path) not in planting.world.store.tenant(tenant)[wire.operation.resource.name]:
            wire.say({"message": "There is no such record.", "errors": []}, 404)

    planting.replies(change, status=403)


def _references_across(planting: Planting) -> None:
    def dangling(original: Callable[..., list[Any]], resource: Any, tenant: Tenant, *records: Any) -> list[Any]:
        found = original(resource, tenant, *records)
        there = [{one.pointer for one in original(resource, other, *records)} for other in _others(planting, tenant)]
        return [one for one in found if all(one.pointer in dangling_there for dangling_there in there)]

    planting.around(engine("handlers.storing"), "_dangling", dangling)


def _delete_everywhere(planting: Planting) -> None:
    def delete(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        collection = tenant[call.resource.name]
        gone = collection.get(call.record_id)
        reply = original(call, tenant)
        name = gone.data().get("name") if gone else None
        for other in _others(planting, tenant):
            for record in list(other[call.resource.name].scan()):
                if record.data().get("name") == name:
                    other.delete(call.resource.name, record.id)
        return reply

    planting.handler(delete, Kind.DELETE)


MUTANTS = named(
    Area.ISOLATION,
    ("foreign-token-on-search", "search takes a token of any tenant", _any_token(Kind.SEARCH)),
    ("foreign-token-on-batch", "the batch takes a token of any tenant", _any_token(Kind.BATCH)),
    ("foreign-token-on-lookup", "look-ups take a token of any tenant", _any_token(Kind.LOOKUP)),
    ("foreign-token-on-notice", "a notice can be sent with a token of any tenant", _any_token(Kind.NOTICE)),
    ("tenant-case-ignored", "a token for `acme` opens `ACME`", _compared(lambda a, b: a.casefold() == b.casefold())),
    ("tenant-compared-by-start", "a token for `acme` opens `acme2`", _compared(lambda a, b: b.startswith(a))),
    ("read-by-any-id", "a record is read by its id alone, whosever it is", _by_any_id(Kind.READ)),
    ("patch-by-any-id", "a record is patched by its id alone, whosever it is", _by_any_id(Kind.PATCH)),
    ("delete-by-any-id", "a record is deleted by its id alone, whosever it is", _by_any_id(Kind.DELETE)),
    ("certificate-by-any-id", "a certificate is had by its id alone, whosever it is", _by_any_id(Kind.DOCUMENT)),
    ("preview-by-any-id", "a preview is filled in from any tenant's record", _by_any_id(Kind.PREVIEW)),
    ("list-leaks", "the list shows every tenant's records", _leaking(Kind.LIST)),
    ("lookup-leaks", "look-ups show every tenant's records", _leaking(Kind.LOOKUP)),
    ("search-leaks", "search shows every tenant's records", _leaking(Kind.SEARCH)),
    ("batch-by-any-id", "items of a batch reach every tenant's records", _batch_by_any_id),
    ("denial-tells-what-exists", "a foreign token learns which records exist", _telling_denial),
    ("reference-across-tenants", "a record may refer to another tenant's", _references_across),
    ("delete-takes-namesakes", "a delete takes records of the same name in other tenants", _delete_everywhere),
)
