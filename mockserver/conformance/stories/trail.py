"""What led to a finding: of all that was exchanged, the requests that made, changed and showed what it is about."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from mockserver.conformance.created_records import created, made_at
from mockserver.conformance.stories.recorded_walks import Pages, Walk
from mockserver.conformance.wire.traffic import Exchange, Received, json_or_none
from mockserver.contract import Operation
from mockserver.messages import SUCCESSES
from mockserver.values.absent import ABSENT
from mockserver.values.equality import Unlike, same_json
from mockserver.values.pointer import pointer_to

KEPT = 400
"""How many exchanges of one check are kept to tell a story from."""
BIRTHS = 5_000
"""How many records are remembered with the request that made them, the newest."""
STORIES = 200
"""How many findings of a run get a trail, one a cause: a target that breaks everything needs no more."""
LAST = 8
"""How many replies show a finding of which it is not known which of them does."""
_NAMES = re.compile(r"[\w|:-]+")


@dataclass(frozen=True, slots=True)
class Listing:
    """What the ids of lists are held to: these are there, those are not, none comes twice, all walks are alike.

    It is about the last ``walks`` of the operation, from page to page or of one page; ``is_whole``: alike in all
    records, not in those alone that the story makes. ``marked``: no record with this
    text in this member is there that nobody is known to have made.
    """

    operation: str
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    is_once: bool = False
    is_alike: bool = False
    walks: int = 1
    is_whole: bool = False
    marked: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class BrokenConstraint:
    """A constraint of a schema: its keyword and limit, and the pointer (``*``: any item) to where it is broken.

    What must be there (``required``) is at the pointer itself. A number that ``counts`` is that of the items of a list,
    whose pointer is its limit.
    """

    pointer: str
    keyword: str
    limit: Any = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a check wanted: a status of ``reply``, or that ``found`` had no ``places`` unlike what was wanted.

    ``unlike``: what must not be at a place of ``found``, by the place; ``constraint``: one of a schema that it breaks.
    """

    reply: Received | None = None
    statuses: tuple[int, ...] = ()
    headers: tuple[str, ...] = ()
    found: Any = ABSENT
    places: tuple[Unlike, ...] = ()
    unlike: tuple[tuple[str, Any], ...] = ()
    listing: Listing | None = None
    constraint: BrokenConstraint | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """The exchanges that a story is told from, in their order; ``decisive`` is the number of the one that decides.

    ``base`` leads to what was compared in its reply; None where no single reply is known to hold it. ``walks`` are
    walks through lists by the number of their first exchange, which stands for all of them.
    """

    exchanges: tuple[Exchange, ...]
    decisive: int
    expected: Expected | None = None
    base: str | None = None
    walks: Mapping[int, Walk] = field(default_factory=dict)


