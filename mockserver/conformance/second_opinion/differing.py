"""Where two answers to one step differ, apart from what two servers may well call otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from mockserver.conformance.bodies.normal_forms import is_normal_form
from mockserver.conformance.second_opinion.aliases import PREFIX, shared_name
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.disagreement import (
    ADDRESS,
    COUNT,
    FORM,
    FOUND,
    LACKING,
    MEDIA,
    ORDER,
    OTHERS,
    SHAPE,
    STATUS,
    UNSET,
    Disagreement,
)
from mockserver.conformance.second_opinion.list_differences import held, loosely, ordered, others, shape
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.conformance.valid_requests import NO_BODY
from mockserver.contract import Kind
from mockserver.contract.plan import names_of
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json, unlike
from mockserver.values.moment import Moment, read_moment
from mockserver.values.shown import shown

NEAR = timedelta(days=1)
SHORT = 10
"""A list of fewer records than any page has is whole, where nothing tells how it goes on."""
SHOWN = 120
WITHOUT_VALUES = frozenset(
    {Kind.QUERY, Kind.DESCRIBE, Kind.STUB, Kind.DOCUMENT, Kind.PREVIEW, Kind.GENERATE, Kind.NOTICE}
)
"""Kinds whose replies hold what the whole tenant does, or a text for people: only their members are compared."""
OF_OTHERS = frozenset({Kind.ACTION, Kind.STUB})
"""Kinds whose replies may hold something else than the record that they are done to."""
_PARTS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+")


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
        yield from _members(step, one, two, one.names.shared(first.raw), two.names.shared(second.raw))


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


def _clients_own(step: Step) -> frozenset[str] | None:
    """The members that clients say, where nobody annotated the document: moments in others are each server's own."""
    plans = [one.plan for one in step.group.all(Kind.CREATE, Kind.REPLACE, Kind.PATCH) if one.plan]
    if step.operation.plan is None:
        return None
    return frozenset(
        name
        for plan in plans
        for schema in plan.bodies.values()
        for name, node in plan.maker.shapes.properties(schema).items()
        if plan.maker.shapes.says(node, "readOnly") is not True
    )


