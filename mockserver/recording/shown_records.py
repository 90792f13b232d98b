"""Which records a reply shows, and under which ids the mock keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from mockserver.contract import Kind, Operation, Resource
from mockserver.handlers.planned.addressing.places import record_id
from mockserver.messages import Request
from mockserver.values.members import value_at
from mockserver.values.redaction import EMAIL, redact_value

_ONE = frozenset({Kind.READ, Kind.CREATE, Kind.REPLACE, Kind.PATCH, Kind.GENERATE})
_MANY = frozenset({Kind.LIST, Kind.LOOKUP, Kind.SEARCH})
MOST = 1_000
"""How many records of one reply are kept."""


class ShownRecord(NamedTuple):
    """A record of ``resource``; ``names_parents``: it names its own parents, so that a scenario can pin it."""

    resource: Resource
    id: str
    value: dict[str, Any]
    names_parents: bool


def shown_records(operation: Operation, request: Request, tenant: str, value: Any) -> list[ShownRecord]:
    """The records in the content of a success; none where the operation shows none, or shows parts of them."""
    if operation.projection and any(name == operation.projection for name, _ in request.query):
        return []
    is_planned = operation.plan is not None
    found = _planned(operation, request, value) if is_planned else _annotated(operation, tenant, value)
    return [*islice(found, MOST)]


def _annotated(operation: Operation, tenant: str, value: Any) -> Iterator[ShownRecord]:
    resource = operation.resource
    shown = [value] if operation.kind in _ONE else value if operation.kind in _MANY and isinstance(value, list) else []
    for one in shown:
        if isinstance(one, dict) and (resource.is_single or isinstance(one.get(resource.key), str)):
            identity = tenant if resource.is_single else one[resource.key]
            yield ShownRecord(resource, identity, resource.stored(one), names_parents=True)


def _planned(operation: Operation, request: Request, value: Any) -> Iterator[ShownRecord]:
    plan, resource = operation.plan, operation.resource
    model = resource.model
    if plan is None or model is None or operation.kind is Kind.STUB:
        return
    alone = [] if plan.record is None else [value_at(value, plan.record)]
    shown = alone if plan.items is None else value_at(value, plan.items)
    for one in shown if isinstance(shown, list) else ():
        if not isinstance(one, dict):
            continue
        key = value_at(one, model.key) if model.key else request.path_values.get(plan.key or "")
        keys = [_parent(parent.parameter, parent.field, one, request) for parent in model.parents]
        if isinstance(key, str | int) and all(known is not None for known, _ in keys):
            identity = record_id(tuple(str(known) for known, _ in keys), str(key))
            yield ShownRecord(resource, identity, one, names_parents=bool(model.key) and all(own for _, own in keys))


def _parent(parameter: str, field: tuple[str, ...], record: Mapping[str, Any], request: Request) -> tuple[Any, bool]:
    """A parent's key, and whether the record says it."""
    own = value_at(record, field) if field else None
    return (own, True) if own is not None else (request.path_values.get(parameter), False)


class Pseudonyms:
    """Takes secrets out, and e-mail addresses of real people: each becomes another, the same wherever it stands."""

    def __init__(self, given: int = 0) -> None:
        """``given`` names were given before."""
        self._given = given
        self._known: dict[str, str] = {}

    def redacted(self, value: Any) -> Any:
        """A JSON value without secrets and without addresses."""
        return self._renamed(redact_value(value))

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._renamed(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._renamed(one) for one in value]
        return EMAIL.sub(self._name, value) if isinstance(value, str) and "@" in value else value

    def _name(self, found: re.Match[str]) -> str:
        address = found[0].lower()
        if address.endswith(("@example.com", "@example.org", "@example.net")):
            return found[0]
        return self._known.setdefault(address, f"person-{self._given + len(self._known) + 1}@example.com")
