"""Dates of a made record in the order that their names tell: it begins before it ends, is made before it is changed."""

from __future__ import annotations

import re
from typing import Any

from mockserver.messages import Json
from mockserver.values.name_words import flat

_RANKS = (
    re.compile(r"born|birth"),
    re.compile(
        r"creat|insert|added|register|joined|signup|order(ed)?(at|on|date)|placed|issued|raised|requested|opened"
    ),
    re.compile(r"start|begin|began|from|open|since|validfrom|depart|checkin"),
    re.compile(
        r"processed|paid|shipped|sent|submitted|publish|respond|replied|approv|accept|confirm|acknowledg|review"
    ),
    re.compile(r"updat|modif|chang|edited|seen|login|activity"),
    re.compile(r"end|finish|complet|clos|until|due|expir|arriv|checkout|resolv|cancel|delet|archiv|deliver|to$"),
)
"""What happens to a thing, the earliest first."""
_FORMS = (
    re.compile(r"\d{4}-\d\d-\d\d"),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    re.compile(r"1[67]\d{8}"),
)
"""A day, a moment, and a moment in seconds since 1970, as they are made."""


def in_order(value: dict[str, Any]) -> dict[str, Any]:
    """``value`` with its dates of one form dealt out again, where their names tell which comes first; so within."""
    value = {name: _within(one) for name, one in value.items()}
    for form in _FORMS:
        ranked = sorted(
            (rank, name)
            for name, one in value.items()
            if not isinstance(one, bool | dict | list)
            and form.fullmatch(str(one))
            and (rank := _rank(name)) is not None
        )
        dates = sorted(value[name] for _, name in ranked)
        value = {**value, **{name: date for (_, name), date in zip(ranked, dates, strict=True)}}
    return value


def _within(value: Json) -> Json:
    if isinstance(value, list):
        return [_within(one) for one in value]
    return in_order(value) if isinstance(value, dict) else value


def _rank(name: str) -> int | None:
    return next((rank for rank, words in enumerate(_RANKS) if words.search(flat(name))), None)
