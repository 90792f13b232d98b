"""The command ``mockserver check``: options in, a verdict out; everything heavy is imported when it runs."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from mockserver.commands.check_options import check_options
from mockserver.commands.interrupting import interruptible
from mockserver.errors import Problem, SetupError
from mockserver.values.line_numbers import with_lines

NOT_RUN = 2


@click.command()
@check_options
@interruptible()
def check(
    *,
    sweep: bool,
    replay: Path | None,
    report: Path | None,
    stories: Path | None,
    spec: tuple[str, ...],
    strictness: str | None,
    **chosen: Any,
) -> None:
    """Check that a server keeps its contract. Without --target, check the mock itself.

    Exit status: 0 if clean, 1 if something was found or too little was judged, 2 if nothing could be judged.
    With --replay: 0 if the finding is gone, 1 if it is still there, 3 if it is flaky.

    \b
    Examples:
      mockserver check
      mockserver check --group applications --group credits
      mockserver check --profile nightly
      mockserver check --target http://127.0.0.1:8080 --profile http
      mockserver check --target https://api.staging.example.com --profile staging-read --tenant acme \\
          --report reports/contract --baseline contract-baseline.yaml
      mockserver check --target https://api.staging.example.com --profile staging-write --tenant contract-tests \\
          --allow-host api.staging.example.com
      mockserver check --target http://127.0.0.1:8080 --profile http --against mock
      mockserver check --spec petstore.yaml --target http://127.0.0.1:3000 --profile http
      mockserver check --spec shop.yaml --spec billing.yaml=/billing
    """
    try:
        chosen |= _document(spec, strictness)
        if replay:
            sys.exit(_replay(replay, chosen))
        if not (sweep or chosen["against"]):
            sys.exit(_check(report, stories or (report / "stories" if report else None), chosen))
        sys.exit((_sweep if sweep else _compare)(report, chosen))
    except SetupError as error:
        for problem in with_lines(error.problems):
            click.secho(_covered(str(problem), chosen), fg="red", err=True)
        click.secho("mockserver check: nothing was checked.", err=True)
        sys.exit(NOT_RUN)
    except Exception:  # noqa: BLE001 -- a fault of the checks themselves must not look like a finding
        click.secho(_covered(traceback.format_exc(), chosen), err=True)
        click.secho("mockserver check: the kit itself failed; please report this.", fg="red", err=True)
        sys.exit(NOT_RUN)
    except KeyboardInterrupt:
        click.secho("mockserver check: stopped; the records it had created were removed.", err=True)
        sys.exit(NOT_RUN)


def _document(spec: tuple[str, ...], strictness: str | None) -> dict[str, Any]:
    """What was said of the document and its clauses."""
    from mockserver.conformance.provenance import Provenance

    found: dict[str, Any] = {"spec": spec if len(spec) > 1 else spec[0]} if spec else {}
    return found | ({"strictness": Provenance(strictness)} if strictness else {})


def _check(report: Path | None, stories: Path | None, chosen: dict[str, Any]) -> int:
    require_schemathesis()
    from rich.console import Console

    from mockserver.conformance.invocation import run
    from mockserver.conformance.options import Options
    from mockserver.conformance.reporters.events import Event, Finished, to_all
    from mockserver.conformance.reporters.reporting import Files, all_reporters
    from mockserver.conformance.reporters.summary import Display, show
    from mockserver.conformance.stories.scripts import clear_stories, write_stories

    console = Console(soft_wrap=False)
    display, files = Display(console), [Files(report, all_reporters())] if report else []
    ended: list[Finished] = []

    def hear(event: Event) -> None:
        if isinstance(event, Finished):
            ended.append(event)

    for one in files:
        one.clear()
    if stories:
        clear_stories(stories)
    with display.running():
        verdict, _ = run(Options(report=report, stories=stories, **chosen), to_all(display, *files, hear))
    summary, written = ended[-1].report.summary, [file for one in files for file in one.written]
    try:
        if stories and (reproducing := ended[-1].report.stories):
            write_stories(stories, reproducing)
            written.append(stories)
    finally:  # whatever becomes of its stories, what was found is shown
        show(console, summary, written)
    _annotate(summary)
    if summary["stopped"]:
        click.secho(f"mockserver check: stopped, {summary['stopped']}", fg="red", err=True)
    return verdict.exit_code


def _compare(report: Path | None, chosen: dict[str, Any]) -> int:
    require_schemathesis()
    from rich.console import Console

    from mockserver.conformance.options import Options
    from mockserver.conformance.reporters.summary import Display
    from mockserver.conformance.second_opinion.comparison_run import compare
    from mockserver.conformance.second_opinion.fidelity_report import clear, show, write

    console = Console(soft_wrap=False)
    display = Display(console)
    if report:
        clear(report)
    with display.running():
        summary = compare(Options(report=report, **chosen), display)
    show(console, summary, write(report, summary) if report else [])
    return int(summary["exit_code"])


def _replay(file: Path, chosen: dict[str, Any]) -> int:
    require_schemathesis()
    from mockserver.conformance.options import Options
    from mockserver.conformance.reporters.report_redaction import escaped
    from mockserver.conformance.stories.replaying import replay

    story, fate = replay(file, Options(**chosen))
    click.echo(f"{fate.value}: {escaped(story.operation)}: {escaped(story.cause)}")
    for gap in story.gaps if fate.exit_code == 0 else ():
        click.echo(f"note: {escaped(gap)}")
    return fate.exit_code


def _annotate(summary: dict[str, Any]) -> None:
    """In a workflow of GitHub, what was found stands at the run as well."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from mockserver.conformance.reporters.exports import workflow_commands

        for line in workflow_commands(summary):
            click.echo(line)


def _sweep(report: Path | None, chosen: dict[str, Any]) -> int:
    require_schemathesis()
    from mockserver.conformance.invocation import sweep
    from mockserver.conformance.options import Options

    gone, left = sweep(Options(report=report, sweep=True, **chosen))
    click.echo(f"removed {gone} records that earlier runs had left")
    for made in left:
        click.echo(f"could not be removed: {made.tenant}/{made.resource}/{made.id}")
    return 1 if left else 0


def require_schemathesis() -> None:
    """Raises SetupError when what the checks are made with is not there."""
    try:
        import hypothesis  # noqa: F401
        import schemathesis  # noqa: F401
    except ImportError as error:
        remedy = "install mockserver with its extra [test]: pip install '.[test]' in a checkout"
        raise SetupError([Problem("installation", "", f"{error.name} is missing", remedy)]) from None


def _covered(text: str, chosen: dict[str, Any]) -> str:
    from mockserver.conformance.reporters.report_redaction import Redactor

    return Redactor(filter(None, map(chosen.get, ("token", "other_token", "against_token", "client_secret")))).text(
        text
    )
