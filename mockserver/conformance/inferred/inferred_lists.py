"""Lists of any document: what their parameters are for by name, and a walk through all of their pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mockserver.conformance.check_plan import Group
from mockserver.conformance.inferred.inferred_contents import planned
from mockserver.conformance.inferred.inferred_links import ADDRESSES
from mockserver.conformance.inferred.inferred_requests import REFUSED, InferredRequests
from mockserver.conformance.stories.trail import BrokenConstraint, Expected
from mockserver.conformance.wire.traffic import Received, json_or_none
from mockserver.contract import Operation
from mockserver.contract.plan import PlannedParameter
from mockserver.inference.vocabulary.words import (
    CURSORS,
    MORE,
    NEXT,
    OFFSETS,
    PAGES,
    SIZES,
    TOTALS,
    next_cursor,
)
from mockserver.values.name_words import bare, flat
from mockserver.values.pointer import pointer_to

AFTER = frozenset({"startingafter", "after", "marker"})
"""What takes the key of the last record of the page before."""
LARGE = (1000, 500, 200, 100, 50, 20)
"""Sizes of a page, the largest that a document allows first."""
BOUND = 100
"""The size that most allow at most."""
SHORT_LIST = 10
"""A list of fewer records than any page has is whole."""
DEEPEST = 2
_LINK = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next"?')


@dataclass(frozen=True, slots=True)
class InferredPage:
    """One page: its records and their keys, the facts beside them by flat name, and the parameters of the next one.

    ``reply`` is what it was read from, ``places`` are the pointers to the facts of its body; ``onward`` is None where
    it tells of no next page.
    """

    records: tuple[Any, ...]
    keys: tuple[str, ...]
    facts: Mapping[str, Any]
    onward: Mapping[str, str] | None
    reply: Received
    places: Mapping[str, str]

    @property
    def status(self) -> int:
        """The reply's status."""
        return self.reply.status

    def breaks(self, name: str, keyword: str, limit: Any) -> Expected | None:
        """That the fact of that name breaks this; None where it is not a fact of the body."""
        place = self.places.get(name)
        return Expected(self.reply, constraint=BrokenConstraint(place, keyword, limit)) if place is not None else None

    def breaks_onward(self, pattern: str) -> Expected | None:
        """That the address of the next page does not match; None where it is none of the body."""
        name = next((one for one in sorted(NEXT) if self.facts.get(one) is not None), "")
        place, address = self.places.get(name), self.facts.get(name)
        inner = next((one for one in address if flat(one) in ADDRESSES), None) if isinstance(address, dict) else None
        if place is None or (isinstance(address, dict) and inner is None):
            return None
        place += pointer_to(inner) if inner is not None else ""
        return Expected(self.reply, constraint=BrokenConstraint(place, "pattern", pattern))


