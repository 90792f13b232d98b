"""What a tenant counts: the numbers that new ids are made of, and how far it has come in time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mockserver.store.passing import Passing
from mockserver.store.transactions import Undo

PASSED = ("", "due")
"""The scope whose count is the millisecond since 1970 up to which all that was due has happened."""


class Counting:
    """Counts by scope, kept with the records.

    ``passing`` sees to it that time passes; None where nothing depends on time, and for what is kept of others.
    ``fell_due`` is what it brought about as the unit of work began.
    """

    undo: Undo | None

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], int] = {}
        self.passing: Passing | None = None
        self.fell_due: Sequence[str] = ()

    def ordinal(self, *scope: str) -> int:
        """How many times this scope has been asked for a new number, this time included.

        What happens in one scope never shifts another's; the number is given out again when the transaction fails.
        """
        self._note_count(scope)
        if self.undo is not None:
            self.undo.append(partial(self._give_back, scope))
        ordinal = self._counts[scope] = self._counts.get(scope, 0) + 1
        return ordinal

    def passed(self) -> int:
        """The millisecond since 1970 up to which all that was due has happened; 0 where nobody has looked yet."""
        return self._counts.get(PASSED, 0)

    def pass_time(self, to: int) -> None:
        """Take it that all that was due up to ``to``, in milliseconds since 1970, has happened."""
        before = self.passed()
        if before != to:
            self._note_count(PASSED)
            if self.undo is not None:
                self.undo.append(partial(self._pass, before))
            self._pass(to)

    def _pass(self, to: int) -> None:
        self._counts[PASSED] = to

    def _give_back(self, scope: tuple[str, ...]) -> None:
        self._counts[scope] -= 1

    def _note_count(self, scope: tuple[str, ...]) -> None:
        """Remember what was counted before a change."""
