"""Between the mock and a real server: who answers a request, and what of the answer is kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from mockserver.conformance.inferred.inferred_replies import InferredReplies
from mockserver.conformance.oracle import faults_of
from mockserver.conformance.wire.traffic import DEEPEST, Exchange, Received, Sent
from mockserver.conformance.wire.transports import Unreachable
from mockserver.contract import Contract, Kind, Operation
from mockserver.contract.document import Node
from mockserver.contract.plan import names_of
from mockserver.errors import Refusal
from mockserver.handlers.door import keep, remove
from mockserver.handlers.planned.addressing.places import record_id
from mockserver.messages import SUCCESSES, Reply, Request, header_text
from mockserver.recording.origin import Origin
from mockserver.recording.recorded_files import RecordedExample, RecordedFiles
from mockserver.recording.shown_records import Pseudonyms, ShownRecord, shown_records
from mockserver.runtime.determinism import EARLIEST, stamp
from mockserver.seeding.unannotated import Unannotated
from mockserver.settings import Settings
from mockserver.store import Moved, Tenant
from mockserver.values.json_text import BadJson, decode
from mockserver.values.media_types import without_parameters
from mockserver.values.members import value_at
from mockserver.values.pointer import json_path, steps_of
from mockserver.values.reasons import reason
from mockserver.values.shown import how_many, shown
from mockserver.world import World

HELD_TO = ("watch.status", "watch.schema", "watch.content_type", "watch.no_stack_trace")
"""The checks that a reply must stand to be kept."""
WAITING = 1_000
"""How many records wait for one that they name."""
AUTHOR = "serve --record"


class RecordingProxy:
    """Answers in a world's place: what ``origin`` answers is held to the document and kept.

    Asked is what the mock does not know, and that changes nothing: reads that are a 404 here, replies it would make up.
    With ``everything`` every request is, writes too. ``say`` gets one line for each.
    """

    def __init__(
        self, world: World, origin: Origin, folder: Path, say: Callable[[str], None],
        *, served: Settings | None = None, everything: bool = False,
    ) -> None:  # fmt: skip
        """``served`` is what was to be served without those files. Raises SetupError when they are not ours."""
        self._origin, self._say, self._everything = origin, say, everything
        self.files = RecordedFiles(folder, _head(world, served or world.settings), partial(_identity, world))
        self._pseudonyms = Pseudonyms(self.files.names_given)
        self._lock = Lock()
        self._waiting: dict[tuple[str, str, str], ShownRecord] = {}
        self._judge: tuple[Contract, InferredReplies | None] | None = None

    def __call__(self, world: World, request: Request, own: Callable[[], Reply]) -> Reply:
        """The reply to a request; ``own`` gives the mock's. Raises Refusal, as that does."""
        operation = world.contract.paths.get(request.template, {}).get(request.method)
        if operation is None or request.method == "HEAD" or request.excess:
            return own()
        if self._everything:
            return self._asked(world, request, operation, None) or own()
        try:
            reply = own()
        except Refusal as refusal:
            if refusal.status != 404 or not _is_safe(operation):
                raise
            if (found := self._asked(world, request, operation, refusal)) is None:
                raise
            return found
        if operation.kind is Kind.STUB and _is_safe(operation):
            return self._asked(world, request, operation, None) or reply
        return reply

    def _asked(self, world: World, request: Request, operation: Operation, refusal: Refusal | None) -> Reply | None:
        """The real server's reply; None where the mock's own is used instead."""
        line = f"{request.method} {request.path[:200]}"
        try:
            received = self._origin.ask(request)
        except Unreachable as error:
            self._report(line, f"not recorded: {error}; {error.remedy}", refusal)
            return None
        problem = _problem(request, operation, received, self._plain(world.contract))
        if problem is None and received.status in SUCCESSES:
            try:
                outcome = self._kept(world, request, operation, received)
            except Moved:  # it is not asked a second time, which might be a second write
                outcome = "not recorded: files were edited meanwhile"
            except OSError as error:
                outcome = f"not recorded for the next start: {reason(error)}"
        else:
            outcome = f"not recorded: {problem or f'answered {received.status}'}"
            if not self._everything:
                self._report(line, outcome, refusal)
                return None
        self._say(f"{line}: {outcome}")
        media_type = header_text(received.header("Content-Type") or "application/octet-stream")
        return Reply(
            received.status, raw=received.body or None, notes=(("Recorded", outcome),), content_type=media_type
        )

    def _plain(self, contract: Contract) -> InferredReplies | None:
        """What judges replies of a document without annotations. PERF: its validators are kept."""
        if self._judge is None or self._judge[0] is not contract:
            maker = contract.maker
            self._judge = contract, None if maker is None else InferredReplies(contract.document, maker)
        return self._judge[1]

    def _report(self, line: str, outcome: str, refusal: Refusal | None) -> None:
        self._say(f"{line}: {outcome}")
        if refusal is not None:
            refusal.reason = f"{refusal.reason}; {outcome}".removeprefix("; ")

    def _kept(self, world: World, request: Request, operation: Operation, received: Received) -> str:
        """Keep what a good reply shows, and say what that was."""
        tenant = request.path_values.get(world.contract.tenant or "", "default")
        if operation.kind is Kind.DELETE:
            return self._gone(world, tenant, operation, request)
        try:
            value = decode(received.body, DEEPEST) if received.body else None
        except BadJson as bad:
            return f"not recorded: no JSON: {bad}"
        value = self._pseudonyms.redacted(value)
        if records := shown_records(operation, request, tenant, value):
            return self._records(world, tenant, records)
        if operation.plan is not None and value is not None and operation.kind is Kind.STUB:
            return self._example(world, operation, received, value)
        return "not recorded: it shows no records"

    def _records(self, world: World, tenant: str, records: list[ShownRecord]) -> str:
        with self._lock, world.store.work(tenant) as holder:
            waiting = [one for (name, *_), one in self._waiting.items() if name == tenant]
            done, problems = self._put(holder, [*records, *waiting])
        lasting = [(one.resource.name, one.id, one.value) for one in done if one.names_parents]
        parts = [how_many(len(done), "record")]
        if not self.files.add(tenant, lasting):
            parts.append("the file is full")
        if len(lasting) < len(done):
            parts.append("kept until the mock stops those that do not say whose they are")
        return "; ".join([*parts, *problems[:3]])

    def _put(self, holder: Tenant, records: list[ShownRecord]) -> tuple[list[ShownRecord], list[str]]:
        """Keep the records that can be, those that name others after these. Returns them, and why others are not.

        PERF: one that names a missing record is looked at again when that has been kept, not before.
        """
        done: list[ShownRecord] = []
        problems: list[str] = []
        blocked: dict[tuple[str, str], list[ShownRecord]] = {}
        queue = deque(records)
        while queue:
            one = queue.popleft()
            if broken := one.resource.violations(one.value):
                problems.append(f"{one.resource.name} {one.id} not kept: {broken[0].pointer}: {broken[0].message}")
            elif (missing := _missing(holder, one)) is not None:
                blocked.setdefault(missing, []).append(one)
            else:
                keep(holder, one.resource, one.id, one.value)
                done.append(one)
                self._waiting.pop((holder.name, one.resource.name, one.id), None)
                queue += blocked.pop((one.resource.name, one.id), ())
        for missing, waiting in blocked.items():
            problems += [self._wait(holder, one, missing) for one in waiting]
        return done, problems

    def _wait(self, holder: Tenant, one: ShownRecord, missing: tuple[str, str]) -> str:
        place, named = (holder.name, one.resource.name, one.id), f"{missing[0]} {shown(missing[1], 60)}"
        if place not in self._waiting and len(self._waiting) >= WAITING:
            return f"{one.resource.name} {one.id} not kept: it names {named}"
        self._waiting[place] = one
        return f"{one.resource.name} {one.id} waits for {named}"

    def _gone(self, world: World, tenant: str, operation: Operation, request: Request) -> str:
        resource, plan = operation.resource, operation.plan
        if plan is None:  # the last parameter of its path is the record's key
            own = [*request.path_values.values()][-1]
        else:
            *parents, key = [request.path_values[name] for name in (*(plan.scope or ()), plan.key) if name is not None]
            own = record_id(tuple(parents), key)
        with world.store.work(tenant) as holder:
            if remove(holder, resource, own) is None:
                return f"{resource.name} {own} was not here"
        self.files.remove(tenant, resource.name, own)
        return f"removed {resource.name} {own}"

    def _example(self, world: World, operation: Operation, received: Received, value: Any) -> str:
        target = _media_path(world, operation, received)
        if target is None:
            return "not recorded: the document has no place of its own for an example of it"
        return "1 example" if self.files.show(RecordedExample(target, value)) else "the file is full"


