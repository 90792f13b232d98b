"""What a run made, on disk before the target makes it: so that nothing is lost when the run is."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mockserver.conformance.check_plan import Plan
from mockserver.conformance.created_records import CreatedRecord, path_value
from mockserver.conformance.valid_requests import is_valid, record_name
from mockserver.conformance.wire.allow_list import NotAllowed
from mockserver.conformance.wire.traffic import Sent, json_or_none
from mockserver.contract import Kind, Operation
from mockserver.values.json_text import read_own

PREFIX = "mockserver-check-"
"""Every mark begins with it: what carries it was made by a run like this."""
ON_ONE_RECORD = frozenset({Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.NOTICE})


def new_mark(run: str | None = None) -> str:
    """The mark of one run, in every record it makes."""
    return f"{PREFIX}{run or uuid.uuid4().hex[:8]}"


class Ledger:
    """A file of lines, each on disk before the next request leaves: ``intent``, ``made``, ``gone``."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(self, event: str, mark: str, made: CreatedRecord) -> None:
        line = {"event": event, "mark": mark, "tenant": made.tenant, "resource": made.resource, "id": made.id}
        with self.file.open("a") as opened:
            opened.write(json.dumps({**line, "at": datetime.now(UTC).isoformat()}) + "\n")
            opened.flush()
            os.fsync(opened.fileno())

    def left(self) -> list[CreatedRecord]:
        """What was made and is not known to be gone, the newest first."""
        known: dict[CreatedRecord, None] = {}
        for line in self._lines():
            made = CreatedRecord(line["tenant"], line["resource"], line["id"])
            if line["event"] == "made":
                known[made] = None
            elif line["event"] == "gone":
                known.pop(made, None)
        return list(reversed(known))

    def close(self) -> None:
        """Remove the file once nothing is left that it tells of."""
        if not self.left():
            self.file.unlink(missing_ok=True)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """The whole lines; one that a crash cut short is passed over."""
        if not self.file.exists():
            return
        for line in self.file.read_text(encoding="utf-8").splitlines():
            try:
                entry = read_own(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and {"event", "tenant", "resource", "id"} <= set(entry):
                yield entry


@dataclass(frozen=True, slots=True)
class Marking:
    """What stands between a writing run and a shared target: own records only, all of them marked and written down."""

    plan: Plan
    ledger: Ledger
    mark: str
    ever: set[str]
    """The ids of all records this run has made."""

    def before(self, sent: Sent, operation: Operation | None) -> Sent:
        """The request with the mark in all it would make. Raises NotAllowed for what is not this run's."""
        if operation is None:
            return sent
        body = json_or_none(sent.body)
        if operation.kind in ON_ONE_RECORD:
            self._own(path_value(operation, sent.path, record_name(operation)), operation)
        if operation.kind is Kind.BATCH and isinstance(body, dict):
            return self._batch(sent, operation, body)
        self._refers(operation, body)
        if operation.kind is Kind.CREATE:
            return self._create(sent, operation, body)
        return sent

    def record_event(self, event: str, made: CreatedRecord) -> None:
        if event in ("made", "adopted"):
            self.ever.add(made.id)
        if event != "adopted":
            self.ledger.write(event, self.mark, made)

    def _own(self, record_id: Any, operation: Operation) -> None:
        """Only what this run made, or what carries its mark and so is nobody's."""
        if (
            isinstance(record_id, str)
            and record_id not in self.ever
            and self.mark not in record_id
            and _is_id(record_id)
        ):
            raise NotAllowed(f"{operation.id} names a record that this run did not make")

    def _refers(self, operation: Operation, body: Any) -> None:
        """What a record refers to may change with it: only what this run made. An invalid body changes nothing."""
        written = body if operation.kind in (Kind.CREATE, Kind.REPLACE) and is_valid(operation, body) else {}
        if operation.kind is Kind.PATCH and isinstance(body, list):
            written = {str(step.get("path"))[1:]: step.get("value") for step in body if isinstance(step, dict)}
        for reference in operation.resource.references:
            if not reference.is_nested:
                known = written.get(reference.field)
                for one in known if isinstance(known, list) else [known]:
                    self._own(one, operation)

    def _create(self, sent: Sent, operation: Operation, body: Any) -> Sent:
        marked = self._marked(operation, body)
        self._intend(sent, operation)
        return sent if marked is body else _with(sent, marked)

    def _batch(self, sent: Sent, operation: Operation, body: dict[str, Any]) -> Sent:
        words = operation.batch
        items = body.get(words.items)
        if not isinstance(items, list):
            return sent
        create = self.plan.groups[operation.resource.name].operations.get(Kind.CREATE, (None,))[0]
        marked_items = []
        for item in items:
            if isinstance(item, dict) and item.get(words.verb) in ("update", "patch", "delete"):
                self._own(item.get(words.key), operation)
            if create and isinstance(item, dict) and isinstance(item.get(words.record), dict):
                self._refers(create, item[words.record])
            if create and isinstance(item, dict) and item.get(words.verb) == "create":
                self._intend(sent, operation)
                marked = self._marked(create, item.get(words.record))
                item = {**item, words.record: marked} if words.record in item else item  # noqa: PLW2901
            marked_items.append(item)
        return sent if marked_items == items else _with(sent, {**body, words.items: marked_items})

    def _marked(self, operation: Operation, body: Any) -> Any:
        """A body that would make a record, with the mark in it; one that is invalid makes none and stays so."""
        if not is_valid(operation, body):
            return body
        field = self.plan.groups[operation.resource.name].marker
        known = body.get(field)
        return (
            body
            if isinstance(known, str) and self.mark in known
            else {**body, field: f"{self.mark} {known or ''}".strip()}
        )

    def _intend(self, sent: Sent, operation: Operation) -> None:
        tenant = path_value(operation, sent.path, self.plan.contract.tenant) or ""
        self.ledger.write("intent", self.mark, CreatedRecord(tenant, operation.resource.name, ""))


def _with(sent: Sent, body: Any) -> Sent:
    return replace(sent, body=json.dumps(body).encode())


def _is_id(text: str) -> bool:
    """Whether this can be a record's id at all: what cannot is refused by any target."""
    return re.fullmatch(r"[A-Za-z0-9_|:.-]+", text) is not None
