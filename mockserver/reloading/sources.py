"""The files that a world is made of, and whether they are still what they were."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote

from mockserver.contract.sources.bundling import MAX_FILES, is_address
from mockserver.contract.sources.document_sources import places
from mockserver.errors import SetupError
from mockserver.seeding.scenario_reader import scenario_files
from mockserver.settings import Settings
from mockserver.spec_builder.publish import GROUPS, YAML, parts_of

_REFERENCE = re.compile(r"""\$ref["']?\s*:\s*["']?([^#"'\s,}]+)""")
"""A reference to another file, in JSON or YAML, that need not be whole."""
DATA = frozenset({".json", ".yaml", ".yml"})
LARGEST = 2**26
"""Bytes up to which a file is looked into."""


class Trace(NamedTuple):
    """What shows that a file was touched; ``inode`` since many editors write another and rename it."""

    modified: int
    size: int
    inode: int


Seen: TypeAlias = Mapping[Path, bytes]
"""The digest of each file; none for one that is not there."""


class _File(NamedTuple):
    """A file as it was when it was last read: where references in it lead, though it may be broken."""

    trace: Trace
    digest: bytes
    leads_to: tuple[Path, ...]


class Sources:
    """The files of one world, looked at again and again; ``seen`` is what the last look found.

    PERF: only what was touched is read.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[Path, _File] = {}
        self.seen: Seen = {}
        self.look()

    def look(self) -> Seen:
        """All files as they are now, those that a new reference leads to among them."""
        found = {file: known for file in dict.fromkeys(self._files()) if (known := self._read(file)) is not None}
        self._known = found
        self.seen = {file: known.digest for file, known in found.items()}
        return self.seen

    def _files(self) -> Iterator[Path]:
        settings = self._settings
        for document in documents(settings):
            if (parts := parts_of(document)) is not None:
                yield from sorted(file for file in parts.glob("*.yaml") if file.name != YAML)
                yield from sorted((parts / GROUPS).glob("*.yaml"))
                continue
            yield from self._referred(document)
        yield from settings.overlays
        yield from _below(settings.fixtures / one for one in ("scenarios", "recipes", "templates", "faults"))
        for file in scenario_files(settings):
            yield file
            yield from _below((file.parent / "recipes", file.parent.parent / "recipes"))

    def _referred(self, document: Path) -> Iterator[Path]:
        """The document, and each file that a reference leads to from there."""
        waiting, seen = [document.resolve()], {document.resolve()}
        while waiting and len(seen) < MAX_FILES:
            file = waiting.pop()
            yield file
            known = self._read(file)
            new = [one for one in known.leads_to if one not in seen] if known else []
            seen.update(new)
            waiting += new

    def _read(self, file: Path) -> _File | None:
        try:
            status = file.stat()
            trace = Trace(status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._known.get(file)
            if known is None or known.trace != trace:
                content = file.read_bytes() if status.st_size <= LARGEST else b""
                digest = hashlib.blake2b(content, digest_size=16).digest()
                known = self._known[file] = _File(trace, digest, tuple(_targets(file, content)))
        except OSError:  # not there, or not to be read: whoever needs it says so
            return None
        return known


def changed(before: Seen, after: Seen) -> list[Path]:
    """The files that appeared, went, or hold something else, sorted."""
    return sorted(file for file in {*before, *after} if before.get(file) != after.get(file))


def documents(settings: Settings) -> list[Path]:
    """The files of the documents; none for one at an address."""
    return [Path(one) for one in _locations(settings) if not is_address(one)]


def addresses(settings: Settings) -> list[str]:
    """The documents that are at an address, where nobody can tell when they are edited."""
    return [one for one in _locations(settings) if is_address(one)]


def _locations(settings: Settings) -> list[str]:
    try:
        return [one.location for one in places(settings.spec)]
    except SetupError:
        return []


def _below(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(file for file in folder.rglob("*") if not _is_passing(file) and file.is_file())


def _is_passing(file: Path) -> bool:
    """Whether an editor keeps it for itself while it writes another."""
    return file.name.startswith((".", "#")) or file.name.endswith(("~", ".swp", ".tmp", ".bak"))


def _targets(file: Path, content: bytes) -> Iterator[Path]:
    if file.suffix.lower() in DATA:
        for target in dict.fromkeys(_REFERENCE.findall(content.decode("utf-8", "replace"))):
            if not is_address(target) and "\0" not in target:
                yield (file.parent / unquote(target)).resolve()
