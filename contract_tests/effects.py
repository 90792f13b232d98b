"""Effects: what follows from a change, as the document tells it, follows as often as it should, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockserver.conformance import (
    Ask,
    Census,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    Trial,
    against,
    check,
    count_situations,
    due_effects,
    effects_of,
    fall_due,
    happens_on,
    hinges,
    questions,
    reached,
    walk,
)

STORED = (Kind.CREATE, Kind.READ, Kind.DELETE)
TURNS = ((0, "PATCH"), (1, "PATCH"), (2, "PUT"), (3, "a batch"))
"""How often an effect is brought about: what the records around it look like, and the way by which."""
WANTING = (4, "PATCH")
"""One turn more for what depends on something computed of the other record: it is made so that something is missing."""
AGAIN = 1
"""In which turn it is brought about once more."""


@check(*STORED, Kind.PATCH, writes=True)
def check_followed(session: Session, group: Group) -> None:
    """What follows from a change, as the document tells it, follows: in this record and in others"""
    judged = False
    with tried(session, group) as (census, effects):
        for effect in effects:
            if "change" in happens_on(effect):
                turns = [*TURNS, WANTING] if hinges(session.plan, effect) else TURNS
                for number, (turn, way) in enumerate(turns):
                    with session.each():
                        judged |= changed(Trial(census, effect, turn, way), again=number == AGAIN)
                for situation in range(1, count_situations(session.plan, effect)):
                    with session.each():
                        judged |= changed(Trial(census, effect, 0, "PATCH", situation=situation))
            else:
                for turn, way in TURNS:
                    with session.each():
                        judged |= Trial(census, effect, turn, way).create()
            with session.each():
                census.settle()
    if not judged:
        raise Inconclusive("no record could be brought to the point where an effect happens")


@check(*STORED, Kind.PATCH, writes=True)
def check_not_followed(session: Session, group: Group) -> None:
    """What follows from a change does not follow where its condition is not met, or from a create that is none"""
    with tried(session, group) as (census, effects):
        for effect in effects:
            for way in ("POST", "a batch"):
                with session.each():
                    trial = Trial(census, effect, 0, way)
                    trial.create()
                    trial.outlive()
                with session.each():
                    Trial(census, effect, 0, way).shun()
            for question in against(questions(session.plan, group, effect)):
                with session.each():
                    changed(Trial(census, effect, 0, "PATCH", against=question))
            with session.each():
                census.settle()


@check(*STORED, writes=True, owns=True)
def check_due(session: Session, group: Group) -> None:
    """What a date brings about follows once it has come, for each record; not before, nor where its condition fails"""
    effects = due_effects(group)
    if not effects:
        raise NotApplicable("no date brings anything about")
    for effect in effects:
        with session.each():
            fall_due(session, group, effect)


def changed(trial: Trial, *, again: bool = False) -> bool:
    """Whether the effect could be brought about by a change; ``again``: and once more."""
    try:
        if not trial.arrange():
            return False
        happened = trial.change()
        if happened and again:
            trial.again()
        return happened
    finally:
        trial.put_back()


@contextmanager
def tried(session: Session, group: Group) -> Iterator[tuple[Census, list[Mapping[str, Any]]]]:
    """The effects of the resource. Records that they make are removed with those of the check: no reply tells of them.

    Raises NotApplicable.
    """
    effects = effects_of(group)
    if not effects:
        raise NotApplicable("no change has effects")
    census, theirs = Census(session, group), _theirs(session, effects)
    try:
        with census.taken():
            yield census, effects
        with session.each():
            session.same(
                theirs, _theirs(session, effects), "what follows from a change reaches another tenant's records"
            )
    finally:
        own = {one.id for one in session.records.left()}
        made = [
            (name, one.id)
            for name, one in census.left()
            if own & set(map(str, one.data.values())) or session.mark in str(one.data)
        ]
        session.records.remember(session.own.tenant, made)


def _theirs(session: Session, effects: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The records of another tenant, as its lists show them, of the resources that ``effects`` make or change."""
    groups = [session.plan.groups[name] for name in sorted(reached(effects))] if session.other else []
    return {
        one.name: walk(session, one, Ask(one.one(Kind.LIST)), who=session.other)
        for one in groups
        if Kind.LIST in one.operations
    }
