"""Whether two JSON values are the same, and where they are not: booleans are no numbers, 1 is 1.0."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

SHOWN = 80
"""How many characters of a value a message shows."""
TOLD = 6
"""How many differences a message tells."""

_ABSENT = object()


def same(one: Any, other: Any) -> bool:
    return next(_differences(one, other, ""), None) is None


def differences(wanted: Any, found: Any, *, without: Collection[str] = ()) -> list[str]:
    """Each place where ``found`` is not ``wanted``, in words; top-level members in ``without`` are passed over."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        wanted = {name: value for name, value in wanted.items() if name not in without}
        found = {name: value for name, value in found.items() if name not in without}
    return [f"{pointer or '(all)'}: {told}" for pointer, told in _differences(wanted, found, "")]


def names(told: list[str]) -> str:
    """The top-level members that differ: for a cause that is the same in every run."""
    return listed({line.partition(":")[0].split("/")[1] for line in told if line.startswith("/")}) or "all"


def listed(names: Iterable[str]) -> str:
    """Names in alphabetical order, the first few of them."""
    ordered = sorted(names)
    more = f" and {len(ordered) - TOLD} more" if len(ordered) > TOLD else ""
    return ", ".join(ordered[:TOLD]) + more


def told(lines: list[str]) -> str:
    more = f"; and {len(lines) - TOLD} more" if len(lines) > TOLD else ""
    return "; ".join(lines[:TOLD]) + more


def show(value: Any) -> str:
    text = "nothing" if value is _ABSENT else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _differences(wanted: Any, found: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for name in sorted({*wanted, *found}):
            yield from _differences(wanted.get(name, _ABSENT), found.get(name, _ABSENT), f"{pointer}/{name}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _differences(one, other, f"{pointer}/{index}")
    elif not _equal(wanted, found):
        yield pointer, f"wanted {show(wanted)}, found {show(found)}"


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)
