"""Where two JSON values differ, in words: for the cause and the detail of a finding."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from mockserver.conformance.wire.traffic import Received, json_or_none
from mockserver.values.equality import Unlike, same_json, unlike
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import named, shown

SHOWN = 80
"""How many characters of a value a message shows."""
TOLD = 6
"""How many differences a message tells."""


def alike(sent: Any, found: Any) -> bool:
    """Whether ``found`` may be what was sent: what is told in another form (a key as its record) may be.

    What an object has more is the server's; lists are compared item by item; null is nothing that was sent.
    """
    if isinstance(sent, dict) and isinstance(found, dict):
        return all(alike(one, found[name]) if name in found else one is None for name, one in sent.items())
    if isinstance(sent, list) and isinstance(found, list):
        return len(sent) == len(found) and all(map(alike, sent, found))
    is_number = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (sent, found))
    if found is None:
        return sent in (None, "", [], {})
    return same_json(sent, found) if is_number or type(sent) is type(found) else True


def differences(wanted: Any, found: Any, *, without: Collection[str] = ()) -> list[str]:
    """Each place where ``found`` is not ``wanted``, in words; top-level members in ``without`` are passed over."""
    return in_words(unlike_but(wanted, found, without))


def unlike_but(wanted: Any, found: Any, without: Collection[str] = ()) -> Iterator[Unlike]:
    """Each place where ``found`` is not ``wanted``; top-level members in ``without`` are passed over."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        wanted = {name: value for name, value in wanted.items() if name not in without}
        found = {name: value for name, value in found.items() if name not in without}
    yield from unlike(wanted, found)


def unlike_replies(one: Received, other: Received) -> set[str]:
    """Where two replies differ: ``status``, and pointers into the body (the empty one where it is not JSON)."""
    found = {"status"} if one.status != other.status else set()
    values = [json_or_none(reply.body) for reply in (one, other)]
    if None in values:
        return found | ({""} if one.body != other.body else set())
    return found | {pointer_to(*steps) for steps, _, _ in unlike(*values)}


def in_words(places: Iterable[Unlike]) -> list[str]:
    """A line for each of ``places``."""
    return [
        f"{pointer_to(*steps) or '(all)'}: wanted {shown(one, SHOWN)}, found {shown(other, SHOWN)}"
        for steps, one, other in places
    ]


def without_positions(pointer: str) -> str:
    """The pointer with ``*`` for positions: the same for every record of a page."""
    return re.sub(r"/\d+(?=/|$)", "/*", pointer) or "/"


def names(lines: list[str]) -> str:
    """The top-level members that differ: for a cause that is the same in every run."""
    return listed({line.partition(":")[0].split("/")[1] for line in lines if line.startswith("/")}) or "all"


def listed(names: Iterable[str]) -> str:
    """Names in alphabetical order, the first few of them."""
    return named(sorted(names), TOLD)


def shortened(lines: list[str]) -> str:
    more = f"; and {len(lines) - TOLD} more" if len(lines) > TOLD else ""
    return "; ".join(lines[:TOLD]) + more
