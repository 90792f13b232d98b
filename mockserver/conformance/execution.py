"""One check on one resource, carried out: what came of it, and why if nothing did."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Blocked, Broken, Finding, Inconclusive, NotApplicable
from mockserver.conformance.oracle import faults_of
from mockserver.conformance.registry import Check
from mockserver.conformance.session import Session
from mockserver.conformance.wire.allow_list import NotAllowed
from mockserver.conformance.wire.fates import marked
from mockserver.conformance.wire.pacing import OutOfTime
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind

ATTEMPTS = 3
"""How often a check is begun that was cut off: with new records each time, whatever became of the old ones."""
NOTHING_ASKED = "it sent nothing: there was nothing to ask"
NOTHING_JUDGED = "it judged none of the replies"


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_COVERED = "not covered"
    LEFT_OUT = "left out"
    ERROR = "crashed"
    NOT_APPLICABLE = "does not apply"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check: how many requests it ``asked``, how many things it ``judged``, what it found.

    ``reason`` says why it was not covered, was left out of a sample, does not apply or crashed; ``blocked`` names
    the operation that stood in its way. ``planned`` is False where the run was never going to carry it out,
    ``hindered`` tells that something other than the check or the document kept it from judging, ``is_cut_off`` that it
    got no answer.
    """

    check: Check
    resource: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    blocked: str = ""
    seconds: float = 0.0
    asked: int = 0
    judged: int = 0
    planned: bool = True
    hindered: bool = False
    is_cut_off: bool = False

    @property
    def has_judged(self) -> bool:
        return self.outcome in (Outcome.PASSED, Outcome.FAILED)


def foreign(check: Check, group: Group) -> str:
    """Why there is nothing of what ``check`` is about; empty when there is."""
    if not check.inferred and group.is_single is not check.single:
        return "they are one record a tenant" if group.is_single else "they are many records"
    if missing := sorted(check.needs - set(group.operations)):
        return f"there is no operation of the kind {', '.join(missing)}"
    return ""


def obstacle(check: Check, session: Session) -> str:
    """Why ``check`` cannot be carried out in this run; empty when it can."""
    if check.writes and session.limits.reads_only:
        return "this profile only reads"
    if check.owns and not session.limits.owns_all:
        return "this profile does not touch records that it did not create"
    if check.pair and session.other is None:
        return "no second tenant was given (--other-tenant, --other-token)"
    return ""


def result_beforehand(check: Check, session: Session, group: Group) -> Result | None:
    """The result of a check that this run is not going to carry out; None where it is."""
    if reason := foreign(check, group):
        return Result(check, group.name, Outcome.NOT_APPLICABLE, reason=reason, planned=False)
    if reason := obstacle(check, session):
        return Result(check, group.name, Outcome.NOT_COVERED, reason=reason, planned=False)
    return None


def carry_out(check: Check, session: Session, group: Group, part: int = 1) -> Result:
    """Run ``check``, by one in ``part`` of its cases; what it made is removed afterwards. Raises OutOfTime."""
    session.part = part
    if known := result_beforehand(check, session, group):
        return known
    for _ in range(ATTEMPTS):
        result = _attempt(check, session, group)
        if not result.is_cut_off:
            break
        tidy(session, group)
    return result


def _attempt(check: Check, session: Session, group: Group) -> Result:
    session.begin(check, group)
    first, asked = len(session.findings), session.client.recorder.total
    lost = session.client.patience.lost
    try:
        result = _judged(check, session, group)
        asked = session.client.recorder.total - asked
    finally:
        tidy(session)
    result = replace(result, asked=asked, judged=session.judged)
    found = tuple(session.findings[first:])
    if session.client.patience.lost > lost:
        # What a check says of which a request got no answer, be it in a thread of its own, is not about the target.
        reason = result.reason if result.is_cut_off else session.client.patience.last
        del session.findings[first:]
        return replace(result, outcome=Outcome.NOT_COVERED, reason=reason, hindered=True, is_cut_off=True)
    if found:
        return replace(result, outcome=Outcome.FAILED, findings=found)
    if result.outcome is Outcome.PASSED and (lacking := _lacking(result)):
        return replace(result, outcome=Outcome.NOT_COVERED, reason=lacking)
    return result


def _judged(check: Check, session: Session, group: Group) -> Result:
    """What ``check`` says, whatever it judged until then."""
    result = Result(check, group.name, Outcome.PASSED)
    try:
        check.run(session, group)
    except Broken as broken:
        session.note(broken)
    except (Blocked, Unreachable, NotAllowed) as obstacle_met:
        return _hindered(result, obstacle_met)
    except Inconclusive as circumstance:
        lacks = isinstance(circumstance, NotApplicable)
        outcome = Outcome.NOT_APPLICABLE if lacks else Outcome.NOT_COVERED
        return replace(result, outcome=outcome, reason=str(circumstance), planned=not lacks)
    except OutOfTime:
        raise
    except Exception as confused:  # noqa: BLE001 -- whatever a check stumbles over, the others are carried out
        if not _was_misled(session):
            return replace(result, outcome=Outcome.ERROR, reason=own_fault(confused))
        session.note(Broken("a reply could not be understood", f"{type(confused).__name__}: {confused}"))
    return result


def _hindered(result: Result, obstacle_met: Exception) -> Result:
    return replace(
        result,
        outcome=Outcome.NOT_COVERED,
        reason=str(obstacle_met),
        hindered=True,
        blocked=obstacle_met.operation if isinstance(obstacle_met, Blocked) else "",
        is_cut_off=isinstance(obstacle_met, Unreachable),
    )


def _lacking(result: Result) -> str:
    """Why a check that found nothing has shown nothing either; empty when it has."""
    if not result.asked:
        return NOTHING_ASKED
    return "" if result.judged else NOTHING_JUDGED


def _was_misled(session: Session) -> bool:
    """Whether a reply that the check got broke the contract: what it stumbled over is the target's fault then."""
    found = ((one, session.client.routes.operation(one.sent.method, one.sent.path)) for one in session.window)
    return any(
        next(faults_of(one, one.reply, operation, session.plan.replies), None) for one, operation in found if one.reply
    )


def own_fault(error: Exception) -> str:
    """The exception and where it was raised: the last line of the check's own file that it went through."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"


def tidy(session: Session, group: Group | None = None) -> None:
    """Remove what was made as far as it goes; what is left is tried again at the end of the run.

    ``group``: also those of its records that no reply told of, found by the run's mark where the document tells how.
    """
    try:
        if group is not None and group.has((Kind.CREATE, Kind.DELETE)) and not session.plan.is_inferred:
            made = marked(session, group, session.own, session.mark) or ()
            session.records.remember(session.own.tenant, [(one.resource, one.id) for one in made])
        session.habits.tidy()
        session.clean_up()
    except (Unreachable, OutOfTime, Broken, Inconclusive):
        return
