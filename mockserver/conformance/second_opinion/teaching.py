"""What would teach the mock to answer as the target does: actions of an OpenAPI Overlay, each from one difference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.conformance.second_opinion.aliases import PREFIX
from mockserver.conformance.second_opinion.differing import sent_members
from mockserver.conformance.second_opinion.opinions import Opinion, Ruling
from mockserver.contract import Kind
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json


def actions(opinion: Opinion) -> list[dict[str, Any]]:
    """The overlay's actions for one difference; none where no word of ``x-mock`` says what the target does."""
    if opinion.verdict is not Ruling.SILENT or not opinion.story:
        return []
    return [*_filled(opinion), *_counting(opinion)]


def overlay(opinions: Iterable[Opinion], target: str) -> dict[str, Any] | None:
    """All that was learned as one document; None when nothing was. No action comes twice."""
    found: list[dict[str, Any]] = []
    for opinion in opinions:
        found += [one for one in actions(opinion) if not any(same_json(one, known) for known in found)]
    info = {"title": f"What {target} does and the contract does not say", "version": "1"}
    return {"overlay": "1.0.0", "info": info, "actions": found} if found else None


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
