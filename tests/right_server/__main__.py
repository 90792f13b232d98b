"""Three seeds, three runs each, of all that the right server claims: ``make right``, two resources at a time."""

from __future__ import annotations

import itertools
import os
import sys
from multiprocessing import get_context

from right_server.run import GROUPS
from right_server.trial import Case, tried

SEEDS = (1, 2, 3)
AT_ONCE = 2


def cases(groups: tuple[str, ...]) -> list[Case]:
    """All of them; the dearest last."""
    plain = [Case(*one, fuzzed=False) for one in itertools.product(groups, SEEDS, (False, True))]
    return plain + [Case(group, seed, is_hurried=False, fuzzed=True) for group in groups for seed in SEEDS]


def main(groups: tuple[str, ...]) -> int:
    os.nice(10)
    wrong = 0
    with get_context("spawn").Pool(AT_ONCE, maxtasksperchild=4) as pool:
        for outcome in pool.imap(tried, cases(groups)):
            wrong += not outcome.is_right
            print("\n".join(outcome.lines), flush=True)
    print(f"{wrong} of {len(cases(groups))} cases are wrong" if wrong else "no finding, and all runs alike")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or GROUPS))
