"""Effects brought about one at a time: a situation is made, a record changed, and what follows is judged."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mockserver.conformance.batch_items import run_batch
from mockserver.conformance.bodies.edges import allowed
from mockserver.conformance.findings import Broken, Inconclusive
from mockserver.conformance.record_steps import patch, put
from mockserver.conformance.rules.as_held import AsHeld, moment_of
from mockserver.conformance.rules.census import Census
from mockserver.conformance.rules.changed_records import ChangedRecords
from mockserver.conformance.rules.consequences import Consequences, Record
from mockserver.conformance.rules.effect_rules import happens_on, satisfying
from mockserver.conformance.rules.furnishing import Furnisher
from mockserver.conformance.rules.questions import Deciding, answers, missing, questions
from mockserver.conformance.rules.rule_reading import fallbacks, limits, named_in, negated, shunned
from mockserver.contract import Kind

AHEAD = 1_000
"""How much larger a number is made that an effect reads."""
WITHOUT = 2
"""The turn in which fields are not there for which the effect then has another value."""


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
        given = answers(questions(session.plan, group, effect), turn)
        self.following = Consequences(census, effect)
        self.wanted = self._satisfying()
        self.trigger = next(iter(self.wanted), None)
        if against and against.is_own:
            self.wanted[against.path[0]] = against.values[1]
        elif against:
            given[against.resource, against.path] = against.values[1]
        given |= missing(session.plan, group, effect) if turn == WITHOUT else {}
        self.furnisher = Furnisher(session, given)
        self._beside = session.create(group) if way == "a batch" else {}
        """A record that a batch changes before that for which something follows."""
        self._changed = ChangedRecords(session, group, effect, self.furnisher, turn=turn, situation=situation)

    # Making the situation

    def arrange(self) -> bool:
        """Make a record that the change is then made to; False where the condition is met already, or can never be."""
        start = {name: value for name, value in self.wanted.items() if name != self.trigger}
        start |= self._changed.around()
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
        """Fields that the condition wants not to be there, and in one turn those that the effect can do without."""
        own = {chain[0] for chain in fallbacks(self.effect) if len(chain) == 1} if self.turn == WITHOUT else set()
        names = negated(self.effect.get("when", "")) | (own - self.wanted.keys())
        return dict.fromkeys(names & self.group.writable.keys() - self.group.required)

    def _satisfying(self) -> dict[str, Any]:
        """Values of own fields with which the condition holds, the trigger first."""
        return satisfying(self.group, self.effect) or self._otherwise()

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

    # Changing it

    def create(self) -> bool:
        """Create a record that meets the condition, and judge what follows; whether the effect happened."""
        body = {
            **self.furnisher.body(self.group, self.effect),
            **self._changed.around(),
            **self.wanted,
            **self._absent(),
        }
        left_out = frozenset() if self.turn % 2 else self.group.filled
        body = {name: value for name, value in body.items() if name not in left_out and value is not None}
        self.furnisher.beside(self.effect, body)
        self.following.remember(body, {})
        with self.census.change():
            self.after = self._created(body)
        return self.effect in self.following.judge(None, self.after)

    def shun(self) -> None:
        """Create a record with each value that the condition wants a field not to have: nothing of it follows."""
        for name, values in shunned(self.effect.get("when", "")).items():
            if name in self.group.writable and self.group.values.allows(self.group.writable[name], values[0]):
                self.wanted[name] = values[0]
                self.create()

    def outlive(self) -> None:
        """Change what the effect reads of the record itself, when it was made: nothing follows where only a create has
        consequences, whatever the way."""
        if "change" in happens_on(self.effect):
            return
        read, way = {chain[0] for chain in named_in(self.effect)}, self.way
        numbers = [one for one in self.group.of_type("number", "integer") if one in read]
        for self.way in ("PUT", "PATCH"):
            for name in (self.group.marker, *numbers):
                self.before = self.after
                text = f"{self.session.mark} outlives {self.way}"
                value = text if name == self.group.marker else (self.before.get(name) or 0) + AHEAD
                with self.census.change():
                    self.after = self._set(self.before, name, value)
                self.following.judge(self.before, self.after)
        self.way = way

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
            return self._beyond(name)
        held = AsHeld(self.session, moment_of(self.group, self.before))
        value = held.reader.value(text, held.view(self.group, self.before))
        return value if self.group.values.allows(self.group.writable[name], value) else self.wanted[name]

    def _beyond(self, name: str) -> Any:
        """What the condition wants of ``name``; every other turn more, where more meets it as well."""
        wanted, when = self.wanted[name], str(self.effect.get("when", ""))
        is_number = isinstance(wanted, int | float) and not isinstance(wanted, bool)
        if not self.turn % 2 or not is_number or f"{name} >" not in when:
            return wanted
        return wanted + 1 if self.group.values.allows(self.group.writable[name], wanted + 1) else wanted

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
            first = {"op": "replace", "path": f"/{group.marker}", "value": f"{session.mark} beside {session.ordinal()}"}
            items = [(self._beside[group.key], first), *((key, one) for one in steps)]
            results = run_batch(session, group, [{"verb": "patch", "key": one, "patch": [step]} for one, step in items])
            refused = [one for one in results if one.get("status") != 200]
            session.expect(not refused, f"a batch's patch that sets {name} is refused", str(refused)[:300])
            return session.read(group, key)
        return patch(session, group, record, steps[1:], f"sets {name}")
