"""A resource: which schema its records keep, which fields the server manages, and how a record becomes bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.contract.schema import Rule
from mockserver.errors import Violation


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: the field, and the resource whose record it names (or, for a list, whose records)."""

    field: str
    resource: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of record.

    ``fields`` are all declared fields, ``managed`` those that only the server sets, ``stamps`` the
    field of each stamp (``created-at``, ``created-by``, ``modified-at``, ``modified-by``, ``version``,
    ``lock``).
    """

    name: str
    schema: str
    key: str
    fields: frozenset[str]
    managed: frozenset[str]
    stamps: Mapping[str, str]
    references: tuple[Reference, ...]
    rule: Rule

    def violations(self, record: Mapping[str, Any], location: str = "record") -> tuple[Violation, ...]:
        """How ``record`` breaks the schema that replies promise."""
        return self.rule.violations(record, location)

    def encode(self, record: Mapping[str, Any]) -> bytes:
        """The record's JSON, members in alphabetical order.

        PERF: the buffer that ``dumps`` returns holds five times what it needs; the copy is exact.
        """
        return bytes(memoryview(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)))

    def writable(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Of what a client sent, what a client may set."""
        return {name: value for name, value in sent.items() if name in self.fields and name not in self.managed}

    def ignored(self, sent: Mapping[str, Any]) -> list[str]:
        """Of what a client sent, the names no field has."""
        return sorted(name for name in sent if name not in self.fields)
