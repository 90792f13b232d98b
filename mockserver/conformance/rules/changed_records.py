"""Records that an effect is to change: made as the effect wants them, and in other states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.rules.consequences import Record
from mockserver.conformance.rules.effect_rules import step_targets
from mockserver.conformance.rules.furnishing import Furnisher
from mockserver.conformance.rules.rule_reading import behind, compared, read_of_it
from mockserver.conformance.rules.situations import Day, set_days, situations
from mockserver.conformance.session import Session
from mockserver.contract import Kind

FAR, DAY = "2093-05-06", re.compile(r"\d{4}-\d\d-\d\d")
"""A day that is later than any today, and what days look like."""
WORDS, BOUNDS = re.compile(r"\w+"), re.compile(r"\bit\.(\w+) [<>]=? ")
"""The words of an expression, and what it compares of a record that is to be changed."""
PARTS = (1, 0.5, 1.5, 1)
"""What the items of a list come to, turn by turn, in parts of what they are compared with."""
UNLIKE, WANTING = 3, 4
"""The turns in which a record that is to be changed is as usual, and in which it lacks what is computed of it."""


class ChangedRecords:
    """Makes what ``effect`` is to change, of a record of ``group``; ``turn`` and ``situation`` choose its state."""

    def __init__(
        self,
        session: Session,
        group: Group,
        effect: Mapping[str, Any],
        furnisher: Furnisher,
        *,
        turn: int,
        situation: int,
    ) -> None:
        self.session, self.group, self.effect, self.furnisher = session, group, effect, furnisher
        self.turn, self.situation = turn, situation

    def around(self) -> dict[str, Any]:
        """Fields of the record that is to bring the effect about, which name what was made."""
        found: dict[str, Any] = {}
        for step in self.effect["do"]:
            reference = next((one for one in self.group.references if one.field == step.get("change")), None)
            if reference is None and "change" in step:
                found |= self._listed(step)
            if reference is None or reference.field in found:
                continue
            other = self.session.plan.groups[reference.resource]
            known = situations(step, other)
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
        """A field of which two items name one record that the effect is to change, one names none, and one another."""
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
        unlike = [one for one in items if any(one.get(name) != value for name, value in wanted.items())][:1]
        unlike = [{**one, inner: self.furnisher.make(other, [])[other.key]} for one in unlike]
        second = {**named[0], inner: self.furnisher.make(other, [])[other.key]}
        for value in ([*named, nameless, *unlike, second], [*named, nameless], named):
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


def _texts(step: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in (step.get("where", ""), *step.get("values", {}).values()) if isinstance(one, str)]
