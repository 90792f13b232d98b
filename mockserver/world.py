"""All mutable state of one running mock, and the few things that may be done to the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from mockserver.auth.authenticator import Authenticator
from mockserver.auth.keys import Keys
from mockserver.contract import Contract, Document, compile_contract, read_document
from mockserver.contract.selecting import select
from mockserver.expressions import read_rules
from mockserver.handlers import Tools
from mockserver.handlers.document_templates import DocumentTemplates
from mockserver.inference import infer_contract
from mockserver.oauth.grants import Grants
from mockserver.runtime.determinism import Clock, IdSource
from mockserver.runtime.faults import Faults
from mockserver.runtime.journal import Journal
from mockserver.runtime.outbox import Outbox
from mockserver.seeding import scenario_of
from mockserver.settings import Settings
from mockserver.store import Store, Tenant

Progress: TypeAlias = Callable[[int], AbstractContextManager[Callable[[], None] | None]]
"""Given how many records there will be, what is to be called for each while they are made, if anything."""

if TYPE_CHECKING:
    from mockserver.contract.reference import ReferenceValidator


def unseen(_: int) -> AbstractContextManager[Callable[[], None] | None]:
    """Nobody watches."""
    return nullcontext()


ROOM = 512 * 2**20
"""How many bytes of JSON all tenants may hold when another one appears; in memory it is about twice that."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A world as it was: what ``World.restore`` takes back."""

    tenants: Mapping[str, Tenant]


class World:
    """One running mock: contract and settings, which never change, and all that does."""

    def __init__(self, settings: Settings, progress: Progress = unseen) -> None:
        """``progress`` watches while the first records are made.

        Raises SetupError listing what is wrong with document, scenario, templates or settings.
        """
        self.settings = settings
        self.contract = contract_of(settings)
        self.rules = read_rules(self.contract)
        self.scenario = scenario_of(settings, self.contract)
        self.keys = Keys(settings.secret, settings.key_file, settings.jwks)
        self.auth = Authenticator(settings.auth, self.contract.security, self.keys)
        self.clock = Clock()
        self.ids = IdSource(self.scenario.seed)
        self.outbox = Outbox(settings.outbox)
        self.journal = Journal(settings.journal)
        self.faults = Faults()
        self.grants = Grants()
        self.snapshots: dict[str, Snapshot] = {}
        self._on_record: Callable[[], None] | None = None
        self.store = Store(
            self.contract.indexes,
            self.scenario.fill_resource,
            settings.max_tenants,
            room=ROOM,
            counted=self.contract.counted,
            strict=settings.strict_references,
        )
        self.reference = _reference(self.contract.document) if settings.validator == "reference" else None
        self.tools = _tools(self)
        self.operations = {operation.id: operation for operation in self.contract.operations()}
        with progress(self.scenario.size()) as self._on_record:
            for name in self.scenario.tenants:
                tenant = self.store.empty(name)
                self.scenario.fill(tenant, self._on_record)
                self.store.add(tenant)
            # A broken template stops the start, not a later request.
            self.scenario.fill(self.store.empty(""), self._on_record)
        self._on_record = None
        self._start_clock()
        self._begin = self.snapshot()

    def snapshot(self) -> Snapshot:
        """The tenants as they are now: records, and what new ids go on from."""
        return Snapshot(self.store.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Be what ``snapshot`` was; it stays usable. Clock, journal, outbox and faults are left alone."""
        self.store.restore(snapshot.tenants)

    def reset(self) -> None:
        """As just started: records, ids, clock; journal, outbox and faults empty; nobody is logged in."""
        self.restore(self._begin)
        self._start_clock()
        self.journal.clear()
        self.outbox.clear()
        self.faults.clear()
        self.grants.clear()

    def reset_tenant(self, name: str) -> None:
        """One tenant as at the start: its records and id counters, no fault waiting for it; all else is left alone."""
        self.faults.clear(name)
        self.store.restore_tenant(name, self._begin.tenants.get(name))

    def _start_clock(self) -> None:
        """``frozen`` and ``scenario`` begin at the scenario's moment, ``now`` at the machine's."""
        mode = self.settings.clock
        self.clock.set(datetime.now(UTC) if mode == "now" else self.scenario.clock, running=mode != "frozen")


def contract_of(settings: Settings) -> Contract:
    """The table of operations: as the document's annotations say or, where it has none, as it is inferred."""
    document = read_document(settings.spec, settings.overlays)
    is_strict = settings.strict_document or document.is_annotated
    contract = compile_contract(document) if is_strict else infer_contract(document)
    return select(contract, settings.groups) if settings.groups else contract


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
    )
