"""How a list is cut, read from the names of its parameters and of what stands beside it in the envelope (A7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from mockserver.contract.plan import OperationPlan
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import key_of, plan_of
from mockserver.handlers.planned.lists.page_addresses import onward_address, role
from mockserver.handlers.planned.lists.page_members import beside_list
from mockserver.inference.vocabulary.words import (
    BACKWARD_CURSORS,
    CURSORS,
    OFFSETS,
    PAGES,
    SIZES,
    TOTALS,
)
from mockserver.messages import Headers, Json
from mockserver.store import Record
from mockserver.values.name_words import flat

_FROM_0 = re.compile(
    r"\b(zero|0)[- ]?(based|indexed|index)|\b0\.\.|(starts?|begins?|starting|counted) (at|from|with) (0|zero)\b",
    re.IGNORECASE,
)


_OF_PAGES = re.compile(r"\bcursors?\b|\bpagination\b", re.IGNORECASE)
"""How a parameter is said to be about pages."""


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """The records of one page, what stands beside them in the envelope, and the headers that lead on."""

    records: list[Record]
    beside: dict[str, Json] = field(default_factory=dict)
    headers: Headers = ()


def cursors_of(call: Call) -> frozenset[str]:
    """The parameters that are said to lead on in a list, be there a member of that name: ``after``. PERF: told once."""
    remembered = plan_of(call).remembered
    if (known := remembered.get("cursors")) is None:
        words = CURSORS | BACKWARD_CURSORS
        taken = [one for one in plan_of(call).parameters if one.location == "query" and role(one.name) in words]
        known = remembered["cursors"] = frozenset(one.name for one in taken if _OF_PAGES.search(one.description))
    return known


def paged(call: Call, found: list[Record]) -> PlannedPage:
    plan, asked = plan_of(call), call.input.values
    says = call.tools.maker.shapes.says
    taken = (one for one in plan.parameters if one.location == "query")
    roles = {role(one.name): one.name for one in taken if says(one.schema, "format") not in ("date", "date-time")}
    size = _whole(asked, roles, SIZES, _usual_size(call, plan))
    model = call.resource.model
    most = model.most if model and model.most else 10_000
    size = max(1, min(size, most, 10_000))
    first_page = _first_page(call, plan)
    number = _whole(asked, roles, PAGES, first_page)
    start = _whole(asked, roles, OFFSETS, max(number - first_page, 0) * size)
    if cursor := _text(asked, roles, CURSORS):
        start = _place_of(found, cursor) + 1
    end = min(start + size, len(found))
    until = _text(asked, roles, BACKWARD_CURSORS)
    is_back = until is not None and (at := _place_of(found, until)) < len(found)
    if is_back:
        start, end = max(at - size, 0), at
    if cursor or not PAGES & roles.keys():
        number = start // size + first_page
    records = found[start:end]
    has_more = end < len(found)
    onward = _onward(roles, records, number, end) if has_more and records else {}
    backward = _backward(roles, number - 1, max(start - size, 0)) if start else {}
    pages = -(-len(found) // size) or 1
    ends = [_backward(roles, first_page + at, at * size) for at in (0, pages - 1)]
    facts = {"total": len(found), "count": len(records), "page": number, "size": size, "start": start, "onward": onward,
            "backward": backward, "ends": ends, "more": start > 0 if is_back else bool(onward),
            "records": records, "keys": [key_of(one.id) for one in records]}  # fmt: skip
    beside = beside_list(call, facts)
    return PlannedPage(records, beside, (*_links(call, plan, onward), *_totals(plan, len(found))))


def _place_of(found: list[Record], key: str) -> int:
    """Where among them the record of that key is; their number where none is."""
    own = quote(key, safe="")
    return next((at for at, one in enumerate(found) if one.id.rpartition("/")[2] == own), len(found))


def _usual_size(call: Call, plan: OperationPlan) -> int:
    """How long a page is that nobody asked for a length of: as the document says, else as the settings do."""
    said = (call.tools.maker.shapes.says(one.schema, "default") for one in plan.parameters
            if one.location == "query" and role(one.name) in SIZES)  # fmt: skip
    return next((one for one in said if type(one) is int and one > 0), call.tools.page_size)


def _first_page(call: Call, plan: OperationPlan) -> int:
    """Whether pages are counted from 0 or from 1, by what their parameter may be."""
    says = call.tools.maker.shapes.says
    for taken in plan.parameters:
        if taken.location == "query" and role(taken.name) in PAGES:
            schema = taken.schema
            words = f"{taken.description} {says(schema, 'description') or ''}"
            least, usual = says(schema, "minimum"), says(schema, "default")
            is_0 = (type(least) is int and least == 0) or (type(usual) is int and usual == 0) or _FROM_0.search(words)
            return 0 if is_0 and usual != 1 else 1
    return 1


def _whole(asked: Any, roles: dict[str, str], words: frozenset[str], default: int) -> int:
    for word in words & roles.keys():
        value = asked.get(roles[word])
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
    return default


def _text(asked: Any, roles: dict[str, str], words: frozenset[str]) -> str | None:
    return next((str(asked[roles[word]]) for word in sorted(words & roles.keys()) if asked.get(roles[word])), None)


def _onward(roles: dict[str, str], records: list[Record], number: int, start: int) -> dict[str, str]:
    """The parameter that asks for the next page, and its value."""
    for words, value in ((CURSORS, key_of(records[-1].id)), (PAGES, str(number + 1)), (OFFSETS, str(start))):
        for word in sorted(words & roles.keys()):
            return {roles[word]: value}
    return {}


def _backward(roles: dict[str, str], number: int, start: int) -> dict[str, str]:
    """The parameter that asks for the page of that number, and its value; none where only keys lead on."""
    for words, value in ((PAGES, str(number)), (OFFSETS, str(start))):
        for word in sorted(words & roles.keys()):
            return {roles[word]: value}
    return {}


def _totals(plan: OperationPlan, total: int) -> Headers:
    """``X-Total-Count`` and what else is called like it, where it is declared."""
    names = (name for name in sorted(plan.success.headers) if flat(name).removeprefix("x") in TOTALS)
    return tuple((name, str(total)) for name in names)


def _links(call: Call, plan: OperationPlan, onward: dict[str, str]) -> Headers:
    """``Link: <…>; rel="next"`` where it is declared and there is a next page."""
    if not onward or "link" not in plan.success.headers:
        return ()
    return (("Link", f'<{onward_address(call, onward)}>; rel="next"'),)
