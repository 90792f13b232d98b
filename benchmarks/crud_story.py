"""The same story over HTTP for whoever serves a document: what is created is found again, listed, changed, and gone.

Which operations make up a resource is read from the document by this project's rules; what came of a request is told
by the replies alone. A reply is judged by ``jsonschema``, which the engine does not use.
"""

from __future__ import annotations

import copy
from collections import Counter
from types import SimpleNamespace
from typing import Any

from mockserver.conformance import InferredRecord, InferredTrials, Session, within
from mockserver.conformance.check_plan import Group, read_plan
from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.wire.allow_list import Routes
from mockserver.conformance.wire.traffic import Received, Sent, json_or_none
from mockserver.conformance.wire.transports import Transport, Unreachable
from mockserver.contract import Contract, Kind, Operation
from mockserver.values.absent import ABSENT

UNKNOWN = "987654321"
LOST = Received(0, (), b"")
"""What stands for a reply that did not come."""


class Story:
    """One document, one server; ``counts`` is what it comes to."""

    def __init__(self, contract: Contract, transport: Transport, most: int) -> None:
        """``most`` operations, spread over the document, are called once beside what the story asks for."""
        self._most = most
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._send_on = transport
        self._plan = read_plan(contract)
        client = SimpleNamespace(send=self._on_its_way, is_safe=True, after=[], routes=Routes(contract))
        own = SimpleNamespace(token="token", tenant="acme")
        session = Session(self._plan, client, own, None, mark="story")  # type: ignore[arg-type]
        self._asking = InferredTrials(session)

    def tell(self) -> Counter[str]:
        for group in self._plan.groups.values():
            model = group.resource.model
            if model is not None and {Kind.CREATE, Kind.READ} <= set(group.operations):
                try:
                    self._resource(group, self._on_one(group, Kind.READ))
                except (Inconclusive, NotApplicable):
                    self.counts["no request could be made"] += 1
        every = sorted(self._plan.operations(), key=lambda one: one.method != "GET")
        for operation in every[:: -(-len(every) // self._most) or 1]:
            self._once(operation)
        return self.counts

    def _resource(self, group: Group, read: Operation) -> None:
        """Two of each, so that a server which always shows the same one is told from one that remembers."""
        create = next((one for one in group.all(Kind.CREATE) if "{" not in one.path), None)
        if create is None:
            raise NotApplicable
        bodies = [self._marked(group, create, number) for number in (1, 2)]
        made = [self._made(group, create, body, mark) for body, mark in bodies]
        self.counts["resources"] += 1
        if not all(made):
            return
        self.counts["created"] += 1
        first, second = made
        is_kept = first.key != second.key and all(self._is_there(group, read, one) for one in made)
        self._count("read back", holds=is_kept, what=create)
        for listing in group.all(Kind.LIST):
            if "{" not in listing.path and not any(one.required for one in listing.plan.parameters):
                found = self._asking.items(self._ask(listing), listing)
                self._outcome("listed", holds=all(self._is_among(group, found, one) for one in made), what=listing)
        self._change(group, read, first)
        self._remove(group, read, first, second)
        unknown = self._ask(read, {read.plan.key: self._unknown(read)})
        self._outcome("unknown 404", holds=unknown.status == 404, what=read)

    def _on_one(self, group: Group, kind: Kind) -> Operation:
        """The operation on one record whose path names nothing else. Raises NotApplicable."""
        for operation in group.all(kind):
            plan = operation.plan
            if plan.key is not None and not plan.alias and operation.path.count("{") == 1:
                return operation
        raise NotApplicable

    def _unknown(self, read: Operation) -> str:
        """A key that no record has: not an example, which some record may have."""
        schema = next((one.schema for one in read.plan.parameters if one.name == read.plan.key), None)
        fits = schema is None or any(self._asking.replies.allows(schema, one) for one in (UNKNOWN, int(UNKNOWN)))
        return (
            UNKNOWN
            if fits or self._plan.contract.maker.shapes.type(schema) == "integer"
            else self._asking.unknown(read)
        )

    def _made(self, group: Group, create: Operation, body: Any, mark: tuple[str, str] | None) -> InferredRecord | None:
        reply = self._ask(create, body=body)
        if not 200 <= reply.status < 300:
            self._count("refused", holds=True, what=create, why=str(reply.status))
            return None
        record = within(json_or_none(reply.body), create.plan.record or ())
        return InferredRecord(self._asking.told_key(group, record, reply), (), mark, record)

    def _is_among(self, group: Group, found: list[Any], made: InferredRecord) -> bool:
        """Told by the key where the records of the list show theirs, else by what was sent."""
        keys = [self._asking.key(group, one) for one in found]
        return made.key in keys if any(keys) else any(_says(one, made.sent) for one in found)

    def _is_there(self, group: Group, read: Operation, made: InferredRecord) -> bool:
        record = self._record(read, made)
        key = self._asking.key(group, record)
        return record is not None and key in ("", made.key) and _says(record, made.sent)

    def _record(self, read: Operation, made: InferredRecord) -> Any:
        """The record as it is read; None where it is not there."""
        if not made.key:
            return None
        reply = self._ask(read, self._asking.at(read, made))
        if not 200 <= reply.status < 300:
            return None
        listed = self._asking.items(reply, read) if read.plan.items is not None else []
        return listed[0] if len(listed) == 1 else self._asking.record(reply, read) or {}

    def _change(self, group: Group, read: Operation, made: InferredRecord) -> None:
        for kind in (Kind.PATCH, Kind.REPLACE):
            try:
                operation = self._on_one(group, kind)
                body, mark = self._marked(group, operation, 3)
            except (Inconclusive, NotApplicable):
                continue
            if (
                mark is not None
                and 200 <= self._ask(operation, self._asking.at(operation, made), body=body).status < 300
            ):
                self._outcome("changed", holds=_says(self._record(read, made), mark), what=operation)
                return

    def _remove(self, group: Group, read: Operation, made: InferredRecord, other: InferredRecord) -> None:
        try:
            delete = self._on_one(group, Kind.DELETE)
            body = self._asking.body(delete)
        except (Inconclusive, NotApplicable):
            return
        if 200 <= self._ask(delete, self._asking.at(delete, made), body=body).status < 300:
            is_gone = self._ask(read, self._asking.at(read, made)).status == 404
            is_alone = self._record(read, other) is not None
            self._outcome("gone", holds=is_gone and is_alone, what=delete)

    def _marked(self, group: Group, operation: Operation, number: int) -> tuple[Any, tuple[str, str] | None]:
        """A valid body, and a member of it with a text that no other has, where there is one that a record shows."""
        body = self._asking.body(operation, number)
        is_object = isinstance(body, dict) and isinstance(within(body, operation.plan.sent), dict)
        if not is_object or group.resource.model.record is None:
            return body, None
        if operation.kind is Kind.CREATE and len(group.resource.model.key) == 1:
            key = group.resource.model.key[0]
            chosen = (f"chosen-{number}", f"00000000-0000-4000-8000-{number:012}", f"10000{number}", 10_000 + number)
            body = next(filter(None, (self._with(group, operation, body, key, one) for one in chosen)), body)
        for name in self._asking.comparable(group, within(body, operation.plan.sent)):
            for mark in (f"Marked {number}", f"Marked{'abc'[number - 1]}"):
                if changed := self._with(group, operation, body, name, mark):
                    return changed, (name, mark)
        return body, None

    def _with(self, group: Group, operation: Operation, body: Any, name: str, value: Any) -> Any:
        """The body with that value in the place of another of its type, where body and record may have it."""
        changed = copy.deepcopy(body)
        inner, replies = within(changed, operation.plan.sent), self._asking.replies
        members = self._plan.contract.maker.shapes.properties(group.resource.model.record)
        if type(inner.get(name)) is not type(value) or name not in members:
            return None
        inner[name] = value
        schema, maker = self._asking.schema(operation), self._plan.contract.maker
        is_good = all(one.allows(schema, changed) and one.allows(members[name], value) for one in (replies, maker))
        return changed if is_good else None

    def _once(self, operation: Operation) -> None:
        try:
            body = self._asking.body(operation)
            self._ask(operation, body=body)
        except Inconclusive:
            self.counts["no request could be made"] += 1

    def _ask(self, operation: Operation, values: dict[str, str] | None = None, *, body: Any = ABSENT) -> Received:
        reply = self._asking.send(operation, values, body=body)
        self.counts["replies"] += 1
        self.counts["5xx or none"] += reply.status >= 500 or reply.status == 0
        if reply.status and operation.method != "HEAD":
            self._judge(operation, reply)
        return reply

    def _judge(self, operation: Operation, reply: Received) -> None:
        self.counts["judged"] += 1
        faults = [*self._asking.replies.faults(reply, operation)]
        self.counts["valid"] += not faults
        self.faults += [f"{operation.method} {operation.path}: {' '.join(one)}"[:300] for one in faults]

    def _on_its_way(self, sent: Sent) -> Received:
        try:
            return self._send_on(sent)
        except Unreachable:
            return LOST

    def _outcome(self, name: str, *, holds: bool, what: Operation) -> None:
        self.counts[f"{name} of"] += 1
        self._count(name, holds=holds, what=what)

    def _count(self, name: str, *, holds: bool, what: Operation, why: str = "") -> None:
        self.counts[name] += holds
        if not holds or why:
            self.faults.append(f"{what.method} {what.path}: {name}: {why or 'no'}")


def _says(record: Any, mark: tuple[str, str] | None) -> bool:
    return record is not None and (mark is None or (isinstance(record, dict) and record.get(mark[0]) == mark[1]))
