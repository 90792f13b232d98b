"""A bar on the terminal while many records are made; nothing in a pipeline's log, or for what is soon over."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MANY = 5_000
"""From how many records on somebody might wonder whether anything happens."""
STEP = 500
"""After how many records the bar moves."""


@contextmanager
def seeding(total: int) -> Iterator[Callable[[], None] | None]:
    """What to call for each of about ``total`` records; None where nobody watches."""
    if total < MANY or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # PERF: rich takes 0.1 s to import
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("seeding"), BarColumn(), MofNCompleteColumn(), TextColumn("records"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("seeding", total=total)
        made = 0

        def on_record() -> None:
            nonlocal made
            made += 1
            if made % STEP == 0:
                bar.update(task, completed=made)

        yield on_record
