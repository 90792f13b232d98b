"""Writes the steps: what a client does with one resource after the other, from its first record to its last."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.conformance.bodies.create_bodies import make_body
from mockserver.conformance.check_plan import Group, Plan
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.profiles import Limits
from mockserver.conformance.second_opinion.aliases import names_in, shared_name
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.valid_requests import NO_BODY, example_body, is_valid, others, record_name
from mockserver.conformance.wire.identity import Requester
from mockserver.contract import Kind, Operation


class Author:
    """Makes the steps for one run; the same plan, mark and limits make the same steps. Sends nothing.

    ``furniture`` are the steps that make the records that others refer to, those first that the others need.
    """

    def __init__(self, plan: Plan, mark: str, limits: Limits) -> None:
        self.plan, self.mark, self.limits = plan, mark, limits
        self.furniture: list[Step] = []
        self._named: set[str] = set()
        self._ordinals = itertools.count(1)

    def ordinal(self) -> int:
        """A number that no other body or value of this run is made with."""
        return next(self._ordinals)

    def foreign(self, group: Group) -> Mapping[str, str]:
        """Keys into other modules that are taken, by field."""
        return self.limits.foreign.get(group.name, {})

    def referenced(self, group: Group, *, who: Requester | None = None) -> dict[str, Any]:
        """A record for others to refer to, by its shared name."""
        name = shared_name(group.name)
        if name not in self._named:
            self._named.add(name)
            body = self.body(group, only_required=True, who=who)
            self.furniture.append(self.create("create a record for others to refer to", group, name, body))
        return {group.key: name}

    def least(self, step: Step) -> Step:
        """The step that stores the same record without naming others where it need not."""
        group, sent = step.group, step.body
        if step.operation.kind not in (Kind.CREATE, Kind.REPLACE) or not isinstance(sent, dict):
            return step
        named = {one for one, value in sent.items() if any(names_in(value))}
        return replace(step, body={one: sent[one] for one in sent if one not in named - group.required - {group.key}})

    def body(self, group: Group, *, only_required: bool = False, who: Requester | None = None) -> dict[str, Any]:
        return make_body(self, group, self.ordinal(), only_required=only_required, who=who)

    def body_of(self, group: Group, kind: Kind) -> dict[str, Any]:
        """A valid body of another operation than a create. Raises Inconclusive."""
        operation = group.one(kind)
        body = example_body(group, operation)
        if not is_valid(operation, body):
            raise Inconclusive(f"no valid body of {operation.id} could be made from the document")
        return body

    def create(self, what: str, group: Group, name: str, body: dict[str, Any]) -> Step:
        return self.step(what, group, group.one(Kind.CREATE), Expect.TAKEN, record=name, body=body)

    def read(self, group: Group, name: str) -> Step:
        return self.about("read a record", group, Kind.READ, Expect.SHOWN, name)

    def about(
        self, what: str, group: Group, kind: Kind, expect: Expect, name: str, *, body: Any = NO_BODY, **more: Any
    ) -> Step:
        """A step that is about one record."""
        operation = group.one(kind)
        values = {record_name(operation): name} if name and not group.is_single and kind is not Kind.CREATE else {}
        return self.step(what, group, operation, expect, {**values, **more.pop("values", {})}, record=name, body=body,
                         **more)  # fmt: skip

    def step(
        self,
        what: str,
        group: Group,
        operation: Operation,
        expect: Expect,
        values: Mapping[str, str] | None = None,
        **rest: Any,
    ) -> Step:
        named = {one.name: self.plan.groups[one.references] for one in operation.parameters if one.references}
        known = {
            **dict(others(group, operation)),
            **{name: self.referenced(one)[one.key] for name, one in named.items()},
        }
        return Step(what, group, operation, expect, values={**known, **(values or {})}, **rest)
