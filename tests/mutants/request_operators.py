"""Operators over what is asked and with which token: pages, searches, bodies, patches, claims, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from mockserver.auth.signing_keys import Keys
from mockserver.contract import Kind
from mockserver.contract.operation import How
from mockserver.handlers import Call
from mockserver.messages import Reply
from mockserver.store import Record, Tenant
from mockserver.values.moment import comparable, order
from mutants.generated import Ground, Made, body_of, describe, operator, replies, requests
from mutants.mutant import Area
from mutants.planting import Behaviour, Planting, engine
from mutants.state_operators import MANY, answered
from mutants.wire import Wire

Turn = Callable[[Any], Any]


@operator(Area.LISTS)
def page_off(ground: Ground) -> Made:  # noqa: C901 -- one function for each place
    """Pages are cut or named wrongly, in ways that need more than one page to tell."""
    operation = ground.operation(*ground.rng.choice([(one,) for one in MANY]))
    page = operation.page
    ways = ["second empty", "second skips one", "second begins again", "last lost", "size"]
    ways += ["next though full", "no next"] if page and page.next else []
    ways += ["count"] if page and page.count else []
    how = ground.rng.choice(ways)

    def cut(original: Callable[..., Reply], call: Call, tenant: Tenant, records: Iterator[Record], *more: Any) -> Reply:
        if call.operation.id != operation.id:
            return original(call, tenant, records, *more)
        found = list(records)
        later = engine("handlers.listing")._start(call) is not None
        changed = {
            "second empty": [] if later else found,
            "second skips one": found[1:] if later else found,
            "second begins again": found,
            "last lost": found[:-1] if later and len(found) <= call.tools.page_size else found,
            "size": found[: call.tools.page_size - 1] if len(found) == call.tools.page_size else found,
        }.get(how, found)
        ground.note(changed != found)
        return original(call, tenant, iter(changed), *more)

    def again(original: Callable[..., Any], call: Call) -> Any:
        key = original(call)
        if call.operation.id == operation.id and key:
            ground.note()
            return key[:-1]
        return key

    def told(wire: Wire) -> bool:
        assert page and page.items
        value = wire.value
        items = value[page.items]
        before = dict(value)
        if how == "next though full" and len(items) > 1 and page.next not in value:
            value[page.next] = items[-1][operation.resource.key]
        elif how == "no next":
            value.pop(page.next, None)
        elif how == "count" and value.get(str(page.next)):
            value[page.count] += 1
        wire.say(value)
        return bool(value != before)

    def plant(planting: Planting) -> None:
        planting.around(engine("handlers.listing"), "_answer", cut)
        if how == "second begins again":
            planting.around(engine("handlers.listing"), "_start", again)

    is_told = how in ("next though full", "no next", "count")
    return describe(operation, f"pages: {how}", replies(ground, operation, told) if is_told else plant)


@operator(Area.LISTS)
def search_off(ground: Ground) -> Made:
    """One way of comparing in one search is another one."""
    operation = ground.operation(Kind.SEARCH)
    hows = sorted({one.how for one in operation.criteria.values() if one.field is not None})
    how = ground.rng.choice(hows)
    ways: dict[How, dict[str, Callable[[Any, Any], bool]]] = {
        How.CONTAINS: {
            "case matters": lambda wanted, found: wanted in str(found),
            "the start only": lambda wanted, found: str(found).casefold().startswith(wanted.casefold()),
            "the whole only": lambda wanted, found: str(found).casefold() == wanted.casefold(),
        },
        How.RANGE: {
            "without its low end": lambda wanted, found: order(comparable(wanted[0]), comparable(found)) != 0,
            "without its high end": lambda wanted, found: order(comparable(wanted[1]), comparable(found)) != 0,
            "as texts": lambda wanted, found: str(wanted[0]) <= str(found) <= str(wanted[1]),
        },
        How.ANY_OF: {
            "the first only": lambda wanted, found: found in wanted[:1],
            "the last left out": lambda wanted, found: found in (wanted[:-1] if len(wanted) > 1 else wanted),
        },
        How.EQUALS: {"any value": lambda _, found: found is not None},
    }
    name = ground.rng.choice(sorted(ways[how]))
    inside: list[bool] = []

    def match(original: Callable[..., Any], call: Call, *given: Any) -> Any:
        inside.append(call.operation.id == operation.id)
        try:
            return original(call, *given)
        finally:
            inside.pop()

    def test(original: Callable[..., Any], given: How, wanted: Any) -> Any:
        sound = original(given, wanted)
        if given is not how or not inside or not inside[-1]:
            return sound

        def tested(found: Any) -> bool:
            is_added = name in ("as texts", "any value")
            fits = ways[how][name](wanted, found) and (is_added or sound(found))
            ground.note(fits != sound(found))
            return bool(fits)

        return tested

    def plant(planting: Planting) -> None:
        planting.around(engine("handlers.listing"), "match", match)
        planting.around(engine("handlers.matching"), "_test", test)

    return describe(operation, f"{how.value} is compared {name}", plant)


def _each(value: Any, turn: Turn) -> Any:
    if isinstance(value, dict):
        return {name: _each(one, turn) for name, one in value.items()}
    return [_each(one, turn) for one in value] if isinstance(value, list) else turn(value)


def _text(change: Callable[[str], str]) -> Turn:
    return lambda one: change(one) if isinstance(one, str) else one


def _number(change: Callable[[float], float]) -> Turn:
    return lambda one: change(one) if isinstance(one, int | float) and not isinstance(one, bool) else one


VALUES: dict[str, Turn] = {
    "texts are stripped": _text(str.strip),
    "texts are cut": _text(lambda one: one[:200]),
    "spaces are joined": _text(lambda one: " ".join(one.split(" ")) if "  " not in one else one.replace("  ", " ")),
    "markup is escaped": _text(lambda one: one.replace("<", "&lt;")),
    "texts are ASCII": _text(lambda one: one.encode("ascii", "ignore").decode()),
    "numbers are rounded": _number(lambda one: round(one, 2)),
    "numbers are small": _number(lambda one: min(one, 2**31 - 1)),
    "false is true": lambda one: True if one is False else one,
    "empty is gone": _text(lambda one: one or " "),
}


@operator(Area.LIFECYCLE)
def value_bent(ground: Ground) -> Made:
    """Odd values are stored otherwise than they were sent."""
    operation = ground.operation(Kind.CREATE, Kind.REPLACE, Kind.PATCH)
    name = ground.rng.choice(sorted(VALUES))
    change = body_of(lambda body: _each(body, VALUES[name]))
    return describe(operation, name, requests(ground, operation, change))


@operator(Area.LIFECYCLE)
def depth_lost(ground: Ground) -> Made:
    """Members inside members are lost when stored."""
    operation = ground.operation(Kind.CREATE, Kind.REPLACE, Kind.PATCH)
    how = ground.rng.choice(["last member", "deep", "lists", "empty lists", "empty objects"])

    def shallow(value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            many = {name: shallow(one, depth + 1) for name, one in value.items()}
            if how == "last member" and depth > 1 and len(many) > 1:
                many.popitem()
            return {} if how == "deep" and depth > 2 else _without(many) if depth else many
        if isinstance(value, list):
            many_items = [shallow(one, depth + 1) for one in value]
            return many_items[:2] if how == "lists" else many_items
        return value

    def _without(many: dict[str, Any]) -> dict[str, Any]:
        nothing = {"empty lists": [], "empty objects": {}}.get(how)
        return {name: one for name, one in many.items() if nothing is None or one != nothing}

    start = 0 if operation.kind is not Kind.PATCH else -1
    return describe(
        operation, f"inside: {how} lost", requests(ground, operation, body_of(lambda body: shallow(body, start)))
    )


@operator(Area.CHANGES)
def put_merges(ground: Ground) -> Made:
    """A PUT keeps something of what was there."""
    operation = ground.operation(Kind.REPLACE)
    how = ground.rng.choice(["one field", "objects", "lists"])
    pick = ground.rng.random()

    def mixed(old: Any, new: Any) -> Any:
        if how == "objects" and isinstance(old, dict) and isinstance(new, dict):
            return {**old, **new}
        return [*new, *old[len(new) :]] if how == "lists" and isinstance(old, list) and isinstance(new, list) else new

    def overwrite(original: Callable[..., Record], call: Call, tenant: Tenant, key: str, sent: Any) -> Record:
        record = tenant[call.resource.name].get(key)
        if call.operation.id != operation.id or record is None:
            return original(call, tenant, key, sent)
        old = call.resource.writable(record.data())
        if how == "one field":
            optional = sorted(call.resource.fields - call.resource.managed - {call.resource.key})
            name = optional[int(pick * len(optional))]
            changed = {**sent, name: old[name]} if name in old and name not in sent else sent
        else:
            changed = {name: mixed(old.get(name), one) for name, one in sent.items()}
        ground.note(changed != sent)
        return original(call, tenant, key, changed)

    def plant(planting: Planting) -> None:
        planting.around(engine("handlers.records"), "overwrite", overwrite)

    return describe(operation, f"keeps {how} of what was there", plant)


@operator(Area.CHANGES)
def patch_off(ground: Ground) -> Made:
    """One kind of step is taken for another one, or not at all."""
    operation = ground.operation(Kind.PATCH)
    how = ground.rng.choice(["add replaces", "move copies", "no remove", "no test", "end is start", "last wins"])

    def step(one: Any) -> Any:
        op, path = one.get("op"), str(one.get("path"))
        if how == "add replaces" and op == "add" and path[-1:].isdigit():
            return {**one, "op": "replace"}
        if how == "move copies" and op == "move":
            return {**one, "op": "copy"}
        return {**one, "path": f"{path[:-1]}0"} if how == "end is start" and path.endswith("/-") else one

    def change(body: Any) -> Any:
        if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
            return None
        lost = {"no remove": "remove", "no test": "test"}.get(how)
        kept = [step(one) for one in body if one.get("op") != lost]
        return kept[-1:] if how == "last wins" else kept

    return describe(operation, f"steps: {how}", requests(ground, operation, body_of(change)))


def _shifted(name: str, seconds: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda known: {**known, name: known[name] + seconds} if isinstance(known.get(name), int | float) else known


CLAIMS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "ten minutes more": _shifted("exp", 600),
    "an hour more": _shifted("exp", 3_600),
    "ever": lambda known: {**known, "exp": 4_102_444_800},
    "a day too early": _shifted("nbf", -86_400),
    "of any start": lambda known: {name: one for name, one in known.items() if name != "nbf"},
    "without a subject": lambda known: {"sub": "auth0|developer", **known},
    "with an empty subject": lambda known: {**known, "sub": known.get("sub") or "auth0|developer"},
}


@operator(Area.AUTH)
def claim_unchecked(ground: Ground) -> Made:
    """A claim that should shut a token out does not."""
    name = ground.rng.choice([*sorted(CLAIMS), "without an audience", "of any audience"])
    operation = ground.rng.choice(list(ground.contract.operations()))
    security = ground.contract.security

    def changed(known: dict[str, Any]) -> dict[str, Any]:
        if name == "without an audience":
            return {"aud": security.audience, **known}
        if name == "of any audience":
            return {**known, "aud": security.audience}
        return CLAIMS[name](known)

    def claims(original: Callable[..., Any], self: Keys, token: str, *, verify: bool) -> Any:
        known = original(self, token, verify=verify)
        fresh = changed(known)
        ground.note(fresh != known)
        return fresh

    return operation.resource.name, "token", f"a token passes {name}", lambda one: one.around(Keys, "claims", claims)


@operator(Area.SHAPE)
def refusal_bent(ground: Ground) -> Made:
    """A refusal has another body than the document says."""
    operation = ground.rng.choice(list(ground.contract.operations()))
    status = ground.rng.choice([one for one in operation.replies if 400 <= one < 500])
    how = ground.rng.choice(["empty", "text", "list", "without a message", "errors as text"])

    def change(wire: Wire) -> bool:
        value = wire.value
        if how == "empty":
            wire.body = b""
        elif how == "text":
            wire.body, wire.headers["Content-Type"] = b"no", "text/plain"
        elif not isinstance(value, dict):
            return False
        elif how == "list":
            wire.say([value])
        elif how == "errors as text":
            wire.say({**value, "errors": "none"})
        else:
            wire.say({key: one for key, one in value.items() if key != "message"})
        return True

    return describe(operation, f"{status}: {how}", replies(ground, operation, change, status))


@operator(Area.SHAPE)
def json_bent(ground: Ground) -> Made:
    """What is sent is not JSON as it should be, in ways that lenient readers pass over."""
    operation = ground.operation(Kind.READ, *MANY, Kind.CREATE)
    how = ground.rng.choice(["a mark in front", "a comma", "NaN"])

    def change(wire: Wire) -> bool:
        before = wire.body
        if how == "a mark in front":
            wire.body = b"\xef\xbb\xbf" + before
        elif how == "a comma":
            wire.body = before[:-1] + b"," + before[-1:]
        else:
            number = next((one for one in _numbers(wire.value)), None)
            wire.body = before.replace(f":{json.dumps(number)}".encode(), b":NaN", 1) if number is not None else before
        return wire.body != before

    return describe(operation, f"JSON with {how}", replies(ground, operation, change))


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        yield from chain.from_iterable(_numbers(one) for one in inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@operator(Area.QUERIES)
def query_off(ground: Ground) -> Made:
    """A part of what a query asks is passed over."""
    operation = ground.operation(Kind.QUERY)
    name = ground.rng.choice(["criteria", "sort", "limit", "offset", "fields"])
    change = body_of(
        lambda body: (
            {k: v if k != "fields" else v[:1] for k, v in body.items() if k != name or name == "fields"}
            if isinstance(body, dict) and name in body
            else None
        )
    )
    return describe(operation, f"{name} is passed over", requests(ground, operation, change))


@operator(Area.ISOLATION)
def foreign_query(ground: Ground) -> Made:
    """A query looks into other tenants too."""
    operation = ground.operation(Kind.QUERY)

    def plant(planting: Planting) -> None:
        def rows(original: Callable[..., list[Any]], call: Call, tenant: Tenant, *given: Any) -> list[Any]:
            store = planting.world.store
            others = [store.tenant(one) for one in store.names() if one != tenant.name]
            more = [row for one in others for row in original(call, one, *given)]
            ground.note(more)
            return [*original(call, tenant, *given), *more]

        planting.around(engine("handlers.querying"), "_rows", rows)

    return describe(operation, "looks into other tenants too", plant)


@operator(Area.ISOLATION)
def generated_elsewhere(ground: Ground) -> Made:
    """What is generated is not stored, or twice."""
    operation = ground.operation(Kind.GENERATE)
    how = ground.rng.choice(["not stored", "twice"])

    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        ground.note()
        if how == "twice":
            original(call, tenant)
            return original(call, tenant)
        return original(call, tenant.copy())

    return describe(operation, how, answered(operation, answer))
