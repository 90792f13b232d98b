"""What the contract says of one server's answer to a step: the places where it is broken, each with why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import jsonpatch

from mockserver.conformance.bodies.normal_forms import EMPTY, is_filled_in
from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.oracle import faults_of
from mockserver.conformance.rules.as_held import AsHeld, moment_of
from mockserver.conformance.rules.naive_values import CannotTell, agree, as_json
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.differing import kept, sent_members
from mockserver.conformance.second_opinion.disagreement import FOUND, MEDIA, STATUS
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.conformance.valid_requests import is_valid
from mockserver.conformance.value_differences import without_positions
from mockserver.conformance.wire.traffic import json_or_none
from mockserver.contract import Kind
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.pointer import steps_of

ANYWHERE = "*"
"""A place that stands for every one: the reply as a whole breaks its schema."""
_PLACES: Mapping[str, str] = {
    "watch.status": STATUS,
    "watch.no_server_error": STATUS,
    "watch.content_type": MEDIA,
    "watch.schema": ANYWHERE,
}


def breaches(side: Side, step: Step, answer: SideReply, members: Collection[str]) -> dict[str, str]:
    """Where ``answer`` breaks the contract, by place; of rules, those of ``members`` are worked out.

    What earlier answers told of the record is in ``side.known``.
    """
    found: dict[str, str] = {}
    for place, cause in (
        *_watched(side, step, answer),
        *_expected(side, step, answer),
        *_ruled(side, step, answer, members),
    ):
        found.setdefault(place, cause)
    return found


def _watched(side: Side, step: Step, answer: SideReply) -> Iterator[tuple[str, str]]:
    exchange = answer.exchange
    if exchange is not None and exchange.reply is not None:
        for check, _, cause, detail in faults_of(exchange, exchange.reply, step.operation, side.session.plan.replies):
            if check in _PLACES:
                said = f"{cause} ({detail})" if detail else cause
                yield from ((place, said) for place in _broken_members(side, step, answer) or [_PLACES[check]])


def _broken_members(side: Side, step: Step, answer: SideReply) -> list[str]:
    """The members of the record where a reply breaks its schema, as far as a document without annotations tells."""
    plan, replies, reply = step.operation.plan, side.session.plan.replies, answer.exchange and answer.exchange.reply
    if plan is None or replies is None or not reply or not answer.is_good:
        return []
    base = (*plan.items, "*", *plan.each) if step.expect is Expect.LISTED and plan.items is not None else plan.record
    found = []
    for pointer, _, _ in replies.broken_constraints(reply, step.operation, json_or_none(reply.body)):
        steps = steps_of(without_positions(pointer))
        if base is None or steps[: len(base)] != tuple(base) or len(steps) == len(base):
            return []
        found.append(f"/{steps[len(base)]}")
    return found


def _expected(side: Side, step: Step, answer: SideReply) -> Iterator[tuple[str, str]]:
    match step.expect:
        case Expect.REFUSED if not 400 <= answer.status < 500:
            yield STATUS, f"a request that breaks its schema was answered {answer.status}"
        case Expect.GONE if answer.status != 404:
            yield STATUS, f"a record that does not exist was answered {answer.status}"
        case Expect.TAKEN | Expect.SHOWN | Expect.LISTED if not answer.is_good:
            yield STATUS, f"a valid request about an existing record was answered {answer.status}"
        case Expect.TAKEN:
            yield from _written(side, step, answer)
        case Expect.SHOWN if step.operation.plan is None:
            yield from _stays(step.group, side.known.get(step.record, {}), answer.body, "reads differently from before")
        case Expect.LISTED:
            yield from _found(step, answer)
        case _ if step.operation.kind is Kind.BATCH and answer.is_good:
            yield from _batched(step, answer)


def _written(side: Side, step: Step, answer: SideReply) -> Iterator[tuple[str, str]]:
    """What was sent is kept; what was not sent stays with a patch."""
    if not isinstance(answer.body, Mapping) or step.operation.kind is Kind.DELETE:
        return
    for name, value in sent_members(step).items():
        if name not in step.group.resource.computed and not kept(value, answer.body.get(name, ABSENT)):
            yield f"/{name}", f"{name} is not what was sent"
    if step.operation.kind is Kind.REPLACE and step.operation.plan is None:
        yield from _left_over(step, side.known.get(step.record, {}), answer.body)
    if step.operation.kind is Kind.PATCH and step.record in side.known:
        try:
            wanted = jsonpatch.apply_patch(side.known[step.record], step.body)
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
            return
        # What an effect makes is named in the record that brought it about.
        named = frozenset(one.field for one in step.group.resource.references) if step.group.triggers else frozenset()
        yield from _stays(step.group, wanted, answer.body, "is not the result of the patch", free=named)


def _left_over(step: Step, before: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A replaced record has nothing left of what it was, but for what the server manages, fills in or works out."""
    resource, group = step.group.resource, step.group
    own = resource.managed | resource.computed | group.filled | frozenset(group.triggers)
    for name in sorted(before.keys() & found.keys() - sent_members(step).keys() - own):
        is_empty = any(same_json(found[name], one) for one in EMPTY)
        if not is_empty and same_json(before[name], found[name]):
            yield f"/{name}", f"{name} was not sent, and is still there"


