"""What installed packages bring along: the one place that reads entry points, for every kind of extension."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mockserver.errors import Problem, SetupError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Wanted = TypeVar("Wanted")
LEFT = ".dist-info"
"""How the name of the folder ends that an installer leaves, behind name and version."""


class EntryPoints(StrEnum):
    """The entry point groups: what a package may bring."""

    KINDS = "mockserver.kinds"
    FUNCTIONS = "mockserver.functions"
    CHECKS = "mockserver.checks"
    REPORTERS = "mockserver.reporters"


def installed(group: EntryPoints, wanted: type[Wanted], remedy: str) -> dict[str, Wanted]:
    """What installed packages name in ``group``, by the name given there, sorted.

    Raises SetupError naming every one that cannot be loaded, or is not a ``wanted``; ``remedy`` says how to make one.
    """
    from importlib.metadata import entry_points  # PERF: 15 ms that a prepared start does not need

    found: dict[str, Wanted] = {}
    problems: list[Problem] = []
    for one in sorted(entry_points(group=group), key=lambda one: (one.name, one.value)):
        if isinstance(loaded := _loaded(one), wanted):
            found[one.name] = loaded
        else:
            problem = str(loaded) if isinstance(loaded, _Failed) else f"{one.value} is not a {wanted.__name__}"
            problems.append(Problem(f"entry point {group}: {one.name}", "", problem, remedy))
    if problems:
        raise SetupError(problems)
    return found


class _Failed(str):
    """Why an entry point could not be loaded."""

    __slots__ = ()


def _loaded(one: EntryPoint) -> object:
    try:
        return one.load()
    except Exception as error:  # noqa: BLE001 -- whatever a stranger's module does when it is imported
        return _Failed(f"{one.value} cannot be loaded: {type(error).__name__}: {error}")


def installed_version() -> str | None:
    """The version of mockserver that is installed; None where it is imported from a folder that was never installed.

    PERF: by the name of the folder that an installer leaves; ``importlib.metadata`` takes 15 ms to import, and each
    start asks for its own health.
    """
    for place in sys.path:
        for found in Path(place).glob(f"mockserver-*{LEFT}"):
            return found.name.removesuffix(LEFT).partition("-")[2]
    return None
