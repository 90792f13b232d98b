"""Flows: a state machine that makes, changes, finds and removes records in any order, beside a model in memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, FlakyFailure
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mockserver.conformance import (
    Ask,
    Broken,
    Group,
    Inconclusive,
    Kind,
    Operation,
    OutOfTime,
    Session,
    Unreachable,
    by_id,
    by_seed_alone,
    check,
    marked,
    moving,
    run_batch,
    same_json,
    walk,
)

STEPS = 15
CHOSEN = st.integers(min_value=0, max_value=50)


@check(Kind.CREATE, Kind.READ, Kind.DELETE, writes=True, every=12)
def check_model(session: Session, group: Group) -> None:
    """Whatever the order of creates, changes, batches and deletes, the records are those of the model."""
    if not session.limits.flows:
        raise Inconclusive("this profile runs no flows")
    machines = seed(session.limits.seed)(partial(Flows, session, group))
    chosen = settings(
        max_examples=session.limits.flows,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    try:
        with by_seed_alone():
            run_state_machine_as_test(machines, settings=chosen)  # type: ignore[arg-type]  # any maker of machines will do
    except Flaky as flaky:
        if session.client.pace.is_over():
            raise OutOfTime("the run's time is up") from None
        seen = flaky.exceptions if isinstance(flaky, FlakyFailure) else ()
        if silence := next((one for one in seen if isinstance(one, Unreachable)), None):
            raise silence from None
        broken = next((one for one in seen if isinstance(one, Broken)), None)
        raise broken or Broken("the same steps end differently when repeated") from None


class Flows(RuleBasedStateMachine):
    """The machine for one resource; each step asks the target and the model, and holds one to the other.

    What it is for comes with each machine: Hypothesis keeps every class of machines for good.
    """

    def __init__(self, session: Session, group: Group) -> None:
        super().__init__()
        self.session = session
        self.group = group
        self.managed = moving(group) | group.resource.computed
        self.model: dict[str, dict[str, Any]] = {}
        self.turns = count(1)

    def one(self, index: int) -> str:
        return sorted(self.model)[index % len(self.model)]

    def keep(self, record: Mapping[str, Any]) -> None:
        self.model[record[self.group.key]] = dict(record)

    @rule()
    def create(self) -> None:
        self.keep(self.session.create(self.group))

    @precondition(lambda self: self.model)
    @rule(index=CHOSEN)
    def read(self, index: int) -> None:
        record_id = self.one(index)
        self.session.same(
            self.model[record_id],
            self.session.read(self.group, record_id),
            "a record is not what the earlier steps made of it",
        )

    @precondition(lambda self: self.model and Kind.PATCH in self.group.operations)
    @rule(index=CHOSEN, number=CHOSEN)
    def patch(self, index: int, number: int) -> None:
        record_id = self.one(index)
        text = f"{self.session.mark} patched {number} {next(self.turns)}"
        reply = self.session.at(
            self.group, Kind.PATCH, record_id, body=[{"op": "replace", "path": f"/{self.group.marker}", "value": text}]
        )
        self.session.status(reply, 200, "a patch in a flow", self.group.one(Kind.PATCH))
        self.changed(record_id, {**self.model[record_id], self.group.marker: text}, self.session.value(reply))

    @precondition(lambda self: self.model and Kind.PATCH in self.group.operations)
    @rule(index=CHOSEN)
    def patch_refused(self, index: int) -> None:
        steps = [
            {"op": "replace", "path": f"/{self.group.marker}", "value": f"{self.session.mark} never"},
            {"op": "test", "path": f"/{self.group.marker}", "value": f"{self.session.mark} not this"},
        ]
        reply = self.session.at(self.group, Kind.PATCH, self.one(index), body=steps)
        self.session.status(reply, 409, "a patch in a flow that fails its test", self.group.one(Kind.PATCH))

    @precondition(lambda self: self.model and Kind.REPLACE in self.group.operations)
    @rule(index=CHOSEN, only_required=st.booleans())
    def put(self, index: int, only_required: bool) -> None:
        record_id = self.one(index)
        body = {**self.session.body(self.group, only_required=only_required), self.group.key: record_id}
        reply = self.session.at(self.group, Kind.REPLACE, record_id, body=body)
        self.session.status(reply, 200, "a PUT in a flow", self.group.one(Kind.REPLACE))
        kept = {name: one for name, one in self.model[record_id].items() if name in self.group.resource.managed}
        # What the server fills in may stay as it was or be filled in anew: the document does not say.
        left = self.group.filled - set(body)
        self.changed(record_id, {**body, **kept}, self.session.value(reply), without=left)

    @precondition(lambda self: self.model)
    @rule(index=CHOSEN)
    def delete(self, index: int) -> None:
        record_id = self.one(index)
        self.session.status(
            self.session.at(self.group, Kind.DELETE, record_id), 200, "a DELETE in a flow", self.group.one(Kind.DELETE)
        )
        del self.model[record_id]
        self.session.status(
            self.session.at(self.group, Kind.READ, record_id),
            404,
            "a record deleted in a flow",
            self.group.one(Kind.READ),
        )

    @precondition(lambda self: self.model and Kind.BATCH in self.group.operations)
    @rule(index=CHOSEN)
    def batch(self, index: int) -> None:
        record_id = self.one(index)
        text = f"{self.session.mark} by batch {next(self.turns)}"
        step = {"op": "replace", "path": f"/{self.group.marker}", "value": text}
        made, patched = run_batch(
            self.session,
            self.group,
            [
                {"verb": "create", "record": self.session.body(self.group)},
                {"verb": "patch", "key": record_id, "patch": [step]},
            ],
        )
        self.session.expect(made.get("status") == patched.get("status") == 200, "a batch in a flow fails")
        self.keep(self.session.read(self.group, str(made.get("key"))))
        self.changed(record_id, {**self.model[record_id], self.group.marker: text}, patched.get("record"))

    @precondition(lambda self: self.model and Kind.SEARCH in self.group.operations)
    @rule()
    def search(self) -> None:
        for operation in self.group.all(Kind.SEARCH):
            if asked := marked(self.session, self.group, operation.id):
                found = by_id(self.group, walk(self.session, self.group, Ask(operation, body=asked)))
                self.compared(operation, found, f"{operation.id} in a flow does not find the records that exist")

    @precondition(lambda self: self.model)
    @rule(index=CHOSEN)
    def look_up(self, index: int) -> None:
        record = self.model[self.one(index)]
        for operation in self.group.all(Kind.LOOKUP):
            if self.group.named(operation, record) is not None:
                found = by_id(
                    self.group, walk(self.session, self.group, self.session.usual(self.group, operation, record))
                )
                self.session.same(
                    record, found.get(record[self.group.key]), f"{operation.id} in a flow shows an outdated record"
                )

    @invariant()
    def known(self) -> None:
        """What the run has made and not removed is what the model holds."""
        left = {made.id for made in self.session.records.left() if made.resource == self.group.name}
        self.session.expect(set(self.model) <= left, "a flow's records are not those it made")

    def changed(
        self, record_id: str, wanted: Mapping[str, Any], answered: Any, *, without: frozenset[str] = frozenset()
    ) -> None:
        apart = self.managed | without
        self.session.same(wanted, answered, "a change in a flow answers the wrong record", without=apart)
        found = self.session.read(self.group, record_id)
        self.session.same(answered, found, "a record changed in a flow reads differently")
        version = self.group.resource.stamps.get("version", "")
        before = self.model[record_id].get(version)
        # What changes nothing may be counted or not: the document does not say.
        is_change = any(
            not same_json(self.model[record_id].get(name), wanted[name]) for name in set(wanted) - self.managed
        )
        self.session.expect(
            before is None or not is_change or found.get(version) == before + 1,
            "a change in a flow is not counted once",
        )
        self.keep(found)

    def compared(self, operation: Operation, found: Mapping[str, dict[str, Any]], cause: str) -> None:
        kept = {made.id for made in self.session.kept()}
        found = {record_id: one for record_id, one in found.items() if record_id not in kept}
        detail, others = f"{len(found)} found, {len(self.model)} in the model", set(found) - set(self.model)
        self.session.expect_listing(operation, found, cause, detail, holds=self.model, lacks=others)
        for record_id, record in self.model.items():
            self.session.same(record, found[record_id], "a search in a flow shows an outdated record")

    def teardown(self) -> None:
        self.session.clean_up()
        self.session.client.purpose = "flows.model"
