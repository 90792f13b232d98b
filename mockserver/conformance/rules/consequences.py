"""What follows from a change by all effects of a resource: looked at before it, and worked out anew after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from mockserver.conformance.check_plan import Group
from mockserver.conformance.rules.as_held import AsHeld, moment_of
from mockserver.conformance.rules.census import Census, miscounted
from mockserver.conformance.rules.effect_rules import (
    effects_of,
    followers,
    happens_on,
    made_by,
    reached,
    step_targets,
)
from mockserver.conformance.rules.further_effects import FurtherEffects, records_named
from mockserver.conformance.rules.naive_values import agree, as_json
from mockserver.values.shown import shown

Record: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[str, str]
"""A resource and the id of one of its records."""


class Consequences:
    """What follows when a record of the census's group is created or changed: looked at before, and judged after.

    All effects of the resource are worked out together, since what one of them leaves alone another may change.
    """

    def __init__(self, census: Census, effect: Mapping[str, Any]) -> None:
        """``effect``: the one to be brought about, of whose making the ``census`` is asked after each change."""
        self.session, self.group = census.session, census.group
        self.effects = effects_of(self.group)
        self.others: dict[Place, Record] = {}
        self._census, self._looked_at = census, made_by([effect])

    def remember(self, record: Record, beside: Mapping[Place, Record]) -> None:
        """Keep how the records are that may change: those that effects lead to from ``record``, and those ``beside``;
        and which there are of those that effects make."""
        self._census.refresh()
        held = AsHeld(self.session)
        view = held.view(self.group, record)
        self.others = dict(beside)
        for effect in self.effects:
            for step in (one for one in effect["do"] if "change" in one):
                targets = step_targets(effect, step)
                if self.group.key in record or "records(" not in targets:
                    found = records_named(held, step["changes"], held.reader.value(targets, view))
                    self.others |= {(step["changes"], one.id): one.data for one in found}
                self.others |= self._named(record, step["changes"], held)
        self._further = FurtherEffects(self.session, held, self.others)

    def _named(self, record: Record, resource: str, held: AsHeld) -> dict[Place, Record]:
        """The records of ``resource`` that ``record`` names anywhere: an effect may take one for that which it is to
        change."""
        known = [one for one in self.group.resource.references if one.resource == resource]
        keys = dict.fromkeys(key for one in known for _, key in one.found_in(record))
        return {(resource, one.id): one.data for one in records_named(held, resource, [*keys])}

    def happening(self, before: Record | None, after: Record) -> list[Mapping[str, Any]]:
        """The effects that the change brings about. Raises CannotTell."""
        kind = "create" if before is None else "change"
        found = [one for one in self.effects if kind in happens_on(one) and self.holds(one, after, before)]
        return [one for one in found if before is None or not self.holds(one, before, before)]

    def holds(self, effect: Mapping[str, Any], record: Record, previous: Record | None) -> bool:
        """Whether the condition is met by ``record`` as it was asked for, before what effects put into it."""
        asked = self._asked(record, previous, [effect])
        held = AsHeld(self.session, moment_of(self.group, record), self.others)
        view = held.view(self.group, asked)
        names = held.reader.named(effect.get("let") or {}, view, {})
        return bool(held.reader.value(effect.get("when", True), view, names))

    def judge(self, before: Record | None, after: Record) -> list[Mapping[str, Any]]:
        """Expect all that follows, and nothing else, to have followed; returns the effects that happened."""
        happening = self.happening(before, after)
        self.held = AsHeld(self.session, moment_of(self.group, after), self.others)
        self.view = self.held.view(self.group, self._asked(after, before, happening))
        self._moment = moment_of(self.group, after)
        self._own(happening, before, after)
        self._made(happening, after)
        self._changed(happening)
        return happening

    def _steps(self, effects: list[Mapping[str, Any]] | None = None) -> Iterator[Mapping[str, Any]]:
        for effect in self.effects if effects is None else effects:
            yield from effect["do"]

    def _asked(self, record: Record, before: Record | None, effects: list[Mapping[str, Any]]) -> dict[str, Any]:
        """``record`` as the request left it: rules of effects read it before their own steps."""
        own = {name for step in self._steps(effects) for name in (*step.get("set", {}), step.get("link"))}
        kept = {name: value for name, value in record.items() if name not in own}
        return {**kept, **{name: value for name, value in (before or {}).items() if name in own}}

    def _own(self, happening: list[Mapping[str, Any]], before: Record | None, after: Record) -> None:
        """Expect the record itself to have what effects set, and of what they could set nothing else."""
        given = set[str]()
        for effect in happening:
            for name, value in ((n, v) for step in effect["do"] for n, v in step.get("set", {}).items()):
                given.add(name)
                self._agrees(effect, value, after.get(name), f"{self.group.name}.{name}")
        if before is None:
            return
        links = {step["link"] for step in self._steps(happening) if "link" in step}
        idle = [one for one in self.effects if one not in happening]
        could = {name for step in self._steps(idle) for name in (*step.get("set", {}), step.get("link")) if name}
        for name in sorted(could - given - links):
            cause = f"{self.group.name}.{name} changes although no effect sets it"
            self.session.same(before.get(name), after.get(name), cause)

    def _made(self, happening: list[Mapping[str, Any]], after: Record) -> None:
        """Expect as many new records as effects make, with the values that they give."""
        for resource in self._census.was_judged():
            steps = [(one, step) for one in happening for step in one["do"] if step.get("create") == resource]
            if steps or resource in self._looked_at:
                self._made_of(resource, steps, after)
            else:
                self._census.owe(resource)

    def _made_of(self, resource: str, steps: list[tuple[Record, Record]], after: Record) -> None:
        wanted = [(effect, step, item) for effect, step in steps for item in self._items(effect, step)]
        found = self._census.new(resource)
        cause = miscounted(resource, *([steps[0][0].get("about", "an effect")] if steps else []))
        self.session.expect(len(found) == len(wanted), cause, f"wanted {len(wanted)}, found {len(found)}")
        for effect, step, item in wanted:
            one = self._nearest(effect, step, item, found)
            for name, rule in step["values"].items():
                self._agrees(effect, rule, one.data.get(name), f"{resource}.{name}", item)
        for effect, link in ((effect, step["link"]) for effect, step in steps if "link" in step):
            cause = f"{link} does not name the new record ({effect.get('about', 'an effect')})"
            self.session.expect(after.get(link) in [one.id for one in found], cause)

    def _items(self, effect: Mapping[str, Any], step: Mapping[str, Any]) -> list[Any]:
        return list(self._value(effect, step["each"]) or []) if "each" in step else [None]

    def _nearest(self, effect: Mapping[str, Any], step: Mapping[str, Any], item: Any, found: list[Any]) -> Any:
        values = {name: as_json(self._value(effect, rule, item)) for name, rule in step["values"].items()}
        return max(found, key=lambda one: sum(agree(value, one.data.get(name)) for name, value in values.items()))

    def _changed(self, happening: list[Mapping[str, Any]]) -> None:
        """Expect each other record to have what effects give it, and otherwise what it had."""
        meant = {id(step): {one.id for one in records_named(self.held, step["changes"], self._targets(effect, step))}
                 for effect in happening for step in effect["do"] if "change" in step}  # fmt: skip
        further = followers(self.session.plan.groups, reached(happening))
        for (resource, key), data in self.others.items():
            other = self.session.plan.groups[resource]
            found, it = self.session.read(other, key), self.held.view(other, data)
            given, counts = set[str](), False
            for effect in happening:
                for step in effect["do"]:
                    if key not in meant.get(id(step), ()) or step["changes"] != resource:
                        continue
                    if not self._value(effect, step.get("where", True), it):
                        continue
                    given |= step["values"].keys()
                    counts |= not step.get("quiet", False)
                    for name, rule in step["values"].items():
                        self._agrees(effect, rule, found.get(name), f"{resource}.{name}", it)
            if resource not in further:
                self._left_alone(other, data, found, given)
                self._counted(other, data, found, counts=counts and any(data.get(n) != found.get(n) for n in given))
            if given:
                self._further.judge(resource, data, found)
            self.others[resource, key] = found

    def _targets(self, effect: Mapping[str, Any], step: Mapping[str, Any]) -> Any:
        return self._value(effect, step["change"])

    def _left_alone(self, other: Group, data: Record, found: Record, given: set[str]) -> None:
        """Expect what effects may change, and did not, to be as it was; what follows in turn is not looked at."""
        mine = [step for step in self._steps() if "change" in step and step["changes"] == other.name]
        further = {name for effect in effects_of(other) for step in effect["do"] for name in step.get("set", {})}
        for name in sorted({name for step in mine for name in step["values"]} - given - further):
            named = [one for one in self.effects for step in one["do"] if step in mine and name in step["values"]]
            about = named[0].get("about", "an effect")
            cause = f"{other.name}.{name} changes although the effect's condition is not met ({about})"
            self.session.same(data.get(name), found.get(name), cause)

    def _counted(self, other: Group, data: Record, found: Record, *, counts: bool) -> None:
        """Expect stamps to tell of a change that is one of its own, and of nothing else."""
        stamps = other.resource.stamps
        names = [stamps[one] for one in ("version", "modified-at", "modified-by") if one in stamps]
        if not counts:
            for name in names:
                cause = f"{other.name}.{name} moves although no effect changed the record, or only internal fields"
                self.session.same(data.get(name), found.get(name), cause)
        elif "version" in stamps:
            known, now = data.get(stamps["version"], 0), found.get(stamps["version"], 0)
            cause = f"{other.name}.{stamps['version']} does not count a change that an effect makes"
            self.session.expect(now > known, cause, f"it was {known}, is {now}")
        earlier, later = moment_of(other, data), moment_of(other, found)
        if counts and earlier and later and self._moment and earlier < self._moment:
            cause = f"{other.name}.{stamps['modified-at']} does not tell of a change that an effect makes"
            self.session.prefer(earlier < later, cause, f"it was {earlier}, is {later}")

    def _value(self, effect: Mapping[str, Any], rule: Any, it: Any = None) -> Any:
        names = self.held.reader.named(effect.get("let") or {}, self.view, {})
        return self.held.reader.value(rule, self.view, {**names, "it": it})

    def _agrees(self, effect: Mapping[str, Any], rule: Any, found: Any, what: str, it: Any = None) -> None:
        wanted = as_json(self._value(effect, rule, it))
        if wanted is not None:
            cause = f"{what} is not what follows ({effect.get('about', 'an effect')})"
            self.session.expect(agree(wanted, found), cause, f"wanted {shown(wanted, 150)}, found {shown(found, 150)}")
