"""How one of the two servers takes a step of a document that does not say what its operations mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from mockserver.conformance.inferred.inferred_contents import has_members, planned
from mockserver.conformance.inferred.inferred_record import InferredRecord
from mockserver.conformance.inferred.inferred_requests import REFUSED, InferredRequests
from mockserver.conformance.second_opinion.aliases import PREFIX, SharedNames
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import NO_BODY
from mockserver.conformance.wire.traffic import Received
from mockserver.contract import Kind
from mockserver.messages import SUCCESSES
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.members import value_at as within
from mockserver.values.members import with_value


class InferredSteps:
    """Sends the steps to one server, and removes the records that they make."""

    def __init__(self, session: Session, names: SharedNames) -> None:
        self._session, self._names = session, names

    def take(self, step: Step) -> Any:
        """Send ``step``: the records of a list, each with its key, else None. Raises Unbound, and what asking does."""
        asking = InferredRequests(self._session)
        values, query = self._names.own(step.values), self._names.own(step.query)
        body = self._own_body(asking, step)
        reply = asking.send(
            step.operation,
            values,
            body=body,
            query=query,
            without=next(iter(query), ""),
            with_credentials=not step.is_anonymous,
        )
        if reply.status in SUCCESSES:
            self._take_note(asking, step, values, reply)
        if step.expect is not Expect.LISTED:
            return None
        found = asking.items(reply, step.operation)
        return [{step.group.key: asking.key(step.group, one), "record": one} for one in found]

    def _own_body(self, asking: InferredRequests, step: Step) -> Any:
        """The body with this server's keys where it has shared names, as numbers where the schema wants those."""
        if step.body is NO_BODY:
            return ABSENT
        own, steps = self._names.own(step.body), planned(step.operation).sent
        said, typed = (within(one, steps) for one in (step.body, asking.typed(step.operation, own)))
        if not isinstance(said, dict) or not isinstance(typed, dict):
            return own
        keys = {name: typed[name] for name, one in said.items() if isinstance(one, str) and one.startswith(PREFIX)}
        return with_value(own, steps, {**within(own, steps), **keys}) if keys else own

    def _take_note(self, asking: InferredRequests, step: Step, values: dict[str, Any], reply: Received) -> None:
        """What was made is known by its shared name, and removed when the story is over."""
        if step.operation.kind is Kind.CREATE:
            key = asking.told_key(step.group, asking.record(reply, step.operation), reply)
            if key and step.makes:
                self._names.bind(step.record, key)
            if key:
                asking.remembered(step.group, InferredRecord(key, self._above(step, values), None, None))
        elif step.operation.kind is Kind.DELETE and step.record:
            key = str(values.get(str(planned(step.operation).key), ""))
            self._session.habits.left.pop((step.group.name, self._above(step, values), key), None)

    @staticmethod
    def _above(step: Step, values: dict[str, Any]) -> tuple[str, ...]:
        return tuple(str(values[name]) for name in planned(step.operation).scope or () if name in values)

    def renewed(self, step: Step) -> Step:
        """``step`` with texts that no other has, where its body is one that its schema allows."""
        if step.body is NO_BODY or not has_members(step.operation):
            return step
        asking, steps = InferredRequests(self._session), planned(step.operation).sent
        body = self._own_body(asking, step)
        fresh = asking.fresh(step.operation, body)
        old, new, record = (within(one, steps) for one in (body, fresh, step.body))
        if not isinstance(old, dict) or not isinstance(new, dict) or not isinstance(record, dict):
            return step
        changed = {name: one for name, one in new.items() if not same_json(one, old.get(name))}
        return replace(step, body=with_value(step.body, steps, {**record, **changed})) if changed else step

    @property
    def is_unique(self) -> set[str]:
        """The operations that take no text twice."""
        return self._session.habits.is_unique

    @contextmanager
    def passing(self) -> Iterator[None]:
        """What is made meanwhile is removed afterwards, and what names stood for before they stand for again."""
        left, names = dict(self._session.habits.left), self._names.kept()
        try:
            yield
        finally:
            self._names.restore(names)
            for place in [one for one in reversed(self._session.habits.left) if one not in left]:
                if remove := self._session.habits.left.get(place):
                    remove()


def is_refused(step: Step, status: int) -> bool:
    """Whether a body that its schema allows was refused, as texts that another record has are."""
    return status in REFUSED and step.expect is not Expect.REFUSED and step.body is not NO_BODY


def changed_texts(planned_step: Step, taken: Step) -> dict[str, str]:
    """The texts of the record that a create was to have, each with the one that it has instead."""
    steps = planned(taken.operation).sent if taken.operation.plan else ()
    old, new = (within(one.body, steps) for one in (planned_step, taken))
    if old is new or not isinstance(old, dict) or not isinstance(new, dict):
        return {}
    both = ((old[name], new.get(name)) for name in old)
    return {one: two for one, two in both if isinstance(one, str) and isinstance(two, str) and one != two}
