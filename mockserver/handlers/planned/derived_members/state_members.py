"""Members that belong to a state of their record, as ``cancelReason`` and ``paidAt`` do: there in it, and else not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from typing import Any, NamedTuple

from mockserver.contract.document import Node
from mockserver.contract.samples.described_values import listed_values
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.contract.samples.states import in_order_of_life, is_aside, is_end_date, is_ended, is_state
from mockserver.handlers.planned.derived_members.stamps import moment_as
from mockserver.values.name_words import flat, words_of

KNOWN = 2_048
"""Of how many kinds of objects it is remembered what of them belongs to a state."""
_WHEN = frozenset({"at", "on", "date", "time", "timestamp"})
_WHO_OR_WHY = frozenset({"by", "reason", "reasons", "comment", "note", "message"})
_DONE = re.compile(
    r"(\w*(ed|tion|ment|al)|paid|sent|sold|lost|won|begun|held|taken|done|read|met|left|made)(in|out|up|off)?"
)
_OF_ALL = re.compile(
    r"(start|end|deliver|assign|request|report|submi)(?!ed|tted)|begin|due|expir|creat|updat|modif|chang|regist|join|"
    r"access|visit|edit"
)
"""How words begin for what is to come, or happens to all records, whatever their state."""
_SAME: Mapping[str, str] = {"payment": "paid", "sale": "sold", "shipping": "shipped"}
_FAULTS = frozenset({"error", "failure", "fail", "failed"})
"""What a record may be about that has no states."""
_FEWEST, _LOOSE = 4, 3
"""So many letters two words of one verb have in common, and all but so many of the shorter one."""


class _Belonging(NamedTuple):
    """A member, the verb that it tells of, and whether it tells when."""

    name: str
    verb: str
    is_when: bool


@lru_cache(KNOWN)
def _belonging(names: tuple[str, ...]) -> tuple[_Belonging, ...]:
    """The members called like what belongs to a state. PERF: worked out once for each kind of object."""
    return tuple(_told(names))


def _told(names: tuple[str, ...]) -> Iterator[_Belonging]:
    for name in names:
        *before, last = words_of(name) or [""]
        verb = "".join(before)
        is_when = last in _WHEN
        if not verb or len(before) > 2 or not (is_when or last in _WHO_OR_WHY) or _OF_ALL.match(verb):
            continue
        if not is_when or _DONE.fullmatch(verb):
            yield _Belonging(name, _SAME.get(verb, verb), is_when)


class StateMembers:
    """What belongs to the states of records of the schema at ``record``."""

    def __init__(self, maker: Maker, record: Node) -> None:
        self._maker = maker
        self._record = record
        self._members = maker.shapes.properties(record)
        self._all = _belonging(tuple(self._members))

    def __bool__(self) -> bool:
        return bool(self._all)

    def made(self, value: dict[str, Any], draw: Draw) -> dict[str, Any]:
        """A made record with what belongs to the state that it is in, and without what belongs to others."""
        for one in self._all:
            reached = self._is_reached(one.verb, value)
            if reached is None and (
                is_end_date(one.name) or (not one.is_when and is_ended(one.verb) and one.verb not in _FAULTS)
            ):
                reached = False
            if reached and value.get(one.name) is None:
                value = {**value, one.name: self._maker.member(self._members[one.name], draw, one.name)}
            elif reached is False:
                value = self._without(value, one.name)
        return value

    def after(
        self, value: dict[str, Any], kept: Collection[str], before: Mapping[str, Any] | None, now: datetime
    ) -> dict[str, Any]:
        """A record after a change, or a new one, with when it came into its state; ``kept`` stay as they are."""
        for one in self._all:
            if one.name in kept:
                continue
            reached = self._is_reached(one.verb, value)
            was = self._is_reached(one.verb, before) if before is not None else None
            if reached and not was and one.is_when and value.get(one.name) is None:
                said = moment_as(self._maker, self._members[one.name], now, one.name)
                value = value if said is None else {**value, one.name: said}
            elif reached is False and (before is None or (was and not self._is_set_aside(value))):
                value = self._without(value, one.name)
        return value

    def _is_set_aside(self, value: Mapping[str, Any]) -> bool:
        """Whether a record's life has ended beside the way of others: what it was before has been, all the same."""
        held = [value.get(name) for name in self._members if is_state(name)]
        return any(isinstance(one, str) and is_aside(one) for one in held)

    def _without(self, value: dict[str, Any], name: str) -> dict[str, Any]:
        """``value`` with null there where its schema takes it, else without the member where it may be missing.

        Whether ``nullable`` makes null one of listed values is read in two ways: there the member is rather missing.
        """
        if value.get(name) is None:
            return value
        shapes = self._maker.shapes
        is_needed, place = name in shapes.shape(self._record).required, self._members[name]
        if self._maker.allows(place, None) and (is_needed or not shapes.says(place, "enum")):
            return {**value, name: None}
        return value if is_needed else {one: held for one, held in value.items() if one != name}

    def _is_reached(self, verb: str, value: Mapping[str, Any]) -> bool | None:
        """Whether the record is in the state that the verb tells of, or has been; None where it has no such state."""
        for name, node in self._members.items():
            held = value.get(name)
            if isinstance(held, bool):
                if _likeness(flat(name).removeprefix("is"), verb):
                    return held
            elif isinstance(held, str) and is_state(name):
                options = listed_values(self._maker.shapes, name, node)
                best = max(options, key=lambda one: _likeness(flat(one), verb), default="")
                if best and _likeness(flat(best), verb):
                    return _is_passed(options, best, held)
        return None


def _is_passed(options: list[str], state: str, held: str) -> bool:
    """Whether a life that is in the state ``held`` has been in ``state``."""
    if held == state:
        return True
    if held not in options or is_aside(state) or is_aside(held) or not in_order_of_life(options):
        return False
    return options.index(held) > options.index(state)


def _likeness(state: str, verb: str) -> int:
    """How much of two words is of one verb; 0 where they are of two."""
    common = sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(state, verb, strict=False)))
    is_one = state == verb or common >= max(_FEWEST, min(len(state), len(verb)) - _LOOSE)
    return common if is_one else 0
