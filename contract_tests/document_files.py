"""Files of any document: what is uploaded is as long as its record says, and is downloaded as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.conformance import (
    SUCCESSES,
    Group,
    Inconclusive,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    check,
    file_members,
    flat,
    text_of,
    within,
)

SIZES = frozenset({"size", "filesize", "bytes", "bytesize", "sizebytes", "sizeinbytes", "length", "contentlength"})
"""What tells how many bytes a file has."""


@check(Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=Provenance.INFERRED, code=207)
def check_files(session: Session, group: Group) -> None:
    """A file that is uploaded is read as it was sent, and its record tells its length."""
    asking, create = InferredTrials(session), group.one(Kind.CREATE)
    names = file_members(asking.maker.shapes, create)
    if len(names) != 1:
        raise NotApplicable("no create takes one file")
    read, above = asking.on_one(group, Kind.READ), asking.above(group)
    body = asking.full_body(create, 7)
    reply = asking.send(create, asking.placed(create, above), body=body)
    record = within(reply.json() if reply.body else None, create.plan.record or () if create.plan else ())
    key = asking.told_key(group, record, reply) if reply.status in SUCCESSES else ""
    if not key or not isinstance(body, dict) or not isinstance(body.get(names[0]), str):
        raise Inconclusive(f"{create.id} answered {reply.status}")
    made = asking.remembered(group, InferredRecord(key, above, {}, record))
    content, judged = text_of(body[names[0]]).encode(), 0
    found = asking.read_back(group, made)
    for name, value in found.items() if isinstance(found, dict) else ():
        if flat(name) in SIZES and type(value) is int:
            judged += 1
            session.expect(value == len(content), f"{name} is not the number of bytes", f"{value}, {len(content)}")
    said = {name: one for name, one in body.items() if name != names[0] and isinstance(one, str)}
    asking.keeps(asking.comparable(group, said), found, "what was sent with a file reads differently")
    for operation in _downloads(session, group, read):
        judged += _downloaded(session, asking, operation, asking.at(read, made), content)
    asking.remove(group, made)
    if not judged:
        raise NotApplicable("no file can be read again")


def _downloads(session: Session, group: Group, read: Operation) -> Iterator[Operation]:
    """The operations that answer with the file of a record: one word below its own address."""
    for one in group.all(Kind.STUB):
        is_below = one.path.rstrip("/").rpartition("/")[0] == read.path.rstrip("/")
        if one.method == "GET" and is_below and one.plan and "file" in one.plan.words and session.may(one):
            yield one


def _downloaded(
    session: Session, asking: InferredTrials, operation: Operation, values: dict[str, Any], content: bytes
) -> int:
    reply = asking.send(operation, values)
    if reply.status not in SUCCESSES or "json" in (reply.header("Content-Type") or ""):
        return 0
    with session.each(operation):
        detail = f"{len(reply.body)} bytes, {len(content)}"
        session.expect(reply.body == content, "a file is not downloaded as it was uploaded", detail)
    return 1
