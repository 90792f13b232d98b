"""Entries of a list that a record holds, in any document: what is added is in it, and only what is removed is gone."""

from __future__ import annotations

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
    same_json,
    within,
)


@check(Kind.ACTION, Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=Provenance.INFERRED)
def check_entries(session: Session, group: Group) -> None:
    """An entry that is added to a record's list is in it, and a removed one alone is gone."""
    asking, judged = InferredTrials(session), 0
    held = [one for one in group.all(Kind.ACTION) if one.plan and one.plan.words.get("within") and session.may(one)]
    adds = [one for one in held if one.method == "POST" and one.plan and one.plan.words.get("entry") is None]
    if not adds:
        raise NotApplicable("nothing is added to a list that a record holds")
    for add in adds[:2]:
        member = str(add.plan.words["within"]) if add.plan else ""
        removes = [one for one in held if one.method == "DELETE" and _is_of(one, member)]
        made = asking.create(group)
        before = _entries(asking, group, made, member)
        for number in (61, 62):
            with session.each(add):
                body = asking.full_body(add, number)
                reply = asking.send(add, asking.at(add, made), body=body)
                after = _entries(asking, group, made, member)
                if reply.status in SUCCESSES and before is not None and after is not None:
                    judged += 1
                    one_more = len(after) == len(before) + (0 if _is_there(before, body) else 1)
                    session.expect(
                        one_more, f"an entry that is added is not in {member}", f"{len(before)}, {len(after)}"
                    )
                before = after
        for remove in removes[:1]:
            judged += _removed(session, asking, group, made, remove)
        asking.remove(group, made)
    if not judged:
        raise Inconclusive("no entry was taken")


def _is_of(operation: Operation, member: str) -> bool:
    """Whether an operation is about one entry of that list."""
    words = operation.plan.words if operation.plan else {}
    return words.get("within") == member and bool(words.get("entry"))


def _is_there(entries: list[Any], body: Any) -> bool:
    """Whether what a body adds names by its ``id`` what one of the entries names already."""
    holders = [body, *body.values()] if isinstance(body, dict) else []
    named = [within(one, ("id",)) for one in holders if isinstance(one, dict)]
    return any(key is not None and any(same_json(key, within(one, ("id",))) for one in entries) for key in named)


def _entries(asking: InferredTrials, group: Group, made: InferredRecord, member: str) -> list[Any] | None:
    found = within(asking.read_back(group, made), (member,))
    return found if isinstance(found, list) else None


def _removed(session: Session, asking: InferredTrials, group: Group, made: InferredRecord, remove: Operation) -> int:
    """Judge that the first of several entries is removed, and no other."""
    assert remove.plan
    member, identity = remove.plan.words["within"], tuple(remove.plan.words["identity"])
    before = _entries(asking, group, made, member) or []
    keys = [within(one, identity) for one in before]
    if len(before) < 2 or not isinstance(keys[0], str | int) or len(set(map(str, keys))) < len(keys):
        return 0
    place = {**asking.at(remove, made), remove.plan.words["entry"]: str(keys[0])}
    with session.each(remove):
        if asking.send(remove, place).status not in SUCCESSES:
            return 0
        after = _entries(asking, group, made, member)
        left = [within(one, identity) for one in after] if after is not None else keys[1:]
        session.expect(keys[0] not in left, f"an entry that is removed is still in {member}")
        session.expect(left == keys[1:] or keys[0] in left, f"entries that were not removed are gone from {member}")
    return 1
