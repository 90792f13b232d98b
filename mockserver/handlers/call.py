"""What a handler is given: the operation, what the caller said, who the caller is, and the world's few tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from mockserver.contract import Contract, Input, Operation, Resource
from mockserver.errors import ContractBreach
from mockserver.expressions import Budget, EvaluationContext, Rules
from mockserver.messages import Headers, Identity, Json, few_of
from mockserver.runtime.determinism import Clock, IdSource
from mockserver.runtime.outbox import Mail
from mockserver.store import Tenant
from mockserver.store.watches import Watches

if TYPE_CHECKING:  # PERF: most documents need none to be made
    from mockserver.contract.samples.sample_maker import Maker


class Templates(Protocol):
    """Renders the scenario's documents."""

    def render(self, name: str, values: Mapping[str, Any]) -> str: ...


class Beginning(Protocol):
    """What a scenario says of the collections of a document without annotations."""

    def begins(self, tenant: str, resource: str, usual: int) -> int: ...

    def keys(self, tenant: str, resource: str) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What handlers use of the world: one clock, one source of ids, the limits.

    ``seed_records`` is how many records a collection begins with where ``beginning``, the scenario, does not say it,
    ``began`` the moment that they are made around; ``sign`` gives the token with such claims, ``watches`` are those who
    are told of changes.
    """

    contract: Contract
    rules: Rules
    clock: Clock
    ids: IdSource
    templates: Templates
    page_size: int
    max_records: int
    max_depth: int
    max_bytes: int
    seed_records: int
    began: datetime
    beginning: Beginning
    sign: Callable[[Mapping[str, Any]], str]
    watches: Watches

    @property
    def maker(self) -> Maker:
        """Makes values for the document's schemas, where no annotations say which records there are."""
        assert self.contract.maker is not None
        return self.contract.maker


@dataclass(slots=True)
class Call:
    """One request that has been understood; the tenant comes beside it, its lock held.

    ``effects`` collects what else it brought about, for the diagnostics, ``unknown`` the keys into other modules that
    lead to no record; ``mails`` what is sent once all is final;
    ``breaches`` those that spoilt a part of it only; ``budget`` is what may be worked out for it.
    """

    operation: Final[Operation]
    input: Final[Input]
    identity: Final[Identity]
    tools: Final[Tools]
    effects: Final[list[str]] = field(default_factory=list)
    unknown: Final[list[str]] = field(default_factory=list)
    mails: Final[list[Mail]] = field(default_factory=list)
    breaches: Final[list[ContractBreach]] = field(default_factory=list)
    budget: Final[Budget] = field(default_factory=Budget)

    @property
    def resource(self) -> Resource:
        return self.operation.resource

    @property
    def record_id(self) -> str:
        """The path parameter that names the record: the last one of the path, for a single record the tenant's."""
        return str(self.input.values[self.operation.path.rpartition("{")[2].partition("}")[0]])

    @property
    def notes(self) -> Headers:
        """What a client is told of it beside the reply."""
        if not self.effects and not self.unknown:  # PERF: nearly always
            return ()
        collected = (("Effects", self.effects), ("Unknown", self.unknown))
        return tuple([(name, few_of(found)) for name, found in collected if found])

    def forget(self) -> None:
        """Take back what was collected: the request is carried out again."""
        for collected in (self.effects, self.unknown, self.mails, self.breaches):
            collected.clear()

    def apart(self) -> Call:
        """The same call, whose effects and mails are its own. PERF: by name it takes four times as long."""
        return Call(
            self.operation, self.input, self.identity, self.tools, [], self.unknown, [], self.breaches, self.budget
        )

    def context(self, tenant: Tenant) -> EvaluationContext:
        """What rules look at, now."""
        return self.tools.rules.context(tenant, self.tools.clock.now(), self.budget)

    def new_id(self, tenant: Tenant, resource: Resource) -> str:
        """A new id for one of the resource's records; given out again when the transaction fails."""
        return self.tools.ids.new(tenant.ordinal(resource.name), tenant.name, resource.name)

    def value(self, name: str | None) -> Json:
        """The parameter ``name``, or None where it was not given."""
        return self.input.values.get(name) if name else None
