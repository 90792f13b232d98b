"""Kinds of operation that installed packages bring: a word, its facts, and the handler behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from mockserver.contract.kinds import Facts, Kind
from mockserver.errors import Problem, SetupError
from mockserver.extensions import EntryPoints, installed
from mockserver.values.shown import quoted

Handler: TypeAlias = Callable[[Any, Any], Any]
"""Takes a handlers.Call and a Tenant, whose lock is held, and returns a Reply."""


@dataclass(frozen=True, slots=True)
class CustomKind:
    """``name`` is the word in ``x-mock: {kind: …}``; ``facts`` hold for every operation of it."""

    name: str
    facts: Facts
    handler: Handler


def kind(name: str, facts: Facts) -> Callable[[Handler], CustomKind]:
    """Decorator: make a handler the meaning of ``x-mock: {kind: name}``."""

    def made(handler: Handler) -> CustomKind:
        return CustomKind(name, facts, handler)

    return made


def custom_kinds() -> dict[str, CustomKind]:
    """Those of installed packages, by the word of the document. Raises SetupError."""
    brought = installed(EntryPoints.KINDS, CustomKind, "decorate a handler with mockserver.contract.kind")
    known = {one.value for one in Kind}
    found: dict[str, CustomKind] = {}
    problems = []
    for entry, one in brought.items():
        if one.name in known or one.name in found:
            problem = f"the kind {quoted(one.name)} exists already"
            problems.append(Problem(f"entry point {EntryPoints.KINDS}: {entry}", "", problem, "choose another name"))
        found[one.name] = one
    if problems:
        raise SetupError(problems)
    return found
