"""A file of ours, in JSON or YAML: its value, and each of its problems with file, line and pointer."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockserver.errors import Problem, SetupError
from mockserver.values.json_text import BadJson, read_placed, refuse_repeated_keys
from mockserver.values.reasons import reason
from mockserver.values.yaml_faults import BadYaml, Position, YamlFault
from mockserver.values.yaml_text import place_of, read_yaml


def as_utf8(content: bytes) -> bytes:
    """A file's text in UTF-8 without the byte order mark that some editors and tools write.

    Raises UnicodeDecodeError, a ValueError, if it is marked as UTF-16 and is not.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    return content.removeprefix(codecs.BOM_UTF8)


def parse(text: bytes, *, yaml: bool) -> Any:
    """The value that JSON or YAML ``text`` holds. Raises ValueError; BadYaml, which is one, has each reason's place."""
    if yaml:
        return read_yaml(text)
    try:
        value = read_placed(text)
    except BadJson as error:
        raise BadYaml([YamlFault("", Position(*error.place), str(error), "correct it")]) from None
    try:
        refuse_repeated_keys(text, value)
    except BadJson:
        return read_yaml(text)  # which tells every one of them, with its place
    return value


@dataclass(frozen=True, slots=True)
class DataFile:
    """What was read: the file's name, its value, and its text, in which a problem's line is looked up."""

    name: str
    value: Any
    text: bytes = field(repr=False, default=b"")

    def problem(self, pointer: str, problem: str, remedy: str) -> Problem:
        """A problem at ``pointer``, with its line (that of the value above it where there is nothing)."""
        place = place_of(self.text, pointer)
        return Problem(self.name, pointer, problem, remedy, place.line if place else None)


def read_data_file(path: Path, remedy: str = "create it, or correct its name") -> DataFile:
    """The file at ``path``: JSON if it is called so, else YAML (which JSON is, too). None if it holds nothing.

    Raises SetupError with every reason why it cannot be read; ``remedy`` is for a file that is not there.
    """
    name = str(path)
    try:
        text = as_utf8(path.read_bytes())
        return DataFile(name, parse(text, yaml=path.suffix.lower() != ".json"), text)
    except FileNotFoundError:
        problems = [Problem(name, "", "no such file", remedy)]
    except BadYaml as error:
        problems = problems_of(name, error)
    except (OSError, ValueError) as error:
        problems = [Problem(name, "", f"cannot be read: {reason(error)}", "correct the file")]
    raise SetupError(problems)


def problems_of(name: str, error: BadYaml) -> list[Problem]:
    """The faults of a YAML text as problems of the file that it came from."""
    return [Problem(name, one.pointer, one.problem, one.remedy, one.place.line) for one in error.faults]
