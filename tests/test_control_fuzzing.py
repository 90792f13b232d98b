"""Stock Schemathesis and the contract kit against the control plane of a running mock: nothing found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main
from mockserver.runtime.determinism import digest
from server import Running, serving

SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")
DESCRIPTION = "/__mock__/openapi.json"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


def test_schemathesis_finds_nothing(server: Running, tmp_path: Path) -> None:
    """All its checks on a quarter of the operations; `make fuzz` takes all but the journal's stream, which does not end."""
    paths = server.send("GET", DESCRIPTION).json["paths"].values()
    operations = [one["operationId"] for item in paths for one in item.values()]
    chosen = [name for name in operations if name != "journal_stream" and digest("fuzz", name) % 4 == 0]
    assert len(chosen) > 5
    found = subprocess.run(
        [SCHEMATHESIS, "run", f"{server.url}{DESCRIPTION}", "--seed", "1", "--max-examples", "5", "--no-color",
         "--phases", "coverage,fuzzing", *(part for name in chosen for part in ("--include-operation-id", name))],
        capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]


def test_the_kit_finds_nothing(server: Running, tmp_path: Path) -> None:
    described = tmp_path / "control.json"
    described.write_bytes(server.send("GET", DESCRIPTION).body)
    told = CliRunner().invoke(
        main,
        [
            "check",
            "--spec",
            str(described),
            "--target",
            server.url,
            "--profile",
            "http",
            "--no-fuzz",
            "--require",
            "0%",
        ],
    )
    assert told.exit_code == 0, told.output
