"""A third right server: one resource with fields of every kind, whose document leaves open how they are stored."""

from __future__ import annotations

import itertools
import json
import re
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, auto
from typing import Any
from urllib.parse import parse_qs

import jsonschema_rs
import yaml

BOOKS = """
openapi: 3.0.3
info: {title: Books, version: '1'}
paths:
  /books:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: title, in: query, schema: {type: string}}
      responses: {'200': {description: some, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Book'}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewBook'}}}}
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}
        '400': {description: invalid}
  /books/{bookId}:
    parameters: [{name: bookId, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}, '404': {description: none}}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewBook'}}}}
      responses: {'200': {description: changed, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}, '204': {description: changed}}
    patch:
      requestBody: {required: true, content: {application/merge-patch+json: {schema: {$ref: '#/components/schemas/BookPatch'}}}}
      responses: {'200': {description: changed, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}}
    delete: {responses: {'200': {description: gone}, '204': {description: gone}}}
components:
  schemas:
    NewBook:
      type: object
      required: [title]
      properties: &fields
        title: {type: string, minLength: 1, maxLength: 60}
        contact: {type: string, format: email}
        price: {type: number, minimum: 0}
        released: {type: string, format: date-time}
        state: {type: string, enum: [draft, listed]}
        is_lent: {type: boolean}
        tags: {type: array, items: {type: string}}
    BookPatch: {type: object, properties: *fields}
    Book:
      type: object
      required: [id, title]
      allOf: [{type: object, properties: *fields}]
      properties: {id: {type: string}, title: {type: string}, deleted_at: {type: string, format: date-time, nullable: true}}
"""
ONE = re.compile(r"/books/([^/]+)")
FIELDS = ("title", "contact", "price", "released", "state", "is_lent", "tags")
VALID = jsonschema_rs.Draft4Validator(
    yaml.safe_load(BOOKS)["components"]["schemas"]["BookPatch"], validate_formats=True
)
NEW_YORK = timezone(timedelta(hours=-5))
BEHIND = 0.1
"""How many seconds a search is behind what was written."""


class Way(Enum):
    """What this server does in its own way."""

    TRIMS = auto()
    LOWERS_ADDRESSES = auto()
    ROUNDS = auto()
    OTHER_OFFSETS = auto()
    WHOLE_SECONDS = auto()
    SORTS_TAGS = auto()
    DEFAULTS = auto()
    NULLS = auto()
    KEEPS_UNKNOWN = auto()
    NO_CONTENT = auto()
    LOCATION_ONLY = auto()
    GONE = auto()
    FLAG = auto()
    SEARCH_LAGS = auto()
    DELETES_TWICE = auto()


class Books:
    """Statuses and JSON are what ``answer`` returns."""

    needs_key = False

    def __init__(self, habits: frozenset[Way], clock: Callable[[], float] = lambda: 0.0) -> None:
        self.habits, self.asked, self.lock = habits, 0, threading.Lock()
        self._clock = clock
        self._books: dict[str, dict[str, Any]] = {}
        self._gone: set[str] = set()
        self._shown: list[tuple[float, dict[str, dict[str, Any]]]] = [(-BEHIND, {})]
        self._ids = itertools.count(1)

    def answer(self, method: str, path: str, query: str, body: bytes) -> tuple[int, Any]:
        found = ONE.fullmatch(path)
        if path == "/books":
            reply = self._create(body) if method == "POST" else self._list(query) if method == "GET" else (405, "No")
        else:
            reply = self._one(method, found[1], body) if found else (404, "no such path")
        if method != "GET":
            shown = {key: one for key, one in self._books.items() if key not in self._gone}
            self._shown.append((self._clock(), shown))
        return reply

    def _list(self, query: str) -> tuple[int, Any]:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if not asked.get("limit", "1").isdecimal() or not 1 <= int(asked.get("limit", "1")) <= 100:
            return 400, "a limit is a number from 1 to 100"
        until = self._clock() - (BEHIND if Way.SEARCH_LAGS in self.habits else 0)
        shown = next(books for since, books in reversed(self._shown) if since <= until)
        found = [one for one in shown.values() if asked.get("title", "").lower() in one["title"].lower()]
        return 200, found[: int(asked.get("limit", 100))]

    def _create(self, body: bytes) -> tuple[int, Any]:
        fields = self._read(body, FIELDS[:1])
        if fields is None:
            return 400, "that is no book"
        key = str(uuid.UUID(int=next(self._ids) * 7919))
        self._books[key] = self._kept(fields) | {"id": key}
        return 201, (None if Way.LOCATION_ONLY in self.habits else self._books[key])

    @property
    def location(self) -> str:
        """The address of the last book."""
        return f"/books/{list(self._books)[-1]}" if Way.LOCATION_ONLY in self.habits else ""

    def _one(self, method: str, key: str, body: bytes) -> tuple[int, Any]:
        is_gone = key in self._gone
        if key not in self._books or (is_gone and (Way.FLAG not in self.habits or method != "GET")):
            is_known = is_gone and Way.GONE in self.habits
            is_again = method == "DELETE" and Way.DELETES_TWICE in self.habits
            return (204, None) if is_again else (410 if is_known else 404, "no such book")
        if method == "GET":
            return 200, self._books[key]
        if method == "DELETE":
            self._gone.add(key)
            self._books[key] = {**self._books[key], "deleted_at": datetime.now(UTC).isoformat()}
            return (204, None) if Way.NO_CONTENT in self.habits else (200, {})
        if method not in {"PUT", "PATCH"}:
            return 405, "No"
        fields = self._read(body, FIELDS[:1] if method == "PUT" else ())
        if fields is None:
            return 400, "that is no book"
        old = self._books[key] if method == "PATCH" else {}
        self._books[key] = self._kept({**old, **fields}) | {"id": key}
        is_silent = Way.NO_CONTENT in self.habits and method == "PUT"
        return (204, None) if is_silent else (200, self._books[key])

    def _read(self, body: bytes, required: tuple[str, ...]) -> dict[str, Any] | None:
        try:
            fields = json.loads(body)
        except ValueError:
            return None
        is_book = isinstance(fields, dict) and fields.keys() >= set(required) and VALID.is_valid(fields)
        return fields if is_book else None

    def _kept(self, fields: dict[str, Any]) -> dict[str, Any]:
        record = {name: value for name, value in fields.items() if name in FIELDS or Way.KEEPS_UNKNOWN in self.habits}
        for habit, name, change in CHANGES:
            if habit in self.habits and record.get(name) is not None:
                record[name] = change(record[name])
        if Way.DEFAULTS in self.habits:
            record = {"state": "draft", "is_lent": False, "tags": [], **record}
        return ({"deleted_at": None} if Way.NULLS in self.habits else {}) | record


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.upper())


CHANGES: tuple[tuple[Way, str, Callable[[Any], Any]], ...] = (
    (Way.TRIMS, "title", str.strip),
    (Way.LOWERS_ADDRESSES, "contact", str.lower),
    (Way.ROUNDS, "price", lambda price: round(price, 2)),
    (Way.OTHER_OFFSETS, "released", lambda text: _moment(text).astimezone(NEW_YORK).isoformat()),
    (Way.WHOLE_SECONDS, "released", lambda text: _moment(text).replace(microsecond=0).isoformat()),
    (Way.SORTS_TAGS, "tags", sorted),
)
