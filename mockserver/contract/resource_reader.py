"""From the document's record schemas to resources: keys, stamps, and the foreign keys between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.contract.annotation_schemas import mark_problems
from mockserver.contract.document import Document, Node
from mockserver.contract.problems import Problems
from mockserver.contract.resource import Reference, Resource
from mockserver.contract.schema import Schemas
from mockserver.values.form import Form, read_form
from mockserver.values.shown import quoted

DEEPEST = 8
"""How many objects within objects are looked through for foreign keys."""


def read_resources(document: Document, schemas: Schemas, problems: Problems) -> dict[str, Resource]:
    """The resources by name, in the document's order."""
    found: dict[str, Resource] = {}
    reader = _ResourceReader(document, schemas, problems)
    for schema_name, node in document.node("components", "schemas").items():
        name = node.child("x-mock", "resource").value
        if name is None:
            continue
        if name in found:
            problems.add(node, f"the resource {quoted(name)} has two record schemas", "let one schema claim it")
            continue
        found[name] = reader.resource(name, schema_name, node)
    modules = {resource.whole_name: resource.name for resource in found.values() if resource.module}
    found = {name: _within(resource, modules) for name, resource in found.items()} if modules else found
    for resource in found.values():
        _known(document, resource, found, problems)
    return found


def _within(resource: Resource, modules: Mapping[str, str]) -> Resource:
    """``resource`` with its keys into modules that the document has among those that lead to its own records."""
    if not any(one.resource in modules for one in resource.elsewhere):
        return resource
    foreign_keys = sorted((*resource.references, *resource.elsewhere), key=lambda one: one.names)
    references = [
        replace(one, resource=modules[one.resource], crosses=True) if one.resource in modules else one
        for one in foreign_keys
    ]
    return replace(
        resource,
        references=tuple(one for one in references if not one.is_elsewhere),
        elsewhere=tuple(one for one in references if one.is_elsewhere),
    )


def _known(document: Document, resource: Resource, found: Mapping[str, Resource], problems: Problems) -> None:
    node = document.node("components", "schemas", resource.schema, "properties")
    for reference in resource.references:
        if reference.resource not in found:
            wanted = f"name one of {', '.join(sorted(found))}, or another module's as 'module:resource'"
            problem = f"references the unknown resource {quoted(reference.resource)}"
            problems.add(node.child(reference.field, "x-mock", "references"), problem, wanted)


class _ResourceReader:
    def __init__(self, document: Document, schemas: Schemas, problems: Problems) -> None:
        self._document = document
        self._schemas = schemas
        self._problems = problems
        self._record = Form(read_form("x_mock_record"))
        self._field = Form(read_form("x_mock_field"))

    def resource(self, name: str, schema: str, node: Node) -> Resource:
        marks = self._marks(node, self._record)
        fields = dict(node.child("properties").items())
        key = "" if marks.get("single") is True else marks.get("key") or "id"
        if key and key not in fields:
            self._problems.add(
                node, f"the key {quoted(key)} is not a property", "name the property that identifies a record"
            )
        said = {field: self._marks(place, self._field) for field, place in fields.items()}
        references = [one for field, place in fields.items() for one in self._references(place, (field,), said[field])]
        stamps = {said[field]["stamp"]: field for field in fields if "stamp" in said[field]}
        managed = {field for field, place in fields.items() if place.child("readOnly").value is True}
        computed = frozenset(field for field in fields if "computed" in said[field])
        return Resource(
            name=name,
            schema=schema,
            key=key,
            is_chosen=bool(key and said.get(key, {}).get("chosen")),
            fields=frozenset(fields),
            managed=frozenset(managed | set(stamps.values()) | computed | ({key} if key else set())),
            stamps=stamps,
            computed=computed,
            references=tuple(one for one in references if not one.is_elsewhere),
            elsewhere=tuple(one for one in references if one.is_elsewhere),
            validator=self._schemas.validator(node),
            counts_every_patch=marks.get("patch-without-change") == "counts",
            module=marks.get("module", ""),
            following=frozenset(field for field in fields if said[field].get("follows") is True),
        )

    def _marks(self, node: Node, form: Form) -> Mapping[str, Any]:
        """The x-mock words at a place; none where they are not of the form, which is a problem for each reason."""
        place = node.child("x-mock")
        if place.value is None:
            return {}
        wrong = mark_problems(form, self._document, place)
        self._problems.add_all(wrong)
        return {} if wrong else place.value

    def _references(self, node: Node, names: tuple[str, ...], marks: Mapping[str, Any]) -> Iterator[Reference]:
        """The foreign keys at a field and inside the objects it holds. What the server computes holds none."""
        if "computed" in marks or len(names) > DEEPEST:
            return
        if isinstance(referenced := marks.get("references"), str):
            yield Reference(names, referenced)
            return
        place = self._document.follow(node)
        place = self._document.follow(place.child("items")) if place.child("items").value is not None else place
        for name, below in place.child("properties").items():
            yield from self._references(below, (*names, name), below.child("x-mock").value or {})
