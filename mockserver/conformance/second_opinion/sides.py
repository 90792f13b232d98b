"""One of the two servers: takes steps, and remembers what its records should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from mockserver.conformance.batch_items import results_of
from mockserver.conformance.findings import Broken, Inconclusive
from mockserver.conformance.pagination import walk
from mockserver.conformance.registry import Check
from mockserver.conformance.rules.rule_reading import named_in, resources_read
from mockserver.conformance.runner import Run
from mockserver.conformance.second_opinion.aliases import SharedNames, Unbound
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.inferred_steps import InferredSteps
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.allow_list import NotAllowed
from mockserver.conformance.wire.traffic import Exchange, json_or_none
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind
from mockserver.messages import SUCCESSES
from mockserver.values.moment import read_moment

STEP = Check("second-opinion.steps", "The same steps on both servers", lambda _, __: None)


@dataclass(frozen=True, slots=True)
class SideReply:
    """What one server made of a step. ``body`` is its JSON in shared names (of a list: all records of all pages),
    ``raw`` the same in its own; ``failure`` tells why there is nothing to compare.
    """

    status: int = 0
    media: str = ""
    body: Any = None
    raw: Any = None
    exchange: Exchange | None = None
    failure: str = ""

    @property
    def is_good(self) -> bool:
        return self.status in SUCCESSES


class Side:
    """``called`` is how messages name the server; ``now`` its clock, as far as its replies have told.

    ``known`` is what its records should be, by shared name; ``made_up`` the latest value of each member, by resource,
    that it sets itself and otherwise than the other server.
    """

    def __init__(self, called: str, run: Run) -> None:
        self.called, self.run, self.session = called, run, run.session
        self.names = SharedNames()
        self.inferred = InferredSteps(run.session, self.names)
        self.now = datetime.now(UTC)
        self.known: dict[str, Mapping[str, Any]] = {}
        self.made_up: dict[tuple[str, str], Any] = {}

    @cached_property
    def beyond_copies(self) -> frozenset[str]:
        """Members that are worked out of more records than the two servers share, where these are copies."""
        if not self.run.profile.reads_only:
            return frozenset()
        groups = self.session.plan.groups.values()
        rules = {name: group.marks(name)["computed"] for group in groups for name in group.resource.computed}
        found = {name for name, rule in rules.items() if resources_read(rule)}
        while (
            more := {one for one, rule in rules.items() if found & {part for way in named_in(rule) for part in way}}
            - found
        ):
            found |= more
        return frozenset(found)

    def take(self, step: Step) -> SideReply:
        """Take ``step``. Raises OutOfTime and Stopped."""
        self.session.begin(STEP, step.group)
        self.session.client.purpose = step.what
        if self.session.plan.is_inferred:
            return self._take_plainly(step)
        try:
            ask = Ask(
                step.operation,
                self.names.own(step.values),
                self.names.own(step.query),
                self.names.own(step.body),
            )
        except Unbound as missing:
            return SideReply(failure=f"{missing} could not be made on {self.called}")
        try:
            raw = walk(self.session, step.group, ask) if step.expect is Expect.LISTED else None
            if raw is None:
                self.session.send(ask)
        except (Unreachable, NotAllowed, Inconclusive) as obstacle:
            return SideReply(failure=f"{self.called}: {obstacle}")
        except Broken:
            raw = None  # the reply that ended the walk says it all
        return self._answer(step, raw)

    def _take_plainly(self, step: Step) -> SideReply:
        """The same where the document does not say what the operation means."""
        try:
            raw = self.inferred.take(step)
        except Unbound as missing:
            return SideReply(failure=f"{missing} could not be made on {self.called}")
        except (Unreachable, NotAllowed, Inconclusive) as obstacle:
            return SideReply(failure=f"{self.called}: {obstacle}")
        return self._answer(step, raw)

    def _answer(self, step: Step, raw: Any) -> SideReply:
        exchange = self.session.window[-1] if self.session.window else None
        if exchange is None or exchange.reply is None:
            return SideReply(failure=f"{self.called} gave no answer")
        reply = exchange.reply
        raw = json_or_none(reply.body) if raw is None else raw
        if step.operation.plan is None and step.makes and reply.status in SUCCESSES and isinstance(raw, dict):
            self._bind(step.record, raw.get(step.group.key))
        if step.operation.kind is Kind.BATCH:
            for number, result in enumerate(results_of(self.session, step.group, reply)):
                self._bind(f"{step.group.name}-{number}", result.get("key"))
        self._look_at_clock(step, raw)
        media = reply.media_type
        return SideReply(reply.status, media, self.names.shared(raw), raw, exchange)

    def _bind(self, name: str, key: Any) -> None:
        if isinstance(key, str) and key:
            self.names.bind(name, key)

    def _look_at_clock(self, step: Step, raw: Any) -> None:
        """The latest change that the server tells of is its present."""
        stamp = step.group.resource.stamps.get("modified-at")
        if step.makes and stamp and isinstance(raw, dict) and (found := read_moment(str(raw.get(stamp, "")))):
            self.now = found.as_datetime()

    def remember(self, step: Step, answer: SideReply) -> None:
        """What a good answer told of a record is what later ones are held to."""
        if not step.record or not answer.is_good or step.operation.plan is not None:
            return
        if step.operation.kind is Kind.DELETE:
            self.known.pop(step.record, None)
        elif isinstance(answer.body, dict) and step.expect in (Expect.TAKEN, Expect.SHOWN):
            self.known[step.record] = answer.body
