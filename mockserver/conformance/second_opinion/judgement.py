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
from mockserver.conformance.rules.effect_rules import effects_of, happens_on, set_by
from mockserver.conformance.rules.naive_values import CannotTell, agree, as_json
from mockserver.conformance.rules.rule_reading import named_in
from mockserver.conformance.second_opinion.breach import LEFT_OVER, LOST, Breach, Judged
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.differing import kept, sent_members
from mockserver.conformance.second_opinion.disagreement import FOLLOWS, FOUND, MEDIA, STATUS
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.conformance.second_opinion.version_counting import counted
from mockserver.conformance.valid_requests import is_valid
from mockserver.conformance.value_differences import without_positions
from mockserver.conformance.wire.traffic import json_or_none
from mockserver.contract import Kind
from mockserver.messages import SUCCESSES
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.members import value_at
from mockserver.values.pointer import steps_of
from mockserver.values.shown import shown

ANYWHERE = "*"
"""A place that stands for every one: the reply as a whole breaks its schema."""
_PLACES: Mapping[str, str] = {
    "watch.status": STATUS,
    "watch.no_server_error": STATUS,
    "watch.content_type": MEDIA,
    "watch.schema": ANYWHERE,
}


def breaches(side: Side, step: Step, answer: SideReply, members: Collection[str]) -> dict[str, Breach]:
    """Where ``answer`` breaks the contract, by place; of rules, those of ``members`` are worked out.

    What earlier answers told of the record is in ``side.known``.
    """
    found: dict[str, Breach] = {}
    for place, breach in (
        *_watched(side, step, answer),
        *_expected(side, step, answer),
        *counted(side, step, answer),
        *_defaulted(step, answer),
        *_ruled(side, step, answer, members),
        *((FOLLOWS, Breach(one, (FOLLOWS, one))) for one in answer.misses),
    ):
        found.setdefault(place, breach)
    return found


def _watched(side: Side, step: Step, answer: SideReply) -> Iterator[Judged]:
    exchange = answer.exchange
    if exchange is not None and exchange.reply is not None:
        for check, _, cause, detail in faults_of(exchange, exchange.reply, step.operation, side.session.plan.replies):
            if check in _PLACES:
                said = f"{cause} ({detail})" if detail else cause
                places = _broken_members(side, step, answer) or [_PLACES[check]]
                for place in places:
                    yield place, Breach(said, ("schema", place) if place.startswith("/") else ())


def _broken_members(side: Side, step: Step, answer: SideReply) -> list[str]:
    """The members of the record where a reply breaks its schema; none where it does so elsewhere, too."""
    plan, replies, reply = step.operation.plan, side.session.plan.replies, answer.exchange and answer.exchange.reply
    if not reply or not answer.is_good:
        return []
    value, is_list = json_or_none(reply.body), step.expect is Expect.LISTED
    if plan is None:
        said, page = step.operation.replies.get(reply.status), step.operation.page
        base: tuple[str, ...] | None = (*([page.items] if page and page.items else []), "*") if is_list else ()
        broken = said.full.broken(value) if said and said.full else ()
    else:
        base = (*plan.items, "*", *plan.each) if is_list and plan.items is not None else plan.record
        broken = replies.broken_constraints(reply, step.operation, value) if replies else ()
    found = []
    for pointer, _, _ in broken:
        steps = steps_of(without_positions(pointer))
        if base is None or steps[: len(base)] != tuple(base) or len(steps) == len(base):
            return []
        found.append(f"/{steps[len(base)]}")
    return found


def _expected(side: Side, step: Step, answer: SideReply) -> Iterator[Judged]:
    match step.expect:
        case Expect.REFUSED if not 400 <= answer.status < 500:
            yield STATUS, Breach(f"a request that the contract forbids was answered {answer.status}")
        case Expect.GONE if answer.status != 404:
            yield STATUS, Breach(f"a record that does not exist was answered {answer.status}")
        case Expect.TAKEN | Expect.SHOWN | Expect.LISTED if not answer.is_good:
            yield STATUS, Breach(f"a valid request about an existing record was answered {answer.status}")
        case Expect.TAKEN:
            yield from _written(side, step, answer)
        case Expect.SHOWN if step.operation.plan is None:
            yield from _read(side, step, answer)
        case Expect.LISTED:
            yield from _found(step, answer)
        case _ if step.operation.kind is Kind.BATCH:
            yield from _batched(step, answer)


def _written(side: Side, step: Step, answer: SideReply) -> Iterator[Judged]:
    """What was sent is kept; what was not sent stays with a patch."""
    if not isinstance(answer.body, Mapping) or step.operation.kind is Kind.DELETE:
        return
    for name, value in sent_members(step).items():
        if name not in step.group.resource.computed and not kept(value, answer.body.get(name, ABSENT)):
            yield f"/{name}", Breach(f"{name} is not what was sent", ("sent", name))
    if step.operation.kind is Kind.REPLACE and step.operation.plan is None:
        yield from _left_over(step, side.known.get(step.record, {}), answer.body)
    if step.operation.kind is Kind.PATCH and step.record in side.known:
        try:
            wanted = jsonpatch.apply_patch(side.known[step.record], step.body)
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
            return
        # What an effect makes is named in the record that brought it about.
        named = frozenset(one.field for one in step.group.resource.references) if step.group.triggers else frozenset()
        for name in _moved(step.group, wanted, answer.body, free=named):
            is_meant = any(str(one.get("path", "")).split("/")[1:2] == [name] for one in step.body)
            habit = ("sent", name) if is_meant else LOST
            yield f"/{name}", Breach(f"{name} is not the result of the patch", habit)


