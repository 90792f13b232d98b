"""What tells the alternatives of a schema apart, where a value that is meant for one of them is good for more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.messages import Json

MOST = 12
"""How many alternatives are looked at."""


def told_apart(shapes: Shapes, node: Node, value: dict[str, Json], allows: Callable[[Node, Json], bool]) -> Json:
    """``value`` with the optional member that says which alternative it is; as it is where none helps."""
    for choice in range(min(shapes.choices(node), MOST)):
        for name, below in shapes.shape(node, choice).properties.items():
            words: Any = shapes.follow(below).value
            if name in value or not isinstance(words, dict) or not ("const" in words or words.get("enum")):
                continue
            completed = {**value, name: words["const"] if "const" in words else words["enum"][0]}
            if allows(node, completed):
                return completed
    return value
