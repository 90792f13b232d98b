"""One check on one resource, carried out: what came of it, and why if nothing did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contract_tests.kit import Kit
from contract_tests.pacing import OutOfTime
from contract_tests.plan import Group
from contract_tests.routes import NotAllowed
from contract_tests.transports import Unreachable
from contract_tests.verdicts import Blocked, Broken, Check, Finding, NotApplicable, NotJudged

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


def obstacle(check: Check, kit: Kit) -> str:
    """Why ``check`` cannot be carried out in this run; empty when it can."""
    if check.writes and kit.limits.reads_only:
        return "this profile only reads"
    if check.owns and not kit.limits.owns_all:
        return "this profile leaves alone what it did not make"
    if check.pair and kit.other is None:
        return "no second tenant was given (--other-tenant, --other-token)"
    return ""


def carry_out(check: Check, kit: Kit, group: Group) -> Result:
    """Run ``check``; what it made is removed afterwards. Raises OutOfTime."""
    if reason := foreign(check, group):
        return Result(check, group.name, Outcome.NOT_APPLICABLE, reason=reason)
    if reason := obstacle(check, kit):
        return not_covered(check, group, reason)
    kit.begin(check, group)
    first = len(kit.findings)
    reason = blocked = ""
    missed = Outcome.NOT_COVERED
    try:
        check.run(kit, group)
    except Broken as broken:
        kit.note(broken)
    except Blocked as obstacle_met:
        reason, blocked = str(obstacle_met), obstacle_met.operation
    except NotApplicable as lacking:
        reason, missed = str(lacking), Outcome.NOT_APPLICABLE
    except (NotJudged, LookupError, Unreachable, NotAllowed) as obstacle_met:
        reason = str(obstacle_met)
    except (TypeError, AttributeError, ValueError, AssertionError) as confused:
        kit.note(Broken("a reply could not be understood", f"{type(confused).__name__}: {confused}"))
    finally:
        tidy(kit)
    found = tuple(kit.findings[first:])
    if found:
        return Result(check, group.name, Outcome.FAILED, found)
    outcome = missed if reason else Outcome.PASSED
    return Result(check, group.name, outcome, reason=reason, blocked=blocked)


def not_covered(check: Check, group: Group, reason: str) -> Result:
    return Result(check, group.name, Outcome.NOT_COVERED, reason=reason)


def tidy(kit: Kit) -> None:
    """Remove what was made as far as it goes; what is left is tried again at the end of the run."""
    try:
        kit.clean_up()
    except (Unreachable, OutOfTime):
        return
