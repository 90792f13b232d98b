"""A resource: which schema its records keep, which fields the server manages, and how a record becomes bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from mockserver.contract.plan import Model
from mockserver.contract.schema import SchemaValidator
from mockserver.errors import Violation
from mockserver.values.members import texts_at


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: the members that lead to it, and the resource whose record it names (in a list: whose records).

    ``resource`` is one of the document, or ``module:resource`` for a record that another module keeps;
    ``crosses`` tells that another module keeps it which the document has as well.
    """

    names: tuple[str, ...]
    resource: str
    crosses: bool = False

    @property
    def field(self) -> str:
        """The record's field that holds it, itself or deeper in."""
        return self.names[0]

    @property
    def path(self) -> str:
        """``contact_id``, or ``credits.credit_id`` for a member of what ``credits`` holds."""
        return ".".join(self.names)

    @property
    def is_nested(self) -> bool:
        """Whether the key stands in a member of the record that is an object or a list."""
        return len(self.names) > 1

    @property
    def is_elsewhere(self) -> bool:
        """Whether the record it names is in another module, ``module:resource``."""
        return ":" in self.resource

    def found_in(self, record: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Each key that ``record`` holds for it, with its pointer; an empty text is not a key."""
        value = record.get(self.names[0])
        if value is None:  # PERF: most are not there, and most of the others are one text
            return ()
        if type(value) is str and len(self.names) == 1:
            return ((f"/{self.names[0]}", value),) if value else ()
        return ((pointer, key) for pointer, key in texts_at(record, self.names) if key)


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of record.

    ``key`` is the field that identifies a record, empty where a tenant has only one (``is_single``);
    ``is_chosen`` tells that clients may choose it. ``fields`` are all declared fields, ``managed`` those that
    only the server sets, ``stamps`` the field of each stamp (``created-at``, ``created-by``, ``modified-at``,
    ``modified-by``, ``version``, ``lock``), ``computed`` those that are worked out and stored nowhere.
    ``references`` lead to records of this document, ``elsewhere`` to
    those of other modules. ``model`` says more where a document's annotations do not. ``counts_every_patch``: also a
    patch that changes nothing is a change, with stamps and effects. ``module`` is the module that keeps the records,
    for those who name it as ``module:resource``; empty where the document does not say. ``following`` are fields that
    are filled in and change with what they are made of, until a client gives them another value.
    """

    name: str
    schema: str
    key: str
    is_chosen: bool
    fields: frozenset[str]
    managed: frozenset[str]
    stamps: Mapping[str, str]
    computed: frozenset[str]
    references: tuple[Reference, ...]
    elsewhere: tuple[Reference, ...]
    validator: SchemaValidator
    model: Model | None = None
    counts_every_patch: bool = False
    module: str = ""
    following: frozenset[str] = frozenset()
    within: tuple[Reference, ...] = field(init=False, compare=False)
    crossing: tuple[Reference, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Divide the references by whether they leave the module."""
        object.__setattr__(self, "within", tuple([one for one in self.references if not one.crosses]))
        object.__setattr__(self, "crossing", tuple([one for one in self.references if one.crosses]))

    @property
    def whole_name(self) -> str:
        """As others name it: ``module:resource``, or its name alone."""
        return f"{self.module}:{self.name}" if self.module else self.name

    @property
    def is_single(self) -> bool:
        return not self.key

    def binding(self, *, strict: bool) -> tuple[Reference, ...]:
        """The references whose records must be there: where it is not ``strict``, those within the module."""
        return self.references if strict else self.within

    def violations(self, record: Mapping[str, Any], location: str = "record") -> tuple[Violation, ...]:
        """How ``record`` breaks the schema that replies promise, but for what is computed when it is looked at."""
        broken = self.validator.violations(record, location)
        return tuple(one for one in broken if one.pointer[1:] not in self.computed) if self.computed else broken

    def stored(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Of a record as it is looked at, what is stored."""
        if not self.computed:
            return dict(record)
        return {name: value for name, value in record.items() if name not in self.computed}

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


def local_name(resources: Mapping[str, Resource], qualified: str) -> str | None:
    """What the document calls the resource ``qualified``; None for ``module:resource`` of a module that it lacks, and
    that has no records here.
    """
    module, colon, _ = qualified.partition(":")
    if not colon:
        return qualified
    known = {one.whole_name: name for name, one in resources.items() if one.module == module}
    return known.get(qualified, qualified) if known else None
