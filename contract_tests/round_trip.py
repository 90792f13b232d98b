"""Round trip: what was created is what read, list, look-up and search return, whole and in the fields asked for."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    by_id,
    changes,
    check,
    listed,
    make_many,
    quoted,
    read_page,
    walk,
    ways,
)

ODD_TEXTS = (
    "café Łódź 東京 🎓 שלום, and e\u0301 that is no \u00e9",
    "<script>alert('x')</script> & \"quotes\" \\ / %41 ~0 ~1 {{name}}",
    " leading, trailing ",
    "x" * 20_000,
    "line one\nline two\ttab",
)
ODD_NUMBERS = (0, -1, 0.1, 1_234_567.89, 1e15)

MEANT_OTHERWISE = {"X-HTTP-Method-Override": "DELETE"}
"""What some servers read as another method: no GET removes anything, whatever its headers say (RFC 9110, 9.2.1)."""
MANY = 40
"""How many fields are asked for at most."""
FORGOTTEN = 120
"""How many records are made after the one that may be forgotten."""
STANDING = 8
"""How many of the records that a list had already are read."""


@check(Kind.CREATE, Kind.READ, writes=True, code=207)
def check_create_answers_the_record(session: Session, group: Group) -> None:
    """A valid record is taken, and answered with all that was sent."""
    for only_required in (False, True):
        operation = group.one(Kind.CREATE)
        with session.each(operation):
            body = session.body(group, only_required=only_required)
            headers = {} if only_required else {"Content-Type": "application/json; charset=utf-8"}
            reply = session.send(Ask(operation, body=body), headers=headers)
            session.status(reply, 200, f"{operation.id} of a valid record", operation)
            _holds(session, body, session.value(reply), "the reply to a create lacks or changes what was sent")


@check(Kind.CREATE, writes=True)
def check_nothing_is_added(session: Session, group: Group) -> None:
    """A new record holds what was sent and what the server manages, nothing else."""
    body = session.body(group, only_required=True)
    made = session.put_in(group, body)
    added = {name for name, value in made.items() if name not in body and value not in (None, "", [], {}, False)}
    added -= group.resource.managed | group.filled
    more = session.undeclared(added)
    session.expect(added <= more, f"a new record has fields nobody sent ({listed(added - more)})")
    session.prefer(not more, f"a new record has fields that are not declared ({listed(more)})")


@check(Kind.CREATE, Kind.READ, writes=True, code=122)
def check_created_is_read(session: Session, group: Group) -> None:
    """What create answered is what read answers, again and again."""
    made = session.create(group)
    for _ in range(2):
        session.same(
            made, session.read(group, made[group.key]), "a record reads differently from what its create answered"
        )


@check(Kind.CREATE, writes=True)
def check_ids_differ(session: Session, group: Group) -> None:
    """The same body twice makes two records with ids of their own."""
    body = session.body(group)
    ids = [session.put_in(group, body)[group.key] for _ in range(3)]
    session.expect(len(set(ids)) == 3, "two creates were given the same id")
    for one in ids:
        session.expect(session.read(group, one)[group.key] == one, "a record is read under an id that is not its own")


@check(Kind.READ, code=122)
def check_found_everywhere(session: Session, group: Group) -> None:
    """List, look-ups and search return each record just as read does."""
    if not group.all(Kind.LIST, Kind.LOOKUP, Kind.SEARCH):
        raise NotApplicable("no operation finds many records")
    for record in session.sample(group, 2):
        wanted = session.read(group, record[group.key])
        for ask in ways(group, wanted):
            with session.each(ask.operation):
                found = by_id(group, walk(session, group, ask))
                cause = f"{ask.operation.id} does not return a record that exists"
                session.expect_listing(ask.operation, found, cause, holds=[wanted[group.key]])
                session.same(
                    wanted, found[wanted[group.key]], f"{ask.operation.id} returns a different record from read"
                )


@check(Kind.LIST, Kind.READ)
def check_listed_is_read(session: Session, group: Group) -> None:
    """What a list has already, be it locked or of another making, reads as the list shows it."""
    operation = group.one(Kind.LIST)
    standing = read_page(session, group, Ask(operation)).items
    if not standing:
        raise Inconclusive("the tenant has no such records")
    for record in standing[:: -(-len(standing) // STANDING)]:
        with session.each(operation):
            found = session.read(group, record[group.key])
            session.same(found, record, f"{operation.id} returns a different record from read")


@check(Kind.LOOKUP)
def check_lookups_select(session: Session, group: Group) -> None:
    """A look-up returns only records with the value asked for, and none for a value nothing has."""
    record = session.sample(group, 2)[0]
    for operation in group.all(Kind.LOOKUP):
        with session.each(operation):
            named, asked = group.named(operation, record), session.usual(group, operation, record)
            if named is not None:
                strangers = [one for one in walk(session, group, asked) if group.named(operation, one) != named]
                session.expect(not strangers, f"{operation.id} returns records with other values of {', '.join(named)}")
            for parameter in operation.keys:
                changed = {**asked.values, parameter: f"nothing-has-{session.mark}"}
                validator = next(one.validator for one in operation.parameters if one.name == parameter)
                found = walk(session, group, asked.but(values=changed)) if validator.allows(changed[parameter]) else []
                session.expect(not found, f"{operation.id} finds records by a {parameter} that no record has")
                value = str(asked.values.get(parameter, ""))
                near = {value.swapcase(), value[:-1]} - {value, ""} if named is not None else set()
                for other in sorted(one for one in near if validator.allows(one)):
                    nearly = asked.but(values={**asked.values, parameter: other})
                    if session.send(nearly).status == HTTPStatus.OK:
                        ids = {one[group.key] for one in walk(session, group, nearly)}
                        cause = f"{operation.id} finds a record by a value close to its {parameter}"
                        session.expect(record[group.key] not in ids, cause, quoted(other))


@check(Kind.CREATE, Kind.LOOKUP, writes=True)
def check_lookups_take_whole_values(session: Session, group: Group) -> None:
    """A look-up goes by the whole value: not by its start, not by a part of it, not in another case."""
    known = {one.field for one in group.references if not one.crosses} | set(session.foreign(group))
    for operation in group.all(Kind.LOOKUP):
        by, value = next(iter(operation.keys.values())), f"whole-{operation.id}-{session.mark}"
        if len(operation.keys) > 1 or by not in group.writable or by in known:
            continue
        with session.each(operation):
            made = session.create(group, {by: value})
            for other in (f"{value}0", f"0{value}", value.upper()):
                session.create(group, {by: other})
            ids = [one[group.key] for one in walk(session, group, session.usual(group, operation, made))]
            cause = f"{operation.id} does not return a record that exists"
            session.expect_listing(operation, ids, cause, holds=[made[group.key]])
            session.expect(len(ids) == 1, f"{operation.id} matches only a part of {by}", f"{len(ids)} found")


@check(Kind.READ)
def check_projection(session: Session, group: Group) -> None:
    """Asked for some fields, every operation answers with just those and the key; unknown names are left out."""
    if not any(one.projection for one in group.all(Kind.READ, Kind.LIST, Kind.LOOKUP, Kind.SEARCH)):
        raise NotApplicable("no operation can be asked for some fields")
    record = session.read(group, (_with_nothing(session, group) or session.sample(group)[0])[group.key])
    names = [name for name in sorted(record) if name != group.key and name not in group.resource.managed]
    names = sorted(names, key=lambda name: bool(record[name]))[:2]  # what is false or empty is a value too
    for operation in group.all(Kind.READ):
        _projected(session, group, session.usual(group, operation, record), record, names)
    for ask in ways(group, record):
        _projected(session, group, ask, record, names)


def _with_nothing(session: Session, group: Group) -> dict[str, Any]:
    """A new record with what is false, nought or empty, where it has such fields; empty where none may be made."""
    if Kind.CREATE not in group.operations or session.limits.reads_only:
        return {}
    kinds: tuple[tuple[str, Any], ...] = (("boolean", False), ("number", 0), ("string", ""), ("array", []))
    found = {name: value for kind, value in kinds for name in group.of_type(kind)[:1] if name != group.marker}
    nothing = {name: value for name, value in found.items() if group.values.allows(group.writable[name], value)}
    fields = {name: value for name, value in nothing.items() if name not in {*group.triggers, *group.foreign_keys}}
    return session.create(group, fields)


def _projected(session: Session, group: Group, ask: Ask, record: Mapping[str, Any], names: list[str]) -> None:
    operation = ask.operation
    if operation.projection is None:
        return
    many = [name for name in sorted(record) if name != group.key][:MANY]
    strange = [name.upper() for name in names[1:] if name.upper() not in record]
    for fields in (names, names[:1], [group.key], [*names[:1], *names[:1], *strange, "no_such_field"], many[::-1]):
        with session.each(operation):
            comma = "," if fields == names else ", "  # spaces do no harm
            asked = ask.but(query={operation.projection: comma.join(fields)})
            found = _record_of(session, group, asked, record[group.key])
            wanted = {name: record[name] for name in [group.key, *fields] if name in record}
            session.same(wanted, found, f"{operation.id} with {operation.projection} answers other fields or values")


def _record_of(session: Session, group: Group, ask: Ask, record_id: str) -> Any:
    """The one record in the answer to ``ask``."""
    if ask.operation.kind is not Kind.READ:
        found = by_id(group, walk(session, group, ask))
        session.expect(record_id in found, f"{ask.operation.id} with {ask.operation.projection} loses a record")
        return found[record_id]
    reply = session.send(ask)
    session.status(reply, 200, f"{ask.operation.id} of some fields", ask.operation)
    return session.value(reply)


@check(Kind.CREATE, Kind.READ, writes=True)
def check_values_survive(session: Session, group: Group) -> None:
    """Text, numbers and lists of every kind come back as they were sent."""
    texts, numbers, lists = group.free_texts, group.of_type("number"), group.of_type("array")
    for index in range(len(ODD_TEXTS)):
        with session.each(group.one(Kind.CREATE)):
            changes: dict[str, Any] = {name: ODD_TEXTS[index] for name in texts[:2] if name != group.marker}
            changes |= dict.fromkeys(numbers[:1], ODD_NUMBERS[index])
            changes |= {name: "" for name in texts[2:3] if index % 2}
            changes |= {name: [] for name in lists[:1] if index % 2 and "minItems" not in group.field(name).value}
            body, create = session.body(group, changes), group.one(Kind.CREATE)
            reply = session.send(Ask(create, body=body))
            session.status(reply, 200, f"{create.id} of unusual values that its schema allows", create)
            found = session.read(group, session.value(reply)[group.key])
            _holds(session, body, found, "a value does not survive a create")


@check(Kind.CREATE, Kind.READ, writes=True, every=2)
def check_other_parameters(session: Session, group: Group) -> None:
    """A record is read as it is now with those parameters too that choose no fields of it."""
    operation = group.one(Kind.READ)
    own = [one for one in operation.parameters if one.location == "query" and one.name != operation.projection]
    if not own:
        raise NotApplicable("a read takes no other parameters")
    made = session.create(group)
    for what, change in (("a create", None), *[*changes(session, group)][:1]):
        if change is not None:
            change(made)
        wanted = session.read(group, made[group.key])
        for parameter in own:
            node = parameter.validator.node
            for text in {*map(str, _declared(node.value)), "true", "false"}:
                if not parameter.validator.allows(text):
                    continue
                with session.each(operation):
                    reply = session.at(group, Kind.READ, made[group.key], query={parameter.name: text})
                    session.status(reply, 200, f"{operation.id} with {parameter.name}", operation)
                    cause = f"{operation.id} with {parameter.name} answers another record after {what}"
                    session.same(wanted, session.value(reply), cause)


def _declared(schema: Any) -> list[Any]:
    """The values that a schema names: those of its enum, else its example."""
    words = schema if isinstance(schema, Mapping) else {}
    return words.get("enum") or [one for one in (words.get("example"),) if one is not None]


@check(Kind.CREATE, Kind.READ, writes=True, owns=True, every=8)
def check_nothing_is_forgotten(session: Session, group: Group) -> None:
    """The first of many records is there still when the last one is made."""
    first = session.create(group)
    make_many(session, group, FORGOTTEN, {})
    session.same(first, session.read(group, first[group.key]), "a record changed when many others were made")


@check(Kind.CREATE, Kind.READ, writes=True)
def check_reading_changes_nothing(session: Session, group: Group) -> None:
    """Reading, listing, looking up and searching leave a record as it is."""
    made = session.create(group)
    for operation in group.all(Kind.READ, Kind.LIST, Kind.LOOKUP, Kind.SEARCH, Kind.DOCUMENT):
        session.send(session.usual(group, operation, made), headers=MEANT_OTHERWISE)
    session.same(made, session.read(group, made[group.key]), "a record changed by being read")


def _holds(session: Session, sent: Mapping[str, Any], found: Any, cause: str) -> None:
    """Expect ``found`` to hold all that was ``sent``."""
    session.expect(isinstance(found, dict), "a record is not an object")
    session.same(sent, {name: found[name] for name in sent if name in found}, cause)
