"""What became of a write of which nothing was heard, where no document tells what its operations mean."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from mockserver.conformance.findings import Inconclusive, NotApplicable
from mockserver.conformance.inferred.inferred_conditions import repeat_key, version_header
from mockserver.conformance.inferred.inferred_contents import has_members, planned
from mockserver.conformance.inferred.inferred_trials import InferredTrials
from mockserver.conformance.session import Session
from mockserver.conformance.value_differences import alike
from mockserver.conformance.wire.client import Fate
from mockserver.conformance.wire.traffic import Received, Sent, json_or_none
from mockserver.contract import Kind, Operation
from mockserver.contract.routing import Router
from mockserver.messages import SUCCESSES

GONE = (404, 410)


class InferredFates:
    """Asked by the client about each write that got no answer.

    A create is looked up by what it sent: where the list, read to its end, holds no such record but those that the run
    knows, it was not carried out. Otherwise the check has to start anew: nobody knows what its reply would have been.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, sent: Sent, operation: Operation) -> Fate:
        plan = operation.plan
        if plan is None:
            return Fate.UNKNOWN
        if (key := repeat_key(operation)) and sent.header(key.name) is not None:
            return Fate.NOT_DONE  # a target that has carried it out answers what it answered then
        if sent.method == "POST" and operation.kind is Kind.CREATE:
            return self._of_create(sent, operation)
        if plan.key and sent.method == "DELETE" and operation.kind is Kind.DELETE:
            return self._of_delete(sent)
        return self._of_change(sent, operation) if plan.key and sent.method in ("PUT", "PATCH") else Fate.UNKNOWN

    def _of_delete(self, sent: Sent) -> Fate:
        status = found.status if (found := self._read(sent)) else 0
        return Fate.DONE if status in GONE else Fate.NOT_DONE if status in SUCCESSES else Fate.UNKNOWN

    def _of_change(self, sent: Sent, operation: Operation) -> Fate:
        """What sets members to values does so again, unless it is for a version that it may have changed itself."""
        is_set = has_members(operation)
        if not is_set or operation.kind not in (Kind.REPLACE, Kind.PATCH):
            return Fate.UNKNOWN
        header = version_header(operation)
        version = sent.header(header.name) if header else None
        found = self._read(sent) if version else None
        return Fate.NOT_DONE if not version or (found and found.header("ETag") == version) else Fate.UNKNOWN

    def _read(self, sent: Sent) -> Received | None:
        """The record that a request is about, as it is read; None where the document has no such read."""
        if self._session.client.routes.operation("GET", sent.path) is None:
            return None
        headers = tuple(one for one in sent.headers if not one[0].lower().startswith(("content-", "if-")))
        return self._session.client.send(replace(sent, method="GET", headers=headers, body=None))

    def _of_create(self, sent: Sent, operation: Operation) -> Fate:
        asking, group = InferredTrials(self._session), self._session.plan.groups[operation.resource.name]
        said = asking.comparable(group, asking.said(operation, json_or_none(sent.body)))
        matched = Router([operation.path]).match(sent.path, unquote)
        if not isinstance(said, dict) or not said or matched is None or not has_members(operation):
            return Fate.UNKNOWN
        above = tuple(matched[1].get(name, "") for name in planned(operation).scope or ())
        try:
            found, is_whole = asking.listed_to_its_end(group, above)
        except (Inconclusive, NotApplicable):
            return Fate.UNKNOWN
        if not is_whole:
            return Fate.UNKNOWN
        known = {key for name, _, key in self._session.habits.left if name == group.name}
        alike_ones = (
            key for key, one in found.items()
            if all(alike(value, one[name]) for name, value in said.items() if isinstance(one, dict) and name in one)
        )  # fmt: skip
        return Fate.UNKNOWN if set(alike_ones) - known else Fate.NOT_DONE
