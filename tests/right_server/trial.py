"""One resource of the right server with one seed, checked several times over: in a process of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass

from right_server.run import HURRIED, checked, told

RUNS = 3


@dataclass(frozen=True)
class Case:
    """One resource with one seed: as the server is, or in a hurry; ``fuzzed`` by Schemathesis as well."""

    group: str
    seed: int
    is_hurried: bool
    fuzzed: bool

    def __str__(self) -> str:
        manner = "in a hurry" if self.is_hurried else "as it is"
        return f"{self.group}, {manner}{', fuzzed' if self.fuzzed else ''}, seed {self.seed}"


@dataclass(frozen=True)
class Outcome:
    """What became of a case; ``lines`` are for people."""

    is_right: bool
    lines: tuple[str, ...]


def tried(case: Case) -> Outcome:
    """The same run several times over: all clean, all alike."""
    began = time.process_time()
    manners, settle = (HURRIED, 0.5) if case.is_hurried else (None, 0.0)
    verdicts = [
        told(checked((case.group,), case.seed, manners, fuzzed=case.fuzzed, settle=settle)) for _ in range(RUNS)
    ]
    first = verdicts[0]
    unlike = sorted({name for one in verdicts for name in first if one[name] != first[name]})
    alike = f"not the same: {', '.join(unlike)}" if unlike else f"the same {RUNS} times"
    lines = [f"{case}: {first['word']}, {alike}, {time.process_time() - began:.0f} s"]
    lines += [
        f"  {' | '.join(map(str, one))}" for one in sorted({one for each in verdicts for one in each["findings"]})
    ]
    return Outcome(first["word"] == "clean" and not unlike, tuple(lines))