def _stays(
    group: Group, wanted: Mapping[str, Any], found: Any, what: str, free: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Members that the server neither manages, fills in nor works out are what they should be."""
    if not isinstance(found, Mapping):
        return
    free |= group.resource.managed | group.resource.computed | group.filled | frozenset(group.triggers)
    for name in sorted({*wanted, *found} - free):
        mine, other = wanted.get(name, ABSENT), found.get(name, ABSENT)
        # More members than are declared, and empty values where there was none, are a server's own business.
        is_more = mine is ABSENT and bool(group.resource.fields) and name not in group.resource.fields
        if not (kept(mine, other) or is_more or is_filled_in(mine, other) or (_is_unset(mine) and _is_unset(other))):
            yield f"/{name}", f"{name} {what}"


def _found(step: Step, answer: SideReply) -> Iterator[tuple[str, str]]:
    records = answer.body if isinstance(answer.body, list) else []
    keys = {one.get(step.group.key) for one in records if isinstance(one, Mapping)}
    if step.listed - keys:
        yield FOUND, "an existing record is not found"
    if step.unlisted & keys:
        yield FOUND, "a record is found that should not be"


def _batched(step: Step, answer: SideReply) -> Iterator[tuple[str, str]]:
    """Each item has the status that its operation alone would have; none of the records that are read is there."""
    words, create = step.operation.batch, step.group.one(Kind.CREATE)
    results = answer.body.get(words.results) if isinstance(answer.body, Mapping) else None
    for item, result in zip(map(words.parts, step.body[words.items]), results or (), strict=False):
        is_taken = item["verb"] == "create" and is_valid(create, item["record"])
        wanted = 404 if item["verb"] == "read" else 200 if is_taken else 400
        if isinstance(result, Mapping) and result.get(words.status) != wanted:
            yield f"/{words.results}", f"an item that alone is answered {wanted} has another status"


def _ruled(side: Side, step: Step, answer: SideReply, members: Collection[str]) -> Iterator[tuple[str, str]]:
    """Computed and filled members against their rules, worked out over what this server holds."""
    record, group = answer.raw, step.group
    if not answer.is_good or step.expect not in (Expect.TAKEN, Expect.SHOWN) or not isinstance(record, Mapping):
        return
    held = AsHeld(side.session, moment_of(group, record))
    for name in sorted(members):
        marks = group.marks(name)
        try:
            if "computed" in marks:
                wanted, rule = as_json(held.view(group, record).get(name)), marks["computed"]
            elif "filled" in marks and step.makes and name not in sent_members(step):
                left = {one: value for one, value in record.items() if one not in group.filled}
                wanted, rule = as_json(held.reader.value(marks["filled"], held.view(group, left))), marks["filled"]
            else:
                continue
        except (CannotTell, Inconclusive):
            continue
        if not agree(wanted, record.get(name), ordered="records(" not in str(rule)):
            yield f"/{name}", f"{name} is not what its rule gives: {' '.join(str(rule).split())[:100]}"


def _is_unset(value: Any) -> bool:
    return value is ABSENT or value is None
