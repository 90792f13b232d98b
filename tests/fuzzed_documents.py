"""Stock Schemathesis, all checks, against mocks of the documents of others: `make fuzzdocs FOLDER=…`.

What it finds is ours to mend, but for what ``data/excused.yaml`` lists with its reason: the document's, the tool's, or a
choice of this project that is written down.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from mockserver.contract import read_document
from mockserver.contract.sources.servers import prefix_of
from server import serving

SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")
EXCUSED = yaml.safe_load((Path(__file__).parent / "data" / "excused.yaml").read_text())
NAMES = ("petstore-2.0.json", "petstore-3.0.yaml", "museum-3.1.yaml", "train-travel-3.1.yaml", "fastapi-template-3.1.json",
         "spring-petclinic-3.0.yml", "springdoc-datarest-3.1.json", "twinehealth-jsonapi-3.0.json", "configcat-hal-3.0.json",
         "tictactoe-3.1.yaml", "uber-2.0.json")  # fmt: skip
"""What is fuzzed of a folder where nothing is named."""
_FINDING = re.compile(r"^_+ (\S.*?) _+$|^- (ST\d+) .*\n\n((?:    .*\n|\n(?=    ))*)", re.MULTILINE)

_TOLD = re.compile(r"^- ST\d+ .*?(?:\((\d+) violations\))?$", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    document: str
    operation: str
    code: str
    message: str

    @property
    def excuse(self) -> str | None:
        """The reason why it is not ours."""
        found = self.excused_by
        return None if found is None else str(EXCUSED[found]["reason"])

    @property
    def excused_by(self) -> int | None:
        """Which of ``EXCUSED`` is about it."""
        for index, one in enumerate(EXCUSED):
            documents = one.get("documents", [self.document])
            if one["code"] == self.code and self.document in documents and re.search(one["message"], self.message) \
                    and re.search(one.get("operation", ""), self.operation):  # fmt: skip
                return index
        return None


@dataclass(frozen=True)
class Run:
    """What one run found, and the last it said."""

    findings: list[Finding]
    output: str

    @property
    def is_whole(self) -> bool:
        """Whether it ran to its end, and every finding was read from what it says."""
        last = self.output.strip().splitlines()[-1:]
        said = re.search(r"=+ (?:(\d+) failures?|No issues found)", *last) if last else None
        told = [int(count or 1) for count in _TOLD.findall(self.output)]  # of one reply it counts each violation
        return said is not None and int(said[1] or 0) == sum(told) and len(told) == len(self.findings)


def fuzz(document: Path, *options: str) -> Run:
    """Serve the document and run all checks and phases against it."""
    prefix = prefix_of(next(iter(read_document(str(document)).root.get("servers") or [None])))
    with serving(str(document)) as running:
        ran = subprocess.run(
            [SCHEMATHESIS, "run", str(document), "--url", running.url + prefix, "--header", "Authorization: Bearer any",
             "--header", "api_key: any", "--no-color", "--continue-on-failure", *options],
            capture_output=True, text=True, timeout=1_800, check=False,
        )  # fmt: skip
    return Run([*_read(document.name, ran.stdout)], ran.stdout)


def _read(document: str, output: str) -> Iterator[Finding]:
    operation = ""
    for found in _FINDING.finditer(output):
        if found[1]:
            operation = found[1]
        else:
            yield Finding(document, operation, found[2], " ".join(found[3].split()))


def main(folder: str, *names: str) -> int:
    """How many findings are ours. What excuses nothing on any of the documents is told: it may be taken away."""
    ours, needed = 0, set[int | None]()
    for name in names or [name for name in NAMES if (Path(folder) / name).is_file()]:
        run = fuzz(Path(folder) / name, "--seed", "1", "--max-examples", "20")
        left = [one for one in run.findings if one.excuse is None]
        needed |= {one.excused_by for one in run.findings}
        print(
            f"{name}: {len(left)} findings, {len(run.findings) - len(left)} excused{'' if run.is_whole else ', cut off'}",
            flush=True,
        )
        for one in left:
            print(f"  {one.operation}: {one.code} {one.message[:300]}")
        ours += len(left) + (not run.is_whole)
    for index, one in enumerate(EXCUSED):
        if index not in needed:
            print(
                f"needed by none of these: {one['code']} {one['message']} ({', '.join(one.get('documents', ['any']))})"
            )
    return min(ours, 100)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
