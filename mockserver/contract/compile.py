"""From the document to the frozen table of operations: pure, once, at start; every problem is reported at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.contract.annotation_schemas import mark_problems, read_root
from mockserver.contract.custom_kinds import custom_kinds
from mockserver.contract.document import Document
from mockserver.contract.kinds import Kind
from mockserver.contract.login_endpoints import read_login
from mockserver.contract.operation import Operation, Security
from mockserver.contract.operation_reader import OperationReader
from mockserver.contract.plan import Accounts, OperationPlan
from mockserver.contract.problems import Problems
from mockserver.contract.resource import Resource
from mockserver.contract.resource_reader import read_resources
from mockserver.contract.samples.own_addresses import OwnAddresses
from mockserver.contract.schema import Schemas, SchemaValidator
from mockserver.contract.sources.servers import prefix_of
from mockserver.values.form import Form, read_form
from mockserver.values.lazy_mapping import LazyMapping

if TYPE_CHECKING:  # PERF: most documents need none to be made
    from mockserver.contract.samples.sample_maker import Maker

UNKNOWN_PATH = 404
"""The status of a path that the document does not have, where its root does not say another."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A document made ready to be served.

    ``paths`` maps each path template to its operations by verb; ``indexes`` names the fields by which
    each resource's records are found, ``counted`` those that are numbered through; ``bodies`` holds the validator
    for the body of a resource's operation of a kind; ``tenant`` is the path parameter that names the tenant, if
    any; ``prefixes`` are the path prefixes of the servers that the document names; ``maker`` makes values for its
    schemas where nothing else does, ``own_addresses`` tells which texts lead to the API itself. ``unknown_path`` is the
    status of a path that the document does not have, ``usual_refusal`` how a refusal looks where no operation is known.
    ``excerpt`` is the document where only a part is served, ``spanning`` the parameter of a path that may hold slashes.
    ``accounts`` tells who can log in, where somebody can.
    """

    document: Document
    paths: Mapping[str, Mapping[str, Operation]]
    resources: Mapping[str, Resource]
    indexes: Mapping[str, tuple[str, ...]]
    counted: Mapping[str, tuple[str, ...]]
    bodies: Mapping[tuple[str, Kind], SchemaValidator]
    security: Security
    tenant: str | None
    prefixes: tuple[str, ...]
    maker: Maker | None = None
    own_addresses: OwnAddresses | None = None
    unknown_path: int = UNKNOWN_PATH
    usual_refusal: OperationPlan | None = None
    excerpt: Mapping[str, Any] | None = None
    accounts: Accounts | None = None
    spanning: Mapping[str, str] = field(default_factory=dict)

    @property
    def published(self) -> Mapping[str, Any]:
        """The document that is handed out: all of it, or what was selected."""
        return self.document.root if self.excerpt is None else self.excerpt

    @property
    def is_inferred(self) -> bool:
        """Whether what the operations mean was inferred: the document does not say it."""
        return self.maker is not None

    def tenant_of(self, values: Mapping[str, str]) -> str | None:
        """The tenant that a path's parameters name; None where they name none."""
        return values.get(self.tenant) if self.tenant else None

    def operations(self) -> Iterator[Operation]:
        """Each operation once, though two spellings of its path may lead to it."""
        seen: set[int] = set()
        for verbs in self.paths.values():
            for operation in verbs.values():
                if id(operation) not in seen:
                    seen.add(id(operation))
                    yield operation

    def compile_all(self) -> None:
        """Compile every validator now instead of on first use. Raises SetupError listing all that are not schemas."""
        problems = Problems(self.document)
        validators = [resource.validator for resource in self.resources.values()]
        for operation in self.operations():
            validators += [parameter.validator for parameter in operation.parameters]
            validators += [operation.body.validator] if operation.body else []
            for reply in operation.replies.values():
                validators += [validator for validator in (reply.full, reply.projected) if validator]
        for validator in validators:
            problems.attempt(validator.compile)
        problems.raise_any()


