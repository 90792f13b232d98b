"""Paths as resources see them: fixed segments and parameters, what stands above, which operations stand on one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from mockserver.contract.document import Document, Node, operations_of
from mockserver.contract.routing import parameter_name
from mockserver.contract.schema_shape import Shapes
from mockserver.contract.sources.rpc_paths import rest_forms

Key: TypeAlias = tuple[str, ...]
"""A path with ``{}`` for each parameter, so that two spellings of one path are one."""

ANY = "{}"
_PARAMETER = re.compile(r"\{([^{}]+)\}")
_CALL = re.compile(r"([\w.$-]+)\((.+)\)")
"""OData's way to a record: ``People('{name}')``, ``Products({id})``, ``Banks(country='{country}',id='{id}')``."""
_KEYED = re.compile(r"(?:\w+=)?'?\{[^{}]+\}'?(?:,\s*(?:\w+=)?'?\{[^{}]+\}'?)*")
_COLON = re.compile(r"/:(\w+)(?=/|$)")
"""A parameter as routers write it: ``/users/:id``."""
_OPEN = re.compile(r"[+*].*|.*(:path|:\.[+*]|[+*]|\.\.\.|=.*[/*].*)")
"""How one is written that may hold slashes: ``{path:path}``, ``{+name}``, ``{path*}``, ``{name=projects/*}``."""
_VERB = re.compile(r"(\{[^{}]+\}|[\w.-]+):([A-Za-z][\w-]*)")
"""A verb of its own: ``jobs/{id}:cancel``, ``jobs:search``."""


@dataclass(frozen=True, slots=True)
class Path:
    """One path of the document.

    ``template`` is what requests are matched with, ``key`` what it is compared by, ``names`` the parameter of each
    segment (empty where it is fixed), ``open`` those that are written as if they held slashes.
    """

    template: str
    key: Key
    names: tuple[str, ...]
    open: frozenset[str] = frozenset()

    @property
    def last_fixed(self) -> str:
        return next((one for one in reversed(self.key) if one != ANY), "")


@dataclass(slots=True)
class PathEntry:
    """One operation before it has a meaning.

    ``method`` is the verb that it stands for, ``sent`` the one that clients send. ``plain`` is what a path that says in
    words what is done stands for: ``POST /users/delete/{id}`` for ``DELETE /users/{id}``; ``keyed`` is where else it
    names the record: ``("query", "id")``.
    """

    path: Path
    method: str
    item: Node
    node: Node
    sent: str
    plain: str = ""
    keyed: tuple[str, str] | None = None


@dataclass(slots=True)
class PathTable:
    """The operations by path key and verb; ``aliases`` are further spellings that are answered the same."""

    entries: dict[Key, dict[str, PathEntry]] = field(default_factory=dict)
    _told: Counter[str] = field(default_factory=Counter)

    def all(self) -> Iterator[PathEntry]:
        for verbs in self.entries.values():
            yield from verbs.values()

    def id_of(self, entry: PathEntry) -> str:
        """Its operationId; verb and path where it has none, or one that another operation has, too."""
        self._told = self._told or Counter(map(_told_id, self.all()))
        name = _told_id(entry)
        return name if name and self._told[name] == 1 else f"{entry.sent} {entry.path.template}"

    def verbs(self, key: Key) -> dict[str, PathEntry]:
        return self.entries.get(key, {})

    def names(self, key: Key) -> tuple[str, ...]:
        """The parameter of each place of a path, or of the item path that it begins."""
        entry = next((one for place in (key, (*key, ANY)) for one in self.verbs(place).values()), None)
        return entry.path.names if entry else ()

    def is_item(self, key: Key) -> bool:
        """Whether the path names one record: it ends in a parameter, and a record's verbs are there."""
        return bool(key) and key[-1] == ANY and key in self.entries


def _told_id(entry: PathEntry) -> str:
    return str(entry.node.child("operationId").value or "")


def read_paths(document: Document, shapes: Shapes) -> PathTable:
    """Each operation once: of two that differ only in what stands behind ``#`` or ``?`` the first."""
    found = PathTable()
    known: dict[str, Path] = {}
    templates = {_compared(written): written for written, _ in document.node("paths").items()}
    spoken = rest_forms(document.root)
    for written, item in document.node("paths").items():
        if written.startswith("x-"):
            continue
        path = read_path(written if written.startswith("/") else f"/{written}", templates)  # "" is the root, "a" "/a"
        path = known.setdefault(_PARAMETER.sub(ANY, path.template), path)  # two spellings of one path answer as one
        place = shapes.follow(item)
        for method, node in operations_of(place):
            entry = PathEntry(path, method, place, node, method)
            if plain := spoken.get((written, method)):
                meant = replace(read_path(plain.path, templates), template=path.template)
                words = f"{plain.method.upper()} {plain.path}"
                entry = PathEntry(meant, plain.method, place, node, method, words, plain.keyed)
            found.entries.setdefault(entry.path.key, {}).setdefault(entry.method, entry)
    return found


def read_path(written: str, known: Container[str] = ()) -> Path:
    """``/a/{b}.json#c`` as the document writes it, or ``/a/:b``; its last ``.json`` and a trailing slash do not count.

    ``/a('{b}')`` is the record of that key below ``/a``, and ``/a/{b}:c`` what is done to a record, as ``/a/{b}/c``
    would be, where ``known``, the document's paths as they are compared, has ``/a`` or ``/a/{b}``, too.
    """
    opened = frozenset(parameter_name(one) for one in _PARAMETER.findall(written) if _OPEN.fullmatch(one))
    plain = _PARAMETER.sub(lambda one: f"{{{parameter_name(one[1])}}}", written) if opened else written
    template = _COLON.sub(r"/{\1}", re.split(r"[?#]", plain)[0]) or "/"
    segments = [one for one in template.split("/") if one]
    if segments:
        segments[-1] = segments[-1].removesuffix(".json")
    slashed = [step for index in range(len(segments)) for step in _steps(segments[: index + 1], known)]
    if _compared("/" + "/".join(slashed)) not in known:  # that is another path of the document
        segments = slashed
    names = tuple(parameter_name(whole[1]) if (whole := _PARAMETER.fullmatch(one)) else "" for one in segments)
    key = tuple(ANY if name else segment for name, segment in zip(names, segments, strict=True))
    return Path(template, key, names, opened)


def _steps(segments: list[str], known: Container[str]) -> list[str]:
    """The last of ``segments`` as what it is made of: the resource and its key, or what is done to it."""
    before, last = "/" + "/".join(segments[:-1]), segments[-1]
    if (called := _CALL.fullmatch(last)) and _KEYED.fullmatch(called[2]):
        is_alone = "=" not in called[2]  # else it may be a function and its arguments
        if is_alone or _compared(f"{before.rstrip('/')}/{called[1]}") in known:
            return [called[1], *(f"{{{name}}}" for name in _PARAMETER.findall(called[2]))]
    if (done := _VERB.fullmatch(last)) and _compared(f"{before.rstrip('/')}/{done[1]}") in known:
        return [done[1], done[2]]
    return [last]


def _compared(written: str) -> str:
    """A path as it is compared with others."""
    return _PARAMETER.sub(ANY, written).rstrip("/")


def spellings(template: str) -> Iterator[str]:
    """The template, and the same with or without a slash at its end."""
    yield template
    if template != "/":
        yield template[:-1] if template.endswith("/") else f"{template}/"
