"""What one document means is worked out once by a process of a test run, however many mocks it starts.

A contract, its rules and a scenario are frozen, and a function of what they are read from: a mock that is given those of
an earlier one is the same mock. Most tests start one of the same document, and reading it costs more than most of them.
"""

from __future__ import annotations

import marshal
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mockserver import world
from mockserver.contract import Contract, Document, selecting
from mockserver.contract.document_sources import Spec, places
from mockserver.seeding import Scenario
from mockserver.settings import Settings, data_folder, stock_specs
from mockserver.store import Tenant

ROOM = 2
"""How many results of a function are kept: the stock document's takes 44 MB, and tests of another start mocks in a row."""

TENANTS = 3
"""How many tenants most scenarios begin with, the template's included."""
LARGEST = 8 * 2**20
"""Bytes of JSON of a tenant that is worth keeping."""


def share(patching: pytest.MonkeyPatch) -> None:
    """Let the mocks of this process share what they read; nothing else of the engine is touched."""
    for name, key in (
        ("read_document", _files),
        ("compile_contract", _document),
        ("infer_contract", _document),
        ("read_rules", _contract),
        ("scenario_of", _scenario),
    ):
        patching.setattr(world, name, _once(getattr(world, name), key))
    patching.setattr(selecting, "select", _once(selecting.select, _selected))
    patching.setattr(Scenario, "fill", _filled_once(Scenario.fill))


def _once(function: Callable[..., Any], key: Callable[..., Hashable | None]) -> Callable[..., Any]:
    known: OrderedDict[Hashable, tuple[Any, Any]] = OrderedDict()

    def found(*arguments: Any) -> Any:
        name = key(*arguments)
        if name is None:
            return function(*arguments)
        if name not in known:
            known[name] = function(*arguments), arguments  # what an id in a name belongs to lives as long as the name
            if len(known) > ROOM:
                known.popitem(last=False)
        known.move_to_end(name)
        return known[name][0]

    return found


def _filled_once(fill: Callable[..., None]) -> Callable[..., None]:
    """The first records of a tenant are copied from one that has them: records are replaced and never changed."""
    known: OrderedDict[Hashable, tuple[Scenario, Tenant]] = OrderedDict()

    def filled(scenario: Scenario, tenant: Tenant, on_record: Callable[[], None] | None = None) -> None:
        name = id(scenario), tenant.name, tenant.elsewhere is None
        is_kept_elsewhere = tenant._before is not None
        if is_kept_elsewhere or on_record or name not in known:
            fill(scenario, tenant, on_record)
        if is_kept_elsewhere:
            return
        if name in known:
            tenant.become(known[name][1].copy())
            tenant._before = None
        elif tenant.size() < LARGEST:
            known[name] = scenario, tenant.copy()
            if len(known) > TENANTS * ROOM:
                known.popitem(last=False)

    return filled


def _files(spec: Spec, overlays: tuple[Path, ...] = ()) -> Hashable | None:
    """The documents that come with mockserver, as their files are now; every other is read each time."""
    files = [Path(one.location) for one in places(spec) if one.prefix is None]
    if overlays or len(files) < len(places(spec)) or not set(files) <= set(stock_specs()):
        return None
    return tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def _document(document: Document) -> Hashable | None:
    """Its text, and where it and what it was joined from have come from."""
    try:
        text = marshal.dumps(document.root, 2)
    except ValueError:  # it holds what JSON does not
        return None
    return (
        sha256(text).digest(),
        document.source,
        document.warnings,
        document.is_annotated,
        document.parts,
        sha256(document.text).digest(),
    )


def _contract(contract: Contract) -> Hashable:
    return id(contract)


def _selected(contract: Contract, groups: Sequence[str]) -> Hashable:
    return id(contract), tuple(groups)


def _scenario(settings: Settings, contract: Contract) -> Hashable | None:
    """Those that come with mockserver: their files stay as they are while the tests run."""
    if contract.is_inferred or settings.fixtures != data_folder("fixtures") or settings.clock == "now":
        return None
    counts = tuple(sorted(settings.counts.items()))
    return id(contract), settings.spec, settings.scenario, settings.seed, counts, settings.scale
