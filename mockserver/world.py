"""All mutable state of one running mock, and the few things that may be done to the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from mockserver.auth.authenticator import Authenticator
from mockserver.auth.signing_keys import Keys
from mockserver.contract import (
    Contract,
    Document,
    Operation,
    Outline,
    compile_contract,
    is_as_written,
    proven_contract,
    proven_document,
    read_document,
)
from mockserver.contract.callbacks import calling_back
from mockserver.expressions import proven_rules, read_rules
from mockserver.handlers import Tools
from mockserver.handlers.document_templates import DocumentTemplates
from mockserver.handlers.falling_due import DueEffects
from mockserver.oauth.grants import Grants
from mockserver.runtime.determinism import Clock, IdSource
from mockserver.runtime.due_log import DueLog
from mockserver.runtime.fault import FaultTarget
from mockserver.runtime.faults import Faults, Hit
from mockserver.runtime.journal import Journal
from mockserver.runtime.metrics import Metrics
from mockserver.runtime.outbox import Outbox
from mockserver.runtime.reloads import Reloads
from mockserver.runtime.stale_reads import TenantHistory
from mockserver.runtime.webhook_delivery import Deliverer
from mockserver.settings import Settings
from mockserver.start_cache import CachedScenario, read_start, write_start
from mockserver.store import Store, Tenant
from mockserver.store.store import BEGINNING, ROOM
from mockserver.values.lazy_mapping import LazyMapping

Beginning: TypeAlias = "Scenario | Unannotated | CachedScenario"
"""What a world begins with."""
Progress: TypeAlias = Callable[[int], AbstractContextManager[Callable[[], None] | None]]
"""Given how many records there will be, what is to be called for each while they are made, if anything."""

Onward: TypeAlias = "Callable[[World, Request, Callable[[], Reply]], Reply]"
"""Given the world, a request and what gives the mock's own reply, the reply."""

if TYPE_CHECKING:
    from mockserver.contract.reference import ReferenceValidator
    from mockserver.messages import Reply, Request
    from mockserver.runtime.steering import SharedSteering, SteeringPart
    from mockserver.seeding import Scenario
    from mockserver.seeding.unannotated import Unannotated


def unseen(_: int) -> AbstractContextManager[Callable[[], None] | None]:
    """Nobody watches."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A world as it was: what ``World.restore`` takes back."""

    tenants: Mapping[str, Tenant]


