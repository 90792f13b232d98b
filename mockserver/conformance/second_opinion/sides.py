"""One of the two servers: takes steps, and remembers what its records should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from mockserver.conformance.batch_items import results_of
from mockserver.conformance.findings import Broken, Inconclusive
from mockserver.conformance.pagination import walk
from mockserver.conformance.registry import Check
from mockserver.conformance.rules.rule_reading import named_in, resources_read
from mockserver.conformance.runner import Run
from mockserver.conformance.second_opinion.aliases import SharedNames, Unbound, shared_name
from mockserver.conformance.second_opinion.compared_steps import Expect, Step
from mockserver.conformance.second_opinion.following import followed
from mockserver.conformance.second_opinion.inferred_steps import InferredSteps
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.allow_list import NotAllowed
from mockserver.conformance.wire.traffic import Exchange, json_or_none
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Kind
from mockserver.messages import SUCCESSES
from mockserver.values.moment import read_moment

WHOLE = frozenset({Kind.CREATE, Kind.READ, Kind.REPLACE, Kind.PATCH})
"""Kinds whose replies show a whole record."""
STEP = Check("second-opinion.steps", "The same steps on both servers", lambda _, __: None)


@dataclass(frozen=True, slots=True)
class SideReply:
    """What one server made of a step. ``body`` is its JSON in shared names (of a list: all records of all pages),
    ``raw`` the same in its own; ``failure`` tells why there is nothing to compare; ``misses`` what does not follow from
    the step although the document says so.
    """

    status: int = 0
    media: str = ""
    body: Any = None
    raw: Any = None
    exchange: Exchange | None = None
    failure: str = ""
    misses: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.status in SUCCESSES


class Side:
    """``called`` is how messages name the server; ``now`` its clock, as far as its replies have told.

    ``known`` is what its records should be, by shared name, ``earlier`` what they were before their last change;
    ``made_up`` the latest value of each member, by resource,
    that it sets itself and otherwise than the other server.
    """

    def __init__(self, called: str, run: Run) -> None:
        self.called, self.run, self.session = called, run, run.session
        self.names = SharedNames()
        self.inferred = InferredSteps(run.session, self.names)
        self.now = datetime.now(UTC)
        self.known: dict[str, Mapping[str, Any]] = {}
        self.earlier: dict[str, Mapping[str, Any]] = {}
        self.shown: dict[str, Any] = {}
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
            if step.is_followed:
                return self._followed(step, ask)
            raw = walk(self.session, step.group, ask) if step.expect is Expect.LISTED else None
            if raw is None:
                own = self.session.own
                self.session.send(ask, who=replace(own, token=None) if step.is_anonymous else own)
        except (Unreachable, NotAllowed, Inconclusive) as obstacle:
            return SideReply(failure=f"{self.called}: {obstacle}")
        except Broken:
            raw = None  # the reply that ended the walk says it all
        return self._answer(step, raw)

    def _followed(self, step: Step, ask: Ask) -> SideReply:
        """Take a step that has effects, and look at what follows."""
        answers: list[SideReply] = []

        def send() -> Any:
            self.session.send(ask)
            answers.append(self._answer(step, None))
            return answers[0].raw if answers[0].is_good else None

        key = "" if step.makes else str(self.names.own(step.record))
        misses = followed(self.session, step.group, ask, key, send)
        return replace(answers[0], misses=misses)

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
                if (name := shared_name(step.group.name, "batch", number)) in step.brings:
                    self._bind(name, result.get("key"))
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
        if not step.record or not answer.is_good:
            return
        if step.operation.kind is Kind.DELETE:
            self.known.pop(step.record, None)
            self.shown.pop(step.record, None)
            return
        is_whole = isinstance(answer.body, dict) and step.operation.kind in WHOLE
        if is_whole:
            self.shown[step.record] = answer.body
        if is_whole and step.operation.plan is None:
            if step.operation.kind is not Kind.READ:
                self.earlier[step.record] = {} if step.makes else self.known.get(step.record, {})
            self.known[step.record] = answer.body
