"""What travels through one exchange: the request, who sent it, and the reply; frozen, knowing no web framework."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias

from mockserver.errors import Violation

Json: TypeAlias = Any
"""A value that JSON can hold: dict, list, str, int, float, bool or None."""

Headers: TypeAlias = tuple[tuple[str, str], ...]

FEW = 5
"""How many of the things that a request brought about a reply names."""

SUCCESSES, REFUSALS = range(200, 300), range(400, 500)
"""The statuses of what went well, and of what the caller did wrong."""

WITHOUT_CONTENT = frozenset({204, 304})
"""Statuses whose replies have no content by RFC 9110, whatever a document declares."""

DAMAGES = ("drop", "reset", "silent", "cut", "garbled", "html", "mistyped", "slow")
"""No reply: closed, reset, or nothing for a while; half of its content, no JSON, an HTML page, a wrong type, drips."""


@dataclass(slots=True)
class Request:
    """One request as it arrived.

    ``path`` is the decoded path below the server's prefix, ``template`` the document's path that it
    matched and ``path_values`` the matched pieces; ``query`` keeps order and repetition; header
    names are lower-case. ``excess`` names the limits it went over; what did is left out.

    PERF: Final holds the types' judge to what ``frozen`` holds the interpreter to, which takes four times as long.
    """

    method: Final[str]
    path: Final[str]
    template: Final[str]
    path_values: Final[Mapping[str, str]]
    query: Final[tuple[tuple[str, str], ...]]
    headers: Final[Mapping[str, str]]
    body: Final[bytes]
    excess: Final[tuple[Violation, ...]] = ()

    def header(self, name: str) -> str | None:
        """A header by its name, whatever its case; ``_`` and ``-`` are one, since WSGI does not tell them apart."""
        return self.headers.get(name.lower().replace("_", "-"))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking: the subject that writes are stamped with, the tenant the token names, its claims."""

    subject: str
    tenant: str | None
    claims: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Damage:
    """What happens to a reply on its way: ``kind`` is one of DAMAGES.

    A ``slow`` one takes ``seconds`` to arrive, or as long as it takes at ``rate`` bytes a second; a ``silent`` one
    holds the connection for ``seconds``. Any of them begins ``late`` seconds after it is ready, and that may be all
    that happens: then ``kind`` is empty.
    """

    kind: str = ""
    seconds: float = 0.0
    rate: int | None = None
    late: float = 0.0


class Stream(Protocol):
    """What a reply goes on with behind its content."""

    def piece(self) -> bytes | None:
        """What is to be sent now, maybe nothing; None at the end."""

    def __iter__(self) -> Iterator[bytes]:
        """All pieces, for a thread that waits for them."""


@dataclass(slots=True)
class Reply:
    """One reply before it becomes bytes on the wire.

    Either ``value`` (``has_value`` true) is still to be serialised and checked, or ``raw`` is JSON put
    together from records that were checked when they were written. Neither: a reply without content.
    ``notes`` are diagnostics, each (name, text), sent as ``Mock-<name>`` headers.
    ``damage`` is done to it when it is sent; ``stream`` follows upon the content.
    """

    status: Final[int] = 200
    value: Final[Json] = None
    has_value: Final[bool] = False
    raw: Final[bytes | None] = None
    headers: Final[Headers] = ()
    notes: Final[Headers] = ()
    content_type: Final[str] = "application/json"
    damage: Final[Damage | None] = None
    stream: Final[Stream | None] = None


def few_of(items: list[str]) -> str:
    """The first few, and how many more there are."""
    more = len(items) - FEW
    return ", ".join([*items[:FEW], *([f"and {more} more"] if more > 0 else [])])


def header_text(text: str) -> str:
    """Printable ASCII of bounded length: what a header may hold, whatever a caller put into a path or a name."""
    if text.isascii() and text.isprintable():
        return text[:500]
    return text[:500].encode("ascii", "backslashreplace").decode().translate(_CONTROLS)


_CONTROLS = MappingProxyType(dict.fromkeys((*range(32), 127), " "))


def say(value: Json, status: int = 200, *, headers: Headers = (), notes: Headers = ()) -> Reply:
    """A reply whose content is ``value``, still to be checked."""
    return Reply(status, value, True, None, headers, notes)


def hand_out(raw: bytes, *, notes: Headers = ()) -> Reply:
    """A reply made of stored records, serialised and checked when they were written."""
    return Reply(raw=raw, notes=notes)
