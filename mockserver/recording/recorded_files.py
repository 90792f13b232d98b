"""Two files that the next start serves: a scenario that pins recorded records, an overlay with examples."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import orjson

from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import read_data_file
from mockserver.values.pointer import step_into

SCENARIO, OVERLAY = "scenario.yaml", "overlay.yaml"
MOST_RECORDS = 5_000
MOST_EXAMPLES = 1_000
MOST_BYTES = 64 * 2**20
"""How large a file that is read may be."""
Identify: TypeAlias = Callable[[str, str, Any], str]
"""The id of a tenant's record of a resource."""
_GIVEN = re.compile(rb"person-(\d{1,9})@example\.com")


@dataclass(frozen=True, slots=True)
class RecordedExample:
    """What an operation answered: ``target`` is the JSONPath of its media type object."""

    target: str
    value: Any


class RecordedFiles:
    """The files of one folder, written as a whole whenever something is added, and never half."""

    def __init__(self, folder: Path, head: Mapping[str, Any], identify: Identify) -> None:
        """``head`` is what the scenario says beside the records. Raises SetupError when what is there is not ours."""
        self.scenario, self.overlay = folder / SCENARIO, folder / OVERLAY
        self._lock = Lock()
        self.names_given = 0
        """How many names of people were made up for records that are there."""
        self._head = {**head, **self._read(self.scenario, "description")}
        self._tenants: dict[str, dict[str, dict[str, Any]]] = {}
        for tenant, plan in (self._head.pop("tenants", None) or {}).items():
            pinned = step_into(plan, "pinned") or {}
            self._tenants[tenant] = {
                name: {identify(tenant, name, one): one for one in records} for name, records in pinned.items()
            }
        actions = self._read(self.overlay, "overlay").get("actions", [])
        self._examples = {one["target"]: step_into(one, "update") for one in actions if "update" in one}

    def add(self, tenant: str, records: Sequence[tuple[str, str, Any]]) -> bool:
        """Keep records, each with its resource and id, in place of those of these ids; False when the file is full.

        Raises OSError.
        """
        with self._lock:
            room = MOST_RECORDS - self._count()
            for resource, record_id, record in records[:room]:
                self._tenants.setdefault(tenant, {}).setdefault(resource, {})[record_id] = record
            if records:
                self._write_scenario()
            return len(records) <= room

    def remove(self, tenant: str, resource: str, record_id: str) -> None:
        """Keep a record no longer. Raises OSError."""
        with self._lock:
            if self._tenants.get(tenant, {}).get(resource, {}).pop(record_id, None) is not None:
                self._write_scenario()

    def show(self, example: RecordedExample) -> bool:
        """Keep an example in place of all that stand there; False when the file is full. Raises OSError."""
        with self._lock:
            if example.target not in self._examples and len(self._examples) >= MOST_EXAMPLES:
                return False
            self._examples[example.target] = {"example": example.value}
            actions = [{"target": target, "update": update} for target, update in sorted(self._examples.items())]
            info = {"title": "Recorded examples", "version": "1"}
            _replace(self.overlay, {"overlay": "1.0.0", "info": info, "actions": actions})
            return True

    def _count(self) -> int:
        return sum(len(records) for resources in self._tenants.values() for records in resources.values())

    def _write_scenario(self) -> None:
        tenants = {
            tenant: {"pinned": {name: [*records.values()] for name, records in sorted(resources.items()) if records}}
            for tenant, resources in sorted(self._tenants.items())
        }
        _replace(self.scenario, {**self._head, "tenants": tenants})

    def _read(self, file: Path, needed: str) -> dict[str, Any]:
        if not file.is_file():
            return {}
        if file.stat().st_size > MOST_BYTES:
            raise SetupError([Problem(str(file), "", f"is larger than {MOST_BYTES} bytes", "name another folder")])
        value = read_data_file(file).value
        if not isinstance(value, dict) or needed not in value:
            problem = "was not recorded here, and would be overwritten"
            raise SetupError([Problem(str(file), "", problem, "name another folder with --record-into")])
        given = [int(one[1]) for one in _GIVEN.finditer(file.read_bytes())]
        self.names_given = max([self.names_given, *given])
        return value


def _replace(file: Path, value: Any) -> None:
    """Write a whole file in the place of another, readable for its owner alone. JSON, which YAML is as well."""
    file.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(number, "wb") as written:
            written.write(orjson.dumps(value, option=orjson.OPT_INDENT_2))
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
