"""The workflows for users: parsed as their systems do, and their steps run against a mock in place of staging."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from checking import Recording, listening
from mockserver.auth.authenticator import mint
from mockserver.conformance.reporters.reporting import BUILT_IN

FOLDER = Path(__file__).parent.parent / "examples" / "ci"
EXPRESSION = re.compile(r"\$\{\{\s*(secrets|vars)\.([A-Z_]+)\s*\}\}")


@pytest.fixture
def staging(wheel: Path) -> Iterator[dict[str, str]]:
    """A mock in staging's place, and what a user would set in her project's settings for it."""
    one = Recording()

    def token(tenant: str) -> str:
        return mint(one.world.keys, one.world.contract.security, tenant=tenant, now=datetime.now(UTC))

    with listening(one) as url:
        before = one.records()
        yield {
            "MOCKSERVER_SOURCE": wheel.as_uri(),
            "STAGING_URL": url,
            "STAGING_HOST": "127.0.0.1",
            "STAGING_TENANT": "acme",
            "STAGING_OTHER_TENANT": "globex",
            "CHECKS_TENANT": "contract-checks",
            "STAGING_TOKEN": token("acme"),
            "STAGING_OTHER_TOKEN": token("globex"),
            "CHECKS_TOKEN": token("contract-checks"),
        }
        after = one.records()
        assert {tenant: after[tenant] for tenant in before} == before


def carried_out(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """One step, in bash, as both systems run it; faster and shorter than with staging, with no index to install from."""
    shutil.copy(FOLDER / "contract-baseline.yaml", folder)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    told = {
        "PATH": path,
        "HOME": str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_DRY_RUN": "1",  # it is installed already
        "PIP_NO_DEPS": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "GITHUB_RUN_NUMBER": "7",
        "CI_PIPELINE_IID": "7",
        **environment,
    }
    script = script.replace("--rate 10/s", "--rate 1000/s --group courseInstructors --no-fuzz")
    script = script.replace("--sweep", "--sweep --rate 1000/s")
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env=told, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def resolved(environment: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    return {name: EXPRESSION.sub(lambda found: settings[found[2]], text) for name, text in environment.items()}


def test_the_github_workflow_runs(staging: dict[str, str], tmp_path: Path) -> None:
    workflow = yaml.safe_load((FOLDER / "github-actions.yml").read_text())
    assert set(workflow["jobs"]) == {"reading", "writing"}
    assert workflow[True]["schedule"]  # YAML 1.1 reads the word "on" as true
    for job in workflow["jobs"].values():
        environment = resolved(job["env"], staging)
        for step in job["steps"]:
            if "run" in step:
                done = carried_out(step["run"], tmp_path, environment)
                assert done.returncode == 0, f"{step['name']}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        _kept(job, tmp_path)


def _kept(job: dict[str, Any], folder: Path) -> None:
    """The step that keeps the report names the folder that the checks wrote."""
    upload = next(step for step in job["steps"] if "upload-artifact" in step.get("uses", ""))
    assert upload["if"] == "always()"
    written = {file.name for file in (folder / upload["with"]["path"]).iterdir()}
    assert written == {one.file for one in BUILT_IN}


def test_the_gitlab_pipeline_runs(staging: dict[str, str], tmp_path: Path) -> None:
    pipeline = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text())
    for name in ("contract-reading", "contract-writing"):
        job = {**pipeline[pipeline[name]["extends"]], **pipeline[name]}
        assert job["stage"] in pipeline["stages"]
        for lines in ([*job["before_script"], *job["script"]], job.get("after_script", ["true"])):
            done = carried_out("\n".join(lines), tmp_path, staging)
            assert done.returncode == 0, f"{name}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        assert list(tmp_path.glob(job["artifacts"]["reports"]["junit"]))


@pytest.mark.parametrize("file", ["github-actions.yml", "gitlab-ci.yml"])
def test_no_secret_is_on_a_command_line(file: str) -> None:
    """What is on a command line is in the process list, and in the log of a shell that echoes."""
    text = (FOLDER / file).read_text()
    assert "--token" not in text
    assert "--other-token " not in text
