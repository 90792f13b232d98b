"""Writes down what became of a run, in one file of each form, from what is redacted already."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from mockserver.conformance.reporters.archive import har
from mockserver.conformance.reporters.events import Event, Finished
from mockserver.conformance.reporters.exports import ctrf, sarif
from mockserver.conformance.reporters.junit import junit
from mockserver.conformance.reporters.report_data import Report
from mockserver.conformance.reporters.report_pages import render
from mockserver.errors import Problem, SetupError
from mockserver.extensions import EntryPoints, installed
from mockserver.values.output import writing
from mockserver.values.shown import quoted


@dataclass(frozen=True, slots=True)
class Reporter:
    """Writes one file of a report: its name in the folder, and what makes its text of a run that is over."""

    file: str
    write: Callable[[Report], str]


def reporter(file: str) -> Callable[[Callable[[Report], str]], Reporter]:
    """Make a reporter of a function: ``@reporter("summary.md")``. Raises ValueError for what is not a file's name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", file):
        raise ValueError(f"{quoted(file)} is not the name of a file, such as summary.md")
    return lambda write: Reporter(file, write)


BUILT_IN = (
    Reporter("report.json", lambda report: json.dumps(report.summary, indent=1, ensure_ascii=False)),
    Reporter("junit.xml", lambda report: junit(report.summary)),
    Reporter("report.html", lambda report: render("report.html", summary=report.summary)),
    Reporter("traffic.har", har),
    Reporter("report.sarif", lambda report: sarif(report.summary)),
    Reporter("ctrf.json", lambda report: ctrf(report.summary)),
)


def all_reporters() -> tuple[Reporter, ...]:
    """The built-in ones and those of installed packages. Raises SetupError, also for a file that two would write."""
    found = list(BUILT_IN)
    for name, one in installed(
        EntryPoints.REPORTERS, Reporter, "make it with @reporter of mockserver.conformance"
    ).items():
        if one.file in {known.file for known in found}:
            place, problem = (
                f"entry point {EntryPoints.REPORTERS}: {name}",
                f"{one.file} is written by another reporter",
            )
            raise SetupError([Problem(place, "", problem, "name another file")])
        found.append(one)
    return tuple(found)


@dataclass(slots=True)
class Files:
    """Lets each reporter write into ``folder`` when the run is over; what an earlier run wrote goes at once."""

    folder: Path
    reporters: tuple[Reporter, ...] = BUILT_IN
    written: list[Path] = field(default_factory=list)

    def clear(self) -> None:
        """Remove the files of an earlier run, so that they never stand beside one that failed. Raises SetupError."""
        with self._writing():
            for one in self.reporters:
                (self.folder / one.file).unlink(missing_ok=True)

    def __call__(self, event: Event) -> None:
        """Raises SetupError when the folder cannot be written to."""
        if not isinstance(event, Finished):
            return
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            for one in self.reporters:
                file = self.folder / one.file
                file.write_text(one.write(event.report), encoding="utf-8", errors="replace")
                self.written.append(file)

    def _writing(self) -> AbstractContextManager[None]:
        return writing(self.folder, "name a folder with --report")
