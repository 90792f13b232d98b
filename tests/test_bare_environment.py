"""Commands in the environment of a bare container: no HOME, a user id without an entry, the C locale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EDGE = str(Path(__file__).parent.parent / "fixtures/scenarios/edge.yaml")
WITHOUT_HOME = """
import pathlib, sys
def home():
    raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = home
from mockserver.commands.cli import main
sys.argv = ["mockserver", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(
    "arguments",
    [["validate", EDGE], ["token", "--tenant", "acme"], ["serve", "--help"], ["check", "--help"]],
)
def test_a_command_works(arguments: list[str]) -> None:
    bare = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_HOME, *arguments], env=bare, capture_output=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
