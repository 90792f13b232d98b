"""How a user names the documents of one world: ``a.yaml``, an address, or either below a path, ``a.yaml=/shop``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import urlsplit

from mockserver.contract.sources.bundling import is_address
from mockserver.errors import Problem, SetupError
from mockserver.values.shown import quoted

Spec: TypeAlias = "Path | str | tuple[Path | str, ...]"
"""One document or several, as settings name them."""

_BELOW = re.compile(r"(?P<location>.+)=(?P<prefix>/[^=]*)", re.DOTALL)
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_COMMON = frozenset({"openapi", "swagger", "api", "index", "spec", "openapi-spec", "schema"})
"""File names that tell nothing of the API; the folder's name does."""


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """Where a document comes from, and the path below which it is answered; None: the one that its servers name."""

    location: str
    prefix: str | None = None

    @property
    def is_file(self) -> bool:
        return is_address(self.location) or Path(self.location).is_file()

    @property
    def short(self) -> str:
        """A word for the document that may stand in names and paths."""
        path = PurePosixPath(urlsplit(self.location).path if is_address(self.location) else Path(self.location))
        words = [path.name.partition(".")[0], path.parent.name, "api"]
        chosen = next((word for word in words if word and word.lower() not in _COMMON), words[-1])
        return re.sub(r"[^A-Za-z0-9_-]+", "-", chosen).strip("-") or "api"


def places(spec: Spec) -> tuple[DocumentPlace, ...]:
    """Each document that ``spec`` names. Raises SetupError listing every prefix that cannot be one."""
    found = tuple(map(_place, spec if isinstance(spec, tuple) else (spec,)))
    if problems := [*_problems(found)]:
        raise SetupError(problems)
    return found


def _place(named: Path | str) -> DocumentPlace:
    text = str(named)
    below = _BELOW.fullmatch(text)
    if below is None or (not is_address(text) and Path(text).is_file()):
        return DocumentPlace(text)
    return DocumentPlace(below["location"], below["prefix"].rstrip("/"))


def _problems(found: tuple[DocumentPlace, ...]) -> Iterator[Problem]:
    if not found:
        yield Problem("settings", "/spec", "no document is named", "name an OpenAPI document in JSON or YAML")
    for place in found:
        if place.prefix is not None and not _PREFIX.fullmatch(place.prefix):
            remedy = f"use letters, digits, - . _ ~ between slashes, as in {place.location}=/{place.short}"
            yield Problem(place.location, "", f"{quoted(place.prefix)} is not a path prefix", remedy)
