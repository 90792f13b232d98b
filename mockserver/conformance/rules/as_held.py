"""What a target holds, read through its API, for the rules to be worked out over a second time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mockserver.conformance import row_queries
from mockserver.conformance.check_plan import Group
from mockserver.conformance.pagination import walk
from mockserver.conformance.rules.naive import Reader, named_key
from mockserver.conformance.rules.naive_values import CannotTell, as_json
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask, others
from mockserver.contract import Kind
from mockserver.contract.resource import local_name
from mockserver.values.members import texts_at
from mockserver.values.moment import read_moment


class View:
    """One record as the target answered it; what is computed is worked out from the rest, whatever the reply says."""

    def __init__(self, kept: AsHeld, group: Group, data: Mapping[str, Any]) -> None:
        self._kept, self._group = kept, group
        self.data = data
        self._computed: dict[str, Any] = {}
        self._keys = {one.path: one.resource for one in group.resource.references}

    @property
    def id(self) -> str:
        return str(self.data.get(self._group.key, ""))

    def get(self, name: str) -> Any:
        rule = self._group.marks(name).get("computed")
        if rule is None:
            return self._read(self.data.get(name), name)
        if name not in self._computed:
            self._computed[name] = None
            self._computed[name] = self._read(as_json(self._kept.reader.value(rule, self)), name)
        return self._computed[name]

    def _read(self, value: Any, path: str) -> Any:
        """``value`` with its foreign keys marked as such."""
        if isinstance(value, list):
            return [self._read(one, path) for one in value]
        if isinstance(value, Mapping):
            return {name: self._read(one, f"{path}.{name}") for name, one in value.items()}
        if isinstance(value, str) and path in self._keys:
            return named_key(value, self._keys[path])
        return value


class AsHeld:
    """The target's records at one moment: each asked for once. ``before`` are some as they were before a change."""

    def __init__(
        self, session: Session, now: datetime | None = None, before: Mapping[tuple[str, str], Any] | None = None
    ) -> None:
        self._session = session
        self.now = now or datetime.now(UTC)
        self.reader = Reader(self)
        self._before = before or {}
        self._found: dict[tuple[str, str], View | None] = {}
        self._lists: dict[tuple[str, str | None, str | None], list[dict[str, Any]]] = {}

    def view(self, group: Group, record: Mapping[str, Any]) -> View:
        """``record`` as rules see it: its fields, and the records that its keys lead to."""
        return View(self, group, record)

    def find(self, resource: str, key: str) -> View | None:
        """The record of ``resource`` with that ``key``, asked for once; None where there is none. Raises CannotTell."""
        if (local := self._local(resource)) is None:
            return None
        resource = local
        place = (resource, str(key))
        if place in self._before:
            return self.view(self._group(resource), self._before[place])
        if place not in self._found:
            self._found[place] = self._asked(self._group(resource), str(key))
        return self._found[place]

    def _asked(self, group: Group, key: str) -> View | None:
        if not group.key or not group.has([Kind.READ]):
            raise CannotTell(f"{group.name} cannot be read one by one")
        reply = self._session.at(group, Kind.READ, key)
        record = self._session.value(reply) if reply.status == 200 else None
        return self.view(group, record) if isinstance(record, dict) else None

    def records(self, resource: str, by: str | None, key: str | None) -> list[View]:
        """The records of a resource; ``by`` a foreign key, those that name ``key`` there."""
        if (local := self._local(resource)) is None:
            return []
        resource = local
        group = self._group(resource)
        found = [self._before.get((resource, str(one.get(group.key))), one) for one in self._listed(group, by, key)]
        views = [self.view(group, one) for one in found]
        return [one for one in views if by is None or key in _keys(one.data, by)]

    def _listed(self, group: Group, by: str | None, key: str | None) -> list[dict[str, Any]]:
        for operation in group.all(Kind.LOOKUP):
            if by and key and list(operation.keys.values()) == [by]:
                values = {**dict(others(group, operation)), next(iter(operation.keys)): key}
                return self._walked(group, Ask(operation, values), (group.name, by, key))
        for operation in group.all(Kind.LIST):
            return self._walked(group, Ask(operation), (group.name, None, None))
        for operation in group.all(Kind.SEARCH):
            return self._walked(group, Ask(operation, body={}), (group.name, None, None))
        own = {one.id for one in self._session.records.left()}
        if by is None or key not in own:
            return self._queried(group)
        return self._made(group)  # what this run has made is named by nothing else than what it has made

    def _queried(self, group: Group) -> list[dict[str, Any]]:
        """The records that a query finds, where the document knows queries; those stay, and so do their results."""
        place = (group.name, None, None)
        if place not in self._lists:
            fields = sorted(group.resource.fields)
            rows = row_queries.all_rows(self._session, group, fields) if self._session.limits.owns_all else None
            if rows is None:
                raise CannotTell(f"not all {group.name} can be listed")
            self._lists[place] = rows
        return self._lists[place]

    def _made(self, group: Group) -> list[dict[str, Any]]:
        ids = sorted(one.id for one in self._session.records.left() if one.resource == group.name)
        return [dict(one.data) for one in (self.find(group.name, key) for key in ids) if one]

    def _walked(self, group: Group, ask: Ask, place: tuple[str, str | None, str | None]) -> list[dict[str, Any]]:
        if place not in self._lists:
            self._lists[place] = walk(self._session, group, ask)
        return self._lists[place]

    def _local(self, qualified: str) -> str | None:
        """The document's own name of ``module:resource``; None of a module that it does not have."""
        return local_name({name: group.resource for name, group in self._session.plan.groups.items()}, qualified)

    def _group(self, resource: str) -> Group:
        return self._session.plan.groups[resource]


def moment_of(group: Group, record: Mapping[str, Any]) -> datetime | None:
    """When ``record`` was last changed, as its stamp tells."""
    found = read_moment(str(record.get(group.resource.stamps.get("modified-at", ""), "")))
    return found.as_datetime() if found else None


def _keys(record: Mapping[str, Any], field: str) -> list[str]:
    """The keys that the foreign key ``field`` holds."""
    return [key for _, key in texts_at(record, field.split("."))]
