"""Records of any document: each value that is sent is kept, each record is its own, and keys are never given twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from mockserver.conformance import (
    REFUSALS,
    SUCCESSES,
    Broken,
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
    has_members,
    is_normal_form,
    led_to,
    listed,
    same_json,
    showable,
    shown_by_both,
    within,
)

STORED = (Kind.CREATE, Kind.READ)
INFERRED = Provenance.INFERRED
MOST = 8
"""How many bodies with seldom values are sent."""

LONG_AGO = {"date-time": "2001-09-09T01:46:40Z", "date": "2001-09-09"}
"""Moments that no clock of a server comes to by itself, as it may come to those that are made like any value."""


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=207)
def check_values(session: Session, group: Group) -> None:
    """Every value that a create takes is read as it was sent, seldom ones too, and is in its reply."""
    asking = InferredTrials(session)
    create, read = group.one(Kind.CREATE), asking.on_one(group, Kind.READ)
    above, judged = asking.above(group), 0
    for body in asking.bodies(group, create):
        with session.each(create):
            made = asking.attempt(group, above, body)
            if made is None:
                continue
            sent = asking.comparable(group, made.sent)
            showing = showable(asking.maker, create, sent)
            asking.keeps(showing, made.record, "a create's reply does not show what was sent")
            found = asking.read_back(group, made)
            if isinstance(sent, dict) and isinstance(found, dict):
                shared = shown_by_both(asking.maker.shapes, create, read)
                kept = {name: one for name, one in sent.items() if name in shared and name in found}
                asking.holds(create, kept, made.record, "a create's reply lacks what was sent and is read")
            asking.keeps(sent, found, "what was created reads differently from what was sent")
            asking.holds(read, sent, found, "what was created lacks what was sent")
            judged += 1
        if made is not None:
            asking.remove(group, made)
    if not judged:
        raise Inconclusive("no body was taken")


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_apart(session: Session, group: Group) -> None:
    """A record that is created or deleted changes no other."""
    asking = InferredTrials(session)
    above = asking.above(group)
    made = [asking.create(group, above) for _ in range(3)]
    keys = [one.key for one in made]
    session.expect(len(set(keys)) == len(keys), "two records were given the same key", listed(keys))
    before = {one.key: asking.read_back(group, one) for one in made}
    known = asking.as_listed(group, above)
    last = asking.create(group, above)
    _same(session, asking, group, made, before, "a create")
    _once(session, asking, group, last, known)
    delete = next((one for one in group.all(Kind.DELETE) if one.plan and one.plan.names_record), None)
    if delete is not None:
        gone, shown_before = made.pop(), asking.as_listed(group, above)
        asking.remove(group, gone)
        if shown_before:  # what a cut list shows beyond the deleted one moves up, and is not lost
            lacking = sorted(shown_before.keys() - asking.as_listed(group, above).keys() - {gone.key})
            session.expect(not lacking, "a delete takes other records with it", listed(lacking))
        _same(session, asking, group, made, before, "a delete of another record")
    for one in (*made, last):
        asking.remove(group, one)


def _once(
    session: Session, asking: InferredTrials, group: Group, made: InferredRecord, known: Mapping[str, Any]
) -> None:
    """Expect no second record like ``made`` in the list that was not ``known`` in it before."""
    sent, new = asking.comparable(group, made.sent), asking.as_listed(group, made.above)
    if isinstance(sent, dict) and sent and made.key in new:
        others = {key: one for key, one in new.items() if key not in known and key != made.key}
        twins = sorted(
            key for key, one in others.items()
            if all(is_normal_form(value, one.get(name), in_order=False) for name, value in sent.items())
        )  # fmt: skip
        session.expect(not twins, "a create makes more than one record", listed(twins))


def _same(
    session: Session,
    asking: InferredTrials,
    group: Group,
    made: list[InferredRecord],
    before: dict[str, Any],
    what: str,
) -> None:
    read = asking.on_one(group, Kind.READ)
    for one in made:
        reply = asking.send(read, asking.at(read, one))
        session.expect_one_of(reply, SUCCESSES, f"after {what} a record is answered {reply.status}")
        was = asking.settled(group, before[one.key])
        asking.keeps(was, asking.record(reply, read), f"{what} changed a record")


@check(Kind.CREATE, Kind.DELETE, writes=True, inferred=True, provenance=INFERRED)
def check_deleted_twice(session: Session, group: Group) -> None:
    """A record that is not there is not deleted, where the document says what is answered then."""
    asking = InferredTrials(session)
    delete = asking.on_one(group, Kind.DELETE)
    assert delete.plan
    if not {"404", "410"} & set(delete.plan.replies):
        raise NotApplicable("the document does not say what a delete of nothing is answered")
    made = asking.create(group)
    first = asking.remove(group, made)
    if first is None or first.status not in SUCCESSES:
        raise Inconclusive("a record was not deleted")
    again = asking.remove(group, made)
    assert again is not None
    session.expect_one_of(again, REFUSALS, f"a second delete of a record is answered {again.status}")


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_taken_keys(session: Session, group: Group) -> None:
    """A key that a client chooses and that is taken is refused, where the document says how."""
    asking, create = InferredTrials(session), group.one(Kind.CREATE)
    model, plan = group.resource.model, create.plan
    assert plan
    if not (model and model.chosen and model.key and "409" in plan.replies):
        raise NotApplicable("no client names a record, or the document does not say that names can be taken")
    made = asking.create(group)
    if within(made.sent, model.key) is None:
        raise NotApplicable("no client names a record")
    body = asking.new_body(group, create, 1)
    renamed = asking.with_key(create, group, body, within(made.sent, model.key))
    reply = asking.send(create, asking.placed(create, made.above), body=renamed)
    session.expect_one_of(reply, REFUSALS, f"a create with a key that is taken is answered {reply.status}")
    asking.remove(group, made)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=120)
def check_location(session: Session, group: Group) -> None:
    """Where a create tells an address, it is that of the record; it tells one where the document says so."""
    asking, create = InferredTrials(session), group.one(Kind.CREATE)
    body = asking.new_body(group, create, 3)
    above = asking.above(group)
    body, reply = asking.submit(create, asking.placed(create, above), body)
    if reply.status not in SUCCESSES:
        raise Inconclusive(f"{create.id} answered {reply.status}")
    said = asking.replies.declared(create, reply.status)
    address = reply.header("Location")
    if said is not None and "location" in said.headers:
        session.expect(address is not None, "a create does not give the address that the document declares")
    record = within(reply.json() if reply.body else None, create.plan.record or () if create.plan else ())
    key = asking.key(group, record)
    if address is None or not key:
        raise NotApplicable("a create gives no address, or no key to compare it with")
    read = asking.on_one(group, Kind.READ)
    made = InferredRecord(key, above, body, record)
    if led_to(session, read, address) is None:
        asking.remembered(group, made)
        found = asking.send(read, asking.at(read, made))
        known = urlsplit(address).path.rstrip("/").rpartition("/")[2] in (key, quote(key, safe=""))
        if not known or found.status not in SUCCESSES or not _is_of_one_kind(read, address):
            raise NotApplicable("a create's address is not that of a read of the document")
        raise Broken("a create's address is that of no operation of the document", address)
    ending = asking.told_key(group, None, reply)
    other = InferredRecord(ending, above, body, record)
    found = asking.send(read, asking.at(read, other))
    session.expect_one_of(found, SUCCESSES, f"what a create's address leads to is answered {found.status}")
    wanted, seen = asking.key(group, record), asking.key(group, asking.record(found, read))
    session.expect(seen in ("", wanted), "a create's address leads to another record")
    asking.remove(group, made)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=303)
def check_read_only(session: Session, group: Group) -> None:
    """What only the server says is not taken from a client; what only a client says is not shown."""
    asking, create = InferredTrials(session), group.one(Kind.CREATE)
    read = asking.on_one(group, Kind.READ)
    full = asking.full_body(create)
    model = group.resource.model
    if not isinstance(full, dict) or not has_members(create) or model is None or model.record is None:
        raise NotApplicable("no schema tells what only one side may say")
    declared = asking.maker.shapes.properties(model.record)
    shapes = asking.maker.shapes
    place = shapes.member(asking.schema(create), create.plan.sent if create.plan else ())
    said = shapes.properties(place) if place is not None else {}  # a create may take what is read-only later
    own = [
        name for name in sorted(declared)
        if (name,) != model.key and shapes.is_servers(declared[name])
        and (name not in said or shapes.is_servers(said[name]))
    ]  # fmt: skip
    forged = {
        name: LONG_AGO.get(str(shapes.says(declared[name], "format"))) or asking.value(declared[name], 4_711 + number)
        for number, name in enumerate(own)
    }
    key = model.key[0] if len(model.key) == 1 and model.key[0] in declared else ""
    if key and shapes.says(declared[key], "readOnly") is True:
        forged[key] = asking.value(declared[key], 4_711)
    hidden = asking.write_only(read) - {*shapes.shape(model.record).required}  # what must be there may be shown, too
    if not forged and not hidden:
        raise NotApplicable("nothing is said by one side only")
    above = asking.above(group)
    made = asking.attempt(group, above, _with(asking, create, full, forged)) if forged else None
    usual = asking.attempt(group, above, full)
    if usual is None:
        raise Inconclusive("such a body was refused")
    other = asking.read_back(group, usual)
    found = asking.read_back(group, made) if made else other  # a server may as well refuse what is not the client's
    if isinstance(found, dict) and isinstance(other, dict):
        telling = (name for name in forged.keys() & found.keys() if _is_telling(forged[name]))
        taken = [one for one in telling if same_json(forged[one], found[one]) and forged[one] != other.get(one)]
        session.expect(not taken, f"a client sets what only the server says ({listed(taken)})")
        seen = sorted(hidden & found.keys())
        session.expect(not seen, f"what only a client says is shown ({listed(seen)})")
    for one in (made, usual):
        if one is not None:
            asking.remove(group, one)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=207)
def check_defaults(session: Session, group: Group) -> None:
    """What a create leaves out has the default that its schema tells."""
    asking, create = InferredTrials(session), group.one(Kind.CREATE)
    schema, model = asking.schema(create), group.resource.model
    full = asking.full_body(create, 81)
    if not has_members(create) or model is None or not isinstance(full, dict) or (create.plan and create.plan.sent):
        raise NotApplicable("no create takes members that may be left out")
    defaults = {
        name: asking.maker.shapes.says(node, "default") for name, node in asking.maker.shapes.properties(schema).items()
    }
    defaults = {name: one for name, one in defaults.items() if one is not None and (name,) != model.key}
    body = {name: one for name, one in full.items() if name not in defaults}
    if not defaults or not asking.accepts(schema, body):
        raise NotApplicable("no member of a create has a default")
    made = asking.attempt(group, asking.above(group), body)
    if made is None:
        raise Inconclusive("no body was taken")
    found = asking.read_back(group, made)
    asking.keeps(defaults, found, "what a create leaves out does not read as its default")
    asking.remove(group, made)


def _is_of_one_kind(read: Operation, address: str) -> bool:
    """Whether an address has as many segments as the path of a read, so that it can only be meant to be one."""
    return len(urlsplit(address).path.strip("/").split("/")) == len(read.path.strip("/").split("/"))


def _with(asking: InferredTrials, create: Operation, body: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """``body`` with those members of ``more`` that it may have."""
    schema, plan = asking.schema(create), create.plan
    steps = plan.sent if plan else ()
    inner = within(body, steps)
    if not isinstance(inner, dict):
        return body
    for name, value in more.items():
        changed = asking.at_steps(body, (*steps, name), value)
        if asking.accepts(schema, changed):
            body = changed
    return body


def _is_telling(value: Any) -> bool:
    """Whether a value is one that no server comes to by itself."""
    return (isinstance(value, str) and len(value) > 3) or (type(value) in (int, float) and abs(value) > 100)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=304)
def check_parents(session: Session, group: Group) -> None:
    """A record is found below its own parents alone, and none is made below one that is not there."""
    asking, model = InferredTrials(session), group.resource.model
    if not model or not any(one.resource for one in model.parents):
        raise NotApplicable("its records are not below others")
    read, create = asking.on_one(group, Kind.READ), group.one(Kind.CREATE)
    one, other = asking.above(group), asking.above(group)
    if one == other or not all(one):
        raise Inconclusive("no two records could be made to work below")
    made = asking.create(group, one)
    if asking.below(read, one) != asking.below(read, other):
        strange = InferredRecord(made.key, other, None, None)
        reply = asking.send(read, asking.at(read, strange))
        session.expect_one_of(reply, REFUSALS, f"a record is answered {reply.status} below another parent")
    if model.parents[-1].must_exist and create.plan and create.plan.scope:
        nowhere = asking.placed(create, (*one[:-1], asking.unknown_parent(group)))
        reply = asking.send(create, nowhere, body=asking.new_body(group, create, 5))
        session.expect_one_of(reply, REFUSALS, f"a create below a parent that is not there is answered {reply.status}")
    asking.remove(group, made)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_gone_with_parent(session: Session, group: Group) -> None:
    """What stands below a record is no longer found once that is deleted."""
    asking, model = InferredTrials(session), group.resource.model
    holder = session.plan.groups.get(model.parents[-1].resource or "") if model and model.parents else None
    if holder is None or holder is group or not holder.has((Kind.CREATE, Kind.DELETE)):
        raise NotApplicable("no record above its records can be deleted")
    read = asking.on_one(group, Kind.READ)
    if not read.plan or not read.plan.scope:
        raise NotApplicable("its path names no record above it")
    above = asking.above(holder)
    parent = asking.create(holder, above)
    made = asking.create(group, (*above, parent.key)[-len(model.parents) :] if model else ())
    reply = asking.send(read, asking.at(read, made))
    if reply.status not in SUCCESSES:
        raise Inconclusive("what was created below a record cannot be read")
    gone = asking.remove(holder, parent)
    if gone is None or gone.status not in SUCCESSES:
        raise Inconclusive("a record with others below it is not deleted")
    reply = asking.send(read, asking.at(read, made))
    session.expect_one_of(reply, REFUSALS, f"a record below a deleted one is answered {reply.status}")
