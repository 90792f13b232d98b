"""The suites: silent about a mock that keeps its contract, and naming the cause in one that does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import forked
from checking import THOROUGH, carried_out, causes, checked, listening, prepared
from mockserver.conformance import Ask
from mockserver.conformance.check_plan import read_plan
from mockserver.conformance.execution import NOTHING_ASKED, NOTHING_JUDGED, Outcome
from mockserver.conformance.invocation import run
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options
from mockserver.conformance.run_findings import findings_of
from mockserver.conformance.runner import SAMPLED
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.contract import Kind
from mockserver.contract.kinds import ANNOTATED
from mockserver.web.app import create_app

Send = Callable[[Sent], Received]


def changed(reply: Received, change: Callable[[Any], Any]) -> Received:
    return replace(reply, body=json.dumps(change(reply.json())).encode())


def test_names_are_unique_and_every_suite_has_checks() -> None:
    names = [check.name for check in load_checks()]
    assert len(names) == len(set(names))
    assert all(check.title and not check.title.endswith(".") for check in load_checks())


EXCUSES = {
    SAMPLED,
    NOTHING_ASKED,
    NOTHING_JUDGED,
    "nothing computed could be computed independently",  # by the moment at which it is asked
    "both tenants have records of the same ids",  # of what nobody creates, as the scenario has it
    "no record could be brought to the point where an effect happens",  # an order's or organization's, by what others do
}


@pytest.fixture(scope="module")
def whole() -> Any:
    return forked.result(checked, seed=3)


def test_a_clean_mock_has_no_findings(whole: Any) -> None:
    assert whole["findings"] == []
    assert whole["exit_code"] == 0
    assert whole["left"] == []
    assert not set(whole["uncovered"]) - EXCUSES


ALIKE = ("examSites",)
"""A small resource; `make thorough` takes all, and shares them with a copy."""


def test_one_seed_gives_one_verdict_and_the_same_counts() -> None:
    one, other = (forked.result(checked, seed=3, groups=() if THOROUGH else ALIKE) for _ in range(2))
    assert one == other
    assert one["statuses"] and one["purposes"] and one["results"]


VARIED = ("applications", "certifications", "queries")
"""Resources that have operations of every kind among them."""


@pytest.fixture(scope="module")
def varied() -> Any:
    return forked.result(checked, seed=4, groups=VARIED)


def test_another_seed_finds_nothing_either(varied: Any) -> None:
    assert varied["findings"] == []
    assert not set(varied["uncovered"]) - EXCUSES
    groups = read_plan(prepared().plan.contract).groups
    kinds = {kind for group in groups.values() for kind in group.operations}
    assert {kind for name in VARIED for kind in groups[name].operations} == kinds


def test_of_a_whole_resource_nothing_is_left_out(varied: Any) -> None:
    assert not any("certifications" in resources for resources in varied["uncovered"].values())
    assert varied["unasked"] == []
    assert varied["exit_code"] == 0


def without_empty_values(document: dict[str, Any]) -> None:
    """A parameter without a value is refused, whatever its schema says: let the tiny document say so too."""
    for item in document["paths"].values():
        for operation in (one for one in item.values() if isinstance(one, dict)):
            for parameter in operation.get("parameters", []):
                schema = parameter["schema"]
                schema |= {"minItems": 1} if schema["type"] == "array" else {}
                schema.get("items", schema)["minLength"] = 1


TINY = {"auth": "verify", "clock": "scenario", "page_size": 5}


def of_another_document(folder: str) -> dict[str, Any]:
    """What is found in a mock of the tiny document: to be called by ``forked.result``, as it takes much memory."""
    spec = Path(folder) / "openapi.json"
    app = create_app(spec=spec, fixtures=spec.parent, scenario="empty", **TINY)
    verdict, _ = run(Options(spec=spec, tenant="one", other_tenant="two"), app=app.wsgi_app)
    return {
        "findings": [(one.check, one.operation, one.cause, one.detail) for one in verdict.findings],
        "passed": [result.resource for result in verdict.results if result.outcome is Outcome.PASSED],
    }


def test_another_document_is_covered_without_a_line_of_code(library: Callable[..., Flask], tmp_path: Path) -> None:
    library(without_empty_values, **TINY)
    verdict = forked.result(of_another_document, folder=str(tmp_path))
    assert verdict["findings"] == []
    assert {*verdict["passed"]} >= {"books", "authors"}


def drop_a_field(sent: Sent, send: Send) -> Received:
    reply = send(sent)
    if sent.operation == "createCertification" and reply.status == 200:
        return changed(reply, lambda record: {name: value for name, value in record.items() if name != "city"})
    return reply


def ignore_patches(sent: Sent, send: Send) -> Received:
    return send(replace(sent, method="GET", body=None)) if sent.method == "PATCH" else send(sent)


def ignore_deletes(sent: Sent, send: Send) -> Received:
    if sent.method != "DELETE" or send(replace(sent, method="GET")).status != 200:
        return send(sent)
    return Received(200, send(replace(sent, method="GET")).headers, json.dumps(sent.path.rpartition("/")[2]).encode())


def keep_old_fields(sent: Sent, send: Send) -> Received:
    if sent.method != "PUT" or sent.body is None:
        return send(sent)
    old = send(replace(sent, method="GET", body=None))
    kept = (
        {name: value for name, value in old.json().items() if not name.startswith("sys_")} if old.status == 200 else {}
    )
    body = json.loads(sent.body)
    return send(replace(sent, body=json.dumps({**kept, **body}).encode()) if isinstance(body, dict) else sent)


def lose_the_last_of_a_page(sent: Sent, send: Send) -> Received:
    reply = send(sent)
    if sent.operation == "listCertificationsByContactId" and reply.status == 200 and "LastEvaluatedKey" in reply.json():
        return changed(reply, lambda page: {**page, "Items": page["Items"][:-1], "Count": page["Count"] - 1})
    return reply


def search_with_or(sent: Sent, send: Send) -> Received:
    if sent.operation == "searchForCertifications" and sent.body and len(json.loads(sent.body)) > 1:
        first = dict([next(iter(json.loads(sent.body).items()))])
        return send(replace(sent, body=json.dumps(first).encode()))
    return send(sent)


def stop_a_batch_at_the_first_error(sent: Sent, send: Send) -> Received:
    reply = send(sent)
    if sent.operation == "batchCertifications" and reply.status == 200:
        results = reply.json()["results"]
        until = next((index for index, one in enumerate(results) if "error" in one), len(results))
        return changed(reply, lambda told: {**told, "results": results[: until + 1]})
    return reply


def read_one_digit_of_an_index(sent: Sent, send: Send) -> Received:
    if sent.method == "PATCH" and sent.body:
        return send(replace(sent, body=re.sub(rb"/10(?=\")", b"/1", sent.body)))
    return send(sent)


def take_words_of_other_fields(sent: Sent, send: Send) -> Received:
    if sent.operation == "patchCertification" and sent.body and sent.body.count(b'"contact"'):
        return send(replace(sent, method="GET", body=None, operation=None))
    return send(sent)


def refuse_a_charset(sent: Sent, send: Send) -> Received:
    return Received(400, (), b"{}") if "charset" in (sent.header("Content-Type") or "") else send(sent)


def leave_out_what_is_false(sent: Sent, send: Send) -> Received:
    reply = send(sent)
    if sent.operation == "getCertification" and "fields=" in sent.target and reply.status == 200:
        return changed(reply, lambda record: {name: value for name, value in record.items() if value})
    return reply


def let_batches_delete_what_others_name(sent: Sent, send: Send) -> Received:
    reply = send(sent)
    if sent.operation == "batchPrograms" and reply.status == 200:
        well = [{**one, "status": 200, "error": None} for one in reply.json()["results"]]
        bare = [{name: value for name, value in one.items() if value is not None} for one in well]
        return changed(reply, lambda told: {"results": bare, "success_count": len(bare), "error_count": 0})
    return reply


def shared_denial(sent: Sent, send: Send) -> Received:
    """Another tenant's token reads what is there: the tenant in the path is looked at, the token is not."""
    reply = send(sent)
    if reply.status == 403 and sent.operation and sent.method == "GET":
        own = RUN["run"].target.own if "/acme" in sent.path else RUN["run"].target.other
        return send(
            replace(
                sent,
                headers=(
                    *((n, t) for n, t in sent.headers if n != "Authorization"),
                    ("Authorization", f"Bearer {own.token}"),
                ),
            )
        )
    return reply


