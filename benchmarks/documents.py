"""Any document, told by the same story over HTTP to this mock, Prism and Scalar's: what starts, remembers, is valid.

    python benchmarks/documents.py [FOLDER] [--installed] [--write] [--only TEXT] [--faults] [--keep FOLDER]

``--installed`` takes the documents that come in npm packages, too (``npm ci --prefix benchmarks``).
``--write`` puts the tables into docs/any-document.md. ``--keep`` writes what a document came to into a file of its own
and measures none again that has one there, so that a run can be stopped and taken up again. The others are what is
installed of them: Prism by ``make peers``, Scalar's by ``npm ci --prefix benchmarks``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from compare import put_between
from crud_story import Story

from mockserver.commands.first_screen import counted
from mockserver.conformance.wire.transports import over_http
from mockserver.contract import read_document
from mockserver.errors import SetupError
from mockserver.inference import infer_contract
from peers import Server, running, servers

PATIENCE = 20
"""Seconds for one reply."""
PACKAGES = Path(__file__).parent / "node_modules"
INSTALLED = {
    "circular-3.0": "@readme/oas-examples/3.0/yaml/circular.yaml",
    "directus-3.0": "@directus/specs/dist/openapi.json",
    "discriminators-3.0": "@readme/oas-examples/3.0/yaml/discriminators.yaml",
    "galaxy-3.1": "@scalar/galaxy/dist/latest.yaml",
    "github-3.0": "@octokit/openapi/generated/api.github.com.json",
    "petstore-2.0": "@readme/oas-examples/2.0/json/petstore.json",
    "petstore-3.1": "@readme/oas-examples/3.1/yaml/petstore.yaml",
    "star-trek-3.0": "@readme/oas-examples/3.0/json/star-trek.json",
    "train-travel-3.1": "@readme/oas-examples/3.1/yaml/train-travel.yaml",
}
"""Documents that come in packages, by the name that the table has for them."""
PAGE = Path(__file__).parent.parent / "docs" / "any-document.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
STORY = {
    "read back": "created", "listed": "listed of", "changed": "changed of", "gone after delete": "gone of",
    "404 for an unknown id": "unknown 404 of", "replies as declared": "judged",
}  # fmt: skip
"""What is told of each server, and of how many it is."""
COUNTED = {"gone after delete": "gone", "404 for an unknown id": "unknown 404", "replies as declared": "valid"}


@dataclass
class Told:
    """What one server made of one document."""

    seconds: float | None = None
    processor: float = 0
    megabytes: float = 0
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class Row:
    name: str
    operations: int
    remembered: int
    told: dict[str, Told] = field(default_factory=dict)


def chosen(folder: Path | None, text: str, *, installed: bool) -> dict[str, Path]:
    """The documents of a folder and of packages whose names hold ``text``, by their names."""
    found = {name: PACKAGES / file for name, file in INSTALLED.items()} if installed else {}
    found |= {one.stem: one for one in folder.iterdir() if one.suffix in (".json", ".yaml", ".yml")} if folder else {}
    return {name: found[name] for name in sorted(found) if text in name}


def measured(name: str, file: Path, others: list[Server], *, most: int, shows_faults: bool) -> Row:
    contract = infer_contract(read_document(file))
    operations, stubs, _, _ = counted(contract)
    row = Row(name, operations, operations - stubs)
    for server in others:
        told = row.told[server.name] = Told()
        with running(server, file) as one:
            if one is not None:
                story = Story(contract, over_http(one.base, PATIENCE), most)
                told.seconds, told.counts = one.seconds, story.tell()
                told.processor, told.megabytes = one.processor, one.megabytes
                if shows_faults:
                    print(*(f"  {server.name}: {fault}" for fault in story.faults), sep="\n", file=sys.stderr)
    return row


def kept(file: Path) -> Row:
    """What a document came to in an earlier run."""
    found = json.loads(file.read_text(encoding="utf-8"))
    told = {name: Told(**{**one, "counts": Counter(one["counts"])}) for name, one in found["told"].items()}
    return Row(**{**found, "told": told})


def summary(rows: list[Row]) -> str:
    names = list(rows[0].told)
    lines = [["", *names], ["---"] * (len(names) + 1)]
    told = {name: [row.told[name] for row in rows] for name in names}
    started = {name: [one for one in each if one.seconds is not None] for name, each in told.items()}
    total = {name: _sum(one.counts for one in each) for name, each in started.items()}
    lines.append(["documents that start", *(f"{len(each)} of {len(rows)}" for each in started.values())])
    seconds = [_two([one.seconds for one in each], ".1f") for each in started.values()]
    megabytes = [_two([one.megabytes for one in each], ".0f") for each in started.values()]
    processor = [_two([one.processor for one in each], ".1f") for each in started.values()]
    lines += [["seconds until it answers: median, worst", *seconds]]
    lines += [["of these on a processor: median, worst", *processor], ["memory in MB: median, worst", *megabytes]]
    lines.append(["resources created", *(f"{one['created']} of {one['resources']}" for one in total.values())])
    for name, whole in STORY.items():
        lines.append([name, *(f"{one[COUNTED.get(name, name)]} of {one[whole]}" for one in total.values())])
    lines.append(["5xx, or no reply", *(str(one["5xx or none"]) for one in total.values())])
    return _table(lines)


def each(rows: list[Row]) -> str:
    names = list(rows[0].told)
    order = ", ".join(names)
    lines = [
        ["document", "operations", "remembered", f"read back: {order}", f"replies as declared: {order}"],
        ["---"] * 5,
    ]
    for row in rows:
        told = [row.told[name] for name in names]
        back = ", ".join("-" if one.seconds is None else str(one.counts["read back"]) for one in told)
        valid = ", ".join(_share(one) for one in told)
        most = max(one.counts["resources"] for one in told)
        share = f"{row.remembered / max(row.operations, 1):.0%}"
        lines.append([row.name, str(row.operations), share, f"{back} of {most}" if most else "", valid])
    return _table(lines)


def machine() -> str:
    """What it was measured on: cores, their model, and memory."""
    try:
        said = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        said = None
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = said[1].strip() if said else platform.machine()
    return f"Measured on {os.cpu_count()} cores ({model}) with {gigabytes:.0f} GB of memory."


def _share(one: Told) -> str:
    return "-" if one.seconds is None else f"{one.counts['valid'] / max(one.counts['judged'], 1):.1%}"


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for one in counts:
        whole.update(one)
    return whole


def _two(values: list[float], form: str) -> str:
    return f"{statistics.median(values):{form}}, {max(values):{form}}" if values else "-"


def _table(lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--installed", action="store_true", help="the documents of npm packages, too")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/any-document.md")
    parser.add_argument("--only", default="", help="the documents whose names hold this text")
    parser.add_argument("--server", default="", help="the servers whose names hold this text")
    parser.add_argument("--most", type=int, default=100, help="operations of a document that are called once each")
    parser.add_argument("--keep", type=Path, help="a folder for what each document came to; those in it are done")
    parser.add_argument("--faults", action="store_true", help="tell what did not hold")
    args = parser.parse_args()
    rows = []
    asked = [one for one in servers() if args.server.lower() in one.name.lower()]
    for name, file in chosen(args.folder, args.only, installed=args.installed).items():
        done = args.keep / f"{name}.json" if args.keep else None
        try:
            is_done = done is not None and done.exists()
            row = kept(done) if is_done else measured(name, file, asked, most=args.most, shows_faults=args.faults)
        except SetupError as error:
            print(f"{file.name}: {error}", file=sys.stderr)
            continue
        rows.append(row)
        if done and not is_done:
            done.parent.mkdir(parents=True, exist_ok=True)
            done.write_text(json.dumps(row, default=vars), encoding="utf-8")
        print(each(rows[-1:]).splitlines()[-1], flush=True)
    shown = f"{summary(rows)}\n\n{each(rows)}\n\n{machine()}"
    print(shown)
    if args.write:
        put_between(PAGE, BEGIN, END, f"{shown}\n")


if __name__ == "__main__":
    main()
