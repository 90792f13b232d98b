"""A cache of starts: the first records, and where in the document everything is, for the next start like it.

An entry lies in the user's cache under a name that is a digest of all that it depends on: document, fixtures, settings,
our code, what is installed. It is data, not code; one that is broken, stale or not the user's own is not looked at.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from mockserver.contract import Kind, Outline
from mockserver.contract.custom_kinds import custom_kinds
from mockserver.errors import SetupError, scenario_broken
from mockserver.expressions.functions import installed_functions
from mockserver.handlers.door import keep_as_read
from mockserver.settings import Settings
from mockserver.store import Tenant
from mockserver.values.json_text import read_own
from mockserver.values.moment import read_datetime

if TYPE_CHECKING:
    from mockserver.seeding import Scenario
    from mockserver.seeding.unannotated import Unannotated

Read: TypeAlias = "Callable[[], Scenario | Unannotated]"
FORMAT = "mockserver start 1"
LARGEST = 32 * 2**20
"""Bytes of a world that is worth keeping: a larger one is made as fast as it is read."""
KEPT = 8
"""How many starts are kept; the oldest go."""


@dataclass(frozen=True)
class CachedScenario:
    """A scenario whose tenants were made by an earlier start; what else is asked of it, it reads then.

    ``blocks`` are the records by tenant and resource, each a line with its id and its JSON.
    """

    name: str
    description: str
    seed: int
    clock: datetime
    tenants: tuple[str, ...]
    outline: Outline
    blocks: Mapping[str, Mapping[str, bytes]]
    read: Read

    @cached_property
    def scenario(self) -> Scenario | Unannotated:
        """As its files say. Two that ask for it at once both read it, and get the same.

        Raises Refusal(503) where they were good at the start and are not now.
        """
        try:
            return self.read()
        except SetupError as error:
            raise scenario_broken(str(error.problems[0])) from None

    def fill(self, tenant: Tenant, on_record: Callable[[], None] | None = None) -> None:
        """See ``Scenario.fill``."""
        if tenant.name not in self.blocks:
            self.scenario.fill(tenant, on_record)
        for resource in self.blocks.get(tenant.name, ()):
            self.fill_resource(tenant, resource)

    def fill_resource(self, tenant: Tenant, resource: str) -> None:
        """See ``Scenario.fill_resource``."""
        if tenant.name not in self.blocks:
            self.scenario.fill_resource(tenant, resource)
            return
        for line in self.blocks[tenant.name].get(resource, b"").splitlines():
            key, _, raw = line.partition(b"\t")
            keep_as_read(tenant, resource, read_own(key), read_own(raw), raw)

    def begins(self, tenant: str, resource: str, usual: int) -> int:
        """See ``Scenario.begins``."""
        return self.scenario.begins(tenant, resource, usual)

    def keys(self, tenant: str, resource: str) -> list[Any]:
        """See ``Scenario.keys``."""
        return self.scenario.keys(tenant, resource)

    def size(self) -> int:
        """Nobody has to wait for it."""
        return 0

    def records(self, tenant: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """See ``Scenario.records``."""
        return self.scenario.records(tenant)


def read_start(settings: Settings, read: Read) -> CachedScenario | None:
    """The entry of an earlier start like this one, None without a good one; ``read`` reads the scenario."""
    file = _file(settings)
    try:
        if file is None or not _is_own(file):
            return None
        checksum, _, rest = file.read_bytes().partition(b"\n")
        head, _, content = rest.partition(b"\n")
        if checksum != _checksum(rest):
            return None
        return _read(read_own(head), memoryview(content), read)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_start(
    settings: Settings, scenario: Scenario | Unannotated, outline: Outline, tenants: Mapping[str, Tenant]
) -> None:
    """Cache what this start made: ``tenants`` are those of the beginning. A full disk stops nobody.

    Nothing is cached where packages bring kinds or functions: their code is not looked into.
    """
    file = _file(settings)
    is_extended = custom_kinds() or installed_functions()
    if file is None or is_extended or sum(tenant.size() for tenant in tenants.values()) > LARGEST:
        return
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        rest = _written(scenario, outline, tenants)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(_checksum(rest) + b"\n" + rest)
        fresh.replace(file)
        for old in sorted(file.parent.glob("start-*"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
            old.unlink()


def _read(head: dict[str, Any], content: memoryview, read: Read) -> CachedScenario:
    blocks: dict[str, dict[str, bytes]] = {}
    for tenant, resource, start, end in head["blocks"]:
        blocks.setdefault(tenant, {})[resource] = bytes(content[start:end])
    return CachedScenario(
        name=head["name"],
        description=head["description"],
        seed=head["seed"],
        clock=read_datetime(head["clock"]),
        tenants=tuple(head["tenants"]),
        outline=Outline(
            {name: tuple(fields) for name, fields in head["indexes"].items()},
            {(resource, Kind(kind)): (path, verb) for resource, kind, path, verb in head["bodies"]},
            {name: (path, verb, kind) for name, path, verb, kind in head["operations"]},
        ),
        blocks={name: blocks.get(name, {}) for name in head["tenants"]},
        read=read,
    )


def _written(scenario: Scenario | Unannotated, outline: Outline, tenants: Mapping[str, Tenant]) -> bytes:
    content = bytearray()
    places: list[tuple[str, str, int, int]] = []
    for name, tenant in tenants.items():
        for resource in outline.indexes:
            start = len(content)
            for record in tenant[resource].scan():
                content += orjson.dumps(record.id) + b"\t" + record.raw + b"\n"
            places.append((name, resource, start, len(content)))
    head = {
        "name": scenario.name,
        "description": scenario.description,
        "seed": scenario.seed,
        "clock": scenario.clock.isoformat(),
        "tenants": scenario.tenants,
        "indexes": outline.indexes,
        "bodies": [(*key, *place) for key, place in outline.bodies.items()],
        "operations": [(name, *place) for name, place in outline.operations.items()],
        "blocks": places,
    }
    return orjson.dumps(head) + b"\n" + bytes(content)


def _file(settings: Settings) -> Path | None:
    """Where it lies; None for what is not kept: an address, a path prefix, a scenario in a file of its own."""
    specs = settings.spec if isinstance(settings.spec, tuple) else (settings.spec,)
    is_as_written = not (settings.overlays or settings.groups or settings.strict_references or settings.strict_document)
    if (
        settings.cache is None
        or not is_as_written
        or settings.clock == "now"
        or settings.scenario.endswith((".yaml", ".yml"))
        or not all(Path(spec).is_file() for spec in specs)
    ):
        return None
    digest = hashlib.blake2b(digest_size=20)
    said = (
        settings.scenario,
        settings.seed,
        sorted(settings.counts.items()),
        float(settings.scale),
        [*map(str, specs)],
    )
    for part in (FORMAT, sys.version, *map(repr, said), *_code(), *_installed()):
        digest.update(part.encode() + b"\0")
    for spec in specs:
        digest.update(Path(spec).read_bytes())
    for file in sorted(settings.fixtures.rglob("*.yaml")):
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return settings.cache / f"start-{digest.hexdigest()}"


def _code() -> Iterator[str]:
    """Each of our modules and schemas as it is now."""
    for folder, _, files in sorted(os.walk(Path(__file__).parent)):
        for name in sorted(files):
            if name.endswith((".py", ".json")):
                status = (Path(folder) / name).stat()
                yield f"{folder}/{name} {status.st_size} {status.st_mtime_ns}"


def _installed() -> Iterator[str]:
    """What is installed, with versions: values are drawn by other packages, and packages bring functions and kinds."""
    for folder in sys.path:
        with suppress(OSError):
            yield from sorted(one.name for one in os.scandir(folder) if one.name.endswith((".dist-info", ".egg-info")))


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=20).hexdigest().encode()


def _is_own(file: Path) -> bool:
    """Whether nobody but the user can have written it."""
    status = file.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022
