"""What is looked at before any request is sent: all that is wrong with what a user named is reported at once."""

from __future__ import annotations

from mockserver.conformance.baseline import Accepted, read_baseline
from mockserver.conformance.check_plan import read_plan
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options, unknown_groups, validate_options
from mockserver.conformance.wire.targets import settings_of
from mockserver.errors import Problem, SetupError, keeping
from mockserver.world import contract_of


def preflight(options: Options) -> tuple[Accepted, ...]:
    """The entries of the baseline.

    Raises SetupError with every problem of the options, the baseline, the folders of checks and the document.
    """
    problems: list[Problem] = []
    entries: tuple[Accepted, ...] = ()
    with keeping(problems):
        validate_options(options)
    with keeping(problems):
        entries = read_baseline(options.baseline, may_be_missing=options.update_baseline)
    with keeping(problems):
        load_checks(options.checks, inferred=None)
    if problems:
        with keeping(problems):  # PERF: where all of this is good, the document is read once, with the target
            known = read_plan(contract_of(settings_of(options)), options.seed).groups
            problems += unknown_groups(options, known)
        raise SetupError(dict.fromkeys(problems))
    return entries
