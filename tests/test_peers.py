"""The published document in the hands of other people's tools: none has anything to say against it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from mockserver.contract import read_document
from mockserver.contract.document import METHODS
from server import peer

SPEC = Path(__file__).parent.parent / "spec"

pytestmark = pytest.mark.peers


def test_redocly_finds_nothing() -> None:
    """By its recommended rules; the exceptions are explained in ``spec/redocly.yaml``."""
    redocly = peer("redocly")
    assert redocly
    done = subprocess.run(
        [redocly, "lint", "--config", SPEC / "redocly.yaml", "--format", "json", SPEC / "openapi.yaml"],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"totals":{"errors":0,"warnings":0,"ignored":0}' in "".join(done.stdout.split()), done.stdout


def test_each_exception_for_redocly_has_its_reason() -> None:
    lines = (SPEC / "redocly.yaml").read_text().splitlines()
    switched_off = [number for number, line in enumerate(lines) if line.endswith(": off")]
    assert switched_off
    assert all(lines[number - 1].strip().startswith("# ") for number in switched_off)


def test_prism_loads_every_operation_without_a_warning() -> None:
    prism = peer("prism")
    assert prism
    process = subprocess.Popen(
        [prism, "mock", "-p", "0", str(SPEC / "openapi.json")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    told: list[str] = []
    try:
        assert process.stdout
        for line in process.stdout:
            told.append(line)
            if "is listening on" in line:
                break
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert [line for line in told if re.search(r"\b(warning|error)  ", line)] == []
    assert sum("http://127.0.0.1" in line and "info" in line for line in told) == sum(
        len(item.keys() & METHODS) for item in read_document(SPEC / "openapi.json").root["paths"].values()
    )
