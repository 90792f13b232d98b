"""The kit against a stateless mock that is not ours: the findings it deserves, and none about what it does well."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

import forked
from mockserver.settings import Settings, stock_spec
from mockserver.world import contract_of
from server import peer

pytestmark = pytest.mark.peers
GROUP = "courseInstructors"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What ``mockserver check`` reports about Prism serving of our document what is asked."""
    folder = tmp_path_factory.mktemp("prism")
    prism = peer("prism")
    assert prism
    document = folder / "openapi.json"
    document.write_bytes(orjson.dumps(contract_of(Settings(spec=stock_spec(), groups=(GROUP,))).excerpt))
    process = subprocess.Popen(
        [prism, "mock", "-p", "0", str(document)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout
        url = next(line.rpartition(" ")[2].strip() for line in process.stdout if "listening on" in line)
        # What Prism logs must go somewhere, or it stops when the pipe is full.
        drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
        done = forked.run(
            "check", "--target", url, "--profile", "http", "--group", GROUP, "--no-fuzz", "--report", str(folder),
            env={**os.environ, "HOME": str(folder)},
        )  # fmt: skip
        assert done.returncode == 1, done.stdout + done.stderr
        yield json.loads((folder / "report.json").read_text())
    finally:
        process.terminate()
        process.wait(timeout=60)
        drain.wait(timeout=60)
        process.stdout.close()


def causes(report: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in report["findings"]:
        found.setdefault(one["check"], set()).update([one["cause"], *(other["cause"] for other in one["also"])])
    return found


@pytest.mark.parametrize(
    ("check", "cause"),
    [
        ("round_trip.create_answers_the_record", "the reply to a create lacks or changes what was sent"),
        ("round_trip.ids_differ", "two creates were given the same id"),
        ("replacing.missing_record", "PUT of a record that does not exist: answered 200, wanted 404"),
        ("deleting.second_delete", "a second DELETE: answered 200, wanted 404"),
        ("patching.single_steps", "PATCH answers a different record from read"),
        ("paging.complete", "records that were made share ids"),
        ("isolation.foreign_token", "with a token for another tenant: answered 200, wanted 403"),
        ("isolation.foreign_ids", "with the id of another tenant's record: answered 200, wanted 404"),
        ("concurrency.test_and_set", "several patches that test the same value succeed"),
    ],
)
def test_prism_gets_what_it_deserves(report: dict[str, Any], check: str, cause: str) -> None:
    assert any(cause in told for told in causes(report)[check]), causes(report)[check]


def test_what_prism_does_well_is_not_held_against_it(report: dict[str, Any]) -> None:
    """It validates bodies, asks for a token, answers preflights and sends what the document declares for a success."""
    found = causes(report)
    assert "shapes.preflights" not in found
    assert not any("createCourseInstructor with" in cause for cause in found.get("failed_writes.invalid_creates", ()))
    assert not any("reply with 200 breaks its schema" in cause for cause in found.get("watch.schema", ()))
    assert not any("without a token" in cause for cause in found.get("authentication.every_operation", ()))
    assert "watch.no_server_error" not in found
    assert {one["name"] for one in report["checks"] if one["outcome"] == "passed"} >= {"shapes.preflights"}
