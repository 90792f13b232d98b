"""What is written and shown of a comparison: JSON, a page, a badge, an overlay, and the lines of the terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from rich.console import Console
from rich.markup import escape

from mockserver.conformance.reporters.report_pages import render
from mockserver.conformance.second_opinion.fidelity import badge, percent
from mockserver.conformance.second_opinion.opinion import Ruling
from mockserver.values.output import writing

Summary: TypeAlias = Mapping[str, Any]
COLOURS: Mapping[str, str] = {
    Ruling.TARGET.value: "red",
    Ruling.OTHER.value: "yellow",
    Ruling.SILENT.value: "cyan",
}
REMEDY = "name a folder with --report"
SHOWN = 12
"""How many differences the terminal shows; the reports have all."""


def _page(summary: Summary) -> str:
    return render("fidelity.html", summary=summary, percent=percent, words=_words)


def _overlay(summary: Summary) -> str:
    return yaml.safe_dump(summary["overlay"], sort_keys=False, allow_unicode=True) if summary["overlay"] else ""


FORMS: Mapping[str, Callable[[Summary], str]] = {
    "fidelity.json": lambda summary: json.dumps(summary, indent=1, ensure_ascii=False),
    "fidelity.html": _page,
    "badge.json": lambda summary: json.dumps(badge(summary)),
    "learned.overlay.yaml": _overlay,
}
"""What is written, by the name of the file; what is empty is not."""


def clear(folder: Path) -> None:
    """Remove the files of an earlier comparison. Raises SetupError."""
    with writing(folder, REMEDY):
        for name in FORMS:
            (folder / name).unlink(missing_ok=True)


def write(folder: Path, summary: Summary) -> list[Path]:
    """Raises SetupError when the folder cannot be written to."""
    made: list[Path] = []
    with writing(folder, REMEDY):
        folder.mkdir(parents=True, exist_ok=True)
        for name, form in FORMS.items():
            if text := form(summary):
                (folder / name).write_text(text, encoding="utf-8", errors="replace")
                made.append(folder / name)
    return made


def show(console: Console, summary: Summary, files: list[Path]) -> None:
    """The score, the differences by verdict with their stories, and what was never compared."""
    for line in lines(summary):
        console.print(line, highlight=False, soft_wrap=True)
    for file in files:
        console.print(f"[dim]wrote {escape(str(file))}[/]", highlight=False, soft_wrap=True)


def lines(summary: Summary) -> Iterator[str]:
    compared = f"{summary['agreed']} of {summary['judged']} steps in {len(summary['operations'])} operations"
    score = percent(summary["fidelity"]) if summary["judged"] else "nothing was compared"
    names = f"{summary['target']} and {summary['against']}"
    yield f"[bold]fidelity {score}[/]: {escape(names)} agree in {compared}, seed {summary['seed']}"
    if summary["stopped"]:
        yield f"[red]ended early:[/] {escape(summary['stopped'])}"
    for one in summary["differences"][:SHOWN]:
        yield ""
        yield from _difference(one)
    if (more := len(summary["differences"]) - SHOWN) > 0:
        yield f"\nand {more} more differences: see fidelity.html (--report DIR)"
    for reason, count in Counter(summary["never_compared"].values()).most_common(6):
        yield f"[dim]not compared: {count} operations, {escape(reason)}[/]"


def _difference(one: Mapping[str, Any]) -> Iterator[str]:
    names = list(one["operations"])
    where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    yield f"[{COLOURS[one['verdict']]}]{one['verdict']}[/] · {escape(where)}, {_times(one['count'])}"
    what, place, mine, other = (escape(one[name]) for name in ("what", "place", "target", "other"))
    yield f"  to {what}: {place} is {mine}, against {other}"
    if one["why"]:
        yield f"  {escape(one['why'])}"
    if one["flaky"]:
        yield "  it did not show again when the steps were repeated"
    for number, step in enumerate(one["story"], 1):
        request = (step["target"] or {}).get("request", "")
        yield f"  [dim]{number}. {escape(step['what'])}  {escape(request)}[/]"
    for action in one["teaches"]:
        yield f"  teach the mock: {escape(action['target'])} → {escape(_words(action))}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _words(action: Mapping[str, Any]) -> str:
    words = action["update"]
    return " ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in words.items())
