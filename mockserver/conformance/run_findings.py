"""All that a run has found: by its checks, by the watch on every reply, and by what would not be made or go."""

from __future__ import annotations

from http import HTTPStatus

from mockserver.conformance.created_records import CreatedRecord
from mockserver.conformance.findings import Finding
from mockserver.conformance.runner import Run


def findings_of(run: Run, left: tuple[CreatedRecord, ...]) -> list[Finding]:
    """All that was found, by checks, by the watch on every reply, and by what could not be made or removed."""
    watched = [one for finding in run.oracle.findings.values() for one in [finding] * run.oracle.seen[finding.key]]
    found = [one for result in run.results for one in result.findings]
    found = [*seen_by_checks_alone(found, watched), *watched]
    known = {one.operation for one in found}
    for result in run.results:
        if result.blocked and result.blocked not in known:
            known.add(result.blocked)
            found.append(
                _about("preparation.records", "Records can be made to work with", result.blocked, result.reason)
            )
    if run.lag and run.lag.high > run.options.settle:
        cause = f"reads lag behind writes by {run.lag}"
        detail = "all else was judged with reads that wait; --settle 2s allows for it"
        found.append(_about("watch.lag", "Reads see what was written before them", "", cause, detail))
    for made in () if run.stopped else left:
        found.append(
            _about(
                "preparation.clean_up",
                "What was created can be removed",
                "",
                f"{made.resource} could not be removed",
                made.id,
            )
        )
    return found


def seen_by_checks_alone(found: list[Finding], watched: list[Finding]) -> list[Finding]:
    """What the watch does not tell as well: in the same words, or of a reply that failed."""
    watched_causes = {(one.operation, one.cause) for one in watched}
    failed = {one.operation for one in watched if one.check == "watch.no_server_error"}
    return [
        one
        for one in found
        if (one.operation, one.cause) not in watched_causes
        and not (one.operation in failed and one.check.startswith("fuzzing.") and _is_failure(one))
    ]


def _is_failure(finding: Finding) -> bool:
    reply = finding.exchanges[-1].reply if finding.exchanges else None
    return reply is not None and reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _about(check: str, title: str, operation: str, cause: str, detail: str = "") -> Finding:
    return Finding(check, title, None, "", operation, cause, detail)
