"""What the terminal shows: progress while it runs (a bar for people, lines for logs), and one summary at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from mockserver.conformance.execution import Outcome, Result
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.reporters.events import Event, Judged, Started, Working
from mockserver.conformance.reporters.report_data import times
from mockserver.conformance.verdict import Word

SHOWN = 12
"""How many causes the terminal shows in full; the reports have all."""
TOLD = (Outcome.FAILED, Outcome.ERROR, Outcome.NOT_COVERED, Outcome.PASSED)
"""What a line of the progress tells: that a check does not apply, or is in no sample, is not news."""
NOTED = "noted"
"""How a line of the progress calls checks of which no breach counts."""
FUZZING = "fuzzing"
EACH = 40
"""Up to how many operations the terminal shows each; more are shown by resource."""
WIDE = 200
"""How many columns the table of operations has where nobody's window is too narrow for it."""
DETAIL = 400
"""How many characters of a finding's detail the terminal shows."""


class Display:
    """Hears what a run does: on a terminal a spinner and a count, elsewhere one line a resource."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._about = ""
        self._tally: dict[str, int] = {}
        self._bar: Progress | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            self._line()
            return
        columns = (
            SpinnerColumn(),
            BarColumn(30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        with Progress(*columns, console=self._console, transient=True) as self._bar:
            self._bar.add_task("", total=None)
            yield

    def __call__(self, event: Event) -> None:
        match event:
            case Started(planned) if self._bar:
                self._bar.update(self._bar.task_ids[0], total=planned)
            case Working(what) if self._bar:
                self._bar.update(self._bar.task_ids[0], description=escape(what)[:60])
            case Judged(result, is_noted):
                self._judged(result, is_noted=is_noted)

    def _judged(self, result: Result, *, is_noted: bool) -> None:
        if not self._bar:
            self._count(result, NOTED if is_noted else result.outcome.value)
        elif result.planned and result.outcome in TOLD and result.check.suite != FUZZING:
            self._bar.advance(self._bar.task_ids[0])

    def _count(self, result: Result, what: str) -> None:
        about = FUZZING if result.check.suite == FUZZING else result.resource or result.check.suite
        if about != self._about:
            self._line()
            self._about, self._tally = about, {}
        self._tally[what] = self._tally.get(what, 0) + 1

    def _line(self) -> None:
        parts = [f"{count} {what}" for what, count in sorted(self._tally.items()) if what in (*TOLD, NOTED)]
        if parts:
            self._console.print(f"{self._about}: {', '.join(parts)}", markup=False, highlight=False)
            self._tally = {}


def show(console: Console, summary: dict[str, Any], written: list[Path]) -> None:
    """The one summary: verdict, coverage, findings by cause, what was not covered and why."""
    console.print()
    console.print(_headline(summary), highlight=False, soft_wrap=True)
    console.print(_coverage(summary), markup=False, highlight=False, soft_wrap=True)
    console.print(_clauses(summary), markup=False, highlight=False, soft_wrap=True)
    _statuses(console, summary)
    _errors(console, summary)
    for one in summary["findings"][:SHOWN]:
        _finding(console, one)
    if (more := len(summary["findings"]) - SHOWN) > 0:
        console.print(f"\n… and {more} more findings: see the report (--report DIR)", highlight=False)
    _noted(console, summary)
    _baseline(console, summary)
    _infrastructure(console, summary)
    _uncovered(console, summary)
    for file in written:
        console.print(f"written: {file}", markup=False, highlight=False, soft_wrap=True)


def _headline(summary: dict[str, Any]) -> str:
    colour, words = _VERDICTS[Word(summary["verdict"])]
    found = len(summary["findings"])
    evidence = summary["evidence"]
    words = words.format(
        found=f"{found} {'finding' if found == 1 else 'findings'}",
        missing=evidence["planned"] - evidence["judged"],
        planned=evidence["planned"],
        errors=sum(one["outcome"] == Outcome.ERROR for one in summary["checks"]),
        why=escape(summary["stopped"] or ""),
    )
    ended = summary["partial"] if summary["partial"] != summary["stopped"] else None
    partial = f" [yellow](partial: {escape(ended)})[/]" if ended else ""
    where = f"{escape(summary['target'])}, profile {summary['profile']}, seed {summary['seed']}"
    spent = f"{summary['requests']} requests in {summary['seconds']:.1f} s"
    uncounted = sum(one["provenance"] != Provenance.EXPECTED for one in summary["noted"])
    more = f"; {uncounted} more reported below, not counted" if uncounted else ""
    return f"[bold {colour}]{words}[/]{partial}: {where}, {spent}{more}"


_VERDICTS: Mapping[Word, tuple[str, str]] = {
    Word.CLEAN: ("green", "clean"),
    Word.FINDINGS: ("red", "{found}"),
    Word.INCOMPLETE: ("yellow", "incomplete, {missing} of {planned} planned checks judged nothing"),
    Word.UNJUDGED: ("yellow", "nothing was judged"),
    Word.ERROR: ("red", "{errors} of the checks crashed"),
    Word.STOPPED: ("red", "stopped, {why}"),
}


def _coverage(summary: dict[str, Any]) -> str:
    names = {"operations": "operations", "checks": "planned checks judged", "statuses": "declared statuses seen"}
    line = "covered: " + ", ".join(
        f"{found} of {total} {names[name]}" for name, (found, total) in summary["covered"].items()
    )
    required = summary["evidence"]["required"]
    return line if required is None else f"{line}; {required:.0%} of the planned checks are required"


def _clauses(summary: dict[str, Any]) -> str:
    """How many clauses of each kind were exercised, over all operations."""
    total: dict[str, list[int]] = {}
    for one in summary["operations"]:
        for kind, entry in one["clauses"].items():
            sums = total.setdefault(kind, [0, 0])
            sums[0] += entry["exercised"]
            sums[1] += entry["declared"]
    return "exercised: " + ", ".join(f"{seen} of {known} {_PLURALS[kind]}" for kind, (seen, known) in total.items())


_PLURALS: Mapping[str, str] = {
    "status": "statuses",
    "media type": "media types",
    "parameter": "parameters",
    "member": "body members",
    "constraint": "constraints broken on purpose",
}


def _statuses(console: Console, summary: dict[str, Any]) -> None:
    width = None if console.is_terminal else WIDE  # a log folds no lines
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim" if console.is_terminal else "")
    first = "operation" if len(summary["operations"]) <= EACH else "resource"
    columns = ((first, "left"), ("asked", "right"), ("judged", "right"), ("checks", "right"), ("statuses", "left"))
    for name, justify in columns:
        table.add_column(name, justify=justify, no_wrap=name != "statuses", overflow="fold")  # type: ignore[arg-type]
    rows: dict[str, list[dict[str, Any]]] = {}
    for one in summary["operations"]:
        rows.setdefault(one["id"] if len(summary["operations"]) <= EACH else one["resource"], []).append(one)
    for name, several in rows.items():
        asked, judged = (str(sum(one[what] for one in several)) for what in ("requests", "judged"))
        checks = {name for one in several for name in one["checks"]}
        table.add_row(name, asked, judged, str(len(checks)), _counts(one["statuses"] for one in several))
    console.print(Padding(table, (0, 0, 0, 2)), width=width)


def _counts(statuses: Iterable[Mapping[str, int]]) -> str:
    total: Counter[str] = Counter()
    for one in statuses:
        total.update(one)
    return " ".join(f"{status if status != '0' else 'none'}x{total[status]}" for status in sorted(total))


def _errors(console: Console, summary: dict[str, Any]) -> None:
    """Checks that failed themselves: no word about the target."""
    for one in summary["checks"]:
        if one["outcome"] == Outcome.ERROR:
            line = f"the check {one['name']} ({one['resource']}) crashed: {one['reason']}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _finding(console: Console, one: dict[str, Any]) -> None:
    """One cause: where it was found, what else it led to, how to see it again."""
    code = f" {one['code']}" if one["code"] else ""
    others = len(one["operations"]) - 1
    where = one["operation"] + (
        f" and {others} more {'operation' if others == 1 else 'operations'}" if others > 0 else ""
    )
    console.print()
    console.print(f"[red]✗[/] [bold]{escape(one['cause'])}[/]", soft_wrap=True, highlight=False)
    lines = [f"{one['check']}{code} · {where} · {one['provenance']} · found {times(one['count'])} · seed {one['seed']}"]
    if one["detail"]:
        lines.append(" ".join(one["detail"].split())[:DETAIL])
    if also := [other["cause"] for other in one["also"]]:
        more = f"; and {len(also) - 2} more" if len(also) > 2 else ""
        lines.append(f"also: {'; '.join(also[:2])}{more}")
    if one["story"]:
        lines.append(f"story: {one['story']}; mockserver check --replay repeats it, as do the .sh and .py beside it")
    for line in [*lines, *([one["curl"]] if one["curl"] else [])]:
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)


def _noted(console: Console, summary: dict[str, Any]) -> None:
    """What breaks clauses that nobody documented: told, and not counted."""
    if summary["noted"]:
        console.print("\nreported, but not counted at this strictness (--strictness counts more):", highlight=False)
    for one in summary["noted"][:SHOWN]:
        line = f"  {one['provenance']}: {one['cause']} · {one['check']} · {one['operation']}, {times(one['count'])}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if (more := len(summary["noted"]) - SHOWN) > 0:
        console.print(f"  … and {more} more: see the report (--report DIR)", highlight=False)


def _baseline(console: Console, summary: dict[str, Any]) -> None:
    lines = [
        f"accepted: {one['check']} {one['operation']} ({one['reason']}, until {one['expires']})"
        for one in summary["accepted"]
    ]
    lines += [
        f"expired in the baseline on {one['expires']}: {one['check']} ({one['reason']})" for one in summary["expired"]
    ]
    lines += [f"in the baseline, but matches nothing: {one['check']} ({one['reason']})" for one in summary["unused"]]
    lines += [f"could not be removed: {one['tenant']}/{one['resource']}/{one['id']}" for one in summary["left"]]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _infrastructure(console: Console, summary: dict[str, Any]) -> None:
    """What stood between the run and the target: no finding, one line a cause."""
    for title in summary["unserved"]:
        line = f"left out, since the target answers none of its paths: {title} (--spec says what must be there)"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if summary["lag"]:
        console.print(f"reads lag behind writes by {summary['lag']}: they waited for it", highlight=False)
    if summary["infrastructure"]:
        console.print("\nobstacles, not findings:", highlight=False)
    for one in summary["infrastructure"]:
        given_up = f", {one['given_up']} given up" if one["given_up"] else ", all of them answered later"
        line = f"  {one['cause']}: {one['requests']}x from request {one['first']} on{given_up}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _uncovered(console: Console, summary: dict[str, Any]) -> None:
    if summary["not_covered"]:
        console.print()
        console.print("not covered, and why:", highlight=False)
    for one in summary["not_covered"]:
        what = one.get("checks") or one.get("operations", [])
        more = f" and {len(what) - 3} more" if len(what) > 3 else ""
        console.print(f"  {one['reason']}: {', '.join(what[:3])}{more}", markup=False, highlight=False, soft_wrap=True)
