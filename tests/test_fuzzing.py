"""Stock Schemathesis against the running server: all checks, all phases, nothing found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checking import THOROUGH
from mockserver.runtime.determinism import digest
from mockserver.values.pointer import resolve
from server import Running, command, serving

CONFIG = Path(__file__).parent.parent / "contract_tests/schemathesis.toml"
SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")
SEEDS = (1, 2) if THOROUGH else (1,)
"""Of each kind one operation is fuzzed, shared among the seeds; `make fuzz` takes all operations for any seed."""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


def sampled(kinds: dict[str, str], seed: int) -> list[str]:
    """Of operations and their kinds, one of each of this seed's share of the kinds: which is another for another seed."""
    chosen: dict[str, str] = {}
    for name in sorted(kinds, key=lambda name: digest("fuzz", seed, name)):
        chosen.setdefault(kinds[name], name)
    return [chosen[kind] for kind in sorted(chosen)[SEEDS.index(seed) :: len(SEEDS)]]


def linked(document: dict[str, Any], operations: list[dict[str, Any]], seed: int) -> list[str]:
    """An operation and one that a link of it leads to: without any link there are no states to walk through."""

    def there(value: dict[str, Any]) -> dict[str, Any]:
        return resolve(document, value["$ref"][1:]) if "$ref" in value else value

    pairs = [
        [one["operationId"], there(link)["operationId"]]
        for one in operations
        for reply in one["responses"].values()
        for link in there(reply).get("links", {}).values()
    ]
    return min(pairs, key=lambda pair: digest("link", seed, *pair))


def configuration(folder: Path, left_out: list[str]) -> Path:
    """What users give Schemathesis, and that some operations are left out."""
    told = f"{CONFIG.read_text()}\n[[operations]]\ninclude-operation-id = {json.dumps(left_out)}\nenabled = false\n"
    (folder / "schemathesis.toml").write_text(told)
    return folder / "schemathesis.toml"


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found(server: Running, seed: int, tmp_path: Path) -> None:
    """With a quarter of the usual number of examples, for the gate's sake."""
    server.send("POST", "/__mock__/reset")
    token = command("token", "--tenant", "acme").stdout.strip()
    document = server.send("GET", "/openapi.json").json
    operations = [one for item in document["paths"].values() for verb, one in item.items() if verb != "parameters"]
    kinds = {one["operationId"]: one["x-mock"]["kind"] for one in operations}
    chosen = {*sampled(kinds, seed), *linked(document, operations, seed)}
    config = configuration(tmp_path, [name for name in kinds if name not in chosen])
    found = subprocess.run(
        [SCHEMATHESIS, "--config-file", str(config), "run", f"{server.url}/openapi.json",
         "--header", f"Authorization: Bearer {token}", "--seed", str(seed), "--max-examples", "25", "--no-color"],
        capture_output=True, text=True, timeout=600, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert len(chosen) >= len(set(kinds.values())) / len(SEEDS)
    assert f"{len(chosen)} selected / {len(kinds)} total" in found.stdout
    for phase in ("Examples", "Coverage", "Fuzzing"):
        assert f"✅ {phase}" in found.stdout.replace("  ", " "), found.stdout[-6000:]
    assert "Authentication failed" not in found.stdout
    breaches = [entry for entry in server.send("GET", "/__mock__/journal?limit=1000").json if entry["breach"]]
    assert breaches == []
