"""What a date brings about: effects that have fallen due since a tenant was last worked on, in the order of time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

from mockserver.contract import Input, Resource
from mockserver.errors import ContractBreach, Refusal
from mockserver.expressions import Due, Effect
from mockserver.handlers.call import Call, Tools
from mockserver.handlers.storing import Storing
from mockserver.messages import Identity, few_of
from mockserver.runtime.determinism import Clock, stamp
from mockserver.runtime.due_log import DueLog, Happened
from mockserver.runtime.outbox import Outbox
from mockserver.store import Store, Tenant, WouldWait
from mockserver.values.moment import read_moment

log = logging.getLogger("mockserver")

AUTHOR = "mockserver|clock"
"""Who changes what a date changes."""
MOST = 100_000
"""How many effects fall due at once; the rest is passed over, so that one that sets its own date comes to an end."""
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_NEVER = 2**63


class Occasion(NamedTuple):
    """An effect that falls due: in milliseconds since 1970, then in the order of resources, effects and ids."""

    at: int
    resource: str
    effect: int
    record_id: str

    @property
    def moment(self) -> datetime:
        return _EPOCH + timedelta(milliseconds=self.at)


class DueEffects:
    """All effects of a document that a date brings about in the tenants of ``store``.

    ``outbox`` takes the mails, ``log`` what happened.
    """

    def __init__(self, tools: Tools, store: Store, outbox: Outbox, log: DueLog) -> None:
        self._tools, self._store = tools, store
        self._outbox, self._log = outbox, log
        self.publishing: Callable[[Tenant], AbstractContextManager[object]] = nullcontext
        """Entered with a tenant while something is brought about there, so that others can be told."""
        self.resources = tools.rules.dated
        store.passing = self.passing if self.resources else None

    def passing(self) -> TenantPassing:
        """What sees to one tenant."""
        return TenantPassing(self)

    def catch_up(self) -> None:
        """Have all that is due by now happened in every tenant, whoever asks for it or not."""
        for name in self._store.names() if self.resources else ():
            with self._store.work(name):
                pass

    def mails(self, tenant: str | None = None) -> list[dict[str, Any]]:
        """The mails that would have been sent by now, oldest first; of one tenant if named."""
        self.catch_up()
        return self._outbox.mails(tenant)

    def happened(self, tenant: str | None = None) -> list[dict[str, Any]]:
        """What has fallen due by now, oldest first, as far as it is remembered; in one tenant if named."""
        self.catch_up()
        return self._log.happened(tenant)

    @cached_property
    def effects(self) -> list[tuple[str, int, Due, Effect]]:
        rules = self._tools.rules.effects
        return [
            (name, index, effect.due, effect)
            for name in self.resources
            for index, effect in enumerate(rules[name])
            if effect.due
        ]

    def coming(self, tenant: Tenant, after: int) -> Iterator[Occasion]:
        """What is due after a millisecond since 1970, in its order. Nothing is to be changed meanwhile."""
        return merge(*(_occasions(tenant, name, index, due, after) for name, index, due, _ in self.effects))

    def begin(self) -> int:
        """When the world begins: what was due by then is taken for done."""
        return _milliseconds(self._tools.began)

    def now(self) -> int:
        return _milliseconds(self._tools.clock.now())

    def bring_about(self, tenant: Tenant, occasion: Occasion) -> list[str]:
        """What it did, in words; nothing where its condition does not hold. It is done as a whole or not at all."""
        effect = self._tools.rules.effects[occasion.resource][occasion.effect]
        resource = self._tools.contract.resources[occasion.resource]
        record = tenant[occasion.resource].get(occasion.record_id)
        if record is None or effect.due is None or occasion.at != _due(record.data(), effect.due):
            return []  # another that fell due before it has changed the record
        call = self._call(tenant, resource, occasion.moment)
        try:
            with tenant.transaction():
                if not Storing(call, tenant).fall_due(resource, record, effect):
                    return []
        except Refusal as refusal:
            call.effects[:] = [f"refused: {refusal.message}"]
            call.mails.clear()
        except ContractBreach:
            log.exception("what fell due breaks the contract")
            call.effects[:] = ["refused: it would break the contract"]
            call.mails.clear()
        for mail in call.mails:
            self._outbox.put(mail)
        at, did = stamp(occasion.moment), few_of(call.effects)
        self._log.put(Happened(at, tenant.name, occasion.resource, occasion.record_id, effect.about, did))
        return [f"due {occasion.resource}/{occasion.record_id} at {at}", *call.effects]

    def _call(self, tenant: Tenant, resource: Resource, moment: datetime) -> Call:
        """A call that nobody made, at the moment that the effect was due."""
        operation = next(one for one in self._tools.contract.operations() if one.resource.name == resource.name)
        tools = replace(self._tools, clock=Clock(moment))
        return Call(replace(operation, id="due"), Input({}), Identity(AUTHOR, tenant.name), tools)


class TenantPassing:
    """Sees to one tenant: remembers until when nothing is due, so that most requests cost no look. See ``Passing``."""

    __slots__ = ("_due", "_is_busy", "_now", "_until")

    def __init__(self, due: DueEffects) -> None:
        self._due = due
        self._now, self._until = 0, 0
        self._is_busy = False

    def catch_up(self, tenant: Tenant, *, may_wait: bool) -> None:
        now = self._due.now()
        if self._is_busy:
            return
        if self._now <= now < self._until:
            self._now, tenant.fell_due = now, ()
            return
        if not may_wait and not self._is_idle(tenant, now):
            raise WouldWait
        self._is_busy = True
        undo, tenant.undo = tenant.undo, None  # it lasts, whatever becomes of who asked for the tenant
        try:
            with self._due.publishing(tenant):
                tenant.fell_due = self._bring_about(tenant, now)
        finally:
            self._is_busy, tenant.undo = False, undo

    def changes(self, tenant: Tenant, resource: str) -> None:
        """What a record says from now on that is past by now no longer falls due."""
        if resource in self._due.resources and tenant.is_filled(resource):
            self._until = 0
            if self._now:
                tenant.pass_time(self._now)

    def _is_idle(self, tenant: Tenant, now: int) -> bool:
        """Whether there is nothing to bring about."""
        if not all(tenant.is_filled(name) for name in self._due.resources):
            return False
        first = next(self._due.coming(tenant, min(tenant.passed() or self._due.begin(), now)), None)
        return first is None or first.at > now

    def _bring_about(self, tenant: Tenant, now: int) -> list[str]:
        passed = min(tenant.passed() or self._due.begin(), now)
        if now < tenant.passed():  # the clock was turned back: what comes now comes again
            tenant.pass_time(now)
        brought_about: list[str] = []
        count = 0
        while (first := next(self._due.coming(tenant, passed), None)) and first.at <= now and count < MOST:
            self._now = passed = first.at
            tenant.pass_time(passed)
            for one in [*self._at(tenant, first)]:
                brought_about += self._due.bring_about(tenant, one)
                count += 1
        if count >= MOST:
            tenant.pass_time(now)
            log.warning("more than %s effects fell due in %s at once; the others are passed over", MOST, tenant.name)
            first = next(self._due.coming(tenant, now), None)
        self._now, self._until = now, first.at if first else _NEVER
        return brought_about

    def _at(self, tenant: Tenant, first: Occasion) -> Iterator[Occasion]:
        """All that falls due at the same moment."""
        for one in self._due.coming(tenant, first.at - 1):
            if one.at > first.at:
                return
            yield one


def soonest(due: DueEffects, tenant: Tenant, most: int) -> list[Occasion]:
    """What falls due next in a tenant; its lock is held."""
    return [*islice(due.coming(tenant, due.now()), most)]


def _occasions(tenant: Tenant, name: str, index: int, due: Due, after: int) -> Iterator[Occasion]:
    """Those of one effect. Within a millisecond in the order in which the moments are filed."""
    collection = tenant[name]
    for record_id in collection.moments(due.field, (after - _span(due.offset)) // 1000 - 1):
        record = collection.get(record_id)
        at = _due(record.data(), due) if record else None
        if at is not None and at > after:
            yield Occasion(at, name, index, record_id)


def _due(record: Any, due: Due) -> int | None:
    value = record.get(due.field) if isinstance(record, dict) else None
    moment = read_moment(value) if isinstance(value, str) else None
    if moment is None:
        return None
    thousandth = int(moment.fraction[:3].ljust(3, "0")) + bool(moment.fraction[3:])
    return moment.second * 1000 + thousandth + moment.is_leap * 999 + _span(due.offset)


def _span(offset: timedelta) -> int:
    return offset // _MILLISECOND


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND
