"""Mutants that show only when requests come at the same moment; two are made to meet, so that they always show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Condition, current_thread, main_thread
from typing import Any

from mockserver.contract import Kind
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.handlers.records import find
from mockserver.messages import Reply, say
from mockserver.store import Record, Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine

PATIENCE = 1.0
"""Seconds that a request waits for another one, which is on its way or comes never: the machine may be a slow one."""


class Meeting:
    """Where two requests wait for each other, so that what they do between reading and writing overlaps."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._number, self._waiting = 0, False

    def wait(self, tenant: Tenant) -> bool:
        """Let go of the tenant's lock until another request is here too, or patience ends; whether one came.

        None comes beside a request that the kit sends from its main thread.
        """
        if current_thread() is main_thread():
            return False
        tenant.lock.release()
        try:
            return self._met()
        finally:
            tenant.lock.acquire()

    def _met(self) -> bool:
        with self._condition:
            if self._waiting:
                self._waiting = False
                self._number += 1
                self._condition.notify_all()
                return True
            self._waiting, mine = True, self._number
            came = self._condition.wait_for(lambda: self._number != mine, PATIENCE)
            self._waiting = self._waiting and came
            return came


def _lost_update(*kinds: Kind) -> Plant:
    """Changes of ``kinds`` let go of the lock between reading and writing."""

    def plant(planting: Planting) -> None:
        meeting = Meeting()

        def store(original: Callable[..., Record], call: Call, tenant: Tenant, record: Any, previous: Any) -> Record:
            if call.operation.kind in kinds:
                meeting.wait(tenant)
            return original(call, tenant, record, previous)

        planting.around(engine("handlers.records"), "store", store)
        planting.around(engine("handlers.documents"), "store", store)

    return plant


def _same_ids(planting: Planting) -> None:
    meeting = Meeting()

    def add(original: Callable[..., Record], call: Call, tenant: Tenant, sent: Any) -> Record:
        counts = dict(tenant._counts)
        if meeting.wait(tenant):
            tenant._counts = counts
        return original(call, tenant, sent)

    planting.around(engine("handlers.records"), "add", add)


def _create_lost(planting: Planting) -> None:
    meeting = Meeting()

    def create(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        before = {record.id for record in tenant[call.resource.name].scan()}
        met = meeting.wait(tenant)
        reply = original(call, tenant)
        if met:
            for record in list(tenant[call.resource.name].scan()):
                if record.id not in before and record.raw != reply.raw:
                    tenant.delete(call.resource.name, record.id)
        return reply

    planting.handler(create, Kind.CREATE)


def _bodies_mixed(planting: Planting) -> None:
    meeting = Meeting()
    last: list[Any] = []

    def create(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        last[:] = [call.input.body]
        body = last[0] if meeting.wait(tenant) else call.input.body
        return original(replace(call, input=replace(call.input, body=body)), tenant)

    planting.handler(create, Kind.CREATE)


def _replies_mixed(planting: Planting) -> None:
    meeting = Meeting()
    last: list[Reply] = []

    def create(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        last[:] = [reply]
        return last[0] if meeting.wait(tenant) else reply

    planting.handler(create, Kind.CREATE)


def _deleted_twice(planting: Planting) -> None:
    meeting = Meeting()

    def delete(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        find(call.resource, tenant, call.record_id)
        met = meeting.wait(tenant)
        if met and call.record_id not in tenant[call.resource.name]:
            return say(call.record_id)
        return original(call, tenant)

    planting.handler(delete, Kind.DELETE)


def _busy(planting: Planting) -> None:
    meeting = Meeting()

    def patch(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        if meeting.wait(tenant):
            raise Refusal(409, "The record is being changed.")
        return original(call, tenant)

    planting.handler(patch, Kind.PATCH)


MUTANTS = named(
    Area.CONCURRENCY,
    ("patch-lost", "of two patches at the same moment, one is lost", _lost_update(Kind.PATCH)),
    ("put-lost", "of two PUTs at the same moment, one is not counted", _lost_update(Kind.REPLACE)),
    ("notice-lost", "of two notices at the same moment, one is not logged", _lost_update(Kind.NOTICE)),
    ("batch-change-lost", "of two batches that change a record at the same moment, one is lost",
     _lost_update(Kind.BATCH)),
    ("same-id-twice", "two creates at the same moment get the same id", _same_ids),
    ("create-lost-at-once", "of two creates at the same moment, one is answered 200 and lost", _create_lost),
    ("bodies-mixed", "two creates at the same moment store the same body", _bodies_mixed),
    ("replies-mixed", "two creates at the same moment get the same reply", _replies_mixed),
    ("deleted-by-two", "two deletes of one record at the same moment both succeed", _deleted_twice),
    ("busy-record-refused", "two patches at the same moment are refused", _busy),
)  # fmt: skip
