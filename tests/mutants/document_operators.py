"""Operators over the document: the mock follows another one than the kit."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

from mockserver.contract import Contract, Kind, Operation
from mutants.generated import Ground, Made, describe, operator
from mutants.mutant import Area
from mutants.planting import Planting

Root: TypeAlias = dict[str, Any]


def _document(ground: Ground, edit: Callable[[Root], object]) -> Callable[[Planting], None]:
    ground.met.append(True)
    return lambda planting: planting.document(edit)


LIMITS = ("enum", "pattern", "maxLength", "minLength", "minimum", "maximum", "multipleOf", "maxItems", "minItems")


@operator(Area.VALIDATION)
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
    content = followed(root, body)["content"]
    return next(one for name, one in content.items() if "json" in name)


def followed(root: Root, node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        place: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        node = place
    return node


def _constraints(contract: Contract, operation: Operation) -> list[tuple[str, ...]]:
    root = contract.document.root
    schema = followed(root, _schema(root, operation)["schema"])
    found: list[tuple[str, ...]] = []
    found += [("required", one) for one in schema.get("required", []) if one != operation.resource.key]
    for name, node in schema.get("properties", {}).items():
        own = followed(root, node) if name != operation.resource.key else {}  # a PUT takes no id but that of its path
        found += [("properties", name, word) for word in LIMITS if isinstance(own, dict) and word in own]
        items = followed(root, own.get("items")) if isinstance(own, dict) else None
        for inner, one in (items or {}).get("properties", {}).items() if isinstance(items, dict) else ():
            deep = followed(root, one)
            found += [("properties", name, "items", "properties", inner, word) for word in LIMITS if word in deep]
    return found


def _unenforced(root: Root, operation: Operation, steps: tuple[str, ...]) -> None:
    """Take the constraint out of the request and out of the record, which is held to its own schema when stored."""
    place = _schema(root, operation)
    place["schema"] = copy.deepcopy(followed(root, place["schema"]))
    for node in (place["schema"], root["components"]["schemas"][operation.resource.schema]):
        _take_out(root, node, steps)


def _take_out(root: Root, node: Any, steps: tuple[str, ...]) -> None:
    if steps[0] == "required":
        node["required"] = [one for one in node.get("required", []) if one != steps[1]]
        return
    for step in steps[:-1]:
        if step not in node:
            return
        node[step] = copy.deepcopy(followed(root, node[step]))
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


@operator(Area.RULES)
def computed_off(ground: Ground) -> Made:
    resource, name = ground.rng.choice(_rules(ground.contract, "computed"))
    schema = ground.contract.resources[resource].schema

    def edit(root: Root) -> None:
        marks = root["components"]["schemas"][schema]["properties"][name]["x-mock"]
        rule = marks["computed"]
        told = rule["in"] if isinstance(rule, dict) else rule
        known = root["components"]["schemas"][schema]["properties"][name].get("type")
        if root["components"]["schemas"][schema]["properties"][name].get("format") == "date-time":
            known = "moment"
        other = (
            f"later({told}, days=1)"
            if known == "moment"
            else f"({told}) + 1"
            if known in ("number", "integer")
            else f"({told}) + 'x'"
            if known == "string"
            else "[]"
        )
        marks["computed"] = {**rule, "in": other} if isinstance(rule, dict) else other

    return resource, "rule", f"{resource}.{name} is worked out otherwise", _document(ground, edit)


@operator(Area.RULES)
def filled_off(ground: Ground) -> Made:
    resource, name = ground.rng.choice(_rules(ground.contract, "filled"))
    schema = ground.contract.resources[resource].schema

    def edit(root: Root) -> None:
        marks = root["components"]["schemas"][schema]["properties"][name]["x-mock"]
        known = root["components"]["schemas"][schema]["properties"][name].get("type")
        marks["filled"] = f"({marks['filled']}) + {1 if known in ('number', 'integer') else repr('x')}"

    return resource, "rule", f"{resource}.{name} is filled in otherwise", _document(ground, edit)


@operator(Area.RULES)
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


@operator(Area.VALIDATION)
def reference_unchecked(ground: Ground) -> Made:
    """One foreign key is no longer one."""
    kept = set(ground.contract.resources) - {
        one.resource.name for one in ground.contract.operations() if one.kind is Kind.DELETE
    }  # what another module never deletes may be named without being there, and nothing else hangs on the key
    known = [
        (name, one)
        for name, it in ground.contract.resources.items()
        for one in it.references
        if not one.is_nested and not (one.crosses and one.resource in kept)
    ]
    resource, reference = ground.rng.choice(known)
    schema = ground.contract.resources[resource].schema

    def edit(root: Root) -> None:
        for one in root["components"]["schemas"].values():
            marks = one.get("properties", {}).get(reference.field, {})
            if one is root["components"]["schemas"][schema] and isinstance(marks, dict):
                marks.get("x-mock", {}).pop("references", None)

    return resource, "rule", f"{resource}.{reference.field} may name what there is not", _document(ground, edit)
