"""Paging: every record once, page by page, whatever is added or removed on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mockserver.conformance import (
    Ask,
    Broken,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    Sheet,
    check,
    filled,
    has_key,
    listed,
    make_many,
    marked,
    narrow,
    quoted,
    read_page,
    row_queries,
    same_json,
    sheets,
    walk,
    ways,
)

NEEDS = (Kind.CREATE,)
LISTS = (Kind.LIST, Kind.LOOKUP, Kind.SEARCH)
HEXADECIMAL = re.compile("[0-9a-f]")
STEP, MOST = 10, 150
"""How many records are made at first, then twice as many each time, until a list ends with one; and the most: where
the server chooses their keys."""


def _has(record: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    return all(same_json(record.get(name), value) for name, value in fields.items())


@check(*NEEDS, writes=True)
def check_complete(session: Session, group: Group) -> None:
    """All pages together hold every record once, each whole page as large as the first."""
    for ask, fields in narrow(session, group):
        with session.each(ask.operation):
            first, mine = filled(session, group, ask, fields, pages=3)
            if fields:
                session.create(group)  # which is not asked for
            found = list(sheets(session, group, ask))
            ids = [one[group.key] for sheet in found for one in sheet.items]
            strange = [one[group.key] for sheet in found for one in sheet.items if not _has(one, fields)]
            cause = f"{ask.operation.id} holds records that it was not asked for"
            session.expect_listing(ask.operation, ids, cause, lacks=strange)
            session.expect_listing(
                ask.operation, ids, f"{ask.operation.id} repeats records from page to page", once=True
            )
            # Whoever tells the story again has to find all that were found, since it is another one that is left out.
            holds = {*mine, *(set(ids) & session.ours(group))}
            session.expect_listing(ask.operation, ids, f"{ask.operation.id} leaves records out", holds=holds)
            full = [sheet for sheet in found[:-1] if sheet.items][:-1]
            even = all(len(sheet.items) == len(first.items) for sheet in full)
            session.prefer(even, f"{ask.operation.id} has pages of uneven size")
            if len(found) % 2 == 0:
                read_page(session, group, ask)  # else every other answer would be asked for in the same turn again
            later = [one for sheet in found[1:] for one in sheet.items if one[group.key] in holds]
            if later and Kind.READ in group.operations:
                cause = f"{ask.operation.id} returns a different record from read on a later page"
                session.same(session.read(group, later[-1][group.key]), later[-1], cause)
            again = [one[group.key] for one in walk(session, group, ask)]
            cause = f"{ask.operation.id} returns a different order the second time"
            session.expect_alike(ask.operation, ids, again, cause)
            session.prefer(ids == sorted(ids), f"{ask.operation.id} is not in the order of the ids")


@check(*NEEDS, Kind.LIST, writes=True, owns=True)
def check_last_of_all(session: Session, group: Group) -> None:
    """The list ends with the last record there is: those made while nobody looked are all that is new in it."""
    ask = Ask(group.one(Kind.LIST))
    before = [one[group.key] for one in walk(session, group, ask)]
    step = 0 if before and _made_behind(session, group, before[-1]) else STEP
    while True:
        make_many(session, group, step, {})
        step = 2 * step or STEP
        found, mine = [one[group.key] for one in walk(session, group, ask)], session.ours(group)
        new = set(found) - set(before)
        if not has_key(ask.operation) and len(found) < len(before) + len(mine):
            raise Inconclusive(f"the list ends after {len(found)} records, and no key leads on")
        session.expect(mine <= new, f"{ask.operation.id} leaves records out", f"{len(mine - new)} of {len(mine)}")
        session.expect(
            new <= mine | {one.id for one in session.kept()},
            f"{ask.operation.id} now shows records that it left out before",
            str(sorted(new - mine))[:200],
        )
        is_hopeless = all(HEXADECIMAL.match(one) for one in mine) and not HEXADECIMAL.match(found[-1])
        if found[-1] in mine:
            return
        if len(mine) >= MOST or is_hopeless:
            # Keys that all begin with a digit or one of a to f never stand behind one that begins with another.
            _holds_what_a_query_finds(session, group, {*found}, mine)
            return


def _holds_what_a_query_finds(session: Session, group: Group, listed: set[str], mine: set[str]) -> None:
    """Hold a list to a query, where the target answers one that finds the run's own records."""
    queried = set[str]()
    with suppress(Broken):  # checks of queries tell it
        queried = {*row_queries.ids_found(session, group)}
    if mine <= queried:
        cause = f"{group.one(Kind.LIST).id} leaves out what a query finds"
        session.expect(queried <= listed, cause, str(sorted(queried - listed))[:200])


