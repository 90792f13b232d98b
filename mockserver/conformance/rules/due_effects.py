"""What a date brings about: records are given dates that are soon, and are looked at once those have come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.rules.as_held import AsHeld, moment_of
from mockserver.conformance.rules.naive_values import agree, as_json
from mockserver.conformance.rules.rule_reading import compared
from mockserver.conformance.session import Session
from mockserver.runtime.determinism import stamp
from mockserver.values.shown import shown

SOON = (0.5, 3.0, 12.0)
"""In how many seconds dates come: in more where records could not be made in time."""
NOT_YET = timedelta(hours=1)
GLANCES, GLANCE = 100, 0.1
"""How often the target's clock is looked at, and how many seconds after each other."""

Effect = Mapping[str, Any]
Record = dict[str, Any]


def due_effects(group: Group) -> list[Effect]:
    """The effects of the resource's records that a date brings about."""
    return [one for one in group.schema.child("x-mock", "effects").value or [] if "due" in one]


def fall_due(session: Session, group: Group, effect: Effect) -> None:
    """Expect what a date brings about to have followed for each record when it has come, and for no other.

    Raises Inconclusive where the target's clock does not get there.
    """
    about = effect.get("about", "an effect")
    due, made, others = _dated(session, group, effect)
    _wait(session, group, due + _offset(effect))
    for record in made:
        found = session.read(group, record[group.key])
        held = AsHeld(session, moment_of(group, found))
        view = held.view(group, record)
        names = held.reader.named(effect.get("let") or {}, view, {})
        for name, rule in ((name, rule) for step in effect["do"] for name, rule in step.get("set", {}).items()):
            wanted = as_json(held.reader.value(rule, view, names))
            detail = f"wanted {shown(wanted, 150)}, found {shown(found.get(name), 150)}"
            cause = f"{group.name}.{name} is not what follows when its date has come ({about})"
            session.expect(agree(wanted, found.get(name)), cause, detail)
    for what, record in others:
        found = session.read(group, record[group.key])
        session.same(record, found, f"what a date brings about follows {what} ({about})")


def _dated(session: Session, group: Group, effect: Effect) -> tuple[datetime, list[Record], list[tuple[str, Record]]]:
    """A date that comes soon, records that have it, and others for which nothing follows then."""
    name, when = effect["due"], compared(effect.get("when", ""))
    met = {one: values[0] for one, values in when.items() if one in group.writable and values}
    for seconds in SOON:
        due = _now(session, group) + timedelta(seconds=seconds) - _offset(effect)
        made = [session.create(group, {**met, name: stamp(due)}) for _ in range(2)]
        others = [("before it has come", session.create(group, {**met, name: stamp(due + NOT_YET)}))]
        for unmet in _unmet(group, met, when):
            record = session.create(group, {**unmet, name: stamp(due)})
            others.append(("though its condition is not met", record))
        last = moment_of(group, others[-1][1])
        if last is not None and last < due + _offset(effect):
            return due, made, others
    raise Inconclusive("no record could be made before its date had come")


def _unmet(group: Group, met: Mapping[str, Any], when: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """``met`` with another word in its first field that has one."""
    for name in met:
        words = (group.field(name).value or {}).get("enum") or []
        for other in [one for one in words if one not in when[name]][:1]:
            yield {**met, name: other}
            return


def _offset(effect: Effect) -> timedelta:
    """How long after the date it is that something follows."""
    return timedelta(**(effect.get("after") or {})) - timedelta(**(effect.get("before") or {}))


def _wait(session: Session, group: Group, moment: datetime) -> None:
    for _ in range(GLANCES):
        if _now(session, group) > moment:
            return
        session.client.pace.wait(GLANCE)
    raise Inconclusive("the target's clock does not move on")


def _now(session: Session, group: Group) -> datetime:
    """What the target's clock says. Raises Inconclusive where no stamp tells it."""
    if (found := moment_of(group, session.create(group))) is None:
        raise Inconclusive("no stamp tells what the target's clock says")
    return found
