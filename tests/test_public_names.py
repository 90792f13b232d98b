"""What `import mockserver` offers, and that a user's type checker sees it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mockserver

ROOT = Path(__file__).parent.parent
SUITE = """
from __future__ import annotations

from typing import assert_type

import mockserver
from flask import Flask
from mockserver import Client, Mock, Settings, SetupError
from mockserver.testing import RecordedCall, Response


def test_a_certification(mock: Mock) -> None:
    assert_type(mock.client, Client)
    answer = mock.client.get(f"/certifications/{mock.tenant}/cert-ada", headers=mock.headers())
    assert_type(answer, Response)
    assert_type(answer.status_code, int)
    assert_type(mock.assert_called("getCertification", times=1), list[RecordedCall])
    assert_type(mock.url, str)


def test_an_application() -> None:
    assert_type(mockserver.create_app(Settings(scenario="empty")), Flask)
    assert_type(mockserver.__version__, str)
    try:
        Settings(page_size=0)
    except SetupError as error:
        assert_type(error.problems, tuple[mockserver.Problem, ...])
"""


def test_each_public_name_is_there() -> None:
    assert mockserver.__version__
    for name in mockserver.__all__:
        assert getattr(mockserver, name) is not None
    assert set(mockserver.__all__) >= {"create_app", "Mock", "Client", "Settings", "SetupError", "__version__"}


def test_importing_it_imports_no_web_framework() -> None:
    code = "import sys, mockserver; print(sorted({'flask', 'jsonschema_rs', 'yaml', 'faker'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_users_suite_is_typed_against_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """mypy, strict, over a suite in a folder of its own, with the wheel installed in an environment of its own."""
    environment = tmp_path / "environment"
    python = str(environment / "bin/python")
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "-q", "-p", sys.executable, str(environment)], check=True, timeout=300)
    subprocess.run([*uv, "pip", "install", "-q", "-p", python, f"{wheel}[test]"], check=True, timeout=600)
    (tmp_path / "test_mine.py").write_text(SUITE)
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", python, "test_mine.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    broken = SUITE.replace("mock.url, str", "mock.url, int")
    (tmp_path / "test_mine.py").write_text(broken)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, "the fixture's types are not seen"
