"""One group of the document: from its short part and the templates of the usual operations to plain OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from mockserver.contract.document import Document, Node
from mockserver.contract.fields import MEMBERS, Fields, Tree, capital, provenance
from mockserver.contract.problems import Problems

Piece: TypeAlias = tuple[tuple[str, str, str], Any]
"""Something to put into the document, and the three steps to its place there."""

_PLACE = re.compile(r"<([A-Za-z][A-Za-z.]*)>")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ABSENT = object()


class Group:
    """What one part of ``resources/`` says, and the templates it is put into."""

    def __init__(self, part: Document, templates: Document, system: Document) -> None:
        self._part = part
        self._templates = templates
        self._problems = Problems(part)
        key = str(templates.node("group", "key").value)
        self._fields = Fields(part, system, templates.node("shapes").value or {}, key, self._problems)

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
        for key, said in self._part.node("lookups").items():
            yield from self._usual("lookup", said, {**self._values, **self._lookup(key, said)})
        for path, verbs in self._part.node("special").items():
            for method, said in verbs.items():
                known = provenance(self._part, said.child("x-provenance"), self._problems)
                yield from self._operation(path, method, {**said.value, "x-provenance": known})
        for kind, members in self._part.node("components").items():
            for name, node in members.items():
                yield ("components", kind, name), node.value

    # What the templates are filled with.

    @cached_property
    def _values(self) -> Tree:
        segment, record, named = str(self._said("segment")), str(self._said("record")), str(self._said("title"))
        samples = self._said("examples")
        return {
            "title": named,
            "about": self._said("about"),
            "segment": segment,
            "Record": record,
            "Records": capital(segment),
            "record": _HUMP.sub(" ", record).lower(),
            "records": named.lower(),
            "provenance": provenance(self._part, self._part.node("provenance"), self._problems),
            "example": {**self._fields.samples(samples.get("record") or {}), **samples},
        }

    def _lookup(self, key: str, said: Node) -> Tree:
        """What look-ups by ``key`` add; ``record`` names the sample record to be found, if not the usual one."""
        if key not in self._fields.lines:
            self._problems.add(said, f"looks up by the unknown field {key!r}", "name a field of the record")
        found = self._said("examples").get(said.child("record").value or "record") or {}
        first, *others = key.removesuffix("_id").split("_")
        of = {
            "name": key,
            "Name": "".join(map(capital, key.split("_"))),
            "path": said.child("path").value or first + "".join(map(capital, others)),
            "example": found.get(key),
        }
        return {"key": of, "found": {"record": found, **self._fields.samples(found)}}

    # Operations and components.

    def _usual(self, name: str, said: Node, values: Tree) -> Iterator[Piece]:
        template = self._templates.node("operations", name)
        if template.value is None:
            known = ", ".join(self._templates.root.get("operations", {}))
            self._problems.add(said, f"unknown operation {name!r}", f"use one of {known}, or write it under special")
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
            problem = f"{self._templates.source}{template.pointer}: unknown members {word!r}"
            self._problems.add(self._part.node(), problem, f"use one of {', '.join(MEMBERS)}")
            return schema
        members = self._fields.members(word, self._values["Record"]) if word else {}
        return {**merged({name: value for name, value in schema.items() if name != "members"}, members)}

    # Filling in.

    def _fill(self, node: Node, values: Tree) -> Any:
        """The template at ``node`` with every ``<…>`` replaced; nothing where there is no template."""
        if isinstance(node.value, Mapping):
            return {self._text(name, values): self._fill(place, values) for name, place in node.items()}
        if isinstance(node.value, list):
            return [self._fill(node.child(index), values) for index in range(len(node.value))]
        return self._text(node.value, values) if isinstance(node.value, str) else node.value

    def _text(self, text: str, values: Tree) -> Any:
        """A text with its ``<…>`` replaced; one that is nothing but a ``<…>`` becomes that value, whatever its type."""
        if whole := _PLACE.fullmatch(text):
            return self._value(whole[1], values)
        return _PLACE.sub(lambda place: str(self._value(place[1], values)), text)

    def _value(self, name: str, values: Tree) -> Any:
        found: Any = values
        for step in name.split("."):
            found = found.get(step, _ABSENT) if isinstance(found, Mapping) else _ABSENT
        if found is _ABSENT or found is None:
            remedy = f"say it in this part, or correct {self._templates.source}"
            self._problems.add(self._part.node(), f"nothing here fills <{name}>", remedy)
        return found


def merged(under: Any, over: Any) -> Any:
    """``over`` laid upon ``under``: objects member by member, all else replaced."""
    if not (isinstance(under, Mapping) and isinstance(over, Mapping)):
        return over
    both = {name: merged(value, over[name]) if name in over else value for name, value in under.items()}
    return {**both, **{name: value for name, value in over.items() if name not in under}}
