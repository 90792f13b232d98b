"""Query files: what a query found, in each format that can be asked for."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from contextlib import suppress
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Kind,
    Operation,
    Received,
    Session,
    check,
    media_types,
    record_name,
)
from mockserver.conformance import row_queries as queries

LARGEST = 2**22
"""Of how many bytes a part of a spreadsheet may be to be looked into."""


def in_formats(group: Group, operation: Operation) -> list[tuple[str, dict[str, str]]]:
    """The formats that ``operation`` can be asked for a file in, each with the parameter that says so; else none."""
    known = (group.field(str(group.one(Kind.TABLE).meaning.get("format"))).value or {}).get("enum")
    enums = {one.name: (one.validator.node.value or {}).get("enum") for one in operation.parameters}
    return [(word, {name: word}) for name, words in enums.items() if words and words == known for word in words]


def fits(word: str, words: list[str], media_type: str, declared: list[str]) -> bool:
    """Whether ``media_type`` is the one that is called like the format, or like none where none is called like it."""
    own = [one for one in declared if word in one]
    return media_type in (own or [one for one in declared if not any(other in one for other in words)])


def holds(session: Session, reply: Received, row: dict[str, Any]) -> None:
    """Expect the file to hold this row of texts and whole numbers, and no other where it can be told."""
    cause, media_type = "the file of a query has the wrong rows", reply.media_type
    if "json" in media_type:
        session.same([row], session.value(reply), cause)
    elif "csv" in media_type:
        lines = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig", "replace"), newline="")))
        wanted = [[*row], [str(one) for one in row.values()]]
        session.expect(lines == wanted, f"{cause} (CSV)", str(lines)[:300])
    else:
        text = unpacked(reply.body)
        session.expect(all(str(one) in text for one in row.values()), f"{cause} (spreadsheet)", text[:300])


def unpacked(spreadsheet: bytes) -> str:
    """All text of a spreadsheet; none where it is not an archive."""
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(spreadsheet)) as parts:
        read = [parts.read(one) for one in parts.infolist() if one.file_size <= LARGEST]
        return html.unescape("".join(one.decode("utf-8", "replace") for one in read))
    return ""


@check(Kind.QUERY, Kind.TABLE, writes=True, owns=True)
def check_every_format(session: Session, group: Group) -> None:
    """The file of a query holds the rows of its result, in each format; an unknown query has none."""
    queried, table = queries.asked(session, group), group.one(Kind.TABLE)
    texts = dict.fromkeys([one for one in queried.free_texts if one != queried.marker][:1], "=1+1")
    numbers = dict.fromkeys(queried.of_type("number", "integer")[:1], 7_123)
    quoted = f'{session.mark} "quoted", twice ""; = @ and\nthe next line'
    made = session.create(queried, {**texts, **numbers, queried.marker: quoted})
    body = {
        "fields": sorted([queried.key, queried.marker, *texts, *numbers], reverse=True),  # no order of anybody else's
        "criteria": {"fact": queried.key, "value": made[queried.key]},
    }
    row = {name: made[name] for name in body["fields"]}
    declared = media_types(session.plan.contract, table)
    for operation in group.all(Kind.QUERY):
        formats = in_formats(group, operation)
        words = [word for word, _ in formats]
        for word, how in formats or [("", {})]:
            with session.each(table):
                started = queries.start(session, group, queried, body, operation=operation, how=how)
                reply = session.send(Ask(table, {record_name(table): started[group.key]}), headers={"Accept": "*/*"})
                session.status(reply, 200, "the file of a query", table)
                cause = f"the file of a query requested as {word} has a different media type"
                session.expect(not word or fits(word, words, reply.media_type, declared), cause, reply.media_type)
                holds(session, reply, row)
    unknown = session.send(Ask(table, {record_name(table): f"missing-{session.mark}"}))
    session.status(unknown, 404, "the file of an unknown query", table)
