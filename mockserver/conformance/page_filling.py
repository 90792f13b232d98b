"""Lists, look-ups and searches that hold a few pages of a run's own records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance.batch_items import send_batch
from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.pagination import Sheet, has_key, read_page
from mockserver.conformance.record_steps import marked
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask
from mockserver.contract import Kind, Operation
from mockserver.contract.operation import How
from mockserver.values.shown import how_many

BATCH = 100
"""How many records one batch makes."""


def make_many(session: Session, group: Group, count: int, changes: Mapping[str, Any]) -> None:
    """Make records, by batch where the document has one."""
    if Kind.BATCH not in group.operations or count < 10:
        for _ in range(count):
            session.create(group, changes)
        return
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        items = [{"verb": "create", "record": session.body(group, changes)} for _ in range(size)]
        before = len(session.records.left())
        reply = send_batch(session, group, items)
        session.status(reply, 200, "a batch of creates", group.one(Kind.BATCH))
        made = len(session.records.left()) - before
        session.expect(made >= size, "a batch of creates makes fewer records than asked for", f"{made} of {size}")


def narrow(session: Session, group: Group) -> Iterator[tuple[Ask, dict[str, Any]]]:
    """Each look-up, search and list, as a request and the field values that put a record into its answer."""
    for operation in group.all(Kind.LOOKUP):
        by = next(iter(operation.keys.values()))
        is_free = isinstance(by, str) and by in group.writable and by not in {one.field for one in group.references}
        if is_free and len(operation.keys) == 1:
            value = session.foreign(group).get(str(by)) or f"page-{operation.id}-{session.mark}"
            yield session.usual(group, operation, {by: value}), {str(by): value}
        elif shared := _shared(session, group, operation):
            yield session.usual(group, operation, shared), shared
    for operation in group.all(Kind.SEARCH):
        body, beside = marked(session, group, operation.id), _beside(session, group, operation)
        yield (
            Ask(operation, body={**body, **beside}),
            {operation.criteria[one].field or "": text for one, text in beside.items()},
        )
    for operation in group.all(Kind.LIST):
        if has_key(operation):
            yield Ask(operation), {}


def _beside(session: Session, group: Group, operation: Operation) -> dict[str, str]:
    """One search parameter more, with the text that it looks for in a field of records which are to be found."""
    for name, criterion in operation.criteria.items():
        is_free = criterion.field in group.free_texts and criterion.field not in group.filled | set(group.triggers)
        if criterion.how is How.CONTAINS and is_free and criterion.field != group.marker:
            return {name: f"{session.mark} beside"}
    return {}


def _shared(session: Session, group: Group, operation: Operation) -> dict[str, Any]:
    """The values by which a look-up finds records that refer to one of their own; none where they cannot be set."""
    by_field = {one.field: one for one in group.references}
    record = session.create(group)
    if group.named(operation, record) is None:
        return {}
    names = {one for field in operation.keys.values() for one in _fields(field, record)}
    shared = {name: record[name] for name in names if name in group.writable}
    for name in shared.keys() & by_field.keys():
        referenced = session.plan.groups[by_field[name].resource]
        if Kind.CREATE in referenced.operations and group.values.type_of(group.field(name)) != "array":
            shared[name] = session.create(referenced)[referenced.key]
    return shared if len(shared) == len(names) else {}


def _fields(field: Any, record: Mapping[str, Any]) -> list[str]:
    """The fields that a parameter of a look-up is compared with, for a record like this one."""
    if isinstance(field, str):
        return [field]
    return [str(field["by"]), str(field.get("cases", {}).get(record.get(field["by"])))]


def filled(session: Session, group: Group, ask: Ask, fields: dict[str, Any], pages: int) -> tuple[Sheet, set[str]]:
    """Make records until ``ask`` needs so many pages; returns the first page and all ids that are ours.

    Raises Inconclusive when the pages are larger than the run may fill.
    """
    before, size, asked = session.ours(group), 6, 0
    while True:
        make_many(session, group, size, fields)
        asked += size
        mine = session.ours(group) - before
        session.expect(
            len(mine) == asked, "records that were made share ids", f"{how_many(len(mine), 'id')} for {asked}"
        )
        sheet = read_page(session, group, ask)
        limit = len(sheet.items)
        session.expect(limit > 0, f"{ask.operation.id} answers an empty first page")
        if asked > limit * (pages - 1):
            return sheet, mine
        if asked >= session.limits.records:
            raise Inconclusive(f"a page holds more than {asked} records, more than this run makes")
        wanted = limit * (pages - 1) + 1 if limit < asked else asked * 2
        size = min(max(wanted - asked, 1), session.limits.records - asked)
