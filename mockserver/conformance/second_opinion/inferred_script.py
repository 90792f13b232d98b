"""What a client does with a resource of a document that does not say what its operations mean: the steps compared."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.inferred.inferred_contents import planned
from mockserver.conformance.inferred.inferred_trials import InferredTrials
from mockserver.conformance.second_opinion.aliases import shared_name
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.inferred_moves import found_again, lacking, naming_nobody, spoilt
from mockserver.conformance.second_opinion.inferred_neighbours import between, orphaned, unsorted, with_items
from mockserver.conformance.session import Session
from mockserver.contract import Kind, Operation
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.members import value_at as within
from mockserver.values.members import with_value

CHANGED = 20
"""Bodies from this number on are for changes: unlike those of new records."""
SELDOM = 4
"""How many bodies with seldom values are sent of one operation."""
DEEPEST = 4
"""How many records above each other are made."""


class InferredAuthor:
    """Writes the steps of one run; ``furniture`` are those that make what stands above other records. Sends nothing."""

    def __init__(self, session: Session) -> None:
        self.session, self.asking = session, InferredTrials(session, refers=False)
        self.furniture: list[Step] = []
        self._named: dict[str, str] = {}
        self._ordinals = itertools.count(1)

    def script(self, group: Group) -> Iterator[Step]:
        """All that is done with ``group``, in order. Raises Inconclusive where there is nothing to do."""
        steps = list(self._life(group)) if _is_made(group) else []
        steps += self._asked(group)
        if not steps:
            raise Inconclusive("no record of it can be made")
        yield from steps

    def reading(self, group: Group, names: Sequence[str]) -> Iterator[Step]:
        """What can be read, of the records of those names and of others. Sends no write."""
        for name in names:
            for operation in group.all(Kind.READ)[:1]:
                yield self.step("read a record", group, operation, Expect.SHOWN, self.at(operation, name, {}),
                                record=name)  # fmt: skip
        yield from self._asked(group)

    def least(self, step: Step) -> Step:
        """Nothing tells what a record could do without."""
        return step

    def _life(self, group: Group) -> Iterator[Step]:
        create, name, bare = group.one(Kind.CREATE), shared_name(group.name, "full"), shared_name(group.name, "bare")
        above = self._above(group, 0)
        plain, least = self._plain_body(group), self._least(create, self._plain_body(group))
        body = self.referring(group, create, plain, 0)
        yield self._create("create a record", group, above, name, plain)
        yield from self._reads(group, name, above)
        yield self._create("create a record with only what is required", group, above, bare, least)
        yield from self._reads(group, bare, above)
        for number, seldom in enumerate(self._seldom(group, create)):
            other = shared_name(group.name, "seldom", number)
            yield self._create("create a record with rare values", group, above, other, seldom)
            yield from self._reads(group, other, above)
        odd = self._create("create a record", group, above, shared_name(group.name, "odd"), plain)
        for part in lacking(self, create, plain):
            yield replace(odd, what="create a record without a required member", expect=Expect.REFUSED,
                          body=self.referring(group, create, part, 0))  # fmt: skip
        yield from spoilt(self, odd, plain)
        yield from naming_nobody(self, odd, plain)
        yield from found_again(self, group, name, above, body)
        yield from self._changes(group, name, above)
        yield from self._in_order(group, (name, bare), above)
        yield from self._done_to(group, name, above)
        yield from orphaned(self, group, above)
        yield from self._removed(group, name, above)

    def _seldom(self, group: Group, operation: Operation) -> Iterator[Any]:
        """Bodies with every member, and with values that few clients send."""
        full = self.asking.full_body(operation)
        for body in (*islice(self.asking.bodies(group, operation), SELDOM - 1), unsorted(self, operation, full)):
            is_new = operation.kind is Kind.CREATE
            yield self.asking.renewed(group, operation, body) if is_new else body

    def _plain_body(self, group: Group) -> Any:
        create = group.one(Kind.CREATE)
        return with_items(self, create, self.asking.new_body(group, create, next(self._ordinals)))

    def _create(self, what: str, group: Group, above: Mapping[str, str], name: str, body: Any) -> Step:
        create = group.one(Kind.CREATE)
        body = self.referring(group, create, body, 0)
        return self.step(what, group, create, Expect.ANSWERED, above, record=name, body=body)

    def _least(self, operation: Operation, body: Any) -> Any:
        """``body`` without the members of the record that it need not have."""
        steps, schema = planned(operation).sent, self.asking.schema(operation)
        record = within(body, steps)
        for name in sorted(record) if isinstance(record, dict) else ():
            lacking = with_value(body, steps, {one: value for one, value in within(body, steps).items() if one != name})
            body = lacking if self.asking.accepts(schema, lacking) else body
        return body

    def _changes(self, group: Group, name: str, above: Mapping[str, str]) -> Iterator[Step]:
        for number, operation in enumerate(group.all(Kind.REPLACE, Kind.PATCH)):
            if not self._is_of_one(operation) or not self._is_by_members(operation):
                continue
            values, plain = self.at(operation, name, above), self.asking.body(operation, CHANGED + number)
            changed = self.referring(group, operation, plain, 0)
            step = self.step(f"{operation.kind} a record", group, operation, Expect.ANSWERED, values, record=name,
                             body=changed)  # fmt: skip
            yield step
            yield from self._reads(group, name, above)
            for seldom in self._seldom(group, operation):
                yield replace(step, what=f"{operation.kind} a record with rare values",
                              body=self.referring(group, operation, seldom, 0))  # fmt: skip
                yield from self._reads(group, name, above)
            yield from spoilt(self, step, plain)
            least = self._least(operation, plain)
            yield self.step(f"{operation.kind} a record with only what is required", group, operation, Expect.ANSWERED,
                            values, record=name, body=self.referring(group, operation, least, 0))  # fmt: skip
            yield from self._reads(group, name, above)

    def _in_order(self, group: Group, names: tuple[str, ...], above: Mapping[str, str]) -> Iterator[Step]:
        """Lists of records that were made one after the other."""
        lists = [one for one in group.all(Kind.LIST) if planned(one).items is not None]
        further = (shared_name(group.name, "last"),) if lists else ()
        for name in further:
            least = self._least(group.one(Kind.CREATE), self._plain_body(group))
            yield self._create("create a record with only what is required", group, above, name, least)
        for operation in lists:
            yield self.step("list records of different ages", group, operation, Expect.LISTED,
                            self.below(operation, above), watched=frozenset({*names, *further}),
                            in_order=(*names, *further))  # fmt: skip

    def _done_to(self, group: Group, name: str, above: Mapping[str, str]) -> Iterator[Step]:
        """What else can be done to a record, and what it looks like then."""
        for operation in group.all(Kind.ACTION, Kind.STUB):
            if f"{{{planned(operation).key}}}" not in operation.path and not planned(operation).scope:
                continue
            with suppress(Inconclusive):
                body = self.referring(group, operation, self.asking.body(operation, 1), 0)
                yield self.step(f"ask for {operation.id}", group, operation, Expect.ANSWERED,
                                self.at(operation, name, above), record=name, body=body)  # fmt: skip
                yield from self._reads(group, name, above)

    def _reads(
        self, group: Group, name: str, above: Mapping[str, str], which: str = "", expect: Expect = Expect.SHOWN
    ) -> Iterator[Step]:
        for operation in group.all(Kind.READ)[:1]:
            if self._is_of_one(operation):
                yield self.step(f"read a record {which}".strip(), group, operation, expect,
                                self.at(operation, name, above), record=name)  # fmt: skip
        what = "list the records after a delete" if which else "list the records"
        for operation in group.all(Kind.LIST):
            if planned(operation).items is not None:
                yield self.step(what, group, operation, Expect.LISTED, self.below(operation, above),
                                watched=frozenset({name}))  # fmt: skip

    def _removed(self, group: Group, name: str, above: Mapping[str, str]) -> Iterator[Step]:
        for delete in group.all(Kind.DELETE)[:1]:
            if not self._is_of_one(delete) or (delete.plan and delete.plan.body_required):
                continue
            values = self.at(delete, name, above)
            yield self.step("delete a record", group, delete, Expect.ANSWERED, values, record=name)
            yield from self._reads(group, name, above, "that was deleted", Expect.ANSWERED)
            yield from self._reads(group, shared_name(group.name, "bare"), above, "beside one that was deleted")
            yield from between(self, group, delete, SELDOM, above)
            yield self.step("delete a record that was deleted", group, delete, Expect.ANSWERED, values, record=name)

    def _asked(self, group: Group) -> Iterator[Step]:
        """What needs no record of the run's own: a record that does not exist, what is there, and no credentials."""
        above = self._above(group, 0)
        for kind in (Kind.READ, Kind.REPLACE, Kind.PATCH, Kind.DELETE):
            for operation in group.all(kind)[:1]:
                if self._is_of_one(operation) and self._is_by_members_or_bare(operation):
                    nobody = self.asking.unknown(operation)
                    values = {**self.below(operation, above), str(planned(operation).key): nobody}
                    body = self.referring(group, operation, self.asking.body(operation, CHANGED), 0)
                    yield self.step(f"{kind} a record that does not exist", group, operation, Expect.ANSWERED, values,
                                    body=body)  # fmt: skip
        yield from self._there(group, above)
        for operation in group.all(Kind.LIST)[:1]:
            if planned(operation).needs and planned(operation).needs[0]:
                yield self.step("list the records without credentials", group, operation, Expect.ANSWERED,
                                self.below(operation, above), is_anonymous=True)  # fmt: skip

    def _there(self, group: Group, above: Mapping[str, str]) -> Iterator[Step]:
        """What each server has for itself."""
        is_made = _is_made(group) and not self.session.limits.reads_only
        lists = () if is_made else group.all(Kind.LIST)
        found = [one for one in lists if planned(one).items is not None]
        found += [one for one in group.all(Kind.SINGLETON) if one.method == "GET"]
        found += [one for one in group.all(Kind.STUB) if "{" not in one.path]
        for operation in found:
            is_list, values = operation.kind is Kind.LIST, self.below(operation, above)
            what = "list what is there" if is_list else f"ask for {operation.id}"
            is_below_made = len(values) == len(planned(operation).scope or ())  # else below what nobody knows of
            with suppress(Inconclusive):
                yield self.step(what, group, operation, Expect.LISTED if is_list and is_below_made else Expect.ANSWERED,
                                values, is_loose=True, body=self.asking.body(operation, 1))  # fmt: skip

    def _is_by_members_or_bare(self, operation: Operation) -> bool:
        return self._is_by_members(operation) or not planned(operation).bodies

    def _above(self, group: Group, depth: int) -> dict[str, str]:
        """The shared names of what stands in the path above the records of ``group``, by its place there."""
        found = {}
        model = group.resource.model
        for place, parent in enumerate(model.parents if model else ()):
            holder = self.session.plan.groups.get(parent.resource) if parent.resource else None
            if holder is not None and holder is not group and depth < DEEPEST and _is_made(holder):
                found[str(place)] = self._holder(holder, depth)
        return found

    def _holder(self, group: Group, depth: int) -> str:
        if group.name not in self._named:
            self._named[group.name] = name = shared_name(group.name)
            above, create = self._above(group, depth + 1), group.one(Kind.CREATE)
            body = self.asking.new_body(group, create, next(self._ordinals))
            body = self.referring(group, create, body, depth + 1)
            self.furniture.append(
                self.step(
                    "create a record to work below", group, create, Expect.ANSWERED, above, record=name, body=body
                )
            )
        return self._named[group.name]

    def referring(self, group: Group, operation: Operation, body: Any, depth: int, good: Any = ABSENT) -> Any:
        """``body`` with the shared names of records where it names some that can be made.

        ``good`` is what ``body`` was before it was spoilt: where it was, it stays so.
        """
        model, plan = group.resource.model, operation.plan
        if model is None or plan is None or not isinstance(within(body, plan.sent), dict):
            return body
        for name, resource in sorted({**model.foreign, **model.references}.items()):
            holder, steps = self.session.plan.groups.get(resource), (*plan.sent, name)
            can_be_made = holder is not None and holder is not group and _is_made(holder)
            is_spoilt = good is not ABSENT and not same_json(within(good, steps), within(body, steps))
            if holder is None or not can_be_made or depth >= DEEPEST or is_spoilt:
                continue
            if isinstance(within(body, steps), str | int):
                body = with_value(body, steps, self._holder(holder, depth))
        return body

    def below(self, operation: Operation, above: Mapping[str, str]) -> dict[str, str]:
        """Path parameters for what stands above: each path has names of its own for them."""
        scope = planned(operation).scope or ()
        return {name: above[str(place)] for place, name in enumerate(scope) if str(place) in above}

    def at(self, operation: Operation, name: str, above: Mapping[str, str]) -> dict[str, str]:
        key = planned(operation).key
        return {**self.below(operation, above), **({key: name} if key else {})}

    def _is_of_one(self, operation: Operation) -> bool:
        try:
            return self.asking.on_one(self.session.plan.groups[operation.resource.name], operation.kind) is operation
        except NotApplicable:
            return False

    @staticmethod
    def _is_by_members(operation: Operation) -> bool:
        """Whether a change is told by the members that it is about."""
        return bool(bodies := planned(operation).bodies) and "json-patch" not in next(iter(bodies))

    def step(
        self, what: str, group: Group, operation: Operation, expect: Expect, values: Mapping[str, Any], **more: Any
    ) -> Step:
        if operation.kind is Kind.CREATE:
            values = self.below(operation, values)
        if more.get("body") is ABSENT:
            del more["body"]
        return Step(what, group, operation, expect, values=values, **more)


def _is_made(group: Group) -> bool:
    """Whether something makes records of it and gives them their keys: one that a path names first is not played."""
    return any(one.kind is Kind.CREATE for one in group.all(Kind.CREATE))
