"""Several documents as one: each below a path of its own, and what two of them call the same kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract.document import Document, Part, objects, operations_of, without_servers
from mockserver.contract.sources.document_sources import DocumentPlace
from mockserver.contract.sources.joint_info import info_of
from mockserver.contract.sources.servers import hosts_of, prefix_of
from mockserver.errors import Problem, SetupError
from mockserver.values.pointer import pointer_to, step_along, steps_of
from mockserver.values.shown import quoted

_APART = frozenset({"openapi", "info", "servers", "paths", "security", "tags", "x-mock", "externalDocs", "components"})
"""Members of a document's root that are not simply names with something behind each."""
_PARAMETER = re.compile(r"\{[^{}]*\}")
_ABSENT = object()


def join(documents: Sequence[tuple[DocumentPlace, Document]]) -> Document:
    """One document with the paths of all, each of OpenAPI 3.1 and free to be changed.

    What a later one calls as an earlier one does (a schema, a security scheme, an operationId) gets the later one's
    name before it, unless both are annotated and describe it in the same words. Raises SetupError listing each path
    that two of them have, each word of ``x-mock`` that two roots say differently, and documents with and without
    annotations side by side.
    """
    roots = [document.root for _, document in documents if document.is_annotated]
    joined = _Joined(_common_security(roots) if len(roots) == len(documents) else None)
    for place, document in documents:
        joined.add(place, document)
    joined.problems += _unlike([document for _, document in documents])
    if joined.problems:
        raise SetupError(joined.problems)
    joined.root["openapi"] = max("3.1.0", *(str(document.root["openapi"]) for _, document in documents))
    joined.root["info"] = info_of([document for _, document in documents])
    return Document(
        joined.root,
        " + ".join(document.source for _, document in documents),
        tuple(dict.fromkeys(warning for _, document in documents for warning in document.warnings)),
        is_annotated=all(document.is_annotated for _, document in documents),
        parts=tuple(joined.parts),
    )


def _unlike(documents: Sequence[Document]) -> Iterator[Problem]:
    annotated = [document.source for document in documents if document.is_annotated]
    for document in documents if annotated else ():
        if not document.is_annotated:
            problem = f"has no x-mock at its root, and {annotated[0]} beside it has"
            remedy = f"annotate it as well, write x-mock: {{infer: true}} in {annotated[0]}, or serve them separately"
            yield Problem(document.source, "/x-mock", problem, remedy)


def _common_security(roots: Sequence[Mapping[str, Any]]) -> list[Any] | None:
    """What all documents alike ask of every operation; None where they differ, in words or in schemes."""
    secured = [(root.get("security"), step_along(root, ("components", "securitySchemes"))) for root in roots]
    usual = secured[0][0]
    return usual if isinstance(usual, list) and all(one == secured[0] for one in secured) else None


