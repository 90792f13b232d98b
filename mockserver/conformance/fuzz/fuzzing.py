"""Schemathesis against the target, through the one client: every phase, its checks and ours, repeatable by seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.core import EventStream
from schemathesis.engine.recorder import Interaction, ScenarioRecorder

from mockserver.conformance.findings import Finding
from mockserver.conformance.fuzz import fuzz_checks
from mockserver.conformance.fuzz.bridge import NOT_SENT, Bridge
from mockserver.conformance.fuzz.seed_alone import by_seed_alone
from mockserver.conformance.profiles import Amount
from mockserver.conformance.registry import Check
from mockserver.conformance.session import Session
from mockserver.conformance.wire.traffic import Exchange, Received, Sent
from mockserver.contract import Kind, Operation

SCHEMA_CHECK = "response_schema_conformance"
OWN_CHECKS = (fuzz_checks.over_posting, fuzz_checks.right_record, fuzz_checks.refusals_tell_why)
PHASES = ("examples", "coverage", "fuzzing", "stateful")
CODES: Mapping[str, int] = {
    "not_a_server_error": 100,
    "unsupported_method": 110,
    "allow_header_conformance": 201,
    "use_after_free": 113,
    "ensure_resource_availability": 122,
    "response_schema_conformance": 200,
    "negative_data_rejection": 206,
    "positive_data_acceptance": 207,
    "over_posting": 303,
}


@dataclass(frozen=True, slots=True)
class FuzzedOperation:
    """One operation (or sequence) in one phase: how often each check was carried out, and what it found."""

    phase: str
    label: str
    checks: dict[str, int]
    findings: tuple[Finding, ...]
    problem: str = ""


def settings(session: Session, amount: Amount, seed: int) -> dict[str, Any]:
    """What ``schemathesis.toml`` would say; the reasons are those of that file."""
    accepted = ["2xx", 401, 403, 404, 409, 429]
    tenant = session.plan.contract.tenant
    polite = session.limits.reads_only or not session.limits.owns_all
    coverage: dict[str, Any] = {"unexpected-methods": []} if polite else {}
    return {
        "seed": seed,
        "workers": 1,
        "cache": {"enabled": False},
        "headers": {"Authorization": f"Bearer {session.own.token}"} if session.own.token else {},
        "parameters": {f"path.{tenant}": session.own.tenant} if tenant else {},
        "generation": {"database": "none", "max-examples": max(amount.cases, 1), "no-shrink": True},
        "phases": {
            "coverage": coverage,
            "fuzzing": {"enabled": amount.cases > 0},
            "stateful": {
                "enabled": amount.sequences > 0,
                "generation": {"max-examples": max(amount.sequences, 1), "mode": "positive"},
                "checks": {"negative_data_rejection": {"enabled": False}},
            },
        },
        "checks": {
            "ignored_auth": {"enabled": False},
            "unsupported_method": {"enabled": not polite},
            "positive_data_acceptance": {"expected-statuses": accepted},
        },
        "operations": [*_exceptions(session, [*accepted, 400])],
    }


def _exceptions(session: Session, accepted: list[Any]) -> Iterator[dict[str, Any]]:
    """Of which operations less is asked; ``accepted``: the statuses where what keeps its schema may be refused."""
    may_be_bad = {"positive_data_acceptance": {"expected-statuses": accepted}}
    yield {"include-method": ["PATCH", "PUT"], "checks": may_be_bad}
    for one in session.plan.operations():
        if one.kind is Kind.QUERY:
            yield {"include-operation-id": one.id, "checks": may_be_bad}
        if one.kind is Kind.PREVIEW:
            yield {"include-operation-id": one.id, "checks": {"ensure_resource_availability": {"enabled": False}}}
        if one.resource.is_single:
            # A tenant's only record is made again unseen where one is needed: one that is there was not left over.
            yield {"include-operation-id": one.id, "checks": {"use_after_free": {"enabled": False}}}


def fuzz(
    session: Session, amount: Amount, seed: int, wanted: Callable[[Operation], bool], report: Callable[[str], None]
) -> Iterator[FuzzedOperation]:
    """Run every phase over the operations that are ``wanted``; ``told`` hears of each that begins."""
    bridge = Bridge(session)
    chosen = settings(session, amount, seed)
    if unwanted := [one.id for one in session.plan.operations() if not wanted(one)]:
        # Not by schema.include(): settings for some operations make Schemathesis forget it.
        chosen["operations"].append({"include-operation-id": unwanted, "enabled": False})
    config = SchemathesisConfig.from_dict(chosen)
    schema = schemathesis.openapi.from_dict(session.plan.contract.document.root, config=config)
    schema.app = bridge
    session.client.purpose = "fuzzing.preparation"
    with by_seed_alone():
        yield from _happened(session, bridge, from_schema(schema).execute(), report)
    if bridge.over:
        yield FuzzedOperation("", "", {}, (), bridge.over)


def _happened(
    session: Session, bridge: Bridge, stream: EventStream, report: Callable[[str], None]
) -> Iterator[FuzzedOperation]:
    """What comes of each event of a run."""
    for event in stream:
        if bridge.over:
            stream.stop()
        if isinstance(event, events.ScenarioStarted):
            report(f"{event.phase.value} {event.label or ''}".strip())
        elif isinstance(event, events.ScenarioFinished):
            yield _scenario(session, event)
        elif isinstance(event, events.NonFatalError):
            yield FuzzedOperation(
                str(event.phase.value if event.phase else ""), event.label, {}, (), str(event.value)[:300]
            )
        elif isinstance(event, events.Interrupted) and not bridge.over:  # by a person, and not by us
            raise KeyboardInterrupt
        elif isinstance(event, events.FatalError):
            raise event.exception


def _scenario(session: Session, event: events.ScenarioFinished) -> FuzzedOperation:
    counts: dict[str, int] = {}
    found: list[Finding] = []
    for case_id, nodes in event.recorder.checks.items():
        if _was_sent(event.recorder, case_id):
            for node in nodes:
                if node.name == SCHEMA_CHECK and _is_projected(session, event.recorder, case_id):
                    continue  # the oracle holds it to the same schema, of which only the key is then required
                counts[node.name] = counts.get(node.name, 0) + 1
                if node.status is Status.FAILURE and node.failure_info and _is_judged(node.failure_info.failure):
                    found.append(_finding(session, event.recorder, case_id, node.name, node.failure_info.failure))
    return FuzzedOperation(event.phase.value, event.recorder.label, counts, tuple(found))


def _was_sent(recorder: ScenarioRecorder, case_id: str) -> bool:
    interaction = recorder.interactions.get(case_id)
    return bool(interaction and interaction.response and NOT_SENT.lower() not in interaction.response.headers)


def _is_projected(session: Session, recorder: ScenarioRecorder, case_id: str) -> bool:
    """Whether the request asked for some fields only, which the document's schema of the reply has no words for."""
    case = recorder.cases[case_id].value
    operation = _operation(session, case)
    return operation is not None and operation.projection is not None and operation.projection in (case.query or {})