RUN: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("broken", "check", "cause"),
    [
        (drop_a_field, "round_trip.create_answers_the_record", "lacks or changes what was sent (city)"),
        (ignore_patches, "patching.single_steps", "a patch that replaces a field leaves the wrong record"),
        (ignore_patches, "versions.counted", "the version does not count PATCH"),
        (ignore_deletes, "deleting.gone_everywhere", "getCertification of a deleted record: answered 200, wanted 404"),
        (keep_old_fields, "replacing.replaces_fully", "PUT keeps fields that were not sent"),
        (lose_the_last_of_a_page, "paging.complete", "listCertificationsByContactId leaves records out"),
        (search_with_or, "searching.together", "searchForCertifications finds too many records by"),
        (read_one_digit_of_an_index, "patching.lists", "a patch that replaces items leaves the wrong record"),
        (take_words_of_other_fields, "patching.result_is_validated", "a patch that gives status the unknown word 'contact'"),
        (refuse_a_charset, "round_trip.create_answers_the_record", "of a valid record: answered 400, wanted 200"),
        (leave_out_what_is_false, "round_trip.projection", "getCertification with fields answers other fields"),
        (let_batches_delete_what_others_name, "deleting.dependants", "a batch deletes a record that certifications"),
        (stop_a_batch_at_the_first_error, "batching.independence", "a different number of results from its items"),
        (shared_denial, "isolation.foreign_token", "getCertification with a token for another tenant: answered 200, wanted 403"),
    ],
)  # fmt: skip
def test_a_broken_mock_is_found_by_a_check_that_names_the_cause(broken: Any, check: str, cause: str) -> None:
    RUN["run"] = prepared(broken)
    found = causes(RUN["run"], check)
    assert any(name == check and cause in told for name, told in found), found


