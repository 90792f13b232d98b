"""What `import mockserver` offers, that it is documented, and that a user's type checker sees it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver import conformance, pytest_plugin
from mockserver.conformance import Session

ROOT = Path(__file__).parent.parent
OBVIOUS = frozenset({"self", "operation", "group", "record", "reply"})
"""Parameters that say themselves what they are: an operation, what there is of a resource, a record, a reply."""
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
    assert mockserver.__version__ == version("mockserver")
    for name in mockserver.__all__:
        assert getattr(mockserver, name) is not None
    assert set(mockserver.__all__) >= {"create_app", "Mock", "Client", "Settings", "SetupError", "__version__"}


def parts(name: str, value: object) -> Iterator[tuple[str, object, str]]:
    """A public function, or a public class and its own public methods: the name, the thing, its class's docstring."""
    if inspect.isfunction(value) or (inspect.isclass(value) and value.__module__.startswith("mockserver.")):
        yield name, value, ""
    for member, one in vars(value).items() if inspect.isclass(value) else ():
        found = one.fget if isinstance(one, property) else getattr(one, "func", getattr(one, "__func__", one))
        if not member.startswith("_") and inspect.isfunction(found):
            yield f"{name}.{member}", found, value.__doc__ or ""


def is_told(name: str, value: object) -> bool:
    """Whether somebody wrote its docstring: a dataclass without one gets its signature for it."""
    text = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
    return bool(text) and not text.startswith(f"{name}(")


@pytest.mark.parametrize("module", [mockserver, conformance])
def test_each_public_name_has_a_docstring(module: Any) -> None:
    found = [part for name in module.__all__ for part in parts(name, getattr(module, name))]
    assert len(found) > 20
    assert [name for name, value, _ in found if not is_told(name, value)] == []


def test_each_parameter_of_what_users_call_is_told() -> None:
    """By its name in the docstring of the function or of the class; what names itself is left out."""
    found = [part for name in mockserver.__all__ for part in parts(name, getattr(mockserver, name))]
    found += [part for part in parts("Session", Session) if part[0] != "Session"]
    untold = [
        f"{name}({parameter})"
        for name, value, beside in found
        if inspect.isfunction(value)
        for parameter in inspect.signature(value).parameters
        if parameter not in OBVIOUS and f"``{parameter}``" not in f"{value.__doc__} {beside}"
    ]
    assert untold == []
    fields = inspect.signature(mockserver.Settings).parameters
    assert [one for one in fields if f"``{one}``" not in (mockserver.Settings.__doc__ or "")] == []


def test_each_fixture_and_hook_of_users_has_a_docstring() -> None:
    for fixture in (pytest_plugin.mock, pytest_plugin.mockserver_url, pytest_plugin.mockserver_defaults):
        assert fixture.__doc__


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
