"""Was this called? What a test wants of a request, and exactly how a request that was made differs from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from mockserver.messages import Json
from mockserver.runtime.journal import SHOWN_BODY, Entry
from mockserver.values.json_text import read_own
from mockserver.values.partial_match import NOTHING, Differing, differing, differing_texts, meets
from mockserver.values.redaction import HIDDEN, is_secret
from mockserver.verification.wording import shown


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One request that was made, and how it was answered: an entry of the journal with its number."""

    number: int
    entry: Entry

    @property
    def operation(self) -> str | None:
        return self.entry.operation

    @property
    def method(self) -> str:
        return self.entry.method

    @property
    def path(self) -> str:
        return self.entry.path

    @property
    def status(self) -> int:
        return self.entry.status

    @property
    def query(self) -> dict[str, list[str]]:
        """The values of each query parameter, in their order."""
        found: dict[str, list[str]] = {}
        for name, value in self.entry.query:
            found.setdefault(name, []).append(value)
        return found

    @property
    def json(self) -> Json:
        """The request's body: as JSON if it is any, else as text; None without a body."""
        return _value(self.entry.body)

    @property
    def reply(self) -> Json:
        """The reply's body, read the same way."""
        return _value(self.entry.reply)


class _Unsaid:
    """The value of a wish that was not made, since None is one: no body."""

    def __repr__(self) -> str:
        return "(anything)"


UNSAID: Final = _Unsaid()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a request must be. What is UNSAID may be anything.

    ``path`` and every text in ``query``, ``headers`` and ``body`` may be a compiled pattern, to be found
    in the text, or any object that says in ``==`` what it takes. ``query``, ``headers`` and objects in
    ``body`` may have more members than are wanted; None in ``query`` and ``headers`` wants none. Of what is
    secret (a password, a token) the journal keeps only that it was there: ask for it with ``ANY`` or a pattern.
    """

    operation: str | _Unsaid = UNSAID
    method: str | _Unsaid = UNSAID
    path: str | re.Pattern[str] | _Unsaid = UNSAID
    tenant: str | _Unsaid = UNSAID
    status: int | _Unsaid = UNSAID
    query: Mapping[str, Any] | _Unsaid = UNSAID
    headers: Mapping[str, Any] | _Unsaid = field(default=UNSAID, repr=False)
    body: Any = UNSAID

    def said(self) -> dict[str, Any]:
        """The wishes that were made, by name."""
        made = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in made.items() if value is not UNSAID}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a request is not what was wanted, such as ``body/city``."""

    place: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: wanted {self.wanted}, found {self.found}"


def difference(wanted: Wanted, call: RecordedCall) -> list[Difference]:
    """Every place where ``call`` differs from ``wanted``; none, and it is what was wanted."""
    return [found for name, value in wanted.said().items() for found in _LOOKS[name](name, value, call)]


def _as_difference(differing: Differing) -> Difference:
    """Both sides as they may be told: a secret never, not even the one that a test names."""
    place, *sides = differing
    secret = is_secret(place.rpartition("/")[2])
    texts = ["nothing" if side is NOTHING else HIDDEN if secret else shown(side) for side in sides]
    return Difference(place, *texts)


def _plain(name: str, wanted: Any, call: RecordedCall) -> Iterator[Difference]:
    found = getattr(call.entry, name)
    if name == "method":
        wanted = wanted.upper()
    if not meets(wanted, found):
        yield _as_difference((name, wanted, found))


def _query(_: str, wanted: Mapping[str, Any], call: RecordedCall) -> Iterator[Difference]:
    for name, value in wanted.items():
        yield from map(_as_difference, differing_texts(f"query/{name}", value, call.query.get(name, [])))


def _headers(_: str, wanted: Mapping[str, Any], call: RecordedCall) -> Iterator[Difference]:
    for name, value in wanted.items():
        found = call.entry.headers.get(name.lower())
        yield from map(_as_difference, differing_texts(f"headers/{name}", value, [] if found is None else [found]))


def _body(_: str, wanted: Any, call: RecordedCall) -> Iterator[Difference]:
    if len(call.entry.body) >= SHOWN_BODY:
        yield Difference("body", shown(wanted), f"more than the {SHOWN_BODY} bytes that the journal keeps")
    else:
        yield from map(_as_difference, differing("body", wanted, call.json))


_LOOKS: Final = {
    **dict.fromkeys(("operation", "method", "path", "tenant", "status"), _plain),
    "query": _query,
    "headers": _headers,
    "body": _body,
}


def _value(body: bytes) -> Json:
    try:
        return read_own(body) if body else None
    except ValueError:
        return body.decode(errors="replace")
