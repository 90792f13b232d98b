"""The report as JUnit XML: a test case a check and resource, one failure a cause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from mockserver.conformance.execution import Outcome
from mockserver.conformance.reporters.report_data import times

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""
_UNJUDGED: Mapping[str, str] = {Outcome.NOT_COVERED.value: "skipped", Outcome.ERROR.value: "error"}


def junit(summary: Mapping[str, Any]) -> str:
    """Findings that belong to no check (such as those of the watch) get test cases of their own."""
    root = ET.Element("testsuites", name="mockserver check")
    cases = {(one["name"], one["resource"]): _case(root, one) for one in summary["checks"]}
    for one in summary["findings"]:
        _finding(root, cases, one)
    for check in summary["checks"]:
        case = cases[check["name"], check["resource"]]
        if check["outcome"] in _UNJUDGED and not len(case):
            ET.SubElement(case, _UNJUDGED[check["outcome"]], message=_printable(check["reason"] or ""))
    for suite in root:
        _count(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _finding(root: ET.Element, cases: Mapping[tuple[str, str], ET.Element], one: Mapping[str, Any]) -> None:
    """The failure in the first case that it made fail; the others name that one, so that one cause is one failure."""
    places = [(one["check"], name) for name in (*one["resources"], "") if (one["check"], name) in cases]
    own = {"name": one["check"], "title": one["title"], "resource": "", "seconds": 0.0}
    case = cases[places[0]] if places else _case(root, own)
    for mark in case.findall("skipped"):
        case.remove(mark)
    failure = ET.SubElement(case, "failure", message=_printable(f"{one['operation']}: {one['cause']}"))
    lines = [one["detail"], f"found {times(one['count'])}, seed {one['seed']}", one["curl"] or ""]
    lines += [f"story: {one['story']}"] if one["story"] else []
    failure.text = _printable("\n".join(line for line in lines if line))
    for place in places[1:]:
        if not len(cases[place]):
            same = f"also found here, with the same cause as {one['operation']}: {one['cause']}"
            ET.SubElement(cases[place], "skipped", message=_printable(same))


def _case(root: ET.Element, check: Mapping[str, Any]) -> ET.Element:
    """The test case of ``check``, in the suite that its name begins with."""
    name = check["name"].partition(".")[0]
    suite = root.find(f"testsuite[@name='{name}']")
    if suite is None:
        suite = ET.SubElement(root, "testsuite", name=name)
    shown = f"{check['title']} [{check['resource']}]" if check["resource"] else check["title"]
    seconds = f"{check['seconds']:.3f}"
    return ET.SubElement(suite, "testcase", classname=check["name"], name=_printable(shown), time=seconds)


def _count(suite: ET.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(len(case.findall("failure")) for case in cases)))
    for word, mark in (("errors", "error"), ("skipped", "skipped")):
        suite.set(word, str(sum(case.find(mark) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
