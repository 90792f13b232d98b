"""Dates of a made record in the order that their names tell: it begins before it ends, is made before it is changed."""

from __future__ import annotations

import re
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.words import flat

_RANKS = (
    re.compile(r"born|birth"),
    re.compile(r"creat|insert|added|register|joined|signup|order(ed)?(at|on|date)|placed|issued"),
    re.compile(r"start|begin|began|from|open|since|validfrom|depart|checkin"),
    re.compile(r"updat|modif|chang|edited|seen|login|activity|processed|paid|shipped|sent"),
    re.compile(r"end|finish|complet|clos|until|due|expir|arriv|checkout|resolv|cancel|delet|archiv|deliver|to$"),
)
"""What happens to a thing, the earliest first."""
_FORMATS = ("date", "date-time")


def in_order(shapes: Shapes, record: Node, value: dict[str, Any]) -> dict[str, Any]:
    """``value`` with its dates of one format dealt out again, where their names tell which comes first."""
    members = shapes.properties(record)
    for form in _FORMATS:
        ranked = sorted(
            (rank, name)
            for name, one in value.items()
            if isinstance(one, str) and name in members and shapes.says(members[name], "format") == form
            if (rank := _rank(name)) is not None
        )
        dates = sorted(value[name] for _, name in ranked)
        value = {**value, **{name: date for (_, name), date in zip(ranked, dates, strict=True)}}
    return value


def _rank(name: str) -> int | None:
    return next((rank for rank, words in enumerate(_RANKS) if words.search(flat(name))), None)
