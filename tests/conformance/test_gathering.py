"""One cause is one finding, whoever saw it: the check that asked, the fuzzer, or the watch on every reply."""

from __future__ import annotations

from datetime import UTC, datetime

from mockserver.conformance.findings import Finding
from mockserver.conformance.run_findings import seen_by_checks_alone
from mockserver.conformance.wire.traffic import Exchange, Received, Sent


def finding(check: str, cause: str, status: int = 200) -> Finding:
    step = Exchange(1, datetime(2025, 4, 18, tzinfo=UTC), "", Sent("GET", "/pets"), Received(status, (), b""))
    return Finding(check, "", None, "pets", "listPets", cause, "", (step,))


def test_what_the_watch_tells_is_not_told_again() -> None:
    watched = [finding("watch.schema", "a reply with 200 breaks its schema at / (type)")]
    same = finding("any_document.answers", watched[0].cause)
    other = finding("any_document.answers", "the list lacks a record that was created")
    assert seen_by_checks_alone([same, other], watched) == [other]


def test_of_a_failed_reply_the_fuzzer_says_nothing_that_the_watch_does_not() -> None:
    watched = [finding("watch.no_server_error", "answered 500", 500)]
    crash = finding("fuzzing.content_type_conformance", "Missing Content-Type header (500)", 500)
    other = finding("fuzzing.status_code_conformance", "Undocumented HTTP status code (418)", 418)
    assert seen_by_checks_alone([crash, other], watched) == [other]
    assert seen_by_checks_alone([crash], []) == [crash]
