"""What an expression looks at while it is worked out: records by their fields, each computed when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from mockserver.contract import Resource
from mockserver.store import Record, Tenant
from mockserver.values.absent import ABSENT, Absent


@dataclass(frozen=True, slots=True)
class Scene:
    """A tenant at a moment: what all expressions of one request share. ``computed`` has the rules of each resource."""

    tenant: Tenant
    now: datetime
    resources: Mapping[str, Resource]
    computed: Mapping[str, Mapping[str, Compute]]

    def find(self, resource: str, key: Any) -> View | Absent:
        """The record of that key."""
        record = self.tenant[resource].get(key) if isinstance(key, str) else None
        return ABSENT if record is None else self.view(resource, record)

    def view(self, resource: str, record: Record) -> View:
        return View(self, self.resources[resource], record.id, record.data())

    def naming(self, resource: str, path: str, key: str) -> Iterator[View]:
        """The records of ``resource`` whose foreign key at ``path`` is ``key``."""
        return (self.view(resource, record) for record in self.tenant[resource].lookup(path, key))

    def all(self, resource: str) -> Iterator[View]:
        return (self.view(resource, record) for record in self.tenant[resource].scan())


class View:
    """One record as rules and replies see it: ``data``, with which it is stored, and what is computed from that."""

    __slots__ = ("_worked_out", "data", "id", "resource", "scene")

    def __init__(self, scene: Scene, resource: Resource, record_id: str, data: dict[str, Any]) -> None:
        self.scene = scene
        self.resource = resource
        self.id = record_id
        self.data = data
        self._worked_out: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """The field's value; worked out once where it is computed."""
        if name in self.data:
            return self.data[name]
        if name in self._worked_out:
            return self._worked_out[name]
        rule = self.scene.computed.get(self.resource.name, {}).get(name)
        if rule is None:
            return ABSENT
        value = self._worked_out[name] = rule(Context(self, self.scene))
        return value

    def whole(self) -> dict[str, Any]:
        """All fields that have a value, in alphabetical order."""
        return self.only([*self.data, *self.scene.computed.get(self.resource.name, ())])

    def only(self, names: Iterable[str]) -> dict[str, Any]:
        """Those of the fields that have a value, in alphabetical order."""
        return {name: value for name in sorted(set(names)) if (value := self.get(name)) is not ABSENT}


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression looks at: ``it`` (a View, or any JSON), in ``scene``, within what ``above`` looks at."""

    it: Any
    scene: Scene
    above: Context | None = None

    def inside(self, it: Any) -> Context:
        return Context(it, self.scene, self)


Compute: TypeAlias = Callable[[Context], Any]
"""An expression made ready: its value, ABSENT where there is none."""


def member(value: Any, name: str) -> Any:
    """What ``value`` holds under ``name``."""
    if isinstance(value, View):
        return value.get(name)
    return value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT


def plain(value: Any) -> Any:
    """The value as JSON: views as whole records, what is absent left out."""
    if isinstance(value, View):
        return value.whole()
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items() if one is not ABSENT}
    if isinstance(value, list):
        return [plain(one) for one in value if one is not ABSENT]
    return value
