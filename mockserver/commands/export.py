"""The world as files: what a scenario and a seed make, written as JSON that compares byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mockserver.contract import Resource
from mockserver.expressions import EvaluationContext, Rules
from mockserver.planting import begin_all
from mockserver.settings import Settings
from mockserver.store import Record
from mockserver.values.output import writing
from mockserver.world import Progress, World, unseen


def export_world(settings: Settings, out: Path, progress: Progress = unseen) -> Iterator[tuple[Path, int]]:
    """Write ``out/<tenant>/<resource>.json``, one record a line, as a client would see them at the start.

    Yields each file and how many records it holds. Raises SetupError when anything is wrong with the world, before
    a file is written, or a file cannot be.
    """
    world = World(settings, progress)
    for name in world.scenario.tenants:
        tenant = world.store.tenant(name)
        with tenant.work():
            begin_all(world, tenant)
        context = world.rules.context(tenant, world.scenario.clock)
        for resource in _spoken_of(world):
            records = [_line(world.rules, resource, record, context) for record in tenant[resource.name].scan()]
            file = out / name / f"{resource.name}.json"
            _write(file, b"[\n" + b",\n".join(records) + b"\n]\n" if records else b"[]\n")
            yield file, len(records)


def _spoken_of(world: World) -> Iterator[Resource]:
    """The resources that an operation is about: a search may stand on a path that looks like one and is none."""
    named = {one.resource.name for one in world.operations.values()}
    return (one for one in world.contract.resources.values() if one.model is None or one.name in named)


def _line(rules: Rules, resource: Resource, record: Record, context: EvaluationContext) -> bytes:
    return record.raw if rules.is_shown_as_stored(resource) else resource.encode(rules.seen(resource, record, context))


def _write(file: Path, text: bytes) -> None:
    with writing(file, "choose another --out"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
