"""Requests at the same moment, of any document: records do not mix, and no change of another member is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mockserver.conformance import (
    SUCCESSES,
    Group,
    Inconclusive,
    InferredRecord,
    InferredTrials,
    Kind,
    NotApplicable,
    Provenance,
    Session,
    alike,
    check,
    has_members,
    listed,
    version_header,
)

STORED = (Kind.CREATE, Kind.READ)
INFERRED = Provenance.INFERRED
AT_ONCE = 6
"""How many requests are sent at the same moment."""


def at_once(count: int, ask: Callable[[int], Any]) -> list[Any]:
    """What ``ask`` returns for 0, 1, 2 …, each in a thread of its own."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(ask, range(count)))


@check(*STORED, writes=True, inferred=True, provenance=INFERRED)
def check_creates(session: Session, group: Group) -> None:
    """Records that are created at the same moment are all there, each with what was sent for it."""
    asking, create = InferredTrials(session), group.one(Kind.CREATE)
    above = asking.above(group)
    bodies = [asking.full_body(create, 300 + number) for number in range(AT_ONCE)]
    first = asking.attempt(group, above, bodies[0])
    if first is None:
        raise Inconclusive("no body was taken")
    made = [one for one in at_once(AT_ONCE, lambda number: asking.attempt(group, above, bodies[number])) if one]
    keys = [one.key for one in made]
    session.expect(len(set(keys)) == len(keys), "two creates at the same moment are given the same key", listed(keys))
    for one in made:
        found = asking.read_back(group, one)
        asking.keeps(asking.comparable(group, one.sent), found, "creates at the same moment mix what was sent")
    for one in (first, *made):
        asking.remove(group, one)


@check(*STORED, Kind.PATCH, writes=True, inferred=True, provenance=INFERRED)
def check_patches(session: Session, group: Group) -> None:
    """Patches of different members of one record at the same moment are all kept."""
    asking = InferredTrials(session)
    patch = next((one for one in group.all(Kind.PATCH) if one.plan and one.plan.key and has_members(one)), None)
    if patch is None:
        raise NotApplicable("nothing patches a record that its path names")
    if version_header(patch) is not None:
        raise NotApplicable("several patches for one version are not settled by taking exactly one")
    made = asking.attempt(group, asking.above(group), asking.full_body(group.one(Kind.CREATE), 310)) or asking.create(
        group
    )
    full = asking.full_body(patch, 311)
    parts = [{name: value} for name, value in sorted(full.items())] if isinstance(full, dict) else []
    parts = [one for one in parts if asking.accepts(asking.schema(patch), one)][:AT_ONCE]
    if len(parts) < 2:
        raise NotApplicable("no two members can be patched by themselves")
    replies = at_once(len(parts), lambda number: asking.send(patch, asking.at(patch, made), body=parts[number]))
    kept: dict[str, Any] = {}
    for part, reply in zip(parts, replies, strict=True):
        kept |= part if reply.status in SUCCESSES else {}
    if len(kept) < 2:
        raise Inconclusive("no two patches were taken")
    _all_kept(session, asking, group, made, kept)
    asking.remove(group, made)


def _all_kept(
    session: Session, asking: InferredTrials, group: Group, made: InferredRecord, kept: dict[str, Any]
) -> None:
    found = asking.read_back(group, made)
    before = made.record if isinstance(made.record, dict) else {}
    if not isinstance(found, dict):
        raise Inconclusive("the record has no members")
    sent = asking.comparable(group, kept)
    lost = [
        name
        for name, value in sent.items()
        if name in found and not alike(value, found[name]) and name in before and alike(before[name], found[name])
    ]
    session.expect(not lost, f"patches at the same moment are lost ({listed(lost)})")
