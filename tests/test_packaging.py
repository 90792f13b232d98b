"""What `pip install` gives: one package, its data inside, working from any folder whatever lies in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_one_import_name_and_its_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"mockserver"}
    for needed in (
        "spec/openapi.json",
        "spec/openapi.yaml",
        "fixtures/scenarios/default.yaml",
        "fixtures/templates/certificate.html",
        "contract_tests/schemathesis.toml",
    ):
        assert f"mockserver/_data/{needed}" in names
    assert "mockserver/web/docs.html" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_it_works_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", "--target", str(target), str(wheel)]
    subprocess.run(command, check=True, timeout=300)
    for decoy in ("spec", "fixtures", "contract_tests"):
        (elsewhere / decoy).mkdir(parents=True)
        (elsewhere / decoy / "__init__.py").write_text("raise RuntimeError('a folder of the user, not ours')")
    script = (
        "import sys; from mockserver.settings import data_folder;"
        "print(*map(data_folder, ('spec', 'fixtures', 'contract_tests')));"
        "from mockserver.commands.cli import main; main(sys.argv[1:])"
    )
    for arguments in (["routes", "programs"], ["seed", "--scenario", "edge", "--out", str(tmp_path / "world")]):
        made = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=elsewhere,
            env={**os.environ, "PYTHONPATH": str(target)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        folders = made.stdout.splitlines()[0].split()
        assert len(folders) == 3
        assert all(folder.startswith(str(target)) for folder in folders)
        assert str(ROOT / "spec") not in made.stdout
    assert list((tmp_path / "world").iterdir())
