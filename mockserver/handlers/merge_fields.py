"""Merge fields: ``{{name}}`` in the text of a mail becomes the record's value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.values.shown import shown

MERGED = 1_000
"""How many merge fields of one text are filled in, and how many characters of each value."""
_MERGE_FIELD = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}")


def merged(text: str, record: Mapping[str, Any]) -> str:
    """``text`` with each ``{{field}}`` replaced by the record's value; nothing in it is ever executed."""

    def value(found: re.Match[str]) -> str:
        found_there = record.get(found[1], "")
        return (found_there if isinstance(found_there, str) else shown(found_there, MERGED))[:MERGED]

    return _MERGE_FIELD.sub(value, text, count=MERGED)