def test_a_reply_that_breaks_its_schema_is_seen_whoever_asked() -> None:
    def broken(sent: Sent, send: Send) -> Received:
        reply = send(sent)
        if sent.operation == "getCertification" and reply.status == 200:
            return changed(reply, lambda record: {**record, "status": "lapsed"})
        return reply

    one = prepared(broken)
    carried_out(one, "round_trip.created_is_read")
    found = [(f.check, f.operation, f.cause) for f in one.oracle.findings.values()]
    assert found == [("watch.schema", "getCertification", "a reply with 200 breaks its schema at /status (enum)")]


def test_a_full_reply_is_held_to_every_required_field() -> None:
    """The projected alternative of a schema must not excuse a reply that nobody asked to shorten."""

    def broken(sent: Sent, send: Send) -> Received:
        reply = send(sent)
        if sent.operation == "getCertification" and reply.status == 200 and "fields=" not in sent.target:
            return changed(reply, lambda record: {name: v for name, v in record.items() if name != "sys_created_by_id"})
        return reply

    one = prepared(broken)
    carried_out(one, "round_trip.projection")
    assert any("sys_created_by_id (required)" in f.cause for f in one.oracle.findings.values())


@pytest.mark.parametrize(
    ("body", "check"),
    [
        (b'Traceback (most recent call last):\n  File "/srv/app.py", line 3', "watch.no_stack_trace"),
        (rb'{"stack": "Error: no\n    at Object.<anonymous> (/srv/app.js:10:5)"}', "watch.no_stack_trace"),
        (rb'{"trace": "\tat com.example.App(App.java:12)"}', "watch.no_stack_trace"),
        (b"{}", "watch.no_server_error"),
    ],
)
def test_a_failing_server_is_seen(body: bytes, check: str) -> None:
    def broken(sent: Sent, send: Send) -> Received:
        return Received(500, (), body) if sent.operation == "downloadCertificate" else send(sent)

    one = prepared(broken)
    carried_out(one, "documents_and_notices.document")
    assert check in {f.check for f in one.oracle.findings.values()}


