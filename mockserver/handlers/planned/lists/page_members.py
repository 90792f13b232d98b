"""What stands beside a list in its envelope: how many there are, which page this is, where the next one is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.addresses import as_shown, host_of
from mockserver.handlers.planned.addressing.places import model_of, plan_of
from mockserver.handlers.planned.lists.page_addresses import onward_address
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
    VERSIONS,
    next_cursor,
)
from mockserver.messages import Json
from mockserver.store import Record
from mockserver.values.absent import ABSENT
from mockserver.values.members import value_at
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
DEEPEST = 2
"""How many holders within holders are looked into."""
PAGE_HOLDERS = frozenset({"meta", "metadata", "paging", "pagination", "page", "links", "responsemetadata", "view",
                          "pager", "pageinfo", "paginator", "paginate", "pageable"})  # fmt: skip


def beside_list(call: Call, facts: dict[str, Any]) -> dict[str, Json]:
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
        if left and _is_holder(shapes, place, word):
            inner = _members(call, place, facts, (), left - 1)
            if inner or (_leads_on(shapes, place) and call.tools.maker.allows(place, {})):
                made[name] = inner
            continue
        word = next_cursor(word, shapes.properties(node))
        value = _member(call, place, "total" if word in _counts_of(way) else word, facts)
        value = as_shown(call, name, value) if isinstance(value, str) else value
        if value is not ABSENT and (value != "" or name in required):  # an empty text is said where one must be
            made[name] = value
    return made


def _is_holder(shapes: Shapes, place: Node, word: str) -> bool:
    """Whether an object beside a list tells of its pages: ``meta``, ``links``, and the links in ``pages``."""
    is_links = word in PAGE_COUNTS and _leads_on(shapes, place)
    return is_links or (word in PAGE_HOLDERS and shapes.type(place) == "object")


def _leads_on(shapes: Shapes, place: Node) -> bool:
    """Whether it has a member for the next page; it is there on the last one, too, as clients look into it."""
    return any(flat(one) in NEXT for one in shapes.properties(place))


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
    elif word in VERSIONS:
        version = _version(call, facts["records"])
        options = (str(version), version)
    elif word in ("self", "path"):
        options = (call.input.address, {"href": call.input.address})
    return next((one for one in options if call.tools.maker.allows(place, one)), ABSENT)


def _version(call: Call, records: list[Record]) -> int:
    """The newest version of the records that are shown: from there on, a client watches them."""
    holder = model_of(call.resource).key[:-1]
    held = (value_at(one.data(), holder) if holder else one.data() for one in records)
    versions = (text for one in held if isinstance(one, dict) for name, text in one.items() if flat(name) in VERSIONS)
    return max((int(one) for one in versions if str(one).isdecimal()), default=1)


def _numbers(facts: dict[str, Any]) -> Iterator[tuple[frozenset[str], Json]]:
    """The members that count something or say whether there is more, and what they say."""
    yield TOTALS | {"count", "results"}, facts["total"]
    yield COUNTS - {"count"}, facts["count"]
    yield frozenset({"incompleteresults"}), False
    yield frozenset({"from"}), facts["start"] + 1 if facts["count"] else None
    yield frozenset({"to"}), facts["start"] + facts["count"] if facts["count"] else None
    yield frozenset({"empty"}), not facts["count"]
    yield FIRSTS, facts["start"] == 0
    yield LASTS, facts["start"] + facts["count"] >= facts["total"]
    yield MORE_OF_A_MEMBER - {"hasmore"}, bool(facts["onward"])
    yield frozenset({"hasmore"}), facts["more"]
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
    address = onward_address(call, onward)
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
