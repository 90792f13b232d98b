"""Where two answers to one step differ, apart from what two servers may well call otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance.bodies.normal_forms import is_normal_form
from mockserver.conformance.second_opinion.aliases import shared_name
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.disagreement import (
    ADDRESS,
    COUNT,
    FOLLOWS,
    FORM,
    FOUND,
    LACKING,
    MEDIA,
    OTHERS,
    SHAPE,
    STATUS,
    UNCHANGED,
    UNSET,
    Disagreement,
)
from mockserver.conformance.second_opinion.list_differences import held, loosely, ordered, orders, others, shape
from mockserver.conformance.second_opinion.own_values import (
    are_alike,
    are_moments,
    clients_own,
    is_each_ones_own,
    is_made_beside,
    may_be_made_up,
)
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.conformance.second_opinion.version_counting import is_counted_alike, made_anew
from mockserver.conformance.valid_requests import NO_BODY
from mockserver.contract import Kind
from mockserver.contract.plan import names_of
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json, unlike
from mockserver.values.moment import read_moment
from mockserver.values.shown import shown

SHORT = 10
"""A list of fewer records than any page has is whole, where nothing tells how it goes on."""
SHOWN = 120
AS_TOLD = "as the document tells"
WITHOUT_VALUES = frozenset(
    {Kind.QUERY, Kind.DESCRIBE, Kind.STUB, Kind.DOCUMENT, Kind.PREVIEW, Kind.GENERATE, Kind.NOTICE}
)
"""Kinds whose replies hold what the whole tenant does, or a text for people: only their members are compared."""


def differences(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> list[Disagreement]:
    """What differs between the answers of ``one`` and ``two``, each place and member once."""
    found = {(each.place, each.lacking): each for each in reversed(list(_all(step, one, two, first, second)))}
    return list(reversed(found.values()))


def _all(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> Iterator[Disagreement]:
    if first.status != second.status:
        yield Disagreement(STATUS, str(first.status), str(second.status))
        return
    if first.media != second.media and _is_told(step, first):
        yield Disagreement(MEDIA, first.media or "none", second.media or "none")
        return
    if step.operation.plan is not None and step.operation.kind is Kind.READ and not step.record and first.is_good:
        return  # somebody has made it after all, on each server another one
    if first.is_good and step.is_loose:
        yield from loosely(first, second)
    elif not first.is_good or step.operation.kind in WITHOUT_VALUES:
        yield from shape(first.body, second.body) if first.is_good or _is_told(step, first) else ()
    elif step.expect is Expect.LISTED:
        yield from _listed(step, one, two, first, second)
    else:
        _name_alike(step, one, two, first, second)
        if step.makes and step.operation.plan is not None:
            yield from _addresses(step, one, two, first, second)
        if first.misses != second.misses:
            yield Disagreement(FOLLOWS, *("; ".join(each.misses) or AS_TOLD for each in (first, second)))
        if (changed := _is_only_one_changed(step, one, two, first, second)) is not None:
            yield changed
            return
        yield from _members(step, one, two, one.names.shared(first.raw), two.names.shared(second.raw))
        yield from made_anew(step, one, two, first, second)


def _is_only_one_changed(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> Disagreement | None:
    """Whether a change leaves all of a record as it was on one of the two servers only."""
    if step.operation.kind not in (Kind.REPLACE, Kind.PATCH):
        return None
    sides = ((one, first), (two, second))
    if not all(step.record in side.shown and isinstance(answer.body, Mapping) for side, answer in sides):
        return None
    stays = [_is_as_before(step, side.shown[step.record], answer.body) for side, answer in sides]
    if stays[0] == stays[1]:
        return None
    return Disagreement(UNCHANGED, *("not made" if each else "made" for each in stays))


def _is_as_before(step: Step, before: Any, now: Any) -> bool:
    """Whether a record is what it was, apart from when and how often it was changed."""
    stamps = set(step.group.resource.stamps.values())
    return all(
        {str(one) for one in steps} & stamps or are_moments(mine, other) for steps, mine, other in unlike(before, now)
    )


def _addresses(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> Iterator[Disagreement]:
    """Whether both tell the address of what was made; where one tells none the document may be silent of it."""
    leads = [_leads(step, side, answer) for side, answer in ((one, first), (two, second))]
    if all(leads) and len(set(leads)) > 1:
        yield Disagreement(ADDRESS, *leads)


def _leads(step: Step, side: Side, answer: SideReply) -> str:
    """Where a create says that its record is; empty where it says nothing."""
    reply = answer.exchange.reply if answer.exchange else None
    address = reply.header("Location") if reply else None
    if not address or not side.names.knows(step.record):
        return ""
    return "that of the record" if str(side.names.own(step.record)) in re.split("[/=?&]", address) else "another"


def _is_told(step: Step, reply: SideReply) -> bool:
    """Whether the document tells what such a reply holds; without annotations it seldom does of refusals."""
    plan = step.operation.plan
    said = next((plan.replies[name] for name in names_of(reply.status) if name in plan.replies), None) if plan else None
    return plan is None or (said is not None and said.media_type is not None)


def _listed(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> Iterator[Disagreement]:
    """Which of the run's own records were found, and what is told of them; their order goes by keys, which differ."""
    there = {name for name in step.looked_for if one.names.knows(name) and two.names.knows(name)}
    mine, other = (_ours(step, answer.body, there) for answer in (first, second))
    # Without annotations nothing tells how a list goes on: what a long one lacks may be further on.
    is_whole = [step.operation.plan is None or len(answer.body) < SHORT for answer in (first, second)]
    lacking = ({*other} - {*mine}, {*mine} - {*other})
    if any(names and whole for names, whole in zip(lacking, is_whole, strict=True)):
        yield Disagreement(FOUND, ", ".join(sorted(mine)) or "none", ", ".join(sorted(other)) or "none")
    if step.operation.plan is not None:
        yield from shape(held(first), held(second))
    yield from orders([ordered(step, side, answer) for side, answer in ((one, first), (two, second))])
    strange = [others(step, side, answer) for side, answer in ((one, first), (two, second))] if step.all_with else []
    if all(strange) and len(set(strange)) > 1:
        yield Disagreement(OTHERS, *strange)
    if step.is_counted and len(first.body) != len(second.body):
        yield Disagreement(COUNT, str(len(first.body)), str(len(second.body)))
    for name in sorted(mine.keys() & other.keys()):
        yield from _members(step, one, two, _shown(step, mine[name]), _shown(step, other[name]), record=name)


