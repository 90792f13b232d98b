"""Paging: every record once, page by page, whatever is added or removed on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.asking import Ask
from contract_tests.kit import Kit
from contract_tests.plan import Group
from contract_tests.verdicts import Broken, NotApplicable, NotJudged, check
from contract_tests.walking import Sheet, has_key, read_page, sheets, walk
from mockserver.contract import Kind
from mockserver.contract.operation import How

NEEDS = (Kind.CREATE,)
LISTS = (Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
BATCH = 100


def make_many(kit: Kit, group: Group, count: int, changes: Mapping[str, Any]) -> None:
    """Make records, by batch where the document has one."""
    if Kind.BATCH not in group.operations or count < 10:
        for _ in range(count):
            kit.create(group, changes)
        return
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        items = [{"operation": "create", "object": kit.body(group, changes)} for _ in range(size)]
        before = len(kit.records.left())
        reply = kit.send(Ask(group.one(Kind.BATCH), body={"operations": items}))
        kit.status(reply, 200, "a batch of creates", group.one(Kind.BATCH))
        made = len(kit.records.left()) - before
        kit.expect(made >= size, "a batch of creates makes fewer records than asked for", f"{made} of {size}")


def narrow(kit: Kit, group: Group) -> Iterator[tuple[Ask, dict[str, Any]]]:
    """Each look-up, search and list, as a request and the field values that put a record into its answer."""
    for operation in group.all(Kind.LOOKUP):
        by = next(iter(operation.keys.values()))
        value = kit.foreign(group).get(by) or f"page-{operation.id}-{kit.mark}"
        is_free = by in group.writable and by not in {one.field for one in group.references}
        if is_free and len(operation.keys) == 1:
            yield kit.usual(group, operation, {by: value}), {by: value}
    for operation in group.all(Kind.SEARCH):
        yield Ask(operation, body=marked(kit, group, operation.id)), {}
    for operation in group.all(Kind.LIST):
        if has_key(operation):
            yield Ask(operation), {}


def marked(kit: Kit, group: Group, operation_id: str) -> dict[str, Any]:
    """Search parameters that this run's records meet, and no others where the mark can be searched for."""
    operation = next(one for one in group.all(Kind.SEARCH) if one.id == operation_id)
    for name, criterion in operation.criteria.items():
        if criterion.field == group.marker and criterion.how is How.CONTAINS:
            return {name: kit.mark}
    return {}


def filled(kit: Kit, group: Group, ask: Ask, fields: dict[str, Any], pages: int) -> tuple[Sheet, set[str]]:
    """Make records until ``ask`` needs so many pages; returns the first page and all ids that are ours.

    Raises NotJudged when the pages are larger than the run may fill.
    """
    before, size, asked = kit.ours(group), 6, 0
    while True:
        make_many(kit, group, size, fields)
        asked += size
        mine = kit.ours(group) - before
        kit.expect(len(mine) == asked, "records that were made share ids", f"{len(mine)} ids for {asked}")
        sheet = read_page(kit, group, ask)
        limit = len(sheet.items)
        kit.expect(limit > 0, f"{ask.operation.id} answers an empty first page")
        if asked > limit * (pages - 1):
            return sheet, mine
        if asked >= kit.limits.records:
            raise NotJudged(f"a page holds more than {asked} records, more than this run makes")
        wanted = limit * (pages - 1) + 1 if limit < asked else asked * 2
        size = min(max(wanted - asked, 1), kit.limits.records - asked)


@check(*NEEDS, writes=True)
def check_complete(kit: Kit, group: Group) -> None:
    """All pages together hold every record once, each whole page as large as the first."""
    for ask, fields in narrow(kit, group):
        with kit.each(ask.operation):
            first, mine = filled(kit, group, ask, fields, pages=3)
            found = list(sheets(kit, group, ask))
            ids = [one[group.key] for sheet in found for one in sheet.items]
            kit.expect(len(ids) == len(set(ids)), f"{ask.operation.id} repeats records from page to page")
            kit.expect(
                mine <= set(ids), f"{ask.operation.id} leaves records out", f"{len(mine - set(ids))} of {len(mine)}"
            )
            full = [sheet for sheet in found[:-1] if sheet.items][:-1]
            kit.expect(
                all(len(sheet.items) == len(first.items) for sheet in full),
                f"{ask.operation.id} has pages of uneven size",
            )
            again = [one[group.key] for one in walk(kit, group, ask)]
            kit.expect(ids == again, f"{ask.operation.id} returns another order the second time")


