"""One call of ``mockserver check``: a run from the greeting to the verdict, or a sweep."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mockserver.conformance.baseline import Sorted, sort_out, updated, write_baseline
from mockserver.conformance.created_records import CreatedRecord
from mockserver.conformance.evidence import declared
from mockserver.conformance.options import Options, validate_options
from mockserver.conformance.preflight import preflight
from mockserver.conformance.reporters.events import Finished, Listener, Started
from mockserver.conformance.reporters.report_data import report_on
from mockserver.conformance.run_findings import findings_of
from mockserver.conformance.runner import Run
from mockserver.conformance.stories.reproducing import with_stories
from mockserver.conformance.sweeping import leftovers, sweep_away
from mockserver.conformance.verdict import Verdict
from mockserver.conformance.wire.targets import Target, find_target


def run(
    options: Options,
    listener: Listener = lambda _: None,
    *,
    app: Any = None,
    target: Target | None = None,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Verdict, Target]:
    """Check the target; ``app`` is a WSGI application to check in place of a fresh mock, ``target`` one that is known.

    ``listener`` hears all events; ``clock`` and ``pause`` are what the time limit, the rate and all waiting go by.

    Raises SetupError when nothing could be checked.
    """
    entries = preflight(options)
    target = target or find_target(options, app)
    began, start = datetime.now(UTC), time.perf_counter()
    one = Run(options, target, listener, clock, pause)
    one.greet()
    listener(Started(one.planned()))
    try:
        one.check()
    finally:
        left = one.clean_up()
    found = findings_of(one, left)
    if options.update_baseline and options.baseline is not None and not one.stopped:
        counting = [finding for finding in found if finding.provenance.counts(one.strictness)]
        entries = updated(counting, entries, began.date(), options.reason)
        write_baseline(options.baseline, entries)
    seconds = time.perf_counter() - start
    verdict = _verdict(one, left, sort_out(found, entries, began.date()), began, seconds)
    report = report_on(verdict, target.secrets(), options.redact)
    listener(Finished(with_stories(report, one, options.stories) if options.stories else report))
    return verdict, target


def _verdict(one: Run, left: tuple[CreatedRecord, ...], sorted_out: Sorted, began: datetime, seconds: float) -> Verdict:
    options, target, recorder, evidence = one.options, one.target, one.client.recorder, one.session.evidence
    operations = one.operations()
    return Verdict(
        options=options,
        target=target,
        mark=one.mark,
        began=began,
        seconds=seconds,
        operations=operations,
        results=tuple(one.results),
        findings=tuple(found for found in sorted_out.findings if found.provenance.counts(one.strictness)),
        noted=tuple(found for found in sorted_out.findings if not found.provenance.counts(one.strictness)),
        baseline=sorted_out,
        statuses=dict(recorder.statuses),
        purposes=dict(recorder.purposes),
        requests=recorder.total,
        exchanges=tuple(recorder.exchanges),
        judged=dict(evidence.judged),
        declared={operation.id: tuple(declared(target.contract, operation)) for operation in operations},
        exercised={name: tuple(found) for name, found in evidence.exercised.items()},
        refused=len(one.client.refused),
        partial=one.partial,
        stopped=one.stopped,
        lag=one.lag,
        troubles=tuple(one.troubles()),
        secrets=tuple(one.credentials.secrets()),
        left=left,
    )


def sweep(options: Options) -> tuple[int, tuple[CreatedRecord, ...]]:
    """Remove what earlier runs left: how many records went, and which would not. Raises SetupError."""
    validate_options(options)
    one = Run(options, find_target(options))
    one.greet()
    assert one.ledger
    found = leftovers(one.session, one.ledger)
    left = sweep_away(one.session, one.ledger, found)
    return len(found) - len(left), tuple(left)
