"""One cause is one finding in every form of the report, and what listens to a run hears it in order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from click.testing import CliRunner

import forked
from mockserver.commands.cli import main
from mockserver.conformance.findings import Finding
from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.reporters.events import Event, to_all
from mockserver.conformance.reporters.exports import workflow_commands
from mockserver.conformance.reporters.reporting import BUILT_IN, Files
from mockserver.conformance.verdict import clusters
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.traffic import Received, Sent

GROUPS = ("courseInstructors", "licenseTypes")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of a run over a target with two faults, each of them in two resources."""
    here = tmp_path_factory.mktemp("report")
    kinds = forked.result(reported, folder=str(here))
    assert (kinds[0], kinds[-1], kinds.count("Finished")) == ("Started", "Finished", 1)
    assert kinds.count("Working") == kinds.count("Judged")
    return here


def reported(folder: str) -> list[str]:
    """What was heard while such a run wrote its reports: to be called by ``forked.result``, as it takes much memory."""
    target = find_target(Options())

    def transport(sent: Sent) -> Received:
        if (
            sent.method == "DELETE"
            and "/" in sent.path[1:]
            and target.transport(replace(sent, method="GET")).status == 404
        ):
            return Received(200, target.transport(sent).headers, json.dumps(sent.path.rpartition("/")[2]).encode())
        reply = target.transport(sent)
        is_patch = sent.method == "PATCH" and reply.status == 200
        return (
            replace(reply, headers=(*reply.headers, ("X-Powered-By", "x")))
            if not is_patch
            else replace(reply, status=418)
        )

    heard: list[Event] = []
    run(
        Options(groups=GROUPS, fuzzed=False),
        to_all(heard.append, Files(Path(folder))),
        target=replace(target, transport=transport),
    )
    return [type(one).__name__ for one in heard]


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


def test_one_cause_is_one_finding_everywhere(folder: Path) -> None:
    told = read(folder, "report.json")
    findings = told["findings"]
    assert {file.name for file in folder.iterdir()} == {one.file for one in BUILT_IN}
    undeclared = next(one for one in findings if one["check"] == "watch.status")
    assert undeclared["operations"] == ["patchCourseInstructor", "patchLicenseType"]
    second = next(one for one in findings if one["check"] == "deleting.second_delete")
    assert second["resources"] == list(GROUPS)
    assert len({(one["check"], one["cause"]) for one in findings}) == len(findings)
    suites = ET.parse(folder / "junit.xml").getroot()
    assert len(list(suites.iter("failure"))) == len(findings)
    assert sum(int(str(suite.get("failures"))) for suite in suites) == len(findings)
    assert len(read(folder, "report.sarif")["runs"][0]["results"]) == len(findings)
    assert (folder / "report.html").read_text().count('<article class="card">') == len(findings)
    assert len([one for one in workflow_commands(told) if one.startswith("::error")]) == min(len(findings), 10)


def test_sarif_and_ctrf_tell_checks_by_name(folder: Path) -> None:
    [sarif] = read(folder, "report.sarif")["runs"]
    rules = [rule["id"] for rule in sarif["tool"]["driver"]["rules"]]
    assert {one["ruleId"] for one in sarif["results"]} == set(rules)
    assert sarif["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]
    results = read(folder, "ctrf.json")["results"]
    summary = results["summary"]
    assert summary["tests"] == len(results["tests"]) == summary["passed"] + summary["failed"] + summary["skipped"]
    assert summary["start"] <= summary["stop"]
    assert {"name": "deleting.second_delete [licenseTypes]", "status": "failed"}.items() <= next(
        one for one in results["tests"] if one["name"] == "deleting.second_delete [licenseTypes]"
    ).items()


def finding(check: str, operation: str, cause: str) -> Finding:
    return Finding(check, "A check", None, operation, operation, cause, "")


def test_findings_belong_together_by_operation_or_by_what_they_say() -> None:
    several = [
        finding("a", "get", "get is slow"),
        finding("a", "list", "list is slow"),
        finding("a", "list", "list is late"),
        finding("a", "put", "put is lost"),
        finding("b", "get", "get is slow"),
    ]
    found = [(one.first.check, one.operations, one.count) for one in clusters(several)]
    assert found == [("a", ("get", "list"), 3), ("a", ("put",), 1), ("b", ("get",), 1)]


def test_annotations_hold_one_line_each_and_no_command_of_the_targets() -> None:
    one = {"check": "a.b", "operation": "get", "cause": "100% wrong", "detail": "line\n::error::injected"}
    told = {"findings": [one], "verdict": "stopped", "stopped": "no more replies", "partial": None}
    assert list(workflow_commands(told)) == [
        "::error title=a.b%3A get::100%25 wrong%0Aline%0A::error::injected",
        "::warning title=Contract checks::stopped: no more replies",
    ]


def test_the_terminal_annotates_in_a_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = CliRunner().invoke(main, ["check", "--group", "settings", "--no-fuzz", "--require", "100%"])
    assert done.exit_code == 0, done.output
    assert "::error" not in done.output


SCHEMAS = Path(__file__).parents[1] / "data" / "report_schemas"


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("report.sarif", "sarif-2.1.0.schema.json"),
        ("ctrf.json", "ctrf.schema.json"),
        ("traffic.har", "har-1.2.schema.json"),
    ],
)
def test_the_forms_of_other_tools_keep_their_published_schemas(folder: Path, name: str, schema: str) -> None:
    validator = jsonschema_rs.validator_for(read(SCHEMAS, schema), validate_formats=True)
    assert [(one.instance_path, one.message[:200]) for one in validator.iter_errors(read(folder, name))] == []


def test_what_scrolls_on_the_page_can_be_reached_by_keyboard(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    assert page.count('class="wide"') == page.count('class="wide" tabindex="0" role="group" aria-label="') > 2