@check(*NEEDS, writes=True)
def check_one_page_is_all(kit: Kit, group: Group) -> None:
    """What fits one page is one page: counted right, without a key to a next one."""
    for ask, fields in narrow(kit, group):
        page = ask.operation.page
        if page is None or page.items is None or not (fields or ask.body):
            continue
        with kit.each(ask.operation):
            kit.create(group, fields)
            for sheet in sheets(kit, group, ask):
                if page.count:
                    count = sheet.envelope.get(page.count)
                    kit.expect(
                        count == len(sheet.items),
                        f"{ask.operation.id} miscounts a page",
                        f"{count!r} for {len(sheet.items)}",
                    )
            nothing = (
                ask.but(values=dict.fromkeys(ask.values, f"none-{kit.mark}"))
                if fields
                else ask.but(body={**ask.body, **dict.fromkeys(ask.body, f"none {kit.mark}")})
            )
            empty = read_page(kit, group, nothing)
            kit.expect(not empty.items, f"{ask.operation.id} finds what is not there")
            kit.expect(empty.next is None, f"{ask.operation.id} names a next key on an empty page")


@check(*NEEDS, Kind.READ, writes=True)
def check_counts(kit: Kit, group: Group) -> None:
    """Each page's count is the number of its records; the last page names no next key, the others do."""
    for ask, fields in narrow(kit, group):
        page = ask.operation.page
        if page is None or page.items is None:
            continue
        with kit.each(ask.operation):
            first, mine = filled(kit, group, ask, fields, pages=2)
            kit.expect(first.next is not None, f"{ask.operation.id} names no next key though there is more")
            found = list(sheets(kit, group, ask))
            for sheet in found:
                count = sheet.envelope.get(page.count, len(sheet.items)) if page.count else len(sheet.items)
                kit.expect(count == len(sheet.items), f"{ask.operation.id} miscounts a page")
            kit.expect(bool(found[-1].items), f"{ask.operation.id} names a next key behind which nothing is")
            kit.expect(len(mine) <= sum(len(sheet.items) for sheet in found), f"{ask.operation.id} leaves records out")


