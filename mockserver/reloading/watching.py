"""Watching a running mock's files: an edit that has settled is served, or its problems are reported."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple, TypeAlias

from mockserver.contract.sources.dangling import dangling
from mockserver.errors import Problem, SetupError
from mockserver.reloading.sources import Sources, changed, documents
from mockserver.reloading.succession import made_anew
from mockserver.runtime.determinism import stamp
from mockserver.runtime.reloads import Misfit
from mockserver.spec_builder.publish import parts_of, write
from mockserver.values.line_numbers import with_lines
from mockserver.values.output import writing
from mockserver.world import World

EVERY = 0.25
"""Seconds from one look at the files to the next; an edit has settled when two find the same."""


class Edit(Enum):
    """What became of a look at the files."""

    NONE = "none"
    UNSETTLED = "unsettled"
    SERVED = "served"
    REFUSED = "refused"


class EditOutcome(NamedTuple):
    """``files`` are those that changed; ``problems`` why the edit is not served, ``misfits`` what does not fit it."""

    edit: Edit
    files: Sequence[Path] = ()
    problems: Sequence[Problem] = ()
    misfits: Sequence[Misfit] = ()


Swap: TypeAlias = Callable[[World, World], Sequence[Misfit]]
"""Puts the second world in the place of the first, and returns the records that do not fit."""


class Watcher:
    """Looks at the files of ``world``, which was made of what ``sources`` saw last; ``swap`` puts another in its place.

    An editor may write several files, one in pieces, or another that it renames: what it leaves is looked at when two
    looks one after the other find the same.
    """

    def __init__(self, world: World, swap: Swap, sources: Sources) -> None:
        self.world = world
        self._swap, self._sources = swap, sources
        self._served = self._last = sources.seen
        world.reloads.watching = True

    def step(self) -> EditOutcome:
        """One look. Never raises SetupError: what is wrong is the outcome, and the world as it was."""
        seen = self._sources.look()
        if seen != self._last:
            self._last = seen
            return EditOutcome(Edit.UNSETTLED)
        if not (files := changed(self._served, seen)):
            return EditOutcome(Edit.NONE)
        self._served = seen
        try:
            self._build(files)
            new = made_anew(self.world)
            _hold_together(self.world, new)
            misfits = self._swap(self.world, new)
        except SetupError as error:
            return self._refused(files, with_lines(error.problems))
        except Exception as error:  # noqa: BLE001 -- whatever a file brings about, the mock goes on as it was
            problem = Problem(str(files[0]), "", f"cannot be served: {type(error).__name__}: {error}", "undo the edit")
            return self._refused(files, [problem])
        self.world = new
        return EditOutcome(Edit.SERVED, files, (), misfits)

    def run(self, say: Callable[[EditOutcome], None], stop: threading.Event | None = None) -> None:
        """Look until ``stop`` is set; ``say`` gets the outcome of each edit."""
        stop = stop or threading.Event()
        while not stop.wait(EVERY):
            outcome = self.step()
            if outcome.edit in (Edit.SERVED, Edit.REFUSED):
                say(outcome)

    def _build(self, files: Sequence[Path]) -> None:
        """Publish each document whose parts were edited. Raises SetupError; then none was written."""
        folders = {parts_of(document) for document in documents(self.world.settings)} - {None}
        for folder in folders:
            if folder is not None and any(folder in file.parents for file in files):
                with writing(folder, "allow it, or serve a copy"):
                    write(folder)

    def _refused(self, files: Sequence[Path], problems: Sequence[Problem]) -> EditOutcome:
        self.world.reloads.failed(stamp(self.world.clock.now()), problems)
        return EditOutcome(Edit.REFUSED, files, problems)


def _hold_together(old: World, new: World) -> None:
    """Raises SetupError listing references that lead nowhere since the edit, and where nothing is left to serve.

    A start is content with a document of somebody else's that has such references; an edit that brings one is a slip.
    """
    known = {one.problem for one in dangling(old.contract.document)}
    problems = [one for one in dangling(new.contract.document) if one.problem not in known]
    if old.operations and not new.operations:
        problem = "has no operation left"
        problems.append(Problem(new.contract.document.source, "/paths", problem, "give it paths, or undo the edit"))
    if problems:
        raise SetupError(problems)
