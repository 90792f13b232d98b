"""Stock Schemathesis against the running server: all checks, all phases, five seeds, nothing found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import Running, command, serving

CONFIG = Path(__file__).parent.parent / "contract_tests/schemathesis.toml"
SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


@pytest.mark.parametrize("seed", range(1, 6))
def test_nothing_is_found(server: Running, seed: int, tmp_path: Path) -> None:
    """A quarter of the usual number of examples, for the gate's sake; `make fuzz` takes all."""
    server.send("POST", "/__mock__/reset")
    token = command("token", "--tenant", "acme").stdout.strip()
    found = subprocess.run(
        [SCHEMATHESIS, "--config-file", str(CONFIG), "run", f"{server.url}/openapi.json",
         "--header", f"Authorization: Bearer {token}", "--seed", str(seed), "--max-examples", "25", "--no-color"],
        capture_output=True, text=True, timeout=600, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert "14 selected / 14 total" in found.stdout
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert f"✅ {phase}" in found.stdout.replace("  ", " "), found.stdout[-6000:]
    assert "Authentication failed" not in found.stdout
    breaches = [entry for entry in server.send("GET", "/__mock__/journal?limit=1000").json if entry["breach"]]
    assert breaches == []
