"""A fault as a JSON object tells it: of its form, and possible for the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from mockserver.contract import Operation
from mockserver.errors import Problem, SetupError
from mockserver.runtime.fault import GATEWAY, Fault
from mockserver.values.data_file import DataFile
from mockserver.values.form import check_form
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import shown
from mockserver.values.suggestions import meant

_UNANSWERED = ("stale", "duplicate")
"""What happens to a request that is carried out, so not beside a status."""


def read_fault(body: Mapping[str, Any], operations: Mapping[str, Operation]) -> Fault:
    """The fault that a JSON object tells. Raises SetupError listing what is wrong with it."""
    problems = check_form("fault", DataFile("fault", body))
    wrong = {problem.pointer.split("/")[1] for problem in problems if problem.pointer}
    members = {one.name for one in fields(Fault)}
    given = {name: value for name, value in body.items() if name in members and name not in wrong and value is not None}
    if "times" in body and body["times"] is None:
        given["times"] = None
    if "limit" in given and not {"status", "damage"} & set(body):
        given["status"] = 429
    fault = Fault(**given)
    problems += [one for one in _wrong_values(fault, operations) if one.pointer[1:] not in wrong]
    if problems:
        raise SetupError(problems)
    return fault


def _wrong_values(fault: Fault, operations: Mapping[str, Operation]) -> Iterator[Problem]:
    if fault.operation is not None and fault.operation not in operations:
        yield _problem(
            "operation", f"no operation is called {shown(fault.operation)}", meant(fault.operation[:80], operations)
        )
    if fault.damage == "slow" and not fault.delay:
        yield _problem("delay", "no time for a slow reply", "give the seconds over which the reply is sent")
    if fault.damage and fault.bytes_per_second:
        yield _problem("bytes_per_second", f"stands beside the damage {fault.damage}", "leave one of them out")
    if isinstance(fault.delay, Mapping) and fault.delay.get("lower", 0) > fault.delay.get("upper", 30):
        yield _problem("delay", "lower is more than upper", "give the smaller one as lower")
    if fault.status is not None:
        yield from _wrong_status(fault, fault.status, operations)


def _wrong_status(fault: Fault, status: int, operations: Mapping[str, Operation]) -> Iterator[Problem]:
    named = operations.get(fault.operation or "")
    declared = {one for operation in ([named] if named else operations.values()) for one in operation.replies}
    possible = sorted({*(one for one in declared if one >= 400), *GATEWAY})
    if status not in possible:
        yield _problem("status", f"{status} is not declared", f"use one of {', '.join(map(str, possible))}")
    for name in _UNANSWERED:
        if getattr(fault, name):
            yield _problem(name, f"cannot be while {status} is answered instead", "leave one of them out")


def _problem(member: str, problem: str, remedy: str) -> Problem:
    return Problem("fault", pointer_to(member), problem, remedy)
