"""Paths as resources see them: fixed segments and parameters, what stands above, which operations stand on one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from mockserver.contract.document import Document, Node, operations_of
from mockserver.contract.schema_shape import Shapes

Key: TypeAlias = tuple[str, ...]
"""A path with ``{}`` for each parameter, so that two spellings of one path are one."""

ANY = "{}"
_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Path:
    """One path of the document.

    ``template`` is what requests are matched with, ``key`` what it is compared by, ``names`` the parameter of each
    segment (empty where it is fixed).
    """

    template: str
    key: Key
    names: tuple[str, ...]

    @property
    def last_fixed(self) -> str:
        return next((one for one in reversed(self.key) if one != ANY), "")


@dataclass(slots=True)
class PathEntry:
    """One operation before it has a meaning."""

    path: Path
    method: str
    item: Node
    node: Node


@dataclass(slots=True)
class PathTable:
    """The operations by path key and verb; ``aliases`` are further spellings that are answered the same."""

    entries: dict[Key, dict[str, PathEntry]] = field(default_factory=dict)

    def all(self) -> Iterator[PathEntry]:
        for verbs in self.entries.values():
            yield from verbs.values()

    def verbs(self, key: Key) -> dict[str, PathEntry]:
        return self.entries.get(key, {})

    def names(self, key: Key) -> tuple[str, ...]:
        """The parameter of each place of a path, or of the item path that it begins."""
        entry = next((one for place in (key, (*key, ANY)) for one in self.verbs(place).values()), None)
        return entry.path.names if entry else ()

    def is_item(self, key: Key) -> bool:
        """Whether the path names one record: it ends in a parameter, and a record's verbs are there."""
        return bool(key) and key[-1] == ANY and key in self.entries


def read_paths(document: Document, shapes: Shapes) -> PathTable:
    """Each operation once: of two that differ only in what stands behind ``#`` or ``?`` the first."""
    found = PathTable()
    known: dict[str, Path] = {}
    for written, item in document.node("paths").items():
        if written.startswith("x-"):
            continue
        path = read_path(written if written.startswith("/") else f"/{written}")  # "" is the root, "a" is "/a"
        path = known.setdefault(_PARAMETER.sub(ANY, path.template), path)  # two spellings of one path answer as one
        place = shapes.follow(item)
        for method, node in operations_of(place):
            verbs = found.entries.setdefault(path.key, {})
            verbs.setdefault(method, PathEntry(path, method, place, node))
    return found


def read_path(written: str) -> Path:
    """``/a/{b}.json#c`` as the document writes it; its last ``.json`` and a trailing slash do not count."""
    template = re.split(r"[?#]", written)[0] or "/"
    segments = [one for one in template.split("/") if one]
    if segments:
        segments[-1] = segments[-1].removesuffix(".json")
    names = tuple(whole[1] if (whole := _PARAMETER.fullmatch(one)) else "" for one in segments)
    key = tuple(ANY if name else segment for name, segment in zip(names, segments, strict=True))
    return Path(template, key, names)


def spellings(template: str) -> Iterator[str]:
    """The template, and the same with or without a slash at its end."""
    yield template
    if template != "/":
        yield template[:-1] if template.endswith("/") else f"{template}/"