def _listed(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> Iterator[Disagreement]:
    """Which of the run's own records were found, and what is told of them; their order goes by keys, which differ."""
    mine, other = (_ours(step, answer.body) for answer in (first, second))
    # Without annotations nothing tells how a list goes on: what a long one lacks may be further on.
    is_whole = [step.operation.plan is None or len(answer.body) < SHORT for answer in (first, second)]
    lacking = ({*other} - {*mine}, {*mine} - {*other})
    if any(names and whole for names, whole in zip(lacking, is_whole, strict=True)):
        yield Disagreement(FOUND, ", ".join(sorted(mine)) or "none", ", ".join(sorted(other)) or "none")
    if step.operation.plan is not None:
        yield from shape(held(first), held(second))
    ways = [ordered(step, side, answer) for side, answer in ((one, first), (two, second))] if step.in_order else []
    if all(ways) and len(set(ways)) > 1:
        yield Disagreement(ORDER, *ways)
    strange = [others(step, side, answer) for side, answer in ((one, first), (two, second))] if step.all_with else []
    if all(strange) and len(set(strange)) > 1:
        yield Disagreement(OTHERS, *strange)
    if step.is_counted and len(first.body) != len(second.body):
        yield Disagreement(COUNT, str(len(first.body)), str(len(second.body)))
    for name in sorted(mine.keys() & other.keys()):
        yield from _members(step, one, two, _shown(step, mine[name]), _shown(step, other[name]))


def _shown(step: Step, found: Mapping[str, Any]) -> Any:
    """A record of a list as the list shows it."""
    return found if step.operation.plan is None else found["record"]


def _ours(step: Step, body: Any) -> dict[str, Mapping[str, Any]]:
    records = body if isinstance(body, list) else []
    found = {one.get(step.group.key): one for one in records if isinstance(one, Mapping)}
    return {name: one for name, one in found.items() if name in step.looked_for}


def _name_alike(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> None:
    """Take note of what each server makes up for a new record; texts of one form get a name that both share."""
    if not step.makes or not isinstance(first.body, Mapping) or not isinstance(second.body, Mapping):
        return
    for member in sorted(first.body.keys() & second.body.keys() - sent_members(step).keys()):
        mine, other = first.body[member], second.body[member]
        if same_json(mine, other) or not _may_be_made_up(mine, other):
            continue
        place = (step.group.name, member)
        is_fixed = place in one.made_up and (one.made_up[place], two.made_up[place]) == (mine, other)
        one.made_up[place], two.made_up[place] = (ABSENT, ABSENT) if is_fixed else (mine, other)
        if isinstance(mine, str) and not is_fixed:
            name = shared_name("made", step.record, member)
            one.names.bind(name, mine)
            two.names.bind(name, other)


def _may_be_made_up(mine: Any, other: Any) -> bool:
    """Whether two values may be the next of two counters, or two random texts of one form."""
    if isinstance(mine, str) and isinstance(other, str):
        is_shared = mine.startswith(PREFIX) or other.startswith(PREFIX)
        return not is_shared and read_moment(mine) is None and _form(mine) == _form(other)
    return type(mine) is int and type(other) is int


def _form(text: str) -> str:
    return _PARTS.sub("0", text)


def _members(step: Step, one: Side, two: Side, first: Any, second: Any) -> Iterator[Disagreement]:
    stamps, elsewhere = set(step.group.resource.stamps.values()), one.beyond_copies
    keys = {each.field for each in step.group.resource.references}
    said = _clients_own(step)
    for steps, mine, other in unlike(first, second):
        member = str(steps[0]) if steps else ""
        if said is not None and member not in said and _are_moments(mine, other):
            continue  # when it was made or changed is told by each server's own clock
        if said is not None and step.operation.kind in OF_OTHERS and _may_be_made_up(mine, other):
            continue  # the key of what it made beside the record
        if _are_alike(mine, other, one, two) or (member in stamps and _are_free(mine, other)) or member in elsewhere:
            continue
        if (
            type(mine) is int
            and type(other) is int
            and one.made_up.get((step.group.name, member), ABSENT) is not ABSENT
        ):
            continue  # each counts for itself
        if member in keys and isinstance(mine, str) and isinstance(other, str) and _may_be_made_up(mine, other):
            name = shared_name("made", step.record or step.group.name, member, len(one.made_up))
            one.made_up[step.group.name, name], two.made_up[step.group.name, name] = mine, other
            one.names.bind(name, mine)
            two.names.bind(name, other)
            continue  # an effect made a record, on each server its own
        lacking = (member, mine) if other is ABSENT and len(steps) == 1 else ()
        if {mine is ABSENT, other is ABSENT} == {True, False} and (mine is None or other is None):
            yield Disagreement(UNSET, _excerpt(mine), _excerpt(other), *lacking)
            continue
        if said is not None and (is_normal_form(mine, other) or is_normal_form(other, mine)):
            yield Disagreement(FORM, _excerpt(mine), _excerpt(other))
            continue
        place = "".join(f"/{part}" for part in steps if isinstance(part, str))
        yield Disagreement(place or SHAPE, _excerpt(mine), _excerpt(other), *lacking)


def _are_alike(mine: Any, other: Any, one: Side, two: Side) -> bool:
    """Whether both name one record, are one moment, or are as far from the present of their servers."""
    if one.names.names_of(mine) & two.names.names_of(other):
        return True
    if not isinstance(mine, str) or not isinstance(other, str):
        return False
    first, second = read_moment(mine), read_moment(other)
    if first is None or second is None:
        address = one.names.named_address(mine)
        return PREFIX in address and address == two.names.named_address(other)
    return first == second or abs(_since(first, one) - _since(second, two)) <= NEAR


def _are_moments(mine: Any, other: Any) -> bool:
    return all(isinstance(one, str) and read_moment(one) is not None for one in (mine, other))


def _since(moment: Moment, side: Side) -> timedelta:
    try:
        return moment.as_datetime() - side.now
    except ValueError:
        return timedelta.max


def _are_free(mine: Any, other: Any) -> bool:
    """Who changed a record and when is told by each server for itself; how often, by both alike."""
    return isinstance(mine, str) and isinstance(other, str)


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
