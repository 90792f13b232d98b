"""Three seeds, three runs each, of all that the right server claims: ``make right``."""

from __future__ import annotations

import sys

from right_server.run import GROUPS, HURRIED, checked, told


def main() -> int:
    wrong = 0
    for manners, options in ((None, {"fuzzed": True}), (HURRIED, {"fuzzed": False, "settle": 0.5})):
        for seed in (1, 2, 3):
            verdicts = [checked(GROUPS, seed, manners, **options) for _ in range(3)]
            first = told(verdicts[0])
            is_same = all(told(one) == first for one in verdicts)
            name = "in a hurry" if manners else "as it is"
            print(
                f"{name}, seed {seed}: {first['word']}, {'the same' if is_same else 'NOT the same'} three times",
                flush=True,
            )
            for finding in first["findings"]:
                print("  ", *finding)
            wrong += first["word"] != "clean" or not is_same
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
