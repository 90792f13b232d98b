"""Stock Schemathesis against the running server: all checks, all phases, nothing found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.runtime.determinism import digest
from server import Running, command, serving

CONFIG = Path(__file__).parent.parent / "contract_tests/schemathesis.toml"
SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")
SHARE = 18
"""One operation in so many is fuzzed for each seed, each seed's others; `make fuzz` takes all of them for all seeds."""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


def sampled(operations: list[str], seed: int) -> list[str]:
    return [name for name in operations if digest("fuzz", name) % SHARE == seed]


def configuration(folder: Path, left_out: list[str]) -> Path:
    """What users give Schemathesis, and that some operations are left out; few links are left, so it may guess some."""
    usual = CONFIG.read_text().replace("inference.algorithms = []\n", "")
    told = f"{usual}\n[[operations]]\ninclude-operation-id = {json.dumps(left_out)}\nenabled = false\n"
    (folder / "schemathesis.toml").write_text(told)
    return folder / "schemathesis.toml"


@pytest.mark.parametrize("seed", range(1, 3))
def test_nothing_is_found(server: Running, seed: int, tmp_path: Path) -> None:
    """With a quarter of the usual number of examples, for the gate's sake."""
    server.send("POST", "/__mock__/reset")
    token = command("token", "--tenant", "acme").stdout.strip()
    paths = server.send("GET", "/openapi.json").json["paths"].values()
    operations = [one["operationId"] for item in paths for verb, one in item.items() if verb != "parameters"]
    chosen = sampled(operations, seed)
    config = configuration(tmp_path, [name for name in operations if name not in chosen])
    found = subprocess.run(
        [SCHEMATHESIS, "--config-file", str(config), "run", f"{server.url}/openapi.json",
         "--header", f"Authorization: Bearer {token}", "--seed", str(seed), "--max-examples", "25", "--no-color"],
        capture_output=True, text=True, timeout=600, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert len(chosen) > 10 and f"{len(chosen)} selected / {len(operations)} total" in found.stdout
    for phase in ("Examples", "Coverage", "Fuzzing"):
        assert f"✅ {phase}" in found.stdout.replace("  ", " "), found.stdout[-6000:]
    assert "Authentication failed" not in found.stdout
    breaches = [entry for entry in server.send("GET", "/__mock__/journal?limit=1000").json if entry["breach"]]
    assert breaches == []
