"""What follows in turn from a change that an effect made: looked at before it, and worked out after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from mockserver.conformance.rules.as_held import AsHeld, View, moment_of
from mockserver.conformance.rules.effect_rules import effects_of, happens_on, step_targets
from mockserver.conformance.rules.naive_values import agree, as_json
from mockserver.conformance.session import Session
from mockserver.values.shown import shown

Record: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[str, str]


class FurtherEffects:
    """The effects of records that an effect may change. ``others``: those records, as they are before all of it."""

    def __init__(self, session: Session, held: AsHeld, others: Mapping[Place, Record]) -> None:
        self._session = session
        self._before: dict[Place, Record] = {}
        for (resource, _), data in others.items():
            for effect, step in self._steps(resource):
                targets = step_targets(effect, step)
                if "records(" not in targets:
                    view = held.view(session.plan.groups[resource], data)
                    found = records_named(held, step["changes"], held.reader.value(targets, view))
                    self._before |= {(step["changes"], one.id): one.data for one in found}

    def judge(self, resource: str, before: Record, after: Record) -> None:
        """Expect what follows from the change of a record of ``resource`` by an effect.

        What is judged: links to what was made, and fields of other records that nothing else sets.
        """
        group = self._session.plan.groups[resource]
        held = AsHeld(self._session, moment_of(group, after), self._before)
        for effect in effects_of(group):
            own = {name for step in effect["do"] for name in (*step.get("set", {}), step.get("link"))}
            asked = {name: value for name, value in after.items() if name not in own}
            asked |= {name: value for name, value in before.items() if name in own}
            if "change" not in happens_on(effect) or not self._begins(held, effect, resource, before, asked):
                continue
            about = effect.get("about", "an effect")
            for link in (step["link"] for step in effect["do"] if "link" in step and "each" not in step):
                self._session.expect(after.get(link) is not None, f"{resource}.{link} names no new record ({about})")
            self._judge_changes(held, effect, held.view(group, asked))

    def _steps(self, resource: str) -> Iterator[tuple[Record, Record]]:
        for effect in effects_of(self._session.plan.groups[resource]):
            yield from ((effect, step) for step in effect["do"] if "change" in step)

    def _begins(self, held: AsHeld, effect: Record, resource: str, before: Record, asked: Record) -> bool:
        """Whether the condition is met by the record as it was changed, and was not before."""
        group = self._session.plan.groups[resource]
        return self._holds(held, effect, held.view(group, asked)) and not self._holds(
            held, effect, held.view(group, before)
        )

    def _holds(self, held: AsHeld, effect: Record, view: View) -> bool:
        names = held.reader.named(effect.get("let") or {}, view, {})
        return bool(held.reader.value(effect.get("when", True), view, names))

    def _judge_changes(self, held: AsHeld, effect: Record, view: View) -> None:
        names = held.reader.named(effect.get("let") or {}, view, {})
        for step in (one for one in effect["do"] if "change" in one):
            other = self._session.plan.groups[step["changes"]]
            sets = {name for further in effects_of(other) for one in further["do"] for name in one.get("set", {})}
            for one in records_named(held, step["changes"], held.reader.value(step["change"], view, names)):
                given = {**names, "it": one}
                known = (step["changes"], one.id) in self._before
                if not known or not held.reader.value(step.get("where", True), view, given):
                    continue
                found = self._session.read(other, one.id)
                for name, rule in step["values"].items():
                    wanted = as_json(held.reader.value(rule, view, given))
                    cause = f"{other.name}.{name} is not what follows in turn ({effect.get('about', 'an effect')})"
                    detail = f"wanted {shown(wanted, 150)}, found {shown(found.get(name), 150)}"
                    is_meant = wanted is not None and name not in sets
                    self._session.expect(not is_meant or agree(wanted, found.get(name)), cause, detail)


def records_named(held: AsHeld, resource: str, value: Any) -> list[View]:
    """The records of ``resource`` that ``value`` is, or names. Raises CannotTell."""
    some = value if isinstance(value, list) else [value]
    found = [held.find(resource, one) if isinstance(one, str) else one for one in some if one]
    return [one for one in found if one is not None]
