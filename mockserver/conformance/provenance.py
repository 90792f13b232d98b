"""Where the clauses of a contract come from, and which of them are reason enough to call a target broken."""

from __future__ import annotations

from enum import StrEnum

from mockserver.contract import Operation


class Provenance(StrEnum):
    """Where a clause comes from: the owner of the API, a third party's catalogue, a guess, or the kit alone."""

    DOCUMENTED = "documented"
    CATALOGUE = "catalogue"
    INFERRED = "inferred"
    EXPECTED = "expected"

    def counts(self, strictness: Provenance) -> bool:
        """Whether a breach of such a clause counts where clauses up to ``strictness`` do."""
        order = list(Provenance)
        return order.index(self) <= order.index(strictness)


def of_operation(operation: Operation | None) -> Provenance:
    """What an operation's ``x-provenance`` tells; what is not marked is the document's own word.

    Where nobody annotated it, its meaning is inferred, and what it takes and answers is documented all the same.
    """
    status = operation.provenance if operation is not None and operation.plan is None else ""
    return Provenance(status) if status in list(Provenance) else Provenance.DOCUMENTED
