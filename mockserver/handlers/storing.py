"""The one way by which a request puts anything into the store: filled in, stamped, checked, and all that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Reference, Resource
from mockserver.errors import ContractBreach, Refusal, Violation
from mockserver.expressions import (
    Change,
    Create,
    Effect,
    EvaluationContext,
    RecordProxy,
    Send,
    Set,
    holds,
    worked_out,
)
from mockserver.handlers.call import Call
from mockserver.handlers.door import fill, keep
from mockserver.handlers.merge_fields import merged
from mockserver.runtime.determinism import stamp
from mockserver.runtime.outbox import Mail
from mockserver.store import Record, Tenant
from mockserver.values.absent import ABSENT, Absent
from mockserver.values.equality import differ
from mockserver.values.shown import quoted

DEEPEST = 8
"""How many effects may follow from each other."""


def store(call: Call, tenant: Tenant, record: dict[str, Any], previous: Mapping[str, Any]) -> Record:
    """Keep ``record`` in place of ``previous`` (empty: as a new one), with every effect of it, or nothing at all.

    Raises Refusal: 400 when it would break the contract, 409 for a dangling reference, or for a locked record in
    the way of an effect.
    """
    resource = call.resource
    record_id = call.record_id if resource.is_single else record[resource.key]
    return Storing(call, tenant).keep(resource, record_id, record, previous)


@dataclass(frozen=True, slots=True)
class Storing:
    """One request's writing, and what follows from it; ``depth`` counts how many effects led here."""

    call: Call
    tenant: Tenant
    depth: int = 0

    def keep(self, resource: Resource, record_id: str, record: dict[str, Any], previous: Mapping[str, Any]) -> Record:
        """As ``store``, for a record of any resource."""
        proxy = RecordProxy(self.call.context(self.tenant), resource, record_id, record)
        fill(self.call.tools.rules, proxy, previous)
        _stamp(self.call, resource, record, previous)
        self._check(resource, record)
        if dangling := _dangling(resource, self.tenant, record, previous):
            raise Refusal(409, "The record refers to records that do not exist.", violations=dangling)
        self.call.unknown.extend(_unknown(resource, self.tenant, record, previous))
        if resource.name not in self.call.tools.rules.effects:
            return keep(self.tenant, resource, record_id, record, previous or None)
        with self.tenant.transaction():
            kept = keep(self.tenant, resource, record_id, record, previous or None)
            return self._follow(resource, kept, record, previous)

    def make(self, resource: Resource, values: Mapping[str, Any]) -> Record:
        """Keep a new record under a new id. Raises Refusal as ``store`` does, and 429 when full."""
        room(self.call, self.tenant, resource)
        record_id = self.call.new_id(self.tenant, resource)
        return self.keep(resource, record_id, {**values, resource.key: record_id}, {})

    def _check(self, resource: Resource, record: Mapping[str, Any]) -> None:
        broken = resource.violations(record, "body")
        if any(one.pointer.split("/")[1:2] == [name] for name in resource.managed for one in broken):
            raise ContractBreach(self.call.operation.id, broken)
        if broken:
            raise Refusal(400, "The record would break the contract.", violations=broken)

    # What follows.

    def _follow(self, resource: Resource, kept: Record, record: dict[str, Any], previous: Mapping[str, Any]) -> Record:
        """Carry out the effects of ``record``, which was just kept; returns it as it then is."""
        context = self.call.context(self.tenant)
        before = RecordProxy(context, resource, kept.id, dict(previous)) if previous else None
        this = RecordProxy(context, resource, kept.id, record)
        own: dict[str, Any] = {}
        for effect in self.call.tools.rules.effects[resource.name]:
            if effect.happens(context, this, before):
                for step in effect.steps:
                    own |= self._carry_out(step, context, this)
        if not own:
            return kept
        current = self.tenant[resource.name].get(kept.id) or kept
        return self._amend(resource, kept.id, {**current.data(), **own})

    def fall_due(self, resource: Resource, record: Record, effect: Effect) -> bool:
        """Carry out an effect that a date brings about; whether it happened. What it sets is a change that counts.

        Raises Refusal, ContractBreach.
        """
        context = self.call.context(self.tenant)
        this = context.proxy(resource.name, record)
        if not holds(effect.when, context, this):
            return False
        own: dict[str, Any] = {}
        for step in effect.steps:
            own |= self._carry_out(step, context, this)
        current = self.tenant[resource.name].get(record.id)
        if own and current is not None:
            stored = current.data()
            unlocked(resource, record.id, stored)
            Storing(self.call, self.tenant, self.depth + 1).keep(resource, record.id, {**stored, **own}, stored)
            self.call.effects.append(f"changed {resource.name}/{record.id}")
        return True

    def _carry_out(
        self, step: Set | Create | Change | Send, context: EvaluationContext, this: RecordProxy
    ) -> dict[str, Any]:
        """Do what ``step`` says to other records; returns what it says of the record itself."""
        if self.depth >= DEEPEST:
            endless = Violation("record", "", "effects", "effects trigger each other without end")
            raise ContractBreach(self.call.operation.id, [endless])
        if isinstance(step, Set):
            return worked_out(step.values, context, this)
        if isinstance(step, Send):
            return self._send(step, context, this)
        return self._create(step, context, this) if isinstance(step, Create) else self._change(step, context, this)

    def _create(self, step: Create, context: EvaluationContext, this: RecordProxy) -> dict[str, Any]:
        resource = self.call.tools.contract.resources[step.resource]
        items: list[Any] = [ABSENT]
        if step.each:
            found = context.evaluate(step.each, this)
            items = found if isinstance(found, list) else []
            if not items:
                self._skipped(f"creating {resource.name}", "what it is made for")
        link: dict[str, Any] = {}
        for item in items:
            values = worked_out(step.values, context, this, item)
            made = Storing(self.call, self.tenant, self.depth + 1).make(resource, values)
            self.call.effects.append(f"created {resource.name}/{made.id}")
            link = {step.link: made.id} if step.link else {}
        return link

    def _change(self, step: Change, context: EvaluationContext, this: RecordProxy) -> dict[str, Any]:
        resource = self.call.tools.contract.resources[step.resource]
        targets = step.found(context, this)
        if isinstance(targets, Absent):
            self._skipped(f"changing {resource.name}", step.targets.text)
            return {}
        for target in targets:
            if not holds(step.where, context, this, target):
                continue
            record = self.tenant[resource.name].get(target.id)
            stored = target.read(record) if record else {}
            values = worked_out(step.values, context, this, target)
            if not any(differ(values, stored, name) for name in values):
                continue
            changed = {**stored, **values}
            if step.quiet:
                self._amend(resource, target.id, changed)
                continue
            unlocked(resource, target.id, stored)
            Storing(self.call, self.tenant, self.depth + 1).keep(resource, target.id, changed, stored)
            self.call.effects.append(f"changed {resource.name}/{target.id}")
        return {}

    def _send(self, step: Send, context: EvaluationContext, this: RecordProxy) -> dict[str, Any]:
        to, subject, body = (context.evaluate(one, this) for one in (step.to, step.subject, step.body))
        about = step.found(context, this)
        if isinstance(about, Absent) or not isinstance(to, str):
            self._skipped("a mail", "what it is about" if isinstance(about, Absent) else "whom it is to")
            return {}
        fields = about.whole()
        subject, body = (merged(one, fields) if isinstance(one, str) else "" for one in (subject, body))
        at, name = stamp(self.call.tools.clock.now()), self.call.operation.id
        self.call.mails.append(Mail(at, self.tenant.name, name, "notice", to, subject, body, about.id, {}))
        self.call.effects.append(f"mailed {to}")
        return {}

    def _skipped(self, what: str, absent: str) -> None:
        """Tell what was left out, since it depends on something that is not there."""
        self.call.effects.append(f"skipped {what}: {absent} is absent")

    def _amend(self, resource: Resource, record_id: str, record: dict[str, Any]) -> Record:
        """Keep what the server itself adds to a record: no change that counts."""
        self._check(resource, record)
        return keep(self.tenant, resource, record_id, record)


