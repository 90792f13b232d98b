"""The rows of a query as a file: JSON, CSV after RFC 4180, or a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias

import orjson

from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.records import find
from mockserver.handlers.showing import seen
from mockserver.messages import Reply
from mockserver.store import Tenant
from mockserver.values.shown import quoted

Rows: TypeAlias = Sequence[Mapping[str, Any]]
Columns: TypeAlias = Sequence[Mapping[str, Any]]
"""Each with its ``name``, and a ``title`` where it has one."""

CSV = "text/csv; charset=utf-8"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767
"""How many characters a cell of a spreadsheet holds."""
LARGEST = 2**53
"""Above it a spreadsheet has no whole number of its own: it is written as text."""


def table(call: Call, tenant: Tenant) -> Reply:
    """The kept rows in the format that the query's record names. Raises Refusal(404) where there is no such file."""
    words = call.operation.meaning
    query = seen(call, tenant, find(call.resource, tenant, call.record_id))
    results = call.tools.contract.resources[words["results"]]
    kept = find(results, tenant, call.record_id).data()
    name = query.get(words["format"], "json")
    if name not in WRITERS:
        raise Refusal(404, f"There is no file of the format {quoted(name)}.")
    content_type, write = WRITERS[name]
    began = call.tools.began.replace(tzinfo=None)
    return Reply(raw=write(kept[words["columns"]], kept[words["rows"]], began), content_type=content_type)


def as_json(_: Columns, rows: Rows, __: datetime) -> bytes:
    return orjson.dumps(rows)


def as_csv(columns: Columns, rows: Rows, _: datetime) -> bytes:
    """A line of names, a line for each row; what is absent is empty, lists and objects are JSON."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    names = [str(column["name"]) for column in columns]
    writer.writerow(names)
    writer.writerows([_text(row.get(name)) for name in names] for row in rows)
    return file.getvalue().encode("utf-8", "replace")


def as_formatted(columns: Columns, rows: Rows, moment: datetime) -> bytes:
    """Under the fields' titles, in bold, which stay in sight."""
    return _spreadsheet([str(column.get("title", column["name"])) for column in columns], columns, rows, moment)


def as_unformatted(columns: Columns, rows: Rows, moment: datetime) -> bytes:
    """Under the fields' names, as a program wants to find them."""
    return _spreadsheet(None, columns, rows, moment)


WRITERS: Mapping[str, tuple[str, Callable[[Columns, Rows, datetime], bytes]]] = MappingProxyType(
    {
        "json": ("application/json", as_json),
        "csv": (CSV, as_csv),
        "excel": (SPREADSHEET, as_formatted),
        "excelUnformatted": (SPREADSHEET, as_unformatted),
    }
)
"""Each format by its name: the media type, and what writes it."""


def _spreadsheet(titles: Sequence[str] | None, columns: Columns, rows: Rows, moment: datetime) -> bytes:
    """One sheet. ``titles`` None: plain names. ``moment`` is its date of creation: the same rows are the same bytes."""
    from xlsxwriter import Workbook  # PERF: 50 ms that nobody pays who asks for no spreadsheet

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        book.set_properties({"created": moment})
        sheet = book.add_worksheet("Result")
        names = [str(column["name"]) for column in columns]
        heading = book.add_format({"bold": True}) if titles else None
        for place, title in enumerate(titles or names):
            sheet.write_string(0, place, title, heading)
        if titles:
            sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows, 1):
            for place, name in enumerate(names):
                _put(sheet, line, place, row.get(name))
    return file.getvalue()


def _put(sheet: Any, line: int, place: int, value: Any) -> None:
    """A cell of the value's own type: numbers and booleans as such, anything else as text, never as a formula."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float) and abs(value) <= LARGEST:
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, _text(value)[:LONGEST])


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value).decode()
