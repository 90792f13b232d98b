"""Where a document departs from the OpenAPI specification: everything at once, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs

from mockserver.contract.document import Document, Node, operations_of
from mockserver.contract.error_relevance import closest
from mockserver.contract.schema import Schemas
from mockserver.contract.sources.dangling import dangling
from mockserver.contract.sources.normalising import (
    NAMING,
    OF_SCHEMAS,
    PASSED_OVER,
    SCHEMA_LISTS,
    SCHEMA_MAPS,
    SCHEMA_MEMBERS,
    Fault,
)
from mockserver.errors import Problem, SetupError
from mockserver.values.pointer import pointer_to, step_along
from mockserver.values.shown import named, quoted, shown, type_name
from mockserver.values.suggestions import meant, nearest

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def departures_of(document: Document) -> list[Problem]:
    """Every way in which ``document``, one of OpenAPI 3.1 or 3.2, departs from the specification."""
    found = [
        *_without_echoes(_of_the_form(document)),
        *_of_operations(document),
        *_of_tags(document),
        *_of_schemas(document),
    ]
    problems = [document.problem(Node(pointer, None), problem, remedy) for pointer, problem, remedy in found]
    return [*dict.fromkeys([*dangling(document), *problems])]


def _of_the_form(document: Document) -> Iterator[Fault]:
    """What the specification's own JSON Schema finds."""
    from openapi_spec_validator.schemas import schema_v31, schema_v32  # PERF: only ``validate`` asks

    form = dict(schema_v32 if str(document.root.get("openapi")).startswith("3.2") else schema_v31)
    for top in jsonschema_rs.Draft202012Validator(form).iter_errors(document.root):
        for error in closest(top):
            yield from _faults(error, form)


