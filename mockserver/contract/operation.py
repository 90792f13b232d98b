"""The nouns of the contract: operations, their parameters, bodies and replies, and what each operation means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mockserver.contract.batch_words import PLAIN, BatchWords
from mockserver.contract.custom_kinds import CustomKind
from mockserver.contract.kinds import KINDS, Facts, Kind
from mockserver.contract.login_endpoints import Login
from mockserver.contract.plan import OperationPlan
from mockserver.contract.resource import Resource
from mockserver.contract.schema import SchemaValidator
from mockserver.values.media_types import without_parameters


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: where it is (path, query, header, cookie), its type, and the rule its typed value keeps.

    ``may_be_empty`` is OpenAPI's ``allowEmptyValue``: whether a query parameter may be there without a value.
    ``references`` is the resource whose record it names the key of, if it must be there.
    """

    name: str
    location: str
    required: bool
    type: str
    may_be_empty: bool
    validator: SchemaValidator
    references: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The request body: its media types, whether it must be there, and the validator it is held to."""

    media_types: tuple[str, ...]
    required: bool
    validator: SchemaValidator


@dataclass(frozen=True, slots=True)
class DeclaredReply:
    """What one status may carry: JSON that ``full`` judges, or ``projected`` when a projection was asked for.

    None: no JSON. ``files`` are the media types, without parameters, of other content that it may have instead.
    """

    full: SchemaValidator | None
    projected: SchemaValidator | None
    files: frozenset[str] = frozenset()

    def is_file(self, content_type: str) -> bool:
        """Whether content of that type is declared and no schema judges it."""
        return without_parameters(content_type) in self.files


@dataclass(frozen=True, slots=True)
class Page:
    """How a list is cut: the parameter that takes a key, the envelope's member names (``items`` None: bare array)."""

    key: str
    items: str | None = None
    count: str | None = None
    next: str | None = None


class How(StrEnum):
    """How a search parameter meets a field, told by the parameter's shape."""

    RANGE = "range"
    ANY_OF = "any of"
    CONTAINS = "contains"
    EQUALS = "equals"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One search parameter: the field it is about (None: none, it is passed over) and how it meets it."""

    field: str | None
    how: How
    is_page_key: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document, ready to be answered.

    ``meaning`` is its x-mock mapping; ``is_elsewhere`` tells that its path has servers of its own;
    ``holds_records`` tells that its success reply is made of whole
    records of ``resource`` and nothing else, so that stored bytes need no second check; ``plan`` says where its
    bodies and replies hold what, None where the document's annotations do; ``custom`` is the
    kind that a package brought, where ``kind`` is CUSTOM; ``batch`` tells the names of a batch's parts.
    """

    id: str
    method: str
    path: str
    summary: str
    kind: Kind
    resource: Resource
    meaning: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    body: Body | None
    replies: Mapping[int, DeclaredReply]
    secured: bool
    scopes: frozenset[str]
    projection: str | None
    page: Page | None
    criteria: Mapping[str, Criterion]
    provenance: str
    holds_records: bool
    is_elsewhere: bool = False
    plan: OperationPlan | None = None
    custom: CustomKind | None = None
    batch: BatchWords = PLAIN

    @property
    def facts(self) -> Facts:
        """What holds for every operation of this kind."""
        return self.custom.facts if self.custom else KINDS[self.kind]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of its declared replies, in order; where nobody annotated it also ``4XX`` and ``default``."""
        return tuple(sorted(self.plan.replies)) if self.plan else tuple(str(status) for status in sorted(self.replies))

    def declares(self, status: int) -> bool:
        """Whether a reply with ``status`` is declared, itself or as one of many."""
        if self.plan is None:
            return status in self.replies
        return self.plan.declares(status)

    @property
    def keys(self) -> Mapping[str, Any]:
        """What a look-up goes by: for each path parameter the field it is compared with.

        ``{by: field, cases: {value: other}}`` stands for the field that the value of another one chooses.
        """
        by = self.meaning.get("by")
        return {by: by} if isinstance(by, str) else by or {}

    @property
    def index(self) -> tuple[str, str] | None:
        """The parameter and the field that a look-up finds records by: the first that stands for one field."""
        return next(((name, field) for name, field in self.keys.items() if isinstance(field, str)), None)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name."""
        return next((one for one in self.parameters if one.name == name), None)

    def parameter_names(self, location: str) -> frozenset[str]:
        """The names of the parameters in ``path``, ``query``, ``header`` or ``cookie``."""
        return frozenset(parameter.name for parameter in self.parameters if parameter.location == location)


@dataclass(frozen=True, slots=True)
class Security:
    """What the document says about tokens: the audience they must name, the claims that carry meaning, logging in."""

    scheme: str | None = None
    audience: str | None = None
    claims: Mapping[str, str] = field(default_factory=dict)
    login: Login = field(default_factory=Login)
