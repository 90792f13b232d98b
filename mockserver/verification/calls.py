"""Was this called? What a test wants of a request, and exactly how a request that was made differs from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from mockserver.messages import Json
from mockserver.runtime.journal import SHOWN_BODY, Entry
from mockserver.values.equality import same_json
from mockserver.values.json_text import read_own
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


_NOTHING: Final = object()


def _differs(place: str, wanted: Any, found: Any) -> Difference:
    """Both sides as they may be told: a secret never, not even the one that a test names."""
    name = place.rpartition("/")[2]
    secret = is_secret(name)
    texts = ["nothing" if side is _NOTHING else HIDDEN if secret else shown(side) for side in (wanted, found)]
    return Difference(place, *texts)


def _plain(name: str, wanted: Any, call: RecordedCall) -> Iterator[Difference]:
    found = getattr(call.entry, name)
    if name == "method":
        wanted = wanted.upper()
    if not _meets(wanted, found):
        yield _differs(name, wanted, found)


def _query(_: str, wanted: Mapping[str, Any], call: RecordedCall) -> Iterator[Difference]:
    for name, value in wanted.items():
        yield from _parameter(f"query/{name}", value, call.query.get(name, []))


def _headers(_: str, wanted: Mapping[str, Any], call: RecordedCall) -> Iterator[Difference]:
    for name, value in wanted.items():
        found = call.entry.headers.get(name.lower())
        yield from _parameter(f"headers/{name}", value, [] if found is None else [found])


def _parameter(place: str, wanted: Any, found: list[str]) -> Iterator[Difference]:
    """Whether the values of one parameter are those wanted: a list wants them all, in their order."""
    texts = [] if wanted is None else list(wanted) if isinstance(wanted, list | tuple) else [wanted]
    if len(texts) != len(found) or not all(map(_meets, map(_text, texts), found)):
        value = found[0] if len(found) == 1 else found or _NOTHING
        yield _differs(place, _NOTHING if wanted is None else wanted, value)


def _body(_: str, wanted: Any, call: RecordedCall) -> Iterator[Difference]:
    if len(call.entry.body) >= SHOWN_BODY:
        yield Difference("body", shown(wanted), f"more than the {SHOWN_BODY} bytes that the journal keeps")
    else:
        yield from _json("body", wanted, call.json)


_LOOKS: Final = {
    **dict.fromkeys(("operation", "method", "path", "tenant", "status"), _plain),
    "query": _query,
    "headers": _headers,
    "body": _body,
}


def _json(place: str, wanted: Any, found: Any) -> Iterator[Difference]:
    if isinstance(wanted, Mapping) and isinstance(found, dict):
        for name, value in wanted.items():
            if name in found:
                yield from _json(f"{place}/{name}", value, found[name])
            else:
                yield _differs(f"{place}/{name}", value, _NOTHING)
    elif isinstance(wanted, list | tuple) and isinstance(found, list) and len(wanted) == len(found):
        for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _json(f"{place}/{index}", one, other)
    elif not _meets(wanted, found):
        yield _differs(place, wanted, found)


def _text(value: Any) -> Any:
    """A number or boolean as a query says it; what is a pattern or a matcher stays what it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _meets(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, re.Pattern):
        return isinstance(found, str) and wanted.search(found) is not None
    if isinstance(wanted, bool | int | float) and isinstance(found, bool | int | float):
        return same_json(wanted, found)
    return bool(wanted == found)


def _value(body: bytes) -> Json:
    try:
        return read_own(body) if body else None
    except ValueError:
        return body.decode(errors="replace")
