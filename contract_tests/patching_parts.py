"""Patches of whole objects and lists: a value takes the place of all that was there, and a part of it is not it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from mockserver.conformance import (
    Group,
    Kind,
    NotApplicable,
    Session,
    all_refused,
    check,
    moving,
    nested_steps,
    patch,
    refused,
)

NEEDS = (Kind.CREATE, Kind.READ, Kind.PATCH)
REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT)


@check(*NEEDS, writes=True)
def check_whole_values(session: Session, group: Group) -> None:
    """A smaller object takes the place of all that a larger one had, and is not equal to it."""
    record, without = session.create(group), moving(group) | group.resource.computed
    removed = [fields for _, step, fields in nested_steps(group, record) if step["op"] == "remove"]
    found = {type(value): (name, value) for fields in removed for name, value in fields.items()}  # an object, a list
    if not found:
        raise NotApplicable("there is no object with a member that may be left out")
    for name, smaller in found.values():
        steps = [{"op": "test", "path": f"/{name}", "value": smaller}]
        refused(session, group, record, steps, "tests for a part", status=409)
        whole = record[name]  # its members in another order, which means nothing
        same = {
            "op": "test",
            "path": f"/{name}",
            "value": dict(reversed(whole.items())) if isinstance(whole, dict) else whole,
        }
        what, steps = "tests an object and replaces it with a smaller one", [same, {**steps[0], "op": "replace"}]
        with session.each(group.one(Kind.PATCH)):
            changed = patch(session, group, record, steps, what)
            cause = f"a patch that {what} leaves the wrong record"
            session.same({**record, name: smaller}, changed, cause, without=without)
        record = session.read(group, record[group.key])


@check(*NEEDS, writes=True)
def check_whole_record(session: Session, group: Group) -> None:
    """What is put in the place of the whole record is all that is left of it."""
    record, without, operation = session.create(group), moving(group) | group.resource.computed, group.one(Kind.PATCH)
    gone = [name for name in group.free_texts if name in record and name not in {*group.required, group.marker}]
    if not gone:
        raise NotApplicable("there is no text that may be left out")
    left = {name: value for name, value in record.items() if name != gone[0]}
    steps = [{"op": "test", "path": "", "value": record}, {"op": "replace", "path": "", "value": left}]
    reply = session.at(group, Kind.PATCH, record[group.key], body=steps)
    session.prefer_one_of(reply, (HTTPStatus.OK,), f"{operation.id} does not take a patch of the whole record")
    found = session.read(group, record[group.key])
    session.same(left, found, "a patch of the whole record leaves another", without=without)


@check(*NEEDS, writes=True)
def check_behind_the_end(session: Session, group: Group) -> None:
    """What is behind the last item of a list is there for ``add`` only."""
    record = session.create(group)
    name = next((name for name in group.of_type("array") if record.get(name)), None)
    if name is None:
        raise NotApplicable("it has no list of its own with items")
    path, last = f"/{name}/-", record[name][-1]
    cases = {
        "removes what is past the end": [{"op": "remove", "path": path}],
        "replaces what is past the end": [{"op": "replace", "path": path, "value": last}],
        "tests what is past the end": [{"op": "test", "path": path, "value": last}],
    }
    all_refused(session, group, record, cases, status=409)
    reply = session.at(group, Kind.PATCH, record[group.key], body=[{"op": "move", "from": f"/{name}", "path": path}])
    cause = f"{group.one(Kind.PATCH).id} moves a list into itself"
    session.expect(reply.status in REFUSED, cause, f"answered {reply.status}")
    session.same(record, session.read(group, record[group.key]), "a refused patch changed the record")


@check(*NEEDS, writes=True, code=206)
def check_limit(session: Session, group: Group) -> None:
    """As many steps as the document allows are taken, to the last; with one more none is."""
    operation, record, path = group.one(Kind.PATCH), session.create(group), f"/{group.marker}"
    assert operation.body
    limit = (group.contract.document.follow(operation.body.validator.node).value or {}).get("maxItems")
    if limit is None:
        raise NotApplicable("the document sets no limit for a patch")
    test: dict[str, Any] = {"op": "test", "path": f"/{group.key}", "value": record[group.key]}
    last = {"op": "replace", "path": path, "value": f"{session.mark} at last"}
    changed = patch(session, group, record, [*[test] * (limit - 1), last], "has as many steps as it may")
    session.same(last["value"], changed.get(group.marker), "the last of many steps is not taken")
    refused(session, group, changed, [{**last, "value": "too many"}, *[test] * limit], "has a step too many")


@check(*NEEDS, writes=True)
def check_further_members(session: Session, group: Group) -> None:
    """Members that a step need not have are passed over (RFC 6902, 4)"""
    record, operation, path = session.create(group), group.one(Kind.PATCH), f"/{group.marker}"
    step = {"op": "replace", "path": path, "value": f"{session.mark} with more", "from": "/nowhere", "comment": "x"}
    if operation.body is None or not operation.body.validator.allows([step]):
        raise NotApplicable("the document says which members a step has")
    reply = session.at(group, Kind.PATCH, record[group.key], body=[step])
    session.prefer_one_of(reply, (HTTPStatus.OK,), f"{operation.id} refuses a step with a member more")
    texts = [name for name in group.free_texts if name in record and name not in {*group.required, group.marker}]
    for name in texts[:1]:
        step = {"op": "remove", "path": f"/{name}", "value": "any"}
        reply = session.at(group, Kind.PATCH, record[group.key], body=[step])
        session.prefer_one_of(reply, (HTTPStatus.OK,), f"{operation.id} refuses to remove with a value")
