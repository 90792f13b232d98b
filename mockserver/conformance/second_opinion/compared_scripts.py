"""What a client does with one resource, from its first record to its last: the steps that are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.conformance.bodies.bounds import outside
from mockserver.conformance.check_plan import Group
from mockserver.conformance.second_opinion.aliases import shared_name
from mockserver.conformance.second_opinion.author import Author
from mockserver.conformance.second_opinion.compared_further import effects, filled_in, keyed, named, strangers, whole
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.valid_requests import NO_BODY, example_body, is_valid, others, record_name, usual
from mockserver.contract import Kind, Operation
from mockserver.contract.operation import How

BROKEN, ONCE = 2, 1
"""How many invalid values of one field are sent: of the first ones, and of all others."""
FIELDS = 12
"""How many fields of a record are patched one by one; the others are, together."""
BATCHED = (0, 3)
"""Which items of a batch make a record."""
NOBODY = "no-such-record"
ASKED: Mapping[Kind, str] = {
    Kind.DOCUMENT: "see a record as a document",
    Kind.PREVIEW: "see what would be mailed",
    Kind.NOTICE: "have a notice sent",
    Kind.GENERATE: "have a record generated",
    Kind.QUERY: "query the records",
    Kind.DESCRIBE: "see what can be queried",
}


def script(author: Author, group: Group) -> Iterator[Step]:
    """All that is done with ``group``, in order. Raises Inconclusive where no valid record can be made."""
    if group.is_single:
        yield from _single(author, group)
    elif group.has((Kind.CREATE, Kind.READ)):
        yield from _life(author, group)
    yield from _asked(author, group)


def reading(author: Author, group: Group, records: Mapping[str, Mapping[str, Any]]) -> Iterator[Step]:
    """What can be read of ``records``, which both servers have, by shared name."""
    for name, record in records.items():
        known = {**record, group.key: name}
        yield author.read(group, name)
        for operation in group.all(Kind.LOOKUP):
            if (named := group.named(operation, known)) is not None:
                yield author.step("look a record up", group, operation, Expect.LISTED, named,
                                  listed=frozenset({name}))  # fmt: skip
        for operation in group.all(Kind.SEARCH):
            yield from _searches(author, group, operation, name, frozenset({name}), by_text=False)
    nobody = f"{NOBODY}-{author.mark}"
    values = {record_name(group.one(Kind.READ)): nobody}
    yield author.step("read a record that does not exist", group, group.one(Kind.READ), Expect.GONE, values)


def _life(author: Author, group: Group) -> Iterator[Step]:
    full, bare = shared_name(group.name, "full"), shared_name(group.name, "bare")
    body, least = author.body(group), author.body(group, only_required=True)
    yield author.create("create a record with every field", group, full, body)
    yield author.read(group, full)
    yield from _looked_up(author, group, full, body)
    yield author.create("create a record with only what is required", group, bare, least)
    yield author.read(group, bare)
    yield from whole(filled_in(author, group))
    yield from _refused(author, group, Kind.CREATE, body, shared_name(group.name, "odd"))
    yield from _changes(author, group, full, body)
    yield from keyed(author, group, full, author.body(group))
    yield from _found(author, group, full, bare, body)
    yield from _unknown(author, group)
    yield from strangers(author, group, full)
    yield from _batch(author, group, bare)
    yield from whole(named(author, group, body, f"{NOBODY}-{author.mark}"))
    yield from whole(effects(author, group))
    yield from _removed(author, group, full, bare)


def _single(author: Author, group: Group) -> Iterator[Step]:
    if not group.has((Kind.READ, Kind.REPLACE)) or not author.limits.owns_all:
        return
    name = shared_name(group.name, "single")
    yield author.read(group, name)
    body = author.body_of(group, Kind.REPLACE)
    yield author.about("replace a single record", group, Kind.REPLACE, Expect.TAKEN, name, body=body)
    yield author.read(group, name)
    yield from _patches(author, group, name, body)


def _changes(author: Author, group: Group, name: str, body: dict[str, Any]) -> Iterator[Step]:
    yield from _patches(author, group, name, body)
    if Kind.REPLACE not in group.operations:
        return
    for what, made in (
        ("replace a record with every field", author.body(group)),
        ("replace a record with only what is required", author.body(group, only_required=True)),
    ):
        yield author.about(what, group, Kind.REPLACE, Expect.TAKEN, name, body={**made, group.key: name})
        yield author.read(group, name)
    yield from _refused(author, group, Kind.REPLACE, {**author.body(group), group.key: name}, name)


def _patches(author: Author, group: Group, name: str, body: Mapping[str, Any]) -> Iterator[Step]:
    if Kind.PATCH not in group.operations:
        return

    def patch(what: str, *steps: dict[str, Any], expect: Expect = Expect.TAKEN) -> Step:
        return author.about(what, group, Kind.PATCH, expect, name, body=list(steps))

    fields = [one for one in body if one in group.writable and one not in group.foreign_keys]
    for field in fields[:FIELDS]:
        value = group.values.make(group.writable[field], field, author.ordinal() + 50)
        if field not in group.triggers and group.values.allows(group.writable[field], value):
            yield patch("patch one field", {"op": "replace", "path": f"/{field}", "value": value})
    yield author.read(group, name)
    if others_too := [*_further(author, group, fields[FIELDS:])]:
        yield patch("patch several fields", *others_too)
        yield author.read(group, name)
    yield patch("patch without operations")
    yield author.read(group, name)
    if fields:
        same = {"op": "replace", "path": f"/{fields[0]}", "value": body[fields[0]]}
        yield patch("patch a field", same)
        yield patch("patch a field with the value that it has", same)
        yield author.read(group, name)
    for field in [one for one in fields if one not in group.required and one not in group.filled][:2]:
        yield patch("remove a field by patch", {"op": "remove", "path": f"/{field}"})
        yield author.read(group, name)
    yield patch("remove a field that is not there by patch", {"op": "remove", "path": "/no_such_field"},
                expect=Expect.ANSWERED)  # fmt: skip
    yield patch("patch with a test that fails", {"op": "test", "path": f"/{group.key or fields[0]}", "value": 0},
                expect=Expect.ANSWERED)  # fmt: skip
    for stamp in list(group.resource.stamps.values())[:2]:
        step = {"op": "replace", "path": f"/{stamp}", "value": "2001-01-01T00:00:00.000Z"}
        yield patch("patch a field that the server manages", step, expect=Expect.ANSWERED)
    yield from _effects(author, group, name, patch)
    yield author.read(group, name)


def _further(author: Author, group: Group, fields: list[str]) -> Iterator[dict[str, Any]]:
    """Operations of a patch that change all ``fields`` that it may change."""
    for field in fields:
        value = group.values.make(group.writable[field], field, author.ordinal() + 50)
        if field not in group.triggers and group.values.allows(group.writable[field], value):
            yield {"op": "replace", "path": f"/{field}", "value": value}


def _effects(author: Author, group: Group, name: str, patch: Any) -> Iterator[Step]:
    """Changes that let other records change, where all of these are the run's own."""
    for field, values in group.triggers.items() if author.limits.owns_all else ():
        for value in values:
            if field in group.writable and value is not None and group.values.allows(group.writable[field], value):
                yield patch("patch a field that changes other records",
                            {"op": "add", "path": f"/{field}", "value": value})  # fmt: skip
                yield author.read(group, name)


