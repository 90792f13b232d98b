"""A collection as a table: searched, sorted and cut into pages here, so that a browser shows a hundred thousand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mockserver.contract import Resource
from mockserver.store import Record
from mockserver.store.collection import Collection
from mockserver.values.members import value_at
from mockserver.values.shown import shown
from mockserver.web.console.fields import Field

ROWS = 50
"""Records on a page."""
COLUMNS = 7
"""How many members a table shows, beside the key."""
SORTABLE = 20_000
"""How many records are sorted: more are to be narrowed first, since each must be read."""
TELLING = ("name", "title", "number", "label", "status", "state", "type", "kind", "code", "email")
"""Members that tell a person most, whatever the document."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asked of a table: words to be found, the member to sort by (``-name``: falling), the page."""

    text: str = ""
    sort: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class TablePage:
    """The records of one page. ``found`` of ``total`` match; ``problem`` says why they are not sorted as asked."""

    records: tuple[Record, ...]
    found: int
    total: int
    page: int
    problem: str = ""

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // ROWS))


def page_of(collection: Collection, resource: Resource, asked: Question) -> TablePage:
    """``collection`` is nobody else's: a copy costs nothing, and nobody waits while it is read."""
    total = len(collection)
    words = [_Word(text) for text in asked.text.split()]
    if not words and not asked.sort:
        page = min(max(asked.page, 1), max(1, -(-total // ROWS)))
        start = (page - 1) * ROWS
        return TablePage(tuple(islice(collection.scan(), start, start + ROWS)), total, total, page)
    matching = [record for record in collection.scan() if all(word.is_in(record, resource) for word in words)]
    problem = ""
    if asked.sort and len(matching) > SORTABLE:
        problem = f"{len(matching)} records are too many to sort; narrow them down with a search first"
    elif asked.sort:
        name = asked.sort.removeprefix("-")
        matching.sort(key=lambda one: _rank(_member(one, name)), reverse=asked.sort.startswith("-"))
    page = min(max(asked.page, 1), max(1, -(-len(matching) // ROWS)))
    return TablePage(tuple(matching[(page - 1) * ROWS : page * ROWS]), len(matching), total, page, problem)


def columns(fields: Mapping[str, Field], records: Iterable[Mapping[str, Any]], key: str) -> list[str]:
    """The members that tell most of these records: scalars that most of them have, the stamps of the server last."""
    seen = [*records]
    scalars = {
        name: sum(isinstance(one.get(name), str | int | float) for one in seen)
        for name in {**fields, **{name: None for one in seen for name in one}}
    }
    usual = [name for name, count in scalars.items() if name != key and count * 4 >= len(seen) and (count or not seen)]

    def rank(name: str) -> tuple[int, int, int]:
        field = fields.get(name)
        known = TELLING.index(name) if name in TELLING else len(TELLING)
        return known, field is not None and field.is_managed, field is None or not field.is_required

    return sorted(usual, key=rank)[:COLUMNS]


class _Word:
    """``ada`` anywhere in a record; ``status:active`` in that member, from the beginning of a word on.

    Case does not matter. (What is inactive is not active.)
    """

    def __init__(self, text: str) -> None:
        name, colon, rest = text.partition(":")
        self._name = name if colon and name and rest else ""
        self._text = (rest if self._name else text).lower()
        self._bytes = self._text.encode()
        self._begins = re.compile(rf"(?<![^\W_]){re.escape(self._text)}").search

    def is_in(self, record: Record, resource: Resource) -> bool:
        if self._bytes not in record.raw.lower() and self._bytes not in record.id.lower().encode():
            return False
        if not self._name:
            return True
        value = value_at(record.data(), tuple(self._name.split(".")))
        is_key = self._name == resource.key and self._begins(record.id.lower())
        return bool(is_key or self._begins(_plain(value).lower()))


def _member(record: Record, name: str) -> Any:
    data = record.data()
    return data.get(name) if isinstance(data, dict) else None


def _rank(value: Any) -> tuple[int, float, str]:
    if isinstance(value, bool | int | float):
        return 0, float(value), ""
    return (2, 0, "") if value is None else (1, 0, _plain(value).lower())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else shown(value, 500)
