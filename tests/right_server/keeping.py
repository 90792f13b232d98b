"""How values are kept, where the document leaves it open: each a habit that may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, auto
from typing import Any

ELSEWHERE = timezone(timedelta(hours=-5))
DIGITS = 6
"""How many decimals the column of a number has."""


class Keeping(Enum):
    """What becomes of a value between a write and a read."""

    FALSE_FILLED_IN = auto()
    LISTS_FILLED_IN = auto()
    TRIMMED = auto()
    LOWER_CASE_ADDRESSES = auto()
    ROUNDED = auto()
    OTHER_OFFSET = auto()


def kept(
    record: dict[str, Any], fields: Mapping[str, Any], writable: frozenset[str], habits: frozenset[Keeping]
) -> None:
    """Change ``record`` into what this server stores; ``fields`` are the schemas of its members."""
    for name in writable & fields.keys():
        schema = fields[name]
        if name in record:
            record[name] = _kept(record[name], schema, habits)
        elif Keeping.FALSE_FILLED_IN in habits and schema.get("type") == "boolean":
            record[name] = False
        elif Keeping.LISTS_FILLED_IN in habits and schema.get("type") == "array" and not schema.get("minItems"):
            record[name] = []


def _kept(value: Any, schema: Mapping[str, Any], habits: frozenset[Keeping]) -> Any:
    for habit, change in _CHANGES.items():
        if habit in habits:
            value = change(value, schema)
    return value


def _trimmed(value: Any, schema: Mapping[str, Any]) -> Any:
    is_free = not {"enum", "pattern", "minLength", "x-mock"} & schema.keys()
    return value.strip() if isinstance(value, str) and is_free else value


def _lower(value: Any, schema: Mapping[str, Any]) -> Any:
    return value.lower() if isinstance(value, str) and schema.get("format") == "email" else value


def _rounded(value: Any, _: Mapping[str, Any]) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value


def _elsewhere(value: Any, schema: Mapping[str, Any]) -> Any:
    if schema.get("format") != "date-time" or not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ELSEWHERE).isoformat()
    except (ValueError, OverflowError):
        return value


_CHANGES: Mapping[Keeping, Callable[[Any, Mapping[str, Any]], Any]] = {
    Keeping.TRIMMED: _trimmed,
    Keeping.LOWER_CASE_ADDRESSES: _lower,
    Keeping.ROUNDED: _rounded,
    Keeping.OTHER_OFFSET: _elsewhere,
}
