"""The verdict as plain data, every secret covered: the only thing that terminal and reports get to see."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from mockserver.conformance.baseline import Accepted
from mockserver.conformance.execution import Outcome, Result
from mockserver.conformance.options import MOCK
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.reporters.reproduction import curl
from mockserver.conformance.stories.story import Story
from mockserver.conformance.verdict import Cluster, Verdict, clusters
from mockserver.conformance.wire.traffic import Exchange
from mockserver.contract import Operation

SHOWN_BODY = 4_000
"""How many characters of a body a report shows."""
UNTOLD = (Outcome.NOT_APPLICABLE, Outcome.LEFT_OUT)
"""Checks that reports do not list one by one: they have nothing to tell."""


def redactor_for(verdict: Verdict, tokens: list[str], fields: tuple[str, ...]) -> Redactor:
    """A redactor that knows every secret value that went over the wire."""
    redactor = Redactor(tokens, fields, verdict.secrets)
    found = [*verdict.findings, *verdict.noted, *(one for one, _ in verdict.baseline.accepted)]
    for exchange in (*verdict.exchanges, *(step for one in found for step in one.exchanges)):
        redactor.sent(exchange.sent.target, exchange.sent.body)
        redactor.learn(exchange.reply.body if exchange.reply else None)
    return redactor


@dataclass(frozen=True, slots=True)
class Report:
    """One run as reporters see it: ``summary`` is plain data, covered; ``redactor`` covers whatever else is shown.

    ``stories`` reproduce findings; a finding of the summary names the file of its own.
    """

    verdict: Verdict
    summary: dict[str, Any]
    redactor: Redactor
    stories: tuple[Story, ...] = ()


def report_on(verdict: Verdict, tokens: list[str], fields: tuple[str, ...]) -> Report:
    redactor = redactor_for(verdict, tokens, fields)
    return Report(verdict, summary_of(verdict, redactor), redactor)


def summary_of(verdict: Verdict, redactor: Redactor) -> dict[str, Any]:
    """What happened, as JSON: totals, operations, checks, findings by cause, what was not covered and why."""
    covered = verdict.covered()
    summary = {
        "target": "a mock in this process" if verdict.options.target == MOCK else verdict.target.base_url,
        "profile": verdict.options.profile,
        "seed": verdict.options.seed,
        "mark": verdict.mark,
        "began": verdict.began.isoformat(timespec="seconds"),
        "began_at": verdict.began.timestamp(),
        "seconds": round(verdict.seconds, 2),
        "verdict": verdict.word.value,
        "exit_code": verdict.exit_code,
        "partial": verdict.partial or None,
        "stopped": verdict.stopped or None,
        "requests": verdict.requests,
        "not_sent": verdict.refused,
        "covered": covered,
        "evidence": _evidence(verdict),
        "operations": [_operation(verdict, one) for one in verdict.operations],
        "checks": [_check(one, verdict) for one in verdict.results if one.outcome not in UNTOLD],
        "not_covered": _not_covered(verdict),
        "lag": str(verdict.lag) if verdict.lag else None,
        "unserved": list(verdict.target.unserved),
        "infrastructure": [
            {"cause": one.cause, "requests": one.met, "given_up": one.given_up, "first": one.first}
            for one in verdict.troubles
        ],
        "expired": [_entry(one) for one in verdict.baseline.expired],
        "unused": [_entry(one) for one in verdict.baseline.unused],
        "left": [{"tenant": one.tenant, "resource": one.resource, "id": one.id} for one in verdict.left],
    }
    value: dict[str, Any] = redactor.texts(summary)
    value["findings"] = [finding(verdict, one, redactor) for one in verdict.clusters()]
    value["noted"] = [finding(verdict, one, redactor) for one in clusters(verdict.noted)]
    entries = dict(verdict.baseline.accepted)
    value["accepted"] = [
        {**finding(verdict, one, redactor), **redactor.texts(_entry(entries[one.first]))} for one in clusters(entries)
    ]
    return value


def _evidence(verdict: Verdict) -> dict[str, Any]:
    """How much was asked and judged: by checks against what the run required, and by kind of operation."""
    judged, planned = verdict.counted_checks()
    kinds: dict[str, dict[str, int]] = {}
    asked: Counter[str] = Counter()
    for (name, _), count in verdict.statuses.items():
        asked[name] += count
    for one in verdict.operations:
        kind = kinds.setdefault(one.kind.value, {"operations": 0, "asked": 0, "judged": 0})
        kind["operations"] += 1
        kind["asked"] += asked[one.id]
        kind["judged"] += verdict.judged.get(one.id, 0)
    return {
        "planned": planned,
        "judged": judged,
        "hindered": sum(one.hindered for one in verdict.results),
        "required": verdict.options.require,
        "complete": verdict.is_complete,
        "kinds": kinds,
    }


def _clauses(verdict: Verdict, one: Operation) -> dict[str, dict[str, Any]]:
    """By kind of clause: how many the document declares, how many were exercised, and which were not."""
    seen = frozenset(verdict.exercised.get(one.id, ()))
    found: dict[str, dict[str, Any]] = {}
    for clause in verdict.declared.get(one.id, ()):
        entry = found.setdefault(clause.kind, {"declared": 0, "exercised": 0, "missing": []})
        entry["declared"] += 1
        entry["exercised"] += clause in seen
        entry["missing"] += [] if clause in seen else [clause.name]
    return found


def finding(verdict: Verdict, cluster: Cluster, redactor: Redactor) -> dict[str, Any]:
    """One cause: what else it led to and how often, how to see it again, and the exchanges that show it."""
    one = cluster.first
    last = one.exchanges[-1] if one.exchanges else None
    others = {cause: count for cause, count in cluster.causes.items() if cause != one.cause}
    return {
        "check": one.check,
        "title": one.title,
        "code": f"WFC{one.code}" if one.code else None,
        "resource": one.resource,
        "operation": one.operation,
        "operations": list(cluster.operations),
        "resources": list(cluster.resources),
        "cause": redactor.text(one.cause),
        "detail": redactor.text(one.detail),
        "also": [{"cause": redactor.text(cause), "count": count} for cause, count in others.items()],
        "provenance": one.provenance.value,
        "count": cluster.count,
        "seed": verdict.options.seed,
        "story": None,
        "curl": _curl(last, verdict.target.base_url, redactor) if last else None,
        "exchanges": [exchange(step, verdict.target.base_url, redactor) for step in one.exchanges],
    }


def exchange(step: Exchange, base_url: str, redactor: Redactor) -> dict[str, Any]:
    return {
        "request": f"{step.sent.method} {redactor.text(step.sent.target)}",
        "body": cut(redactor.body(step.sent.body)),
        "status": step.reply.status if step.reply else None,
        "reply": cut(redactor.body(step.reply.body)) if step.reply else step.failure,
        "reply_headers": redactor.headers(step.reply.headers) if step.reply else [],
        "curl": _curl(step, base_url, redactor),
    }


def _curl(step: Exchange, base_url: str, redactor: Redactor) -> str:
    return curl(step, base_url, redactor, cut(redactor.body(step.sent.body)))


def _not_covered(verdict: Verdict) -> list[dict[str, Any]]:
    """Each reason with the checks, or the operations, that it holds for."""
    listed: list[dict[str, Any]] = [
        {"reason": reason, "checks": [_named(one) for one in found]} for reason, found in verdict.uncovered().items()
    ]
    unasked = [one.id for one in verdict.unasked()]
    return [*listed, {"reason": "no request went to it", "operations": unasked}] if unasked else listed


def _named(result: Result) -> str:
    return f"{result.check.name} ({result.resource})" if result.resource else result.check.name


def _operation(verdict: Verdict, one: Operation) -> dict[str, Any]:
    statuses = {str(status): count for (name, status), count in sorted(verdict.statuses.items()) if name == one.id}
    checks = sorted({purpose for name, purpose in verdict.purposes if name == one.id and "." in purpose})
    return {
        "id": one.id,
        "method": one.method,
        "path": one.path,
        "kind": one.kind.value,
        "resource": one.resource.name,
        "requests": sum(statuses.values()),
        "judged": verdict.judged.get(one.id, 0),
        "statuses": statuses,
        "undeclared": [status for status in statuses if status != "0" and not one.declares(int(status))],
        "unseen": [status for status in one.statuses if status not in statuses],
        "checks": checks,
        "clauses": _clauses(verdict, one),
    }


def _check(result: Result, verdict: Verdict) -> dict[str, Any]:
    noted = set(map(id, verdict.noted))
    is_only_noted = bool(result.findings) and all(id(one) in noted for one in result.findings)
    outcome = Outcome.PASSED if is_only_noted and result.outcome is Outcome.FAILED else result.outcome
    return {
        "name": result.check.name,
        "title": result.check.title,
        "code": f"WFC{result.check.code}" if result.check.code else None,
        "resource": result.resource,
        "outcome": outcome.value,
        "reason": result.reason or None,
        "asked": result.asked,
        "judged": result.judged,
        "planned": result.planned,
        "findings": len(result.findings),
        "seconds": round(result.seconds, 3),
    }


def _entry(one: Accepted) -> dict[str, Any]:
    return {
        "check": one.check,
        "operation": one.operation,
        "cause": one.cause,
        "reason": one.reason,
        "expires": one.expires.isoformat(),
    }


def times(count: int) -> str:
    """How often something was found, in words."""
    return "once" if count == 1 else f"{count} times"


def cut(text: str) -> str:
    return text if len(text) <= SHOWN_BODY else f"{text[:SHOWN_BODY]}… ({len(text)} characters)"
