"""A part of a document: the operations of some resources and of what these refer to, and no more than they need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mockserver.contract.compile import Contract
from mockserver.contract.document import FURTHER, Document, Node, objects, operations_of
from mockserver.contract.operation import Operation
from mockserver.errors import Problem, SetupError
from mockserver.values.pointer import escape, step_along, steps_of
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant


def select(contract: Contract, groups: Sequence[str]) -> Contract:
    """``contract`` with the operations of the resources ``groups`` and of those that their records refer to.

    No other path is answered and none is published; records of other resources are there all the same, since rules
    may read them. Raises SetupError naming the groups that the document does not have.
    """
    unknown = [name for name in groups if name not in contract.resources]
    if unknown:
        known = contract.resources
        raise SetupError(
            [Problem("settings", "/groups", f"unknown group {shown(name, 80)}", meant(name, known)) for name in unknown]
        )
    kept = {*groups, *(one.resource for name in groups for one in contract.resources[name].references)}
    paths = {path: _of(verbs, kept) for path, verbs in contract.paths.items()}
    chosen = replace(contract, paths={path: verbs for path, verbs in paths.items() if verbs})
    return replace(chosen, excerpt=excerpt(contract.document, [*chosen.operations()]))


def _of(verbs: Mapping[str, Operation], resources: Collection[str]) -> dict[str, Operation]:
    return {verb: one for verb, one in verbs.items() if one.resource.name in resources}


def excerpt(document: Document, operations: Sequence[Operation]) -> dict[str, Any]:
    """The document with these operations alone, the components that they need, and the tags that they have."""
    root = document.root
    places = [_place(document, one) for one in operations]
    kept = {place.pointer for place in places}
    ids = {one.id for one in operations}
    components: Mapping[str, Mapping[str, Any]] = root.get("components") or {}
    links = components.get("links") or {}
    dropped = {f"{_COMPONENTS}links/{escape(name)}" for name, link in links.items() if _leads_away(link, ids, ())}
    shown = {path: _with(document, document.node("paths", path), kept) for path in root["paths"]}
    paths = {path: item for path, item in shown.items() if item is not None}
    paths = _trimmed(paths, ids, dropped)
    rest = {section: _trimmed(named, ids, dropped) for section, named in components.items()}
    needed = needed_components(paths, rest)
    used = {
        section: {name: one for name, one in named.items() if (section, name) in needed}
        for section, named in rest.items()
    }
    used["securitySchemes"] = rest.get("securitySchemes", {})
    made = {
        **{word: value for word, value in root.items() if word != "x-mock"},
        "paths": paths,
        "components": {section: named for section, named in used.items() if named},
    }
    if isinstance(root.get("tags"), list):
        tags = {tag for place in places for tag in place.child("tags").value or ()}
        made["tags"] = [one for one in root["tags"] if step_along(one, ("name",)) in tags]
    return made


def _place(document: Document, operation: Operation) -> Node:
    """Where the operation stands: not every path that is answered is written as it is in the document."""
    if operation.plan is None:
        return document.operation(operation.path, operation.method)
    return document.node(*steps_of(operation.plan.place))


def _with(document: Document, path: Node, kept: Collection[str]) -> dict[str, Any] | None:
    """The path item with those of its operations that stand at ``kept``; None where it has none of them."""
    item = document.follow(path)
    dropped = {node.pointer for _, node in operations_of(item)} - set(kept)
    if not any(node.pointer in kept for _, node in operations_of(item)):
        return None
    further = {name: node.value for name, node in item.child(FURTHER).items() if node.pointer not in dropped}
    rest = {word: node.value for word, node in item.items() if word != FURTHER and node.pointer not in dropped}
    return rest | ({FURTHER: further} if further else {})


_COMPONENTS = "#/components/"


def _trimmed(value: Any, ids: Collection[str], dropped: Collection[str]) -> Any:
    """``value`` without links to operations that are not there, and without words for the mock, which may lead out."""
    if isinstance(value, list):
        return [_trimmed(item, ids, dropped) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _trimmed(below, ids, dropped) for name, below in value.items() if name != "x-mock"}
    if isinstance(links := made.get("links"), dict):
        made["links"] = {name: link for name, link in links.items() if not _leads_away(link, ids, dropped)}
    return made


def _leads_away(link: Any, ids: Collection[str], dropped: Collection[str]) -> bool:
    if not isinstance(link, dict):
        return False
    name = link.get("operationId")
    return link.get("$ref") in dropped or (isinstance(name, str) and name not in ids)


def needed_components(paths: Mapping[str, Any], components: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Section and name of each component that the paths lead to, however far."""
    found: set[tuple[str, str]] = set()
    left: list[Any] = [paths]
    while left:
        for reference in _references(left.pop()):
            steps = steps_of(reference.removeprefix("#"))[1:3]
            if len(steps) == 2 and steps not in found and step_along(components, steps) is not None:
                found.add((steps[0], steps[1]))
                left.append(step_along(components, steps))
    return found


def _references(value: Any) -> Iterator[str]:
    """Each component that something in ``value`` leads to by its pointer."""
    for node in objects(value):
        mapping = step_along(node, ("discriminator", "mapping"))
        for reference in (node.get("$ref"), *(mapping.values() if isinstance(mapping, dict) else ())):
            if isinstance(reference, str) and reference.startswith(_COMPONENTS):
                yield reference
