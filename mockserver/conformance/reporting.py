"""Reports for machines and people: JUnit XML, JSON, one HTML page and a HAR, all from what is already redacted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from jinja2 import Environment, PackageLoader, select_autoescape

from mockserver.conformance.redaction import Redactor
from mockserver.conformance.running import Outcome
from mockserver.conformance.telling import cut
from mockserver.conformance.traffic import Exchange, Reply
from mockserver.conformance.verdict import Verdict
from mockserver.errors import Problem, SetupError

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


FILES = ("report.json", "junit.xml", "report.html", "traffic.har")


def remove_reports(folder: Path) -> None:
    """Remove what an earlier run wrote, so that it never stands beside one that failed. Raises SetupError."""
    try:
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(folder, error) from None


def write_reports(folder: Path, verdict: Verdict, told: dict[str, Any], redactor: Redactor) -> list[Path]:
    """Write the four files into ``folder`` (made if need be). Raises SetupError when that cannot be done."""
    texts = (
        json.dumps(told, indent=1, ensure_ascii=False),
        junit(told),
        page(told),
        json.dumps(har(verdict, redactor), ensure_ascii=False),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in zip(FILES, texts, strict=True):
            (folder / name).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise _cannot_write(folder, error) from None
    return [folder / name for name in FILES]


def _cannot_write(folder: Path, error: OSError) -> SetupError:
    return SetupError([Problem(str(folder), "", f"cannot be written: {error}", "name a folder with --report")])


def junit(told: dict[str, Any]) -> str:
    """A test case a check and resource; findings that belong to no check (such as those of the watch) get their own."""
    root = ET.Element("testsuites", name="mockserver check")
    known = {check["name"] for check in told["checks"]}
    others = {one["check"]: one for one in told["findings"] if one["check"] not in known}
    extra = [
        {"name": name, "title": one["title"], "resource": "", "outcome": "failed", "reason": None, "seconds": 0.0}
        for name, one in others.items()
    ]
    for check in [*told["checks"], *extra]:
        found = [one for one in told["findings"] if one["check"] == check["name"]]
        found = [one for one in found if check["resource"] in ("", one["resource"])]
        _judged(_case(root, check), check["outcome"], check["reason"], found)
    for suite in root:
        cases = suite.findall("testcase")
        suite.set("tests", str(len(cases)))
        suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
        suite.set("errors", str(sum(case.find("error") is not None for case in cases)))
        suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
        suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _case(root: ET.Element, check: dict[str, Any]) -> ET.Element:
    """The test case of ``check``, in the suite that its name begins with."""
    name = check["name"].partition(".")[0]
    suite = next((one for one in root if one.get("name") == name), None)
    if suite is None:
        suite = ET.SubElement(root, "testsuite", name=name)
    shown = f"{check['title']} [{check['resource']}]" if check["resource"] else check["title"]
    seconds = f"{check['seconds']:.3f}"
    return ET.SubElement(suite, "testcase", classname=check["name"], name=_printable(shown), time=seconds)


def _judged(case: ET.Element, outcome: str, reason: str | None, found: list[dict[str, Any]]) -> None:
    if outcome in _UNJUDGED:
        ET.SubElement(case, _UNJUDGED[outcome], message=_printable(reason or ""))
    for one in found:
        failure = ET.SubElement(case, "failure", message=_printable(f"{one['operation']}: {one['cause']}"))
        lines = [one["detail"], f"found {one['count']} times, seed {one['seed']}", one["curl"] or ""]
        failure.text = _printable("\n".join(line for line in lines if line))


_UNJUDGED: Mapping[str, str] = {Outcome.NOT_COVERED.value: "skipped", Outcome.ERROR.value: "error"}


def page(told: dict[str, Any]) -> str:
    """One self-contained HTML page."""
    environment = Environment(
        loader=PackageLoader("mockserver.conformance", "."), autoescape=select_autoescape(["html"])
    )
    return environment.get_template("report.html").render(told=told)


def har(verdict: Verdict, redactor: Redactor) -> dict[str, Any]:
    """The traffic in HTTP Archive 1.2: the newest exchanges, up to what was kept."""
    creator = {"name": "mockserver check", "version": "1"}
    entries = [_har_entry(one, verdict.base_url, redactor) for one in verdict.exchanges]
    comment = f"{len(entries)} of {verdict.requests} exchanges, seed {verdict.seed}"
    return {"log": {"version": "1.2", "creator": creator, "comment": comment, "entries": entries}}


def _har_entry(one: Exchange, base_url: str, redactor: Redactor) -> dict[str, Any]:
    took = round(one.reply.seconds * 1000, 3) if one.reply else 0
    return {
        "startedDateTime": one.at.isoformat(),
        "time": took,
        "comment": one.purpose,
        "request": _har_request(one, base_url, redactor),
        "response": _har_response(one, redactor),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    }


def _har_request(one: Exchange, base_url: str, redactor: Redactor) -> dict[str, Any]:
    query = parse_qsl(one.sent.target.partition("?")[2], keep_blank_values=True)
    body = cut(redactor.body(one.sent.body))
    posted = {"postData": {"mimeType": one.sent.header("Content-Type") or "", "text": body}} if body else {}
    return {
        "method": one.sent.method,
        "url": redactor.text(base_url + one.sent.target),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(redactor.headers(one.sent.headers)),
        "queryString": _pairs([one for name, text in query for one in redactor.value({name: text}).items()]),
        "headersSize": -1,
        "bodySize": len(one.sent.body or b""),
        **posted,
    }


def _har_response(one: Exchange, redactor: Redactor) -> dict[str, Any]:
    """The reply; status 0, as HAR has it, where none came."""
    reply = one.reply or Reply(0, (), b"")
    content = {"size": len(reply.body), "mimeType": reply.header("Content-Type") or ""}
    return {
        "status": reply.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(redactor.headers(reply.headers)),
        "content": {**content, "text": cut(redactor.body(reply.body)), "comment": redactor.text(one.failure)},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(reply.body),
    }


def _pairs(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": text} for name, text in pairs]


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
