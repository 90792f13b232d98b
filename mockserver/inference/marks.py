"""What a document says itself in ``x-mock``, of operations, records and all of it: it goes before every guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mockserver.contract.document import Document, Node
from mockserver.contract.kinds import Kind
from mockserver.contract.making import Maker
from mockserver.contract.plan import Steps
from mockserver.contract.problems import Problems
from mockserver.inference.collection import InferredCollection, Reading
from mockserver.inference.meanings import SINGLE, Guess
from mockserver.inference.resources import Resources
from mockserver.values.suggestions import meant

SAID = "the document says so"
"""Why an operation means what it does when nothing had to be guessed."""
ROOT = frozenset({"tenant", "unknown-path", "auth", "seed", "infer"})
RECORD = frozenset({"resource", "key", "parent", "ids", "seed", "references"})
OPERATION: Mapping[Kind, frozenset[str]] = {
    Kind.LIST: frozenset(),
    Kind.SEARCH: frozenset(),
    Kind.LOOKUP: frozenset(),
    Kind.CREATE: frozenset({"from", "key", "many"}),
    Kind.READ: frozenset({"key"}),
    Kind.REPLACE: frozenset({"key", "upsert"}),
    Kind.PATCH: frozenset({"key", "merge"}),
    Kind.DELETE: frozenset({"key"}),
    Kind.SINGLETON: frozenset({"does"}),
    Kind.ACTION: frozenset({"key", "set", "unless", "refuse", "replies"}),
    Kind.MEMBERSHIP: frozenset(),
    Kind.BULK: frozenset({"does"}),
    Kind.STUB: frozenset(),
}
"""The kinds that a document without annotations can have, each with its words beside ``kind`` and ``resource``."""
_VALUES: Mapping[str, tuple[Any, ...]] = {
    "auth": ("any", "off"),
    "infer": (True,),
    "from": ("body",),
    "replies": ("record", "nothing", "other"),
    "does": (*SINGLE.values(), "delete", "put", "patch", "post"),
    "many": (True, False),
    "upsert": (True, False),
    "merge": (True, False),
}
_KEYS = ("body", "query", "caller")
MOST_SEEDS = 10_000


class Marks:
    """Reads the words of one document; what is wrong with them is told all at once."""

    def __init__(self, document: Document, found: Resources, maker: Maker, problems: Problems) -> None:
        self._document = document
        self._found = found
        self._maker = maker
        self._problems = problems
        self._known = {one.name: one for one in found.every()}
        self.tenant: str | None = None
        self._read_root()
        for reading in found.readings.values():
            self._introduce(reading)
        for name, node in document.node("components", "schemas").items():
            self._read_record(name, node)

    def guess(self, reading: Reading, guess: Guess) -> Guess:
        """The guess, but for what the document says itself."""
        marks = reading.entry.node.child("x-mock")
        words = self._words(marks)
        if words is None:
            return guess
        kind = self._kind(marks, words, guess)
        about = self._about(marks, words, guess) if kind is not Kind.STUB else None
        if kind is guess.kind is Kind.STUB:
            about = guess.about
        self._check(marks, words, OPERATION[kind] | {"kind", "resource"}, f"{kind}")
        if about is not None:
            if about is not guess.about:
                self._look_again(reading, about)
            self._check_members(marks, words, about)
        elif kind is not Kind.STUB:
            self._problems.add(marks, f"{kind} of no resource", "add resource: …")
        more = {word: value for word, value in words.items() if word not in ("kind", "resource")}
        usual = guess.words if kind is guess.kind else _usual(kind, reading.entry.method)
        caller = isinstance(more.get("key"), Mapping) and "caller" in more["key"]
        return Guess(kind, about, SAID, {**usual, **more, **({"alias": True} if caller else {})})

    def _words(self, marks: Node) -> Mapping[str, Any] | None:
        if marks.value is None or isinstance(marks.value, Mapping):
            return marks.value
        self._problems.add(marks, "not a mapping", "write x-mock: {kind: …, resource: …}")
        return None

    def _kind(self, marks: Node, words: Mapping[str, Any], guess: Guess) -> Kind:
        said = str(words.get("kind", guess.kind.value))
        if said in list(OPERATION):
            return Kind(said)
        self._problems.add(marks, f"unknown kind {said!r}", meant(said, [one.value for one in OPERATION]))
        return guess.kind

    def _about(self, marks: Node, words: Mapping[str, Any], guess: Guess) -> InferredCollection | None:
        name = words.get("resource")
        if name is None or name in self._known:
            return guess.about if name is None else self._known[name]
        self._problems.add(marks, f"unknown resource {name!r}", meant(str(name), self._known))
        return guess.about

    def _check(self, marks: Node, words: Mapping[str, Any], known: Iterable[str], what: str) -> None:
        """Each word that nobody knows, and each value that is none of a word's."""
        known = sorted(known)
        for word, value in words.items():
            place = marks.child(word)
            if word not in known:
                self._problems.add(place, f"{what} does not know the word {word!r}", meant(str(word), known))
            elif word in _VALUES and value not in _VALUES[word]:
                options = ", ".join(map(str, _VALUES[word])).lower()
                self._problems.add(place, f"unknown value {str(value)[:40]!r}", f"use one of {options}")
            elif word == "seed" and not (type(value) is int and 0 <= value <= MOST_SEEDS):
                self._problems.add(place, f"{str(value)[:40]!r} is not a number of records", f"use 0 to {MOST_SEEDS}")
            elif word == "refuse" and not (type(value) is int and 400 <= value < 500):
                self._problems.add(place, f"{str(value)[:40]!r} is not the status of a refusal", "use 400 to 499")

    def _check_members(self, marks: Node, words: Mapping[str, Any], about: InferredCollection) -> None:
        """What ``set`` and ``unless`` name must be members of the record, and their values fit."""
        members = self._found.shapes.properties(about.record) if about.record else {}
        for word in ("set", "unless"):
            for name, node in marks.child(word).items():
                if name not in members:
                    self._problems.add(node, f"{about.name} has no member {name!r}", meant(name, members))
                elif node.value != {"now": True} and not self._maker.allows(members[name], node.value):
                    self._problems.add(
                        node, f"{str(node.value)[:40]!r} is not a value of {name!r}", "use one it may have"
                    )
        key = words.get("key")
        is_place = isinstance(key, Mapping) and len(key) == 1 and set(key) <= set(_KEYS)
        if key is not None and not is_place and words.get("kind") != Kind.CREATE:
            self._problems.add(
                marks.child("key"), "not a place of a key", "write key: {body: …}, {query: …} or {caller: id}"
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
                place, f"{one.name} has no member {str(place.value)!r}", meant(str(place.value), members)
            )
        return steps

    def _read_root(self) -> None:
        marks = self._document.node("x-mock")
        if (words := self._words(marks)) is None:
            return
        self._check(marks, words, ROOT, "the root")
        names = {name for entry in self._found.paths.all() for name in entry.path.names if name}
        if (tenant := words.get("tenant")) is not None:
            if tenant not in names:
                self._problems.add(
                    marks.child("tenant"), f"no path has a parameter {tenant!r}", meant(str(tenant), names)
                )
            self.tenant = str(tenant)
        for one in self._found.every():
            one.seed = words.get("seed")

    def _read_record(self, name: str, node: Node) -> None:
        marks = node.child("x-mock")
        if (words := self._words(marks)) is None:
            return
        self._check(marks, words, RECORD, "a record")
        said = words.get("resource")
        about = [one for one in self._found.every() if (one.name == said if said else one.schema == node.pointer)]
        if not about:
            problem = f"unknown resource {said!r}" if said else f"no resource has records of {name!r}"
            self._problems.add(marks, problem, meant(str(said or name), self._known))
        for one in about:
            one.seed = words.get("seed", one.seed)
            one.prefix = str(marks.child("ids", "prefix").value or one.prefix)
            if "key" in words:
                one.identity = self._steps(marks.child("key"), one)
            self._read_parents(marks.child("parent"), one)
            self._read_references(marks.child("references"), one)

    def _read_references(self, marks: Node, one: InferredCollection) -> None:
        """``{customer_id: customers}``: the member that holds keys of another resource, in whatever document."""
        members = self._found.shapes.properties(one.record) if one.record is not None else {}
        for member, place in marks.items():
            if member not in members:
                self._problems.add(place, f"{one.name} has no member {member!r}", meant(member, members))
            if place.value in self._known:
                one.references[member] = place.value
            else:
                self._problems.add(place, f"unknown resource {place.value!r}", meant(str(place.value), self._known))

    def _read_parents(self, marks: Node, one: InferredCollection) -> None:
        """``{customer_id: customerId}``: the member that says again what the path's parameter says."""
        parameters = [parent.parameter for parent in one.parents]
        for member, place in marks.items():
            steps = self._steps(Node(place.pointer, member), one)
            if place.value not in parameters:
                problem = f"the paths of {one.name} have no parameter {place.value!r}"
                self._problems.add(place, problem, meant(str(place.value), parameters))
            one.parents = [replace(parent, field=steps) if parent.parameter == place.value else parent
                           for parent in one.parents]  # fmt: skip


def _usual(kind: Kind, method: str) -> dict[str, Any]:
    """What the words of a kind are where the document says none of them."""
    return {"does": SINGLE.get(method, "merge") if kind is Kind.SINGLETON else method} if kind in (
        Kind.SINGLETON, Kind.BULK) else {}  # fmt: skip
