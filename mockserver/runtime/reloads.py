"""What became of the edits to a running mock's files: the last one, what was wrong with it, what no longer fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from threading import Lock
from typing import Any

from mockserver.errors import Problem

SET_ASIDE, MOST_BYTES = 1_000, 16 * 2**20
"""How many records that no longer fit are kept for an edit with which they fit again, and how many bytes of them."""
SHOWN = 100
"""How many records and problems of one edit are shown."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A record that a client made or changed, and why it is no longer served: ``fields`` alone where it stays.

    ``snapshot`` is the one it is in, None for the world as it runs; ``raw`` its JSON, empty where it stays.
    """

    tenant: str
    resource: str
    id: str
    why: str
    snapshot: str | None = None
    raw: bytes = field(default=b"", repr=False)

    def __str__(self) -> str:
        place = f"{self.tenant}: {self.resource} {self.id}"
        return f"snapshot {self.snapshot}: {place}: {self.why}" if self.snapshot else f"{place}: {self.why}"

    def described(self) -> dict[str, Any]:
        """All of it but the record, as JSON."""
        described = asdict(self)
        del described["raw"]
        return described


class Reloads:
    """The edits since the start; the last one is shown."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.watching = False
        """Whether edits are looked for."""
        self._count = self._failed = 0
        self._at: str | None = None
        self._problems: tuple[Problem, ...] = ()
        self._misfits: tuple[Misfit, ...] = ()
        self._aside: tuple[Misfit, ...] = ()

    @property
    def aside(self) -> tuple[Misfit, ...]:
        """The records that were taken out, the latest last."""
        return self._aside

    def done(self, at: str, misfits: Sequence[Misfit], aside: Sequence[Misfit]) -> None:
        """An edit is served from ``at`` on; ``aside`` are all records that do not fit it, those of before too."""
        with self._lock:
            self._count += 1
            self._at, self._problems, self._misfits = at, (), tuple(misfits)
            self._aside = _kept(aside)

    def failed(self, at: str, problems: Sequence[Problem]) -> None:
        """An edit is not served, since it has problems."""
        with self._lock:
            self._failed += 1
            self._at, self._problems = at, tuple(problems)

    def forget(self) -> None:
        """Show and keep records no longer: the world is at its beginning."""
        with self._lock:
            self._misfits = self._aside = ()

    def shown(self) -> dict[str, Any]:
        """The same for a person: problems and records as lines."""
        described = self.described()
        with self._lock:
            problems, misfits = self._problems[:SHOWN], self._misfits[:SHOWN]
        return {**described, "problems": [*map(str, problems)], "misfits": [*map(str, misfits)]}

    def described(self) -> dict[str, Any]:
        """As JSON."""
        with self._lock:
            return {
                "watching": self.watching,
                "served": self._count,
                "refused": self._failed,
                "at": self._at,
                "problems": [asdict(one) for one in self._problems[:SHOWN]],
                "more_problems": max(0, len(self._problems) - SHOWN),
                "misfits": [one.described() for one in self._misfits[:SHOWN]],
                "more_misfits": max(0, len(self._misfits) - SHOWN),
            }


def _kept(aside: Sequence[Misfit]) -> tuple[Misfit, ...]:
    """The latest of them, as many as there is room for."""
    latest = aside[-SET_ASIDE:]
    sizes = accumulate(len(one.raw) for one in reversed(latest))
    room = sum(1 for size in sizes if size <= MOST_BYTES)
    return tuple(latest[len(latest) - room :])
