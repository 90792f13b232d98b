"""Batches: each item on its own, results in the order asked for, counts that add up, and never more than the limit."""

from __future__ import annotations

from typing import Any

from contract_tests.asking import Ask
from contract_tests.kit import Kit
from contract_tests.plan import Group
from contract_tests.verdicts import Broken, NotApplicable, check
from mockserver.contract import Kind

NEEDS = (Kind.CREATE, Kind.READ, Kind.BATCH)


def run(kit: Kit, group: Group, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send a batch and return its results; Broken when they are not in order or do not add up."""
    operation = group.one(Kind.BATCH)
    reply = kit.send(Ask(operation, body={"operations": items}))
    kit.status(reply, 200, "a batch within the limit", operation)
    told = kit.value(reply)
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, list) or len(results) != len(items):
        raise Broken("a batch answers another number of results than it had items", str(told)[:200], operation.id)
    asked, answered = [one["operation"] for one in items], [one.get("operation") for one in results]
    kit.expect(asked == answered, "a batch's results are not in the order of its items", f"{asked} / {answered}")
    well = sum(_went_well(one) for one in results)
    counts = (told.get("success_count"), told.get("error_count"))
    kit.expect(
        counts == (well, len(items) - well),
        "a batch's counts do not add up",
        f"{counts}, wanted {well} and {len(items) - well}",
    )
    return results


def _went_well(result: dict[str, Any]) -> bool:
    return isinstance(result.get("status"), int) and result["status"] < 300


def item_status(kit: Kit, result: dict[str, Any], wanted: int, what: str) -> None:
    kit.expect(
        result.get("status") == wanted,
        f"{what} in a batch: status {result.get('status')}, wanted {wanted}",
        str(result)[:300],
    )


@check(*NEEDS, writes=True)
def check_does_what_single_operations_do(kit: Kit, group: Group) -> None:
    """Create, read, update, patch and delete in a batch do what they do alone."""
    record, victim = kit.create(group), kit.create(group)
    fresh, whole = kit.body(group), kit.body(group, only_required=True)
    marker = group.marker
    made, read, updated, deleted = run(
        kit, group,
        [
            {"operation": "create", "object": fresh},
            {"operation": "read", "id": record[group.key]},
            {"operation": "update", "id": record[group.key], "object": whole},
            {"operation": "delete", "id": victim[group.key]},
        ],
    )  # fmt: skip
    for result, what in ((made, "a create"), (read, "a read"), (updated, "an update"), (deleted, "a delete")):
        item_status(kit, result, 200, what)
    stored = kit.read(group, str(made.get("id")))
    kit.same(fresh, {name: stored.get(name) for name in fresh}, "a batch's create does not store what was sent")
    kit.same(record, read.get("object"), "a batch's read returns another record")
    found = kit.read(group, record[group.key])
    own = group.resource.managed | (group.filled - set(whole))
    kit.same(
        whole,
        {name: value for name, value in found.items() if name not in own},
        "a batch's update does not replace the record",
    )
    kit.same(found, updated.get("object"), "a batch's update answers another record than read")
    kit.status(kit.at(group, Kind.READ, victim[group.key]), 404, "a record that a batch deleted", group.one(Kind.READ))
    (patched,) = run(
        kit,
        group,
        [
            {
                "operation": "patch",
                "id": record[group.key],
                "patch_directives": [{"op": "replace", "path": f"/{marker}", "value": f"{kit.mark} by batch"}],
            }
        ],
    )
    item_status(kit, patched, 200, "a patch")
    after = kit.read(group, record[group.key])
    kit.expect(after.get(marker) == f"{kit.mark} by batch", "a batch's patch does not change the record")
    kit.same(found, after, "a batch's patch changes more than it names", without=frozenset({marker, *_moving(group)}))


def _moving(group: Group) -> set[str]:
    return {group.resource.stamps.get(name, "") for name in ("modified-at", "modified-by", "version")}


@check(*NEEDS, writes=True)
def check_ids_and_results(kit: Kit, group: Group) -> None:
    """Each result names its own record."""
    made = [kit.create(group) for _ in range(4)]
    results = run(kit, group, [{"operation": "read", "id": one[group.key]} for one in reversed(made)])
    for record, result in zip(reversed(made), results, strict=True):
        kit.expect(result.get("id") == record[group.key], "a batch's result names another record than its item")
        kit.same(record, result.get("object"), "a batch's result holds another record than its item asked for")


@check(*NEEDS, writes=True)
def check_independence(kit: Kit, group: Group) -> None:
    """An item that fails takes nothing from the others, before it or behind it."""
    record = kit.create(group)
    before = kit.ours(group)
    broken = {name: value for name, value in kit.body(group).items() if name not in group.required}
    path = f"/{group.marker}"
    failing = [{"op": "test", "path": path, "value": "other"}, {"op": "replace", "path": path, "value": "x"}]
    results = run(
        kit, group,
        [
            {"operation": "create", "object": kit.body(group)},
            {"operation": "read", "id": f"missing-{kit.mark}"},
            {"operation": "create", "object": broken},
            {"operation": "patch", "id": record[group.key], "patch_directives": failing},
            {"operation": "delete", "id": f"missing-{kit.mark}"},
            {"operation": "update", "id": f"missing-{kit.mark}", "object": kit.body(group)},
            {"operation": "patch", "id": record[group.key]},
            {"operation": "read"},
            {"operation": "create", "object": kit.body(group)},
        ],
    )  # fmt: skip
    wanted = (200, 404, 400, 400, 404, 404, 400, 400, 200)
    whats = (
        "a create",
        "a read of nothing",
        "an invalid create",
        "an inapplicable patch",
        "a delete of nothing",
        "an update of nothing",
        "a patch without directives",
        "a read without an id",
        "a create behind failures",
    )
    for result, status, what in zip(results, wanted, whats, strict=True):
        with kit.each(group.one(Kind.BATCH)):
            item_status(kit, result, status, what)
            kit.expect(status == 200 or "error" in result, f"{what} in a batch is refused without an error")
    kit.same(record, kit.read(group, record[group.key]), "a failed item of a batch changed a record")
    for result in (results[0], results[-1]):
        reply = kit.at(group, Kind.READ, str(result.get("id")))
        kit.status(reply, 200, "what a batch made beside failures", group.one(Kind.READ))
    kit.expect(len(kit.ours(group) - before) == 2, "a batch makes another number of records than its creates")


@check(*NEEDS, Kind.DELETE, writes=True)
def check_items_follow_each_other(kit: Kit, group: Group) -> None:
    """Each item finds what the items before it left."""
    record, marker = kit.create(group), group.marker
    one, two = f"{kit.mark} one", f"{kit.mark} two"

    def change(was: str, becomes: str) -> dict[str, Any]:
        path = f"/{marker}"
        steps = [{"op": "test", "path": path, "value": was}, {"op": "replace", "path": path, "value": becomes}]
        return {"operation": "patch", "id": record[group.key], "patch_directives": steps}

    read = {"operation": "read", "id": record[group.key]}
    delete = {"operation": "delete", "id": record[group.key]}
    items = [change(record[marker], one), change(one, two), read, delete, read]
    first, second, seen, gone, missing = run(kit, group, items)
    item_status(kit, first, 200, "a patch")
    item_status(kit, second, 200, "a patch of what an item before it patched")
    shown = [(result.get("object") or {}).get(marker) for result in (first, second, seen)]
    kit.expect(shown == [one, two, two], "an item of a batch does not see what those before it did", str(shown))
    item_status(kit, gone, 200, "a delete")
    item_status(kit, missing, 404, "a read of what an item before it deleted")


@check(*NEEDS, writes=True)
def check_directives_as_object(kit: Kit, group: Group) -> None:
    """Directives may be an object keyed by index, taken in the order of the numbers."""
    record, marker = kit.create(group), group.marker
    steps = {
        str(index): {"op": "replace", "path": f"/{marker}", "value": f"{kit.mark} step {index}"} for index in (10, 2, 0)
    }
    if (rule := group.one(Kind.BATCH).body) and not rule.rule.allows(
        {"operations": [{"operation": "patch", "id": "x", "patch_directives": steps}]}
    ):
        raise NotApplicable("the document takes directives as an array only")
    (result,) = run(kit, group, [{"operation": "patch", "id": record[group.key], "patch_directives": steps}])
    item_status(kit, result, 200, "a patch with directives by index")
    found = kit.read(group, record[group.key]).get(marker)
    kit.expect(
        found == f"{kit.mark} step 10", "directives by index are not taken in the order of the numbers", repr(found)
    )


@check(*NEEDS, writes=True)
def check_limit(kit: Kit, group: Group) -> None:
    """As many items as the document allows are taken, one more is refused and does nothing."""
    operation = group.one(Kind.BATCH)
    assert operation.body
    place = group.contract.document.follow(operation.body.rule.node).child("properties", "operations")
    limit = group.contract.document.follow(place).value.get("maxItems")
    if limit is None:
        raise NotApplicable("the document sets no limit for a batch")
    record = kit.create(group)
    item = {"operation": "read", "id": record[group.key]}
    run(kit, group, [item] * limit)
    run(kit, group, [])
    before = kit.ours(group)
    reply = kit.send(
        Ask(operation, body={"operations": [{"operation": "create", "object": kit.body(group)}] + [item] * limit})
    )
    kit.status(reply, 400, "a batch beyond the limit", operation)
    kit.expect(kit.ours(group) == before, "a refused batch made records")


@check(*NEEDS, writes=True, code=206)
def check_malformed(kit: Kit, group: Group) -> None:
    """A batch that is none is refused as a whole."""
    operation = group.one(Kind.BATCH)
    for what, body in {
        "with an unknown operation": {"operations": [{"operation": "explode"}]},
        "with an item that names no operation": {"operations": [{"id": "x"}]},
        "whose operations are no array": {"operations": {}},
        "that is an array": [],
    }.items():
        with kit.each(operation):
            reply = kit.send(Ask(operation, body=body))
            kit.status(reply, 400, f"a batch {what}", operation)
