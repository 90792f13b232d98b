"""Batches: sent whole, their results in the words of the document, and whose fault it is where one fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from mockserver.conformance.bodies.edges import allowed
from mockserver.conformance.check_plan import Group
from mockserver.conformance.expected_refusals import is_failure
from mockserver.conformance.findings import Broken
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.traffic import Received
from mockserver.contract import Kind
from mockserver.values.shown import shown

_WHOLE: Mapping[str, Kind] = {"create": Kind.CREATE, "update": Kind.REPLACE}


def update_item(group: Group, record_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The item of a batch that replaces a record: as in a PUT, the whole record names its own id."""
    return {"verb": "update", "key": record_id, "record": {**body, group.key: record_id}}


def send_batch(
    session: Session, group: Group, items: Iterable[Mapping[str, Any]], *, who: Requester | None = None
) -> Received:
    """Send a batch of ``items``, which are told in the words of ``BatchWords``."""
    operation = group.one(Kind.BATCH)
    return session.send(Ask(operation, body=operation.batch.body(items)), who=who)


def results_of(session: Session, group: Group, reply: Received) -> list[dict[str, Any]]:
    """The results in a batch's reply, in the words of ``BatchWords``; none where it has no list of objects."""
    words = group.one(Kind.BATCH).batch
    body = session.value(reply)
    results = body.get(words.results) if isinstance(body, dict) else None
    return [words.parts(one) for one in results if isinstance(one, dict)] if isinstance(results, list) else []


def run_batch(session: Session, group: Group, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send a batch and return its results; Broken when they are not in order or do not add up."""
    operation = group.one(Kind.BATCH)
    reply = send_batch(session, group, items)
    if is_failure(reply):
        blame_items(session, group, [one for one in items if breaks_schema(group, one)])
    session.status(reply, 200, "a batch within the limit", operation)
    body, results = session.value(reply), results_of(session, group, reply)
    if len(results) != len(items):
        raise Broken("a batch answers a different number of results from its items", str(body)[:200], operation.id)
    asked, answered = [one["verb"] for one in items if "verb" in one], [one.get("verb") for one in results]
    session.expect(asked == answered, "a batch's results are not in the order of its items", f"{asked} / {answered}")
    well = sum(_went_well(one) for one in results)
    counts = (body.get(operation.batch.succeeded), body.get(operation.batch.failed))
    session.expect(
        counts == (well, len(items) - well),
        "a batch's counts do not add up",
        f"{counts}, wanted {well} and {len(items) - well}",
    )
    return results


def refused_in_batch(session: Session, referenced: Group, key: str, what: str) -> None:
    """Expect a batch to refuse with 409 to delete a record that others refer to; ``what`` says by which field."""
    if Kind.BATCH not in referenced.operations:
        return
    with session.each(referenced.one(Kind.BATCH)):
        (result,) = run_batch(session, referenced, [{"verb": "delete", "key": key}])
        session.expect(result.get("status") == 409, f"a batch deletes a record that {what}", str(result)[:300])


def _went_well(result: dict[str, Any]) -> bool:
    return isinstance(result.get("status"), int) and result["status"] < 300


def breaks_schema(group: Group, item: Mapping[str, Any]) -> bool:
    """Whether an item brings a whole record that its operation alone would refuse."""
    kind, record = _WHOLE.get(str(item.get("verb"))), item.get("record")
    if kind is None or kind not in group.operations or not isinstance(record, dict):
        return False
    return not allowed(group, kind, record)


def blame_items(session: Session, group: Group, wrong: Iterable[Mapping[str, Any]]) -> None:
    """Raises Broken for the first verb of which one of the ``wrong`` items makes a batch of its own fail.

    They must be refused; it is their fault only where a batch with a valid item of their verb is answered 200.
    """
    operation, record = group.one(Kind.BATCH), session.create(group)
    step = {"op": "replace", "path": f"/{group.marker}", "value": session.mark}
    valid: tuple[dict[str, Any], ...] = (
        {"verb": "create", "record": session.body(group)},
        update_item(group, record[group.key], session.body(group)),
        {"verb": "patch", "key": record[group.key], "patch": [step]},
    )
    for sound in valid:
        alone = [one for one in wrong if one.get("verb") == sound["verb"]]
        failing = next((one for one in alone if is_failure(send_batch(session, group, [one]))), None)
        if failing is not None and send_batch(session, group, [sound]).status == HTTPStatus.OK:
            cause = f"a batch carries out an item ({sound['verb']}) without checking it, and fails as a whole"
            raise Broken(cause, shown(failing, 200), operation.id)
