"""What a check is, and the ways it can end: well, with a finding, or without being able to judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from contract_tests.exchange import Exchange
from mockserver.contract import Kind

if TYPE_CHECKING:
    from contract_tests.kit import Kit
    from contract_tests.plan import Group


class Broken(Exception):
    """The target broke the contract.

    ``cause`` is one line without ids, moments or values, the same in every run; ``detail`` says what was
    found and what was wanted.
    """

    def __init__(self, cause: str, detail: str = "", operation: str | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.detail = detail
        self.operation = operation


class NotJudged(Exception):
    """The check could not be carried out; the message says why."""


class NotApplicable(NotJudged):
    """There is nothing of the kind that the check is about."""


class Blocked(NotJudged):
    """The check got no record to work with: the target refuses to make a valid one, which is a breach in itself.

    ``operation`` is the one that refused.
    """

    def __init__(self, message: str, operation: str) -> None:
        super().__init__(message)
        self.operation = operation


Function: TypeAlias = "Callable[[Kit, Group], None]"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at for each resource.

    ``needs`` are the kinds of operation without which it cannot be looked at; ``writes`` tells that it
    changes records, ``owns`` that it may touch records it did not make, ``pair`` that it takes a second
    tenant; ``code`` is the Web Fuzzing Commons code of what it finds.
    """

    name: str
    title: str
    run: Function
    needs: frozenset[Kind] = frozenset()
    writes: bool = False
    owns: bool = False
    pair: bool = False
    code: int | None = None

    @property
    def suite(self) -> str:
        return self.name.partition(".")[0]


def check(
    *needs: Kind, writes: bool = False, owns: bool = False, pair: bool = False, code: int | None = None
) -> Callable[[Function], Check]:
    """Make a check of ``check_<name>``: its docstring's first line is the title, its module the suite."""

    def made(function: Function) -> Check:
        name = getattr(function, "__name__", "").removeprefix("check_")
        suite = function.__module__.rpartition(".")[2]
        title = (function.__doc__ or name).strip().splitlines()[0].rstrip(".")
        return Check(f"{suite}.{name}", title, function, frozenset(needs), writes, owns, pair, code)

    return made


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of the contract and the exchanges that show it, the deciding one last."""

    check: str
    title: str
    code: int | None
    resource: str
    operation: str
    cause: str
    detail: str
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """What findings are grouped by: the same fault seen twice has one key."""
        return self.check, self.operation, self.cause
