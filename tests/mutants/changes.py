"""Mutants in PUT, PATCH and versions: what a change leaves behind, takes from the client, and writes down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jsonpatch
import jsonpointer

from mockserver.contract import Kind, Resource
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.handlers.records import find
from mockserver.handlers.storing import store
from mockserver.messages import Reply, hand_out
from mockserver.runtime.determinism import stamp
from mockserver.store import Record, Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine

Directive = dict[str, Any]
Apply = Callable[[Any, Directive], Any]


def _previous(call: Call, tenant: Tenant) -> dict[str, Any]:
    return find(call.resource, tenant, call.record_id).data()


def _body(change: Callable[[Call, dict[str, Any], dict[str, Any]], dict[str, Any]]) -> Plant:
    """PUT stores ``change(call, previous, body)`` in place of the body."""

    def put(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        body = change(call, _previous(call, tenant), call.input.body)
        return original(replace(call, input=replace(call.input, body=body)), tenant)

    return lambda planting: planting.handler(put, Kind.REPLACE)


def _merged(call: Call, previous: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {**call.resource.writable(previous), **body}


def _lists_appended(_: Call, previous: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {**body, **{name: [*previous.get(name, []), *one] for name, one in body.items() if isinstance(one, list)}}


def _path_wins(call: Call, _: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {**body, call.resource.key: call.record_id}


def _notes_lost(_: Call, __: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in body.items() if name != "notes"}


def _strangers_stored(planting: Planting) -> None:
    def writable(_: Any, self: Resource, sent: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in sent.items() if name not in self.managed}

    planting.around(Resource, "writable", writable)


def _stamped(change: Callable[[Call, dict[str, Any], Mapping[str, Any]], object]) -> Plant:
    """Change a record once more after it was stamped: ``change(call, record, previous)``."""

    def stamped(original: Callable[..., None], call: Call, *told: Any) -> None:
        original(call, *told)
        _, record, previous = told
        change(call, record, previous)

    return lambda planting: planting.around(engine("handlers.storing"), "_stamp", stamped)


def _kept(name: str, kind: Kind) -> Plant:
    """Changes of ``kind`` leave the stamp ``name`` as it was."""

    def change(call: Call, record: dict[str, Any], previous: Mapping[str, Any]) -> None:
        field = call.resource.stamps[name]
        if call.operation.kind is kind and field in previous:
            record[field] = previous[field]

    return _stamped(change)


def _counted_twice(call: Call, record: dict[str, Any], previous: Mapping[str, Any]) -> None:
    if previous and call.operation.kind is Kind.REPLACE:
        record[call.resource.stamps["version"]] += 1


def _counted_from_zero(call: Call, record: dict[str, Any], _: Mapping[str, Any]) -> None:
    record[call.resource.stamps["version"]] -= 1


def _created_anew(call: Call, record: dict[str, Any], _: Mapping[str, Any]) -> None:
    record[call.resource.stamps["created-at"]] = stamp(call.tools.clock.now())


def _created_by_last(call: Call, record: dict[str, Any], _: Mapping[str, Any]) -> None:
    record[call.resource.stamps["created-by"]] = call.identity.subject


def _from_client(name: str, kind: Kind) -> Plant:
    """Operations of ``kind`` take the server-managed field ``name`` from the body."""

    def change(call: Call, record: dict[str, Any], _: Mapping[str, Any]) -> None:
        if call.operation.kind is kind and isinstance(call.input.body, dict) and name in call.input.body:
            record[name] = call.input.body[name]

    return _stamped(change)


def _failed_counts(planting: Planting) -> None:
    def patch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        try:
            return original(call, tenant)
        except Refusal as refusal:
            if refusal.status in (400, 409):
                previous = _previous(call, tenant)
                with tenant.transaction(lasting=True):  # the refusal does not undo it
                    store(call, tenant, dict(previous), previous)
            raise

    planting.handler(patch, Kind.PATCH)


def _steps_one_by_one(planting: Planting) -> None:
    def patch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        before = _previous(call, tenant)["sys_version"]
        reply = Reply()
        for step in call.input.body:
            with tenant.transaction(lasting=True):  # a later step that fails does not undo it
                original(replace(call, input=replace(call.input, body=[step])), tenant)
                record = {**_previous(call, tenant), "sys_version": before + 1}
                kept = tenant.put(call.resource.name, call.record_id, record, call.resource.encode(record))
            reply = hand_out(kept.raw)
        return reply

    planting.handler(patch, Kind.PATCH)


def _old_answered(planting: Planting) -> None:
    def patch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        before = tenant[call.resource.name].get(call.record_id)
        original(call, tenant)
        return hand_out(before.raw if before else b"null")

    planting.handler(patch, Kind.PATCH)


def _managed_patched(planting: Planting) -> None:
    def differ(original: Callable[..., bool], one: Any, other: Any, name: str) -> bool:
        return not name.startswith("sys_") and original(one, other, name)

    planting.around(engine("handlers.records"), "differ", differ)


def _applied(apply: Callable[[Apply, Any, Directive], Any]) -> Plant:
    """Carry out each step of a patch by ``apply(original, document, directive)``."""
    return lambda planting: planting.around(engine("handlers.patching"), "_apply", apply)


def _test_passed_over(original: Apply, document: Any, directive: Directive) -> Any:
    return document if directive["op"] == "test" else original(document, directive)


def _move_leaves_source(original: Apply, document: Any, directive: Directive) -> Any:
    return original(document, {**directive, "op": "copy"} if directive["op"] == "move" else directive)


def _copy_removes_source(original: Apply, document: Any, directive: Directive) -> Any:
    return original(document, {**directive, "op": "move"} if directive["op"] == "copy" else directive)


def _copy_shares(original: Apply, document: Any, directive: Directive) -> Any:
    if directive["op"] != "copy":
        return original(document, directive)
    shared = jsonpointer.JsonPointer(directive["from"]).resolve(document)
    target, last = jsonpointer.JsonPointer(directive["path"]).to_last(document)
    if isinstance(target, list):
        target.insert(len(target) if last == "-" else int(str(last)), shared)
    else:
        target[last] = shared
    return document


def _missing_removed(original: Apply, document: Any, directive: Directive) -> Any:
    try:
        return original(document, directive)
    except (jsonpatch.JsonPatchConflict, jsonpointer.JsonPointerException):
        if directive["op"] == "remove":
            return document
        raise


def _replace_adds(original: Apply, document: Any, directive: Directive) -> Any:
    return original(document, {**directive, "op": "add"} if directive["op"] == "replace" else directive)


def _null_removes(original: Apply, document: Any, directive: Directive) -> Any:
    if directive.get("value", 0) is None and directive["op"] in ("add", "replace"):
        return original({**document, directive["path"][1:]: None}, {"op": "remove", "path": directive["path"]})
    return original(document, directive)


def _is_index(directive: Directive) -> bool:
    return directive["op"] == "add" and str(directive["path"]).rpartition("/")[2].isdigit()


def _index_replaced(original: Apply, document: Any, directive: Directive) -> Any:
    return original(document, {**directive, "op": "replace"} if _is_index(directive) else directive)


def _index_appended(original: Apply, document: Any, directive: Directive) -> Any:
    path = str(directive["path"]).rpartition("/")[0] + "/-"
    return original(document, {**directive, "path": path} if _is_index(directive) else directive)


def _last_step_only(planting: Planting) -> None:
    def apply(original: Callable[..., Any], record: Any, directives: list[Directive], *limits: int) -> Any:
        last = {one["path"]: one for one in directives}
        return original(record, [one for one in directives if last[one["path"]] is one], *limits)

    planting.around(engine("handlers.patching"), "apply_patch", apply)


def _loose_test(planting: Planting) -> None:
    planting.around(engine("handlers.patching"), "same_json", lambda _, one, other: bool(one == other))


def _empty_dropped(planting: Planting) -> None:
    def stored(
        original: Callable[..., Record], call: Call, tenant: Tenant, record: dict[str, Any], previous: Any
    ) -> Record:
        full = {name: one for name, one in record.items() if one not in ("", [])}
        return original(call, tenant, full, previous)

    planting.around(engine("handlers.records"), "store", stored)


def _zero_dropped(planting: Planting) -> None:
    def stored(
        original: Callable[..., Record], call: Call, tenant: Tenant, record: dict[str, Any], previous: Any
    ) -> Record:
        full = {name: one for name, one in record.items() if isinstance(one, bool) or one != 0}
        return original(call, tenant, full, previous)

    planting.around(engine("handlers.records"), "store", stored)


MUTANTS = named(
    Area.CHANGES,
    ("put-merges", "PUT keeps what the body does not name", _body(_merged)),
    ("put-appends-lists", "PUT adds to lists, so that twice is more than once", _body(_lists_appended)),
    ("put-takes-other-id", "PUT with another id in its body is carried out", _body(_path_wins)),
    ("put-loses-notes", "PUT does not store `notes`", _body(_notes_lost)),
    ("strangers-stored", "members that no field has are stored and answered", _strangers_stored),
    ("put-renews-creation", "each change renews the moment of creation", _stamped(_created_anew)),
    ("created-by-last-writer", "the creator of a record is whoever changed it last", _stamped(_created_by_last)),
    ("created-by-from-client", "a create takes `sys_created_by_id` from the body",
     _from_client("sys_created_by_id", Kind.CREATE)),
    ("version-from-client", "PUT takes `sys_version` from the body", _from_client("sys_version", Kind.REPLACE)),
    ("lock-from-client", "a create takes `sys_locked` from the body", _from_client("sys_locked", Kind.CREATE)),
    ("put-counts-twice", "PUT raises the version by two", _stamped(_counted_twice)),
    ("patch-not-counted", "PATCH does not raise the version", _kept("version", Kind.PATCH)),
    ("notice-not-counted", "a notice does not raise the version", _kept("version", Kind.NOTICE)),
    ("versions-from-zero", "a new record has the version 0", _stamped(_counted_from_zero)),
    ("failed-patch-counts", "a patch that is refused raises the version", _failed_counts),
    ("patch-keeps-modified-at", "PATCH does not move the moment of the last change", _kept("modified-at", Kind.PATCH)),
    ("put-keeps-modified-by", "PUT does not write down who made it", _kept("modified-by", Kind.REPLACE)),
    ("patch-answers-old-record", "PATCH answers the record as it was before", _old_answered),
    ("patch-sets-managed-fields", "a patch may set what only the server sets", _managed_patched),
    ("patch-not-atomic", "a patch that fails leaves the steps before its failure", _steps_one_by_one),
    ("patch-test-passed-over", "a patch's `test` is passed over", _applied(_test_passed_over)),
    ("patch-test-loose", "a patch's `test` takes true for 1", _loose_test),
    ("move-leaves-source", "`move` leaves its source in place", _applied(_move_leaves_source)),
    ("copy-removes-source", "`copy` removes its source", _applied(_copy_removes_source)),
    ("copy-shares", "what was copied in a patch changes with its source", _applied(_copy_shares)),
    ("missing-removed", "`remove` of what is not there is carried out", _applied(_missing_removed)),
    ("replace-adds", "`replace` of what is not there adds it", _applied(_replace_adds)),
    ("null-removes", "adding null removes a field", _applied(_null_removes)),
    ("add-replaces-item", "`add` to a place in a list replaces what is there", _applied(_index_replaced)),
    ("add-appends-item", "`add` to a place in a list adds to its end", _applied(_index_appended)),
    ("last-step-per-path", "of several steps on one path, a patch takes the last", _last_step_only),
    ("empty-values-dropped", "empty texts and lists are not stored", _empty_dropped),
    ("zero-dropped", "a number that is 0 is not stored", _zero_dropped),
)  # fmt: skip
