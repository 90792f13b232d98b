"""What a target sends is material to judge: it steers no terminal, and nothing in it makes the kit fail."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from checking import carried_out, prepared
from mockserver.conformance.execution import Outcome
from mockserver.conformance.reporters.archive import har_request
from mockserver.conformance.reporters.report_redaction import Redactor, escaped
from mockserver.conformance.wire.traffic import DEEPEST, Exchange, NotJson, Received, Sent, read_json

STEERING = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp"


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("times", [DEEPEST + 1, 100_000])
def test_a_body_without_end_is_not_json(opening, times):
    with pytest.raises(NotJson, match="nests deeper than 100 levels"):
        read_json(opening * times)


def test_many_records_and_brackets_in_text_are_not_depth():
    value = [{"text": "[[[[{{{{\\" * 50, "list": []} for _ in range(500)]
    assert read_json(json.dumps(value).encode()) == value


def test_control_characters_are_shown_and_lines_stay():
    assert escaped("a\x1b[2Jb\n\tc\x9b") == "a\\u001b[2Jb\n\tc\\u009b"
    assert escaped("Zoë 日本 👩") == "Zoë 日本 👩"
    assert "\x9b" not in Redactor().body(json.dumps({"a\x9b": "\x9b"}, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        STEERING.encode(),
        json.dumps({"id": STEERING, STEERING: [STEERING]}, ensure_ascii=False).encode(),
        b"\xff\xfe\x00\x1b[31m",
    ],
    ids=["open", "deep", "text", "json", "bytes"],
)
def test_whatever_it_answers_is_a_finding_and_reads_as_text(body, tmp_path):
    def broken(sent: Sent, send) -> Received:
        reply = send(sent)
        return replace(reply, body=body) if sent.method == "GET" else reply

    run = prepared(broken)
    results = carried_out(run, "round_trip.created_is_read", "round_trip.projection", "paging.complete", "shapes")
    found = [one for result in results for one in result.findings] + list(run.oracle.findings.values())
    assert any(result.outcome is Outcome.FAILED for result in results)
    assert {one.check for one in found} & {"oracle.schema", "watch.schema"}
    printed = "".join(Redactor().text(f"{one.cause} {one.detail}") for one in found)
    printed += "".join(Redactor().body(step.reply.body) for one in found for step in one.exchanges if step.reply)
    assert not set(printed) & set("\x1b\x07\x9b\u202e")


def test_the_archive_holds_a_query_whose_name_is_escaped():
    sent = Sent("GET", "/certifications/acme?%1b%9d=%1b%5b2J&fields=id")
    step = Exchange(1, datetime(2025, 1, 1, tzinfo=UTC), "fuzzing", sent, None, "none came")
    request = har_request(step, "http://127.0.0.1:1", Redactor()).asdict()
    assert request["queryString"][0]["value"] == "\\u001b[2J"
    assert request["queryString"][1] == {"name": "fields", "value": "id"}
