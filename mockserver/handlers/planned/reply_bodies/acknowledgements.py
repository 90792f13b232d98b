"""What an envelope says of the request, beside a record or a list: ``{"code": 200, "message": "OK", "data": …}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import OperationPlan
from mockserver.contract.samples.declared_values import said_examples
from mockserver.contract.samples.record_examples import media_examples
from mockserver.contract.schema_shape import Shapes
from mockserver.handlers.planned.declared_errors.error_words import phrase
from mockserver.inference.vocabulary.words import (
    CODES,
    FAULTS,
    HOLDERS_OF_ANY,
    MESSAGES,
    OUTCOMES,
    ZEROS,
    tells_outcome,
)
from mockserver.messages import Json
from mockserver.values.name_words import flat
from mockserver.values.pointer import pointed, pointer_to

_GOOD = ("success", "ok", "succeeded", "successful", "completed", "true")
"""How a success is called, the likeliest first."""
_BAD = re.compile(r"error|fail|invalid|denied|not found|unauthori[sz]ed|forbidden|bad request|missing", re.IGNORECASE)
_DONE = re.compile(r"success|\w{3,}(?:ed|ved|sent)\b", re.IGNORECASE)
"""How a description tells what was done."""
_LONGEST = 80


_HEALTH = re.compile(r"~1(?:health\w*|ping|heartbeat|alive|status|live\w*|read(?:y\w*|iness))/[a-z]+$")
"""Where the operations stand that tell whether a server is well."""


def acknowledged(plan: OperationPlan) -> Mapping[str, Json]:
    """The plain members at the top of the declared success that tell how the request went; PERF: worked out once."""
    if (known := plan.remembered.get("acknowledged")) is None:
        known = plan.remembered["acknowledged"] = dict(_told(plan))
    return known


def is_acknowledgement(plan: OperationPlan) -> bool:
    """Whether the declared success tells how the request went, or that the server is well, and no record."""
    schema = plan.success.schema
    members = plan.maker.shapes.properties(schema) if schema is not None else {}
    return bool(members) and (tells_outcome(members) or _HEALTH.search(plan.place) is not None)


def _told(plan: OperationPlan) -> Iterator[tuple[str, Json]]:
    schema, media = plan.success.schema, plan.success.media
    if schema is None or media is None:
        return
    examples = [one for one in media_examples(plan.maker.shapes.document, media) if isinstance(one, dict)]
    for name, place in plan.maker.shapes.properties(schema).items():
        if flat(name) in OUTCOMES | HOLDERS_OF_ANY:
            listed = [*(one[name] for one in examples if name in one), *_said(plan.maker.shapes, place)]
            good = (one for one in (*listed, *_usual(plan, name, place)) if _is_good(plan, place, one))
            yield from ((name, one) for one in [next(good, None)] if one is not None)


def _said(shapes: Shapes, place: Node) -> Iterator[Json]:
    """What the member's schema names: a constant, the value of several that is a success, an example, a default."""
    yield shapes.says(place, "const")
    options = shapes.says(place, "enum")
    if isinstance(options, list):
        yield from (one for word in _GOOD for one in options if flat(str(one)) == word)
    yield from said_examples(shapes.follow(place).value)
    yield shapes.says(place, "default")


def _usual(plan: OperationPlan, name: str, place: Node) -> Iterator[Json]:
    low, kind = flat(name), plan.maker.shapes.type(place)
    if kind == "boolean":
        yield low not in FAULTS
    elif kind in ("integer", "number") and low in CODES | ZEROS:
        yield 0 if low in ZEROS else plan.status
    elif kind == "string" and low in MESSAGES:
        description: Any = _description(plan)
        yield description if _tells(description) else phrase(plan.status)
    elif kind == "string" and low == "status":
        yield "ok" if _HEALTH.search(plan.place) else "success"


def _description(plan: OperationPlan) -> Any:
    root = plan.maker.shapes.document.root
    place = pointed(root, f"#{plan.place}{pointer_to('responses', plan.status)}")
    return plan.maker.shapes.says(Node("", place), "description")


def _tells(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= _LONGEST and "\n" not in text and _DONE.search(text) is not None


def _is_good(plan: OperationPlan, place: Node, value: Json) -> bool:
    """Whether a value is a plain one that may stand there, and tells of no fault."""
    if not isinstance(value, str | int) or (isinstance(value, str) and _BAD.search(value)):
        return False
    is_fault = not isinstance(value, bool) and isinstance(value, int) and value >= 400
    return not is_fault and plan.maker.allows(place, value)
