"""Requests to operations whose meaning was inferred: parameters, bodies, credentials as the document declares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from mockserver.conformance.bodies.fresh_keys import fresh_key_text, with_fresh_key
from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.inferred.inferred_bodies import NOW, freshened, naming, without_read_only
from mockserver.conformance.inferred.inferred_contents import examples_of, has_members, media_of, planned
from mockserver.conformance.inferred.inferred_forms import is_form, sayable
from mockserver.conformance.inferred.inferred_record import InferredRecord
from mockserver.conformance.inferred.inferred_sender import InferredSender
from mockserver.conformance.inferred.inferred_writing import key_in_address, text_of
from mockserver.conformance.wire.traffic import Received, json_or_none
from mockserver.contract import Kind, Operation
from mockserver.contract.document import Node
from mockserver.contract.plan import Parent, Steps
from mockserver.contract.read_only import completed
from mockserver.contract.samples.record_examples import parameter_examples
from mockserver.contract.samples.scalars import Draw
from mockserver.messages import SUCCESSES
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.members import value_at as within
from mockserver.values.members import without_value

DEEPEST = 4
"""How many parents above each other are made."""
UNKNOWN = 987_654_321
VAIN = 3
"""How often a body that is refused is tried with new records where it names some."""
REFUSED = (400, 409, 422)
"""How a body is refused that the schema allows and the target does not take."""


@dataclass(slots=True)
class InferredRequests(InferredSender):
    """Speaks for one check to a target whose document tells no meanings.

    ``refers``: records that bodies name are made or looked for, so that making a body may send requests.
    """

    refers: bool = True
    _made: int = field(default=0)
    _named: dict[str, str | None] = field(default_factory=dict)

    def body(self, operation: Operation, ordinal: int = 0) -> Any:
        """A valid body, ABSENT where none is taken. Raises Inconclusive."""
        schema = self.body_schema(operation)
        if schema is None:
            return ABSENT
        examples = tuple(examples_of(self.session.plan.contract.document, operation))
        made = self.maker.make(schema, Draw.of(ordinal, NOW), examples if ordinal == 0 else ())
        made = self.suited(operation, made)
        if not self.accepts(schema, made):
            raise Inconclusive(f"no valid body for {operation.id} could be made from the document")
        return made

    def accepts(self, schema: Node, body: Any) -> bool:
        """Whether a client may send ``body``: it keeps the schema but for what only the server says."""
        allows = self.replies.allows
        return allows(schema, body) or allows(schema, completed(self.maker, schema, body))

    def suited(self, operation: Operation, body: Any) -> Any:
        """``body`` without what only the server says, with the keys of records that are there where it names some."""
        schema, model = self.body_schema(operation), operation.resource.model
        if schema is None or not isinstance(body, dict) or not self.accepts(schema, body):
            return body
        body = said if is_form(media_of(operation)) and self.accepts(schema, said := sayable(body)) else body
        bare = without_read_only(self.maker, schema, body)
        body = bare if self.accepts(schema, bare) else body
        steps = planned(operation).sent
        for parent in model.parents if model else ():  # whose a record is says its path; another may be refused
            bare = without_value(body, (*steps, *parent.field)) if parent.field else body
            body = bare if self.accepts(schema, bare) else body
        if model is None or not self.refers or not has_members(operation):
            return body
        places: dict[Steps, str] = {**model.keys_within()}
        places |= {(name,): one for name, one in (*model.foreign.items(), *model.references.items())}
        held = {place: one for place, one in places.items() if within(body, (*steps, *place)) is not None}
        if operation.id in self.session.habits.takes:
            self._forget(held.values())
        named = {place: self._referred(one) for place, one in held.items() if place != model.key}
        return naming(body, steps, named, lambda one: self.accepts(schema, one))

    def typed(self, operation: Operation, body: Any) -> Any:
        """``body`` with the keys of other records as numbers where its schema wants numbers."""
        schema, model, steps = self.body_schema(operation), operation.resource.model, planned(operation).sent
        if schema is None or model is None or not isinstance(body, dict):
            return body
        held = {(name,): within(body, (*steps, name)) for name in (*model.foreign, *model.references)}
        named: dict[Steps, str] = {place: key for place, key in held.items() if isinstance(key, str)}
        return naming(body, steps, named, lambda one: self.accepts(schema, one))

    def _referred(self, resource: str) -> str | None:
        """The key of a record of ``resource``, always the same; None where there is none, or while it is made."""
        if resource not in self._named:
            self._named[resource] = None
            with suppress(Inconclusive, NotApplicable):
                self._named[resource] = self._some(self.session.plan.groups[resource], 0)
        return self._named[resource]

    def segment(self, operation: Operation, name: str) -> str:
        """What fills that place in the path: the key of a record where one has to be there that its records name."""
        holders = [one.resource or "" for one in planned(operation).within if one.parameter == name and self.refers]
        key = next((self._referred(one) for one in holders if one in self.session.plan.groups), None)
        return key or InferredSender.segment(self, operation, name)

    def _forget(self, resources: Iterable[str]) -> None:
        for one in [each for each in resources if self._named.get(each) is not None]:  # None: it is being made
            self._named.pop(one, None)

    def fresh(self, operation: Operation, body: Any, good: Any = ABSENT) -> Any:
        """``body`` with texts that no other of the run has; where it differs from ``good`` it stays as it is."""
        schema, model, steps = self.body_schema(operation), operation.resource.model, planned(operation).sent
        if schema is None or model is None:
            return body
        record, kept = within(body, steps), within(good, steps) if good is not ABSENT else None
        spoilt: set[str] = set()
        if isinstance(record, dict) and isinstance(kept, dict):
            spoilt = {name for name in record if not same_json(record[name], kept.get(name))}
        but = {*model.key[:1], *model.foreign, *model.references, *spoilt}
        accepts = (lambda one: self.accepts(schema, one)) if good is ABSENT else (lambda _: True)
        return freshened(self.maker, schema, steps, body, self.session.ordinal(), accepts=accepts, but=frozenset(but))

    def submit(self, operation: Operation, values: Mapping[str, str], body: Any) -> tuple[Any, Received]:
        """What was sent, and the reply: where it is refused, again with new texts, then with records of its own."""
        habits = self.session.habits
        if operation.id in habits.is_unique:
            body = self.fresh(operation, body)
        reply = self.send(operation, values, body=body)
        for known, other in ((habits.is_unique, self.fresh), (habits.takes, self.elsewhere)):
            if reply.status in REFUSED and operation.id not in known and has_members(operation):
                tried = other(operation, body)
                again = self.send(operation, values, body=tried) if not same_json(tried, body) else reply
                if again.status in SUCCESSES:
                    known.add(operation.id)
                    return tried, again
        return body, reply

    def elsewhere(self, operation: Operation, body: Any) -> Any:
        """``body`` with new records where it names some, and new texts; ``body`` once that was in vain."""
        habits, model = self.session.habits, operation.resource.model
        if habits.refused[operation.id] >= VAIN or model is None or not {*model.foreign, *model.references}:
            return body
        habits.refused[operation.id] += 1
        self._forget((*model.foreign.values(), *model.references.values()))
        other = self.suited(operation, body)
        return self.fresh(operation, other) if not same_json(other, body) else body

    def unknown(self, operation: Operation, above: str = "") -> str:
        """A key that no record has, nor what stands ``above`` as that parameter, and none that the document shows."""
        plan = planned(operation)
        taken = plan.parameter(above or plan.key or "")
        schema = taken.schema if taken else None
        if schema is not None and not self.replies.allows(schema, "text") and self.replies.allows(schema, UNKNOWN):
            return str(UNKNOWN)
        shown = parameter_examples(self.maker.shapes, taken) if taken else ()
        tried = (self.usual(schema, UNKNOWN, varies=True), str(UNKNOWN), f"no-such-{UNKNOWN}")
        good = (
            one for one in tried if one not in (*shown, 0, 1) and (schema is None or self.replies.allows(schema, one))
        )
        return text_of(next(good, tried[0]))

    def create(self, group: Group, above: tuple[str, ...] | None = None, depth: int = 0) -> InferredRecord:
        """Make a record and say where it is. Raises Inconclusive where that is refused or tells no key."""
        operation = group.one(Kind.CREATE)
        above = self.above(group, depth) if above is None else above
        self._made += 1
        body = self.new_body(group, operation, self._made)
        body, reply = self.submit(operation, place := self.placed(operation, above), body)
        if reply.status not in SUCCESSES:
            raise Inconclusive(f"{operation.id} answered {reply.status} to a body that its schema allows")
        record = within(json_or_none(reply.body), planned(operation).record or ())
        key = self.told_key(group, record, reply, place.get(planned(operation).key or "", ""))
        if not key:
            raise Inconclusive(f"{operation.id} gives neither a key nor a Location")
        return self.remembered(group, InferredRecord(key, above, self.said(operation, body), record))

    def remembered(self, group: Group, made: InferredRecord) -> InferredRecord:
        """``made``, to be removed at the end of the check if that does not do so itself."""
        self.session.habits.left[group.name, made.above, made.key] = lambda: self.remove(group, made)
        return made

    def remove(self, group: Group, made: InferredRecord) -> Received | None:
        """Delete a record, if it can be."""
        self.session.habits.left.pop((group.name, made.above, made.key), None)
        try:
            delete = self.on_one(group, Kind.DELETE)
        except NotApplicable:
            return None
        body = self.body(delete) if planned(delete).body_required else ABSENT
        return self.send(delete, self.at(delete, made), body=body)

    def said(self, operation: Operation, body: Any) -> Any:
        """What a body says of the record that it makes or changes; nothing where it is a form with files."""
        is_form = isinstance(body, dict) and media_of(operation).startswith("multipart/")
        return {} if is_form else within(body, planned(operation).sent)

    def new_body(self, group: Group, operation: Operation, number: int) -> Any:
        """A valid body of a create, with a key that nothing else of this run has where a client says it."""
        body = self.body(operation, number)
        schema = self.body_schema(operation)
        if schema is None or body is ABSENT:
            return body
        mark, number = self.session.mark, self.session.ordinal()
        return with_fresh_key(self.maker, operation, group.resource, schema, body, mark=mark, number=number, now=NOW)

    def above(self, group: Group, depth: int = 0) -> tuple[str, ...]:
        """What stands in the path above the records of ``group``, outermost first: keys of records that are there."""
        model, above = group.resource.model, tuple[str, ...]()
        for parent in model.parents if model else ():
            above += (self._parent(group, parent, above, depth),)
        return above

    def _parent(self, group: Group, parent: Parent, above: tuple[str, ...], depth: int) -> str:
        """The key of what stands in the path there; below ``above``, where that is above it, too."""
        holder = self.session.plan.groups.get(parent.resource) if parent.resource else None
        if holder is not None and holder is not group and depth < DEEPEST:
            try:
                return self._some(holder, depth, above if _stands_below(holder, group, len(above)) else None)
            except Inconclusive:
                if parent.must_exist:
                    raise
        return self.segment(next(iter(group.all())), parent.parameter)

    def below(self, operation: Operation, above: tuple[str, ...]) -> dict[str, str]:
        """The path parameters of ``operation`` for what stands above: each path has names of its own for them."""
        return dict(zip(planned(operation).scope or (), above, strict=False))

    def placed(self, operation: Operation, above: tuple[str, ...]) -> dict[str, str]:
        """The path parameters of a create: what stands above, and a new key where the client says it there."""
        values, key = self.below(operation, above), planned(operation).key
        taken = planned(operation).parameter(key) if key else None
        if taken is None or f"{{{key}}}" not in operation.path:
            return values
        mark, number = self.session.mark, self.session.ordinal()
        return {**values, taken.name: fresh_key_text(self.maker, taken.schema, mark=mark, number=number, now=NOW)}

    def _some(self, group: Group, depth: int, above: tuple[str, ...] | None = None) -> str:
        """The key of a record of ``group``, below ``above`` where that is given: a new one, else one that is there."""
        if Kind.CREATE in group.operations and not self.session.limits.reads_only:
            return self.create(group, above, depth=depth + 1).key
        for operation in group.all(Kind.LIST):
            over = self.above(group, depth + 1) if above is None else above
            reply = self.send(operation, self.below(operation, over))
            for record in self.items(reply, operation):
                if key := self.key(group, record):
                    return key
        raise Inconclusive(f"there is no record of {group.name} to work below")

    def on_one(self, group: Group, kind: Kind) -> Operation:
        """The operation of ``kind`` whose path names the record, and little else if any. Raises NotApplicable."""
        for operation in sorted(group.all(kind), key=lambda one: bool(one.plan and one.plan.within)):
            plan = operation.plan
            if plan and plan.key is not None and not plan.alias and plan.scope is not None and plan.status < 300:
                return operation
        raise NotApplicable(f"no {kind} has the record in its path")

    def key(self, group: Group, record: Any) -> str:
        """What identifies ``record``; empty where it does not tell."""
        model = group.resource.model
        steps = (model.key or model.listed_key) if model else ()
        value = within(record, steps) if steps else None
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def told_key(self, group: Group, record: Any, reply: Received, asked: str = "") -> str:
        """What identifies a record that was made: as ``asked``, as it says, or as its address ends; else empty."""
        path = group.resource.model.path if group.resource.model else ""
        return asked or self.key(group, record) or key_in_address(reply.header("Location"), path)

    def at(self, operation: Operation, made: InferredRecord) -> dict[str, str]:
        """The path parameters of an operation on one record."""
        key = planned(operation).key
        return {**self.below(operation, made.above), **({key: made.key} if key else {})}

    def record(self, reply: Received, operation: Operation) -> Any:
        """The record in a reply, taken out of its envelope; None where there is none, or it is one of several."""
        plan, value = planned(operation), json_or_none(reply.body)
        if plan.items is None or operation.kind is not Kind.READ:
            return within(value, plan.record or ())
        each = self.items(reply, operation)  # some documents declare a list where one record is read
        return each[0] if len(each) == 1 else None

    def items(self, reply: Received, operation: Operation) -> list[Any]:
        """The records of a list's reply."""
        plan = planned(operation)
        found = within(json_or_none(reply.body), plan.items or ())
        return [within(one, plan.each) for one in found] if isinstance(found, list) else []


def _stands_below(holder: Group, group: Group, count: int) -> bool:
    """Whether records of ``holder`` have the first ``count`` of what is above those of ``group`` above them."""
    over, above = (one.resource.model.parents if one.resource.model else () for one in (holder, group))
    return len(over) == count and [one.resource for one in over] == [one.resource for one in above[:count]]
