"""Mutants in lists, paging and search: what is on a page, where the next one begins, and what is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import orjson

from mockserver.contract import Kind
from mockserver.contract.operation import How
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.messages import Reply, hand_out
from mockserver.store import Collection, Record, Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine
from mutants.wire import Wire, records_of

Test = Callable[[Any], bool]
NEXT = "LastEvaluatedKey"


def _key_of(call: Call) -> str:
    return call.operation.page.key if call.operation.page else ""


def _with(call: Call, **values: Any) -> Call:
    """``call`` with other parameters; None takes one away."""
    changed = {name: one for name, one in {**call.input.values, **values}.items() if one is not None}
    return replace(call, input=replace(call.input, values=changed))


def _ids(call: Call, tenant: Tenant) -> list[str]:
    return [record.id for record in tenant[call.resource.name].scan()]


def _starting(move: Callable[[list[str], str], str | None], kind: Kind) -> Plant:
    """Begin a page elsewhere: behind ``move(all ids, key)``; None begins at the start."""

    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        key = call.value(_key_of(call))
        if key is None:
            return original(call, tenant)
        return original(_with(call, **{_key_of(call): move(_ids(call, tenant), key)}), tenant)

    return lambda planting: planting.handler(answer, kind)


def _before(ids: list[str], key: str) -> str | None:
    return next((one for one in reversed(ids) if one < key), None)


def _skipping(planting: Planting) -> None:
    """Begin a page behind the first record that belongs on it."""

    def search(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        told = reply.value if reply.has_value else orjson.loads(reply.raw or b"null")
        found = [one["id"] for one in records_of(call.operation, told) if "id" in one]
        if call.value(_key_of(call)) is None or not found:
            return reply
        return original(_with(call, **{_key_of(call): found[0]}), tenant)

    planting.handler(search, Kind.SEARCH)


def _only_living(ids: list[str], key: str) -> str | None:
    return key if key in ids else None


def _from_the_start(_: list[str], __: str) -> None:
    return None


def _key_on_last_page(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        told = wire.value
        if told["Items"] and "id" in told["Items"][-1]:
            wire.say({NEXT: told["Items"][-1]["id"], **told})

    planting.replies(change, Kind.SEARCH)


def _no_key(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        wire.say({name: one for name, one in wire.value.items() if name != NEXT})

    planting.replies(change, Kind.LOOKUP)


def _unstable(planting: Planting) -> None:
    turns = iter(range(10**9))

    def change(wire: Wire) -> None:
        told = wire.value
        told["Items"] = told["Items"][:: -1 if next(turns) % 2 else 1]
        wire.say(told)

    planting.replies(change, Kind.SEARCH)


def _last_left_out(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        told = wire.value
        wire.say(told[:-1] if len(told) < planting.world.settings.page_size else told)

    planting.replies(change, Kind.LIST)


def _count_of_all(planting: Planting) -> None:
    def lookup(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        by = call.operation.meaning["by"]
        told = orjson.loads(original(call, tenant).raw or b"{}")
        told["Count"] = len(list(tenant[call.resource.name].lookup(by, call.value(by))))
        return hand_out(orjson.dumps(told))

    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        return (
            lookup(original, call, tenant) if call.value(call.operation.projection) is None else original(call, tenant)
        )

    planting.handler(answer, Kind.LOOKUP)


def _by_offset(planting: Planting) -> None:
    seen: dict[str, int] = {}

    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        key = call.value(_key_of(call))
        start = seen.get(key, 0) if key else 0
        ids = _ids(call, tenant)
        reply = original(_with(call, **{_key_of(call): ids[start - 1] if 0 < start <= len(ids) else None}), tenant)
        if reply.raw and (page := orjson.loads(reply.raw)):
            seen[page[-1]["id"]] = start + len(page)
        return reply

    planting.handler(answer, Kind.LIST)


def _filtered_after_cutting(planting: Planting) -> None:
    def search(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        body = dict(call.input.body or {})
        start = call.value(_key_of(call)) or body.pop(_key_of(call), None)
        size = call.tools.page_size * 2
        scanned = list(islice(tenant[call.resource.name].scan(start), size + 1))
        twin = Tenant(tenant.name, {call.resource.name: Collection(tenant[call.resource.name].indexed)})
        for record in scanned[:size]:
            twin.put(call.resource.name, record.id, record.data(), record.raw)
        found = original(replace(call, input=replace(call.input, body=body)), twin)
        if found.raw is None or len(scanned) <= size or NEXT in orjson.loads(found.raw):
            return found
        return hand_out(orjson.dumps({**orjson.loads(found.raw), NEXT: scanned[size - 1].id}))

    planting.handler(search, Kind.SEARCH)


def _index_behind(planting: Planting) -> None:
    known: dict[str, Tenant] = {}

    def search(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        before = known.get(tenant.name, tenant)
        known[tenant.name] = tenant.copy()
        return original(call, before)

    planting.handler(search, Kind.SEARCH)


def _stale_index(planting: Planting) -> None:
    def put(
        original: Callable[..., Record], self: Collection, record_id: str, data: Any, raw: bytes, *_: Any
    ) -> Record:
        previous = self.get(record_id)
        if previous is None:
            return original(self, record_id, data, raw)
        old = previous.data()
        return original(self, record_id, {**data, **{name: old.get(name) for name in self.indexed}}, raw)

    planting.around(Collection, "put", put)


def _by_start(planting: Planting) -> None:
    def lookup(_: Any, self: Collection, field: str, value: str, after: str | None = None) -> Iterator[Record]:
        return (one for one in self.scan(after) if str(one.data().get(field, "")).startswith(value))

    planting.around(Collection, "lookup", lookup)


def _wrong_index(planting: Planting) -> None:
    def lookup(original: Any, self: Collection, field: str, value: str, after: str | None = None) -> Iterator[Record]:
        found: Iterator[Record] = original(self, field, value, after)
        return (one for one in found if field != "organization_id" or one.data().get("owner_type") != "contact")

    planting.around(Collection, "lookup", lookup)


# What a search finds


def _any_parameter(planting: Planting) -> None:
    def meets(_: Any, data: Mapping[str, Any], tests: list[tuple[str, Test]]) -> bool:
        return not tests or any(field in data and test(data[field]) for field, test in tests)

    planting.around(engine("handlers.matching"), "_meets", meets)


def _absent_matches(planting: Planting) -> None:
    def meets(_: Any, data: Mapping[str, Any], tests: list[tuple[str, Test]]) -> bool:
        return all(field not in data or test(data[field]) for field, test in tests)

    planting.around(engine("handlers.matching"), "_meets", meets)


def _within(inside: Callable[[Any, Any, Any], bool]) -> Plant:
    def made(_: Callable[..., Test], low: Any, high: Any) -> Test:
        def is_within(found: Any) -> bool:
            at = engine("handlers.matching").comparable(found)
            return type(low) is type(at) is type(high) and inside(low, at, high)

        return is_within

    return lambda planting: planting.around(engine("handlers.matching"), "_range", made)


def _tested(how: How, test: Callable[[Any], Test]) -> Plant:
    """Match parameters of this sort by ``test(wanted)``."""

    def made(original: Callable[..., Test], found: How, wanted: Any) -> Test:
        return test(wanted) if found is how else original(found, wanted)

    return lambda planting: planting.around(engine("handlers.matching"), "_test", made)


def _without_zone(planting: Planting) -> None:
    def comparable(original: Callable[[Any], Any], value: Any) -> Any:
        return original(f"{value[:19]}Z" if isinstance(value, str) and len(value) > 19 else value)

    planting.around(engine("handlers.matching"), "comparable", comparable)


def _without_time(planting: Planting) -> None:
    def comparable(original: Callable[[Any], Any], value: Any) -> Any:
        return original(value[:10]) if isinstance(value, str) else original(value)

    planting.around(engine("handlers.matching"), "comparable", comparable)


def _passed_over(name: str) -> Plant:
    """Search without the parameter ``name``."""

    def search(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        body = {one: value for one, value in (call.input.body or {}).items() if one != name}
        return original(replace(call, input=replace(call.input, body=body)), tenant)

    return lambda planting: planting.handler(search, Kind.SEARCH)


# Some fields only


def _not_projected(planting: Planting) -> None:
    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        return original(_with(call, **{str(call.operation.projection): None}), tenant)

    planting.handler(answer, Kind.LOOKUP)


def _projection_without_id(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        told = wire.value
        if "fields" in wire.query:
            for record in records_of(wire.operation, told):
                record.pop("id", None)
            wire.say(told)

    planting.replies(change, Kind.READ, Kind.LIST)


def _unknown_field_refused(planting: Planting) -> None:
    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        asked = call.value(call.operation.projection)
        if asked and set(asked.split(",")) - call.resource.fields:
            raise Refusal(400, "There is no such field.")
        return original(call, tenant)

    planting.handler(answer, Kind.READ)


def _first_field_only(planting: Planting) -> None:
    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        name = str(call.operation.projection)
        asked = call.value(name)
        return original(_with(call, **{name: asked.split(",")[0] if asked else None}), tenant)

    planting.handler(answer, Kind.SEARCH)


MUTANTS = named(
    Area.LISTS,
    ("page-repeats-boundary", "each page of the list begins with the last record of the one before",
     _starting(_before, Kind.LIST)),
    ("page-skips-one", "between two pages of a search one record is left out", _skipping),
    ("deleted-key-starts-over", "behind a key whose record was deleted, a search begins again",
     _starting(_only_living, Kind.SEARCH)),
    ("list-key-passed-over", "the list always answers its first page", _starting(_from_the_start, Kind.LIST)),
    ("next-key-on-last-page", "the last page of a search names a next key", _key_on_last_page),
    ("no-next-key", "look-ups name no next key though there is more", _no_key),
    ("order-unstable", "search answers in another order every other time", _unstable),
    ("last-record-left-out", "the last record of the list is never shown", _last_left_out),
    ("count-of-all-pages", "a look-up's Count is that of all pages", _count_of_all),
    ("paging-by-offset", "keys of the list stand for a number of records", _by_offset),
    ("filtered-after-cutting", "search cuts its pages before it filters", _filtered_after_cutting),
    ("search-index-behind", "search sees what there was at the search before", _index_behind),
    ("lookup-index-stale", "look-ups go by the contact that a record was made with", _stale_index),
    ("lookup-by-start", "a look-up of `c1` finds records of `c12` too", _by_start),
    ("lookup-leaves-out-contacts", "the look-up by organisation leaves out what a contact owns", _wrong_index),
    ("search-any-parameter", "search finds what meets any of its parameters", _any_parameter),
    ("search-absent-matches", "search finds records that lack the field asked for", _absent_matches),
    ("range-excludes-end", "ranges exclude their upper end", _within(lambda low, found, high: low <= found < high)),
    ("range-excludes-start", "ranges exclude their lower end", _within(lambda low, found, high: low < found <= high)),
    ("range-either-way", "a range with its ends the wrong way round is turned",
     _within(lambda low, found, high: min(low, high) <= found <= max(low, high))),
    ("range-ignores-zones", "ranges of moments ignore time zones", _without_zone),
    ("range-ignores-time", "ranges of moments ignore the time of day", _without_time),
    ("text-case-sensitive", "search tells upper from lower case",
     _tested(How.CONTAINS, lambda wanted: lambda found: isinstance(found, str) and wanted in found)),
    ("text-from-start-only", "search finds a text only by how it begins",
     _tested(How.CONTAINS, lambda wanted: lambda found: str(found).casefold().startswith(wanted.casefold()))),
    ("any-of-first-only", "of a list of values, search takes the first",
     _tested(How.ANY_OF, lambda wanted: lambda found: found in wanted[:1])),
    ("search-ignores-state", "search ignores the parameter `state`", _passed_over("state")),
    ("search-ignores-termination", "search ignores the parameter `termination_date`", _passed_over("termination_date")),
    ("body-key-passed-over", "search ignores the key in its body", _passed_over("exclusiveStartKey")),
    ("lookup-fields-passed-over", "look-ups ignore `fields`", _not_projected),
    ("fields-without-id", "records of some fields come without their id", _projection_without_id),
    ("unknown-field-refused", "a record with an unknown name in `fields` is refused", _unknown_field_refused),
    ("first-field-only", "of `fieldsToReturn`, search takes the first", _first_field_only),
)  # fmt: skip