def _shown(step: Step, found: Mapping[str, Any]) -> Any:
    """A record of a list as the list shows it."""
    return found if step.operation.plan is None else found["record"]


def _ours(step: Step, body: Any, there: set[str]) -> dict[str, Mapping[str, Any]]:
    records = body if isinstance(body, list) else []
    found = {one.get(step.group.key): one for one in records if isinstance(one, Mapping)}
    return {name: one for name, one in found.items() if name in there}


def _name_alike(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> None:
    """Take note of what each server makes up for a new record; texts of one form get a name that both share."""
    if not step.makes or not isinstance(first.body, Mapping) or not isinstance(second.body, Mapping):
        return
    for member in sorted(first.body.keys() & second.body.keys() - sent_members(step).keys()):
        mine, other = first.body[member], second.body[member]
        if same_json(mine, other) or not may_be_made_up(mine, other):
            continue
        place = (step.group.name, member)
        is_fixed = place in one.made_up and (one.made_up[place], two.made_up[place]) == (mine, other)
        one.made_up[place], two.made_up[place] = (ABSENT, ABSENT) if is_fixed else (mine, other)
        if isinstance(mine, str) and not is_fixed:
            name = shared_name("made", step.record, member)
            one.names.bind(name, mine)
            two.names.bind(name, other)


def _members(step: Step, one: Side, two: Side, first: Any, second: Any, *, record: str = "") -> Iterator[Disagreement]:
    said = clients_own(step)
    for steps, mine, other in unlike(first, second):
        member = _member(step, steps)
        is_free = is_each_ones_own(step, one, member, mine, other, said) or _is_text_of_refusal(
            step, steps, mine, other
        )
        is_version = is_counted_alike(step, record or step.record, member, (one, two), (mine, other))
        if (
            is_free
            or is_version
            or are_alike(mine, other, one, two)
            or is_made_beside(step, one, two, member, mine, other)
        ):
            continue
        lacking = (member, mine) if other is ABSENT and len(steps) == 1 else ()
        if {mine is ABSENT, other is ABSENT} == {True, False} and (mine is None or other is None):
            yield Disagreement(UNSET, _excerpt(mine), _excerpt(other), *lacking)
            continue
        if said is not None and (is_normal_form(mine, other) or is_normal_form(other, mine)):
            yield Disagreement(FORM, _excerpt(mine), _excerpt(other))
            continue
        place = "".join(f"/{part}" for part in steps if isinstance(part, str))
        yield Disagreement(place or SHAPE, _excerpt(mine), _excerpt(other), *lacking)


def _is_text_of_refusal(step: Step, steps: tuple[str | int, ...], mine: Any, other: Any) -> bool:
    """Whether it is within what both tell of an item of a batch that they refuse: a text for people."""
    is_error = step.operation.kind is Kind.BATCH and steps[2:3] == (step.operation.batch.error,)
    return is_error and ABSENT not in (mine, other)


def _member(step: Step, steps: tuple[str | int, ...]) -> str:
    """The record's member that a place is in; of a batch, that of the record in one of its results."""
    words = step.operation.batch
    is_result = step.operation.kind is Kind.BATCH and (*steps[:1], *steps[2:3]) == (words.results, words.record)
    inner = steps[3:] if is_result else steps
    return str(inner[0]) if inner else ""


def _excerpt(value: Any) -> str:
    return LACKING if value is ABSENT else shown(value, SHOWN)


def sent_members(step: Step) -> Mapping[str, Any]:
    """What a create or a replacement sends, by member; nothing for other steps."""
    is_whole = step.operation.kind in (Kind.CREATE, Kind.REPLACE) and step.body is not NO_BODY
    return step.body if is_whole and isinstance(step.body, Mapping) else {}


def kept(sent: Any, found: Any) -> bool:
    """Whether what was sent is what is found: the same JSON, or the same moment spelt otherwise."""
    if same_json(sent, found):
        return True
    if isinstance(sent, str) and isinstance(found, str):
        first = read_moment(sent)
        return first is not None and first == read_moment(found)
    if isinstance(sent, list) and isinstance(found, list) and len(sent) == len(found):
        return all(map(kept, sent, found))
    if isinstance(sent, Mapping) and isinstance(found, Mapping):
        return all(name in found and kept(value, found[name]) for name, value in sent.items())
    return False
