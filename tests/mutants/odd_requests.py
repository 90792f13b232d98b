"""Mutants that answer what is usual well, and go wrong where a request is long, escaped, nearly right or said twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mockserver.contract import Kind, Resource
from mockserver.contract.operation import How
from mockserver.handlers import Call
from mockserver.messages import Reply
from mockserver.store import Record, Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine
from mutants.state_operators import twin_with
from mutants.wire import Wire

LONG = 900
"""From how many characters on an id is a long one."""


def _refused(status: int, has: Callable[[Wire], bool]) -> Plant:
    """Answer requests that are odd in some way with ``status``."""

    def change(wire: Wire) -> None:
        if has(wire):
            wire.say({"message": "No.", "errors": []}, status)

    return lambda planting: planting.replies(change, status=None)


def _is_escaped(wire: Wire) -> bool:
    return "%" in str(wire.environ.get("RAW_URI", "")).partition("?")[0] and wire.status == 200


def _is_long(wire: Wire) -> bool:
    return any(len(step) > LONG for step in wire.environ["PATH_INFO"].split("/"))


def _is_said_twice(wire: Wire) -> bool:
    names = [one.partition("=")[0] for one in wire.query.split("&") if one]
    return len(set(names)) < len(names)


def _steps(change: Callable[[dict[str, Any], list[Any]], list[Any]]) -> Plant:
    """A patch is taken for what ``change(record, directives)`` makes of it."""

    def apply(original: Callable[..., Any], record: dict[str, Any], directives: list[Any], *rest: Any) -> Any:
        return original(record, change(record, directives), *rest)

    return lambda planting: planting.around(engine("handlers.patching"), "apply_patch", apply)


def _parents_made(record: dict[str, Any], directives: list[Any]) -> list[Any]:
    for one in directives:
        steps = one["path"].split("/")[1:]
        if one["op"] == "add" and len(steps) > 1:
            record.setdefault(steps[0], {})
    return directives


def _counted_by_steps(planting: Planting) -> None:
    def stamped(original: Callable[..., None], call: Call, resource: Resource, record: Any, previous: Any) -> None:
        original(call, resource, record, previous)
        field, body = resource.stamps.get("version"), call.input.body
        if field and previous and call.operation.kind is Kind.PATCH:
            record[field] = previous.get(field, 0) + len(body)

    planting.around(engine("handlers.storing"), "_stamp", stamped)


def _no_op_stamped(planting: Planting) -> None:
    planting.around(engine("handlers.records"), "_is_same", lambda *_: False)


def _batch_leaves_in_lookups(planting: Planting) -> None:
    graves: dict[str, list[Record]] = {}

    def batch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        before = [*tenant[call.resource.name].scan()]
        reply = original(call, tenant)
        gone = [one for one in before if one.id not in tenant[call.resource.name]]
        graves.setdefault(tenant.name, []).extend(gone)
        return reply

    def lookup(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        return original(call, twin_with(tenant, call.resource.name, graves.get(tenant.name, [])))

    planting.handler(batch, Kind.BATCH)
    planting.handler(lookup, Kind.LOOKUP)


def _looked_up(is_found: Callable[[str, str], bool]) -> Plant:
    """A look-up finds records whose value passes ``is_found(value, wanted)``."""

    def lookup(_: Behaviour, call: Call, tenant: Tenant) -> Reply:
        listing = engine("handlers.listing")
        assert call.operation.index
        name, field = call.operation.index
        wanted, start = str(call.value(name)), listing._start(call)
        found: Iterator[Record] = (
            one for one in tenant[call.resource.name].scan(start) if is_found(str(one.data().get(field, "")), wanted)
        )
        reply: Reply = listing._answer(call, tenant, found)
        return reply

    return lambda planting: planting.handler(lookup, Kind.LOOKUP)


def _first_values(planting: Planting) -> None:
    def test(original: Callable[..., Any], how: How, wanted: Any) -> Any:
        return original(how, wanted[:3] if how is How.ANY_OF else wanted)

    planting.around(engine("handlers.matching"), "_test", test)


def _ascii_case(planting: Planting) -> None:
    def lower(text: str) -> str:
        return "".join(one.lower() if one.isascii() else one for one in text)

    def test(original: Callable[..., Any], how: How, wanted: Any) -> Any:
        if how is not How.CONTAINS:
            return original(how, wanted)
        return lambda found: isinstance(found, str) and lower(wanted) in lower(found)

    planting.around(engine("handlers.matching"), "_test", test)


MUTANTS = (
    *named(
        Area.SHAPE,
        (
            "escaped-id-unknown",
            "An id is not found where one of its characters is escaped.",
            _refused(404, _is_escaped),
        ),
        ("long-id-crashes", "An id of a thousand characters is answered 500.", _refused(500, _is_long)),
        (
            "parameter-twice-crashes",
            "A query parameter that comes twice is answered 500.",
            _refused(500, _is_said_twice),
        ),
    ),
    *named(
        Area.CHANGES,
        ("long-patch-cut", "Of a patch only the first ten steps are taken.", _steps(lambda _, steps: steps[:10])),
        (
            "patch-makes-parents",
            "A patch that adds inside something that does not exist makes it.",
            _steps(_parents_made),
        ),
        ("version-counts-steps", "PATCH raises the version by the number of its steps.", _counted_by_steps),
        ("no-op-patch-stamped", "A patch that changes nothing raises the version.", _no_op_stamped),
    ),
    *named(
        Area.LISTS,
        ("batch-delete-left", "Look-ups still find what a batch deleted.", _batch_leaves_in_lookups),
        ("look-up-by-start", "A look-up finds what begins with the value.", _looked_up(str.startswith)),
        (
            "look-up-any-case",
            "A look-up finds the value in another case.",
            _looked_up(lambda value, wanted: value.casefold() == wanted.casefold()),
        ),
        ("search-three-values", "A search looks at the first three of many values only.", _first_values),
        ("search-ascii-case", "A search tells é from É.", _ascii_case),
    ),
)