def _refused(author: Author, group: Group, kind: Kind, body: dict[str, Any], name: str) -> Iterator[Step]:
    """The body without each thing it must have, and with values that its schema forbids."""
    document, verb = group.contract.document, f"{kind} a record"
    tried = [(f"{verb} without a required field", {key: body[key] for key in body if key != one})
             for one in sorted(group.required)]  # fmt: skip
    for number, field in enumerate(one for one in body if one in group.writable):
        most = BROKEN if number < FIELDS and kind is Kind.CREATE else ONCE
        wrong = [value for _, value in outside(document, group.values, group.writable[field])][:most]
        tried += [(f"{verb} with a value that its schema forbids", {**body, field: one}) for one in wrong]
    for what, sent in tried:
        step = author.about(what, group, kind, Expect.ANSWERED, name, body=sent)
        yield step if is_valid(step.operation, sent) else replace(step, expect=Expect.REFUSED)
    more = {**body, "no_such_field": 1}  # passed over by one server, refused by another
    yield author.about(f"{verb} with a field that is not declared", group, kind, Expect.ANSWERED, name, body=more)
    if kind is Kind.REPLACE:
        yield author.about("replace a record again", group, kind, Expect.TAKEN, name, body=body)


def _looked_up(author: Author, group: Group, full: str, body: Mapping[str, Any]) -> Iterator[Step]:
    """Look a new record up by what it was sent with, where later changes may give it another value."""
    for operation in group.all(Kind.LOOKUP):
        fields = {one for one in operation.keys.values() if isinstance(one, str)}
        is_sent = len(fields) == len(operation.keys) and fields <= body.keys() - group.filled
        if is_sent and not _is_kept(group, operation) and (named := group.named(operation, body)) is not None:
            yield author.step("look a new record up", group, operation, Expect.LISTED, named, listed=frozenset({full}))


def _found(author: Author, group: Group, full: str, bare: str, body: Mapping[str, Any]) -> Iterator[Step]:
    both = frozenset({full, bare})
    for operation in group.all(Kind.LIST) if author.limits.owns_all else ():
        if operation.page is not None:
            yield author.step("list the records", group, operation, Expect.LISTED, listed=both)
    known = {group.key: full, **body}
    for operation in group.all(Kind.LOOKUP):
        if (named := group.named(operation, known)) is not None:
            found = {"listed" if _is_kept(group, operation) else "watched": frozenset({full})}
            yield author.step("look a record up", group, operation, Expect.LISTED, named, **found)
    for operation in group.all(Kind.SEARCH):
        yield from _searches(author, group, operation, full, both)


def _is_kept(group: Group, operation: Operation) -> bool:
    """Whether the changes before leave what a look-up looks up by: a foreign key, or the key itself."""
    fields = {one for one in operation.keys.values() if isinstance(one, str)}
    return fields <= {group.key} or fields <= group.required & group.foreign_keys


