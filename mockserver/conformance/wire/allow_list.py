"""Which operation of the document a method and a path lead to, and which operations may be used at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from mockserver.contract import Contract, Kind, Operation, Router

UNMARKED = frozenset({Kind.GENERATE, Kind.QUERY, Kind.CUSTOM})
"""The meanings that make records from what there is: nothing of the run's is in them."""


class NotAllowed(Exception):
    """The request was refused here, before anything was sent: the profile does not allow it."""


class Routes:
    """Finds the operation behind a path (percent-encoded, below the base URL)."""

    def __init__(self, contract: Contract) -> None:
        self._paths = contract.paths
        self._router = Router(contract.paths, spanning=contract.spanning)

    def template(self, path: str) -> str | None:
        """The document's path that ``path`` matches."""
        found = self._router.match(path, unquote)
        return found[0] if found else None

    def operation(self, method: str, path: str) -> Operation | None:
        template = self.template(path)
        verbs: Mapping[str, Operation] = self._paths[template] if template else {}
        return verbs.get(method.upper())


@dataclass(frozen=True, slots=True)
class AllowList:
    """Which requests may leave: ``operations`` by operationId, or anything when it is None."""

    operations: frozenset[str] | None = None

    def judge(self, method: str, path: str, operation: Operation | None) -> None:
        """Raises NotAllowed."""
        if self.operations is None or (operation is not None and operation.id in self.operations):
            return
        name = operation.id if operation else "an operation the document does not have"
        raise NotAllowed(f"{method} {path[:200]} is {name}, which this profile does not allow")


def allowed(contract: Contract, *, reads_only: bool, unmarked: bool, elsewhere: bool) -> AllowList:
    """The operations that a run may send, whatever anybody wants.

    ``reads_only``: those that change nothing by their meaning, whatever their method; ``unmarked``: also those
    that make records which cannot carry the run's mark; ``elsewhere``: also those that another server answers.
    """
    if not reads_only and unmarked and elsewhere:
        return AllowList()
    chosen = (
        one.id
        for one in contract.operations()
        if (elsewhere or not one.is_elsewhere)
        and (one.facts.is_safe if reads_only else unmarked or one.kind not in UNMARKED)
    )
    return AllowList(frozenset(chosen))
