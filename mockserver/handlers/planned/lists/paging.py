"""How a list is cut, read from the names of its parameters and of what stands beside it in the envelope (A7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.contract.document import Node
from mockserver.contract.plan import OperationPlan, Steps
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.addresses import as_shown, host_of
from mockserver.handlers.planned.addressing.places import key_of, plan_of
from mockserver.inference.vocabulary.words import (
    CURSORS,
    FIRSTS,
    LASTS,
    MORE,
    NEXT,
    OFFSETS,
    PAGE_COUNTS,
    PAGES,
    PREVIOUS,
    SIZES,
    TOTALS,
)
from mockserver.messages import Headers, Json
from mockserver.store import Record
from mockserver.values.absent import ABSENT
from mockserver.values.name_words import bare, flat, singular

COUNTS = frozenset({"count", "numberofelements", "itemcount", "resultcount", "pagecounts"})
MORE_OF_A_MEMBER = MORE | {"more", "truncated"}
LESS = frozenset({"hasprevious", "hasprev", "haspreviouspage", "hasprevpage"})
ENDS: Mapping[str, int] = {
    "first": 0,
    "firstpageuri": 0,
    "firstpageurl": 0,
    "last": -1,
    "lastpageuri": -1,
    "lastpageurl": -1,
}
"""Members that lead to the first and to the last page."""
_ADDRESSES = frozenset(
    {*(one for one in NEXT | PREVIOUS if one.endswith(("uri", "url", "link"))), "next", "previous", "prev", *ENDS}
)
_FROM_0 = re.compile(
    r"\b(zero|0)[- ]?(based|indexed|index)|\b0\.\.|(starts?|begins?|starting|counted) (at|from|with) (0|zero)\b",
    re.IGNORECASE,
)
DEEPEST = 2
"""How many holders within holders are looked into."""
PAGE_HOLDERS = frozenset({"meta", "metadata", "paging", "pagination", "page", "links", "responsemetadata", "view",
                          "pager", "pageinfo", "paginator", "paginate", "pageable"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """The records of one page, what stands beside them in the envelope, and the headers that lead on."""

    records: list[Record]
    beside: dict[str, Json] = field(default_factory=dict)
    headers: Headers = ()


def paged(call: Call, found: list[Record]) -> PlannedPage:
    plan, asked = plan_of(call), call.input.values
    says = call.tools.maker.shapes.says
    taken = (one for one in plan.parameters if one.location == "query")
    roles = {_role(one.name): one.name for one in taken if says(one.schema, "format") not in ("date", "date-time")}
    size = _whole(asked, roles, SIZES, _usual_size(call, plan))
    model = call.resource.model
    most = model.most if model and model.most else 10_000
    size = max(1, min(size, most, 10_000))
    first_page = _first_page(call, plan)
    number = _whole(asked, roles, PAGES, first_page)
    start = _whole(asked, roles, OFFSETS, max(number - first_page, 0) * size)
    if cursor := _text(asked, roles, CURSORS):
        own = quote(cursor, safe="")
        start = next((at for at, one in enumerate(found, 1) if one.id.rpartition("/")[2] == own), len(found))
    if cursor or not PAGES & roles.keys():
        number = start // size + first_page
    records = found[start : start + size]
    has_more = start + size < len(found)
    onward = _onward(roles, records, number, start + size) if has_more and records else {}
    backward = _backward(roles, number - 1, max(start - size, 0)) if start else {}
    pages = -(-len(found) // size) or 1
    ends = [_backward(roles, first_page + at, at * size) for at in (0, pages - 1)]
    facts = {"total": len(found), "count": len(records), "page": number, "size": size, "start": start, "onward": onward,
            "backward": backward, "ends": ends,
            "keys": [key_of(one.id) for one in records]}  # fmt: skip
    beside = _beside(call, facts)
    return PlannedPage(records, beside, (*_links(call, plan, onward), *_totals(plan, len(found))))


def _usual_size(call: Call, plan: OperationPlan) -> int:
    """How long a page is that nobody asked for a length of: as the document says, else as the settings do."""
    said = (call.tools.maker.shapes.says(one.schema, "default") for one in plan.parameters
            if one.location == "query" and _role(one.name) in SIZES)  # fmt: skip
    return next((one for one in said if type(one) is int and one > 0), call.tools.page_size)


def _first_page(call: Call, plan: OperationPlan) -> int:
    """Whether pages are counted from 0 or from 1, by what their parameter may be."""
    says = call.tools.maker.shapes.says
    for taken in plan.parameters:
        if taken.location == "query" and _role(taken.name) in PAGES:
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


_PREFIXES = ("pagination", "pageable", "paging")


def _role(name: str) -> str:
    """What a parameter is for: ``pagination[pageSize]`` what ``pageSize`` is."""
    word = flat(name)
    return next((rest for one in _PREFIXES if (rest := word.removeprefix(one)) not in ("", word)), word)


def _beside(call: Call, facts: dict[str, Any]) -> dict[str, Json]:
    plan = plan_of(call)
    if plan.success.schema is None or plan.items is None:
        return {}
    return _members(call, plan.success.schema, facts, plan.items, DEEPEST)


def _members(call: Call, node: Node, facts: dict[str, Any], way: Steps, left: int) -> dict[str, Json]:
    """What the names of an envelope's members promise, of those of its holders too; ``way`` leads on to the list."""
    shapes = call.tools.maker.shapes
    made: dict[str, Json] = {}
    required = shapes.shape(node).required
    for name, place in shapes.properties(node).items():
        if name in way[:1]:
            if len(way) > 1 and (inner := _members(call, place, facts, way[1:], left)):
                made[name] = inner
            continue
        word = flat(bare(name))
        if word in PAGE_HOLDERS and shapes.type(place) == "object" and left:
            if inner := _members(call, place, facts, (), left - 1):
                made[name] = inner
            continue
        value = _member(call, place, "total" if word in _counts_of(way) else word, facts)
        value = as_shown(call, name, value) if isinstance(value, str) else value
        if value is not ABSENT and (value != "" or name in required):  # an empty text is said where one must be
            made[name] = value
    return made