class Trails:
    """Hears every exchange of a run. ``is_safe`` tells the operations that change nothing."""

    def __init__(self, is_safe: Callable[[Exchange], bool]) -> None:
        self._is_safe = is_safe
        self._reads: dict[int, bool] = {}  # PERF: of each exchange is found out once whether it is one
        self._births: OrderedDict[str, Exchange] = OrderedDict()
        self._saying: dict[int, frozenset[str]] = {}  # PERF: and what its reply says, for all findings of a check
        self._here: list[Exchange] = []
        self._walks: list[Walk] = []
        self._recorded: set[tuple[str, str, str]] = set()

    def begin(self) -> None:
        """A check begins: what is exchanged from now on belongs to it."""
        self._here, self._walks, self._reads, self._saying = [], [], {}, {}

    def walk(self, operation: str, pages: Pages) -> Walk:
        """A walk through a list begins: what is exchanged while it is ``turning`` belongs to it."""
        self._walks.append(Walk(operation, pages))
        return self._walks[-1]

    def _is_read(self, exchange: Exchange) -> bool:
        if exchange.number not in self._reads:
            self._reads[exchange.number] = self._is_safe(exchange)
        return self._reads[exchange.number]

    def observe(self, exchange: Exchange, operation: Operation | None) -> None:
        self._here.append(exchange)
        walk = self._walks[-1] if self._walks else None
        if walk and walk.is_turning and walk.operation == exchange.sent.operation:
            walk.exchanges.append(exchange)
        if len(self._here) > KEPT:
            first_read = next((at for at, one in enumerate(self._here[:-LAST]) if self._is_read(one)), 0)
            del self._here[first_read]
        if operation is not None and exchange.reply and exchange.reply.status in SUCCESSES:
            place = made_at(operation, exchange)
            for name in [place[0]] if place else created(operation, exchange):
                self._births[name] = exchange
                self._births.move_to_end(name)
            while len(self._births) > BIRTHS:
                self._births.popitem(last=False)

    def trail(self, key: tuple[str, str, str], expected: Expected | None = None) -> Trail | None:
        """What led to the finding with this ``key``, now; None where one of the kind has a trail already."""
        if not self._here or key in self._recorded or len(self._recorded) >= STORIES:
            return None
        self._recorded.add(key)
        decisive, base = self._decisive(expected)
        until = self._without_turning([one for one in self._here if one.number <= decisive.number])
        first = self._opening(decisive)
        if expected and expected.listing:
            shown = [one.exchanges[0] for one in self._listed(expected.listing)] or self._asked(expected.listing)
        elif expected and (expected.statuses or expected.headers or expected.constraint or base is not None):
            shown = [first]
        else:
            expected, base, shown = None, None, self._showing(until)
        changes = [one for one in until if not self._is_read(one) and not _was_denied(one)]
        looks = self._looks(decisive, until)
        needed = self._needed([*changes, *looks, *shown], until)
        walks = {one.exchanges[0].number: one for one in self._walks if one.exchanges}
        chosen = {one.number: walks[one.number] for one in needed if one.number in walks}
        return Trail(needed, first.number, expected, base, chosen)

    def _opening(self, exchange: Exchange) -> Exchange:
        """The first exchange of the walk that ``exchange`` belongs to; itself where it belongs to none."""
        walk = next((one for one in self._walks if any(each is exchange for each in one.exchanges)), None)
        return walk.exchanges[0] if walk else exchange

    def _without_turning(self, exchanges: list[Exchange]) -> list[Exchange]:
        """``exchanges`` without those that turn a page: a walk is told by its first."""
        turning = {one.number for walk in self._walks for one in walk.exchanges[1:]}
        return [one for one in exchanges if one.number not in turning]

    def _listed(self, listing: Listing) -> list[Walk]:
        return [one for one in self._walks if one.operation == listing.operation and one.exchanges][-listing.walks :]

    def _asked(self, listing: Listing) -> list[Exchange]:
        """The exchanges with the lists, where each is one page that nobody turned."""
        return [one for one in self._here if one.sent.operation == listing.operation][-listing.walks :]

    def _decisive(self, expected: Expected | None) -> tuple[Exchange, str | None]:
        """The exchange whose reply breaks what was expected, and where in it what was compared is."""
        if expected and expected.listing and (walks := self._listed(expected.listing)):
            return walks[-1].exchanges[-1], None
        if expected and expected.listing and (asked := self._asked(expected.listing)):
            return asked[-1], None
        for one in reversed(self._here):
            if expected is None or one.reply is None:
                continue
            if expected.reply is one.reply:
                return one, None
            if (expected.places or expected.unlike) and (
                base := _place_of(expected.found, json_or_none(one.reply.body))
            ) is not None:
                return one, base
        return self._here[-1], None

    def _looks(self, decisive: Exchange, until: list[Exchange]) -> list[Exchange]:
        """The last looks at the records that the decisive request names, and since the last change: they may matter."""
        named = {unquote(part) for part in decisive.sent.path.split("/")} & self._births.keys()
        looks = [one for one in until if self._is_read(one) and named & set(map(unquote, one.sent.path.split("/")))]
        return [one for one in (*looks[-LAST:], *self._showing(until)) if not _was_denied(one)]

    def _showing(self, until: list[Exchange]) -> list[Exchange]:
        """The replies after the last change, and that to the change itself."""
        last = next((at for at in range(len(until) - 1, -1, -1) if not self._is_read(until[at])), 0)
        return until[last:][-LAST:]

    def _needed(self, chosen: list[Exchange], until: list[Exchange]) -> tuple[Exchange, ...]:
        """``chosen`` and all that their requests need: records made earlier, what a look-up found."""
        needed = {one.number: one for one in chosen}
        found: dict[str, Exchange] = {}
        for one in until:
            for name in self._said(one):
                found.setdefault(name, one)
        left = list(needed.values())
        while left:
            one = left.pop()
            for name in _names(one):
                source = self._births.get(name) or found.get(name)
                if source and source.number < one.number and source.number not in needed:
                    needed[source.number] = source
                    left.append(source)
        return tuple(needed[number] for number in sorted(needed))

    def _said(self, exchange: Exchange) -> frozenset[str]:
        """What a reply may be the first to say: not what a list shows of records that are somebody else's."""
        if exchange.number not in self._saying:
            self._saying[exchange.number] = frozenset(self._saying_of(exchange))
        return self._saying[exchange.number]

    def _saying_of(self, exchange: Exchange) -> Iterable[str]:
        body = exchange.reply.body if exchange.reply else b""
        if not self._is_read(exchange):
            return _long_names(body)
        texts = (text for pointer, text in texts_of(json_or_none(body)) if not is_listed(pointer))
        return _long_names(" ".join(texts).encode())


def texts_of(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Each text in a JSON value with the pointer to it."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in members:
            yield from texts_of(one, at + pointer_to(str(name)))


def is_listed(pointer: str) -> bool:
    """Whether a pointer leads into an item of a list."""
    return any(step.isdigit() for step in pointer.split("/"))


def _was_denied(exchange: Exchange) -> bool:
    """Whether the request was turned away at the door, where nothing is changed."""
    return exchange.reply is not None and exchange.reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def _names(exchange: Exchange) -> Iterator[str]:
    steps = exchange.sent.path.split("/")
    yield from ("/".join(steps[:end]) for end in range(2, len(steps) + 1))
    text = unquote(exchange.sent.target) + " " + (exchange.sent.body or b"").decode(errors="replace")
    yield from dict.fromkeys(_NAMES.findall(text))


def _long_names(body: bytes) -> Iterable[str]:
    return (name for name in _NAMES.findall(body.decode(errors="replace")) if len(name) >= 16)


def _place_of(found: Any, value: Any, at: str = "", depth: int = 3) -> str | None:
    """The pointer to where ``found``, an object or a list, is in ``value``; None where it is not."""
    if not isinstance(found, dict | list) or not isinstance(value, dict | list):
        return None
    if same_json(found, value):
        return at
    members = value.items() if isinstance(value, dict) else enumerate(value)
    if depth:
        for name, one in members:
            if (place := _place_of(found, one, at + pointer_to(str(name)), depth - 1)) is not None:
                return place
    return None