class InferredList:
    """One list below certain parents."""

    def __init__(self, asking: InferredRequests, group: Group, operation: Operation, above: tuple[str, ...]) -> None:
        self._asking, self._group, self.operation, self.above = asking, group, operation, above

    def parameter(self, words: frozenset[str]) -> PlannedParameter | None:
        """The query parameter that is for that, if there is one; what counts takes a number."""
        plan, allows = self.operation.plan, self._asking.replies.allows
        asked = (one for one in (plan.parameters if plan else ()) if one.location == "query")
        meant = (one for one in asked if (role := _role(one.name)) in words
                 and (role not in OFFSETS or allows(one.schema, 1) or allows(one.schema, "1")))  # fmt: skip
        return next(meant, None)

    @property
    def size_name(self) -> str:
        """The name of the parameter that says how long a page is, empty where there is none."""
        by = self.parameter(SIZES)
        return by.name if by else ""

    def page(self, query: Mapping[str, str]) -> InferredPage:
        """One page, asked for by those parameters."""
        return self._page(self.ask(query))

    def _page(self, reply: Received) -> InferredPage:
        records = tuple(self._asking.items(reply, self.operation))
        value = json_or_none(reply.body)
        beside = {name: (one, place) for name, one, place in _facts(value, DEEPEST)} if isinstance(value, dict) else {}
        beside = {next_cursor(name, beside): one for name, one in beside.items()}
        facts = dict(_headers(reply)) | {name: one for name, (one, _) in beside.items()}
        places = {name: place for name, (_, place) in beside.items()}
        return InferredPage(records, tuple(self.keys(records)), facts, _onward(reply, facts), reply, places)

    @property
    def items_place(self) -> str:
        """The pointer to the records in a reply."""
        return pointer_to(*map(str, planned(self.operation).items or ()))

    def keys(self, records: Iterable[Any]) -> list[str]:
        """The keys of records that it holds."""
        return [self._asking.key(self._group, one) for one in records]

    def out_of_order(self, reply: Received, name: str, way: str) -> Expected:
        """That the records of ``reply`` are not in the order of that member, ascending or descending (``way``)."""
        records = self._asking.items(reply, self.operation)
        is_inner = not any(isinstance(one, dict) and name in one for one in records)
        steps = (*planned(self.operation).each, *(("attributes",) if is_inner else ()), name)
        place = f"{self.items_place}/*{pointer_to(*map(str, steps))}"
        return Expected(reply, constraint=BrokenConstraint(place, "order", way))

    def ask(self, query: Mapping[str, str]) -> Received:
        """The reply to the list's operation with the parameters of ``query``."""
        values = self._asking.below(self.operation, self.above)
        return self._asking.send(self.operation, values, query=query, without=next(iter(query), ""))

    def tells_of_more(self) -> bool:
        """Whether the document says that a page tells of the next one: beside its list, or in the header ``Link``."""
        success, shapes = planned(self.operation).success, self._asking.maker.shapes
        top = shapes.properties(success.schema) if success.schema is not None else {}
        inner = (name for node in top.values() for name in shapes.properties(node))
        names = [_called(name) for name in (*top, *inner)]
        return "link" in success.headers or any(next_cursor(name, names) in NEXT | MORE for name in names)

    def takes(self, one: PlannedParameter, value: int) -> bool:
        """Whether a parameter may have that value."""
        return self.can_be(one, value) or self.can_be(one, str(value))

    def can_be(self, one: PlannedParameter, value: str | int) -> bool:
        """Whether a parameter may have exactly that value."""
        return self._asking.replies.allows(one.schema, value)

    def walk(self, size: int, most: int) -> Iterator[InferredPage]:
        """Page after page of ``size`` records, by number or offset, or as each page leads on; at most ``most``."""
        by = self.parameter(SIZES)
        usual = {by.name: str(size)} if by else {}
        page, offset = self.parameter(PAGES), self.parameter(OFFSETS)
        if page is not None:
            first = self.first_page(page, usual)
            asked: Iterator[Mapping[str, str]] = ({**usual, page.name: str(first + turn)} for turn in range(most))
        elif offset is not None:
            asked = ({**usual, offset.name: str(turn * size)} for turn in range(most))
        else:
            yield from self.follow(usual, most)
            return
        for query in asked:
            found = self.page(query)
            yield found
            if not found.keys:
                return

    def replies(self, most: int) -> Iterator[Received]:
        """The replies with the largest pages that the document allows, at most ``most``, as long as they are full."""
        by, page, offset = (self.parameter(words) for words in (SIZES, PAGES, OFFSETS))
        size, reply = self._largest(by)
        usual = {by.name: str(size)} if by is not None and size else {}
        yield reply
        got = len(self._asking.items(reply, self.operation))
        if page is None and offset is None:
            yield from self._led(reply, usual, most - 1)
            return
        if not got or got < size:
            return
        first = self.first_page(page, usual) if page is not None else 0
        for turn in range(1, most):
            more = {page.name: str(first + turn)} if page else {offset.name: str(turn * got)} if offset else {}
            yield self.ask({**usual, **more})

    def _largest(self, by: PlannedParameter | None) -> tuple[int, Received]:
        """The size of the largest page that the target gives, 0 for its own size, and the first page of that size.

        A document may name its bound in words alone.
        """
        largest = self._asking.session.habits.largest
        allowed = [one for one in LARGE if by is not None and self.takes(by, one)]
        tried = [*allowed[:1], *[one for one in allowed[1:] if one <= BOUND][:1]]
        known = largest.get(self.operation.id)
        for size in tried if known is None else [known]:
            reply = self.ask({by.name: str(size)} if by is not None and size else {})
            if reply.status not in REFUSED:
                largest[self.operation.id] = size
                return size, reply
        largest[self.operation.id] = 0
        return 0, self.ask({})

    def _led(self, reply: Received, usual: Mapping[str, str], most: int) -> Iterator[Received]:
        """The replies after ``reply``, as each tells where the next one is."""
        for _ in range(most):
            more = self._next(page := self._page(reply))
            if not more or not page.keys:
                return
            yield (reply := self.ask({**usual, **more}))

    def first_page(self, page: PlannedParameter, usual: Mapping[str, str]) -> int:
        """What the first page is called: 0 where that is another than 1."""
        if not self.takes(page, 0):
            return 1
        zero, one, none = (self.page({**usual, **more}) for more in ({page.name: "0"}, {page.name: "1"}, {}))
        return 0 if zero.keys == none.keys and one.keys != zero.keys else 1

    def follow(self, usual: Mapping[str, str], most: int) -> Iterator[InferredPage]:
        """Page after page as each tells where the next one is."""
        more: Mapping[str, str] = {}
        for _ in range(most):
            found = self.page({**usual, **more})
            yield found
            more = self._next(found)
            if not more or not found.keys:
                return

    def _next(self, page: InferredPage) -> Mapping[str, str]:
        """What asks for the page after ``page``: as it tells, or its last key where it says that there are more."""
        if page.onward and "" not in page.onward:
            return page.onward
        after = self.parameter(AFTER) if page.keys and any(page.facts.get(name) is True for name in MORE) else None
        after = after if after is not None and self.can_be(after, page.keys[-1]) else None
        text = page.onward[""] if page.onward else page.keys[-1] if after else ""
        fact = next((name for name in sorted(NEXT) if page.facts.get(name) is not None), "")
        is_token = not text.isdecimal() or "token" in fact or "cursor" in fact  # a page has a number, too, beside it
        cursor = self.parameter(CURSORS) if is_token else None
        cursor = cursor or self.parameter(CURSORS | PAGES | OFFSETS)
        return {cursor.name: text} if cursor is not None and text else {}