class _Joined:
    """What has been joined so far; ``security`` is what all documents ask of every operation, if they agree."""

    def __init__(self, security: list[Any] | None) -> None:
        self.root: dict[str, Any] = {"openapi": "3.1.0", "info": {}, "paths": {}}
        if security is not None:
            self.root["security"] = security
        self._security = security
        self.parts: list[Part] = []
        self.problems: list[Problem] = []
        self._owners: dict[str, DocumentPlace] = {}
        self._operations: set[str] = set()
        self._shorts: set[str] = set()

    def add(self, place: DocumentPlace, document: Document) -> None:
        short = _free(place.short, self._shorts)
        self._shorts.add(short)
        renamed = _Renamed(self.root, document.root, short, is_annotated=document.is_annotated)
        paths = {path: _answered(path, item, place, document) for path, item in document.node("paths").items()}
        renamed.paths = {path: whole for path, (whole, _) in paths.items()}
        operations = [*_operations(document)]
        self._identify(operations, renamed)
        if self._security is None:
            _secure(operations, document.root.get("security"), renamed)
        renamed.follow()
        self._take_servers(document, renamed.paths)
        self._take_paths(place, document, renamed.paths)
        self._take_names(document, renamed)
        prefixes = tuple(dict.fromkeys(prefix for _, prefix in paths.values()))
        hosts = () if document.is_annotated and prefixes == ("",) else hosts_of(document.root)
        self.parts.append(Part(document.source, prefixes, frozenset(map(_matched, renamed.paths.values())), hosts))

    def _identify(self, operations: list[dict[str, Any]], renamed: _Renamed) -> None:
        """No two operations with one operationId, which code is generated from and the journal names."""
        for operation in operations:
            if isinstance(name := operation.get("operationId"), str) and name in self._operations:
                operation["operationId"] = renamed.operations[name] = _free(f"{renamed.short}.{name}", self._operations)
        self._operations |= {str(one["operationId"]) for one in operations if "operationId" in one}

    def _take_servers(self, document: Document, paths: Mapping[str, str]) -> None:
        """An annotated document is answered at its own paths: whose servers they are is told at the root by the first
        document, and by each path of one that has others."""
        servers = document.root.get("servers")
        if not servers or not document.is_annotated or any(path != whole for path, whole in paths.items()):
            return
        if not self.parts:
            self.root["servers"] = servers
        elif servers != self.root.get("servers"):
            items = document.root["paths"]
            items |= {path: {"servers": servers, **item} for path, item in items.items() if isinstance(item, dict)}

    def _take_paths(self, place: DocumentPlace, document: Document, paths: Mapping[str, str]) -> None:
        taken: dict[str, list[str]] = {}
        before = dict(self._owners)
        for path, whole in paths.items():
            key = _compared(whole)
            if key in before:
                taken.setdefault(before[key].location, []).append(path)
                continue
            self._owners[key] = place
            item = document.root["paths"][path]
            is_unannotated = isinstance(item, dict) and not document.is_annotated
            self.root["paths"][whole] = without_servers(item) if is_unannotated else item
        for other, listed in taken.items():
            more = _more(len(listed) - 1)
            problem = f"{paths[listed[0]]} is a path of {other} too{more}"
            remedy = f"serve one of them below a path of its own: {document.source}=/{place.short}"
            self.problems.append(Problem(document.source, pointer_to("paths", listed[0]), problem, remedy))

    def _take_names(self, document: Document, renamed: _Renamed) -> None:
        for section, name, value in _named(document.root):
            holder = self.root
            for step in section:
                holder = holder.setdefault(step, {})
            holder[renamed.name(section, name)] = value
        known = {str(step_along(tag, ("name",))) for tag in self.root.get("tags", ())}
        tags = document.root.get("tags")
        for tag in tags if isinstance(tags, list) else ():
            if str(step_along(tag, ("name",))) not in known:
                self.root.setdefault("tags", []).append(tag)
        marks = document.root.get("x-mock")
        for word, value in marks.items() if isinstance(marks, dict) else ():
            said = self.root.setdefault("x-mock", {}).setdefault(word, value)
            if said != value:
                problem = f"says {quoted(value)}, a document before it {quoted(said)}"
                remedy = "say the same in both, or serve them separately"
                self.problems.append(Problem(document.source, pointer_to("x-mock", word), problem, remedy))


class _Renamed:
    """The names of one document that others have before it, and what leads to them."""

    def __init__(self, joined: Mapping[str, Any], root: dict[str, Any], short: str, *, is_annotated: bool) -> None:
        self.short = short
        self.paths: Mapping[str, str] = {}
        self.operations: dict[str, str] = {}
        self._root = root
        self._names: dict[tuple[str, ...], str] = {}
        own = {(*section, name) for section, name, _ in _named(root)}
        alike = _alike(joined, root) if is_annotated else set()
        for section, name, _ in _named(root):
            taken = step_along(joined, section) or {}
            if name in taken and (*section, name) not in alike:
                there = {*taken, *(steps[-1] for steps in own if steps[:-1] == section)}
                self._names[*section, name] = _free(f"{short}.{name}", there)

    def name(self, section: tuple[str, ...], name: str) -> str:
        return self._names.get((*section, name), name)

    def follow(self) -> None:
        """Let all that leads to a renamed or moved place lead to where it is now."""
        if not self._names and not self.operations and all(path == whole for path, whole in self.paths.items()):
            return  # PERF: nothing moved, and looking at every member of a large document takes a tenth of a second
        for node in objects(self._root):
            for word in ("$ref", "operationRef"):
                if isinstance(reference := node.get(word), str):
                    node[word] = self._referenced(reference)
            mapping = step_along(node, ("discriminator", "mapping"))
            for value, reference in mapping.items() if isinstance(mapping, dict) else ():
                mapping[value] = (
                    self._referenced(reference) if str(reference).startswith("#") else self._schema(reference)
                )
            links = node.get("links") if self.operations else None
            for link in links.values() if isinstance(links, dict) else ():
                if isinstance(link, dict) and (name := link.get("operationId")) in self.operations:
                    link["operationId"] = self.operations[name]

    def _schema(self, name: Any) -> Any:
        return self.name(("components", "schemas"), name) if isinstance(name, str) else name

    def _referenced(self, reference: str) -> str:
        if not reference.startswith("#/"):
            return reference
        steps = steps_of(reference[1:])
        if steps[0] == "paths" and len(steps) > 1:
            return f"#{pointer_to('paths', self.paths.get(steps[1], steps[1]), *steps[2:])}"
        at = 3 if steps[0] == "components" else 2
        return f"#{pointer_to(*steps[: at - 1], self._names[steps[:at]], *steps[at:])}" if steps[:at] in self._names \
            else reference  # fmt: skip


