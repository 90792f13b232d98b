"""Changes of any document: PUT replaces, PATCH merges, both answer what is there then, no other record changes."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import (
    REFUSALS,
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
    alike,
    check,
    has_members,
    leveled,
    listed,
    showable,
)

STORED = (Kind.CREATE, Kind.READ)
INFERRED = Provenance.INFERRED
MADE = ("created", "added", "inserted", "registered")
"""How what tells when a record was made begins."""
EMPTY: tuple[Any, ...] = (None, "", 0, False, [], {})
"""What a member has that nobody has given a value."""


def changing(session: Session, group: Group, *kinds: Kind) -> list[Operation]:
    """The operations that change the one record that their path names, by a JSON body. Raises NotApplicable."""
    found = [
        one
        for one in group.all(*kinds)
        if one.plan and (one.plan.key or one.plan.words.get("key") == "body") and not one.plan.alias
        and session.may(one) and has_members(one)
    ]  # fmt: skip
    if not found:
        raise NotApplicable("nothing changes a record that its path names")
    return found


def full_record(asking: InferredTrials, group: Group) -> InferredRecord:
    """A new record with all that a create takes. Raises Inconclusive."""
    made = asking.attempt(group, asking.above(group), asking.full_body(group.one(Kind.CREATE), 11))
    return made or asking.create(group)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=207)
def check_values(session: Session, group: Group) -> None:
    """Every value that a change takes is read as it was sent, seldom ones too, and is in its reply."""
    asking = InferredTrials(session)
    for operation in changing(session, group, Kind.REPLACE, Kind.PATCH):
        assert operation.plan
        read = asking.on_one(group, Kind.READ)
        made = full_record(asking, group)
        for valid in asking.bodies(group, operation):
            with session.each(operation):
                changed = asking.changing(operation, group, made, valid)
                body, reply = asking.submit(operation, asking.at(operation, made), changed)
                if reply.status not in SUCCESSES:
                    continue
                sent = asking.comparable(group, asking.said(operation, body))
                if operation.plan.record is not None:
                    shown = asking.record(reply, operation)
                    showing = showable(asking.maker, operation, sent)
                    asking.keeps(showing, shown, "a change's reply does not show what was sent")
                found = asking.read_back(group, made)
                asking.keeps(sent, found, "a change is not seen by the next read")
                asking.holds(read, sent, found, "a changed record lacks what was sent")
        asking.remove(group, made)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=117)
def check_replaced(session: Session, group: Group) -> None:
    """PUT leaves nothing of what it does not send, where a create may leave it out."""
    asking = InferredTrials(session)
    for operation in changing(session, group, Kind.REPLACE):
        made = full_record(asking, group)
        before = asking.read_back(group, made)
        sent = asking.comparable(group, made.sent)
        least = _whole(operation, _least(asking, group, operation, asking.body(operation, 21)), leveled(made.sent))
        body = asking.changing(operation, group, made, least)
        said, before = leveled(asking.said(operation, body)), leveled(before)
        if not isinstance(sent, dict) or not isinstance(said, dict) or not isinstance(before, dict):
            raise Inconclusive("the record has no members")
        if not {*_needed(operation)} <= said.keys():
            raise Inconclusive("a replacement cannot say all that no record is made without")
        kept = asking.maker.shapes.properties(asking.schema(operation))
        needed = asking.needed(group)
        left_out = {
            name: value
            for name, value in sent.items()
            if name not in said and value not in EMPTY and alike(value, before.get(name))
            and name in kept.keys() - needed
            and asking.maker.shapes.says(kept[name], "default") is None
        }  # fmt: skip
        reply = asking.send(operation, asking.at(operation, made), body=body)
        if not left_out or reply.status not in SUCCESSES:
            raise Inconclusive("there is nothing that a replacement can leave out")
        found = asking.read_back(group, made)
        stayed = sorted(name for name, value in left_out.items() if name in found and found[name] == value)
        says = asking.maker.shapes.says  # a word of a few may be a default that the document does not tell
        few = {one for one in stayed if says(kept[one], "enum") is not None or isinstance(left_out[one], bool)}
        usual = _by_itself(asking, group, stayed) if stayed else {}
        firm = [one for one in stayed if one not in few and not alike(found[one], usual.get(one))]
        session.expect(not firm, f"PUT keeps what it does not send ({listed(firm)})")
        session.prefer(not stayed, f"PUT keeps what it does not send, or gives it its default ({listed(stayed)})")
        asking.remove(group, made)


def _whole(operation: Operation, body: Any, sent: Any) -> Any:
    """``body`` with what no record is made without: one that lacks that is of a part of the record."""
    if not isinstance(body, dict) or not isinstance(sent, dict):
        return body
    return {**{name: sent[name] for name in _needed(operation) if name in sent}, **body}


def _needed(operation: Operation) -> tuple[str, ...]:
    """What no record is made without, where a replacement says it beside the rest."""
    return (operation.plan.words.get("needed") or ()) if operation.plan and not operation.plan.sent else ()


def _least(asking: InferredTrials, group: Group, operation: Operation, body: Any) -> Any:
    """``body`` without the members that it and the record may do without, where the record is the whole of it."""
    if not isinstance(body, dict) or (operation.plan and operation.plan.sent):
        return body
    for name in sorted(body.keys() - asking.needed(group)):
        lacking = {one: value for one, value in body.items() if one != name}
        body = lacking if lacking and asking.accepts(asking.schema(operation), lacking) else body
    return body


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=117)
def check_merged(session: Session, group: Group) -> None:
    """PATCH leaves as it was what it does not send, and takes away what it sends as null."""
    asking = InferredTrials(session)
    for operation in changing(session, group, Kind.PATCH):
        made = full_record(asking, group)
        before = leveled(asking.read_back(group, made))
        sent = asking.comparable(group, made.sent)
        if not isinstance(before, dict) or not isinstance(sent, dict):
            raise Inconclusive("the record has no members")
        for what, part in _parts(asking, group, operation):
            said = leveled(asking.said(operation, part))
            with session.each(operation):
                changed = asking.changing(operation, group, made, part)
                reply = asking.send(operation, asking.at(operation, made), body=changed)
                if reply.status not in SUCCESSES or not isinstance(said, dict):
                    continue
                found = leveled(asking.read_back(group, made))
                rest = {name: before[name] for name in sent if name in before and name not in said}
                asking.keeps(asking.comparable(group, rest), found, f"PATCH of {what} changes what it does not send")
                gone = sorted(name for name in rest if name not in found and rest[name] not in EMPTY)
                session.expect(not gone, f"PATCH of {what} takes away what it does not send ({listed(gone)})")
                asking.keeps(asking.comparable(group, said), found, "a change is not seen by the next read")
                nulls = sorted(name for name, value in said.items() if value is None and found.get(name) is not None)
                session.expect(not nulls, f"PATCH leaves what it sends as null ({listed(nulls)})")
                before = found
        asking.remove(group, made)


def _parts(asking: InferredTrials, group: Group, operation: Operation) -> list[tuple[str, Any]]:
    """Bodies that say a part of a record: the first member, the last, one that is null."""
    full, plan = asking.full_body(operation, 31), operation.plan
    assert plan
    schema = asking.schema(operation)
    if plan.sent or not isinstance(full, dict):
        return [("a part", asking.body(operation, 31))]
    model = group.resource.model
    members = sorted(set(full) - asking.read_only(schema) - {*(model.key[:1] if model else ())})
    tried = [("one member", {name: full[name]}) for name in (*members[:1], *members[-1:])]
    tried += [("a member that is null", {name: None}) for name in members if name not in asking.needed(group)]
    tried = [(what, body) for what, body in tried if asking.accepts(schema, body) and asking.can_say(operation, body)]
    return tried[:4] or [("what must be there", asking.body(operation, 31))]


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_others(session: Session, group: Group) -> None:
    """A change of one record changes no other."""
    asking = InferredTrials(session)
    for operation in changing(session, group, Kind.REPLACE, Kind.PATCH):
        above = asking.above(group)
        made, others = asking.create(group, above), [asking.create(group, above) for _ in range(2)]
        before = [asking.read_back(group, one) for one in others]
        listed_before = asking.as_listed(group, above)
        valid = asking.changing(operation, group, made, _unlike(asking, group, operation, before))
        _, reply = asking.submit(operation, asking.at(operation, made), valid)
        if reply.status not in SUCCESSES:
            raise Inconclusive(f"a valid change is answered {reply.status}")
        for one, was in zip(others, before, strict=True):
            asking.keeps(
                asking.settled(group, was), asking.read_back(group, one), "a change of one record changes another"
            )
        found = asking.as_listed(group, above)
        for key in sorted(found.keys() & listed_before.keys() - {made.key}):
            was = asking.settled(group, listed_before[key])
            asking.keeps(was, found[key], "a change of one record changes another")
        for one in (made, *others):
            asking.remove(group, one)


def _unlike(asking: InferredTrials, group: Group, operation: Operation, known: list[Any]) -> Any:
    """A body of a change that says of as many members as can be another value than those records have."""

    def differing(body: Any) -> int:
        sent = asking.comparable(group, asking.said(operation, body))
        members = sent.items() if isinstance(sent, dict) else ()
        return sum(
            not any(alike(one, leveled(each).get(name)) for each in known if isinstance(each, dict))
            for name, one in members
        )

    return max((asking.full_body(operation, number) for number in (41, 42, 43)), key=differing)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_unknown(session: Session, group: Group) -> None:
    """PATCH of a record that is not there is refused; PUT may make one, but does not fail."""
    asking = InferredTrials(session)
    above = asking.above(group)
    for operation in changing(session, group, Kind.REPLACE, Kind.PATCH):
        nothing = InferredRecord(asking.unknown(operation), above, None, None)
        with session.each(operation):
            reply = asking.send(operation, asking.at(operation, nothing), body=asking.full_body(operation, 61))
            wanted = (*REFUSALS, *(SUCCESSES if operation.kind is Kind.REPLACE else ()))
            session.expect_one_of(reply, wanted, f"a change of a record that is not there is answered {reply.status}")
            if reply.status in SUCCESSES:
                asking.remove(group, nothing)


@check(*STORED, writes=True, inferred=True, provenance=INFERRED, code=303)
def check_made_stays(session: Session, group: Group) -> None:
    """A change does not change when a record was made, nor its key."""
    asking, model = InferredTrials(session), group.resource.model
    for operation in changing(session, group, Kind.REPLACE, Kind.PATCH):
        made = full_record(asking, group)
        before = asking.read_back(group, made)
        body = asking.changing(operation, group, made, asking.full_body(operation, 51))
        asking.send(operation, asking.at(operation, made), body=body)
        found = asking.read_back(group, made)
        if not isinstance(before, dict) or not isinstance(found, dict) or model is None or model.record is None:
            raise Inconclusive("the record has no members")
        makes = asking.maker.shapes.properties(asking.schema(group.one(Kind.CREATE)))
        own = asking.read_only(model.record) | (before.keys() - makes.keys())
        sent = asking.said(operation, body)
        known = own - set(sent if isinstance(sent, dict) else ())
        made_at = {name: before[name] for name in before if name in known and name.lower().startswith(MADE)}
        asking.keeps(made_at, found, "a change changes when a record was made")
        session.expect(
            asking.key(group, found) in ("", asking.key(group, before)), "a change gives a record another key"
        )
        asking.remove(group, made)


def _by_itself(asking: InferredTrials, group: Group, names: list[str]) -> dict[str, Any]:
    """What a new record has where nobody says those members: a replaced one may have the same."""
    body = asking.full_body(group.one(Kind.CREATE), 12)
    less = {name: one for name, one in body.items() if name not in names} if isinstance(body, dict) else body
    made = asking.attempt(group, asking.above(group), less)
    found = leveled(asking.read_back(group, made)) if made else None
    if made is not None:
        asking.remove(group, made)
    return found if isinstance(found, dict) else {}
