"""Mutants that nobody wrote: an operator, an operation or a rule of any resource, and a seed that chooses both."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mockserver.contract import Contract, Kind, Operation
from mutants.mutant import Area, Mutant
from mutants.planting import Planting
from mutants.wire import Environ, Wire, put_body, read_body, records_of

Root: TypeAlias = dict[str, Any]
READS = (Kind.READ, Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
WRITES = (Kind.CREATE, Kind.REPLACE, Kind.PATCH)


@dataclass(slots=True)
class Sown:
    """A generated mutant: where it is, what it was made by, and whether anything met it."""

    mutant: Mutant
    operator: str
    resource: str
    kind: str
    met: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an operator may choose from."""

    contract: Contract
    rng: random.Random
    met: list[bool]

    def note(self, met: object = True) -> None:
        """Note that something met the mutant, if it did."""
        if met:
            self.met.append(True)

    def operation(self, *kinds: Kind) -> Operation:
        return self.rng.choice([one for one in self.contract.operations() if one.kind in kinds])


Made: TypeAlias = tuple[str, str, str, Callable[[Planting], None]]
"""Resource, kind, what is wrong, and how it gets into a mock."""
Operator: TypeAlias = Callable[[Ground], Made]
OPERATORS: dict[str, Operator] = {}


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


def sow(contract: Contract, seed: int, count: int, only: Sequence[str] = ()) -> Iterator[Sown]:
    """``count`` mutants, the operators (or ``only`` these) in turn; the same for the same seed."""
    rng = random.Random(seed)
    names = sorted(only or OPERATORS)
    for number in range(count):
        met: list[bool] = []
        name = names[number % len(names)]
        resource, kind, wrong, plant = OPERATORS[name](Ground(contract, rng, met))
        mutant = Mutant(f"seed-{seed}-{number}", Area.SHAPE, f"{name}: {wrong}", plant)
        yield Sown(mutant, name, resource, kind, met)


def replies(
    ground: Ground, operation: Operation, change: Callable[[Wire], bool | None], status: int | None = 200
) -> Callable[[Planting], None]:
    """Change replies of one operation; ``change`` answers whether it changed anything."""

    def plant(planting: Planting) -> None:
        def changed(wire: Wire) -> None:
            if wire.operation is not None and wire.operation.id == operation.id and change(wire):
                ground.met.append(True)

        planting.replies(changed, status=status)

    return plant


def _records(
    ground: Ground, operation: Operation, change: Callable[[dict[str, Any]], bool]
) -> Callable[[Planting], None]:
    def changed(wire: Wire) -> bool:
        value = wire.value
        done = [change(one) for one in records_of(wire.operation, value)]
        wire.say(value)
        return any(done)

    return replies(ground, operation, changed)


def describe(operation: Operation, wrong: str, plant: Callable[[Planting], None]) -> Made:
    return operation.resource.name, operation.kind.value, f"{operation.id}: {wrong}", plant


def _field(ground: Ground, operation: Operation) -> str:
    return ground.rng.choice(sorted(operation.resource.fields - {operation.resource.key}))


# Operators over replies


@operator
def member_dropped(ground: Ground) -> Made:
    operation = ground.operation(*READS, *WRITES)
    name = _field(ground, operation)
    return describe(
        operation, f"{name} is left out", _records(ground, operation, lambda one: one.pop(name, None) is not None)
    )


@operator
def member_changed(ground: Ground) -> Made:
    operation = ground.operation(*READS, *WRITES)
    name = _field(ground, operation)

    def change(record: dict[str, Any]) -> bool:
        if name not in record:
            return False
        record[name] = _otherwise(record[name])
        return True

    return describe(operation, f"{name} is another value", _records(ground, operation, change))


