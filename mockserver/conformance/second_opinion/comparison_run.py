"""One call of ``mockserver check --against``: both servers greeted, compared and cleaned up, and what to tell of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mockserver.conformance.options import MOCK, Options, validate_options
from mockserver.conformance.reporters.events import Listener
from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.runner import Run
from mockserver.conformance.second_opinion.comparison import Comparison
from mockserver.conformance.second_opinion.fidelity import Conditions, summarize
from mockserver.conformance.second_opinion.sides import Side
from mockserver.conformance.wire.targets import Target, find_target

SHOWN = "the mock"


def compare(
    options: Options,
    listener: Listener = lambda _: None,
    *,
    targets: tuple[Target, Target] | None = None,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Compare ``options.target`` with ``options.against``; ``targets`` are these two where they are known.

    Returns the summary as plain data, every secret covered. Raises SetupError when nothing could be compared.
    """
    validate_options(options)
    began, start = datetime.now(UTC), time.perf_counter()
    settings = (options, _other(options))
    targets = targets or (find_target(settings[0]), find_target(settings[1]))
    runs = [Run(one, target, listener, clock, pause) for one, target in zip(settings, targets, strict=True)]
    for run in runs:
        run.greet()
    first, second = runs
    is_mock = settings[1].target == MOCK
    other = SHOWN if is_mock else targets[1].base_url
    sides = (Side("the target", first), Side(other, second))
    comparison = Comparison(*sides, list(first.groups.values()), listener, can_plant=is_mock)
    try:
        first.attempt(comparison.run)
    finally:
        left = [made for run in runs for made in run.clean_up()]
    conditions = Conditions(
        target=targets[0].base_url if options.target != MOCK else SHOWN,
        other=other,
        base_url=targets[0].base_url,
        other_url=targets[1].base_url,
        profile=options.profile,
        seed=options.seed,
        began=began.isoformat(timespec="seconds"),
        seconds=time.perf_counter() - start,
        stopped=first.partial or second.client.patience.stopped,
        required=options.require,
        left=tuple(f"{made.tenant}/{made.resource}/{made.id}" for made in left),
    )
    secrets = [one for run in runs for one in run.credentials.secrets()]
    tokens = [one for target in targets for one in target.secrets()]
    return summarize(comparison, conditions, Redactor(tokens, options.redact, secrets))


def _other(options: Options) -> Options:
    """How the second server is asked: a mock of its own, or another URL in the same way as the target."""
    plain = replace(
        options,
        target=str(options.against),
        against=None,
        token=options.against_token,
        token_command=None,
        token_url=None,
        other_tenant=None,
        other_token=None,
        tenant=options.against_tenant or options.tenant,
    )
    if options.against != MOCK:
        validate_options(plain)
        return plain
    return replace(plain, profile=MOCK, token=None, tenant=options.against_tenant, ca=None, insecure=False, rate=None)