def _named(root: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """Each thing of a document that references find by a name: the members that lead to it, the name, the thing."""
    for word, value in root.items():
        sections: list[tuple[tuple[str, ...], Any]] = [] if word in _APART else [((word,), value)]
        if word == "components" and isinstance(value, dict):
            sections = [((word, str(kind)), names) for kind, names in value.items()]
        for section, names in sections:
            if isinstance(names, dict):
                yield from ((section, str(name), one) for name, one in names.items())


def _alike(joined: Mapping[str, Any], root: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """Each thing that both have under one name and in the same words, down to what these lead to."""
    found = {
        (*section, name): one
        for section, name, one in _named(root)
        if (step_along(joined, section) or {}).get(name, _ABSENT) == one
    }
    clashing = {
        (*section, name)
        for section, name, _ in _named(root)
        if name in (step_along(joined, section) or {}) and (*section, name) not in found
    }
    leads = {place: {*_targets(one)} for place, one in found.items()}
    while not_alike := {place for place, targets in leads.items() if targets & clashing}:
        clashing |= not_alike
        leads = {place: targets for place, targets in leads.items() if place not in not_alike}
    return {*leads}


def _targets(value: Any) -> Iterator[tuple[str, ...]]:
    """The components that something leads to."""
    for node in objects(value):
        mapping = step_along(node, ("discriminator", "mapping"))
        for target in (node.get("$ref"), *(mapping.values() if isinstance(mapping, dict) else ())):
            if isinstance(target, str) and target.startswith("#/"):
                yield tuple(steps_of(target[1:])[:3])
            elif isinstance(target, str):
                yield ("components", "schemas", target)


def _answered(path: str, item: Any, place: DocumentPlace, document: Document) -> tuple[str, str]:
    """The path as it is answered, and the prefix in it: the user's, else that of its first server."""
    prefix = place.prefix
    if prefix is None:
        own = step_along(item, ("servers", 0)) if not document.is_annotated else None
        prefix = prefix_of(own or step_along(document.root, ("servers", 0)))
    return (f"{prefix}{path}" if path.startswith("/") else path), prefix


def _operations(document: Document) -> Iterator[dict[str, Any]]:
    """Every operation once, behind references too."""
    seen: set[int] = set()
    for path in document.node("paths").value or ():
        for _, node in operations_of(document.follow(document.node("paths", path))):
            if id(node.value) not in seen:
                seen.add(id(node.value))
                yield node.value


def _secure(operations: list[dict[str, Any]], usual: Any, renamed: _Renamed) -> None:
    """What a document asks of all its operations is asked of each, by the names that its schemes have now."""
    for operation in operations:
        said = operation.get("security", usual)
        if isinstance(said, list):
            operation["security"] = [
                {renamed.name(("components", "securitySchemes"), name): scopes for name, scopes in one.items()}
                if isinstance(one, dict)
                else one
                for one in said
            ]


def _compared(path: str) -> str:
    """What two paths have in common that are answered as one."""
    return _PARAMETER.sub("{}", _matched(path)).rstrip("/").removesuffix(".json")


def _matched(path: str) -> str:
    """What of a path is compared with that of a request."""
    return re.split(r"[?#]", path)[0]


def _free(name: str, taken: set[str]) -> str:
    """``name``, or with the first number behind it that makes it new."""
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def _more(count: int) -> str:
    return f", and so {'is' if count == 1 else 'are'} {count} more" if count else ""
