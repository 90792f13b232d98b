"""Refusals in the shape that the document declares for them, with the text where a person looks (N3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import OperationPlan, PlannedReply
from mockserver.contract.samples.record_examples import media_examples
from mockserver.contract.samples.scalars import Draw
from mockserver.errors import Refusal
from mockserver.handlers.planned.addressing.criteria import written
from mockserver.handlers.planned.declared_errors.error_bodies import ErrorTeller
from mockserver.handlers.planned.declared_errors.error_members import RefusedRequest
from mockserver.handlers.planned.declared_errors.error_words import phrase, texts_among
from mockserver.messages import Json, Reply

PROBLEM = "application/problem+json"
"""The media type of what no document declares (RFC 9457)."""


def refused(plan: OperationPlan, refusal: Refusal, asked: RefusedRequest, usual: OperationPlan | None = None) -> Reply:
    """The reply to a refusal: as declared for its status, ``4XX`` or ``default``.

    Else as the operation refuses otherwise, or as most do (``usual``); where none declares how, as a problem.
    """
    said, is_declared = _said(plan, usual, refusal.status)
    if said is None:
        return _as(refusal, _problem(refusal), PROBLEM)
    reply = _in_its_shape(plan, said, refusal, asked, is_declared=is_declared)
    return replace(reply, headers=(*reply.headers, *_needed(plan, said, refusal, asked))) if is_declared else reply


def _needed(
    plan: OperationPlan, said: PlannedReply, refusal: Refusal, asked: RefusedRequest
) -> Iterator[tuple[str, str]]:
    """The headers that the document says must be there and that the refusal has not, from their schemas."""
    there = {name.lower() for name, _ in refusal.headers} | {"content-type"}
    for name, schema in said.needed:
        if name.lower() not in there:
            yield name, written(plan.maker.make(schema, Draw.of(refusal.status, asked.moment)))


def _in_its_shape(
    plan: OperationPlan, said: PlannedReply, refusal: Refusal, asked: RefusedRequest, *, is_declared: bool
) -> Reply:
    if said.media is None:
        return Reply(refusal.status, headers=refusal.headers)
    schema, content_type = said.schema, said.media_type or "application/json"
    if "json" not in content_type:
        return Reply(refusal.status, raw=refusal.in_words.encode(), headers=refusal.headers, content_type=content_type)
    if schema is None:
        return _as(refusal, _problem(refusal), content_type)
    if not is_declared and (short := _shortened(plan, schema, refusal)):
        return _as(refusal, short, content_type)
    return _as(refusal, _body(plan, said, schema, refusal, asked), content_type)


def _as(refusal: Refusal, value: Json, content_type: str) -> Reply:
    return Reply(refusal.status, value, True, None, refusal.headers, (), content_type)


def _said(plan: OperationPlan, usual: OperationPlan | None, status: int) -> tuple[PlannedReply | None, bool]:
    """What the document says of such a refusal, and whether it declares it for this status."""
    if (declared := plan.refusal(status)) is not None:
        return declared, True
    return plan.other_refusal(status) or (usual.other_refusal(status) if usual else None), False


def _problem(refusal: Refusal) -> dict[str, Any]:
    """A problem document (RFC 9457): the status' name, the reason, and each violation with its place."""
    errors = [{"path": one.path, "message": one.message} for one in refusal.violations]
    problem = {"title": phrase(refusal.status), "status": refusal.status, "detail": refusal.message}
    return {**problem, "errors": errors} if errors else problem


def _shortened(plan: OperationPlan, schema: Node, refusal: Refusal) -> dict[str, Json] | None:
    """The reason as a text, where the shape of other refusals has nothing but a list of violations, and there are none.

    What answers ``{"detail": [...]}`` to a request that breaks rules answers ``{"detail": "..."}`` to others.
    """
    shapes = plan.maker.shapes
    members = {} if refusal.violations else shapes.properties(schema)
    types = {name: shapes.type(members[name]) for name in texts_among(members)}
    name = (
        next((name for name, kind in types.items() if kind == "array"), None)
        if "string" not in types.values()
        else None
    )
    return {name: refusal.message} if name else None


def _body(plan: OperationPlan, said: PlannedReply, schema: Node, refusal: Refusal, asked: RefusedRequest) -> Json:
    """The fullest of what tells the refusal and keeps the schema."""
    examples = tuple(media_examples(plan.maker.shapes.document, said.media)) if said.media else ()
    made = plan.maker.make(schema, Draw.of(refusal.status, asked.moment).bare, examples)
    is_exact = made in examples and plan.replies.get(str(refusal.status)) is said
    teller = ErrorTeller(plan.maker, refusal, asked, is_exact)
    tries = [*_tries(teller, schema, made)]
    return next((one for one in tries if plan.maker.allows(schema, one)), made)


def _tries(teller: ErrorTeller, schema: Node, made: Json) -> Iterator[Json]:
    draw = Draw.of(teller.refusal.status, teller.asked.moment).bare
    full = teller.filled(schema, made)
    yield full
    yield teller.maker.mend(schema, full, draw)
    yield replace(teller, adds=False).filled(schema, made)
