"""How a list is cut, told from the names of its parameters and of what stands beside it in the envelope (A7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from mockserver.contract.plan import Plan
from mockserver.contract.shapes import Shapes
from mockserver.handlers.call import Call
from mockserver.handlers.planned.places import keys_of, plan_of
from mockserver.inference.words import flat
from mockserver.messages import Headers, Json
from mockserver.store import Record

SIZES = frozenset(
    {"limit", "perpage", "pagesize", "pagelen", "size", "count", "take", "maxresults", "first", "top", "maxitems"}
)
PAGES = frozenset({"page", "pagenumber", "pageno", "currentpage"})
OFFSETS = frozenset({"offset", "skip", "startat", "startindex", "pageoffset"})
CURSORS = frozenset(
    {"cursor", "after", "startingafter", "pagetoken", "nexttoken", "nextpagetoken", "continue", "marker", "startcursor",
     "pagecursor", "pageafter", "nextcursor", "continuationtoken"}
)  # fmt: skip
TOTALS = frozenset(
    {"total", "totalcount", "totalresults", "itemstotal", "totalitems", "totalelements", "totalrecords", "totalentries"}
)
COUNTS = frozenset({"count", "numberofelements", "itemcount", "resultcount", "pagecounts"})
MORE = frozenset({"hasmore", "hasnext", "hasnextpage", "moreitems", "more", "truncated", "incompleteresults"})
NEXT = frozenset(
    {"next", "nextcursor", "nextpagetoken", "nexttoken", "nextpage", "nextpageuri", "nextlink", "continue"}
)
HOLDERS = frozenset({"meta", "metadata", "paging", "pagination", "page", "links", "responsemetadata"})


@dataclass(frozen=True, slots=True)
class Page:
    """The records of one page, what stands beside them in the envelope, and the headers that lead on."""

    records: list[Record]
    beside: dict[str, Json] = field(default_factory=dict)
    headers: Headers = ()


def paged(call: Call, found: list[Record]) -> Page:
    plan, asked = plan_of(call), call.input.values
    roles = {flat(taken.name): taken.name for taken in plan.taken if taken.location == "query"}
    size = _whole(asked, roles, SIZES, call.tools.page_size)
    size = max(1, min(size, 10_000))
    first_page = 1
    number = _whole(asked, roles, PAGES, first_page)
    start = _whole(asked, roles, OFFSETS, max(number - first_page, 0) * size)
    if cursor := _text(asked, roles, CURSORS):
        start = next((index + 1 for index, one in enumerate(found) if keys_of(one.id)[-1] == cursor), len(found))
    records = found[start : start + size]
    has_more = start + size < len(found)
    onward = _onward(roles, records, number, start + size) if has_more and records else {}
    told = {"total": len(found), "count": len(records), "page": number, "size": size, "start": start, "onward": onward}
    beside = _beside(call, told)
    return Page(records, beside, _links(call, plan, onward))


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
    for words, value in ((CURSORS, keys_of(records[-1].id)[-1]), (PAGES, str(number + 1)), (OFFSETS, str(start))):
        for word in sorted(words & roles.keys()):
            return {roles[word]: value}
    return {}


def _beside(call: Call, told: dict[str, Any]) -> dict[str, Json]:
    plan, shapes = plan_of(call), call.tools.maker.shapes
    schema = plan.success.schema
    if schema is None or plan.items is None:
        return {}
    made: dict[str, Json] = {}
    for name, place in shapes.properties(schema).items():
        if name == (plan.items or ("",))[0]:
            continue
        if flat(name) in HOLDERS and shapes.type(place) == "object":
            inner = {
                one: value for one, below in shapes.properties(place).items()
                if (value := _member(call, shapes, below, flat(one), told)) is not None
            }  # fmt: skip
            if inner:
                made[name] = inner
        elif (value := _member(call, shapes, place, flat(name), told)) is not None:
            made[name] = value
    return made


def _member(call: Call, shapes: Shapes, place: Any, word: str, told: dict[str, Any]) -> Json:
    """The value of one member beside a list, None where its name does not tell what it is or nothing is to say."""
    value: Json = None
    if word in TOTALS:
        value = told["total"]
    elif word in COUNTS:
        value = told["count"] if word != "count" else told["total"]
    elif word in MORE:
        value = bool(told["onward"]) if word != "incompleteresults" else False
    elif word in ("pagestotal", "totalpages", "pagecount", "numpages", "lastpage"):
        value = -(-told["total"] // told["size"])
    elif word in PAGES | {"number"} and shapes.type(place) in ("integer", "number"):
        value = told["page"]
    elif word in OFFSETS:
        value = told["start"]
    elif word in SIZES:
        value = told["size"]
    elif word in NEXT and told["onward"]:
        parameter, text = next(iter(told["onward"].items()))
        address = f"{call.input.address}?{urlencode({parameter: text})}"
        options: list[Json] = [
            text,
            int(text) if text.isascii() and text.isdigit() and len(text) < 18 else text,
            {"href": address},
        ]
        if word in ("next", "nextlink", "nextpageuri"):
            options = [address, *options]
        value = next((one for one in options if call.tools.maker.allows(place, one)), None)
    return value if value is not None and call.tools.maker.allows(place, value) else None


def _links(call: Call, plan: Plan, onward: dict[str, str]) -> Headers:
    """``Link: <…>; rel="next"`` where it is declared and there is a next page."""
    if not onward or "link" not in plan.success.headers:
        return ()
    return (("Link", f'<{call.input.address}?{urlencode(onward)}>; rel="next"'),)