class World:
    """One running mock: contract and settings, which never change, and all that does."""

    def __init__(self, settings: Settings, progress: Progress = unseen, predecessor: World | None = None) -> None:
        """``progress`` watches while the first records are made.

        One with a ``predecessor``, in memory as that is, goes on with its clock, keys, journal, outbox, faults, figures
        and log-ins; its records are at their beginning. Raises SetupError listing what is wrong with document,
        scenario, templates or settings.
        """
        self.settings = settings
        self._read(settings)
        self.keys: Keys = predecessor.keys if predecessor else Keys(settings.secret, settings.key_file, settings.jwks)
        self.auth = Authenticator(settings.auth, self.contract.security, self.keys)
        self.clock: Clock = predecessor.clock if predecessor else Clock()
        self.ids = IdSource(self.scenario.seed)
        self.faults: Faults = predecessor.faults if predecessor else Faults(self.ids.draw)
        self.tenant_history = TenantHistory()
        self.calling_back = calling_back(self.contract.document)
        self.deliverer: Deliverer = predecessor.deliverer if predecessor else Deliverer(self.ids.draw, self.clock)
        self.webhooks = self.deliverer.webhooks
        self.metrics: Metrics = predecessor.metrics if predecessor else Metrics()
        self.grants: Grants = predecessor.grants if predecessor else Grants()
        self.reloads: Reloads = predecessor.reloads if predecessor else Reloads()
        self._has_begun = predecessor is not None
        self.onward: Onward | None = predecessor.onward if predecessor else None
        """Answers in this world's place, where somebody does; ``observe`` looks at all that is answered."""
        self._on_record: Callable[[], None] | None = None
        self.steering: SharedSteering | None = None
        self.address: str = predecessor.address if predecessor else "http://localhost"
        """Scheme, host and port by which clients reach it, as far as this process knows."""
        self.kept_in = "memory"
        """Where it is, as may be shown to anybody."""
        self.observe: Onward | None = predecessor.observe if predecessor else None
        self.close: Callable[[], None] = predecessor.close if predecessor else lambda: None
        """Writes what waits to be, and lets go of where it is kept."""
        if settings.store == "memory":
            self.store = Store(*self._needs(), **self._bounds())
            self.outbox: Outbox = predecessor.outbox if predecessor else Outbox(settings.outbox)
            self.due_log: DueLog = predecessor.due_log if predecessor else DueLog()
            self.journal: Journal = predecessor.journal if predecessor else Journal(settings.journal)
        else:
            self._persist()
        self.reference = _reference(self.contract.document) if settings.validator == "reference" else None
        self.tools = _tools(self)
        self.due = DueEffects(self.tools, self.store, self.outbox, self.due_log)
        with self.steered(), progress(self.scenario.size()) as self._on_record:
            if not self.store.has_begun():
                self._begin()
            if not isinstance(self.scenario, CachedScenario):  # a broken template stops the start, not a later request
                self.scenario.try_template(self.store.empty(""), self._on_record)
        self._on_record = None

    def _read(self, settings: Settings) -> None:
        """Document, rules and scenario; those of a cached start need no validation."""
        cached = read_start(settings, lambda: scenario_of(settings, self.contract)) if settings.cache else None
        self.is_from_cache = cached is not None
        if cached is None:
            self.contract = contract_of(settings)
            self.rules = read_rules(self.contract)
            self.scenario: Beginning = scenario_of(settings, self.contract)
            self.operations: Mapping[str, Operation] = {one.id: one for one in self.contract.operations()}
            return
        self.contract = contract = proven_contract(proven_document(settings.spec), outline := cached.outline)
        self.rules = proven_rules(contract, outline)
        self.scenario = cached
        self.operations = LazyMapping(outline.operations, lambda name: outline.operation(contract, name))

    def cache_start(self) -> None:
        """Cache what this start made for the next one like it, where it may be cached."""
        settings, contract, scenario = self.settings, self.contract, self.scenario
        is_ordinary = settings.cache and settings.store == "memory" and not contract.is_inferred
        if is_ordinary and not isinstance(scenario, CachedScenario) and is_as_written(contract.document, settings.spec):
            write_start(settings, scenario, Outline.of(contract), self.store.snapshot(BEGINNING))

    def _needs(self) -> tuple[Any, ...]:
        return self.contract.indexes, self.scenario.fill_resource, self.settings.max_tenants

    def _bounds(self) -> dict[str, Any]:
        return {"room": ROOM, "counted": self.contract.counted, "strict": self.settings.strict_references}

    def _persist(self) -> None:
        """Have store, outbox, journal and steering in a database. Raises SetupError."""
        from mockserver.persistence import Persistence  # PERF: SQLAlchemy takes a fifth of a second to import

        persistence = Persistence(self.settings.store)
        store = persistence.store(*self._needs(), **self._bounds())
        persistence.hold_to(self.contract, store)
        self.store = store
        self.outbox = persistence.outbox(self.settings.outbox, store)
        self.due_log = persistence.due_log(store)
        self.journal = journal = persistence.journal(self.settings.journal, store)
        parts: dict[str, SteeringPart] = {"clock": self.clock, "faults": self.faults, "grants": self.grants}
        parts |= {"keys": self.keys, "webhooks": self.webhooks}
        self.steering = persistence.steering(parts, store)
        persistence.share(self.webhooks, store, self.steered)
        self.kept_in = persistence.database.location.shown
        self.close = partial(persistence.close, journal)

    def snapshot(self) -> Snapshot:
        """The tenants as they are now: records, and what new ids go on from."""
        return Snapshot(self.store.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Be what ``snapshot`` was; it stays usable. Clock, journal, outbox and faults are left alone."""
        self.store.restore(snapshot.tenants)

    def reset(self) -> None:
        """As just started: records, ids, clock; journal, outbox, faults and webhooks empty; nobody logged in."""
        self.store.restore_snapshot(BEGINNING)
        self.start_clock()
        self.journal.clear()
        self.outbox.clear()
        self.due_log.clear()
        self.faults.clear()
        self.grants.clear()
        self.webhooks.clear()
        self.reloads.forget()

    def reset_tenant(self, name: str) -> None:
        """One tenant as at the start: its records and id counters, no fault waiting for it; all else is left alone."""
        self.faults.clear(name)
        self.webhooks.clear(name)
        self.store.restore_snapshot(BEGINNING, name)

    def refresh(self, tenant: str | None = None, *, may_wait: bool = True, is_change: bool = False) -> None:
        """Have clock, faults, grants and keys as all others; ``tenant`` is next. See ``SharedSteering.refresh``."""
        if self.steering is not None:
            self.steering.refresh(tenant, may_wait=may_wait, is_change=is_change)

    def steered(self) -> AbstractContextManager[None]:
        """For what changes clock, faults, grants or keys: alone among all that share the store.

        Raises StoreUnreachable.
        """
        return nullcontext() if self.steering is None else self.steering.changing()

    def take_fault(self, asked: FaultTarget) -> Hit | None:
        """The first fault that hits the request, which is then used up once more, by whoever takes it first."""
        if not self.faults.are_waiting:
            return None
        with self.steered():
            return self.faults.take(asked, self.clock.now())

    def looked_at(self, tenant: Tenant, asked: FaultTarget, hit: Hit | None) -> Tenant:
        """What ``tenant`` was, for a read that lags behind; before a write, what it is now is remembered for these."""
        now = self.clock.now()
        if hit and hit.fault.stale:
            return self.tenant_history.seen(tenant, now, hit.fault.stale)
        if not asked.is_read:
            self.tenant_history.keep(tenant, now, self.faults.lag)
        return tenant

    def _begin(self) -> None:
        """Make the tenants that the scenario lists."""
        for name in self.scenario.tenants:
            if self.is_from_cache and self.kept_in == "memory":
                self.store.add(self.store.unfilled(name))
                continue
            tenant = self.store.empty(name)
            self.scenario.fill(tenant, self._on_record)
            self.store.add(tenant)
        if not self._has_begun:
            self.start_clock()
        self.store.take_snapshot(BEGINNING)

    def replace_tenant(self, tenant: Tenant) -> None:
        """Have a tenant that was made elsewhere be the one of its name."""
        self.store.add(tenant)

    def start_clock(self) -> None:
        """As at the start: ``frozen`` and ``scenario`` begin at the scenario's moment, ``now`` at the machine's."""
        mode = self.settings.clock
        self.clock.set(datetime.now(UTC) if mode == "now" else self.scenario.clock, running=mode != "frozen")


def contract_of(settings: Settings) -> Contract:
    """The table of operations: as the document's annotations say or, where it has none, as it is inferred."""
    document = read_document(settings.spec, settings.overlays)
    is_strict = settings.strict_document or document.is_annotated
    contract = compile_contract(document) if is_strict else infer_contract(document)
    if not settings.groups:
        return contract
    from mockserver.contract.sources.selecting import select  # PERF: most mocks serve all

    return select(contract, settings.groups)


def scenario_of(settings: Settings, contract: Contract) -> Scenario | Unannotated:
    """As ``seeding`` does. PERF: a cached start needs nothing of it."""
    from mockserver.seeding import scenario_of as read

    return read(settings, contract)


def infer_contract(document: Document) -> Contract:
    """As ``inference`` does. PERF: most mocks need nothing of it."""
    from mockserver.inference import infer_contract as inferred

    return inferred(document)


def _reference(document: Document) -> ReferenceValidator:
    from mockserver.contract.reference import ReferenceValidator  # PERF: openapi-core takes 0.3 s to import

    return ReferenceValidator(document)


def _tools(world: World) -> Tools:
    templates = DocumentTemplates(world.settings.fixtures / "templates")
    return Tools(
        contract=world.contract,
        rules=world.rules,
        clock=world.clock,
        ids=world.ids,
        templates=templates,
        page_size=world.settings.page_size,
        max_records=world.settings.max_records,
        max_depth=world.settings.max_depth,
        max_bytes=world.settings.max_body,
        seed_records=world.settings.seed_records,
        began=world.scenario.clock,
        beginning=world.scenario,
        sign=partial(world.keys.sign, algorithm="HS256"),
        watches=world.store.watches,
    )
