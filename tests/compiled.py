"""What one document means is worked out once by a process of a test run, however many mocks it starts.

A contract, its rules and a scenario are frozen, and a function of what they are read from: a mock that is given those of
an earlier one is the same mock. Most tests start one of the same document, and reading it costs more than most of them.
"""

from __future__ import annotations

import marshal
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mockserver import world
from mockserver.contract import Contract, Document
from mockserver.contract.sources import selecting
from mockserver.contract.sources.document_sources import Spec, places
from mockserver.seeding import Scenario
from mockserver.settings import Settings, data_folder, stock_specs
from mockserver.store import Tenant

ROOM = 3
"""How many contracts are kept, each with all that was worked out from it: the stock document's takes 60 MB."""
FEW = 2
"""How many results of one function are kept beside a contract."""
TENANTS = 3
"""How many tenants most scenarios begin with, the template's included."""
LARGEST = 8 * 2**20
"""Bytes of JSON of a tenant that is worth keeping."""
SMALL = 2**20
"""Bytes of a document that is kept though it does not come with mockserver: one that was changed is hardly met again."""


@dataclass
class Kept:
    """A contract, what it was made from, and what was worked out from it: they are kept together and go together."""

    contract: Contract
    source: Any
    results: dict[str, OrderedDict[Hashable, Any]] = field(default_factory=dict)

    def once(self, kind: str, name: Hashable, work: Callable[[], Any], room: int = FEW) -> Any:
        return _once(self.results.setdefault(kind, OrderedDict()), name, work, room)


def _once(known: OrderedDict[Hashable, Any], name: Hashable, work: Callable[[], Any], room: int) -> Any:
    if name not in known:
        known[name] = work()
        if len(known) > room:
            known.popitem(last=False)
    known.move_to_end(name)
    return known[name]


class Shared:
    """The functions that mocks are made by, each of which looks first whether its result is known."""

    def __init__(self) -> None:
        self._documents: OrderedDict[Hashable, Document] = OrderedDict()
        self._contracts: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lasting_documents: dict[Hashable, Document] = {}
        self._lasting: dict[Hashable, Kept] = {}

    def settle(self) -> None:
        """What was read so far stays: it is the stock document's, and modules of tests hold it as well."""
        self._lasting_documents.update(self._documents)
        self._lasting.update(self._contracts)
        self.forget()

    def forget(self) -> None:
        """Let go of all that was read since."""
        self._documents.clear()
        self._contracts.clear()

    def reader(self, read: Callable[..., Document]) -> Callable[..., Document]:
        def found(spec: Spec, overlays: tuple[Path, ...] = ()) -> Document:
            if (name := _files(spec, overlays)) is None:
                return read(spec, overlays)
            if name in self._lasting_documents:
                return self._lasting_documents[name]
            return _once(self._documents, name, lambda: read(spec, overlays), FEW)

        return found

    def compiler(self, work: Callable[[Document], Contract]) -> Callable[[Document], Contract]:
        def found(document: Document) -> Contract:
            known = (*self._lasting_documents.values(), *self._documents.values())
            is_stock = any(document is one for one in known)
            if (name := _document(document, SMALL if not is_stock else None)) is None:
                return work(document)
            return self._kept((work.__name__, name), lambda: Kept(work(document), document))

        return found

    def selector(self, select: Callable[..., Contract]) -> Callable[..., Contract]:
        def found(contract: Contract, groups: Sequence[str]) -> Contract:
            if self._of(contract) is None:
                return select(contract, groups)
            return self._kept((id(contract), tuple(groups)), lambda: Kept(select(contract, groups), contract))

        return found

    def rule_reader(self, read: Callable[[Contract], Any]) -> Callable[[Contract], Any]:
        def found(contract: Contract) -> Any:
            kept = self._of(contract)
            return kept.once("rules", "", lambda: read(contract)) if kept else read(contract)

        return found

    def scenario_reader(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def found(settings: Settings, contract: Contract) -> Any:
            kept, name = self._of(contract), _scenario(settings, contract)
            if kept is None or name is None:
                return read(settings, contract)
            return kept.once("scenarios", name, lambda: read(settings, contract))

        return found

    def filler(self, fill: Callable[..., None]) -> Callable[..., None]:
        """The first records of a tenant are copied from one that has them: records are replaced and never changed."""

        def filled(scenario: Scenario, tenant: Tenant, on_record: Callable[[], None] | None = None) -> None:
            kept = self._of(scenario._contract)
            scenarios = kept.results.get("scenarios", {}).values() if kept else ()
            is_shared = tenant._before is None and not on_record and any(scenario is one for one in scenarios)
            if kept is None or not is_shared:
                fill(scenario, tenant, on_record)
                return
            known = kept.results.setdefault("tenants", OrderedDict())
            name = id(scenario), tenant.name, tenant.elsewhere is None
            if name in known:
                tenant.become(known[name][1].copy())
                tenant._before = None
                return
            fill(scenario, tenant, on_record)
            if tenant.size() < LARGEST:  # what an id in a name belongs to lives as long as the name
                _once(known, name, lambda: (scenario, tenant.copy()), TENANTS * FEW)

        return filled

    def _of(self, contract: Contract) -> Kept | None:
        known = (*self._lasting.values(), *self._contracts.values())
        return next((one for one in known if one.contract is contract), None)

    def _kept(self, name: Hashable, work: Callable[[], Kept]) -> Contract:
        if name in self._lasting:
            return self._lasting[name].contract
        return _once(self._contracts, name, work, ROOM).contract


def share(patching: pytest.MonkeyPatch) -> Shared:
    """Let the mocks of this process share what they read; nothing else of the engine is touched."""
    shared = Shared()
    patching.setattr(world, "read_document", shared.reader(world.read_document))
    patching.setattr(world, "compile_contract", shared.compiler(world.compile_contract))
    patching.setattr(world, "infer_contract", shared.compiler(world.infer_contract))
    patching.setattr(world, "read_rules", shared.rule_reader(world.read_rules))
    patching.setattr(world, "scenario_of", shared.scenario_reader(world.scenario_of))
    patching.setattr(selecting, "select", shared.selector(selecting.select))
    patching.setattr(Scenario, "fill", shared.filler(Scenario.fill))
    return shared


def _files(spec: Spec, overlays: tuple[Path, ...] = ()) -> Hashable | None:
    """The documents that come with mockserver, as their files are now; every other is read each time."""
    files = [Path(one.location) for one in places(spec) if one.prefix is None]
    if overlays or len(files) < len(places(spec)) or not set(files) <= set(stock_specs()):
        return None
    return tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def _document(document: Document, most: int | None) -> Hashable | None:
    """Its text, and where it and what it was joined from have come from; None where it has more than ``most`` bytes."""
    try:
        text = marshal.dumps(document.root, 2)
    except ValueError:  # it holds what JSON does not
        return None
    if most is not None and len(text) > most:
        return None
    return (
        sha256(text).digest(),
        document.source,
        document.warnings,
        document.is_annotated,
        document.parts,
        sha256(document.text).digest(),
    )


def _scenario(settings: Settings, contract: Contract) -> Hashable | None:
    """Those that come with mockserver: their files stay as they are while the tests run."""
    if contract.is_inferred or settings.fixtures != data_folder("fixtures") or settings.clock == "now":
        return None
    counts = tuple(sorted(settings.counts.items()))
    return settings.spec, settings.scenario, settings.seed, counts, settings.scale