def _operation(session: Session, case: Case[Any]) -> Operation | None:
    return session.plan.contract.paths.get(case.operation.path, {}).get(case.operation.method.upper())


def _is_judged(failure: Failure) -> bool:
    """False where a request counts as invalid but nothing invalid in it is known: in a sequence that went astray."""
    return "Invalid component: positive test case" not in str(failure.message)


def _finding(session: Session, recorder: ScenarioRecorder, case_id: str, name: str, failure: Failure) -> Finding:
    case = recorder.cases[case_id].value
    operation = _operation(session, case)
    chain = [one.id for one in recorder.iter_chain_cases(case_id=case_id)]
    steps = [recorder.interactions[one] for one in [*chain[-7:], case_id] if one in recorder.interactions]
    return Finding(
        check=f"fuzzing.{name}",
        title=title(name),
        code=CODES.get(name),
        resource=operation.resource.name if operation else "",
        operation=operation.id if operation else case.operation.label,
        cause=_cause(failure, recorder.interactions.get(case_id)),
        detail=str(failure.message or failure)[:1_000],
        exchanges=tuple(_exchange(index, name, one, operation) for index, one in enumerate(_once(steps))),
    )


def title(name: str) -> str:
    own = next((one for one in OWN_CHECKS if getattr(one, "__name__", "") == name), None)
    text = (own.__doc__ or name).splitlines()[0].rstrip(".") if own else name.replace("_", " ")
    return f"Schemathesis: {text}"


def as_check(name: str) -> Check:
    """A check of Schemathesis as one of ours, for the reports."""
    return Check(f"fuzzing.{name}", title(name), lambda _, __: None, frozenset[Kind](), code=CODES.get(name))


def _cause(failure: Failure, interaction: Interaction | None) -> str:
    """One line without values: the failure's kind, and the status it was seen with."""
    status = interaction.response.status_code if interaction and interaction.response else "no reply"
    first = (failure.message or "").strip().splitlines()[:1] if type(failure).__name__ == "CustomFailure" else []
    return f"{first[0] if first else failure.title} ({status})"


def _once(steps: list[Interaction]) -> list[Interaction]:
    seen: list[Interaction] = []
    for step in steps:
        if not any(step is one for one in seen):
            seen.append(step)
    return seen


def _exchange(number: int, purpose: str, step: Interaction, operation: Operation | None) -> Exchange:
    url = urlsplit(step.request.uri)
    target = f"{url.path}?{url.query}" if url.query else url.path
    headers = tuple((name, one) for name, found in step.request.headers.items() for one in found)
    sent = Sent(step.request.method, target, headers, step.request.body, operation.id if operation else None)
    reply = None
    if step.response:
        reply_headers = tuple((name, one) for name, found in step.response.headers.items() for one in found)
        reply = Received(step.response.status_code, reply_headers, step.response.content, step.response.elapsed)
    return Exchange(number, datetime.fromtimestamp(step.timestamp, UTC), f"fuzzing.{purpose}", sent, reply)
