"""What a document says itself in ``x-mock``, of operations, records and all of it: it goes before every guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.contract.annotation_schemas import mark_problems, read_root
from mockserver.contract.compile import UNKNOWN_PATH
from mockserver.contract.document import Document, Node
from mockserver.contract.kinds import Kind
from mockserver.contract.plan import Steps
from mockserver.contract.plan_values import NOW, TOGGLE
from mockserver.contract.problems import Problems
from mockserver.contract.samples.sample_maker import Maker
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.meaning.meanings import SINGLE
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.values.form import Form, read_form
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

SAID = "the document says so"
"""Why an operation means what it does when nothing had to be guessed."""


class Marks:
    """Reads the words of one document; what is wrong with them is told all at once."""

    def __init__(self, document: Document, found: Resources, maker: Maker, problems: Problems) -> None:
        self._document = document
        self._found = found
        self._maker = maker
        self._problems = problems
        self._operation = Form(read_form("x_mock_inferred_operation"))
        self._record = Form(read_form("x_mock_inferred_record"))
        self._known = {one.name: one for one in found.every()}
        self.tenant: str | None = None
        self.unknown_path = UNKNOWN_PATH
        self._read_root()
        for reading in found.readings.values():
            self._introduce(reading)
        for name, node in document.node("components", "schemas").items():
            self._read_record(name, node)

    def guess(self, reading: Reading, guess: Guess) -> Guess:
        """The guess, but for what the document says itself."""
        marks = reading.entry.node.child("x-mock")
        if marks.value is None:
            return guess
        said = {"kind": guess.kind.value, **marks.value} if isinstance(marks.value, Mapping) else marks.value
        if self._has_faults(self._operation, Node(marks.pointer, said)):
            return guess
        words = marks.value
        kind = Kind(said["kind"])
        about = self._about(marks, words, guess) if kind is not Kind.STUB else None
        if kind is guess.kind is Kind.STUB:
            about = guess.about
        if about is not None:
            if about is not guess.about:
                self._look_again(reading, about)
            self._check_members(marks, about)
        elif kind is not Kind.STUB:
            self._problems.add(marks, f"{kind} of no resource", "add resource: …")
        more = {word: value for word, value in words.items() if word not in ("kind", "resource")}
        usual = guess.words if kind is guess.kind else _usual(kind, reading.entry.method)
        caller = isinstance(more.get("key"), Mapping) and "caller" in more["key"]
        return Guess(kind, about, SAID, {**usual, **more, **({"alias": True} if caller else {})})

    def _has_faults(self, form: Form, marks: Node) -> bool:
        """Tell everything by which the words are not of the form."""
        found = mark_problems(form, self._document, marks)
        self._problems.add_all(found)
        return bool(found)

    def _about(self, marks: Node, words: Mapping[str, Any], guess: Guess) -> InferredCollection | None:
        name = words.get("resource")
        if name is None or name in self._known:
            return guess.about if name is None else self._known[name]
        self._problems.add(marks, f"unknown resource {quoted(name)}", meant(str(name), self._known))
        return guess.about

    def _check_members(self, marks: Node, about: InferredCollection) -> None:
        """What ``set`` and ``unless`` name must be members of the record, and their values fit."""
        members = self._found.shapes.properties(about.record) if about.record else {}
        for word in ("set", "unless"):
            for name, node in marks.child(word).items():
                if name not in members:
                    self._problems.add(node, f"{about.name} has no member {quoted(name)}", meant(name, members))
                elif node.value not in (NOW, TOGGLE) and not self._maker.allows(members[name], node.value):
                    self._problems.add(
                        node, f"{quoted(node.value)} is not a value of {quoted(name)}", "use one it may have"
                    )

    def _look_again(self, reading: Reading, about: InferredCollection) -> None:
        """The record and the list of a reply, now that the resource's name is known."""
        if reading.list is None and reading.record is not None and not reading.record.steps:
            schema = reading.success.schema if reading.is_json else None
            reading.list = self._found.replies.listed(schema, about.name)
            reading.record = None if reading.list else self._found.replies.record(schema, about.name)

    def _introduce(self, reading: Reading) -> None:
        """A resource that no path tells of: a create names it, and the member that identifies its records."""
        words = reading.entry.node.child("x-mock").value
        if not isinstance(words, Mapping) or words.get("kind") != Kind.CREATE or not isinstance(words.get("key"), str):
            return
        name = words.get("resource")
        if not isinstance(name, str) or name in self._known:
            return
        found = self._found.replies.record(reading.success.schema if reading.is_json else None, name)
        one = InferredCollection(
            ("x-mock", name), name, record=found.schema if found else None, steps=found.steps if found else ()
        )
        one.identity = self._steps(reading.entry.node.child("x-mock", "key"), one)
        one.why = ["the document names it (x-mock)"]
        self._found.collections[one.key] = self._known[name] = one

    def _steps(self, place: Node, one: InferredCollection) -> Steps:
        """The members that a dotted name leads to in the record."""
        steps = tuple(str(place.value).split("."))
        if one.record is not None and self._found.shapes.member(one.record, steps) is None:
            members = self._found.shapes.properties(one.record)
            self._problems.add(
                place, f"{one.name} has no member {quoted(place.value)}", meant(str(place.value), members)
            )
        return steps

    def _read_root(self) -> None:
        marks = self._document.node("x-mock")
        words = read_root(self._document, self._problems)
        self.unknown_path = words.get("unknown-path", UNKNOWN_PATH)
        names = {name for entry in self._found.paths.all() for name in entry.path.names if name}
        if (tenant := words.get("tenant")) is not None:
            if tenant not in names:
                self._problems.add(
                    marks.child("tenant"), f"no path has a parameter {quoted(tenant)}", meant(str(tenant), names)
                )
            self.tenant = str(tenant)
        for one in self._found.every():
            one.seed = words.get("seed", one.seed)

    def _read_record(self, name: str, node: Node) -> None:
        marks = node.child("x-mock")
        words = marks.value
        if words is None or self._has_faults(self._record, marks):
            return
        said = words.get("resource")
        about = [one for one in self._found.every() if (one.name == said if said else one.schema == node.pointer)]
        if not about:
            problem = f"unknown resource {quoted(said)}" if said else f"no resource has records of {quoted(name)}"
            self._problems.add(marks, problem, meant(str(said or name), self._known))
        for one in about:
            one.seed = words.get("seed", one.seed)
            one.prefix = str(marks.child("ids", "prefix").value or one.prefix)
            if "key" in words:
                one.identity = self._steps(marks.child("key"), one)
            self._read_parents(marks.child("parent"), one)
            one.references |= self._related(marks.child("references"), one)
            one.embeds |= self._related(marks.child("embeds"), one)

    def _related(self, marks: Node, one: InferredCollection) -> dict[str, Any]:
        """``{customer_id: customers}``: the member that has to do with another resource, in whatever document."""
        related: dict[str, Any] = {}
        members = self._found.shapes.properties(one.record) if one.record is not None else {}
        for member, place in marks.items():
            if member not in members:
                self._problems.add(place, f"{one.name} has no member {quoted(member)}", meant(member, members))
            if place.value is None or place.value in self._known:
                related[member] = place.value
            else:
                self._problems.add(
                    place, f"unknown resource {quoted(place.value)}", meant(str(place.value), self._known)
                )
        return related

    def _read_parents(self, marks: Node, one: InferredCollection) -> None:
        """``{customer_id: customerId}``: the member that says again what the path's parameter says."""
        parameters = [parent.parameter for parent in one.parents]
        for member, place in marks.items():
            steps = self._steps(Node(place.pointer, member), one)
            if place.value not in parameters:
                problem = f"the paths of {one.name} have no parameter {quoted(place.value)}"
                self._problems.add(place, problem, meant(str(place.value), parameters))
            one.parents = [replace(parent, field=steps) if parent.parameter == place.value else parent
                           for parent in one.parents]  # fmt: skip


def _usual(kind: Kind, method: str) -> dict[str, Any]:
    """What the words of a kind are where the document says none of them."""
    return {"does": SINGLE.get(method, "merge") if kind is Kind.SINGLETON else method} if kind in (
        Kind.SINGLETON, Kind.BULK) else {}  # fmt: skip
