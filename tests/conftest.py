"""Shared by the tests: the tiny library API as an application of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask

from mockserver.web.app import create_app
from server import peer
from tiny import document

ROOT = Path(__file__).parent.parent
EMPTY = "description: Nothing.\nseed: 1\nclock: 2025-04-18T12:00:00Z\ntenants: {}\n"


@pytest.fixture
def library(tmp_path: Path) -> Callable[..., Flask]:
    """Makes an application of the tiny library API; settings as keywords, ``change`` edits its document first."""

    def make(change: Callable[[dict[str, Any]], None] | None = None, **settings: Any) -> Flask:
        told = document()
        if change:
            change(told)
        spec = tmp_path / "openapi.json"
        spec.write_bytes(orjson.dumps(told))
        templates = tmp_path / "templates"
        templates.mkdir(exist_ok=True)
        (templates / "book.html").write_text("<h1>{{ record.title }}</h1>")
        scenarios = tmp_path / "scenarios"
        scenarios.mkdir(exist_ok=True)
        (scenarios / "empty.yaml").write_text(EMPTY)
        chosen = {"scenario": "empty", "auth": "off", "clock": "frozen", "page_size": 2, **settings}
        return create_app(spec=spec, fixtures=tmp_path, **chosen)

    return make


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs tools of others where they are not installed."""
    if all(peer(name) for name in ("prism", "redocly")):
        return
    without = [item for item in items if item.get_closest_marker("peers")]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``pip install`` would get."""
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        ".",
        "--no-deps",
        "--no-build-isolation",
        "--quiet",
        "-w",
        str(out),
    ]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300)
    [built] = out.glob("*.whl")
    return built
