"""One record for a person: its members in order, what it names, what names it, and what was done with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from mockserver.contract import Operation, Resource
from mockserver.runtime.journal import Entry
from mockserver.store import Tenant
from mockserver.values.equality import same_json
from mockserver.values.json_text import BadJson, decode
from mockserver.values.shown import shown
from mockserver.web.console.fields import Field, on_lines
from mockserver.world import World

NAMERS = 20
"""How many records of each resource that name this one are listed."""
EXCHANGES = 25
"""How many of the exchanges about a record are listed, the newest ones."""


Changes: TypeAlias = tuple[tuple[str, str, str], ...]
"""Members by name, each with its value before and after."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One member: its value as text, and the records that it names, as resource and id."""

    name: str
    text: str
    links: tuple[tuple[str, str], ...]
    field: Field | None
    is_long: bool


@dataclass(frozen=True, slots=True)
class Namers:
    """The records of one resource that name a record by one foreign key; ``more``: there are others."""

    resource: str
    path: str
    ids: tuple[str, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """One exchange about a record, and which of its members it changed."""

    number: int
    entry: Entry
    changes: Changes


def lines(resource: Resource, record: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[RecordLine]:
    """The members that are there, as the document orders them, then those that it does not declare."""
    for name in (*(one for one in fields if one in record), *(one for one in record if one not in fields)):
        value, field = record[name], fields.get(name)
        links = tuple(
            (reference.resource, key)
            for reference in resource.references
            if reference.field == name
            for _, key in reference.found_in(record)
        )
        if not links and field and field.leads_to and isinstance(value, str | int):
            links = ((field.leads_to, str(value)),)
        is_long = isinstance(value, dict | list) and bool(value)
        text = on_lines(value) if is_long else _text(value)
        yield RecordLine(name, text, links, field, is_long)


def namers(world: World, tenant: Tenant, resource: Resource, record_id: str) -> Iterator[Namers]:
    """Who names the record; found by the indexes that keep references whole."""
    for other in world.contract.resources.values():
        for reference in other.references:
            if reference.resource == resource.name and reference.path in tenant[other.name].indexed:
                found = [one.id for one in islice(tenant[other.name].lookup(reference.path, record_id), NAMERS + 1)]
                if found:
                    yield Namers(other.name, reference.path, tuple(found[:NAMERS]), len(found) > NAMERS)


def history(
    world: World, tenant: str, resource: Resource, record_id: str, now: Mapping[str, Any]
) -> tuple[Changes, list[Happening]]:
    """What differs ``now`` from what the newest exchange about the record showed; then these, newest first."""
    before: Mapping[str, Any] | None = None
    found: list[Happening] = []
    for number, entry in world.journal.entries():
        if entry.tenant not in (tenant, None):
            continue
        operation = world.operations.get(entry.operation or "")
        if not _is_about(entry, operation, resource, record_id):
            continue
        is_own = operation is not None and operation.resource.name == resource.name
        after = _shown_by(entry, resource, record_id) if is_own else None
        changes = tuple(_changes(before, after)) if before is not None and after is not None else ()
        before = after if after is not None else before
        found.append(Happening(number, entry, changes))
    since = () if before is None else tuple(_changes(before, now))
    return since, found[: -EXCHANGES - 1 : -1]


def _is_about(entry: Entry, operation: Operation | None, resource: Resource, record_id: str) -> bool:
    """Whether the exchange named the record, or changed it."""
    if any(
        name == "Effects" and f"{resource.name}/{record_id}" in re.split(r"[ ,]+", text) for name, text in entry.notes
    ):
        return True
    if operation is None or operation.resource.name != resource.name:
        return False
    return _named_by(operation, entry) == record_id or (
        entry.method not in ("GET", "HEAD") and _shown_by(entry, resource, record_id) is not None
    )


def _named_by(operation: Operation, entry: Entry) -> str | None:
    """The text of the last parameter of an operation's path."""
    template = operation.path.split("/")
    places = [at - len(template) for at, one in enumerate(template) if one.startswith("{")]
    sent = entry.path.split("/")
    return sent[places[-1]] if places and len(sent) >= len(template) else None


def _shown_by(entry: Entry, resource: Resource, record_id: str) -> Mapping[str, Any] | None:
    """The record as the reply shows it, where it shows it whole."""
    if entry.status >= 300 or any(name == "fields" for name, _ in entry.query):
        return None
    try:
        value = decode(entry.reply, max_depth=64)
    except BadJson:
        return None
    return value if isinstance(value, dict) and str(value.get(resource.key)) == record_id else None


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in {**before, **after}:
        if name not in before or name not in after or not same_json(before[name], after[name]):
            yield name, _short(before, name), _short(after, name)


def _short(record: Mapping[str, Any], name: str) -> str:
    return shown(record[name], 80) if name in record else "(absent)"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else shown(value, 2_000)
