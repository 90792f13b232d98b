"""Searches of any document: a text finds the records that have it, in the members and in the way that it is said to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.conformance import (
    SHORT_LIST,
    SUCCESSES,
    Group,
    Inconclusive,
    InferredList,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    PlannedParameter,
    Provenance,
    Session,
    check,
    list_words,
    words_of,
)

MADE = 4
"""How many records are made to be found again."""
INFERRED = Provenance.INFERRED
SEARCHED = frozenset(
    {"in", "contains", "contain", "containing", "by", "over", "part", "search", "searches", "searched", "matches"}
)
ONLY_SOME = frozenset({"not", "except", "without", "prefix", "exact", "exactly"})
"""Words of a description that says which members are searched, and of one that says something else."""
ANY_CASE = re.compile(
    r"any case|upper (?:or|and) lower|case[- ]insensitive|ignor\w+ (?:the )?case|"
    r"(?:regardless of|whatever) (?:the |its )?case",
    re.IGNORECASE,
)
"""How a description says that capital and small letters are alike."""


@check(Kind.LIST, Kind.CREATE, writes=True, inferred=True, provenance=INFERRED)
def check_texts(session: Session, group: Group) -> None:
    """A text that is searched for finds the record that has it, and no record without it."""
    asking, tried = InferredTrials(session), 0
    for operation in asking.whole_lists(group, Kind.LIST, Kind.SEARCH):
        above, made = asking.several(group, MADE)
        listing = InferredList(asking, group, operation, above)
        by = listing.parameter(list_words.TEXTS)
        if by is None:
            continue
        for one in made[:1]:
            texts = [value for value in _texts(asking, group, one) if asking.replies.allows(by.schema, value)]
            if not texts:
                continue
            tried += 1
            with session.each(operation):
                _searched(session, asking, group, listing, by.name, sorted(texts, key=len, reverse=True), one)
                for name, text in _told(by, one):
                    if asking.replies.allows(by.schema, text):
                        _found_by(session, asking, listing, by.name, (name, text), one.key)
        for one in made:
            asking.remove(group, one)
    if not tried:
        wanted = list_words.TEXTS
        taken = any(InferredList(asking, group, one, ()).parameter(wanted) for one in group.all(Kind.LIST, Kind.SEARCH))
        raise (Inconclusive if taken else NotApplicable)("no list can be searched for text")


def _searched(
    session: Session, asking: InferredTrials, group: Group, listing: InferredList, parameter: str, texts: list[str],
    made: InferredRecord,
) -> None:  # fmt: skip
    """Expect one of its texts to find a record (which members are searched is the server's own), and no strangers."""
    for text in texts:
        reply = listing.ask({parameter: text})
        if reply.status not in SUCCESSES:
            return
        items = asking.items(reply, listing.operation)
        names = {name for name, said in _said(made).items() if said == text}  # a list may show a part of each record
        whole = [each for each in items if isinstance(each, dict) and names <= each.keys()]
        strange = [each for each in whole if text.lower() not in str(each).lower()]
        session.expect(not strange, "a search finds records without its text", f"{len(strange)} of {len(items)}")
        keys = [asking.key(group, each) for each in items]
        if made.key in keys or len(items) >= SHORT_LIST:
            return
    cause = "a search does not find the record with its text"
    session.expect_listing(listing.operation, keys, cause, holds=[made.key])


def _found_by(
    session: Session, asking: InferredTrials, listing: InferredList, parameter: str, by: tuple[str, str], key: str
) -> None:
    """Expect a record to be found by its text in a member that the document says is searched."""
    reply = listing.ask({parameter: by[1]})
    keys = listing.keys(asking.items(reply, listing.operation))
    if reply.status in SUCCESSES and len(keys) < SHORT_LIST:
        cause = f"a search does not find the record with its text in {by[0]}, which it is said to search"
        session.expect_listing(listing.operation, keys, cause, holds=[key])


def _told(by: PlannedParameter, made: InferredRecord) -> Iterator[tuple[str, str]]:
    """The members that the description of a search names, each with its text; none where it names them otherwise."""
    described = {word.lower() for word in re.findall(r"[A-Za-z]+", by.description)}
    described |= {one.replace("-", "").lower() for one in re.findall(r"\w+-\w+", by.description)}  # e-mail
    if described & ONLY_SOME or not described & SEARCHED:
        return
    for name, text in _said(made).items():
        if described.issuperset(words_of(name)):
            yield name, text.swapcase() if ANY_CASE.search(by.description) else text


def _texts(asking: InferredTrials, group: Group, made: InferredRecord) -> list[str]:
    """What a search may be expected to look through: neither addresses nor words of which there are a few."""
    shapes, model = asking.maker.shapes, group.resource.model
    own = shapes.properties(model.record) if model and model.record is not None else {}
    few = {name for name, node in own.items() if shapes.says(node, "enum")}
    return [value for name, value in _said(made).items() if name not in few and "://" not in value]


def _said(made: InferredRecord) -> dict[str, str]:
    """Texts that were sent of a record, and that it has, by their members."""
    if not isinstance(made.sent, dict) or not isinstance(made.record, dict):
        return {}
    kept = {name: value for name, value in made.sent.items() if made.record.get(name) == value}
    return {name: one for name, one in kept.items() if isinstance(one, str) and one.isascii() and len(one) > 3}