def test_a_target_that_makes_nothing_is_one_finding_not_silence() -> None:
    def broken(sent: Sent, send: Send) -> Received:
        return Received(500, (), b"{}") if sent.operation == "createCertification" else send(sent)

    one = prepared(broken)
    one.results += carried_out(one, "replacing.replaces_fully", "deleting.second_delete")
    assert {result.outcome for result in one.results} == {Outcome.NOT_COVERED}, one.results
    one.oracle.findings.clear()
    assert [(f.check, f.operation) for f in findings_of(one, ())] == [("preparation.records", "createCertification")]


def test_everything_made_is_removed_after_each_check() -> None:
    one = prepared()
    before = one.session.records.left()
    carried_out(one, "concurrency", "batching", "paging.complete")
    assert before == [] == [made for made in one.session.records.left() if made not in one.session.kept()]
    assert one.session.clean_up(targets=True) == one.session.records.left() == []


def test_a_record_that_was_generated_is_remembered_and_removed() -> None:
    one = prepared(groups=("applications",))
    group = one.plan.groups["applications"]
    operation = group.one(Kind.GENERATE)
    assert one.session.records.left() == []
    values = {"processId": "process-pmc-new", "ownerType": "contact", "ownerId": "contact-ada"}
    reply = one.session.send(Ask(operation, values))
    made = reply.json()["application"]["id"]
    assert [(left.resource, left.id) for left in one.session.records.left()] == [("applications", made)]
    one.session.clean_up()
    assert one.session.at(group, Kind.READ, made).status == 404


def test_suites_run_as_plain_pytest_against_a_url(pytestconfig: pytest.Config) -> None:
    import subprocess
    import sys

    with listening(create_app(page_size=20, clock="scenario").wsgi_app) as url:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "contract_tests", "-q", "-k", "certifications and (round_trip or isolation)", "--target", url],
            cwd=pytestconfig.rootpath, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) >= 15, done.stdout


def test_the_plan_comes_from_the_document() -> None:
    plan = read_plan(prepared().plan.contract)
    group = plan.groups["certifications"]
    others = {Kind.COMPUTE, Kind.GENERATE, Kind.QUERY, Kind.DESCRIBE, Kind.TABLE}
    assert set(ANNOTATED) - set(group.operations) == others
    assert group.marker == "name"
    assert group.required == {"contact_id", "name", "program_id", "status"}
    assert group.filled == {"customer_id", "number"}
    assert {one.resource for one in group.references} == {
        "applications", "certifications", "contacts", "organizations", "programs", "statusReasons", "trainingProviders",
    }  # fmt: skip
    assert group.foreign_keys >= {"contact_id", "organization_id", "transferred_from_id", "program_id"}
    assert plan.groups["applications"].triggers["status"] == ("activated",) * 4
    assert plan.groups["settings"].is_single


def test_a_curl_names_whose_token_it_takes_and_shows_none() -> None:
    from mockserver.conformance.reporters.report_redaction import Redactor
    from mockserver.conformance.reporters.reproduction import curl

    one = prepared()
    redactor = Redactor(one.target.secrets())
    told = []
    for who, headers in (
        (one.session.own, {}),
        (one.session.other, {}),
        (one.session.own, {"Authorization": "Bearer forged-thing"}),
    ):
        one.session.raw("GET", "/certifications/acme?fields=name", who=who, headers=headers)
        told.append(curl(one.client.recorder.exchanges[-1], "http://127.0.0.1:8080", redactor, None))
    assert ["$TOKEN" in told[0], "$OTHER_TOKEN" in told[1], "Bearer $BAD_TOKEN" in told[2]] == [True, True, True]
    assert not any(secret in line for line in told for secret in (*one.target.secrets(), "forged-thing"))
    assert told[0].startswith("curl -i 'http://127.0.0.1:8080/certifications/acme?fields=name'")
