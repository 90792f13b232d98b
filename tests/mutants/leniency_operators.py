"""Operators over leniency: what is of another type, form or pattern passes for what it is near to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeAlias

from mockserver.conformance import read_body
from mockserver.contract import Kind, Operation
from mockserver.contract.operation import How
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.handlers.storing import Storing
from mutants.generated import Ground, Made, body_of, describe, operator, requests
from mutants.mutant import Area
from mutants.planting import Planting, engine

Conversion: TypeAlias = Callable[[Any], Any]


def _number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


CONVERSIONS: dict[str, tuple[str, Conversion]] = {
    "a text is a number": ("number", _number),
    "a text is true": ("boolean", lambda one: {"true": True, "false": False}.get(one, one) if isinstance(one, str) else one),
    "a number is true": ("boolean", lambda one: bool(one) if isinstance(one, int) else one),
    "a number is a text": ("string", lambda one: str(one) if type(one) in (int, float) else one),
    "true is a text": ("string", lambda one: str(one).lower() if isinstance(one, bool) else one),
    "null is an empty text": ("string", lambda one: "" if one is None else one),
}  # fmt: skip
"""What passes for a value of which JSON type."""


def _fields(ground: Ground, operation: Operation, named: str) -> set[str]:
    follow = ground.contract.document.follow
    properties = read_body(ground.contract, operation).properties
    return {name for name, node in properties.items() if follow(node).value.get("type") == named}


@operator(Area.VALIDATION)
def type_converted(ground: Ground) -> Made:
    """A value of another type is taken for one of the right type."""
    operation = ground.operation(Kind.CREATE, Kind.REPLACE)
    name = ground.rng.choice(sorted(CONVERSIONS))
    kind, convert = CONVERSIONS[name]
    fields = _fields(ground, operation, kind)
    if not fields:
        return type_converted(ground)

    def change(body: Any) -> Any:
        if not isinstance(body, dict):
            return None
        return {key: convert(value) if key in fields else value for key, value in body.items()}

    return describe(operation, f"{name}, where it should be none", requests(ground, operation, body_of(change)))


def _each_text(value: Any, turn: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _each_text(one, turn) for name, one in value.items()}
    if isinstance(value, list):
        return [_each_text(one, turn) for one in value]
    return turn(value) if isinstance(value, str) else value


TEXTS: dict[str, Callable[[str], str]] = {
    "composed": lambda one: unicodedata.normalize("NFC", one),
    "made compatible": lambda one: unicodedata.normalize("NFKC", one),
    "put on one line": lambda one: one.replace("\n", " "),
    "lowered where they look like an address": lambda one: one.lower() if "@" in one else one,
}


@operator(Area.LIFECYCLE)
def text_normalised(ground: Ground) -> Made:
    """Texts are stored in another form than they were sent."""
    operation = ground.operation(Kind.CREATE, Kind.REPLACE, Kind.PATCH)
    name = ground.rng.choice(sorted(TEXTS))
    change = body_of(lambda body: _each_text(body, TEXTS[name]))
    return describe(operation, f"texts are {name}", requests(ground, operation, change))


@operator(Area.LIFECYCLE)
def list_tidied(ground: Ground) -> Made:
    """Lists are stored in an order of their own, or with each item once."""
    writes = [one for one in ground.contract.operations() if one.kind in (Kind.CREATE, Kind.REPLACE)]
    operation = ground.rng.choice([one for one in writes if _fields(ground, one, "array")])
    how = ground.rng.choice(["sorted", "reversed", "each once"])

    def tidy(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        if how == "each once":
            return [one for place, one in enumerate(value) if one not in value[:place]]
        return value[::-1] if how == "reversed" else sorted(value, key=repr)

    change = body_of(lambda body: {name: tidy(one) for name, one in body.items()} if isinstance(body, dict) else None)
    return describe(operation, f"items of lists: {how}", requests(ground, operation, change))


@operator(Area.LISTS)
def text_is_pattern(ground: Ground) -> Made:
    """What a search looks for in texts is taken for a pattern."""
    searches = [one for one in ground.contract.operations() if one.kind is Kind.SEARCH]
    known = [one for one in searches if any(how.how is How.CONTAINS for how in one.criteria.values())]
    operation = ground.rng.choice(known)
    name = ground.rng.choice(["a regular expression", "SQL's LIKE"])
    inside: list[bool] = []

    def match(original: Callable[..., Any], call: Call, *given: Any) -> Any:
        inside.append(call.operation.id == operation.id)
        try:
            return original(call, *given)
        finally:
            inside.pop()

    def test(original: Callable[..., Any], how: How, wanted: Any) -> Any:
        if how is not How.CONTAINS or not inside or not inside[-1]:
            return original(how, wanted)
        like = re.escape(wanted).replace("%", ".*").replace("_", ".")
        try:
            pattern = re.compile(like if name == "SQL's LIKE" else wanted, re.IGNORECASE)
        except re.error:
            return original(how, wanted)
        sound = original(how, wanted)

        def tested(found: Any) -> bool:
            ground.note(bool(pattern.search(str(found))) != bool(sound(found)))
            return bool(pattern.search(str(found)))

        return tested

    def plant(planting: Planting) -> None:
        planting.around(engine("handlers.listing"), "match", match)
        planting.around(engine("handlers.matching"), "_test", test)
        planting.around(engine("handlers.matching"), "_condition", lambda _, *__: engine("store").All([]))

    return describe(operation, f"texts are taken for {name}", plant)


@operator(Area.BATCH)
def item_unchecked(ground: Ground) -> Made:
    """A batch stores what breaks the schema when it is one verb that brings it."""
    operation = ground.operation(Kind.BATCH)
    kind = ground.rng.choice([Kind.CREATE, Kind.REPLACE])

    def plant(planting: Planting) -> None:
        def checked(original: Callable[..., Any], call: Call, of: Kind, item: Any, part: str) -> Any:
            try:
                return original(call, of, item, part)
            except Refusal:
                if call.operation.id != operation.id or of is not kind or not isinstance(item.get(part), dict):
                    raise
                ground.note()
                return item[part]

        def kept(original: Callable[..., None], self: Storing, *given: Any) -> None:
            if self.call.operation.id != operation.id:  # else what is stored is refused with the same status after all
                original(self, *given)

        planting.around(engine("handlers.batch"), "_checked", checked)
        planting.around(Storing, "_check", kept)

    return describe(operation, f"an item's {kind.value} is not checked before it is carried out", plant)
