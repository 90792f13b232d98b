"""One check on one resource, carried out: what came of it, and why if nothing did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mockserver.conformance.allow_list import NotAllowed
from mockserver.conformance.findings import Blocked, Broken, Finding, Inconclusive, NotApplicable
from mockserver.conformance.pacing import OutOfTime
from mockserver.conformance.plan import Group
from mockserver.conformance.registry import Check
from mockserver.conformance.session import Session
from mockserver.conformance.transports import Unreachable

SINGLE = "single"
"""The suite for resources of which a tenant has one record; the others are for all other resources."""


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_COVERED = "not covered"
    LEFT_OUT = "left out"
    NOT_APPLICABLE = "does not apply"


@dataclass(frozen=True, slots=True)
class Result:
    """``reason`` says why a check was not covered, was left out of a sample, or does not apply.

    ``blocked`` names what stood in its way.
    """

    check: Check
    resource: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    blocked: str = ""
    seconds: float = 0.0


def foreign(check: Check, group: Group) -> str:
    """Why there is nothing of what ``check`` is about; empty when there is."""
    if group.is_single is not (check.suite == SINGLE):
        return "they are one record a tenant" if group.is_single else "they are many records"
    if missing := sorted(check.needs - set(group.operations)):
        return f"there is no operation of the kind {', '.join(missing)}"
    return ""


def obstacle(check: Check, session: Session) -> str:
    """Why ``check`` cannot be carried out in this run; empty when it can."""
    if check.writes and session.limits.reads_only:
        return "this profile only reads"
    if check.owns and not session.limits.owns_all:
        return "this profile leaves alone what it did not make"
    if check.pair and session.other is None:
        return "no second tenant was given (--other-tenant, --other-token)"
    return ""


def carry_out(check: Check, session: Session, group: Group) -> Result:
    """Run ``check``; what it made is removed afterwards. Raises OutOfTime."""
    if reason := foreign(check, group):
        return Result(check, group.name, Outcome.NOT_APPLICABLE, reason=reason)
    if reason := obstacle(check, session):
        return not_covered(check, group, reason)
    session.begin(check, group)
    first = len(session.findings)
    reason = blocked = ""
    missed = Outcome.NOT_COVERED
    try:
        check.run(session, group)
    except Broken as broken:
        session.note(broken)
    except Blocked as obstacle_met:
        reason, blocked = str(obstacle_met), obstacle_met.operation
    except NotApplicable as lacking:
        reason, missed = str(lacking), Outcome.NOT_APPLICABLE
    except (Inconclusive, LookupError, Unreachable, NotAllowed) as obstacle_met:
        reason = str(obstacle_met)
    except (TypeError, AttributeError, ValueError, AssertionError) as confused:
        session.note(Broken("a reply could not be understood", f"{type(confused).__name__}: {confused}"))
    finally:
        tidy(session)
    found = tuple(session.findings[first:])
    if found:
        return Result(check, group.name, Outcome.FAILED, found)
    outcome = missed if reason else Outcome.PASSED
    return Result(check, group.name, outcome, reason=reason, blocked=blocked)


def not_covered(check: Check, group: Group, reason: str) -> Result:
    return Result(check, group.name, Outcome.NOT_COVERED, reason=reason)


def tidy(session: Session) -> None:
    """Remove what was made as far as it goes; what is left is tried again at the end of the run."""
    try:
        session.clean_up()
    except (Unreachable, OutOfTime):
        return
