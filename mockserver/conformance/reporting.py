"""Writes down what became of a run, in one file of each form, from what is redacted already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape

from mockserver.conformance.archive import har
from mockserver.conformance.events import Event, Finished
from mockserver.conformance.exports import ctrf, sarif
from mockserver.conformance.junit import junit
from mockserver.conformance.telling import Report
from mockserver.errors import Problem, SetupError


def page(report: Report) -> str:
    """One self-contained HTML page."""
    loader = PackageLoader("mockserver.conformance", ".")
    environment = Environment(loader=loader, autoescape=select_autoescape(["html"]))
    return environment.get_template("report.html").render(told=report.summary)


FORMS: Mapping[str, Callable[[Report], str]] = {
    "report.json": lambda report: json.dumps(report.summary, indent=1, ensure_ascii=False),
    "junit.xml": lambda report: junit(report.summary),
    "report.html": page,
    "traffic.har": har,
    "report.sarif": lambda report: sarif(report.summary),
    "ctrf.json": lambda report: ctrf(report.summary),
}
"""What is written, by the name of the file."""


@dataclass(slots=True)
class Files:
    """Writes a file of each form into ``folder`` when the run is over; what an earlier run wrote goes at once."""

    folder: Path
    written: list[Path] = field(default_factory=list)

    def clear(self) -> None:
        """Remove the files of an earlier run, so that they never stand beside one that failed. Raises SetupError."""
        for file in self._files():
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise self._cannot(error) from None

    def __call__(self, event: Event) -> None:
        """Raises SetupError when the folder cannot be written to."""
        if not isinstance(event, Finished):
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for file in self._files():
                file.write_text(FORMS[file.name](event.report), encoding="utf-8", errors="replace")
                self.written.append(file)
        except OSError as error:
            raise self._cannot(error) from None

    def _files(self) -> Iterator[Path]:
        return (self.folder / name for name in FORMS)

    def _cannot(self, error: OSError) -> SetupError:
        return SetupError([Problem(str(self.folder), "", f"cannot be written: {error}", "name a folder with --report")])
