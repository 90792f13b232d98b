"""What a check is, and the decorator that makes one of a function: the same for ours and for a user's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

from mockserver.conformance.provenance import Provenance
from mockserver.contract import Kind
from mockserver.errors import Problem, SetupError
from mockserver.values.shown import quoted

Function: TypeAlias = Callable[[Any, Any], None]
"""Takes a Session and a Group."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at for each resource.

    ``needs`` are the kinds of operation without which it cannot be looked at; ``writes`` tells that it
    changes records, ``owns`` that it may touch records it did not make, ``pair`` that it takes a second
    tenant; ``code`` is the Web Fuzzing Commons code of what it finds. ``inferred``: for documents without annotations.
    ``single``: for resources of which a tenant has one record; all other checks are for those of many.
    ``every``: where there is no time for all, one resource in so many is looked at; 1 for what costs little. Where it
    ``divides``, each resource is looked at then, by one in so many of its cases: those that ``Session.some`` tells, or
    by fewer requests at once.
    ``provenance`` is that of the clauses it rests on, None for that of the operation.
    """

    name: str
    title: str
    run: Function
    needs: frozenset[Kind] = frozenset()
    writes: bool = False
    owns: bool = False
    pair: bool = False
    code: int | None = None
    inferred: bool = False
    single: bool = False
    provenance: Provenance | None = None
    every: int = 1
    divides: bool = False

    @property
    def suite(self) -> str:
        """The file that it stands in: what comes before the dot of its name."""
        return self.name.partition(".")[0]


def check(
    *needs: Kind,
    writes: bool = False,
    owns: bool = False,
    pair: bool = False,
    code: int | None = None,
    inferred: bool = False,
    single: bool = False,
    provenance: Provenance | None = None,
    every: int = 1,
    divides: bool = False,
) -> Callable[[Function], Check]:
    """Make a Check of the function ``check_<name>(session, group)``; the keywords are the fields of Check.

    Its docstring's first line is the title, its module the suite. Source: ``docs/extending.md``.
    """

    def made(function: Function) -> Check:
        name = getattr(function, "__name__", "").removeprefix("check_")
        suite = function.__module__.rpartition(".")[2]
        title = (function.__doc__ or name).strip().splitlines()[0].rstrip(".")
        kinds = frozenset(needs)
        about = (inferred, single, provenance, every, divides)
        return Check(f"{suite}.{name}", title, function, kinds, writes, owns, pair, code, *about)

    return made


@dataclass(frozen=True, slots=True)
class Registry:
    """The checks of a run, in order, each name once."""

    checks: tuple[Check, ...] = ()

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def also(self, found: Iterable[Check], source: str) -> Registry:
        """With those that ``source`` declares. Raises SetupError for a name that is taken."""
        known, added = {one.name for one in self.checks}, tuple(found)
        if taken := [one.name for one in added if one.name in known]:
            remedy = "rename the file or the function"
            raise SetupError(
                [Problem(source, "", f"a check called {quoted(name)} exists already", remedy) for name in taken]
            )
        return Registry((*self.checks, *added))

    @property
    def suites(self) -> dict[str, list[Check]]:
        """The checks by the file that they stand in."""
        return {suite: [one for one in self if one.suite == suite] for suite in dict.fromkeys(c.suite for c in self)}


def declared_in(module: ModuleType) -> tuple[Check, ...]:
    """The checks that ``module`` itself declares; those that it imports belong elsewhere."""
    found = (one for one in vars(module).values() if isinstance(one, Check))
    return tuple(one for one in found if one.run.__module__ == module.__name__)
