"""What would teach the mock to answer as the target does: actions of an OpenAPI Overlay, each from one difference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.conformance.second_opinion.aliases import PREFIX
from mockserver.conformance.second_opinion.differing import sent_members
from mockserver.conformance.second_opinion.disagreement import SHAPE
from mockserver.conformance.second_opinion.inferred_moves import NAMING
from mockserver.conformance.second_opinion.opinion import Opinion, Ruling
from mockserver.contract import Kind
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.moment import read_moment
from mockserver.values.pointer import json_path, steps_of
from mockserver.values.shown import shown


def actions(opinion: Opinion) -> list[dict[str, Any]]:
    """The overlay's actions for one difference; none where no word of ``x-mock`` says what the target does."""
    if opinion.verdict is not Ruling.SILENT or not opinion.story:
        return []
    if opinion.story[-1].step.operation.plan is not None:
        return [*_defaults(opinion), *_example(opinion), *_reference(opinion)]
    return [*_filled(opinion), *_counting(opinion)]


def overlay(opinions: Iterable[Opinion], target: str) -> dict[str, Any] | None:
    """All that was learned as one document; None when nothing was. No action comes twice."""
    found: list[dict[str, Any]] = []
    for opinion in opinions:
        found += [one for one in actions(opinion) if not any(same_json(one, known) for known in found)]
    info = {"title": f"What {target} does and the contract does not say", "version": "1"}
    return {"overlay": "1.0.0", "info": info, "actions": found} if found else None


def _defaults(opinion: Opinion) -> Iterator[dict[str, Any]]:
    """Of a document without annotations: what every new record shows unasked is the default of that member."""
    for (resource, member), values in opinion.lacking.items():
        create, value = opinion.groups[resource].one(Kind.CREATE), values[0]
        model, plan = create.resource.model, create.plan
        if model is None or model.record is None or plan is None or _is_made_up(value):
            continue
        node = plan.maker.shapes.properties(model.record).get(member)
        is_constant = (len(values) > 1 or not value) and all(same_json(value, one) for one in values)
        if node is not None and is_constant and plan.maker.allows(node, value):
            seen = f"{create.id} answers {member} {json.dumps(value)} although it was not sent"
            # Beside a reference most readers of OpenAPI 3.0 see nothing else.
            place = (
                opinion.groups[resource].contract.document.follow(node) if node.value and "$ref" in node.value else node
            )
            yield {"target": json_path(steps_of(place.pointer)), "description": seen, "update": {"default": value}}


def _is_made_up(value: Any) -> bool:
    """Whether a value names a record, or is a moment: another one for another record."""
    return isinstance(value, str) and (value.startswith(PREFIX) or read_moment(value) is not None)


def _reference(opinion: Opinion) -> Iterator[dict[str, Any]]:
    """A key of another resource's record that has to be there: the mock is to ask for that, too."""
    taken, (_, is_naming, member) = opinion.story[-1], opinion.what.partition(NAMING)
    if not is_naming or not taken.two.is_good or taken.one.is_good:
        return
    for group in opinion.groups.values():
        model = group.resource.model
        if model and model.record is not None and (resource := model.foreign.get(member)):
            yield {
                "target": json_path(steps_of(group.contract.document.follow(model.record).pointer)),
                "description": f"{taken.step.operation.id} refuses a {member} that is not there ({taken.one.status})",
                "update": {"x-mock": {"resource": group.name, "references": {member: resource}}},
            }


def _example(opinion: Opinion) -> Iterator[dict[str, Any]]:
    """What is answered where nothing is kept: the reply's example."""
    taken, is_about_body = opinion.story[-1], opinion.difference.place == SHAPE or bool(opinion.difference.member)
    plan, answer = taken.step.operation.plan, taken.one
    if opinion.kind not in (Kind.STUB, Kind.DELETE) or not is_about_body or plan is None:
        return
    success = plan.success
    is_usual = (answer.status, answer.media) == (plan.status, success.media_type)
    if success.media is not None and is_usual and same_json(answer.body, answer.raw):
        seen = f"{taken.step.operation.id} answers {shown(answer.body, 80)}"
        yield {
            "target": json_path(steps_of(success.media.pointer)),
            "description": seen,
            "update": {"example": answer.body},
        }


def _filled(opinion: Opinion) -> Iterator[dict[str, Any]]:
    """A member that a new record has with the target, and that nobody sent: the mock fills it in."""
    taken, member = opinion.story[-1], opinion.difference.member
    mine, other = _member(taken.one.body, member), _member(taken.two.body, member)
    is_new = taken.step.makes and member and member not in sent_members(taken.step) and other is ABSENT
    if not is_new or not isinstance(mine, str | int | float | bool) or str(mine).startswith(PREFIX):
        return
    for group in opinion.groups.values():
        if member in group.resource.fields - group.resource.managed:
            yield _action(
                f"$.components.schemas.{group.resource.schema}.properties.{member}",
                {"filled": repr(mine) if isinstance(mine, str | bool) else mine},
                f"{group.one(Kind.CREATE).id} answers {member} {json.dumps(mine)} although it was not sent",
            )


def _counting(opinion: Opinion) -> Iterator[dict[str, Any]]:
    """A patch that changes nothing raises the version with the target."""
    taken = opinion.story[-1]
    version = taken.step.group.resource.stamps.get("version")
    if opinion.kind is not Kind.PATCH or opinion.difference.member != version or not version:
        return
    before = next((one for one in reversed(opinion.story[:-1]) if isinstance(one.one.body, Mapping)), None)
    rises = before is not None and not same_json(_member(before.one.body, version), _member(taken.one.body, version))
    stays = before is not None and same_json(_member(before.two.body, version), _member(taken.two.body, version))
    for group in opinion.groups.values() if rises and stays else ():
        yield _action(
            f"$.components.schemas.{group.resource.schema}",
            {"patch-without-change": "counts"},
            f"{group.one(Kind.PATCH).id}: to {taken.step.what} raises {version}",
        )


def _action(target: str, words: dict[str, Any], seen: str) -> dict[str, Any]:
    return {"target": target, "description": seen, "update": {"x-mock": words}}


def _member(body: Any, name: str) -> Any:
    return body.get(name, ABSENT) if isinstance(body, Mapping) else ABSENT
