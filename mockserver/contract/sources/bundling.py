"""One document of many files: each file that a ``$ref`` leads to becomes a member of the first, references and all."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from mockserver.contract.document import referring
from mockserver.contract.sources.schema_names import NAMES, anchors, point_to_names
from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import as_utf8, parse
from mockserver.values.pointer import escape, pointer_to, references
from mockserver.values.reasons import reason
from mockserver.values.shown import quoted

FILES = "x-files"
"""The member of a bundled document that holds the other files."""
MAX_FILES = 10_000
MAX_BYTES = 2**26
_GZIP = b"\x1f\x8b"
SECONDS = 20
"""How long a document's address may take to answer."""


def fetch(location: str) -> tuple[bytes, str]:
    """What stands at a path or an http(s) address, in UTF-8, and where it was found: redirects may lead elsewhere.

    Raises OSError, ValueError.
    """
    if not is_address(location):
        return as_utf8(Path(location).read_bytes()), location
    from urllib.request import urlopen  # PERF: few documents come from an address

    with urlopen(location, timeout=SECONDS) as reply:  # noqa: S310 -- http and https only, asked for by the user
        content: bytes = reply.read(MAX_BYTES + 1)
        found: str = reply.url
    if content.startswith(_GZIP):  # some servers do not wait to be asked for it
        try:
            content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, MAX_BYTES + 1)
        except zlib.error:
            raise ValueError("it begins like gzip but is not") from None
    if len(content) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES} bytes")
    return as_utf8(content), found


def is_address(location: str) -> bool:
    return location.startswith(("http://", "https://"))


def is_yaml(location: str, content: bytes) -> bool:
    """Whether a file is to be read as YAML: by its name or, where that tells nothing, by how it begins."""
    suffix = Path(urlsplit(location).path).suffix.lower()
    if suffix == ".json":
        return False
    return suffix in (".yaml", ".yml") or content.lstrip()[:1] not in (b"{", b"[")


@dataclass(frozen=True, slots=True)
class Bundled:
    """What was brought in: by the pointer to each file its location, and whether one of them names schemas."""

    files: Mapping[str, str] = field(default_factory=dict)
    has_names: bool = False


def bundle(root: dict[str, Any], location: str) -> Bundled:
    """Bring every file that ``root``, read from ``location``, refers to into it, in place.

    Raises SetupError listing each file that is not there or cannot be read.
    """
    bundled = _Bundle(root, location)
    bundled.everything()
    return Bundled(bundled.files(), bundled.has_names)


class _Bundle:
    def __init__(self, root: dict[str, Any], location: str) -> None:
        self._root = root
        self._home = location if is_address(location) else str(Path(location).resolve())
        self._names: dict[str, str] = {}
        self._problems: list[Problem] = []
        self._todo: list[tuple[Any, str]] = [(root, self._home)]
        self.has_names = False

    def everything(self) -> None:
        files: dict[str, Any] = {}
        while self._todo:
            content, location = self._todo.pop()
            self._references(content, location, files)
        if files:
            self._root[FILES] = files
        if self._problems:
            raise SetupError(self._problems)

    def files(self) -> dict[str, str]:
        return {pointer_to(FILES, name): _seen_from_here(where) for where, name in self._names.items()}

    def _references(self, content: Any, location: str, files: dict[str, Any]) -> None:
        """Rewrite each reference in one file to where what it names will stand."""
        for node in referring(content):
            node["$ref"] = self._rewritten(node["$ref"], location, files)

    def _rewritten(self, reference: str, location: str, files: dict[str, Any]) -> str:
        file, _, pointer = reference.partition("#")
        where = self._resolve(file, location) if file else location
        if where == self._home:
            return f"#{pointer}"
        if where not in self._names:
            self._load(where, reference, location, files)
        name = self._names[where]
        if pointer and not pointer.startswith("/"):
            pointer = anchors(files[name]).get(pointer, pointer)
        return f"#/{FILES}/{escape(name)}{pointer}"

    def _resolve(self, file: str, location: str) -> str:
        if is_address(file) or is_address(location):
            return urljoin(location, file) if is_address(location) else file
        return str((Path(location).parent / unquote(file)).resolve())

    def _load(self, where: str, reference: str, location: str, files: dict[str, Any]) -> None:
        name = self._names[where] = f"{len(self._names)}-{Path(urlsplit(where).path).name}"
        try:
            content, found = self._fetch(where)
            self._names.setdefault(found, name)
            files[name] = parse(content, yaml=is_yaml(where, content))
            if NAMES.search(content):
                self.has_names = True
                point_to_names(files[name])
        except (OSError, ValueError) as error:
            problem = f"the reference {quoted(reference)} cannot be read: {reason(error)}"
            where_from = self._where(reference, location, files)
            self._problems.append(Problem(location, where_from, problem, "add the file, or correct the reference"))
            files[name], found = {}, where
        self._todo.append((files[name], found))

    def _where(self, reference: str, location: str, files: dict[str, Any]) -> str:
        """The pointer to the first reference to ``reference`` in the file at ``location``."""
        content = self._root if location == self._home else files.get(self._names.get(location, ""))
        return next((pointer for pointer, one in references(content or {}) if one == reference), "")

    def _fetch(self, where: str) -> tuple[bytes, str]:
        if len(self._names) > MAX_FILES:
            raise ValueError(f"more than {MAX_FILES} files")
        return fetch(where)


def _seen_from_here(location: str) -> str:
    """A file's path from the working directory, if it is below that."""
    if is_address(location):
        return location
    path, here = Path(location), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else location
