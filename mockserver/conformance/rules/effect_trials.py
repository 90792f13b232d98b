"""Effects brought about one at a time: a situation is made, a record changed, and what follows is judged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mockserver.conformance.bodies.edges import allowed
from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Broken, Inconclusive
from mockserver.conformance.rules.as_held import AsHeld, moment_of
from mockserver.conformance.rules.census import Census
from mockserver.conformance.rules.consequences import Consequences, Record
from mockserver.conformance.rules.effect_rules import step_targets
from mockserver.conformance.rules.furnishing import Furnisher
from mockserver.conformance.rules.questions import Deciding, answers, questions
from mockserver.conformance.rules.rule_reading import behind, compared, limits, named_in, negated, read_of_it, shunned
from mockserver.conformance.rules.situations import Day, set_days, situations
from mockserver.conformance.steps import patch, put, run_batch
from mockserver.contract import Kind

FAR, DAY = "2093-05-06", re.compile(r"\d{4}-\d\d-\d\d")
"""A day that is later than any today, and what days look like."""
WORDS, BOUNDS = re.compile(r"\w+"), re.compile(r"\bit\.(\w+) [<>]=? ")
"""The words of an expression, and what it compares of a record that is to be changed."""
PARTS = (1, 0.5, 1.5, 1)
"""What the items of a list come to, turn by turn, in parts of what they are compared with."""


UNLIKE, WANTING = 3, 4
"""The turns in which a record that is to be changed is as usual, and in which it lacks what is computed of it."""


class Trial:
    """One effect brought about by one ``way``; ``turn`` chooses what the records around it look like.

    ``census``: of the records that effects of the resource make; ``against``: a question of the effect's condition that
    is answered so that it is not met; ``situation``: which one of the record that is to be changed (0: as in ``turn``).
    """

    def __init__(
        self,
        census: Census,
        effect: Mapping[str, Any],
        turn: int,
        way: str,
        *,
        against: Deciding | None = None,
        situation: int = 0,
    ) -> None:
        session, group = self.session, self.group = census.session, census.group
        self.census, self.effect, self.turn, self.way = census, effect, turn, way
        self.situation = situation
        given = answers(questions(session.plan, group, effect), turn)
        self.following = Consequences(census, effect)
        self.wanted = self._satisfying()
        self.trigger = next(iter(self.wanted), None)
        if against and against.is_own:
            self.wanted[against.path[0]] = against.values[1]
        elif against:
            given[against.resource, against.path] = against.values[1]
        self.furnisher = Furnisher(session, given)

    # Making the situation

    def arrange(self) -> bool:
        """Make a record that the change is then made to; False where the condition is met already, or can never be."""
        start = {**{name: value for name, value in self.wanted.items() if name != self.trigger}, **self._around()}
        following = self.following
        following.remember(start, {})
        with self.census.change():
            self.before = self.furnisher.make(self.group, self.effect, {**start, **self._absent()})
        following.judge(None, self.before)
        if self.trigger not in self.group.writable or following.holds(self.effect, self.before, self.before):
            return False
        self.furnisher.beside(self.effect, self.before)
        made = self.furnisher.dependants(self.effect, self.group, self.before)
        self.before = self.session.read(self.group, self.before[self.group.key])
        following.remember(self.before, {(other.name, one[other.key]): one for other, one in made})
        return True

    def _absent(self) -> dict[str, Any]:
        """Fields that the condition wants not to be there."""
        return dict.fromkeys(negated(self.effect.get("when", "")) & self.group.writable.keys() - self.group.required)

    def _satisfying(self) -> dict[str, Any]:
        """Values of own fields with which the condition holds, the trigger first."""
        found: dict[str, Any] = {}
        for name, values in compared(self.effect.get("when", "")).items():
            if name in self.group.writable:
                found[name] = values[0] if values else 1_000_000
        for name, values in shunned(self.effect.get("when", "")).items():
            words = (self.group.field(name).value or {}).get("enum") or [] if found.pop(name, None) is not None else []
            if other := next((one for one in words if one not in values), None):
                found[name] = other
        for name in list(found):
            if not self.group.values.allows(self.group.writable[name], found[name]):
                found[name] = 100
        return found or self._otherwise()

    def _otherwise(self) -> dict[str, Any]:
        """Another value of the first own text that a condition reads which compares no own field with a value."""
        group, ordinal = self.group, self.session.ordinal()
        condition = {"let": self.effect.get("let") or {}, "when": self.effect.get("when", "")}
        read = {chain[0] for chain in named_in(condition)}
        name = next(
            (one for one in group.of_type("string") if one in read and "enum" not in group.field(one).value), ""
        )
        if not name:
            return {}
        made = group.values.make(group.writable[name], name, ordinal)
        return {name: f"{self.session.mark} {ordinal}" if name == group.marker else made}

    def _around(self) -> dict[str, Any]:
        """The record that the effect is to change, made so that it may: named by the field that leads to it."""
        found: dict[str, Any] = {}
        for step in self.effect["do"]:
            reference = next((one for one in self.group.references if one.field == step.get("change")), None)
            if reference is None and "change" in step:
                found |= self._listed(step)
            if reference is None or reference.field in found:
                continue
            other = self.session.plan.groups[reference.resource]
            known = situations(step.get("where"), other)
            fields = dict(known[0])
            for name in other.of_type("boolean"):
                if f"it.{name}" in str(step.get("where", "")):
                    fields[name] = self.turn % 2 == 0
            for name in other.of_type("string"):
                if f"it.{name}" in str(step.get("values", "")) and self.turn % 2 and self._is_day(other, name):
                    fields[name] = FAR  # in other turns a day of the past
            rules = [rule.replace("it.", "") for rule in _texts(step)]
            if self.turn == WANTING:
                rules += behind(other, read_of_it(step.get("where")))
            fields = known[self.situation % len(known)] if self.situation else fields if self.turn != UNLIKE else {}
            plain_fields = {name: value for name, value in fields.items() if not isinstance(value, Day)}
            made = self.furnisher.make(other, rules, plain_fields)
            set_days(self.session, other, made, fields)
            self._toggle(other, made, rules)
            found[reference.field] = made[other.key]
        return found

    def _listed(self, step: Mapping[str, Any]) -> dict[str, Any]:
        """A field of which two items name one record that the effect is to change, and one names none."""
        words, texts = set(WORDS.findall(step_targets(self.effect, step))), " ".join(_texts(step))
        known = [one for one in self.group.resource.references if one.is_nested and words.issuperset(one.names)]
        items = self.furnisher.items(self.group, known[0].field) if known else []
        if not items:
            return {}
        other = self.session.plan.groups[step["changes"]]
        made = self.furnisher.make(other, [one.replace("it.", "") for one in _texts(step)], self._asked_of(other, step))
        field, inner = known[0].names[:2]
        wanted = {name: values[0] for name, values in compared(self.effect).items() if name in items[0] and values}
        bound = next((made[one] for one in BOUNDS.findall(texts) if isinstance(made.get(one), int | float)), 0) or 10
        numbers = [name for name, value in items[0].items() if isinstance(value, int | float) and name in texts]
        whole = round(bound * PARTS[self.turn % len(PARTS)], 2)
        halves = (round(whole / 2, 2), round(whole - round(whole / 2, 2), 2))
        named = [{**items[0], **wanted, inner: made[other.key], **dict.fromkeys(numbers, one)} for one in halves]
        nameless = {name: value for name, value in {**items[0], **wanted}.items() if name != inner}
        for value in ([*named, nameless], named):
            if self.group.values.allows(self.group.writable[field], value):
                return {field: value}
        return {}

    def _asked_of(self, other: Group, step: Mapping[str, Any]) -> dict[str, Any]:
        """Fields of a record that is to be changed: what the step compares them with, in the last turn another word."""
        found: dict[str, Any] = {}
        for name, values in compared([one.replace("it.", "") for one in _texts(step)]).items():
            if name in other.writable:
                words = (other.field(name).value or {}).get("enum") or []
                options = [one for one in words if one not in values] if self.turn == len(PARTS) - 1 else values
                if options and other.values.allows(other.writable[name], options[-1]):
                    found[name] = options[-1]
        numbers = [name for name in other.of_type("number") if f"it.{name}" in str(step.get("values", ""))]
        return {**found, **(dict.fromkeys(numbers, 1.25) if self.turn % 2 else {})}

    @staticmethod
    def _is_day(group: Group, name: str) -> bool:
        made = group.values.make(group.field(name), name, 1)
        return isinstance(made, str) and DAY.fullmatch(made) is not None

    def _toggle(self, group: Group, record: Record, rules: list[str]) -> None:
        """Let what rules ask of a record's own reference be so in one turn and not so in another."""
        for reference in group.references:
            other = self.session.plan.groups[reference.resource]
            named = [name for name in other.of_type("boolean") if f"{reference.field}.{name}" in str(rules)]
            for name in named if Kind.PATCH in other.operations and record.get(reference.field) else ():
                step = {"op": "add", "path": f"/{name}", "value": self.turn % 2 == 0}
                self.session.at(other, Kind.PATCH, record[reference.field], body=[step])

    # Changing it

    def create(self) -> bool:
        """Create a record that meets the condition, and judge what follows; whether the effect happened."""
        body = {**self.furnisher.body(self.group, self.effect), **self._around(), **self.wanted, **self._absent()}
        left_out = frozenset() if self.turn % 2 else self.group.filled
        body = {name: value for name, value in body.items() if name not in left_out and value is not None}
        self.furnisher.beside(self.effect, body)
        self.following.remember(body, {})
        with self.census.change():
            after = self._created(body)
        return self.effect in self.following.judge(None, after)

    def change(self) -> bool:
        """Change the record so that the condition is met, and judge what follows; whether the effect happened."""
        value = self._bound()
        with self.census.change():
            self.after = self._set(self.before, str(self.trigger), value)
        return self.effect in self.following.judge(self.before, self.after)

    def _bound(self) -> Any:
        """What the trigger is set to; every other turn just the value that the condition compares it with."""
        name = str(self.trigger)
        text = limits(self.effect.get("when", "")).get(name)
        if text is None or self.turn % 2:
            return self.wanted[name]
        held = AsHeld(self.session, moment_of(self.group, self.before))
        value = held.reader.value(text, held.view(self.group, self.before))
        return value if self.group.values.allows(self.group.writable[name], value) else self.wanted[name]

    def keep(self) -> None:
        """Change something else while the condition stays met: nothing may follow a second time, whatever the way."""
        self.before, way = self.after, self.way
        for self.way in ("PATCH", "PUT"):
            with self.census.change():
                self.after = self._set(self.after, self.group.marker, f"{self.session.mark} again by {self.way}")
        self.way = way
        self.following.judge(self.before, self.after)

    def withdraw(self) -> bool:
        """Let the condition no longer be met; whether that can be."""
        name = str(self.trigger)
        value = self.first.get(name)
        if value is None and name in self.group.required:
            return False
        step = {"op": "remove", "path": f"/{name}"}
        step = step if value is None else {"op": "add", "path": f"/{name}", "value": value}
        self.before = self.after
        with self.census.change():
            self.after = patch(self.session, self.group, self.after, [step], f"changes {name} back")
        self.following.judge(self.before, self.after)
        return True

    def put_back(self) -> None:
        """Let the condition no longer be met: a record that is cleaned up loses its links, which may meet it again."""
        name = str(self.trigger)
        if not negated(self.effect.get("when", "")) or not hasattr(self, "after") or name in self.group.required:
            return
        with suppress(Inconclusive, Broken):
            step = {"op": "remove", "path": f"/{name}"}
            self.session.at(self.group, Kind.PATCH, self.after[self.group.key], body=[step])

    def again(self) -> None:
        """Let the condition be met, be met still, be met no more, and be met once more, judging each."""
        self.first = self.before
        self.keep()
        if self.withdraw():
            self.before = self.after
            self.change()

    def _created(self, body: dict[str, Any]) -> dict[str, Any]:
        """The record made of ``body``, by the way of this trial where the document has it."""
        if self.way != "a batch" or Kind.BATCH not in self.group.operations:
            return self.session.put_in(self.group, body)
        nothing = {"verb": "read", "key": f"missing-{self.session.mark}"}
        made = run_batch(self.session, self.group, [nothing, {"verb": "create", "record": body}])[-1]
        self.session.expect(made.get("status") == 200, "a create in a batch is refused", str(made)[:300])
        return self.session.read(self.group, str(made.get("key")))

    def _set(self, record: Record, name: str, value: Any) -> dict[str, Any]:
        """The record with ``name`` set to ``value``, by the way of this trial where the document has it."""
        session, group, key = self.session, self.group, record[self.group.key]
        if self.way == "PUT" and Kind.REPLACE in group.operations:
            taken = group.bodies[Kind.REPLACE].properties.keys() & group.writable.keys()
            body = {**{one: known for one, known in record.items() if one in taken}, name: value}
            if allowed(group, Kind.REPLACE, {**body, group.key: key}):
                return put(session, group, key, body)
        steps = [
            {"op": "add", "path": f"/{group.marker}", "value": record.get(group.marker, session.mark)},
            {"op": "add", "path": f"/{name}", "value": value},
        ]
        if self.way == "a batch" and Kind.BATCH in group.operations:
            results = run_batch(session, group, [{"verb": "patch", "key": key, "patch": [one]} for one in steps])
            refused = [one for one in results if one.get("status") != 200]
            session.expect(not refused, f"a batch's patch that sets {name} is refused", str(refused)[:300])
            return session.read(group, key)
        return patch(session, group, record, steps[1:], f"sets {name}")


def _texts(step: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in (step.get("where", ""), *step.get("values", {}).values()) if isinstance(one, str)]