def _defaulted(step: Step, answer: SideReply) -> Iterator[Judged]:
    """Without annotations: what a new record has unasked is the default, where the document tells one."""
    plan, model = step.operation.plan, step.group.resource.model
    if plan is None or model is None or model.record is None or not step.makes or not answer.is_good:
        return
    sent, found = value_at(step.body, plan.sent), value_at(answer.body, plan.record or ())
    shapes = plan.maker.shapes
    for schema in (*plan.bodies.values(), model.record) if isinstance(sent, dict) and isinstance(found, dict) else ():
        for name, node in shapes.properties(schema).items():
            said, answered = shapes.says(node, "default"), found.get(name)
            if name not in sent and None not in (said, answered) and not same_json(said, answered):
                yield f"/{name}", Breach(f"{name} is not its default in the document, {shown(said)}", ("default", name))


def _read(side: Side, step: Step, answer: SideReply) -> Iterator[Judged]:
    """What a record was answered to be is what it is read as; ``habit``: whether it is as before its last change."""
    for name in _moved(step.group, side.known[step.record], answer.body) if step.record in side.known else ():
        earlier = side.earlier.get(step.record, {})
        is_lost = same_json(earlier.get(name, ABSENT), answer.body.get(name, ABSENT)) and bool(earlier)
        habit = LOST if is_lost else ("read", name)
        yield f"/{name}", Breach(f"{name} reads differently from before", habit)


def _left_over(step: Step, before: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Judged]:
    """A replaced record has nothing left of what it was, but for what the server manages, fills in or works out."""
    resource, group = step.group.resource, step.group
    own = resource.managed | resource.computed | group.filled | frozenset(group.triggers) | set_by(effects_of(group))
    for name in sorted((before.keys() & found.keys() & resource.fields) - sent_members(step).keys() - own):
        is_empty = any(same_json(found[name], one) for one in EMPTY)
        if not is_empty and same_json(before[name], found[name]):
            yield f"/{name}", Breach(f"{name} was not sent, and is still there", LEFT_OVER)


def _moved(group: Group, wanted: Mapping[str, Any], found: Any, free: frozenset[str] = frozenset()) -> Iterator[str]:
    """Members that the server neither manages, fills in nor works out, and that are not what they should be."""
    if not isinstance(found, Mapping):
        return
    resource = group.resource
    free |= resource.managed | resource.computed | group.filled | frozenset(group.triggers) | set_by(effects_of(group))
    for name in sorted({*wanted, *found} - free):
        mine, other = wanted.get(name, ABSENT), found.get(name, ABSENT)
        # More members than are declared, and empty values where there was none, are a server's own business.
        is_more = mine is ABSENT and bool(resource.fields) and name not in resource.fields
        if not (kept(mine, other) or is_more or is_filled_in(mine, other) or (_is_unset(mine) and _is_unset(other))):
            yield name


def _found(step: Step, answer: SideReply) -> Iterator[Judged]:
    records = answer.body if isinstance(answer.body, list) else []
    keys = {one.get(step.group.key) for one in records if isinstance(one, Mapping)}
    if step.listed - keys:
        yield FOUND, Breach("an existing record is not found")
    if step.unlisted & keys:
        yield FOUND, Breach("a record is found that should not be")


def _batched(step: Step, answer: SideReply) -> Iterator[Judged]:
    """Each item has a result, with the status that its operation alone would have, and the counts add up."""
    words, create = step.operation.batch, step.group.one(Kind.CREATE)
    if not answer.is_good:
        yield STATUS, Breach(f"a batch of which single items fail was answered {answer.status} as a whole", ("batch",))
        return
    items = [*map(words.parts, step.body[words.items])]
    results = answer.body.get(words.results) if isinstance(answer.body, Mapping) else None
    results = results if isinstance(results, list) else []
    if len(results) != len(items):
        why = Breach(f"{len(items)} items of a batch have {len(results)} results", ("batch",))
        yield from ((f"/{place}", why) for place in (words.results, words.succeeded, words.failed))
        return
    well = 0
    for item, result in zip(items, results, strict=True):
        status = result.get(words.status) if isinstance(result, Mapping) else None
        well += status in SUCCESSES
        is_taken = item["verb"] == "create" and is_valid(create, item["record"])
        wanted = 404 if item["verb"] == "read" else 200 if is_taken or item["verb"] == "patch" else 400
        if status != wanted:
            yield f"/{words.results}", Breach(f"an item that alone is answered {wanted} has another status", ("batch",))
    for name, count in ((words.succeeded, well), (words.failed, len(items) - well)):
        if answer.body.get(name) != count:
            yield f"/{name}", Breach(f"{name} is not how many items there are of that kind", ("batch counts",))


def _ruled(side: Side, step: Step, answer: SideReply, members: Collection[str]) -> Iterator[Judged]:
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
            elif "filled" in marks and _is_filled_alone(step, name, marks["filled"]):
                left = {one: value for one, value in record.items() if one not in group.filled}
                wanted, rule = as_json(held.reader.value(marks["filled"], held.view(group, left))), marks["filled"]
            else:
                continue
        except (CannotTell, Inconclusive):
            continue
        if not agree(wanted, record.get(name), ordered="records(" not in str(rule)):
            why = f"{name} is not what its rule gives: {' '.join(str(rule).split())[:100]}"
            yield f"/{name}", Breach(why, ("rule", group.name, name))


def _is_filled_alone(step: Step, name: str, rule: Any) -> bool:
    """Whether the server has just filled a member in, from what no effect of the new record has changed since."""
    if not step.makes or name in sent_members(step):
        return False
    is_followed = any("create" in happens_on(one) for one in effects_of(step.group))
    return not (is_followed and any(len(chain) > 1 for chain in named_in(rule)))


def _is_unset(value: Any) -> bool:
    return value is ABSENT or value is None
