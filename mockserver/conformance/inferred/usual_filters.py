"""Parameters of a list that leave records out where nobody says them, by what the document tells is asked for then."""

from __future__ import annotations

import re
from typing import Any

from mockserver.contract.operation import Operation
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.vocabulary.words import CURSORS, DIRECTIONS, OFFSETS, PAGES, SIZES, SORTS
from mockserver.values.name_words import flat

UNNARROWING = SIZES | PAGES | OFFSETS | CURSORS | SORTS | DIRECTIONS
"""What parameters are called that leave no record out."""
DEFAULT = re.compile(r"\bdefault(s|ed)?\b", re.IGNORECASE)


def narrowing(operation: Operation, shapes: Shapes | None = None, said: Any = None) -> str:
    """A parameter of which the description alone tells a default, such as today's date: it may leave records out.

    So may one whose ``default`` is not what ``said`` says of the record: ``archived=false``.
    """
    taken = [one for one in operation.plan.parameters if one.location == "query"] if operation.plan else []
    named = (one.name for one in taken if DEFAULT.search(one.description))
    if found := next((name for name in named if flat(name) not in UNNARROWING), ""):
        return found
    own = {flat(name): one for name, one in said.items()} if isinstance(said, dict) else {}
    usual = ((one.name, shapes.says(one.schema, "default")) for one in taken if shapes and flat(one.name) in own)
    return next((name for name, one in usual if one is not None and own[flat(name)] != one), "")
