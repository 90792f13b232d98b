"""Members of JSON values, by the names that lead to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.values.pointer import pointer_to


def texts_at(value: Any, names: Sequence[str], pointer: str = "") -> Iterator[tuple[str, str]]:
    """Each text at ``names`` within ``value``, with its RFC 6901 pointer; lists on the way are gone through.

    ``texts_at({"credits": [{"credit_id": "c1"}]}, ["credits", "credit_id"])`` gives
    ``("/credits/0/credit_id", "c1")``.
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts_at(item, names, f"{pointer}/{index}")
    elif not names:
        if isinstance(value, str):
            yield pointer, value
    elif isinstance(value, dict) and names[0] in value:
        yield from texts_at(value[names[0]], names[1:], pointer + pointer_to(names[0]))


def value_at(value: Any, names: Sequence[str]) -> Any:
    """What the members lead to; None where they lead nowhere."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def with_value(value: Any, names: Sequence[str], one: Any) -> Any:
    """``value`` with ``one`` where the members lead, objects made on the way."""
    if not names:
        return one
    below = value if isinstance(value, dict) else {}
    return {**below, names[0]: with_value(below.get(names[0]), names[1:], one)}


def without_value(value: Any, names: Sequence[str]) -> Any:
    """``value`` without the member that the names lead to; the same where they lead nowhere."""
    if not isinstance(value, dict) or not names or names[0] not in value:
        return value
    if len(names) == 1:
        return {name: one for name, one in value.items() if name != names[0]}
    return {**value, names[0]: without_value(value[names[0]], names[1:])}
