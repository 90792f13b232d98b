"""The example portal: its Playwright tests on four workers, each in a world of its own, against one server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ports import free_port
from server import serving

PORTAL = Path(__file__).parent.parent / "examples" / "portal"


@pytest.mark.peers
def test_the_portal_of_the_example_works_for_four_workers_at_once() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "needs chromium"
    runner = PORTAL / "node_modules" / ".bin" / "playwright"
    assert runner.exists(), "the portal's packages are not installed: make peers"
    with serving() as running:
        environment = {**os.environ, "CI": "1", "CHROMIUM": chromium, "MOCK": running.url, "PORT": str(free_port())}
        done = subprocess.run(
            [runner, "test", "--timeout", "300000"],
            cwd=PORTAL,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"using (\d+) workers[\s\S]*?(\d+) passed", done.stdout)
    assert found, done.stdout
    workers, passed = map(int, found.groups())
    assert workers == 4
    assert passed >= 20, "twenty tests"
    assert "flaky" not in done.stdout
