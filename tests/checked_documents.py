"""The mock held to its own check, on documents of others: `make checkdocs FOLDER=…`.

A finding is a fault of the mock or of the check; so is a run that judged too little without having been cut short.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MOCKSERVER = str(Path(sys.executable).parent / "mockserver")
SECONDS = 300
"""What one document may take; a huge one is judged in part."""


@dataclass(frozen=True)
class Checked:
    """What came of one document: the exit status, and what was said of the whole."""

    status: int
    output: str

    @property
    def is_good(self) -> bool:
        """Whether nothing was found, and too little judged only where the time was too short."""
        is_cut = self.verdict.startswith("incomplete") and "the run's time was up" in self.verdict
        return self.status == 0 or is_cut

    @property
    def verdict(self) -> str:
        lines = [line for line in self.output.splitlines() if "a mock in this process" in line]
        return lines[0] if lines else self.output.strip()[-300:]


def check(document: Path, *options: str, seconds: int = SECONDS) -> Checked:
    """Check the mock of that document against it, by the command that users give."""
    ran = subprocess.run(
        [MOCKSERVER, "check", "--spec", str(document), "--no-fuzz", "--max-time", str(seconds), *options],
        capture_output=True, text=True, timeout=seconds + 300, check=False,
    )  # fmt: skip
    return Checked(ran.returncode, ran.stdout + ran.stderr)


def main(folder: str, *names: str) -> int:
    """How many documents are not good."""
    found = [file for file in Path(folder).iterdir() if file.suffix in (".json", ".yaml", ".yml")]
    files = [Path(folder) / name for name in names] or sorted(found, key=lambda file: file.stat().st_size)
    bad = 0
    for file in files:
        checked = check(file)
        print(f"{'good' if checked.is_good else 'BAD '} {file.name}: {checked.verdict}", flush=True)
        if not checked.is_good:
            print(checked.output, flush=True)
            bad += 1
    return min(bad, 100)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
