"""Which related records a request wants to see: ``expand=a,b.c``, ``$expand=A($expand=B)``, ``include=a``."""

from __future__ import annotations

from typing import Any, TypeAlias

from mockserver.contract.document import Node
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import model_of, plan_of
from mockserver.inference.vocabulary.words import EXPANSIONS
from mockserver.messages import Json
from mockserver.values.name_words import flat

Asked: TypeAlias = dict[str, Any]
"""For each name that is asked for those that are asked for within it, in the same way."""

DEEPEST = 4
"""How many records within records are shown."""
ALL = "*"
ODATA = "$expand"


def asked_relations(call: Call) -> Asked:
    """What the query asks for, and the member ``expand`` of a body that takes one."""
    wanted: Asked = {}
    for name in relation_parameters(call):
        _add(wanted, call.input.values.get(name), DEEPEST)
    body = call.input.body
    said = body.get("expand") if isinstance(body, dict) and _is_in_bodies(call) else None
    _add(wanted, said, DEEPEST)
    return wanted


def relation_parameters(call: Call) -> list[str]:
    """The parameters of that sense; one that a record has as a member is a filter. PERF: looked for once."""
    remembered, shapes = plan_of(call).remembered, call.tools.maker.shapes
    if (names := remembered.get("expansions")) is None:
        record = model_of(call.resource).record if call.resource.model else None
        members = {*map(flat, shapes.properties(record))} if record is not None else set()
        taken = (one.name for one in plan_of(call).parameters if one.location == "query")
        names = remembered["expansions"] = [one for one in taken if flat(one) in EXPANSIONS - members]
    return [*names]


def listed_relations(call: Call) -> set[str]:
    """What the parameters can ask for, where an ``enum`` lists that; letters and digits only."""
    shapes, found = call.tools.maker.shapes, set[str]()
    for name in relation_parameters(call):
        taken = plan_of(call).parameter(name)
        for place in (taken.schema, shapes.items(taken.schema)) if taken else ():
            options = shapes.says(place, "enum") if place is not None else None
            found |= {flat(one) for one in options or () if isinstance(one, str)}
    return found


def _is_in_bodies(call: Call) -> bool:
    """Whether a body has the member, and a record has not. PERF: looked for once."""
    remembered, shapes = plan_of(call).remembered, call.tools.maker.shapes
    if "expands in body" not in remembered:
        bodies: list[Node] = [*plan_of(call).bodies.values()]
        record = model_of(call.resource).record if call.resource.model else None
        is_member = record is not None and "expand" in shapes.properties(record)
        remembered["expands in body"] = not is_member and any("expand" in shapes.properties(one) for one in bodies)
    return bool(remembered["expands in body"])


def _add(wanted: Asked, said: Json, left: int) -> None:
    """Put what one value asks for beside what is ``wanted`` already."""
    if not left:
        return
    if isinstance(said, list):
        for one in said:
            _add(wanted, one, left)
    elif isinstance(said, dict):
        _add_object(wanted, said, left)
    elif isinstance(said, str):
        for one in _parts(said, ","):
            _add_one(wanted, one, left)


def _add_object(wanted: Asked, said: dict[str, Any], left: int) -> None:
    """``{"relation": "author", "scope": {"include": …}}``, ``populate[author][populate]=company``."""
    if isinstance(said.get("relation"), str):
        inner, below = said.get("scope"), wanted.setdefault(said["relation"], {})
        _add(below, inner.get("include") if isinstance(inner, dict) else None, left - 1)
        return
    for name, one in said.items():
        if name.isdigit():
            _add(wanted, one, left)
        elif one not in (False, "false"):
            _add(wanted.setdefault(name, {}), one.get("populate") if isinstance(one, dict) else None, left - 1)


def _add_one(wanted: Asked, text: str, left: int) -> None:
    """One name: ``author.company``, ``Items/Product`` or ``Items($expand=Product;$top=2)``."""
    name, _, options = text.partition("(")
    steps = [step for step in name.replace("/", ".").split(".") if step][:left]
    for step in steps:
        wanted = wanted.setdefault(step, {})
    for option in _parts(options.removesuffix(")"), ";") if steps else ():
        word, _, inner = option.partition("=")
        if word.strip() == ODATA:
            _add(wanted, inner, left - len(steps))


def _parts(text: str, mark: str) -> list[str]:
    """What ``mark`` divides ``text`` into, but for where it stands in brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == mark and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [one for part in parts if (one := part.strip())]