def _made_behind(session: Session, group: Group, key: str) -> bool:
    """Whether a record could be made whose key stands behind ``key``: where the server takes a key of our own."""
    if group.key not in group.bodies[Kind.CREATE].properties:
        return False
    wanted = f"{key}z"
    reply = session.send(Ask(group.one(Kind.CREATE), body={**session.body(group), group.key: wanted}))
    return reply.status == 200 and session.value(reply).get(group.key) == wanted


@check(*NEEDS, writes=True)
def check_one_page_is_all(session: Session, group: Group) -> None:
    """What fits one page is one page: counted right, without a key to a next one."""
    for ask, fields in narrow(session, group):
        page = ask.operation.page
        if page is None or page.items is None or not (fields or ask.body):
            continue
        with session.each(ask.operation):
            session.create(group, fields)
            for sheet in sheets(session, group, ask):
                if page.count:
                    count = sheet.envelope.get(page.count)
                    session.expect(
                        count == len(sheet.items),
                        f"{ask.operation.id} miscounts a page",
                        f"{quoted(count)} for {len(sheet.items)}",
                    )
            nothing = (
                ask.but(values=_of_nothing(ask, f"none-{session.mark}"))
                if ask.operation.kind is Kind.LOOKUP
                else ask.but(body={**ask.body, **dict.fromkeys(ask.body, f"none {session.mark}")})
            )
            empty = read_page(session, group, nothing)
            session.expect(not empty.items, f"{ask.operation.id} finds what does not exist")
            session.expect(empty.next is None, f"{ask.operation.id} names a next key on an empty page")


def _of_nothing(ask: Ask, key: str) -> dict[str, str]:
    """The values of a look-up with ``key`` wherever the document takes it: it takes no such word for one of an enum."""
    takes = {one.name: one.validator.allows(key) for one in ask.operation.parameters}
    return {name: key if takes.get(name, True) else str(value) for name, value in ask.values.items()}


@check(*NEEDS, writes=True)
def check_exactly_full(session: Session, group: Group) -> None:
    """Pages that are exactly full end where the records do, and one record more is on a page of its own."""
    for ask, fields in narrow(session, group):
        with session.each(ask.operation):
            first, _ = filled(session, group, ask, fields, pages=2)
            limit, known = len(first.items), {one[group.key] for one in walk(session, group, ask)}
            for more in (-len(known) % limit, 1, 1):
                before = session.ours(group)
                make_many(session, group, more, fields)
                known |= session.ours(group) - before
                _cut_right(session, group, ask, known, limit)


def _cut_right(session: Session, group: Group, ask: Ask, known: set[str], limit: int) -> None:
    """Expect pages that hold all that is ``known``, each full but the last, and no key behind which nothing is."""
    name, page = ask.operation.id, ask.operation.page
    found = list(sheets(session, group, ask))
    sizes = [len(sheet.items) for sheet in found if sheet.items]
    ids = {one[group.key] for sheet in found for one in sheet.items}
    cause = f"{name} leaves records out where its pages are exactly full"
    session.expect_listing(ask.operation, ids, cause, holds=known)
    even = set(sizes[:-1]) <= {limit} and sizes[-1] <= limit
    session.prefer(even, f"{name} has pages of uneven size", str(sizes))
    if page is not None and page.items is not None:
        _ended(session, ask, found)


def _ended(session: Session, ask: Ask, found: list[Sheet]) -> None:
    """Expect no key behind which nothing is. A server may name one on a full page, for it need not look further."""
    cause = f"{ask.operation.id} names a next key after which nothing follows"
    is_after_full = len(found) > 1 and len(found[-2].items) >= len(found[0].items)
    hold = session.prefer if is_after_full else session.expect
    hold(bool(found[-1].items), cause)


