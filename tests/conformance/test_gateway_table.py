"""What a run makes of a gateway, habit by habit, as the terminal tells it: the table in tests/data/gateway.yaml."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from mockserver.conformance.invocation import run
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options
from mockserver.conformance.reporters.events import Event, Finished
from mockserver.conformance.reporters.summary import show
from mockserver.conformance.wire.targets import Target, find_target
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import Unreachable
from mockserver.errors import SetupError

ROWS = yaml.safe_load((Path(__file__).parents[1] / "data" / "gateway.yaml").read_text(encoding="utf-8"))
PAGES = {
    "log-in": b"<!DOCTYPE html><html><form action='/login'>Sign in <input type=password></form></html>",
    "maintenance": b"<html><body>Down for maintenance, back soon.</body></html>",
    "not found": b"<!doctype html><html><title>404</title>Not here</html>",
}
SUITES = ("round_trip", "deleting")


@cache
def mock() -> Target:
    return find_target(Options())


@pytest.fixture(autouse=True)
def few_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = tuple(one for one in load_checks() if one.suite in SUITES)
    monkeypatch.setattr("mockserver.conformance.runner.load_checks", lambda *_, **__: chosen)


def answer(row: Mapping[str, Any], sent: Sent) -> Received:
    if "fails" in row:
        raise Unreachable(row["fails"], arrived=row.get("arrived", True))
    headers = tuple((name, text.replace("{path}", sent.path)) for name, text in row.get("headers", {}).items())
    body = b""
    if "page" in row:
        headers, body = (*headers, ("Content-Type", "text/html; charset=utf-8")), PAGES[row["page"]]
    if "json" in row:
        headers, body = (*headers, ("Content-Type", "application/json")), json.dumps(row["json"]).encode()
    return Received(row["status"], headers, body)


def is_shown(shows: Any, number: int, sent: Sent) -> bool:
    if shows == "always":
        return True
    [(when, what)] = shows.items()
    return {"every": number % what == 0, "since": number >= what}[when] if when != "of" else sent.operation == what


def told(row: Mapping[str, Any]) -> tuple[int, str]:
    """Exit status and what the terminal shows, on a clock that moves with each request and when somebody waits."""
    ticks: Iterator[int] = itertools.count(1)
    now, heard = [0.0], list[dict[str, Any]]()

    def transport(sent: Sent) -> Received:
        now[0] += 0.004
        reply = mock().transport(sent) if not is_shown(row["shows"], next(ticks), sent) or row.get("loses") else None
        if reply is not None and not (row.get("loses") and sent.method != "GET" and is_lost(sent)):
            return reply
        return answer(row["answer"], sent)

    lost: Iterator[int] = itertools.count(1)

    def is_lost(_: Sent) -> bool:
        return next(lost) % row["shows"]["every"] == 0

    def hear(event: Event) -> None:
        if isinstance(event, Finished):
            heard.append(event.report.summary)

    def pause(seconds: float) -> None:
        now[0] += seconds

    try:
        verdict, _ = run(
            Options(groups=("courseFees",), fuzzed=False), hear,
            target=replace(mock(), transport=transport), clock=lambda: now[0], pause=pause,
        )  # fmt: skip
    except SetupError as error:
        return 2, str(error)
    shown = io.StringIO()
    show(Console(file=shown, width=200), heard[-1], [])
    assert now[0] < 600
    return verdict.exit_code, shown.getvalue()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["habit"])
def test_a_habit_of_a_gateway_has_its_exit_and_its_message(row: dict[str, Any]) -> None:
    status, text = told(row)
    assert status == row["exit"], text
    rest = text
    for part in row["says"]:
        assert part in rest, text
        rest = rest.partition(part)[2]
    assert not [part for part in row.get("silent", ()) if part in text]
    assert "finding" not in text.splitlines()[0]
    if "since" in row["shows"]:
        assert " 0 of" not in text.partition("planned checks judged")[0].splitlines()[-1], (
            "what was judged before stays"
        )