def _otherwise(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("a" if value[-1:] != "a" else "b")
    return value[:-1] if isinstance(value, list) and value else {}


@operator
def member_retyped(ground: Ground) -> Made:
    operation = ground.operation(*READS)
    name = _field(ground, operation)

    def change(record: dict[str, Any]) -> bool:
        done = isinstance(record.get(name), int | float)
        record |= {name: str(record[name])} if done else {}
        return done

    return describe(operation, f"{name} is a text", _records(ground, operation, change))


@operator
def status_changed(ground: Ground) -> Made:
    operation = ground.rng.choice(list(ground.contract.operations()))

    def change(wire: Wire) -> bool:
        wire.status = 202
        return True

    return describe(operation, "202 for 200", replies(ground, operation, change))


@operator
def refusal_changed(ground: Ground) -> Made:
    operation = ground.rng.choice(list(ground.contract.operations()))
    status = ground.rng.choice([one for one in operation.replies if 400 <= one < 500])
    wanted = ground.rng.choice([one for one in (400, 401, 403, 404, 409) if one != status])

    def change(wire: Wire) -> bool:
        wire.status = wanted
        return True

    return describe(operation, f"{wanted} for {status}", replies(ground, operation, change, status))


@operator
def item_lost(ground: Ground) -> Made:
    operation = ground.operation(Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
    return describe(operation, "the last item is left out", replies(ground, operation, _paged(lambda many: many[:-1])))


@operator
def order_changed(ground: Ground) -> Made:
    operation = ground.operation(Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
    return describe(operation, "items stand in reverse", replies(ground, operation, _paged(lambda many: many[::-1])))


@operator
def item_twice(ground: Ground) -> Made:
    operation = ground.operation(Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
    return describe(
        operation, "the first item comes twice", replies(ground, operation, _paged(lambda many: many[:1] + many))
    )


def _paged(change: Callable[[list[Any]], list[Any]]) -> Callable[[Wire], bool]:
    def changed(wire: Wire) -> bool:
        value = wire.value
        name = wire.operation.page.items if wire.operation and wire.operation.page else None
        many = value.get(name) if name and isinstance(value, dict) else value
        if not isinstance(many, list) or change(many) == many:
            return False
        wire.say({**value, name: change(many)} if name else change(many))
        return True

    return changed


@operator
def header_missing(ground: Ground) -> Made:
    operation = ground.rng.choice(list(ground.contract.operations()))
    name = ground.rng.choice(["Access-Control-Allow-Origin", "Content-Type"])

    def change(wire: Wire) -> bool:
        return wire.headers.pop(name, None) is not None

    return describe(operation, f"{name} is missing", replies(ground, operation, change))


@operator
def reply_stale(ground: Ground) -> Made:
    operation = ground.operation(Kind.READ)
    kept: dict[str, bytes] = {}

    def change(wire: Wire) -> bool:
        place = wire.environ["PATH_INFO"] + wire.query
        old = kept.setdefault(place, wire.body)
        wire.body, fresh = old, wire.body
        return old != fresh

    return describe(operation, "answers what it answered first", replies(ground, operation, change))


# Operators over requests


def requests(ground: Ground, operation: Operation, change: Callable[[Environ], bool]) -> Callable[[Planting], None]:
    """Change requests of one operation; ``change`` answers whether it changed anything."""
    pattern = re.compile("/".join("[^/]+" if "{" in one else re.escape(one) for one in operation.path.split("/")) + "$")

    def plant(planting: Planting) -> None:
        def changed(environ: Environ) -> None:
            meant = environ["REQUEST_METHOD"] == operation.method and pattern.search(environ["PATH_INFO"])
            if meant and change(environ):
                ground.met.append(True)

        planting.requests(changed)

    return plant


def body_of(change: Callable[[Any], Any]) -> Callable[[Environ], bool]:
    def changed(environ: Environ) -> bool:
        try:
            body = json.loads(read_body(environ))
        except ValueError:
            return False
        fresh = change(copy.deepcopy(body))
        if fresh is None or fresh == body:
            return False
        put_body(environ, json.dumps(fresh).encode())
        return True

    return changed


@operator
def step_lost(ground: Ground) -> Made:
    operation = ground.operation(Kind.PATCH)
    change = body_of(lambda body: body[:-1] if isinstance(body, list) and len(body) > 1 else None)
    return describe(operation, "the last of several steps is not carried out", requests(ground, operation, change))


@operator
def member_ignored(ground: Ground) -> Made:
    operation = ground.operation(Kind.CREATE, Kind.REPLACE)
    fields = sorted(operation.resource.fields - operation.resource.managed - {operation.resource.key})
    name = ground.rng.choice(fields)
    change = body_of(lambda body: {k: v for k, v in body.items() if k != name} if isinstance(body, dict) else None)
    return describe(operation, f"{name} is not stored", requests(ground, operation, change))


@operator
def parameter_ignored(ground: Ground) -> Made:
    chosen = [one for one in ground.contract.operations() if _telling(one)]
    operation = ground.rng.choice(chosen)
    name = ground.rng.choice(_telling(operation))

    def change(environ: Environ) -> bool:
        parts = environ.get("QUERY_STRING", "").split("&")
        environ["QUERY_STRING"] = "&".join(one for one in parts if not one.startswith(f"{name}="))
        return len(parts) != len(environ["QUERY_STRING"].split("&")) or not environ["QUERY_STRING"]

    return describe(operation, f"{name} is ignored", requests(ground, operation, change))


def _telling(operation: Operation) -> list[str]:
    """Query parameters whose being ignored a reply can tell: not those that say how fresh a reply has to be."""
    known = (operation.projection, operation.page.key if operation.page else None)
    return [one.name for one in operation.parameters if one.location == "query" and one.name in known]


@operator
def criterion_ignored(ground: Ground) -> Made:
    operation = ground.operation(Kind.SEARCH)
    mapped = [name for name, one in operation.criteria.items() if one.field is not None]
    name = ground.rng.choice(sorted(mapped))
    change = body_of(lambda body: {k: v for k, v in body.items() if k != name} if isinstance(body, dict) else None)
    return describe(operation, f"{name} is ignored", requests(ground, operation, change))


@operator
def lists_cut(ground: Ground) -> Made:
    """A list in a body loses its last item when stored."""
    operation = ground.operation(Kind.CREATE, Kind.REPLACE)

    def change(body: Any) -> Any:
        return (
            {k: v[:-1] if isinstance(v, list) and v else v for k, v in body.items()} if isinstance(body, dict) else None
        )

    return describe(operation, "lists lose their last item", requests(ground, operation, body_of(change)))


# Operators over the document: the mock follows another one than the kit


def _document(ground: Ground, edit: Callable[[Root], object]) -> Callable[[Planting], None]:
    ground.met.append(True)
    return lambda planting: planting.document(edit)


LIMITS = ("enum", "pattern", "maxLength", "minLength", "minimum", "maximum", "multipleOf", "maxItems", "minItems")


@operator
def constraint_off(ground: Ground) -> Made:
    """One constraint of what an operation takes is not enforced."""
    bodies = [one for one in ground.contract.operations() if one.body and one.kind in (Kind.CREATE, Kind.REPLACE)]
    operation = ground.rng.choice(bodies)
    places = _constraints(ground.contract, operation)
    if not places:
        return constraint_off(ground)
    steps = ground.rng.choice(places)
    wrong = f"/{'/'.join(steps)} of what it takes is not enforced"
    return describe(operation, wrong, _document(ground, lambda root: _unenforced(root, operation, steps)))


def _schema(root: Root, operation: Operation) -> Any:
    body = root["paths"][operation.path][operation.method.lower()]["requestBody"]
    content = _followed(root, body)["content"]
    return next(one for name, one in content.items() if "json" in name)


def _followed(root: Root, node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        place: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        node = place
    return node


def _constraints(contract: Contract, operation: Operation) -> list[tuple[str, ...]]:
    root = contract.document.root
    schema = _followed(root, _schema(root, operation)["schema"])
    found: list[tuple[str, ...]] = []
    found += [("required", one) for one in schema.get("required", []) if one != operation.resource.key]
    for name, node in schema.get("properties", {}).items():
        own = _followed(root, node)
        found += [("properties", name, word) for word in LIMITS if isinstance(own, dict) and word in own]
        items = _followed(root, own.get("items")) if isinstance(own, dict) else None
        for inner, one in (items or {}).get("properties", {}).items() if isinstance(items, dict) else ():
            deep = _followed(root, one)
            found += [("properties", name, "items", "properties", inner, word) for word in LIMITS if word in deep]
    return found


def _unenforced(root: Root, operation: Operation, steps: tuple[str, ...]) -> None:
    """Take the constraint out of the request and out of the record, which is held to its own schema when stored."""
    place = _schema(root, operation)
    place["schema"] = copy.deepcopy(_followed(root, place["schema"]))
    for node in (place["schema"], root["components"]["schemas"][operation.resource.schema]):
        _take_out(root, node, steps)


def _take_out(root: Root, node: Any, steps: tuple[str, ...]) -> None:
    if steps[0] == "required":
        node["required"] = [one for one in node.get("required", []) if one != steps[1]]
        return
    for step in steps[:-1]:
        if step not in node:
            return
        node[step] = copy.deepcopy(_followed(root, node[step]))
        node = node[step]
    node.pop(steps[-1], None)


def _rules(contract: Contract, word: str) -> list[tuple[str, str]]:
    """Resource and field of the rules of computed or filled fields."""
    found = []
    for name, resource in contract.resources.items():
        node = contract.document.node("components", "schemas", resource.schema)
        fields = node.child("properties").items()
        found += [(name, one) for one, place in fields if word in (place.child("x-mock").value or {})]
    return found


@operator
def computed_off(ground: Ground) -> Made:
    resource, name = ground.rng.choice(_rules(ground.contract, "computed"))
    schema = ground.contract.resources[resource].schema

    def edit(root: Root) -> None:
        marks = root["components"]["schemas"][schema]["properties"][name]["x-mock"]
        rule = marks["computed"]
        told = rule["in"] if isinstance(rule, dict) else rule
        known = root["components"]["schemas"][schema]["properties"][name].get("type")
        other = f"({told}) + 1" if known in ("number", "integer") else f"({told}) + 'x'" if known == "string" else "[]"
        marks["computed"] = {**rule, "in": other} if isinstance(rule, dict) else other

    return resource, "rule", f"{resource}.{name} is worked out otherwise", _document(ground, edit)


@operator
def filled_off(ground: Ground) -> Made:
    resource, name = ground.rng.choice(_rules(ground.contract, "filled"))
    schema = ground.contract.resources[resource].schema

    def edit(root: Root) -> None:
        marks = root["components"]["schemas"][schema]["properties"][name]["x-mock"]
        known = root["components"]["schemas"][schema]["properties"][name].get("type")
        marks["filled"] = f"({marks['filled']}) + {1 if known in ('number', 'integer') else repr('x')}"

    return resource, "rule", f"{resource}.{name} is filled in otherwise", _document(ground, edit)


@operator
def effect_changed(ground: Ground) -> Made:
    """One effect is off, inverted, or lacks a step or a value."""
    known = {
        name: ground.contract.document.node("components", "schemas", one.schema).child("x-mock", "effects").value
        for name, one in ground.contract.resources.items()
    }
    resource = ground.rng.choice(sorted(name for name, one in known.items() if one))
    number = ground.rng.randrange(len(known[resource]))
    how = ground.rng.choice(["off", "inverted", "unconditional", "less"])
    pick = ground.rng.random()
    schema = ground.contract.resources[resource].schema

    def edit(root: Root) -> None:
        effects = root["components"]["schemas"][schema]["x-mock"]["effects"]
        one = effects[number]
        if how == "off" or "when" not in one:
            del effects[number]
        elif how == "inverted":
            one["when"] = f"not ({one['when']})"
        elif how == "unconditional" and any("where" in step for step in one["do"]):
            for step in one["do"]:
                step.pop("where", None)
        else:
            step = one["do"][int(pick * len(one["do"]))]
            values = step.get("values") or step.get("set")
            name = sorted(values)[int(pick * 97) % len(values)]
            if len(values) > 1:
                del values[name]
            elif len(one["do"]) > 1:
                one["do"].remove(step)
            else:
                effects.remove(one)

    return resource, "rule", f"effect {number} of {resource}, {how}", _document(ground, edit)


@operator
def reference_unchecked(ground: Ground) -> Made:
    """One foreign key is no longer one."""
    known = [
        (name, one) for name, it in ground.contract.resources.items() for one in it.references if not one.is_nested
    ]
    resource, reference = ground.rng.choice(known)
    schema = ground.contract.resources[resource].schema

    def edit(root: Root) -> None:
        for one in root["components"]["schemas"].values():
            marks = one.get("properties", {}).get(reference.field, {})
            if one is root["components"]["schemas"][schema] and isinstance(marks, dict):
                marks.get("x-mock", {}).pop("references", None)

    return resource, "rule", f"{resource}.{reference.field} may name what there is not", _document(ground, edit)


def shares(rows: list[tuple[Sown, str | None]], by: Callable[[Sown], str]) -> Mapping[str, tuple[int, int]]:
    """By operator, kind or resource: how many were met by the kit, and how many of those were caught."""
    found: dict[str, tuple[int, int]] = {}
    for sown, caught in rows:
        tried, well = found.get(by(sown), (0, 0))
        found[by(sown)] = (tried + 1, well + bool(caught))
    return dict(sorted(found.items()))