def room(call: Call, tenant: Tenant, resource: Resource) -> None:
    """Raises Refusal(429) when the tenant holds as many records of the resource as it may."""
    limit = call.tools.max_records
    if len(tenant[resource.name]) >= limit:
        raise Refusal(429, f"The tenant already holds {limit} {resource.name}.", reason="limit: records")


def unlocked(resource: Resource, record_id: str, data: Mapping[str, Any]) -> None:
    """Raises Refusal(409) when the record is locked."""
    lock = resource.stamps.get("lock")
    if lock and data.get(lock) is True:
        violation = Violation("record", f"/{lock}", "locked", "is true: the record cannot be changed through the API")
        raise Refusal(409, f"The record {quoted(record_id)} is locked.", violations=[violation], reason="locked record")


def _stamp(call: Call, resource: Resource, record: dict[str, Any], previous: Mapping[str, Any]) -> None:
    """Write down when and by whom the record was stored, and count its version."""
    now = stamp(call.tools.clock.now())
    values = {"modified-at": now, "modified-by": call.identity.subject}
    if not previous:
        values |= {"created-at": now, "created-by": call.identity.subject}
    for name, value in values.items():
        if field := resource.stamps.get(name):
            record[field] = value
    if field := resource.stamps.get("version"):
        record[field] = previous.get(field, 0) + 1


def _dangling(
    resource: Resource, tenant: Tenant, record: Mapping[str, Any], previous: Mapping[str, Any]
) -> list[Violation]:
    """The references that ``record`` newly makes to records that are not there."""
    found = [
        Violation("body", pointer, "reference", f"names {quoted(key)}, which is not in {one.resource}")
        for one, pointer, key in _made(resource.binding(strict=tenant.is_strict), record, previous)
        if key not in tenant[one.resource]
    ]
    if tenant.elsewhere is not None:
        found += [
            Violation("body", pointer, "reference", f"names {quoted(key)}, which is not known to be in {one.resource}")
            for one, pointer, key in _made(resource.elsewhere, record, previous)
            if key not in tenant.elsewhere.get(one.resource, ())
        ]
    return found


def _unknown(resource: Resource, tenant: Tenant, record: Mapping[str, Any], previous: Mapping[str, Any]) -> list[str]:
    """The keys into other modules that ``record`` newly holds and that lead nowhere; none where that is refused."""
    crossing = () if tenant.is_strict else resource.crossing
    return [
        f"{resource.name}{pointer} {quoted(key)} is not in {one.resource}"
        for one, pointer, key in _made(crossing, record, previous)
        if key not in tenant[one.resource]
    ]


def _made(
    references: tuple[Reference, ...], record: Mapping[str, Any], previous: Mapping[str, Any]
) -> Iterator[tuple[Reference, str, str]]:
    """Each foreign key that ``record`` has and ``previous`` has not, with its pointer."""
    for one in references:
        field = one.names[0]
        if field in record and (not previous or differ(record, previous, field)):
            known = {key for _, key in one.found_in(previous)} if previous else ()
            yield from ((one, pointer, key) for pointer, key in one.found_in(record) if key not in known)
