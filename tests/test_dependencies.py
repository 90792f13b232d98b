"""What pyproject.toml says of dependencies is true: each named is used, each used is named, and the floors hold."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from server import serving

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = {canonicalize_name(Requirement(one).name) for one in PROJECT["dependencies"]}
KIT = {canonicalize_name(Requirement(one).name) for one in PROJECT["optional-dependencies"]["test"]}
LATE = {"cryptography"}
"""Imported, and brought by the extra of another dependency: pyjwt[crypto]."""


def imported(folder: Path) -> set[str]:
    """The distributions of others that the modules below ``folder`` import."""
    found: set[str] = set()
    for module in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "find_spec":
                found.add(ast.literal_eval(node.args[0]))  # only its files are wanted
    known = packages_distributions()
    others = found - sys.stdlib_module_names - {"mockserver", "contract_tests"}
    return {canonicalize_name(known[name][0]) for name in others}


def test_each_dependency_is_used_and_each_used_one_is_named() -> None:
    used = imported(ROOT / "mockserver") | imported(ROOT / "contract_tests")
    used = {one for one in used if not one.startswith("opentelemetry")}  # one package of many distributions, an extra
    assert used - LATE <= RUNTIME | KIT, "used, not declared"
    assert used >= RUNTIME, "declared, not used"
    assert used >= KIT, "declared for the kit, not used"


IN_TURN = """
import json, sys
from mockserver.commands.cli import main
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments, "mockserver")
    except SystemExit as end:
        if end.code:
            sys.exit(f"{arguments}: exit {end.code}")
"""
"""Runs commands one after the other in one process: the installation alone takes as long as they do."""


def test_all_commands_run_with_the_oldest(wheel: Path, tmp_path: Path) -> None:
    """Every command, over the oldest versions that are declared; the newest are what this run itself has installed."""
    environment = tmp_path / "environment"
    python = environment / "bin/python"
    uv = [sys.executable, "-m", "uv"]
    install = [*uv, "pip", "install", "-q", "-p", str(python), "--resolution", "lowest-direct", f"{wheel}[test]"]
    for line in ([*uv, "venv", "-q", "-p", sys.executable, str(environment)], install):
        subprocess.run(line, check=True, timeout=600)
    commands = [
        ["--version"],
        ["routes", "programs"],
        ["validate", str(ROOT / "spec/events/openapi.json")],
        ["validate", str(ROOT / "fixtures/scenarios/default.yaml")],
        ["token", "--tenant", "acme"],
        ["seed", "--scenario", "empty", "--out", str(tmp_path / "world")],
        ["publish", "--check", str(ROOT / "spec")],
        ["check", "--group", "settings", "--no-fuzz"],
    ]
    done = subprocess.run(
        [python, "-c", IN_TURN, json.dumps(commands)],
        cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with serving(command=str(environment / "bin/mockserver")) as running:
        assert running.send("GET", "/__mock__/health").status == 200


def test_the_image_is_pinned() -> None:
    """Its base by digest, every dependency by version and hash; `make lock` raises both."""
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert bases
    assert all(re.fullmatch(r"[\w.:-]+@sha256:[0-9a-f]{64}", base) for base in bases)
    lock = (ROOT / "requirements.lock").read_text()
    locked = {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE)
    }
    assert lock.count("--hash=sha256:") >= len(locked)
    for text in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]):
        wanted = Requirement(text)
        name = canonicalize_name(wanted.name)
        assert name in locked, f"{name} is not in requirements.lock: make lock"
        assert wanted.specifier.contains(locked[name]), f"{text}, locked is {locked[name]}: make lock"
