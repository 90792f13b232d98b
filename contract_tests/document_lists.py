"""Lists of any document: pages hold every record once, filters what they ask for, and records as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.conformance import (
    SHORT_LIST,
    SUCCESSES,
    Group,
    Inconclusive,
    InferredList,
    InferredPage,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    PlannedParameter,
    Provenance,
    Session,
    check,
    described_alike,
    list_words,
    listed,
    shown_by_both,
    within,
)

MADE = 4
"""How many records are made to be found again."""
PAGES = 12
"""How many pages a list is read in at most."""
SIZES = (100, 50, 20)
"""How long a page is asked for to see a whole list."""
INFERRED = Provenance.INFERRED
NAMES_ANOTHER = "a list below a record holds one that names a different record"


@check(Kind.LIST, inferred=True, provenance=INFERRED)
def check_pages(session: Session, group: Group) -> None:
    """Page after page a list holds each of its records once, in one order, and says truly whether there are more."""
    asking, tried = InferredTrials(session), 0
    for operation in asking.whole_lists(group, Kind.LIST):
        above, made = asking.several(group, MADE)
        listing = InferredList(asking, group, operation, above)
        by = listing.parameter(list_words.SIZES)
        if by is None:
            continue
        most = next((size for size in SIZES if listing.takes(by, size)), 0)
        whole = listing.page({by.name: str(most)}) if most else None
        if whole is None or whole.status not in SUCCESSES or not 3 <= len(whole.keys) < most or "" in whole.keys:
            continue
        if len({*whole.keys}) < len(whole.keys) and not _tells_apart(operation, group):
            continue
        sizes = _sizes(listing, by, len(whole.keys), most)
        if not sizes:
            continue
        tried += 1
        with session.each(operation):
            _counts(session, listing, whole)
            for size in sizes:
                _walked(session, listing, whole.keys, size, frozenset(one.key for one in made))
        for one in made:
            asking.remove(group, one)
    if not tried:
        wanted = list_words.SIZES
        taken = any(InferredList(asking, group, one, ()).parameter(wanted) for one in group.all(Kind.LIST))
        raise (Inconclusive if taken else NotApplicable)("no list has parameters for its pages and records enough")


def _sizes(listing: InferredList, by: PlannedParameter, count: int, most: int) -> list[int]:
    """Sizes of pages by which a list is read: one whose last page is full, and one whose last page is not."""
    tried = [one for one in range(max(2, -(-count // (PAGES - 2))), min(most, count)) if listing.takes(by, one)]
    full, cut = ([one for one in tried if (count % one == 0) is is_full] for is_full in (True, False))
    return [*full[:1], *cut[:1]]


def _walked(session: Session, listing: InferredList, keys: tuple[str, ...], size: int, own: frozenset[str]) -> None:
    pages = [*listing.walk(size, PAGES)]
    found = [key for page in pages for key in page.keys]
    is_led = listing.parameter(list_words.PAGES | list_words.OFFSETS)
    first = pages[0]
    session.expect(len(first.keys) <= size, "a page holds more records than asked for", f"{len(first.keys)}, {size}")
    session.expect(len(first.keys) == size, "a page holds fewer records than asked for though there are more")
    if is_led is None and len(pages) == 1:
        by = listing.parameter(list_words.CURSORS)  # which may take no text, or numbers where the keys are texts
        is_promised = by is not None and listing.can_be(by, keys[-1]) and listing.tells_of_more()
        session.expect(not is_promised, "a page does not lead on though there are more")
        return
    many = f"{len(found)} of {len(keys)} records"
    operation, walks = listing.operation, len(pages)
    session.expect_listing(operation, found, "pages hold a record twice", many, once=True, walks=walks)
    cause = "pages lack records that the whole list has"
    session.expect_listing(operation, found, cause, many, holds=own & set(keys), walks=walks)
    session.expect(not set(keys) - set(found), cause, many)
    session.expect(found == list(keys), "pages hold the records in a different order from the whole list", many)
    full = [page for page in pages if page.keys]
    for number, page in enumerate(full):
        is_last = number == len(full) - 1
        _tells(session, listing, full, number, len(keys), size, len(own))
        if is_last:
            session.expect(page.onward is None, "the last page leads on to another")
        elif any(one.onward for one in full) or list_words.NEXT & page.facts.keys():
            session.expect(page.onward is not None, "a page does not lead on though there are more")
    if full[0].onward:
        led = [key for page in listing.follow({listing.size_name: str(size)}, PAGES) for key in page.keys]
        session.expect(
            led == list(keys), "where each page leads, records are missing or come twice", f"{len(led)}, {len(keys)}"
        )


def _counts(session: Session, listing: InferredList, whole: InferredPage) -> None:
    """Expect a page that holds all records to say how many they are, and that there are no more."""
    for name, total in _numbers(whole, list_words.TOTALS):
        expected = whole.breaks(name, "counts", listing.items_place)
        shown, cause = f"{total}, {len(whole.keys)}", f"{name} is not the number of records"
        session.expect(total == len(whole.keys), cause, shown, expected)
    for name, count in _numbers(whole, list_words.PAGE_COUNTS):
        cause, expected = f"{name} is not the number of pages", whole.breaks(name, "maximum", 1)
        session.expect(count <= 1, cause, f"{count}, one holds all", expected)
    for name, wanted in _flags(whole, is_first=True, is_last=True):
        cause, expected = f"{name} disagrees with the next page", whole.breaks(name, "enum", [wanted])
        session.expect(whole.facts[name] is wanted, cause, "", expected)


def _flags(page: InferredPage, *, is_first: bool, is_last: bool) -> Iterator[tuple[str, bool]]:
    """The truth values beside a list that tell where it stands among its pages, and what each has to be."""
    rules = ((list_words.MORE, not is_last), (list_words.LASTS, is_last), (list_words.FIRSTS, is_first))
    for names, wanted in rules:
        yield from ((name, wanted) for name in sorted(names & page.facts.keys()) if isinstance(page.facts[name], bool))


def _tells(
    session: Session, listing: InferredList, full: list[InferredPage], number: int, total: int, size: int, own: int
) -> None:
    """Expect one of several pages to say truly which it is, whether it is the last, and how many there are of all.

    ``own`` of the ``total`` records are the check's.
    """
    first, page, is_last = full[0], full[number], number == len(full) - 1
    for name, found in _numbers(page, list_words.TOTALS):
        expected = page.breaks(name, "minimum", own) if found < own else None
        cause = f"{name} is not the number of records"
        session.expect(found == total, cause, f"{found}, {total}", expected)
    for name, found in _numbers(page, list_words.PAGE_COUNTS):
        least, pages = -(-own // size), -(-total // size)
        expected = page.breaks(name, "minimum", least) if found < least else None
        cause = f"{name} is not the number of pages"
        session.expect(found == pages, cause, f"{found}, {pages}", expected)
    is_numbered = listing.parameter(list_words.PAGES) is not None
    for name, found in _numbers(page, list_words.NUMBERS & first.facts.keys()) if is_numbered else ():
        wanted = first.facts[name] + number  # some count otherwise in what they show than in what they take
        if first.facts[name] in (0, 1):
            cause = f"{name} is not the page that was asked for"
            session.expect(found == wanted, cause, f"{found}, {wanted}", page.breaks(name, "enum", [wanted]))
    for name, wanted in _flags(page, is_first=not number, is_last=is_last):
        is_sure = name in list_words.FIRSTS or own > size * (number + 1)
        expected = page.breaks(name, "enum", [wanted]) if is_sure else None
        cause = f"{name} disagrees with the {'page before' if name in list_words.FIRSTS else 'next page'}"
        session.expect(page.facts[name] is wanted, cause, "", expected)


def _numbers(page: InferredPage, names: frozenset[str]) -> list[tuple[str, int]]:
    """The facts of those names that are whole numbers."""
    return [(name, page.facts[name]) for name in sorted(names & page.facts.keys()) if type(page.facts[name]) is int]


@check(Kind.LIST, Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=INFERRED)
def check_as_read(session: Session, group: Group) -> None:
    """A list holds each new record once, and as it is read."""
    asking, judged = InferredTrials(session), 0
    read = asking.on_one(group, Kind.READ)
    for operation in asking.whole_lists(group, Kind.LIST):
        above, made = asking.several(group, MADE)
        listing = InferredList(asking, group, operation, above)
        by = listing.parameter(list_words.SIZES)
        most = next((size for size in SIZES if by and listing.takes(by, size)), 0)
        query = {by.name: str(most)} if by and most else {}
        before = listing.page(query).keys
        fresh = asking.attempt(group, above, _richest(asking, group))
        reply = listing.ask(query)
        items = asking.items(reply, operation)
        keys = [asking.key(group, one) for one in items]
        with session.each(operation):
            apart = [one for one in keys if one] if _tells_apart(operation, group) else [*map(str, items)]
            session.expect(len(apart) == len({*apart}), "a list holds a record twice")
            whole = fresh is not None and len(before) < 20 and (not by or query)
            if whole and fresh and fresh.key in keys:
                new = sorted(set(keys) - set(before))
                session.expect(new == [fresh.key], "a create makes more than one record", listed(new))
            for record in items:
                key = asking.key(group, record)
                if key not in {one.key for one in (*made, *([fresh] if fresh else []))}:
                    continue
                found = asking.send(read, asking.at(read, InferredRecord(key, above, None, None)))
                if found.status in SUCCESSES:
                    judged += 1
                    seen = asking.record(found, read)
                    shown = described_alike(
                        asking.maker, operation, asking.settled(group, record, states=True), read, seen
                    )
                    asking.keeps(shown, seen, "a list shows a record differently from a read")
                    shared = shown_by_both(asking.maker.shapes, operation, read)
                    whole = {name: one for name, one in seen.items() if name in shared} if shared and seen else {}
                    asking.holds(operation, whole, record, "a list lacks what is read of a record")
        for one in (*made, *([fresh] if fresh else [])):
            asking.remove(group, one)
    if not judged:
        raise Inconclusive("no list holds the records that were made")


def _tells_apart(operation: Operation, group: Group) -> bool:
    """Whether the key of a record is its own in a list: not where that is of more than what a path names above it."""
    plan, model = operation.plan, group.resource.model
    return not (plan and model) or len(plan.scope or ()) >= len(model.parents)


def _richest(asking: InferredTrials, group: Group) -> Any:
    """The body of a create that says most: lists of several items show what a list of records cuts off."""
    return max(asking.bodies(group, group.one(Kind.CREATE)), key=_items_in)


def _items_in(body: Any) -> int:
    """How many items the lists of a body hold."""
    return sum(len(one) for one in body.values() if isinstance(one, list)) if isinstance(body, dict) else 0


@check(Kind.LIST, Kind.CREATE, writes=True, inferred=True, provenance=INFERRED)
def check_named(session: Session, group: Group) -> None:
    """A list below a record holds those that name it, and no others."""
    asking, judged = InferredTrials(session), 0
    for operation in group.all(Kind.LIST):
        plan = operation.plan
        parent = plan.within[-1] if plan and plan.within else None
        holder = session.plan.groups.get(parent.resource or "") if parent else None
        if parent is None or holder is None or not parent.field or Kind.CREATE not in holder.operations:
            continue
        made = asking.attempt(group, asking.above(group), asking.full_body(group.one(Kind.CREATE), 71))
        key = within(made.record, parent.field) if made else None
        if made is None or not isinstance(key, str | int):
            continue
        other = asking.create(holder).key
        for named, is_there in ((str(key), True), (other, False)):
            reply = asking.send(operation, {**asking.below(operation, made.above), parent.parameter: named})
            items = asking.items(reply, operation)
            keys = [asking.key(group, one) for one in items]
            strange = [one for one in items if str(within(one, parent.field) or named) != named]
            if (
                reply.status not in SUCCESSES
                or (is_there and len(keys) >= SHORT_LIST)
                or (named == str(key) and not is_there)
            ):
                continue
            judged += 1
            with session.each(operation):
                session.expect_listing(
                    operation, keys, NAMES_ANOTHER, listed(asking.key(group, one) for one in strange),
                    lacks=[asking.key(group, one) for one in strange[:1]],
                )  # fmt: skip
                cause = "a list below a record lacks one that names it" if is_there else NAMES_ANOTHER
                held, unwanted = ([made.key], []) if is_there else ([], [made.key])
                session.expect_listing(operation, keys, cause, made.key, holds=held, lacks=unwanted)
        asking.remove(group, made)
    if not judged:
        raise NotApplicable("no list is below a record that its records name")
