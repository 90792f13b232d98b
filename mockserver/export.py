"""The world as files: what a scenario and a seed make, written as JSON that compares byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mockserver.contract import compile_contract, read_document
from mockserver.errors import Problem, SetupError
from mockserver.scenario import scenario_of
from mockserver.settings import Settings
from mockserver.store import Store


def export_world(settings: Settings, out: Path) -> Iterator[tuple[Path, int]]:
    """Write ``out/<tenant>/<resource>.json``, one record a line; yields each file and how many records it holds.

    Raises SetupError when the scenario is wrong, before anything is written, or a file cannot be.
    """
    contract = compile_contract(read_document(settings.spec))
    scenario = scenario_of(settings, contract)
    store = Store(contract.indexes, scenario.fill, settings.max_tenants)
    tenants = [store.tenant(name) for name in scenario.tenants]
    for tenant in tenants:
        for resource in contract.resources:
            records = [record.raw for record in tenant[resource].scan()]
            file = out / tenant.name / f"{resource}.json"
            _write(file, b"[\n" + b",\n".join(records) + b"\n]\n" if records else b"[]\n")
            yield file, len(records)


def _write(file: Path, text: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    except OSError as error:
        raise SetupError([Problem(str(file), "", f"cannot be written: {error}", "choose another --out")]) from None
