"""Where two lists, or two replies of which only the members are compared, differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance.second_opinion.compared_steps import Step
from mockserver.conformance.second_opinion.disagreement import ORDER, SHAPE, Disagreement
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.conformance.wire.traffic import json_or_none


def shape(first: Any, second: Any) -> Iterator[Disagreement]:
    """Texts for people may differ, the members of a reply should not."""
    mine, other = _outline(first), _outline(second)
    if mine != other:
        yield Disagreement(SHAPE, mine, other)


def _outline(body: Any) -> str:
    return f"an object of {', '.join(sorted(body))}" if isinstance(body, Mapping) else type(body).__name__


def loosely(first: SideReply, second: SideReply) -> Iterator[Disagreement]:
    """Of records that each server has for itself: which members they have, as far as both show any."""
    if isinstance(first.raw, list) and isinstance(second.raw, list):
        yield from shape(held(first), held(second))
        mine, other = (_members_of(one.raw) for one in (first, second))
        if not first.raw or not second.raw or mine == other:
            return
        yield Disagreement("records", f"of {mine}", f"of {other}")
    else:
        yield from shape(first.raw, second.raw)


def held(answer: SideReply) -> Any:
    """The reply that holds a list, as it came."""
    reply = answer.exchange.reply if answer.exchange else None
    return json_or_none(reply.body) if reply else None


def _members_of(records: list[Any]) -> str:
    """The members that any of the records has that were found in a list."""
    found = [one.get("record") for one in records if isinstance(one, Mapping)]
    names = {name for one in found if isinstance(one, Mapping) for name in one}
    return ", ".join(sorted(names)) or "no members"


def others(step: Step, side: Side, answer: SideReply) -> str:
    """Whether a list that was filtered shows records of another value; empty where it shows none of the member."""
    member, value = step.all_with or ("", None)
    wanted = str(side.names.own(value)).lower()
    records = [one.get("record") for one in answer.body or () if isinstance(one, Mapping)]
    found = [one[member] for one in records if isinstance(one, Mapping) and isinstance(one.get(member), str | int)]
    known = {str(side.names.own(one)).lower() for one in found}
    return ("some" if any(wanted not in one for one in known) else "none") if found else ""


def orders(ways: list[str]) -> Iterator[Disagreement]:
    """Where lists of records of different ages differ."""
    if all(ways) and len({*ways}) > 1:
        yield Disagreement(ORDER, *ways)


def ordered(step: Step, side: Side, answer: SideReply) -> str:
    """How a list has the records of ``step.in_order``; empty where it goes by something else than their age.

    It may be that of keys without any order of their own, and a server may have refused to make one of them.
    """
    if not step.in_order or not all(side.names.knows(one) for one in step.in_order):
        return ""
    keys = [one.get(step.group.key) for one in answer.body or () if isinstance(one, Mapping)]
    by_key = sorted(step.in_order, key=lambda name: _number_first(str(side.names.own(name))))
    found = [key for key in keys if key in step.in_order]
    if found == by_key != [*step.in_order]:
        return ""
    if found == [*step.in_order]:
        return "the oldest first"
    return "the newest first" if found == [*reversed(step.in_order)] else ""


def _number_first(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isascii() and key.isdigit() else (0, key)
