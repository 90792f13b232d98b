"""Page by page through a list, a look-up or a search, with an eye on what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Broken, Inconclusive
from mockserver.conformance.session import Session
from mockserver.conformance.stories.recorded_walks import Pages
from mockserver.conformance.stories.trail import Expected, Listing
from mockserver.conformance.valid_requests import Ask, others
from mockserver.conformance.wire.identity import Requester
from mockserver.contract import Kind, Operation
from mockserver.contract.operation import How
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import how_many, quoted


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its records, and the key behind which the next one begins (None: this is the last)."""

    items: tuple[dict[str, Any], ...]
    next: str | None
    envelope: Mapping[str, Any]


def read_page(session: Session, group: Group, ask: Ask, *, who: Requester | None = None) -> Sheet:
    """One page. A bare list tells no key: its last record's id is one, unless the page is empty."""
    operation = ask.operation
    reply = session.send(ask, who=who)
    session.status(reply, 200, f"{operation.id} of a page", operation)
    body = session.value(reply)
    page = operation.page
    assert page
    if page.items is None:
        items = _records(group, operation, body)
        return Sheet(items, str(items[-1][group.key]) if items else None, {})
    if not isinstance(body, dict):
        raise Broken("a page is not an object", operation=operation.id)
    following = body.get(page.next) if page.next else None
    if following is not None and not isinstance(following, str):
        raise Broken("the next key is not text", quoted(following), operation.id)
    return Sheet(_records(group, operation, body.get(page.items)), following, body)


def sheets(session: Session, group: Group, ask: Ask, *, who: Requester | None = None) -> Iterator[Sheet]:
    """Every page, first to last. Raises Broken when they lead nowhere, Inconclusive when there are too many."""
    key_name = ask.operation.page.key if ask.operation.page else ""
    walk = session.trails.walk(ask.operation.id, pages_of(group, ask.operation))
    named = {ask.query.get(key_name)}
    for _ in range(session.limits.pages):
        with walk.turning():
            sheet = read_page(session, group, ask, who=who)
        walk.is_whole = sheet.next is None or not key_name
        yield sheet
        if walk.is_whole:
            return
        if sheet.next in named:
            walk.is_whole = True
            which = "its own key" if ask.query.get(key_name) == sheet.next else "a key of before"
            cause = f"paging does not move on: a page names {which} as the next"
            raise Broken(cause, operation=ask.operation.id, expected=repeats(ask.operation))
        named.add(sheet.next)
        ask = ask.but(query={**ask.query, key_name: sheet.next})
    raise Inconclusive(f"{ask.operation.id} has more than {session.limits.pages} pages")


def walk(session: Session, group: Group, ask: Ask, *, who: Requester | None = None) -> list[dict[str, Any]]:
    """All records of all pages, in order. Raises Broken when one comes twice."""
    found = [record for sheet in sheets(session, group, ask, who=who) for record in sheet.items]
    ids = [record[group.key] for record in found]
    if len(set(ids)) != len(ids):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        detail = f"{len(twice)} came more than once: {twice[:3]}"
        raise Broken("paging repeats records", detail, ask.operation.id, repeats(ask.operation))
    return found


def pages_of(group: Group, operation: Operation) -> Pages:
    """How a story reads the list of ``operation``, or its one page, from page to page."""
    page = operation.page
    items = pointer_to(page.items) if page and page.items is not None else ""
    following = pointer_to(page.next) if page and page.items is not None and page.next else ""
    return Pages(page.key if page else "", following, items, group.key)


def repeats(operation: Operation) -> Expected:
    """That no record comes twice in the last walk through a list."""
    return Expected(listing=Listing(operation.id, is_once=True))


def left_nothing(session: Session, group: Group, what: str) -> None:
    """Expect no record with the run's mark that the run does not know to have made. Looks where there is a list."""
    marker = group.marker
    known = {made.id for made in session.records.left() if made.resource == group.name}
    for operation in group.all(Kind.LIST) if session.limits.owns_all else ():
        found = walk(session, group, Ask(operation))
        left = [one for one in found if session.mark in str(one.get(marker)) and one[group.key] not in known]
        stored = Listing(operation.id, marked=(marker, session.mark))
        session.expect(not left, f"{what} is stored anyway", how_many(len(left), "record"), Expected(listing=stored))


def by_id(group: Group, records: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """``records`` by their ids."""
    return {record[group.key]: record for record in records}


def ways(group: Group, record: Mapping[str, Any]) -> Iterator[Ask]:
    """Each way to find ``record`` among many: list, look-ups by its keys, search for its id."""
    for operation in group.all(Kind.LIST):
        if has_key(operation):
            yield Ask(operation)
    for operation in group.all(Kind.LOOKUP):
        if (named := group.named(operation, record)) is not None:
            yield Ask(operation, {**dict(others(group, operation)), **named})
    for operation in group.all(Kind.SEARCH):
        yield Ask(operation, body=narrowed(group, operation, record))


def has_key(operation: Operation) -> bool:
    """Whether one can ask for the pages after the first."""
    return operation.page is not None and operation.page.key != ""


def narrowed(group: Group, operation: Operation, record: Mapping[str, Any]) -> dict[str, Any]:
    """Search parameters that few records but ``record`` meet: its id, else its mark, else none."""
    for wanted, how in ((group.key, How.ANY_OF), (group.marker, How.CONTAINS)):
        for name, criterion in operation.criteria.items():
            if criterion.field == wanted and criterion.how is how and wanted in record:
                return {name: [record[wanted]] if how is How.ANY_OF else record[wanted]}
    return {}


def _records(group: Group, operation: Operation, body: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(body, list):
        raise Broken("a page holds no array of records", operation=operation.id)
    if not all(isinstance(one, dict) and isinstance(one.get(group.key), str) for one in body):
        raise Broken(f"a page holds records without {group.key}", operation=operation.id)
    return tuple(body)
