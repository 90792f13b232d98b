"""Whether what a client writes names records that are there, where the document or an overlay says which it must."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.errors import Refusal, Violation
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import is_key, plan_of
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.conflict_words import told_missing
from mockserver.messages import Json
from mockserver.values.shown import quoted


def require_references(call: Call, scope: Scope, value: Json, previous: Json = None) -> None:
    """Raises Refusal when ``value`` newly names records that are not there: 422 where that is declared, else 400.

    Where words say so of a refusal, it is that one.
    """
    plan = plan_of(call)
    if (refused := plan.remembered.get("missing")) is None:
        refused = plan.remembered["missing"] = told_missing(plan, scope.model, scope.resource.name)
    if not (refused or scope.model.references) or not isinstance(value, dict):
        return
    known: Mapping[str, Any] = previous if isinstance(previous, dict) else {}
    usual = 422 if "422" in plan.replies else 400
    wanted = {name: (other, usual) for name, other in scope.model.references.items()} | refused
    for status in dict.fromkeys(status for _, status in wanted.values()):
        asked = {name: other for name, (other, one) in wanted.items() if one == status}
        if broken := [*_dangling(call, scope, asked, value, known)]:
            raise Refusal(status, "The request refers to records that do not exist.", violations=broken)


def _dangling(
    call: Call, scope: Scope, asked: Mapping[str, str], value: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[Violation]:
    for name, other in asked.items():
        if name not in value or value[name] == known.get(name):
            continue
        resource = call.tools.contract.resources[other]
        there = Scope(call, scope.tenant, resource, () if not (resource.model and resource.model.parents) else None)
        for pointer, key in _keys(name, value[name]):
            if there.find(str(key)) is None:
                yield Violation("body", pointer, "reference", f"names {quoted(key)}, which is not in {other}")


def _keys(name: str, value: Json) -> Iterator[tuple[str, Json]]:
    """Each key that a member holds, itself or in a list, with its pointer."""
    listed = (
        [(f"/{name}/{index}", one) for index, one in enumerate(value)]
        if isinstance(value, list)
        else [(f"/{name}", value)]
    )
    yield from ((pointer, one) for pointer, one in listed if is_key(one))
