"""The report in the forms of other tools: SARIF for code scanning, CTRF for test dashboards, GitHub's annotations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance.execution import Outcome

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_CTRF: Mapping[str, str] = {
    Outcome.PASSED.value: "passed",
    Outcome.FAILED.value: "failed",
    Outcome.ERROR.value: "failed",
    Outcome.NOT_COVERED.value: "skipped",
}
ANNOTATED = 10
"""How many annotations of a kind GitHub shows for one step."""


def sarif(summary: Mapping[str, Any]) -> str:
    """SARIF 2.1.0: a rule a check, a result a cause, where it was found as a logical location."""
    rules = {one["check"]: one["title"] for one in (*summary["findings"], *summary["noted"])}
    driver = {
        "name": "mockserver check",
        "rules": [{"id": name, "shortDescription": {"text": title}} for name, title in rules.items()],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": summary["exit_code"] != 2, "exitCode": summary["exit_code"]}],
        "results": [
            *(_result(one, "error") for one in summary["findings"]),
            *(_result(one, "note") for one in summary["noted"]),
        ],
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False)


def _result(one: Mapping[str, Any], level: str) -> dict[str, Any]:
    where = [{"name": name, "kind": "resource", "fullyQualifiedName": name} for name in one["operations"]]
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": "openapi.json"}}}
    return {
        "ruleId": one["check"],
        "level": level,
        "message": {"text": f"{one['cause']}\n{one['detail']}".strip()},
        "locations": [{**place, "logicalLocations": where} if where else place],
        "properties": {"provenance": one["provenance"], **({"story": one["story"]} if one["story"] else {})},
        "partialFingerprints": {"cause/v1": f"{one['check']} {one['operation']} {one['cause']}"},
        "occurrenceCount": max(one["count"], 1),
    }


def ctrf(report: Mapping[str, Any]) -> str:
    """Common Test Report Format: a test a check and resource."""
    stories: dict[tuple[str, str], list[str]] = {}
    for one in report["findings"]:
        for resource in one["resources"] or [""]:
            stories.setdefault((one["check"], resource), []).extend([one["story"]] if one["story"] else [])
    tests = [_test(one, stories.get((one["name"], one["resource"]), [])) for one in report["checks"]]
    counts = {state: sum(one["status"] == state for one in tests) for state in ("passed", "failed", "skipped")}
    summary = {"tests": len(tests), **counts, "pending": 0, "other": 0, **_times(report)}
    results = {"tool": {"name": "mockserver check"}, "summary": summary, "tests": tests}
    return json.dumps({"reportFormat": "CTRF", "specVersion": "0.0.0", "results": results}, indent=1)


def _test(one: Mapping[str, Any], stories: list[str]) -> dict[str, Any]:
    name = f"{one['name']} [{one['resource']}]" if one["resource"] else one["name"]
    test = {"name": name, "status": _CTRF[one["outcome"]], "duration": round(one["seconds"] * 1000)}
    test |= {"message": one["reason"]} if one["reason"] else {}
    return {**test, "extra": {"stories": stories}} if stories else test


def _times(summary: Mapping[str, Any]) -> dict[str, int]:
    start = round(summary["began_at"] * 1000)
    return {"start": start, "stop": start + round(summary["seconds"] * 1000)}


def workflow_commands(summary: Mapping[str, Any]) -> Iterator[str]:
    """Workflow commands of GitHub Actions: an error a cause, a warning where too little was judged."""
    for one in summary["findings"][:ANNOTATED]:
        yield _command("error", f"{one['check']}: {one['operation']}", f"{one['cause']}\n{one['detail']}")
    if summary["verdict"] not in ("clean", "findings"):
        why = summary["stopped"] or summary["partial"] or "see the report"
        yield _command("warning", "Contract checks", f"{summary['verdict']}: {why}")


def _command(level: str, title: str, message: str) -> str:
    title = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={title}::{_escaped(message.strip())}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