def compile_contract(document: Document) -> Contract:
    """Raises SetupError listing everything in the document that cannot be served."""
    problems = Problems(document)
    schemas = Schemas(document)
    resources = read_resources(document, schemas, problems)
    reader = OperationReader(document, schemas, resources, problems, custom_kinds())
    paths = {path: reader.verbs(path, item) for path, item in document.node("paths").items()}
    if not paths:
        problems.add(document.node("paths"), "no paths", "describe at least one operation")
    rest = _rest(document, resources, problems)
    return Contract(paths=paths, indexes=_indexes(resources, paths), bodies=_bodies(paths), **rest)


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a contract without its operations: enough to find each of them when it is asked for.

    ``operations`` are path, verb and kind by operationId, ``bodies`` path and verb of those that take one.
    """

    indexes: Mapping[str, tuple[str, ...]]
    bodies: Mapping[tuple[str, Kind], tuple[str, str]]
    operations: Mapping[str, tuple[str, str, str]]

    @classmethod
    def of(cls, contract: Contract) -> Outline:
        every = {one.id: one for one in contract.operations()}
        bodies = {(one.resource.name, one.kind): (one.path, one.method) for one in every.values() if one.body}
        return cls(contract.indexes, bodies, {name: (one.path, one.method, one.kind) for name, one in every.items()})

    def operation(self, contract: Contract, name: str) -> Operation:
        """The operation of that operationId."""
        path, verb, _ = self.operations[name]
        return contract.paths[path][verb]


def proven_contract(document: Document, outline: Outline) -> Contract:
    """The contract of a document that ``compile_contract`` found good before; each path is read when it is asked for.

    No kind of an installed package occurs in it.

    PERF: to read all operations of the stock document takes half as long as reading the document.
    """
    problems = Problems(document)
    schemas = Schemas(document)
    resources = read_resources(document, schemas, problems)
    reader = OperationReader(document, schemas, resources, problems, {})

    def verbs(path: str) -> dict[str, Operation]:
        found = reader.verbs(path, document.node("paths", path))
        problems.raise_any()
        return found

    def body(key: tuple[str, Kind]) -> SchemaValidator:
        path, method = outline.bodies[key]
        found = paths[path][method].body
        assert found is not None
        return found.validator

    paths = LazyMapping(document.root["paths"], verbs)
    rest = _rest(document, resources, problems)
    return Contract(paths=paths, indexes=outline.indexes, bodies=LazyMapping(outline.bodies, body), **rest)


def _rest(document: Document, resources: Mapping[str, Resource], problems: Problems) -> dict[str, Any]:
    """What a contract has beside its operations. Raises SetupError listing all ``problems``."""
    security = _security(document, resources, problems)
    root = read_root(document, problems)
    problems.raise_any()
    return {
        "document": document,
        "resources": resources,
        "counted": {name: _counted(document, resource) for name, resource in resources.items()},
        "security": security,
        "tenant": root.get("tenant"),
        "prefixes": _prefixes(document),
        "unknown_path": root.get("unknown-path", UNKNOWN_PATH),
    }


def _indexes(
    resources: Mapping[str, Resource], paths: Mapping[str, Mapping[str, Operation]]
) -> dict[str, tuple[str, ...]]:
    """For each resource the fields that records are found by: foreign keys, and what look-ups look up by."""
    wanted = {name: [reference.path for reference in resource.references] for name, resource in resources.items()}
    for verbs in paths.values():
        for operation in verbs.values():
            if operation.index:
                wanted[operation.resource.name].append(operation.index[1])
    return {name: tuple(dict.fromkeys(fields)) for name, fields in wanted.items()}


def _counted(document: Document, resource: Resource) -> tuple[str, ...]:
    """The fields that the server fills with the number after the highest there is."""
    fields = document.node("components", "schemas", resource.schema, "properties").items()
    return tuple(name for name, node in fields if "next_number(" in str(node.child("x-mock", "filled").value))


def _bodies(paths: Mapping[str, Mapping[str, Operation]]) -> dict[tuple[str, Kind], SchemaValidator]:
    return {
        (operation.resource.name, operation.kind): operation.body.validator
        for verbs in paths.values()
        for operation in verbs.values()
        if operation.body
    }


def _security(document: Document, resources: Mapping[str, Resource], problems: Problems) -> Security:
    for name, node in document.node("components", "securitySchemes").items():
        if node.child("scheme").value == "bearer":
            place = node.child("x-mock")
            if place.value is not None and (
                wrong := mark_problems(Form(read_form("x_mock_security")), document, place)
            ):
                problems.add_all(wrong)
                return Security(name)
            marks = place.value or {}
            login = read_login(node.child("x-mock", "login"), resources, problems)
            return Security(name, marks.get("audience"), marks.get("claims") or {}, login)
    return Security()


def _prefixes(document: Document) -> tuple[str, ...]:
    """Of the document's servers, and of those that answer some of its paths."""
    items = [item for item in document.root["paths"].values() if isinstance(item, dict)]
    parts = [document.root, *items, *(verb for item in items for verb in item.values() if isinstance(verb, dict))]
    servers = [server for part in parts for server in part.get("servers") or ()]
    return tuple(dict.fromkeys(["", *map(prefix_of, servers)]))