def _is_safe(operation: Operation) -> bool:
    return operation.method == "GET" or operation.facts.is_safe


def _missing(holder: Tenant, one: ShownRecord) -> tuple[str, str] | None:
    """Resource and id of the first record that one names and that is not there; None where all are."""
    found = (
        (reference.resource, key)
        for reference in one.resource.references
        for _, key in reference.found_in(one.value)
        if key not in holder[reference.resource] and (reference.resource, key) != (one.resource.name, one.id)
    )
    return next(found, None)


def _problem(request: Request, operation: Operation, received: Received, plain: InferredReplies | None) -> str | None:
    """Why a reply is not what the document promises; None for one that is."""
    if 300 <= received.status < 400:
        return f"answered {received.status}, a redirect, which is not followed"
    sent = Sent(request.method, request.path, operation=operation.id)
    exchange = Exchange(0, EARLIEST, AUTHOR, sent, received, "")
    wrong = [one for one in faults_of(exchange, received, operation, plain) if one[0] in HELD_TO]
    return f"{wrong[0][2]} {wrong[0][3]}".strip()[:500] if wrong else None


def _media_path(world: World, operation: Operation, received: Received) -> str | None:
    """The JSONPath of the reply's media type object; None where the document as it is written has none there."""
    document = world.contract.document
    responses = document.operation(operation.path, operation.method).child("responses")
    status = next((one for one in names_of(received.status) if one in (responses.value or {})), None)
    if status is None:
        return None
    wanted = received.media_type
    content = document.follow(responses.child(status)).child("content")
    media = next((name for name in content.value or {} if without_parameters(name) == wanted), None)
    return None if media is None else _json_path(content.child(media))


def _json_path(node: Node) -> str | None:
    names = steps_of(node.pointer)
    if not names or names[0] not in ("paths", "components"):
        return None
    return json_path(names)


def _head(world: World, served: Settings) -> dict[str, Any]:
    """What the recorded scenario says beside its records: it goes on from the one that is served, if that is a file."""
    head: dict[str, Any] = {"description": "Records of a real server, kept by serve --record."}
    name = served.scenario
    if isinstance(world.scenario, Unannotated):
        return {**head, "seed": world.scenario.seed, "clock": stamp(world.scenario.clock)}
    is_file = name.endswith((".yaml", ".yml"))
    return {**head, "extends": str(Path(name).resolve()) if is_file else name}


def _identity(world: World, tenant: str, resource: str, record: Any) -> str:
    found = world.contract.resources.get(resource)
    if found is None or found.is_single or not isinstance(record, dict):
        return tenant
    if found.model is None:
        return str(record.get(found.key))
    keys = tuple(str(value_at(record, parent.field)) for parent in found.model.parents)
    return record_id(keys, str(value_at(record, found.model.key)))
