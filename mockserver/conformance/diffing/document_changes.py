"""Two OpenAPI documents compared: what breaks a client of the old one, what is merely added, what is newly checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.conformance.check_plan import read_plan
from mockserver.conformance.diffing.schema_changes import schema_changes
from mockserver.conformance.loading import load_checks
from mockserver.contract import Contract
from mockserver.contract.document import METHODS, Document, Node
from mockserver.values.media_types import without_parameters
from mockserver.values.pointer import steps_of


@dataclass(frozen=True, slots=True, order=True)
class DocumentChange:
    """One difference: ``place`` is the part of the operation's request or reply, empty for the whole operation."""

    operation: str
    place: str
    text: str
    is_breaking: bool

    def __str__(self) -> str:
        return ": ".join(one for one in (self.operation, self.place, self.text) if one)


def document_changes(old: Document, new: Document) -> list[DocumentChange]:
    """Every difference that a client can notice, in order of the operations. Raises SetupError."""
    before, after = _operations(old), _operations(new)
    found = [DocumentChange(one, "", "operation removed", is_breaking=True) for one in before.keys() - after.keys()]
    found += [DocumentChange(one, "", "operation added", is_breaking=False) for one in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        found += _Pair(name, old, before[name], new, after[name]).changes()
    return sorted(set(found))


def check_changes(old: Contract, new: Contract) -> tuple[list[str], list[str]]:
    """The pairs of check and resource that only one document has: those that go, and those that come."""
    before, after = _applicable(old), _applicable(new)
    return sorted(before - after), sorted(after - before)


def _applicable(contract: Contract) -> set[str]:
    groups = read_plan(contract).groups
    return {f"{one.name} on {name}" for name, group in groups.items() for one in load_checks()
            if one.needs <= set(group.operations)}  # fmt: skip


def _operations(document: Document) -> dict[str, Node]:
    """The operations by method and path; a path is the same whatever its parameters are called."""
    return {
        f"{method.upper()} {re.sub(r'{[^{}]*}', '{}', path)}": item.child(method)
        for path, raw in document.node("paths").items()
        for item in [document.follow(raw)]
        for method in METHODS
        if item.child(method).value is not None
    }


@dataclass(frozen=True, slots=True)
class _Pair:
    """One operation, as both documents have it."""

    name: str
    old: Document
    before: Node
    new: Document
    after: Node

    def changes(self) -> Iterator[DocumentChange]:
        if self.after.value.get("deprecated") is True and self.before.value.get("deprecated") is not True:
            yield self._change("", "operation is deprecated now", is_breaking=False)
        yield from self._security()
        yield from self._parameters()
        yield from self._body()
        yield from self._replies()

    def _change(self, place: str, text: str, *, is_breaking: bool) -> DocumentChange:
        return DocumentChange(self.name, place, text, is_breaking)

    def _security(self) -> Iterator[DocumentChange]:
        before, after = _ways_in(self.old, self.before), _ways_in(self.new, self.after)
        for way in before.keys() ^ after.keys():
            gone = way in before
            text = f"{way} {'no longer lets' if gone else 'now lets'} a client in"
            # Who has shown more than is asked for now is let in all the same.
            is_breaking = gone and not any(one <= before[way] for one in after.values())
            yield self._change("security", text, is_breaking=is_breaking)

    def _parameters(self) -> Iterator[DocumentChange]:
        before, after = _parameters(self.old, self.before), _parameters(self.new, self.after)
        for place in before.keys() | after.keys():
            if place not in after:
                yield self._change(place, "parameter removed", is_breaking=True)
                continue
            must = bool(after[place].value.get("required"))
            if place not in before:
                text = "required parameter added" if must else "optional parameter added"
                yield self._change(place, text, is_breaking=must)
                continue
            if must != bool(before[place].value.get("required")):
                text = "parameter is required now" if must else "parameter is no longer required"
                yield self._change(place, text, is_breaking=must)
            if _style(before[place]) != _style(after[place]):
                yield self._change(place, "parameter is written differently (style, explode)", is_breaking=True)
            yield from self._schemas(place, before[place], after[place], is_request=True)

    def _body(self) -> Iterator[DocumentChange]:
        before = self.old.follow(self.before.child("requestBody"))
        after = self.new.follow(self.after.child("requestBody"))
        must, had_to = (bool((one.value or {}).get("required")) for one in (after, before))
        if must != had_to:
            text = "body is required now" if must else "body is no longer required"
            yield self._change("request body", text, is_breaking=must)
        yield from self._contents("request body", before, after, is_request=True)

    def _replies(self) -> Iterator[DocumentChange]:
        before, after = dict(self.before.child("responses").items()), dict(self.after.child("responses").items())
        for status in before.keys() ^ after.keys():
            gone = status in before
            text = "reply removed" if gone else "reply added"
            yield self._change(f"reply {status}", text, is_breaking=gone and status.startswith("2"))
        for status in before.keys() & after.keys():
            ours, theirs = self.old.follow(before[status]), self.new.follow(after[status])
            yield from self._contents(f"reply {status}", ours, theirs, is_request=False)
            yield from self._headers(f"reply {status}", ours, theirs)

    def _headers(self, place: str, before: Node, after: Node) -> Iterator[DocumentChange]:
        """Headers of a reply: one that may be missing may be removed."""
        ours, theirs = (
            {name.lower(): document.follow(one) for name, one in node.child("headers").items()}
            for document, node in ((self.old, before), (self.new, after))
        )
        for name in ours.keys() | theirs.keys():
            where = f"{place} header {name}"
            had_to, must = (bool((each[name].value or {}).get("required")) if name in each else False
                            for each in (ours, theirs))  # fmt: skip
            if name not in theirs or name not in ours:
                gone = name not in theirs
                yield self._change(where, "removed" if gone else "added", is_breaking=gone and had_to)
                continue
            if must != had_to:
                text = "is always there now" if must else "is no longer always there"
                yield self._change(where, text, is_breaking=had_to)
            yield from self._schemas(where, ours[name], theirs[name], is_request=False)

    def _contents(self, place: str, before: Node, after: Node, *, is_request: bool) -> Iterator[DocumentChange]:
        ours, theirs = (
            {without_parameters(name): one for name, one in node.child("content").items()} for node in (before, after)
        )
        for media in ours.keys() ^ theirs.keys():
            gone = media in ours
            yield self._change(place, f"media type {media} {'removed' if gone else 'added'}", is_breaking=gone)
        for media in ours.keys() & theirs.keys():
            yield from self._schemas(place, ours[media], theirs[media], is_request=is_request)

    def _schemas(self, place: str, before: Node, after: Node, *, is_request: bool) -> Iterator[DocumentChange]:
        """A request must not be narrowed, a reply must not be widened."""
        for one in schema_changes(self.old, before.child("schema"), self.new, after.child("schema")):
            is_breaking = one.is_narrower if is_request else one.is_wider
            is_breaking &= one.only != ("readOnly" if is_request else "writeOnly")
            yield self._change(f"{place} {one.place}".rstrip(), one.text, is_breaking=is_breaking)


def _ways_in(document: Document, operation: Node) -> dict[str, frozenset[tuple[str, str]]]:
    """The alternatives of ``security``, the document's where the operation has none of its own, with what each asks:
    schemes, and scopes of schemes."""
    own = operation.child("security").value
    alternatives = document.node("security").value if own is None else own
    return {
        " and ".join(f"{scheme} ({', '.join(sorted(scopes))})" if scopes else scheme for scheme, scopes in one.items())
        or "no credential": frozenset((scheme, scope) for scheme, scopes in one.items() for scope in ("", *scopes))
        for one in alternatives or [{}]
    }


def _parameters(document: Document, operation: Node) -> dict[str, Node]:
    """The parameters by location and name, those in the path by their order in it; the path item's come first."""
    item_steps = list(steps_of(operation.pointer.rpartition("/")[0]))
    item = document.node(*item_steps)
    listed = [
        document.follow(holder.child("parameters", index))
        for holder in (item, operation)
        for index in range(len(holder.child("parameters").value or ()))
    ]
    names = re.findall(r"{([^{}]*)}", str(item_steps[-1]))
    return {_parameter_key(one, names): one for one in listed}


def _style(parameter: Node) -> tuple[Any, Any]:
    """How the parameter is written (``style`` and ``explode``), by default as its place has it."""
    usual = "form" if parameter.value.get("in") in ("query", "cookie") else "simple"
    style = parameter.value.get("style", usual)
    return style, parameter.value.get("explode", style == "form")


def _parameter_key(parameter: Node, names: list[str]) -> str:
    location, name = parameter.value.get("in"), parameter.value.get("name")
    if location == "path" and name in names:
        return f"path parameter {names.index(name) + 1}"
    return f"{location} parameter {name.lower() if location == 'header' else name}"
