"""Versions and stamps: who changed a record, when, and how many times, counted for changes and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from contract_tests.asking import Ask
from contract_tests.kit import Identity, Kit
from contract_tests.plan import Group
from contract_tests.suites.patching import patch
from contract_tests.suites.replacing import put
from contract_tests.verdicts import NotApplicable, NotJudged, check
from mockserver.contract import Kind

NEEDS = (Kind.CREATE, Kind.READ)
FINE, COARSEST = 0.005, 1.1
"""Seconds after which a clock of milliseconds, and even one of whole seconds, has moved on."""

Change = Callable[[dict[str, Any]], object]


def stamp(group: Group, name: str) -> str:
    """The field of a stamp. Raises NotJudged where the resource has none."""
    if name not in group.resource.stamps:
        raise NotApplicable(f"there is no {name} stamp")
    return group.resource.stamps[name]


def changes(kit: Kit, group: Group) -> Iterator[tuple[str, Change]]:
    """Each way to change a record, as far as the document has it."""
    marker = group.marker
    step = [{"op": "replace", "path": f"/{marker}", "value": f"{kit.mark} changed"}]
    if Kind.REPLACE in group.operations:
        yield "PUT", lambda record: put(kit, group, record[group.key], kit.body(group))
    if Kind.PATCH in group.operations:
        yield "PATCH", lambda record: patch(kit, group, record, step, "replaces a field")
    for operation in group.all(Kind.NOTICE):
        yield "a notice", lambda record, one=operation: kit.send(kit.usual(group, one, record))  # type: ignore[misc]
    for operation in group.all(Kind.BATCH):
        for item in (
            {"operation": "patch", "patch_directives": step},
            {"operation": "update", "object": kit.body(group)},
        ):
            yield (
                f"a batch's {item['operation']}",
                lambda record, one=operation, what=item: kit.send(
                    Ask(one, body={"operations": [{**what, "id": record[group.key]}]})
                ),  # type: ignore[misc]
            )


@check(*NEEDS, writes=True)
def check_counted(kit: Kit, group: Group) -> None:
    """The version is 1 after a create and one more after each change, whichever way it was made."""
    field = stamp(group, "version")
    record = kit.create(group)
    kit.expect(record.get(field) == 1, "a new record's version is not 1", f"found {record.get(field)!r}")
    for what, change in changes(kit, group):
        with kit.each():
            before = kit.read(group, record[group.key]).get(field)
            change(record)
            after = kit.read(group, record[group.key]).get(field)
            kit.expect(
                after == (before or 0) + 1, f"the version does not count {what}", f"it was {before!r}, is {after!r}"
            )


@check(*NEEDS, writes=True)
def check_not_counted(kit: Kit, group: Group) -> None:
    """Reading and refused changes leave version and stamps alone."""
    record = kit.create(group)
    for operation in group.all(Kind.READ, Kind.LIST, Kind.LOOKUP, Kind.SEARCH, Kind.DOCUMENT, Kind.PREVIEW):
        kit.send(kit.usual(group, operation, record))
    if Kind.PATCH in group.operations:
        kit.at(group, Kind.PATCH, record[group.key], body=[{"op": "test", "path": f"/{group.key}", "value": "other"}])
    if Kind.REPLACE in group.operations:
        kit.at(group, Kind.REPLACE, record[group.key], body={group.key: record[group.key]})
    kit.same(record, kit.read(group, record[group.key]), "reading or refused changes moved stamps")


@check(*NEEDS, writes=True)
def check_created_stays(kit: Kit, group: Group) -> None:
    """When and by whom a record was created never changes."""
    fields = [group.resource.stamps[name] for name in ("created-at", "created-by") if name in group.resource.stamps]
    record = kit.create(group)
    for what, change in changes(kit, group):
        with kit.each():
            change(record)
            found = kit.read(group, record[group.key])
            for field in fields:
                kit.expect(found.get(field) == record.get(field), f"{what} changes {field}")


@check(*NEEDS, writes=True)
def check_modified_moves(kit: Kit, group: Group) -> None:
    """The moment of the last change moves on with each change, and is no earlier than the creation."""
    field = stamp(group, "modified-at")
    for what, change in changes(kit, group):
        with kit.each():
            record = kit.create(group)
            first = _moment(kit, record, field)
            if created := group.resource.stamps.get("created-at"):
                kit.expect(first >= _moment(kit, record, created), f"{field} is before {created}")
            kit.expect(_moves(kit, group, record, field, change), f"{what} does not move {field}")


def _moves(kit: Kit, group: Group, record: dict[str, Any], field: str, change: Change) -> bool:
    """Whether ``change`` moves the stamp on: a tick of a fine clock later, or at the latest one of the coarsest."""
    before = _moment(kit, record, field)
    for tick in (FINE, COARSEST):
        kit.client.pace.wait(tick)
        change(record)
        now = _moment(kit, kit.read(group, record[group.key]), field)
        kit.expect(now >= before, f"{field} moves backwards")
        if now > before:
            return True
    return False


@check(*NEEDS, writes=True)
def check_whose(kit: Kit, group: Group) -> None:
    """Writes are stamped with the subject of the token that made them."""
    if kit.own.subject is None:
        raise NotJudged("whose token it is was not told to this run")
    record = kit.create(group)
    for name in ("created-by", "modified-by"):
        field = stamp(group, name)
        kit.expect(
            record.get(field) == kit.own.subject, f"{field} of a new record is not the caller", repr(record.get(field))
        )
    if kit.own.mint:
        _by_another(kit, group, record)


def _by_another(kit: Kit, group: Group, record: dict[str, Any]) -> None:
    assert kit.own.mint
    created, modified = stamp(group, "created-by"), stamp(group, "modified-by")
    another = Identity(kit.own.tenant, kit.own.mint(sub="auth0|another-checker"), "auth0|another-checker")
    for kind, body in (
        (Kind.PATCH, [{"op": "replace", "path": f"/{group.marker}", "value": kit.mark}]),
        (Kind.REPLACE, {**kit.body(group), group.key: record[group.key]}),
    ):
        if kind in group.operations:
            kit.at(group, kind, record[group.key], body=body, who=another)
            found = kit.read(group, record[group.key])
            kit.expect(found.get(modified) == another.subject, f"{modified} is not who made the last change")
            kit.expect(found.get(created) == kit.own.subject, f"{created} changes with another's change")
            kit.at(group, kind, record[group.key], body=body)


def _moment(kit: Kit, record: dict[str, Any], field: str) -> datetime:
    try:
        return datetime.fromisoformat(str(record.get(field)))
    except ValueError:
        kit.expect(False, f"{field} is no moment", repr(record.get(field)))
        raise
