"""Three seeds, three runs each: ``make right``, two resources at a time.

Each seed has resources of its own, so that all of them are checked, and in every manner, in a few minutes; with
``ARGS="RESOURCE …"`` those are checked with every seed.
"""

from __future__ import annotations

import os
import sys
from multiprocessing import get_context

from right_server.trial import Case, tried

CHOSEN = {1: ("certifications",), 2: ("statusReasons", "courseFees"), 3: ("profiles", "settings")}
"""The resources of each seed."""
AT_ONCE = 2


def cases(groups: tuple[str, ...]) -> list[Case]:
    """All of them, the dearest first: the last of two processes does not go on alone for long."""
    pairs = [(group, seed) for seed, own in CHOSEN.items() for group in groups or own]
    return [
        Case(group, seed, is_hurried, fuzzed)
        for group, seed in pairs
        for is_hurried, fuzzed in ((True, False), (False, True), (False, False))
    ]


def main(groups: tuple[str, ...]) -> int:
    os.nice(10)
    wrong = 0
    with get_context("spawn").Pool(AT_ONCE, maxtasksperchild=1) as pool:
        for outcome in pool.imap(tried, cases(groups)):
            wrong += not outcome.is_right
            print("\n".join(outcome.lines), flush=True)
    print(f"{wrong} of {len(cases(groups))} cases are wrong" if wrong else "no finding, and all runs alike")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