def _role(name: str) -> str:
    word = flat(name)
    return word.removeprefix("pagination") or word


def _facts(value: Mapping[str, Any], left: int, at: str = "") -> Iterator[tuple[str, Any, str]]:
    """What stands beside a list, by flat name, and the pointers to it; what holders hold included."""
    for name, one in value.items():
        place = at + pointer_to(name)
        if isinstance(one, dict) and left and _called(name) not in NEXT:
            yield from _facts(one, left - 1, place)
        elif not isinstance(one, list):
            yield _called(name), one, place


def _called(name: str) -> str:
    """The flat name of a fact without its vocabulary: ``@odata.nextLink``; a count in a vocabulary is that of all."""
    word = flat(bare(name))
    return "totalcount" if word == "count" and word != flat(name) else word


def _headers(reply: Received) -> Iterator[tuple[str, Any]]:
    """What headers say of the list: numbers such as ``X-Total-Count``, and the members of ``X-Pagination``."""
    for name, text in reply.headers:
        word = flat(name).removeprefix("x")
        if word in TOTALS and text.isdecimal():
            yield word, int(text)
        elif word == "pagination" and isinstance(pagination := json_or_none(text.encode()), dict):
            yield from ((name, one) for name, one, _ in _facts(pagination, 0))


def _onward(reply: Received, facts: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The parameters of the next page: those of its address, or a cursor under the empty name."""
    onward: Any = next((facts[name] for name in sorted(NEXT) if facts.get(name) is not None), None)
    if link := _LINK.search(reply.header("Link") or ""):
        onward = link[1]
    if isinstance(onward, dict):
        onward = next((one for name, one in onward.items() if flat(name) in ADDRESSES), None) or next(
            (one for one in onward.values() if isinstance(one, str)), None)  # fmt: skip
    if isinstance(onward, bool) or not isinstance(onward, str | int) or onward == "":
        return None
    if isinstance(onward, str) and ("?" in onward or "://" in onward):
        return dict(parse_qsl(urlsplit(onward).query)) or None
    return {"": str(onward)}
