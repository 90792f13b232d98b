"""Batches: each item on its own, results in the order asked for, counts that add up, and never more than the limit."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Kind,
    NotApplicable,
    Session,
    allowed,
    check,
    quoted,
    run_batch,
    send_batch,
    update_item,
)

NEEDS = (Kind.CREATE, Kind.READ, Kind.BATCH)


def item_status(session: Session, result: dict[str, Any], wanted: int, what: str) -> None:
    session.expect(
        result.get("status") == wanted,
        f"{what} in a batch: status {result.get('status')}, wanted {wanted}",
        str(result)[:300],
    )


@check(*NEEDS, writes=True)
def check_does_what_single_operations_do(session: Session, group: Group) -> None:
    """Create, read, update, patch and delete in a batch do what they do alone."""
    record, victim = session.create(group), session.create(group)
    fresh, whole = session.body(group), session.body(group, only_required=True)
    marker, operation = group.marker, group.one(Kind.BATCH)
    create: dict[str, Any] = {"verb": "create", "record": fresh, "key": None}  # as some clients send it
    if operation.body and not operation.body.validator.allows(operation.batch.body([create])):
        create.pop("key")
    made, read, updated, deleted = run_batch(
        session, group,
        [
            create,
            {"verb": "read", "key": record[group.key]},
            update_item(group, record[group.key], whole),
            {"verb": "delete", "key": victim[group.key]},
        ],
    )  # fmt: skip
    for result, what in ((made, "a create"), (read, "a read"), (updated, "an update"), (deleted, "a delete")):
        item_status(session, result, 200, what)
    stored = session.read(group, str(made.get("key")))
    session.same(fresh, {name: stored.get(name) for name in fresh}, "a batch's create does not store what was sent")
    session.same(record, read.get("record"), "a batch's read returns another record")
    found = session.read(group, record[group.key])
    own = group.resource.managed | (group.filled - set(whole))
    session.same(whole, found, "a batch's update does not replace the record", without=own)
    session.same(found, updated.get("record"), "a batch's update answers a different record from read")
    session.status(
        session.at(group, Kind.READ, victim[group.key]), 404, "a record that a batch deleted", group.one(Kind.READ)
    )
    (patched,) = run_batch(
        session,
        group,
        [
            {
                "verb": "patch",
                "key": record[group.key],
                "patch": [{"op": "replace", "path": f"/{marker}", "value": f"{session.mark} by batch"}],
            }
        ],
    )
    item_status(session, patched, 200, "a patch")
    after = session.read(group, record[group.key])
    session.expect(after.get(marker) == f"{session.mark} by batch", "a batch's patch does not change the record")
    session.same(found, after, "a batch's patch changes more than it names", without=group.resource.managed | {marker})


@check(*NEEDS, writes=True)
def check_ids_and_results(session: Session, group: Group) -> None:
    """Each result names its own record."""
    made = [session.create(group) for _ in range(4)]
    results = run_batch(session, group, [{"verb": "read", "key": one[group.key]} for one in reversed(made)])
    for record, result in zip(reversed(made), results, strict=True):
        session.expect(
            result.get("key") == record[group.key], "a batch's result names a different record from its item"
        )
        session.same(
            record, result.get("record"), "a batch's result holds a different record from the one its item asked for"
        )
    twin = {"verb": "create", "record": session.body(group)}
    keys = [one.get("key") for one in run_batch(session, group, [twin, twin])]
    session.expect(len(set(keys)) == len(keys), "two creates with the same values in a batch make only one record")
    one, two = made[:2]
    whole = {**session.body(group), group.key: two[group.key]}
    (result,) = run_batch(session, group, [{"verb": "update", "key": one[group.key], "record": whole}])
    item_status(session, result, 409, "an update whose id is not its key")


@check(*NEEDS, writes=True)
def check_independence(session: Session, group: Group) -> None:
    """An item that fails takes nothing from the others, before it or behind it."""
    record = session.create(group)
    before = session.ours(group)
    broken = {name: value for name, value in session.body(group).items() if name not in group.required}
    if allowed(group, Kind.CREATE, broken):
        broken[group.marker] = 7  # a record of which nothing is required, but a text is
    path = f"/{group.marker}"
    failing = [{"op": "replace", "path": path, "value": "x"}, {"op": "test", "path": path, "value": "other"}]
    results = run_batch(
        session, group,
        [
            {"verb": "create", "record": session.body(group)},
            {"verb": "read", "key": f"missing-{session.mark}"},
            {"verb": "create", "record": broken},
            {"verb": "patch", "key": record[group.key], "patch": failing},
            {"verb": "delete", "key": f"missing-{session.mark}"},
            update_item(group, f"missing-{session.mark}", session.body(group)),
            {"verb": "patch", "key": record[group.key]},
            {"verb": "read"},
            {"verb": "update", "record": session.body(group)},
            {"verb": "patch", "patch": [{"op": "replace", "path": path, "value": "x"}]},
            {"verb": "delete"},
            {"verb": "create", "record": session.body(group)},
        ],
    )  # fmt: skip
    wanted = (200, 404, 400, 409, 404, 404, 400, 400, 400, 400, 400, 200)
    whats = (
        "a create",
        "a read of nothing",
        "an invalid create",
        "an inapplicable patch",
        "a delete of nothing",
        "an update of nothing",
        "a patch without directives",
        "a read without an id",
        "an update without an id",
        "a patch without an id",
        "a delete without an id",
        "a create after failures",
    )
    for result, status, what in zip(results, wanted, whats, strict=True):
        with session.each(group.one(Kind.BATCH)):
            item_status(session, result, status, what)
            session.expect(status == 200 or "error" in result, f"{what} in a batch is refused without an error")
    _names_the_place(session, group, results[2], broken)
    session.same(record, session.read(group, record[group.key]), "a failed batch item changed a record")
    for result in (results[0], results[-1]):
        reply = session.at(group, Kind.READ, str(result.get("key")))
        session.status(reply, 200, "what a batch made despite failures", group.one(Kind.READ))
    session.expect(len(session.ours(group) - before) == 2, "a batch does not make one record for each create")


def _names_the_place(session: Session, group: Group, result: dict[str, Any], broken: dict[str, Any]) -> None:
    """Expect the errors of an invalid create to name, in their paths, the members of ``broken`` that are wrong."""
    errors = (result.get("error") or {}).get("errors") or []
    paths = " ".join(str(one.get("path", "")) for one in errors)
    wrong = sorted(group.bodies[Kind.CREATE].required - broken.keys()) or [group.marker]
    untold = [name for name in wrong if name not in paths]
    cause = f"an error of a batch does not name what is wrong ({', '.join(untold)})"
    session.expect(not (errors and untold), cause, paths[:200])


@check(*NEEDS, Kind.DELETE, writes=True)
def check_items_follow_each_other(session: Session, group: Group) -> None:
    """Each item finds what the items before it left."""
    record, marker = session.create(group), group.marker
    one, two = f"{session.mark} one", f"{session.mark} two"

    def change(was: str, becomes: str) -> dict[str, Any]:
        path = f"/{marker}"
        steps = [{"op": "test", "path": path, "value": was}, {"op": "replace", "path": path, "value": becomes}]
        return {"verb": "patch", "key": record[group.key], "patch": steps}

    read = {"verb": "read", "key": record[group.key]}
    delete = {"verb": "delete", "key": record[group.key]}
    items = [change(record[marker], one), change(one, two), read, delete, read, delete]
    first, second, seen, gone, missing, again = run_batch(session, group, items)
    item_status(session, first, 200, "a patch")
    item_status(session, second, 200, "a patch of what an earlier item patched")
    shown = [(result.get("record") or {}).get(marker) for result in (first, second, seen)]
    session.expect(shown == [one, two, two], "a batch item does not see what earlier items did", str(shown))
    if (name := group.resource.stamps.get("version")) and all(result.get("record") for result in (first, second)):
        counted = [result["record"].get(name) for result in (first, second)]
        cause = f"{name} does not count each of two changes in one batch"
        session.expect(counted[0] != counted[1], cause, str(counted))
    item_status(session, gone, 200, "a delete")
    item_status(session, missing, 404, "a read of what an earlier item deleted")
    item_status(session, again, 404, "a delete of what an earlier item deleted")


@check(*NEEDS, writes=True)
def check_directives_as_object(session: Session, group: Group) -> None:
    """Directives may be an object keyed by index, taken in the order of the numbers."""
    record, marker = session.create(group), group.marker
    steps = {
        str(index): {"op": "replace", "path": f"/{marker}", "value": f"{session.mark} step {index}"}
        for index in (10, 2, 0)
    }
    operation = group.one(Kind.BATCH)
    asked = operation.batch.body([{"verb": "patch", "key": "x", "patch": steps}])
    if operation.body and not operation.body.validator.allows(asked):
        raise NotApplicable("the document takes directives as an array only")
    (result,) = run_batch(session, group, [{"verb": "patch", "key": record[group.key], "patch": steps}])
    item_status(session, result, 200, "a patch with directives by index")
    found = session.read(group, record[group.key]).get(marker)
    session.expect(
        found == f"{session.mark} step 10",
        "directives by index are not applied in numerical order",
        quoted(found),
    )


@check(*NEEDS, Kind.PATCH, writes=True)
def check_every_step(session: Session, group: Group) -> None:
    """A patch in a batch takes each kind of step, one after the other"""
    texts = [name for name in group.free_texts if name not in group.required and name != group.marker][:2]
    if len(texts) < 2:
        raise NotApplicable("there are not two optional strings")
    record, (a, b) = session.create(group, dict(zip(texts, ("one", "two"), strict=True))), (f"/{one}" for one in texts)
    steps = [
        {"op": "test", "path": a, "value": "one"},
        {"op": "remove", "path": b},
        {"op": "copy", "from": a, "path": b},
        {"op": "replace", "path": a, "value": "three"},
        {"op": "move", "from": a, "path": b},
        {"op": "add", "path": a, "value": "four"},
        {"op": "remove", "path": a},
    ]
    (result,) = run_batch(session, group, [{"verb": "patch", "key": record[group.key], "patch": steps}])
    item_status(session, result, 200, "a patch of several steps")
    found = session.read(group, record[group.key])
    left = [found.get(name) for name in texts]
    session.expect(left == [None, "three"], "a patch in a batch leaves out some kinds of steps", quoted(left))


@check(*NEEDS, writes=True)
def check_limit(session: Session, group: Group) -> None:
    """As many items as the document allows are carried out, to the last; one more is refused and does nothing."""
    operation = group.one(Kind.BATCH)
    assert operation.body
    place = group.contract.document.follow(operation.body.validator.node).child("properties", operation.batch.items)
    limit = group.contract.document.follow(place).value.get("maxItems")
    if limit is None:
        raise NotApplicable("the document sets no limit for a batch")
    item = {"verb": "read", "key": f"missing-{session.mark}"}  # whose answer is short
    last = run_batch(session, group, [*[item] * (limit - 1), {"verb": "create", "record": session.body(group)}])[-1]
    item_status(session, last, 200, "a create that is the last of many")
    reply = session.at(group, Kind.READ, str(last.get("key")))
    session.status(reply, 200, "what the last of many items of a batch made", group.one(Kind.READ))
    run_batch(session, group, [])
    before = session.ours(group)
    reply = send_batch(session, group, [{"verb": "create", "record": session.body(group)}, *[item] * limit])
    session.status(reply, 400, "a batch beyond the limit", operation)
    session.expect(session.ours(group) == before, "a refused batch made records")


@check(*NEEDS, writes=True, code=206)
def check_malformed(session: Session, group: Group) -> None:
    """A batch that is none is refused as a whole."""
    operation = group.one(Kind.BATCH)
    words = operation.batch
    for what, body in {
        "with an unknown operation": words.body([{"verb": "explode"}]),
        "with an operation in capitals": words.body([{"verb": "READ", "key": session.create(group)[group.key]}]),
        "with an item that names no operation": words.body([{"key": "x"}]),
        "whose operations are not an array": {words.items: {}},
        "that is an array": [],
    }.items():
        with session.each(operation):
            reply = session.send(Ask(operation, body=body))
            session.status(reply, 400, f"a batch {what}", operation)
