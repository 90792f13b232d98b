"""A tenant as JSON, all of it, and back: for files, for other mocks, for a look at what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import orjson

from mockserver.contract import Resource
from mockserver.errors import Problem, SetupError
from mockserver.handlers.door import keep
from mockserver.handlers.planned.stored_records.whole_records import remedied
from mockserver.store import Tenant
from mockserver.store.keeping import FactKind, FactPlace
from mockserver.values.json_text import read_own
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant
from mockserver.world import World

FILE = "import"
"""What problems of a tenant that is brought in are said to be in."""
MOST = 50
"""How many problems are told."""
_NUMBER = re.compile(r"[0-9]{1,15}")


def exported(tenant: Tenant) -> dict[str, Any]:
    """``records`` by resource and id, as they are stored, and ``facts``: the numbers that new ones go on from.

    The records are fragments of JSON, to be serialised by orjson; the tenant's lock is held.
    """
    records: dict[str, dict[str, orjson.Fragment]] = {}
    facts: list[list[str]] = []
    for (kind, name, key), content in tenant.everything():
        if kind is FactKind.RECORD:
            records.setdefault(name, {})[key] = orjson.Fragment(content)
        else:
            facts.append([kind.value, name, key, content.decode()])
    return {"records": dict(sorted(records.items())), "facts": sorted(facts)}


def imported(world: World, name: str, archived: Mapping[str, Any]) -> Tenant:
    """A tenant of that name that holds what ``told`` says and nothing else; the store does not keep it yet.

    ``told`` is of the form ``tenant_records``: as ``exported`` has it, or with lists of records as a client sees them,
    which ``mockserver seed`` writes. Raises SetupError with every record that breaks the contract or names one that
    is not there.
    """
    tenant = world.store.empty(name)
    problems = [*islice(_filled(world, tenant, archived), MOST)] or [*islice(_broken_references(world, tenant), MOST)]
    if problems:
        raise SetupError(problems)
    return tenant


def _filled(world: World, tenant: Tenant, archived: Mapping[str, Any]) -> Iterator[Problem]:
    resources = world.contract.resources
    for name, records in archived["records"].items():
        if (resource := resources.get(name)) is None:
            yield Problem(FILE, pointer_to("records", name), "is unknown", meant(name, resources))
            continue
        entries = records.items() if isinstance(records, Mapping) else _listed(resource, tenant, records)
        for record_id, value in entries:
            yield from _put(world, tenant, resource, record_id, value)
    for index, fact in enumerate(archived.get("facts", ())):
        yield from _taken(tenant, index, fact)


def _listed(resource: Resource, tenant: Tenant, records: list[Any]) -> Iterator[tuple[str, Any]]:
    for one in records:
        yield (tenant.name if resource.is_single else str(one.get(resource.key, ""))), one


def _put(world: World, tenant: Tenant, resource: Resource, record_id: str, value: Any) -> Iterator[Problem]:
    at = pointer_to("records", resource.name, record_id)
    if resource.model is not None:
        maker, schema = world.contract.maker, resource.model.record
        if maker is not None and schema is not None and not maker.allows(schema, value):
            yield Problem(FILE, at, "is not what the schema of the record says", "correct it, or leave it out")
        else:
            keep(tenant, resource, record_id, value)
        return
    if not isinstance(value, dict):
        yield Problem(FILE, at, f"is {shown(value, 80)}", "give a record")
        return
    record_id = tenant.name if resource.is_single else record_id
    record = resource.stored(value)
    found = [(one.pointer, one.message, remedied(one.keyword)) for one in resource.violations(record)]
    found += [(pointer_to(one), "is not a field", meant(one, resource.fields)) for one in resource.ignored(record)]
    if not resource.is_single and record.get(resource.key) != record_id:
        found.append((pointer_to(resource.key), f"is not {shown(record_id, 80)}", "say the same id in both places"))
    yield from (Problem(FILE, at + pointer, problem, remedy) for pointer, problem, remedy in found)
    if not found:
        keep(tenant, resource, record_id, record)


def _broken_references(world: World, tenant: Tenant) -> Iterator[Problem]:
    for resource in world.contract.resources.values():
        references = resource.binding(strict=tenant.is_strict)
        for record in tenant[resource.name].scan() if references else ():
            data = record.data()
            for reference in references:
                for pointer, key in reference.found_in(data):
                    if key not in tenant[reference.resource]:
                        at = pointer_to("records", resource.name, record.id) + pointer
                        problem = f"names {shown(key, 80)}, which is not in {reference.resource}"
                        yield Problem(FILE, at, problem, "add it")


def _taken(tenant: Tenant, index: int, fact: list[str]) -> Iterator[Problem]:
    """One fact, as ``exported`` tells it."""
    kind, name, key, content = fact
    if not _is_fact(tenant, kind, name, key, content):
        yield Problem(FILE, pointer_to("facts", str(index)), "says nothing about a tenant", "leave it out")
        return
    tenant.take(FactPlace(FactKind(kind), name, key), content.encode())


def _is_fact(tenant: Tenant, kind: str, name: str, key: str, content: str) -> bool:
    if kind in (FactKind.HIGHEST, FactKind.BEGUN) and name not in tenant:
        return False
    if kind in (FactKind.COUNT, FactKind.HIGHEST) and not _NUMBER.fullmatch(content):
        return False
    if kind in (FactKind.COUNT, FactKind.BEGUN):
        return _is_path(key)
    return kind in (FactKind.HIGHEST, FactKind.ELSEWHERE)


def _is_path(key: str) -> bool:
    try:
        steps = read_own(key)
    except ValueError:
        return False
    return isinstance(steps, list) and all(isinstance(one, str) for one in steps)
