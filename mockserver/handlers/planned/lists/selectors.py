"""Selectors: ``labelSelector=app=web,tier in (a,b),!old`` by a map of labels, ``fieldSelector=status.phase!=Done``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from mockserver.contract.plan import Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.errors import Refusal, Violation
from mockserver.handlers.planned.addressing.criteria import written
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular
from mockserver.values.shown import quoted

Test: TypeAlias = Callable[[Any], bool]
"""Whether the content of a record is asked for."""
_FIELDS = "field"
_PARTS = re.compile(r"(?:[^,(]|\([^)]*\)?)+")
"""What stands between commas that are in no brackets; read once, however many there are."""
_REQUIREMENT = re.compile(
    r"(?P<key>[\w./-]+)\s*(?:(?P<is>==?|!=)(?P<value>[^=!,()]*)|\s(?P<among>in|notin)\s*\((?P<values>[^()]*)\))"
)


def selected(scope: Scope, asked: Mapping[str, Json]) -> list[Test]:
    """What the selectors among the parameters ask for. Raises Refusal(400) for one that cannot be read."""
    record, shapes = scope.model.record, scope.call.tools.maker.shapes
    if record is None:
        return []
    found: list[Test] = []
    for name, value in asked.items():
        about = flat(name).removesuffix("selector")
        if about == flat(name) or not isinstance(value, str):
            continue
        steps = () if about == _FIELDS else _map_of(shapes, scope, about)
        if steps is not None:
            found += _tests(name, value, steps, is_dotted=about == _FIELDS)
    return found


def _map_of(shapes: Shapes, scope: Scope, about: str) -> Steps | None:
    """Where a record has its labels: a member of its own, or one beside its key."""
    record, key = scope.model.record, scope.model.key
    for steps in dict.fromkeys(((), key[:-1])):
        place = shapes.member(record, steps) if record is not None else None
        for name, node in shapes.properties(place).items() if place is not None else ():
            if singular(flat(name)) == about and shapes.type(node) == "object":
                return (*steps, name)
    return None


def _tests(name: str, text: str, steps: Steps, *, is_dotted: bool) -> Iterator[Test]:
    """One test for each of the requirements, all of which have to be met."""
    for one in (part.strip() for part in _PARTS.findall(text)):
        if not one:
            continue
        if not is_dotted and re.fullmatch(r"!?\s*[\w./-]+", one):
            yield _has((*steps, one.lstrip("! ")), is_wanted=not one.startswith("!"))
            continue
        if (read := _REQUIREMENT.fullmatch(one)) is None:
            message = f"has {quoted(one)}, wanted key=value, key!=value, key in (a, b), key or !key"
            violation = Violation("query", f"/{name}", "selector", message)
            raise Refusal(400, "The request breaks the contract.", violations=[violation])
        place = (*steps, *(read["key"].split(".") if is_dotted else [read["key"]]))
        values = read["value"] if read["is"] else read["values"]
        options = {part.strip() for part in values.split(",")}
        yield _is_among(place, options, is_wanted=read["is"] in ("=", "==") or read["among"] == "in")


def _has(steps: Steps, *, is_wanted: bool) -> Test:
    return lambda data: (value_at(data, steps) is not None) == is_wanted


def _is_among(steps: Steps, options: set[str], *, is_wanted: bool) -> Test:
    """What has no value at all has none of the options, nor is it the empty text."""

    def test(data: Any) -> bool:
        value = value_at(data, steps)
        return (value is not None and written(value) in options) == is_wanted

    return test
