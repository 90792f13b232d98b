"""Text as the types that its schema wants: parameters, and forms with brackets in their names (A9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import PlannedParameter
from mockserver.contract.samples.sample_maker import Maker
from mockserver.messages import Json, Request
from mockserver.values.absent import ABSENT
from mockserver.values.json_text import DEEPEST, BadJson, decode, whole

_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"-?[0-9]{1,300}")
_INDEX = re.compile(r"\[[0-9]+\]$")
"""How clients number the items of a list: ``expand[0]=customer``."""
_BRACKETS = re.compile(r"\[([^\]]*)\]")


def nested(maker: Maker, schema: Node, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """``a[b]=1&a[c][]=2`` as ``{"a": {"b": 1, "c": [2]}}``, each text as its schema's type."""
    made: dict[str, Any] = {}
    for name, text in pairs:
        head, *inner = [name.partition("[")[0], *_BRACKETS.findall(name)]
        _put(made, [head, *inner], text)
    members = maker.shapes.properties(schema)
    empty = [name for name in maker.shapes.shape(schema).required if name not in made and name in members]
    made |= {name: [] for name in empty if maker.shapes.type(members[name]) == "array"}  # a form cannot say these
    return {name: formed(maker, members.get(name), value) for name, value in made.items()}


def sent_texts(maker: Maker, taken: PlannedParameter, request: Request) -> list[str]:
    """What a request says of a parameter in a header or the query: as often as it does."""
    if taken.location == "header":
        text = request.header(taken.name)
        return [] if text is None else [text]
    names = {taken.name, f"{taken.name}[]", taken.also or taken.name}
    names |= (
        {taken.name[:-1]} if taken.name.endswith((">=", "<=", "!=")) else set()
    )  # the last sign is also the query's
    is_list = maker.shapes.type(taken.schema) == "array"
    return [
        text for name, text in request.query
        if name in names or (is_list and name.endswith("]") and _INDEX.sub("", name) == taken.name)
    ]  # fmt: skip


def holds_objects(maker: Maker, taken: PlannedParameter) -> bool:
    """Whether a parameter of the query is an object or a list of objects."""
    items = maker.shapes.items(taken.schema) if maker.shapes.type(taken.schema) == "array" else taken.schema
    return taken.location == "query" and items is not None and maker.shapes.type(items) == "object"


def bracketed(maker: Maker, taken: PlannedParameter, query: Iterable[tuple[str, str]]) -> Any:
    """What names in the query that go on in brackets say: ``filter[a][b]=1`` is ``{"a": {"b": 1}}``.

    ABSENT where there are none.
    """
    made: dict[str, Any] = {}
    for name, text in query:
        prefix = next((one for one in (taken.name, taken.also) if one and name.startswith(f"{one}[")), None)
        if prefix is not None and (steps := _BRACKETS.findall(name[len(prefix) :])):
            _put(made, ["", *steps], text)
    return formed(maker, taken.schema, made[""]) if made else ABSENT


def typed(maker: Maker, schema: Node, text: str) -> Json:
    """``text`` as the first type of the schema that it can be read as; as it is when it is none of them."""
    if not isinstance(schema.value, dict):
        return text
    kind = maker.shapes.type(schema)
    if kind == "string" and maker.allows(schema, text):
        return text
    for value in _readings(text):
        if maker.allows(schema, value):
            return value
    return _as(kind, text)


def _as(kind: str | None, text: str) -> Json:
    """The nearest that a text comes to its type, for the violation to say the right thing."""
    if kind in ("integer", "number") and _NUMBER.fullmatch(text):
        number = whole(text) if _WHOLE.fullmatch(text) else float(text)
        return number if isfinite(number) else text
    return text


def _readings(text: str) -> Iterator[Json]:
    if _WHOLE.fullmatch(text):
        yield whole(text)
    elif _NUMBER.fullmatch(text) and isfinite(number := float(text)):
        yield number
    if text.lower() in ("true", "false"):
        yield text.lower() == "true"
    if text[:1] in ("{", "["):
        try:
            yield decode(text.encode(errors="replace"), DEEPEST)
        except BadJson:
            return
    if text in ("", "null"):
        yield None
    yield text


def _put(made: dict[str, Any], steps: list[str], value: Json) -> None:
    """Put ``value`` where the steps of a bracketed name lead; an empty step adds to a list."""
    name, *rest = steps
    rest = rest[:20]
    if not rest:
        made[name] = [*_listed(made[name]), value] if name in made else value
    elif rest == [""]:
        made[name] = [*_listed(made.get(name, [])), value]
    else:
        below = made.get(name)
        made[name] = below if isinstance(below, dict) else {}
        _put(made[name], rest, value)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def formed(maker: Maker, schema: Node | None, value: Json) -> Json:
    """What a form or XML says as its schema's types; as it is where there is no schema."""
    if schema is None:
        return value
    if isinstance(value, str):
        return _formed_text(maker, schema, value)
    if isinstance(value, dict):
        if maker.shapes.type(schema) == "array" and all(
            name.isascii() and name.isdigit() and len(name) < 10 for name in value
        ):
            return formed(maker, schema, [value[name] for name in sorted(value, key=int)])
        members = maker.shapes.properties(schema)
        return {name: formed(maker, members.get(name), one) for name, one in value.items()}
    items = maker.shapes.items(schema)
    return [formed(maker, items, one) for one in value] if isinstance(value, list) else value


def _formed_text(maker: Maker, schema: Node, text: str) -> Json:
    single = typed(maker, schema, text)
    if maker.shapes.type(schema) != "array" or isinstance(single, list):
        return single
    items = maker.shapes.items(schema)
    return [typed(maker, items, text) if items else text]
