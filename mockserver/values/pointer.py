"""JSON Pointers (RFC 6901): written, taken apart, followed into a value, and shown as JSONPaths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.values.absent import ABSENT

FURTHEST = 20
"""How many references lead on to another one at the most; more are a circle."""


def escape(step: str) -> str:
    """One step as it is written in a pointer."""
    if "~" not in step and "/" not in step:  # PERF: as nearly all are
        return step
    return step.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def pointer_to(*steps: str | int) -> str:
    """The pointer that leads along ``steps``; empty without any: the whole value."""
    return "".join(f"/{escape(str(step))}" for step in steps)


def steps_of(pointer: str) -> tuple[str, ...]:
    """The steps that a pointer (or a URI fragment without its ``#``) leads along."""
    steps = pointer.split("/")[1:]
    return tuple(map(unescape, steps) if "~" in pointer else steps)


def ancestors(pointer: str) -> Iterator[str]:
    """``pointer``, that of what holds its value, and so on up to the whole."""
    yield pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def json_path(steps: Iterable[str]) -> str:
    """The JSONPath (RFC 9535) that leads along the same steps: what an overlay targets."""
    escaped = (step.replace("\\", "\\\\").replace("'", "\\'") for step in steps)
    return "$" + "".join(f"['{step}']" for step in escaped)


def step_into(value: Any, step: str | int) -> Any:
    """The member or item ``step`` of ``value``; None where there is none."""
    found = _below(value, step)
    return None if found is ABSENT else found


def step_along(value: Any, steps: Iterable[str | int]) -> Any:
    """What ``steps`` lead to in ``value``; None where there is nothing."""
    for step in steps:
        value = step_into(value, step)
    return value


def pointed(root: Any, reference: str) -> Any:
    """What the reference ``#/…`` names in ``root``; None where there is nothing."""
    return step_along(root, steps_of(reference[1:])) if is_pointer(reference) else None


def is_pointer(reference: str) -> bool:
    """Whether a reference is a pointer into its own document: not to another, and not by the name of an anchor."""
    return reference == "#" or reference.startswith("#/")


def chain(root: Any, value: Any) -> Iterator[Any]:
    """``value``, what its reference leads to, and so on to what is no reference; None at its end if there is none."""
    for _ in range(FURTHEST):
        yield value
        if not isinstance(value, dict) or not isinstance(reference := value.get("$ref"), str):
            return
        value = pointed(root, reference)
    yield None  # the references form a circle


def behind(root: Any, value: Any) -> Any:
    """What ``value`` is or leads to: the end of its chain of references within ``root``."""
    found = None
    for found in chain(root, value):  # noqa: B007 -- the last one is meant
        pass
    return found


def resolve(value: Any, pointer: str) -> Any:
    """What stands at ``pointer`` in ``value``; ABSENT where there is nothing."""
    for step in steps_of(pointer):
        value = _below(value, step)
    return value


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Each ``$ref`` in a document, with the pointer to what holds it; what is sample data is passed over."""
    for pointer, found in places_below(value):
        if isinstance(found, dict) and isinstance(reference := found.get("$ref"), str):
            yield pointer, reference


def places_below(value: Any) -> Iterator[tuple[str, Any]]:
    """Each object and list of a document with its pointer, itself first; what is sample data is passed over."""
    todo: list[tuple[str, Any, bool]] = [("", value, False)]
    seen: set[int] = set()
    while todo:
        pointer, found, is_naming = todo.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield pointer, found
        steps = found.items() if isinstance(found, dict) else enumerate(found)
        below = [
            (pointer + pointer_to(step), one, step in _NAMING and not is_naming)
            for step, one in steps
            if isinstance(one, dict | list) and (is_naming or step not in _SAMPLES)
        ]
        todo += reversed(below)


_SAMPLES = frozenset({"example", "examples", "default", "enum", "const"})
_NAMING = frozenset(
    {"properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "schemas", "responses",
     "parameters", "headers", "requestBodies", "securitySchemes", "links", "callbacks", "pathItems", "content"}
)  # fmt: skip
"""Members whose own members have names that somebody chose, which may be those of samples."""


def _below(value: Any, step: str | int) -> Any:
    if type(value) is dict and type(step) is str:  # PERF: what nearly all are
        return value.get(step, ABSENT)
    if isinstance(value, Mapping):
        return value.get(step, value.get(str(step), ABSENT))
    if isinstance(value, list) and (index := _index(step)) is not None and index < len(value):
        return value[index]
    return ABSENT


def _index(step: str | int) -> int | None:
    text = str(step)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
