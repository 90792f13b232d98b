"""Which things need each other in a circle."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)


def circles(needs: Mapping[Thing, set[Thing]]) -> list[tuple[Thing, ...]]:
    """Each circle found, from one of its things on to the one that needs the first again; each once."""
    found: list[tuple[Thing, ...]] = []
    done: set[Thing] = set()
    for start in needs:
        path: list[Thing] = []
        waiting: list[Iterator[Thing]] = []
        _enter(start, needs, path, waiting, done)
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                done.add(path.pop())
            elif following in path:
                found.append(tuple(path[path.index(following) :]))
            else:
                _enter(following, needs, path, waiting, done)
    return found


def _enter(
    thing: Thing, needs: Mapping[Thing, set[Thing]], path: list[Thing], waiting: list[Iterator[Thing]], done: set[Thing]
) -> None:
    if thing not in done:
        path.append(thing)
        waiting.append(iter(sorted(needs.get(thing, ()), key=str)))