def _counts_of(way: Steps) -> set[str]:
    """How the number of all is called beside a list that is named itself: ``articlesCount``, ``total_articles``."""
    if len(way) != 1:
        return set()
    things = {flat(way[0]), flat(singular(way[0]))}
    return {word for one in things for word in (f"{one}count", f"total{one}", f"{one}total", f"numberof{one}")}


def _member(call: Call, place: Node, word: str, facts: dict[str, Any]) -> Json:
    """The value of one member beside a list, ABSENT where its name does not tell what it is or nothing is to say."""
    options: tuple[Json, ...] = tuple(value for words, value in _numbers(facts) if word in words)
    if word in NEXT | PREVIOUS:
        options = _ways(call, place, word, facts["onward" if word in NEXT else "backward"])
    elif word in ENDS:
        end = facts["ends"][ENDS[word]]
        options = (*options, *(_ways(call, place, word, end) if end else ()), call.input.address)
    elif word in ("firstid", "lastid"):
        keys = facts["keys"] or [None]
        options = (keys[0 if word == "firstid" else -1],)
    elif word in ("self", "path"):
        options = (call.input.address, {"href": call.input.address})
    return next((one for one in options if call.tools.maker.allows(place, one)), ABSENT)


def _numbers(facts: dict[str, Any]) -> Iterator[tuple[frozenset[str], Json]]:
    """The members that count something or say whether there is more, and what they say."""
    yield TOTALS | {"count"}, facts["total"]
    yield COUNTS - {"count"}, facts["count"]
    yield frozenset({"incompleteresults"}), False
    yield frozenset({"from"}), facts["start"] + 1 if facts["count"] else None
    yield frozenset({"to"}), facts["start"] + facts["count"] if facts["count"] else None
    yield frozenset({"empty"}), not facts["count"]
    yield FIRSTS, facts["start"] == 0
    yield LASTS, facts["start"] + facts["count"] >= facts["total"]
    yield MORE_OF_A_MEMBER, bool(facts["onward"])
    yield LESS, facts["start"] > 0
    yield PAGE_COUNTS | {"lastpage"}, -(-facts["total"] // facts["size"])
    yield PAGES | {"number"}, facts["page"]
    yield OFFSETS, facts["start"]
    yield SIZES, facts["size"]


def _ways(call: Call, place: Node, word: str, onward: dict[str, str]) -> tuple[Json, ...]:
    """How the next page may be told: its address, its cursor, or that there is none."""
    if not onward:
        return (None, "")
    parameter, text = next(iter(onward.items()))
    address = _onward_address(call, onward)
    if str(call.tools.maker.shapes.says(place, "format")).endswith("-reference"):
        address = address.removeprefix(host_of(call))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else text
    return (*((address,) if word in _ADDRESSES else ()), text, number, *_way(call, place, parameter, text, address))


def _way(call: Call, place: Node, parameter: str, text: str, address: str) -> Iterator[Json]:
    """The next page as an object: what the names of its members promise, else a link."""
    members = call.tools.maker.shapes.properties(place)
    said_members: dict[str, Json] = {}
    for name, node in members.items():
        options = {
            "uri": address,
            "url": address,
            "href": address,
            "path": address.removeprefix(host_of(call)),
            flat(parameter): text,
        }
        one = options.get(flat(name), text if flat(name) in OFFSETS | CURSORS | PAGES else None)
        if one is not None and call.tools.maker.allows(node, one):
            said_members[name] = one
    if said_members:
        yield said_members
    yield {"href": address}


def _onward_address(call: Call, onward: dict[str, str]) -> str:
    """The address of the next page: with all that was asked for beside."""
    plan, asked = plan_of(call), call.input.values
    places = CURSORS | PAGES | OFFSETS
    others = [one.name for one in plan.parameters if one.location == "query" and _role(one.name) not in places]
    names = [name for name in others if name in asked and name not in onward]
    said = {name: asked[name] for name in names if not isinstance(asked[name], dict)}
    texts = {name: _written(one) for name, one in said.items()}
    return f"{call.input.address}?{urlencode({**texts, **onward}, doseq=True)}"


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return [_written(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else value


def _totals(plan: OperationPlan, total: int) -> Headers:
    """``X-Total-Count`` and what else is called like it, where it is declared."""
    names = (name for name in sorted(plan.success.headers) if flat(name).removeprefix("x") in TOTALS)
    return tuple((name, str(total)) for name in names)


def _links(call: Call, plan: OperationPlan, onward: dict[str, str]) -> Headers:
    """``Link: <…>; rel="next"`` where it is declared and there is a next page."""
    if not onward or "link" not in plan.success.headers:
        return ()
    return (("Link", f'<{_onward_address(call, onward)}>; rel="next"'),)