@check(*NEEDS, Kind.READ, writes=True)
def check_whole_records(kit: Kit, group: Group) -> None:
    """The records of every page are what read returns."""
    for ask, fields in narrow(kit, group):
        with kit.each(ask.operation):
            _, mine = filled(kit, group, ask, fields, pages=2)
            found = {one[group.key]: one for one in walk(kit, group, ask)}
            for record_id in sorted(mine)[:: max(1, len(mine) // 6)]:
                kit.expect(record_id in found, f"{ask.operation.id} leaves records out")
                kit.same(
                    kit.read(group, record_id), found[record_id], f"{ask.operation.id} returns another record than read"
                )


@check(*NEEDS, Kind.DELETE, writes=True)
def check_survives_deletes(kit: Kit, group: Group) -> None:
    """Deleting the record that a key names loses nothing of what follows, and repeats nothing."""
    for ask, fields in narrow(kit, group):
        with kit.each(ask.operation):
            filled(kit, group, ask, fields, pages=3)
            known = {one[group.key] for one in walk(kit, group, ask)}
            mine = known & kit.ours(group)
            key, seen = _page_of_ours(kit, group, ask)
            gone = [one for one in dict.fromkeys((key, *sorted(seen & mine)[:1])) if one in mine]
            for record_id in gone:
                kit.at(group, Kind.DELETE, record_id)
            stay = known if kit.limits.owns_all else mine
            _rest(kit, group, ask, key, seen, stay - set(gone), "deletes")


@check(*NEEDS, writes=True)
def check_survives_inserts(kit: Kit, group: Group) -> None:
    """Records made between two pages push nothing out and bring nothing twice."""
    for ask, fields in narrow(kit, group):
        with kit.each(ask.operation):
            _, mine = filled(kit, group, ask, fields, pages=3)
            key, seen = _page_of_ours(kit, group, ask)
            make_many(kit, group, 3, fields)
            _rest(kit, group, ask, key, seen, mine, "inserts")


def _page_of_ours(kit: Kit, group: Group, ask: Ask) -> tuple[str, set[str]]:
    """The key after the first page, if there is one that ends with a record of this run, and all ids so far."""
    mine, seen = kit.ours(group), set[str]()
    first: tuple[str, set[str]] | None = None
    for sheet in sheets(kit, group, ask):
        seen |= {one[group.key] for one in sheet.items}
        if sheet.next and sheet.items:
            first = first or (sheet.next, set(seen))
            if sheet.items[-1][group.key] in mine:
                return sheet.next, seen
    if first is None:
        raise Broken(f"{ask.operation.id} names no next key though there is more", operation=ask.operation.id)
    return first


def _rest(kit: Kit, group: Group, ask: Ask, key: str, seen: set[str], wanted: set[str], what: str) -> None:
    assert ask.operation.page
    rest = [one[group.key] for one in walk(kit, group, ask.but(query={**ask.query, ask.operation.page.key: key}))]
    if repeated := seen & set(rest):
        raise Broken(f"{ask.operation.id} repeats records after {what}", str(sorted(repeated)[:3]), ask.operation.id)
    if missing := wanted - seen - set(rest):
        raise Broken(f"{ask.operation.id} loses records after {what}", str(sorted(missing)[:3]), ask.operation.id)


@check(*NEEDS, writes=True)
def check_projected_pages(kit: Kit, group: Group) -> None:
    """Pages of some fields only hold the same records in the same order."""
    for ask, fields in narrow(kit, group):
        projection = ask.operation.projection
        if projection is None:
            continue
        with kit.each(ask.operation):
            filled(kit, group, ask, fields, pages=2)
            whole = [one[group.key] for one in walk(kit, group, ask)]
            some = walk(kit, group, ask.but(query={projection: group.marker}))
            kit.expect(
                [one[group.key] for one in some] == whole, f"{ask.operation.id} pages other records with {projection}"
            )
            more = {name for one in some for name in one} - {group.key, group.marker}
            kit.expect(not more, f"{ask.operation.id} adds fields to {projection} on a page", str(sorted(more))[:200])


@check(Kind.LIST, Kind.SEARCH, owns=True)
def check_list_and_search_agree(kit: Kit, group: Group) -> None:
    """A search without parameters finds what the list holds, to the last record."""
    listed = {one[group.key] for one in walk(kit, group, Ask(group.one(Kind.LIST)))}
    for operation in group.all(Kind.SEARCH):
        with kit.each(operation):
            found = {one[group.key] for one in walk(kit, group, Ask(operation, body={}))}
            told = f"{len(found - listed)} found only, {len(listed - found)} listed only"
            kit.expect(found == listed, f"{operation.id} without parameters and the list hold other records", told)


@check(*NEEDS, Kind.SEARCH, writes=True)
def check_key_in_the_body(kit: Kit, group: Group) -> None:
    """A search takes its key from the body just as from the query."""
    for operation in group.all(Kind.SEARCH):
        name = next((name for name, criterion in operation.criteria.items() if criterion.is_page_key), None)
        if name is None or operation.page is None:
            raise NotApplicable("the search takes no key in its body")
        ask = Ask(operation, body=marked(kit, group, operation.id))
        first, _ = filled(kit, group, ask, {}, pages=2)
        by_query = read_page(kit, group, ask.but(query={operation.page.key: first.next}))
        by_body = read_page(kit, group, ask.but(body={**ask.body, name: first.next}))
        same = [one[group.key] for one in by_query.items] == [one[group.key] for one in by_body.items]
        kit.expect(same, f"{operation.id} pages differently by the key in its body")


@check(code=206)
def check_malformed_keys(kit: Kit, group: Group) -> None:
    """A key that breaks its pattern is refused."""
    record = kit.sample(group)[0]
    for operation in group.all(*LISTS):
        page = operation.page
        rule = next((one.rule for one in operation.parameters if page and one.name == page.key), None)
        if page is None or rule is None or rule.allows("no key at all!"):
            continue
        with kit.each(operation):
            reply = kit.send(kit.usual(group, operation, record).but(query={page.key: "no key at all!"}))
            kit.status(reply, 400, f"{operation.id} with a malformed key", operation)
