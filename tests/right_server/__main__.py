"""Three seeds, three runs each, of all that the right server claims: ``make right``, two resources at a time."""

from __future__ import annotations

import itertools
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from right_server.run import GROUPS, HURRIED, checked, told

SEEDS = (1, 2, 3)
RUNS = 3
AT_ONCE = 2


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


def cases(groups: tuple[str, ...]) -> list[Case]:
    """All of them; the dearest last."""
    plain = [Case(*one, fuzzed=False) for one in itertools.product(groups, SEEDS, (False, True))]
    return plain + [Case(group, seed, is_hurried=False, fuzzed=True) for group in groups for seed in SEEDS]


def main(groups: tuple[str, ...]) -> int:
    os.nice(10)
    wrong = 0
    with ProcessPoolExecutor(AT_ONCE, max_tasks_per_child=4) as pool:
        for outcome in pool.map(tried, cases(groups)):
            wrong += not outcome.is_right
            print("\n".join(outcome.lines), flush=True)
    print(f"{wrong} of {len(cases(groups))} cases are wrong" if wrong else "no finding, and all runs alike")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or GROUPS))
