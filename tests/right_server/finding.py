"""Finds records: look-ups, searches, and pages with keys that say nothing to a client."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from right_server.published import Operation, Published
from right_server.shelves import Record

OPAQUE = "next:"
Found = list[tuple[str, Record]]


def position(key: str | None) -> tuple[str, str] | None:
    """Where a page begins: behind a record's key, told as it is or opaquely; None: at the beginning."""
    if not key:
        return None
    if key.startswith(OPAQUE):
        with contextlib.suppress(ValueError):  # it may be a record's own key, by chance
            key = bytes.fromhex(key.removeprefix(OPAQUE)).decode()
    return key.casefold(), key


def page(found: Iterable[tuple[str, Record]], after: str | None, size: int) -> tuple[Found, str | None]:
    """One page, and the key of the next. A full page has one even where nothing comes behind it: nobody looked."""
    begins = position(after)
    left = [one for one in found if begins is None or (one[0].casefold(), one[0]) > begins]
    shown = left[: size - (begins is not None)]  # pages are as large as they turn out: the first is the largest
    is_full = len(shown) == size - (begins is not None)
    return shown, f"{OPAQUE}{shown[-1][0].encode().hex()}" if is_full else None


def projected(record: Record, names: str | None, key: str) -> Record:
    """The fields asked for and the key; the whole record where none of them exists or could."""
    asked = [name.strip() for name in (names or "").split(",")]
    wanted = [name for name in asked if name in record]
    return {**{name: record[name] for name in reversed(wanted)}, key: record[key]} if wanted else record


def looked_up(operation: Operation, values: Mapping[str, str], record: Record) -> bool:
    """Whether a look-up with these parameters finds the record."""
    by = operation.meaning["by"]
    fields = by if isinstance(by, dict) else {by: by}
    for parameter, field in fields.items():
        name = field.get("cases", {}).get(record.get(field["by"])) if isinstance(field, dict) else field
        if name is not None and record.get(name) != values[parameter]:
            return False
    return True


def meets(published: Published, operation: Operation, body: Mapping[str, Any], record: Record) -> bool:
    """Whether a record meets every parameter of a search."""
    properties = published.follow(operation.body)["properties"]
    for name, wanted in body.items():
        schema = published.follow(properties.get(name, {}))
        mark = schema.get("x-mock", {})
        field = mark.get("field", name)
        if name not in properties or "page" in mark or field is None:
            continue
        if not _meets(schema, record.get(field), wanted):
            return False
    return True


def _meets(schema: Mapping[str, Any], found: Any, wanted: Any) -> bool:
    if found is None:
        return False
    if schema["type"] == "array" and schema.get("maxItems") == 2:
        values = [_ordinal(one) for one in (*wanted, found)]
        return None not in values and values[0] <= values[2] <= values[1]
    items = found if isinstance(found, list) else [found]
    if schema["type"] == "array":
        return any(one in wanted for one in items)
    if schema["type"] == "string":
        return any(isinstance(one, str) and wanted.casefold() in one.casefold() for one in items)
    return bool(found == wanted)


def _ordinal(value: Any) -> Any:
    """A number, or a moment as seconds; a date alone is its first instant in UTC."""
    if isinstance(value, int | float):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value).upper())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
