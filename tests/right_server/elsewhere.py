"""A second right server, of a document without annotations: no code of the mock's, and every habit can be chosen."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

KEY = "a-key"
"""The one that is taken."""


class Habit(Enum):
    """What this server may do in its own way; the document leaves all of it open."""

    LARGE_IDS = auto()
    NEWEST_FIRST = auto()
    SHORT_LISTS = auto()
    FLOATS = auto()
    MORE_MEMBERS = auto()
    BARE_ERRORS = auto()
    TEXT_ERRORS = auto()
    REQUEST_IDS = auto()
    UNPROCESSABLE = auto()
    FORBIDDEN = auto()
    NO_HEAD = auto()
    CHARSET = auto()
    PROBLEM_TYPE = auto()
    MORE_HEADERS = auto()
    CLOSES = auto()
    CHUNKED = auto()
    GZIP = auto()
    SPACED = auto()
    OVERLOADED = auto()
    FAR_LOCATION = auto()


class Served(Protocol):
    """What a server of this module answers with; ``location`` is told with what was made."""

    habits: frozenset[Any]
    asked: int
    lock: threading.Lock
    needs_key: bool

    @property
    def location(self) -> str: ...

    def answer(self, method: str, path: str, query: str, body: bytes) -> tuple[int, Any]: ...


ONE = re.compile(r"/owners/([^/]+)(?:/pets(?:/([^/]+))?)?")


class Shop:
    """Owners and their pets. Statuses and JSON are what methods return."""

    needs_key = True

    def __init__(self, habits: frozenset[Habit]) -> None:
        self.habits = habits
        self.asked = 0
        self.lock = threading.Lock()
        self._owners: dict[str, dict[str, Any]] = {}
        self._pets: dict[str, dict[str, dict[str, Any]]] = {}
        self._last = 4_000_000_000 if Habit.LARGE_IDS in habits else 0

    @property
    def location(self) -> str:
        return "https://elsewhere.example.com/somewhere/else/" if Habit.FAR_LOCATION in self.habits else ""

    def answer(self, method: str, path: str, query: str, body: bytes) -> tuple[int, Any]:
        if path == "/owners":
            return self._create(self._owners, body, ("name",)) if method == "POST" else (405, "No")
        found = ONE.fullmatch(path)
        if not found or found[1] not in self._owners:
            return 404, "no such owner"
        if "/pets" not in path:
            return (200, self._owners[found[1]]) if method == "GET" else (405, "No")
        pets = self._pets.setdefault(found[1], {})
        if found[2] is None:
            return self._create(pets, body, ("name", "age")) if method == "POST" else self._list(method, pets, query)
        return self._one(method, pets, found[2], body)

    def _one(self, method: str, pets: dict[str, dict[str, Any]], key: str, body: bytes) -> tuple[int, Any]:
        if key not in pets:
            return 404, "no such pet"
        if method == "GET":
            return 200, pets[key]
        if method == "DELETE":
            del pets[key]
            return 204, None
        if method != "PUT":
            return 405, "No"
        fields = self._read(body)
        if fields is None:
            return self._refused()
        pets[key] = self._record(int(key), fields, ("name", "age"))
        return 200, pets[key]

    def _list(self, method: str, pets: dict[str, dict[str, Any]], query: str) -> tuple[int, Any]:
        if method != "GET":
            return 405, "No"
        asked = re.search(r"(?:^|&)limit=([^&]*)", query)
        if asked and not (asked[1].isdecimal() and int(asked[1])):
            return self._refused()
        most = min(int(asked[1]) if asked else 50, 12 if Habit.SHORT_LISTS in self.habits else 50)
        found = sorted(pets.values(), key=lambda one: one["id"], reverse=Habit.NEWEST_FIRST in self.habits)
        return 200, found[:most]

    def _create(self, among: dict[str, dict[str, Any]], body: bytes, names: tuple[str, ...]) -> tuple[int, Any]:
        fields = self._read(body)
        if fields is None:
            return self._refused()
        self._last += 7 if Habit.LARGE_IDS in self.habits else 1
        record = among[str(self._last)] = self._record(self._last, fields, names)
        return 201, record

    def _record(self, key: int, fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        record = {"id": key, **{name: fields[name] for name in names if name in fields}}
        if Habit.FLOATS in self.habits and "age" in record:
            record["age"] = float(record["age"])
        if Habit.MORE_MEMBERS in self.habits:
            record |= {"_links": {"self": f"/things/{key}"}, "etag": f"W/{key}"}
        return record

    def _read(self, body: bytes) -> dict[str, Any] | None:
        try:
            fields = json.loads(body)
        except ValueError:
            return None
        if not isinstance(fields, dict) or not isinstance(fields.get("name"), str):
            return None
        age = fields.get("age", 0)
        is_age = isinstance(age, int | float) and not isinstance(age, bool) and age >= 0 and float(age).is_integer()
        return fields if is_age else None

    def _refused(self) -> tuple[int, Any]:
        return 422 if Habit.UNPROCESSABLE in self.habits else 400, "that is not what the document asks for"


class Handler(BaseHTTPRequestHandler):
    """Words what the shop answers as its habits have it."""

    server: Any
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write a reply: the end of one sent in pieces waits for the client's acknowledgement

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""

    def _answer(self) -> None:
        shop: Served = self.server.shop
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        with shop.lock:
            shop.asked += 1
            if Habit.OVERLOADED in shop.habits and shop.asked % 9 == 0:
                status, value = 429, "slowly"
            elif shop.needs_key and self.headers.get("X-Key") != KEY:
                status, value = (403 if Habit.FORBIDDEN in shop.habits else 401), "who is it?"
            elif self.command == "HEAD" and Habit.NO_HEAD in shop.habits:
                status, value = 405, "No"
            else:
                status, value = shop.answer(self.command, path, query, body)
        self._say(status, value, shop.habits)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = _answer  # noqa: N815 -- names of the base class

    def _say(self, status: int, value: Any, habits: frozenset[Enum]) -> None:
        media = "application/json"
        if status >= 400:
            media, value = self._error(value, habits)
        if Habit.CHARSET in habits:
            media = f"{media.replace('application', 'Application')};charset=UTF-8"
        spaced = (" , ", " : ") if Habit.SPACED in habits else None
        content = (
            b""
            if value is None
            else value
            if isinstance(value, bytes)
            else json.dumps(value, separators=spaced).encode()
        )
        self.send_response(status, "Said")
        if content:
            self.send_header("Content-Type", media)
        if status == 429:
            self.send_header("Retry-After", "0")
        if Habit.MORE_HEADERS in habits:
            for name, text in (
                ("X-Request-Id", "7"),
                ("Set-Cookie", "a=b"),
                ("Server-Timing", "db;dur=3"),
                ("Link", "</>"),
            ):
                self.send_header(name, text)
        if status == 201 and self.server.shop.location:
            self.send_header("Location", self.server.shop.location)
        if Habit.CLOSES in habits:
            self.send_header("Connection", "close")
        self._write(status, content, habits)

    def _error(self, message: Any, habits: frozenset[Enum]) -> tuple[str, Any]:
        if Habit.BARE_ERRORS in habits:
            return "text/plain", None
        if Habit.TEXT_ERRORS in habits:
            return "text/plain", str(message).encode()
        body = {"message": message} | ({"requestId": "r-77"} if Habit.REQUEST_IDS in habits else {})
        return "application/problem+json" if Habit.PROBLEM_TYPE in habits else "application/json", body

    def _write(self, status: int, content: bytes, habits: frozenset[Enum]) -> None:
        takes = "gzip" in (self.headers.get("Accept-Encoding") or "")
        if content and Habit.GZIP in habits and takes:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        is_chunked = Habit.CHUNKED in habits and status != 204
        self.send_header(*(("Transfer-Encoding", "chunked") if is_chunked else ("Content-Length", str(len(content)))))
        self.end_headers()
        if self.command == "HEAD":
            return
        parts = [content[at : at + 5] for at in range(0, len(content), 5)]
        self.wfile.write(
            b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in parts) + b"0\r\n\r\n" if is_chunked else content
        )


@contextmanager
def running(shop: Served) -> Iterator[str]:
    """The address of a server that answers as ``shop`` does, as long as it runs."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.shop = shop
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
