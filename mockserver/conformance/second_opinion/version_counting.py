"""Versions and the stamps of a record's making: whether both servers count alike, and which one counts wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance.second_opinion.breach import Breach, Judged
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.disagreement import Disagreement
from mockserver.conformance.second_opinion.sides import Side, SideReply
from mockserver.contract import Kind
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json

ANOTHER, SAME = "another than before", "as before"
OF_ONE_RECORD = (Expect.TAKEN, Expect.SHOWN)


def is_counted_alike(step: Step, record: str, member: str, sides: tuple[Side, Side], values: tuple[Any, Any]) -> bool:
    """Whether a version went on by as much with both since it was last told, wherever it began."""
    if step.makes or member != step.group.resource.stamps.get("version"):
        return False
    before = [side.known.get(record, {}).get(member) for side in sides]
    if not all(type(each) is int for each in (*before, *values)):
        return False
    return len({now - known for now, known in zip(values, before, strict=True)}) == 1


def made_anew(step: Step, one: Side, two: Side, first: SideReply, second: SideReply) -> Iterator[Disagreement]:
    """Where only one of the two tells another time or maker of a record than before."""
    if step.expect not in OF_ONE_RECORD or step.makes:
        return
    for name in _of_making(step):
        moved = [_is_moved(step, side, answer, name) for side, answer in ((one, first), (two, second))]
        if None not in moved and moved[0] != moved[1]:
            yield Disagreement(f"/{name}", *(ANOTHER if each else SAME for each in moved))


def counted(side: Side, step: Step, answer: SideReply) -> Iterator[Judged]:
    """A version is 1 after a create and one more after each change; when and by whom a record was made stays."""
    if step.operation.plan is not None or step.expect not in OF_ONE_RECORD or not isinstance(answer.body, Mapping):
        return
    if not answer.is_good or not step.record:
        return
    for name in _of_making(step):
        if _is_moved(step, side, answer, name):
            yield f"/{name}", Breach(f"{name} is {ANOTHER}", ("made anew", name))
    version = step.group.resource.stamps.get("version", "")
    found, before = answer.body.get(version), side.known.get(step.record, {})
    known = before.get(version)
    if step.makes and found != 1:
        yield f"/{version}", Breach(f"{version} of a new record is not 1", ("version", "first"))
    elif step.expect is Expect.SHOWN and before and found != known:
        yield f"/{version}", Breach(f"{version} reads differently from before", ("version", "read"))
    elif not step.makes and type(known) is int and step.expect is Expect.TAKEN and _is_changed(step, before, answer):
        least, most = known + 1, known + (len(step.group.triggers) if step.is_followed else 0) + 1
        if type(found) is not int or not least <= found <= most:
            why = f"{version} does not count a change: it was {known}, is {found}"
            yield f"/{version}", Breach(why, ("version", step.operation.kind))


def _of_making(step: Step) -> list[str]:
    stamps = step.group.resource.stamps
    return [stamps[name] for name in ("created-at", "created-by") if name in stamps]


def _is_moved(step: Step, side: Side, answer: SideReply, name: str) -> bool | None:
    """Whether ``name`` is told otherwise than before; None where it was not told."""
    before = side.known.get(step.record, {}).get(name, ABSENT)
    if before is ABSENT or not isinstance(answer.body, Mapping) or step.makes:
        return None
    return not same_json(before, answer.body.get(name, ABSENT))


def _is_changed(step: Step, before: Mapping[str, Any], answer: SideReply) -> bool:
    """Whether what was sent is another record than ``before``, as the answer shows."""
    if step.operation.kind not in (Kind.PATCH, Kind.REPLACE):
        return False
    resource = step.group.resource
    own = resource.managed | resource.computed | {resource.stamps.get("version", "")}
    return any(
        not same_json(before.get(name, ABSENT), answer.body.get(name, ABSENT)) for name in {*before, *answer.body} - own
    )
