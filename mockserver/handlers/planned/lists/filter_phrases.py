"""Filters written as one text: ``price>5;name==tea`` (RSQL), ``name eq "tea" and price gt 5``, ``name||$cont||ea``,
``name:'tea' AND -status:'sold'`` (Lucene)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.handlers.planned.lists.comparisons import OPERATORS, Members, condition_on, conditions_asked
from mockserver.handlers.planned.lists.selectors import Test
from mockserver.messages import Json
from mockserver.values.name_words import flat

_HOLDERS = frozenset({"filter", "filters", "where", "q", "query", "search"})
"""Parameters that may be such a text; ``q`` and the like, too, where all of it can be read as conditions."""
_ALL = re.compile(r"\s*;\s*|\s+and\s+", re.IGNORECASE)
_ANY = re.compile(r"[(),]|\s+or\s+", re.IGNORECASE)
"""What stands between conditions all of which, or one of which, have to be met; ``and`` binds closer. A comma within
brackets stands between values.
"""
_CONDITION = re.compile(
    r"(?P<not>-?)(?P<name>\w[\w.]*)(?:\[(['\"])(?P<within>[^'\"]+)\3\])?"
    r"(?:\|\|\$?(?P<barred>\w+)(?:\|\|)?|\s*=(?P<rsql>[a-z]+)=\s*|:(?P<colon>[a-z]+):"
    r"|\s*(?P<mark>[=!<>]=|[=<>~:])\s*|\s+(?P<word>[A-Za-z]+)\s+)(?P<value>.*)"
)
_QUOTED = re.compile(r"^(['\"])(.*)\1$")
_MARKS: Mapping[str, str] = {"==": "eq", "=": "eq", ":": "eq", "!=": "ne", "~": "contains", ">": "gt", ">=": "gte",
                              "<": "lt", "<=": "lte"}  # fmt: skip
_RSQL: Mapping[str, str] = {"out": "nin"}


def with_operators(members: Members, asked: Mapping[str, Json]) -> tuple[list[Test], dict[str, Json]]:
    """What the parameters that name an operator ask for, and the other parameters."""
    conditions, names = conditions_asked(members, asked)
    phrases, others = phrases_asked(members, asked)
    return [*conditions, *phrases], {name: one for name, one in asked.items() if name not in names | others}


def phrases_asked(members: Members, asked: Mapping[str, Json]) -> tuple[list[Test], frozenset[str]]:
    """What such texts ask of a record's members, and which parameters they are; what cannot be read asks nothing."""
    found: list[Test] = []
    names = set()
    for name, value in asked.items():
        texts = value if isinstance(value, list) else [value]
        if flat(name) not in _HOLDERS or flat(name) in members or name.startswith("$"):
            continue
        read = [_alternatives(members, one) if isinstance(one, str) else None for one in texts]
        known = [one for one in read if one is not None]
        if known and len(known) == len(read):
            found += known
            names.add(name)
    return found, frozenset(names)


def _alternatives(members: Members, text: str) -> Test | None:
    each = [[_condition(members, part.strip()) for part in _ALL.split(one)] for one in _any_of(text.strip())]
    if not all(test is not None for tests in each for test in tests):
        return None
    return lambda data: any(all(test(data) for test in tests if test is not None) for tests in each)


def _any_of(text: str) -> Iterator[str]:
    """The texts of which one has to be met."""
    start = depth = 0
    for found in _ANY.finditer(text):
        if found[0] in "()":
            depth = max(depth + (1 if found[0] == "(" else -1), 0)
        elif found[0] != "," or depth == 0:
            yield text[start : found.start()]
            start = found.end()
    yield text[start:]


def _condition(members: Members, text: str) -> Test | None:
    read = _CONDITION.fullmatch(text)
    if read is None:
        return None
    word = next((read[one] for one in ("barred", "rsql", "colon", "word") if read[one]), None)
    operator = OPERATORS.get(_MARKS[read["mark"]] if word is None else _RSQL.get(word, flat(word)))
    value = _QUOTED.sub(r"\2", read["value"].strip())
    path = [*read["name"].split("."), *([read["within"]] if read["within"] else [])]
    test = condition_on(members, path, operator, value)
    return (lambda data: not test(data)) if test is not None and read["not"] else test