def _without_echoes(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Members are unknown where the word is misspelt that says what the object is: that is told."""
    found = list(faults)
    misspelt = {
        pointer.rpartition("/")[0]
        for pointer, problem, _ in found
        if problem.startswith("is ") and "wanted one of" in problem
    }
    return (one for one in found if one[1] != "is unknown" or one[0].rpartition("/")[0] not in misspelt)


def _faults(error: jsonschema_rs.ValidationError, form: Mapping[str, Any]) -> Iterator[Fault]:
    at, kind, found = tuple(error.instance_path), _kind(error), error.instance
    if kind.name in ("unevaluatedProperties", "additionalProperties"):
        for name in kind.unexpected:
            yield pointer_to(*at, name), *_unexpected(name, at, _schema_of(error, form))
    elif kind.name == "required":
        yield pointer_to(*at, kind.property), "is missing", "add it"
    elif kind.name == "propertyNames":
        yield (
            pointer_to(*at, kind.error.instance),
            "is not a name for a component",
            "use letters, digits, '.', '_', '-'",
        )
    elif kind.name == "enum":
        close = nearest(found, kind.options, most=1) if isinstance(found, str) else []
        remedy = f"did you mean {quoted(close[0])}?" if close else "correct it"
        yield pointer_to(*at), f"is {shown(found)}, wanted one of {named(map(shown, kind.options))}", remedy
    elif kind.name == "type":
        yield pointer_to(*at), f"is {shown(found)} ({type_name(found)}), wanted {' or '.join(kind.types)}", "correct it"
    elif kind.name == "const":
        yield pointer_to(*at), f"is {shown(found)}, wanted {shown(kind.expected_value)}", "correct it"
    elif names := _choice(kind):
        yield pointer_to(*at), f"needs one of {', '.join(names)}", "add the one that is meant"
    else:
        yield pointer_to(*at), f"is {shown(found)}, wanted {kind.name} {shown(kind.value)}", "correct it"


def _kind(error: jsonschema_rs.ValidationError) -> Any:
    return error.kind  # its members differ by kind


def _unexpected(name: str, at: tuple[str | int, ...], schema: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with a member that nobody expects there, and what to do."""
    if at == ("paths",):
        return "is not a path", "begin it with a slash"
    if at[-1:] == ("responses",) and len(at) > 2:
        return "is not a status", "write one of 100 to 599, 1XX to 5XX, or default"
    close = nearest(name, _members(schema.get("properties")), most=1)
    return "is unknown", f"did you mean {quoted(close[0])}?" if close else "leave it out"


def _schema_of(error: jsonschema_rs.ValidationError, form: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema whose last word failed: the definition that its path names last, and what is below."""
    steps = list(error.schema_path)[:-1]
    starts = [place for place, step in enumerate(steps) if step == "$defs"]
    found = step_along(form, steps[starts[-1] :] if starts else steps)
    return found if isinstance(found, Mapping) else {}


def _choice(kind: Any) -> list[str]:
    """The members of which one is needed, where the alternatives are about nothing else."""
    branches = getattr(kind, "context", [])
    alone = [branch[0].kind for branch in branches if len(branch) == 1 and branch[0].kind.name == "required"]
    return [one.property for one in alone] if len(alone) == len(branches) else []


def _of_operations(document: Document) -> Iterator[Fault]:
    named_by: dict[str, str] = {}
    schemes = _members(step_along(document.root, ("components", "securitySchemes")))
    yield from _of_security(document.node("security"), schemes)
    for path, written in document.node("paths").items():
        item = _followed(document, written)
        common = _parameters(document, item)
        yield from _doubled(common)
        for method, operation in operations_of(item):
            name = operation.value.get("operationId")
            first = named_by.setdefault(name, f"{method.upper()} {path}") if isinstance(name, str) else ""
            if first and first != f"{method.upper()} {path}":
                problem = f"is {quoted(name)}, which is the operationId of {first}"
                yield operation.child("operationId").pointer, problem, "give each operation an id of its own"
            own = _parameters(document, operation)
            yield from _doubled(own)
            yield from _of_path(path, operation, [*common, *own])
            yield from _of_security(operation.child("security"), schemes)


def _followed(document: Document, node: Node) -> Node:
    """What ``node`` leads to; itself where it leads nowhere, which is told once for all references."""
    try:
        return document.follow(node)
    except SetupError:
        return node


def _parameters(document: Document, holder: Node) -> list[tuple[Node, str, str]]:
    """Where each parameter is listed, its name, and what it is in."""
    listed = holder.child("parameters")
    found = []
    for place in range(len(listed.value) if isinstance(listed.value, list) else 0):
        said = _members(_followed(document, listed.child(place)).value)
        found.append((listed.child(place), str(said.get("name")), str(said.get("in"))))
    return found


def _doubled(parameters: list[tuple[Node, str, str]]) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for node, name, place in parameters:
        if (name, place) in seen:
            yield node.pointer, f"describes the {place} parameter {quoted(name)} a second time", "keep one of them"
        seen.add((name, place))


def _of_path(path: str, operation: Node, parameters: list[tuple[Node, str, str]]) -> Iterator[Fault]:
    """Its parameters are those that it names in braces."""
    wanted = list(dict.fromkeys(_PLACEHOLDER.findall(path)))
    described = {name for _, name, place in parameters if place == "path"}
    for name in wanted:
        if name not in described:
            problem = f"does not describe the path's parameter {quoted(name)}"
            yield operation.child("parameters").pointer, problem, "add it, with in: path and required: true"
    for node, name, place in parameters:
        if place == "path" and name not in wanted:
            yield node.pointer, f"describes {quoted(name)}, which is not in the path {path}", meant(name, wanted)


def _of_security(node: Node, schemes: Mapping[str, Any]) -> Iterator[Fault]:
    """What is required is defined. From 3.2 on a scheme may be named by its address as well."""
    for place in range(len(node.value) if isinstance(node.value, list) else 0):
        for name, scheme in node.child(place).items():
            if name not in schemes and not {"/", "#"} & set(name):
                yield scheme.pointer, "is not a security scheme of components/securitySchemes", meant(name, schemes)


def _of_tags(document: Document) -> Iterator[Fault]:
    tags = document.node("tags")
    seen: set[str] = set()
    for place in range(len(tags.value) if isinstance(tags.value, list) else 0):
        name = _members(tags.value[place]).get("name")
        if isinstance(name, str) and name in seen:
            yield tags.child(place, "name").pointer, f"is {quoted(name)}, as an earlier tag is", "keep one of them"
        seen.add(str(name))


def _of_schemas(document: Document) -> Iterator[Fault]:
    """Each is one that a validator takes, and its default is a value of it."""
    schemas = Schemas(document)
    for node, is_whole in _schemas(document):
        if is_whole:
            yield from _unusable(node)
        if "default" not in node.value:
            continue
        default = node.child("default")
        try:
            broken = schemas.validator(node).violations(default.value, "", default.pointer)
        except SetupError:
            continue  # it is told of the whole schema that this one is a part of
        for one in broken:
            yield one.pointer, f"does not match its own schema: {one.message}", "correct the default, or the schema"


def _unusable(node: Node) -> Iterator[Fault]:
    """PERF: without what it refers to, which is looked at where it stands: together they may take half a minute."""
    try:
        jsonschema_rs.Draft202012Validator(_without_references(node.value))
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        problem = f"is not a usable JSON Schema, and forbids nothing: {str(error).splitlines()[0]}"
        yield node.pointer, problem, "correct it"


def _without_references(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_references(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = schema.items()
    return {name: _without_references(one) for name, one in kept if name != "$ref" or not isinstance(one, str)}


def _schemas(document: Document) -> Iterator[tuple[Node, bool]]:
    """Every schema that is written out in the document, each once, and whether it stands by itself."""
    stack = [(Node("", document.root), False)]
    whole: set[str] = set()
    seen: set[int] = set()
    while stack:
        node, is_schema = stack.pop()
        if id(node.value) in seen or not isinstance(node.value, dict | list):
            continue
        seen.add(id(node.value))
        if is_schema and isinstance(node.value, dict):
            yield node, node.pointer in whole
        below = [*_below(node, is_schema=is_schema)]
        if not is_schema:
            whole |= {one.pointer for one, is_one in below if is_one}
        stack += reversed(below)


def _below(node: Node, *, is_schema: bool) -> Iterator[tuple[Node, bool]]:
    """What stands below a place, and whether it is a schema."""
    if isinstance(node.value, list):
        yield from ((node.child(place), is_schema) for place in range(len(node.value)))
    for name, below in node.items():
        if name in (SCHEMA_MAPS if is_schema else NAMING) and isinstance(below.value, dict):
            yield from ((one, is_schema or name in OF_SCHEMAS) for _, one in below.items())
        elif is_schema:
            if name in SCHEMA_MEMBERS or name in SCHEMA_LISTS:
                yield below, True
        elif name not in PASSED_OVER and not name.startswith("x-"):
            yield below, name in ("schema", "itemSchema")


def _members(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
