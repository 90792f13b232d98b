"""What a client does with a resource of a document that does not say what its operations mean: the steps compared."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.plain.plain_asking import PlainAsking, within
from mockserver.conformance.second_opinion.aliases import shared_name
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.session import Session
from mockserver.contract import Kind, Operation
from mockserver.values.absent import ABSENT
from mockserver.values.members import with_value

CHANGED = 20
"""Bodies from this number on are for changes: unlike those of new records."""
DEEPEST = 4
"""How many records above each other are made."""


class PlainAuthor:
    """Writes the steps of one run; ``furniture`` are those that make what stands above other records. Sends nothing."""

    def __init__(self, session: Session) -> None:
        self.session, self.asking = session, PlainAsking(session, refers=False)
        self.furniture: list[Step] = []
        self._named: dict[str, str] = {}
        self._ordinals = itertools.count(1)

    def script(self, group: Group) -> Iterator[Step]:
        """All that is done with ``group``, in order. Raises Inconclusive where there is nothing to do."""
        steps = list(self._life(group)) if Kind.CREATE in group.operations else []
        steps += self._asked(group)
        if not steps:
            raise Inconclusive("no record of it can be made")
        yield from steps

    def least(self, step: Step) -> Step:
        """Nothing tells what a record could do without."""
        return step

    def _life(self, group: Group) -> Iterator[Step]:
        create, name = group.one(Kind.CREATE), shared_name(group.name, "full")
        above = self._above(group, 0)
        plain = self.asking.new_body(group, create, next(self._ordinals))
        body = self._referring(group, create, plain, 0)
        yield self._step("create a record", group, create, Expect.ANSWERED, above, record=name, body=body)
        yield from self._reads(group, name, above)
        for part in self._lacking(create, plain):
            lacking = self._referring(group, create, part, 0)
            yield self._step("create a record without a required member", group, create, Expect.REFUSED, above,
                             record=shared_name(group.name, "odd"), body=lacking)  # fmt: skip
        for number, operation in enumerate(group.all(Kind.REPLACE, Kind.PATCH)):
            if self._is_of_one(operation) and self._is_plain(operation):
                changed = self._referring(group, operation, self.asking.body(operation, CHANGED + number), 0)
                yield self._step(f"{operation.kind} a record", group, operation, Expect.ANSWERED,
                                 self._at(operation, name, above), record=name, body=changed)  # fmt: skip
                yield from self._reads(group, name, above)
        yield from self._removed(group, name, above)

    def _reads(self, group: Group, name: str, above: Mapping[str, str]) -> Iterator[Step]:
        for operation in group.all(Kind.READ)[:1]:
            if self._is_of_one(operation):
                yield self._step("read a record", group, operation, Expect.SHOWN, self._at(operation, name, above),
                                 record=name)  # fmt: skip
        for operation in group.all(Kind.LIST):
            if operation.plan and operation.plan.items is not None:
                yield self._step("list the records", group, operation, Expect.LISTED, self._below(operation, above),
                                 watched=frozenset({name}))  # fmt: skip

    def _removed(self, group: Group, name: str, above: Mapping[str, str]) -> Iterator[Step]:
        for delete in group.all(Kind.DELETE)[:1]:
            if not self._is_of_one(delete) or (delete.plan and delete.plan.body_required):
                continue
            values = self._at(delete, name, above)
            yield self._step("delete a record", group, delete, Expect.ANSWERED, values, record=name)
            for operation in group.all(Kind.READ)[:1]:
                if self._is_of_one(operation):
                    yield self._step("read a record that was deleted", group, operation, Expect.ANSWERED,
                                     self._at(operation, name, above), record=name)  # fmt: skip

    def _asked(self, group: Group) -> list[Step]:
        """What needs no record, and a record that nobody made."""
        steps = []
        for operation in group.all(Kind.READ)[:1]:
            if self._is_of_one(operation):
                assert operation.plan
                values = {**self._below(operation, self._above(group, 0)), str(operation.plan.key): ABSENT}
                values[str(operation.plan.key)] = self.asking.unknown(operation)
                steps.append(self._step("read a record that nobody made", group, operation, Expect.ANSWERED, values))
        return steps

    def _above(self, group: Group, depth: int) -> dict[str, str]:
        """The shared names of what stands in the path above the records of ``group``, by its place there."""
        found = {}
        model = group.resource.model
        for place, parent in enumerate(model.parents if model else ()):
            holder = self.session.plan.groups.get(parent.resource) if parent.resource else None
            if holder is not None and holder is not group and depth < DEEPEST and Kind.CREATE in holder.operations:
                found[str(place)] = self._holder(holder, depth)
        return found

    def _holder(self, group: Group, depth: int) -> str:
        if group.name not in self._named:
            self._named[group.name] = name = shared_name(group.name)
            above, create = self._above(group, depth + 1), group.one(Kind.CREATE)
            body = self.asking.new_body(group, create, next(self._ordinals))
            body = self._referring(group, create, body, depth + 1)
            self.furniture.append(
                self._step(
                    "create a record to work below", group, create, Expect.ANSWERED, above, record=name, body=body
                )
            )
        return self._named[group.name]

    def _referring(self, group: Group, operation: Operation, body: Any, depth: int) -> Any:
        """``body`` with the shared names of records where it names some that can be made."""
        model, plan = group.resource.model, operation.plan
        if model is None or plan is None or not isinstance(within(body, plan.sent), dict):
            return body
        for name, resource in sorted({**model.foreign, **model.references}.items()):
            holder, steps = self.session.plan.groups.get(resource), (*plan.sent, name)
            can_be_made = holder is not None and holder is not group and Kind.CREATE in holder.operations
            if holder is not None and can_be_made and depth < DEEPEST and isinstance(within(body, steps), str | int):
                body = with_value(body, steps, self._holder(holder, depth))
        return body

    def _below(self, operation: Operation, above: Mapping[str, str]) -> dict[str, str]:
        """Path parameters for what stands above: each path has names of its own for them."""
        scope = operation.plan.scope if operation.plan and operation.plan.scope else ()
        return {name: above[str(place)] for place, name in enumerate(scope) if str(place) in above}

    def _at(self, operation: Operation, name: str, above: Mapping[str, str]) -> dict[str, str]:
        key = operation.plan.key if operation.plan else None
        return {**self._below(operation, above), **({key: name} if key else {})}

    def _is_of_one(self, operation: Operation) -> bool:
        try:
            return self.asking.on_one(self.session.plan.groups[operation.resource.name], operation.kind) is operation
        except NotApplicable:
            return False

    @staticmethod
    def _is_plain(operation: Operation) -> bool:
        """Whether a change is told by the members that it is about."""
        bodies = operation.plan.bodies if operation.plan else {}
        return bool(bodies) and "json-patch" not in next(iter(bodies))

    def _lacking(self, operation: Operation, body: Any) -> Iterator[dict[str, Any]]:
        """``body`` without each member that it must have."""
        if not isinstance(body, Mapping) or not operation.plan or not operation.plan.body_required:
            return
        schema = self.asking.schema(operation)
        own = self.asking.read_only(schema)
        for name in sorted(body):
            lacking = {one: value for one, value in body.items() if one != name}
            if name not in own and not self.asking.accepts(schema, lacking):
                yield lacking

    def _step(
        self, what: str, group: Group, operation: Operation, expect: Expect, values: Mapping[str, Any], **more: Any
    ) -> Step:
        if operation.kind is Kind.CREATE:
            values = self._below(operation, values)
        if more.get("body") is ABSENT:
            del more["body"]
        return Step(what, group, operation, expect, values=values, **more)
