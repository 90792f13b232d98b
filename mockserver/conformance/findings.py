"""The ways a check can end other than well: with a finding, or without being able to judge."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockserver.conformance.provenance import Provenance
from mockserver.conformance.stories.trail import Expected, Trail
from mockserver.conformance.wire.traffic import Exchange


class Broken(Exception):
    """The target broke the contract.

    ``cause`` is one line without ids, moments or values, the same in every run; ``detail`` says what was
    found and what was wanted, ``expected`` the same as data, where it can be told so. ``provenance`` is that of the
    clause, where it is another than the operation's.
    """

    def __init__(
        self,
        cause: str,
        detail: str = "",
        operation: str | None = None,
        expected: Expected | None = None,
        *,
        provenance: Provenance | None = None,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.detail = detail
        self.operation = operation
        self.expected = expected
        self.provenance = provenance


class Inconclusive(Exception):
    """The check could not be carried out; the message says why."""


class NotApplicable(Inconclusive):
    """There is nothing of the kind that the check is about."""


class Blocked(Inconclusive):
    """The check got no record to work with: the target refuses to make a valid one, which is a breach in itself.

    ``operation`` is the one that refused.
    """

    def __init__(self, message: str, operation: str) -> None:
        super().__init__(message)
        self.operation = operation


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of the contract and the exchanges that show it, the deciding one last.

    ``provenance`` is that of the clause it rests on.
    ``trail`` is what a story of it is told from; the first finding of a kind has one.
    """

    check: str
    title: str
    code: int | None
    resource: str
    operation: str
    cause: str
    detail: str
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)
    provenance: Provenance = Provenance.DOCUMENTED
    trail: Trail | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """What findings are grouped by: the same fault seen twice has one key."""
        return self.check, self.operation, self.cause