def _searches(
    author: Author, group: Group, operation: Operation, full: str, both: frozenset[str], *, by_text: bool = True
) -> Iterator[Step]:
    for name, criterion in operation.criteria.items():
        if criterion.field == group.key and criterion.how is How.ANY_OF:
            body: dict[str, Any] = {name: [full]}
            yield author.step("search for a record by its key", group, operation, Expect.LISTED, body=body,
                              listed=frozenset({full}), unlisted=both - {full})  # fmt: skip
        elif by_text and criterion.field == group.marker and criterion.how is How.CONTAINS:
            yield author.step("search for a part of a string", group, operation, Expect.LISTED,
                              body={name: author.mark.upper()}, listed=both)  # fmt: skip
            yield author.step("search for a value that no record has", group, operation, Expect.LISTED,
                              body={name: f"{author.mark} nowhere"}, unlisted=both)  # fmt: skip


def _unknown(author: Author, group: Group) -> Iterator[Step]:
    """Every operation on one record, for a record that is not there."""
    nobody = f"{NOBODY}-{author.mark}"
    bodies: Mapping[Kind, Any] = {
        Kind.READ: NO_BODY,
        Kind.PATCH: [],
        Kind.REPLACE: {**author.body(group), group.key: nobody},
        Kind.DELETE: NO_BODY,
    }
    for kind, body in bodies.items():
        if kind in group.operations:
            values = {record_name(group.one(kind)): nobody}
            yield author.step(f"{kind} a record that does not exist", group, group.one(kind), Expect.GONE, values,
                              body=body)  # fmt: skip


def _batch(author: Author, group: Group, name: str) -> Iterator[Step]:
    for operation in group.all(Kind.BATCH):
        items: list[dict[str, Any]] = [
            {"verb": "create", "record": author.body(group)},
            {"verb": "read", "key": f"{NOBODY}-{author.mark}"},
            {"verb": "create", "record": {}},
            {"verb": "create", "record": author.body(group)},
        ]
        brings = frozenset(shared_name(group.name, "batch", number) for number in BATCHED)
        yield author.step("send a batch", group, operation, Expect.ANSWERED, body=operation.batch.body(items),
                          brings=brings)  # fmt: skip
        for name_of_one in sorted(brings):
            yield replace(author.read(group, name_of_one), what="read a record that a batch has made")
        change = {"op": "replace", "path": f"/{group.marker}", "value": f"{author.mark} {author.ordinal()}"}
        change_it = operation.batch.body([{"verb": "patch", "key": name, "patch": [change]}])
        yield author.step("patch a record by a batch", group, operation, Expect.ANSWERED, body=change_it)
        yield replace(author.read(group, name), what="read a record that a batch has patched", expect=Expect.ANSWERED)


def _removed(author: Author, group: Group, full: str, bare: str) -> Iterator[Step]:
    if Kind.DELETE not in group.operations:
        return
    last = shared_name(group.name, "last")
    yield author.create("create a record with only what is required", group, last,
                        author.body(group, only_required=True))  # fmt: skip
    yield author.about("delete a record", group, Kind.DELETE, Expect.TAKEN, bare)
    yield author.about("read a record that was deleted", group, Kind.READ, Expect.GONE, bare)
    yield author.about("delete a record a second time", group, Kind.DELETE, Expect.GONE, bare)
    for name in (full, last):
        yield replace(author.read(group, name), what="read a record beside one that was deleted")
    for operation in group.all(Kind.LIST) if author.limits.owns_all else ():
        if operation.page is not None:
            others_too = frozenset(shared_name(group.name, "batch", number) for number in BATCHED)
            yield author.step("list the records after a delete", group, operation, Expect.LISTED,
                              listed=frozenset({full, last}), unlisted=frozenset({bare}),
                              watched=others_too if Kind.BATCH in group.operations else frozenset())  # fmt: skip


def _asked(author: Author, group: Group) -> Iterator[Step]:
    """What is worked out of records, and what shows them otherwise."""
    has_record = not group.is_single and group.has((Kind.CREATE, Kind.READ))
    name = shared_name(group.name, "full") if has_record else ""
    for operation in group.all(Kind.COMPUTE):
        yield author.step("have something computed", group, operation, Expect.ANSWERED,
                          body=example_body(group, operation))  # fmt: skip
    kinds = (Kind.DOCUMENT, Kind.PREVIEW, *((Kind.NOTICE, Kind.GENERATE) if author.limits.owns_all else ()))
    for operation in group.all(*kinds) if name else ():
        ask = usual(group, operation, {group.key: name}, {})
        yield author.step(ASKED[operation.kind], group, operation, Expect.ANSWERED, ask.values, body=ask.body)
    for operation in group.all(Kind.QUERY, Kind.DESCRIBE):
        values = dict(others(group, operation))
        yield author.step(ASKED[operation.kind], group, operation, Expect.ANSWERED, values,
                          body=example_body(group, operation) if operation.body else NO_BODY)  # fmt: skip