@check(*NEEDS, Kind.READ, writes=True)
def check_counts(session: Session, group: Group) -> None:
    """Each page's count is the number of its records; the last page names no next key, the others do."""
    for ask, fields in narrow(session, group):
        page = ask.operation.page
        if page is None or page.items is None:
            continue
        with session.each(ask.operation):
            first, mine = filled(session, group, ask, fields, pages=2)
            session.expect(first.next is not None, f"{ask.operation.id} names no next key though there is more")
            found = list(sheets(session, group, ask))
            for sheet in found:
                count = sheet.envelope.get(page.count, len(sheet.items)) if page.count else len(sheet.items)
                session.expect(count == len(sheet.items), f"{ask.operation.id} miscounts a page")
            session.expect(
                len(mine) <= sum(len(sheet.items) for sheet in found), f"{ask.operation.id} leaves records out"
            )
            _ended(session, ask, found)


@check(*NEEDS, Kind.READ, writes=True, every=4)
def check_whole_records(session: Session, group: Group) -> None:
    """The records of every page are what read returns."""
    for ask, fields in narrow(session, group):
        with session.each(ask.operation):
            _, mine = filled(session, group, ask, fields, pages=2)
            found = {one[group.key]: one for one in walk(session, group, ask)}
            for record_id in sorted(mine)[:: max(1, len(mine) // 6)]:
                session.expect_listing(
                    ask.operation, found, f"{ask.operation.id} leaves records out", holds=[record_id]
                )
                session.same(
                    session.read(group, record_id),
                    found[record_id],
                    f"{ask.operation.id} returns a different record from read",
                )


@check(*NEEDS, Kind.DELETE, writes=True, every=4)
def check_survives_deletes(session: Session, group: Group) -> None:
    """Deleting the record that a key names loses nothing of what follows, and repeats nothing."""
    for ask, fields in narrow(session, group):
        with session.each(ask.operation):
            filled(session, group, ask, fields, pages=3)
            known = {one[group.key] for one in walk(session, group, ask)}
            mine = known & session.ours(group)
            key, seen = _page_of_ours(session, group, ask)
            gone = [one for one in dict.fromkeys((key, *sorted(seen & mine)[:1])) if one in mine]
            for record_id in gone:
                session.at(group, Kind.DELETE, record_id)
            stay = known if session.limits.owns_all else mine
            _rest(session, group, ask, key, seen, stay - set(gone), "deletes")


@check(*NEEDS, writes=True, every=4)
def check_survives_inserts(session: Session, group: Group) -> None:
    """Records made between two pages push nothing out and bring nothing twice."""
    for ask, fields in narrow(session, group):
        with session.each(ask.operation):
            _, mine = filled(session, group, ask, fields, pages=3)
            key, seen = _page_of_ours(session, group, ask)
            make_many(session, group, 3, fields)
            _rest(session, group, ask, key, seen, mine, "inserts")


def _page_of_ours(session: Session, group: Group, ask: Ask) -> tuple[str, set[str]]:
    """The key after the first page, if there is one that ends with a record of this run, and all ids so far."""
    mine, seen = session.ours(group), set[str]()
    first: tuple[str, set[str]] | None = None
    for sheet in sheets(session, group, ask):
        seen |= {one[group.key] for one in sheet.items}
        if sheet.next and sheet.items:
            first = first or (sheet.next, set(seen))
            if sheet.items[-1][group.key] in mine:
                return sheet.next, seen
    if first is None:
        raise Broken(f"{ask.operation.id} names no next key though there is more", operation=ask.operation.id)
    return first


def _rest(session: Session, group: Group, ask: Ask, key: str, seen: set[str], wanted: set[str], what: str) -> None:
    assert ask.operation.page
    rest = [one[group.key] for one in walk(session, group, ask.but(query={**ask.query, ask.operation.page.key: key}))]
    name, together = ask.operation.id, [*seen, *rest]
    session.expect_listing(ask.operation, together, f"{name} repeats records after {what}", once=True, walks=2)
    session.expect_listing(ask.operation, together, f"{name} loses records after {what}", holds=wanted, walks=2)


@check(*NEEDS, writes=True, every=2)
def check_projected_pages(session: Session, group: Group) -> None:
    """Pages of some fields only hold the same records in the same order."""
    for ask, fields in narrow(session, group):
        projection = ask.operation.projection
        if projection is None:
            continue
        with session.each(ask.operation):
            filled(session, group, ask, fields, pages=2)
            whole = [one[group.key] for one in walk(session, group, ask)]
            some = walk(session, group, ask.but(query={projection: group.marker}))
            session.expect(
                [one[group.key] for one in some] == whole,
                f"{ask.operation.id} pages through different records with {projection}",
            )
            more = {name for one in some for name in one} - {group.key, group.marker}
            session.expect(
                not more, f"{ask.operation.id} adds fields to {projection} on a page", str(sorted(more))[:200]
            )


@check(Kind.LIST, Kind.SEARCH, owns=True)
def check_list_and_search_agree(session: Session, group: Group) -> None:
    """A search without parameters finds what the list holds, to the last record."""
    listed = {one[group.key] for one in walk(session, group, Ask(group.one(Kind.LIST)))}
    for operation in group.all(Kind.SEARCH):
        with session.each(operation):
            found = {one[group.key] for one in walk(session, group, Ask(operation, body={}))}
            detail = f"{len(found - listed)} found only, {len(listed - found)} listed only"
            session.expect(
                found == listed, f"{operation.id} without parameters and the list hold different records", detail
            )


@check(*NEEDS, Kind.SEARCH, writes=True)
def check_key_in_the_body(session: Session, group: Group) -> None:
    """A search takes its key from the body just as from the query."""
    for operation in group.all(Kind.SEARCH):
        name = next((name for name, criterion in operation.criteria.items() if criterion.is_page_key), None)
        if name is None or operation.page is None:
            raise NotApplicable("the search takes no key in its body")
        ask = Ask(operation, body=marked(session, group, operation.id))
        first, _ = filled(session, group, ask, {}, pages=3)
        by_query = read_page(session, group, ask.but(query={operation.page.key: first.next}))
        some = {operation.projection: group.marker} if operation.projection else {}
        by_body = read_page(session, group, ask.but(body={**ask.body, name: first.next}, query=some))
        more = {one for item in by_body.items for one in item if some} - {group.key, group.marker}
        cause = f"{operation.id} adds fields to {operation.projection} where its key is in the body"
        session.expect(not more, cause, listed(sorted(more)))
        session.expect(
            _ids(group, by_query) == _ids(group, by_body), f"{operation.id} pages differently by the key in its body"
        )
        by_both = ask.but(query={operation.page.key: first.next}, body={**ask.body, name: by_query.next})
        session.prefer(
            by_query.next is None or _ids(group, read_page(session, group, by_both)) == _ids(group, by_query),
            f"{operation.id} pages by the key in its body though there is another one in the query",
        )


def _ids(group: Group, sheet: Sheet) -> list[str]:
    return [one[group.key] for one in sheet.items]


@check(Kind.READ)
def check_behind_any_record(session: Session, group: Group) -> None:
    """The key of any record is one to go on behind, whatever characters it has, be it there or not."""
    shown = [one for one in session.shown(group) if not str(one[group.key]).isalnum()][:1]
    finding = [(one[group.key], ask) for one in shown for ask in ways(group, one)]
    finding += [(f"8-{session.mark}", Ask(one)) for one in group.all(Kind.LIST)]  # which is no record's
    finding = [(key, ask) for key, ask in finding if ask.operation.page is not None and has_key(ask.operation)]
    if not finding:
        raise NotApplicable("no list takes a key to go on behind")
    for key, ask in finding:
        assert ask.operation.page
        with session.each(ask.operation):
            found = read_page(session, group, ask.but(query={ask.operation.page.key: key}))
            cause = f"{ask.operation.id} does not go on behind a record's own key"
            session.prefer(all(one > key for one in _ids(group, found)), cause, quoted(key))


@check(code=206)
def check_malformed_keys(session: Session, group: Group) -> None:
    """A key that breaks its pattern is refused."""
    if not group.all(*LISTS):
        raise NotApplicable("no operation finds many records")
    record = session.sample(group)[0]
    for operation in group.all(*LISTS):
        page = operation.page
        parameter = operation.parameter(page.key) if page else None
        if page is None or parameter is None or parameter.validator.allows("no key at all!"):
            continue
        with session.each(operation):
            reply = session.send(session.usual(group, operation, record).but(query={page.key: "no key at all!"}))
            session.status(reply, 400, f"{operation.id} with a malformed key", operation)
