"""Which errors help below ``anyOf`` and ``oneOf``: those of the alternative that is meant, or what all of them miss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias
from urllib.parse import unquote

import jsonschema_rs

from mockserver.contract.document import Document
from mockserver.messages import Json
from mockserver.values.pointer import pointed
from mockserver.values.shown import shown

CHOICES = ("anyOf", "oneOf")
MOST = 6
"""How many alternatives are told in one message."""
Errors: TypeAlias = Sequence[jsonschema_rs.ValidationError]


def closest(
    error: jsonschema_rs.ValidationError, document: Document | None = None
) -> Iterator[jsonschema_rs.ValidationError]:
    """The errors that help: below anyOf and oneOf what all alternatives have, and those of the one that came nearest.

    The error itself where none came nearest. ``document`` tells which one a discriminator names.
    """
    branches = _branches(error)
    if not branches:
        yield error
        return
    for below in _helpful(error, branches, document):
        if below is error:
            yield error
        else:
            yield from closest(below, document)


def choice_told(error: jsonschema_rs.ValidationError, document: Document) -> tuple[str, str] | None:
    """Of an error that is a choice's own: the member that it is about (empty: the value itself), and the message."""
    branches = _branches(error)
    if not branches and error.kind.name not in CHOICES:
        return None
    depth, found = len(error.instance_path), _instance(error)
    if branches and all(_is_mistyped(branch, depth) for branch in branches):
        types = dict.fromkeys(f'"{name}"' for branch in branches for one in branch for name in _types(one))
        return "", f"{shown(found)} is not of type {' or '.join(types)}"
    own = _apart(_fitting(branches, depth))[1] if branches else []
    name, options = _discriminator(document, error) or (_named_by_all(own, depth), [])
    if name and (not options or found.get(name) not in options):
        options = options or [value for branch in own for one in branch for value in _options(one, name)]
        said = f"{shown(found[name])} is not" if name in found else "is required and missing,"
        return name, f"{said} one of {', '.join(dict.fromkeys(map(shown, options)))}"
    if not branches:
        return "", f"{shown(found)} fits more than one of the alternatives, and may fit only one"
    if all(_lacks_only(branch, depth) for branch in own):
        return "", f"needs {', or '.join(dict.fromkeys(map(_missing, own[:MOST])))}"
    return "", f"{shown(found)} fits none of the alternatives"


def _branches(error: jsonschema_rs.ValidationError) -> list[Errors]:
    """The errors of each alternative; none where the error is of no choice, or more than one of them is kept."""
    branches: list[Errors] = getattr(error.kind, "context", None) or []
    return branches if error.kind.name in CHOICES and all(branches) else []


def _instance(error: jsonschema_rs.ValidationError) -> Any:
    return error.instance


def _helpful(error: jsonschema_rs.ValidationError, branches: list[Errors], document: Document | None) -> Errors:
    depth = len(error.instance_path)
    discriminator = _discriminator(document, error) if document is not None else None
    if discriminator is not None:
        name, options = discriminator
        said = _instance(error).get(name)
        return branches[options.index(said)] if said in options else [error]
    shared, own = _apart(_fitting(branches, depth))
    if not all(own):
        return shared
    meant = [branch for branch in own if not _other(branch, depth)]
    if len(meant) == 1:
        return [*shared, *meant[0]]
    if (not meant and _named_by_all(own, depth)) or all(_lacks_only(branch, depth) for branch in meant or own):
        return [*shared, error]
    nearest = max(meant or own, key=lambda branch: (_depth(branch), -len(branch)))
    is_sure = _depth(nearest) > depth or sum(len(branch) <= len(nearest) for branch in meant or own) == 1
    return [*shared, *(nearest if is_sure else [error])]


def _discriminator(document: Document, error: jsonschema_rs.ValidationError) -> tuple[str, list[Json]] | None:
    """The member that names the alternative of an object, and the name of each; None where the schema has none.

    What schemas are called counts only where the value says a name, and no constant of theirs says another.
    """
    place = unquote(error.absolute_keyword_location or "").partition("#")[2].rpartition("/")[0]
    schema: Any = pointed(document.root, f"#{place}") if place else None
    words: Any = schema.get("discriminator") if isinstance(schema, dict) else None
    if not isinstance(words, dict) or not isinstance(error.instance, dict):
        return None
    mapping: Any = words.get("mapping")
    named = {str(target): name for name, target in mapping.items()} if isinstance(mapping, dict) else {}
    options = [str(one.get("$ref")) if isinstance(one, dict) else "" for one in schema.get(error.kind.name) or []]
    names = [named.get(one) or named.get(last := one.rpartition("/")[2]) or last for one in options]
    name = str(words.get("propertyName"))
    branches = getattr(error.kind, "context", None) or []
    is_told = any(name in _other(branch, len(error.instance_path)) for branch in branches)
    if not all(names) or not (named or (name in error.instance and not is_told)):
        return None
    return name, names


def _fitting(branches: list[Errors], depth: int) -> list[Errors]:
    """The alternatives of the value's own type, where there are any."""
    return [branch for branch in branches if not _is_mistyped(branch, depth)] or branches


def _apart(branches: list[Errors]) -> tuple[Errors, list[Errors]]:
    """The errors that all alternatives have, and for each what else it has."""
    marks = [{_mark(one) for one in branch} for branch in branches]
    common = set.intersection(*marks)
    shared = {_mark(one): one for one in branches[0] if _mark(one) in common}
    return [*shared.values()], [[one for one in branch if _mark(one) not in common] for branch in branches]


def _mark(error: jsonschema_rs.ValidationError) -> tuple[object, ...]:
    return (*error.instance_path, error.kind.name, error.message)


def _is_mistyped(branch: Errors, depth: int) -> bool:
    return any(one.kind.name == "type" and len(one.instance_path) == depth for one in branch)


def _types(error: jsonschema_rs.ValidationError) -> list[str]:
    kind: Any = error.kind  # its members differ by kind
    return list(map(str, kind.types)) if kind.name == "type" else []


def _other(branch: Errors, depth: int) -> list[str]:
    """The members that say that this alternative is not meant: those that an enum or a constant tells apart."""
    found = [one for one in branch if one.kind.name in ("enum", "const") and len(one.instance_path) == depth + 1]
    return [str(one.instance_path[-1]) for one in found]


def _named_by_all(own: list[Errors], depth: int) -> str:
    """The member whose value names none of the alternatives; empty where there is no such member."""
    names = [set(_other(branch, depth)) for branch in own]
    return next(iter(sorted(set.intersection(*names))), "") if names else ""


def _options(error: jsonschema_rs.ValidationError, name: str) -> list[Json]:
    """The values that an alternative has for the member that tells it apart."""
    kind: Any = error.kind  # its members differ by kind
    if not error.instance_path or error.instance_path[-1] != name:
        return []
    return list(kind.options) if kind.name == "enum" else [kind.expected_value] if kind.name == "const" else []


def _lacks_only(branch: Errors, depth: int) -> bool:
    return all(one.kind.name == "required" and len(one.instance_path) == depth for one in branch)


def _missing(branch: Errors) -> str:
    return " and ".join(str(getattr(one.kind, "property", "")) for one in branch)


def _depth(branch: Errors) -> int:
    return max((len(error.instance_path) for error in branch), default=0)
