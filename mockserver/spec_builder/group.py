"""One group of the document: from its short part and the templates of the usual operations to plain OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from mockserver.contract.document import Document, Node
from mockserver.contract.problems import Problems
from mockserver.spec_builder.fields import MEMBERS, FieldLines, no_key, objects, patch_of
from mockserver.spec_builder.lines import DROPPED, Tree, capital, provenance
from mockserver.spec_builder.lookups import lookup_values
from mockserver.spec_builder.templates import fill
from mockserver.values.shown import quoted

Piece: TypeAlias = tuple[tuple[str, str, str], Any]
"""Something to put into the document, and the three steps to its place there."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class GroupPart:
    """What one part of ``resources/`` says, and the templates it is put into; ``module`` is the one it belongs to."""

    def __init__(self, part: Document, templates: Document, blocks: Document, module: str | None = None) -> None:
        self._module = module
        sources = {**(templates.node("sources").value or {}), **(part.node("sources").value or {})}
        self._part = Document({**part.root, "sources": sources}, part.source, text=part.text)
        self._templates = templates
        self._problems = Problems(self._part)
        self._shapes = templates.node("shapes").value or {}
        key = str(templates.node("group", "key").value)
        self._fields = FieldLines(self._part, blocks, self._shapes, key, self._problems)

    def pieces(self) -> list[Piece]:
        """Paths and components of this group. Raises SetupError listing everything wrong with its part."""
        found = [*self._pieces()]
        self._problems.raise_any()
        return found

    def tag(self) -> Tree:
        return {"name": self._said("title"), "description": self._said("tag") or self._said("about")}

    def _said(self, word: str) -> Any:
        return self._part.node(word).value

    def _pieces(self) -> Iterator[Piece]:
        yield from self._components(self._templates.node("group"), self._values)
        for name, said in self._part.node("operations").items():
            yield from self._usual(name, said, self._values)
        for name in self._said("lookups") or {}:
            said = self._part.node("lookups", name)
            parameter = self._templates.node("operations", "lookup", "parameter")
            values = lookup_values(said, self._fields, self._samples, parameter, self._problems)
            yield from self._usual("lookup", said, {**self._values, **values})
        for path, verbs in self._part.node("special").items():
            for method, said in verbs.items():
                known = provenance(self._part, said.child("x-provenance"), self._problems)
                yield from self._operation(path, method, {**said.value, "x-provenance": known})
        for kind, members in self._part.node("components").items():
            for name, node in members.items():
                yield ("components", kind, name), node.value
        yield from object_pieces(self._part, self._shapes, self._problems)

    # What the templates are filled with.

    @cached_property
    def _samples(self) -> Tree:
        """The sample records: what the server would have stamped is on those that were written out."""
        said = self._said("examples")
        record = self._fields.sample(said.get("record") or {})
        found: Tree = {**said, "record": record}
        if isinstance(change := said.get("change"), Mapping):
            found |= {"changed": self._fields.changed(record, dict(change)), "patch": patch_of(dict(change))}
        return found

    @cached_property
    def _values(self) -> Tree:
        segment, record, named = str(self._said("segment")), str(self._said("record")), str(self._said("title"))
        key, records = self._fields.key, capital(segment)
        known = provenance(self._part, self._part.node("provenance"), self._problems)
        derived = self._fields.samples(self._samples["record"])
        own = self._samples.get("id", self._samples["record"].get(key))
        spare = f"{record}{'SpareId' if 'spare' in self._samples else 'Id'}"
        return {
            "title": named,
            "about": self._said("about"),
            "segment": segment,
            "module": self._module or DROPPED,
            "Record": record,
            "Records": records,
            "Lasts": _HUMP.split(records)[-1],
            "record": _HUMP.sub(" ", record).lower(),
            "records": named.lower(),
            "provenance": known,
            "known": known,
            "ids": self._templates.node("group", "ids", self._fields.way).value or DROPPED,
            "key": key or DROPPED,
            "single": DROPPED if key else True,
            "effects": self._said("effects") or DROPPED,
            "item": f"/{{{key}}}" if key else "",
            "RecordId": f"{record}Id" if key else DROPPED,
            "item.parameter": {"$ref": f"#/components/parameters/{record}Id"} if key else DROPPED,
            "SpareId": spare if key else DROPPED,
            "spare.parameter": {"$ref": f"#/components/parameters/{spare}"} if key else DROPPED,
            "item.link": f"$response.body#/{key}" if key else DROPPED,
            "no key": no_key(self._fields),
            "example": {"id": own, "spare": own, **derived, **self._samples},
        }

    # Operations and components.

    def _usual(self, name: str, said: Node, values: Tree) -> Iterator[Piece]:
        template = self._templates.node("operations", name)
        if template.value is None:
            known = ", ".join(self._templates.root.get("operations", {}))
            self._problems.add(
                said, f"unknown operation {quoted(name)}", f"use one of {known}, or write it under special"
            )
            return
        values = {**values, "provenance": provenance(self._part, said, self._problems)}
        operation = merged(self._fill(template.child("operation"), values), said.child("operation").value or {})
        path, method = self._fill(template.child("path"), values), template.child("method").value
        yield from self._operation(path, method, {**operation, "x-provenance": values["provenance"]})
        yield from self._components(template, values)

    def _operation(self, path: str, method: str, said: Tree) -> Iterator[Piece]:
        """The operation upon what is common to all; replies of its own move to the components."""
        common = self._fill(self._templates.node("common", "operation"), self._values) or {}
        replies = merged(common.get("responses", {}), said.get("responses", {}))
        for status, reply in replies.items():
            if "$ref" not in reply:
                name = f"{capital(str(said.get('operationId')))}{'Reply' if status == '200' else status}"
                replies[status] = {"$ref": f"#/components/responses/{name}"}
                yield ("components", "responses", name), {**reply, "x-provenance": said["x-provenance"]}
        yield ("paths", path, method), {**said, **merged(common, said), "responses": dict(sorted(replies.items()))}

    def _components(self, template: Node, values: Tree) -> Iterator[Piece]:
        for kind, members in (self._fill(template.child("components"), values) or {}).items():
            for name, value in members.items():
                yield ("components", kind, name), self._spelt_out(template, value) if kind == "schemas" else value

    def _spelt_out(self, template: Node, schema: Tree) -> Tree:
        """The schema with the fields that ``members`` stands for."""
        word = schema.get("members")
        if word is not None and word not in MEMBERS:
            problem = f"{self._templates.source}{template.pointer}: unknown members {quoted(word)}"
            self._problems.add(self._part.node(), problem, f"use one of {', '.join(MEMBERS)}")
            return schema
        members = self._fields.members(word) if word else {}
        return {**merged({name: value for name, value in schema.items() if name != "members"}, members)}

    def _fill(self, node: Node, values: Tree) -> Any:
        return fill(node, values, self._unfilled)

    def _unfilled(self, name: str) -> None:
        remedy = f"say it in this part, or correct {self._templates.source}"
        self._problems.add(self._part.node(), f"nothing here fills <{name}>", remedy)


def object_pieces(part: Document, shapes: Tree, problems: Problems) -> Iterator[Piece]:
    """The nested objects that a part describes, as schemas of the document."""
    for name, made in objects(part, shapes, problems):
        known = provenance(part, part.node("objects", name), problems)
        yield ("components", "schemas", name), {**made, "x-provenance": known}


def merged(under: Any, over: Any) -> Any:
    """``over`` laid upon ``under``: objects member by member, all else replaced."""
    if not (isinstance(under, Mapping) and isinstance(over, Mapping)):
        return over
    both = {name: merged(value, over[name]) if name in over else value for name, value in under.items()}
    return {**both, **{name: value for name, value in over.items() if name not in under}}
