"""The parts as files: read, plain JSON, and of the form that the builder relies on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.contract.document import Document, Node
from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import DataFile, read_data_file
from mockserver.values.form import check_form
from mockserver.values.shown import quoted

FORMS: Mapping[str, str] = {
    "api.yaml": "part_frame",
    "operations.yaml": "part_templates",
    "blocks.yaml": "part_blocks",
    "objects.yaml": "part_objects",
}
"""The schema of each part that all groups share."""
MODULE_FORM = "part_module"
"""The schema of what makes a folder a module."""
GROUP = "part_group"
"""The schema of each group's part."""


def read_part(path: Path, schema: str) -> Document:
    """Raises SetupError listing everything that cannot be read, is not JSON, or is not of the form ``schema``."""
    written = read_data_file(path)
    problems: list[Problem] = []
    plain = DataFile(written.name, _plain(Node("", written.value), written, problems), written.text)
    problems += check_form(schema, plain)
    if problems:
        raise SetupError(problems)
    return Document(plain.value, written.name, text=written.text)


def _plain(node: Node, written: DataFile, problems: list[Problem]) -> Any:
    """The value at ``node`` with text for names. YAML reads some things otherwise than their author meant them."""
    if isinstance(node.value, Mapping):
        cut = [name for name, place in node.items() if place.value is None and " " in name]
        for name in cut:
            problem = f"the text is cut at a comma, before {quoted(name)}"
            problems.append(written.problem(node.pointer, problem, "put the whole text in quotes"))
        return {name: _plain(place, written, problems) for name, place in node.items() if name not in cut}
    if isinstance(node.value, list):
        return [_plain(node.child(index), written, problems) for index in range(len(node.value))]
    return node.value
