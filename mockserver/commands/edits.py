"""What the terminal says of an edit to the files of a running mock."""

from __future__ import annotations

from itertools import islice

import click

from mockserver.reloading.watching import Edit, EditOutcome
from mockserver.values.shown import how_many

LISTED = 20
"""How many problems, and how many records that do not fit, are listed."""


def print_edit(outcome: EditOutcome) -> None:
    """Print on stderr which files changed, and what became of that."""
    named = ", ".join(str(file) for file in outcome.files[:3]) + (" ..." if len(outcome.files) > 3 else "")
    if outcome.edit is Edit.REFUSED:
        for problem in outcome.problems[:LISTED]:
            click.secho(_printable(str(problem)), fg="red", err=True)
        found = how_many(len(outcome.problems), "problem")
        click.secho(f"not reloaded: {named}: {found}; what was served goes on", fg="red", err=True)
        return
    click.secho(f"reloaded: {named}", fg="green", err=True)
    for misfit in islice(outcome.misfits, LISTED):
        click.secho(f"  does not fit: {_printable(str(misfit))}", fg="yellow", err=True)
    if (more := len(outcome.misfits) - LISTED) > 0:
        click.secho(f"  and {more} more: GET /__mock__/reloads", fg="yellow", err=True)


def _printable(text: str) -> str:
    """What clients put into ids may not steer a terminal."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)
