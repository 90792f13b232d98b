"""The console: every page of it for an annotated document and for any other, its forms, and what strangers may do."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from mockserver import create_app
from mockserver.web.console.relations import draw
from mockserver.web.console.tables import ROWS

Library = Callable[..., Any]
DOCUMENTS = Path(__file__).parent / "data" / "documents"
CONSOLE = "/__mock__/console"
PLACE = "tenant=acme&resource=certifications"
PAGES = (
    "/__mock__/", "/__mock__/?tenant=globex", f"{CONSOLE}/records?{PLACE}", f"{CONSOLE}/records?{PLACE}&q=ada&sort=-number",
    f"{CONSOLE}/record?{PLACE}&id=cert-ada", f"{CONSOLE}/edit?{PLACE}", f"{CONSOLE}/edit?{PLACE}&id=cert-ada",
    f"{CONSOLE}/journal", f"{CONSOLE}/journal?status=4xx&method=GET", f"{CONSOLE}/journal_rows?since=0", f"{CONSOLE}/exchange?number=1",
    f"{CONSOLE}/outbox", f"{CONSOLE}/mail?number=1", f"{CONSOLE}/coverage", f"{CONSOLE}/relations", f"{CONSOLE}/relations?about=certifications",
    f"{CONSOLE}/steering", f"{CONSOLE}/records?tenant=acme&resource=settings",
    f"{CONSOLE}/due", f"{CONSOLE}/diff?name=before", f"{CONSOLE}/diff?name=before&to=after",
)  # fmt: skip


@pytest.fixture(scope="module")
def lasting() -> FlaskClient:
    """The showpiece, for tests that only look."""
    client = create_app(auth="off", clock="frozen").test_client()
    client.get("/certifications/acme")
    client.put("/__mock__/snapshots/before")
    client.put("/__mock__/snapshots/after")
    client.post("/certifications/acme/sendNotice/notice-renewal/cert-ada?new_status_reason_id=reason-renewal-due")
    return client


@pytest.fixture(scope="module")
def changed() -> FlaskClient:
    return create_app(auth="off", clock="frozen").test_client()


@pytest.fixture
def client(changed: FlaskClient) -> FlaskClient:
    """The showpiece as it begins."""
    changed.post("/__mock__/reset")
    changed.delete("/__mock__/faults")
    return changed


CERTIFICATION = {"contact_id": "c", "name": "Zed", "number": 1, "program_id": "prog-pmc", "status": "retired"}


def said(page: Any) -> str:
    """What a person reads."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_and_every_link_on_it_leads_somewhere(lasting: FlaskClient, page: str) -> None:
    reply = lasting.get(page)
    assert reply.status_code == 200
    for address in sorted(set(re.findall(r'(?:href|src)="(/__mock__[^"]*)"', reply.text)))[:40]:
        with lasting.get(unescape(address)) as linked:
            assert linked.status_code == 200, address


@pytest.mark.parametrize("page", [one for one in PAGES if "_rows" not in one])
def test_no_page_runs_another_script_or_is_framed(lasting: FlaskClient, page: str) -> None:
    policy = lasting.get(page).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("name", sorted(one.name for one in DOCUMENTS.iterdir() if one.suffix in (".json", ".yaml")))
def test_it_is_there_for_any_document(name: str) -> None:
    app = create_app(spec=DOCUMENTS / name, auth="off", clock="frozen")
    client, world = app.test_client(), app.extensions["mockserver"]
    assert client.get("/__mock__/").status_code == 200
    for resource in list(world.contract.resources)[:8]:
        reply = client.get(f"{CONSOLE}/records", query_string={"resource": resource, "sort": "id"})
        assert reply.status_code == 200
        assert client.get(f"{CONSOLE}/relations?about={resource}").status_code == 200
        for record in list(world.store.tenant("default")[resource].scan())[:2]:
            shown = client.get(f"{CONSOLE}/record", query_string={"resource": resource, "id": record.id})
            assert shown.status_code == 200
    for page in ("coverage", "relations", "steering", "journal"):
        assert client.get(f"{CONSOLE}/{page}").status_code == 200


def test_a_table_is_searched_sorted_and_cut_into_pages(client: FlaskClient) -> None:
    for number in range(ROWS + 5):
        body = {**CERTIFICATION, "name": f"Zed {number}", "number": number}
        assert client.post("/certifications/acme", json=body).status_code == 200
    page = f"{CONSOLE}/records?{PLACE}&q=zed+status:RETIRED&sort=-number"
    first, second = said(client.get(page)), said(client.get(f"{page}&page=2"))
    assert f"{ROWS + 5} of " in first
    assert "page 1 of 2" in first
    assert first.index("Zed 54") < first.index("Zed 53")
    assert "Zed 3" in second
    assert "Zed 54" not in second
    for nobody in ("zed+status:active", "cert-katherine+status:active"):
        assert "No record has all of these words" in said(client.get(f"{CONSOLE}/records?{PLACE}&q={nobody}"))
    assert "Katherine" in said(client.get(f"{CONSOLE}/records?{PLACE}&q=cert-katherine+status:INACT"))


def test_a_record_leads_to_what_it_names_and_what_names_it(lasting: FlaskClient) -> None:
    page = lasting.get(f"{CONSOLE}/record?{PLACE}&id=cert-ada").text
    assert "resource=programs&amp;id=prog-pmc" in page
    assert "resource=applications&amp;id=application-ada" in page


def test_a_record_tells_what_was_changed_and_by_which_request(client: FlaskClient) -> None:
    client.get("/certifications/acme/cert-ada")
    client.patch("/certifications/acme/cert-ada", json=[{"op": "replace", "path": "/status", "value": "suspended"}])
    page = said(client.get(f"{CONSOLE}/record?{PLACE}&id=cert-ada"))
    assert 'status "active" "suspended"' in page
    assert "patchCertification" in page
    assert "Since the newest exchange" not in page
    client.post("/__mock__/clock/advance", json={"seconds": 20 * 86_400})
    since = said(client.get(f"{CONSOLE}/record?tenant=acme&resource=billingRunActions&id=action-ada-reminder"))
    assert "Since the newest exchange" not in since, "no exchange showed it, so what changed is not known"
    client.get("/certifications/acme/cert-ada")
    client.put("/__mock__/tenants/acme/records/certifications/cert-ada", json=CERTIFICATION)
    since = said(client.get(f"{CONSOLE}/record?{PLACE}&id=cert-ada"))
    assert "by the clock or as a consequence of others: " in since
    assert 'status "suspended" "retired"' in since


def test_records_of_other_resources_with_the_same_id_have_a_history_of_their_own(tmp_path: Path) -> None:
    def things(name: str) -> dict[str, Any]:
        schema = {"type": "object", "properties": {"id": {"type": "integer"}, name: {"type": "string"}}}
        content = {"content": {"application/json": {"schema": schema}}}
        reply = {"200": {"description": "x", **content}}
        key = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        one = {"parameters": [key], "get": {"operationId": f"get_{name}", "responses": reply}}
        return {f"/{name}s": {"post": {"requestBody": content, "responses": reply}}, f"/{name}s/{{id}}": one}

    spec = {"openapi": "3.0.0", "info": {"title": "T", "version": "1"}, "paths": {**things("car"), **things("bus")}}
    (tmp_path / "t.json").write_text(json.dumps(spec))
    client = create_app(spec=tmp_path / "t.json", clock="frozen").test_client()
    made = [client.post(f"/{name}s", json={name: "x"}).json["id"] for name in ("car", "bus")]
    assert made[0] == made[1]
    client.get(f"/buss/{made[0]}")
    page = client.get(f"{CONSOLE}/record?resource=cars&id={made[0]}").text
    assert "POST 200" in page, "a number is an id too"
    assert "get_bus" not in page and "(absent)" not in page


def test_the_journal_says_why_where_only_the_reply_did(client: FlaskClient) -> None:
    client.get("/certifications/acme/nobody")
    assert "No record &#39;nobody&#39;" in client.get(f"{CONSOLE}/journal").text


def test_a_record_is_made_changed_locked_and_deleted(client: FlaskClient) -> None:
    new = {
        "contact_id": "contact-ada",
        "name": "Ada Lovelace",
        "number": "77",
        "program_id": "prog-pmc",
        "status": "active",
    }
    form = {f"field.{name}": text for name, text in new.items()}
    made = client.post(f"{CONSOLE}/save?{PLACE}", data=form)
    assert made.status_code == 303
    id_ = re.search(r"[?&]id=([\w-]+)", made.location)[1]  # type: ignore[index]
    assert client.get(f"/certifications/acme/{id_}").json["number"] == 77

    client.post(f"{CONSOLE}/lock?{PLACE}&id={id_}")
    assert client.delete(f"/certifications/acme/{id_}").status_code == 409
    changed = client.post(f"{CONSOLE}/save?{PLACE}&id={id_}", data={**form, "field.name": "Ada King"})
    assert changed.status_code == 303
    seen = client.get(f"/certifications/acme/{id_}").json
    assert (seen["name"], seen["sys_version"], seen["sys_last_modified_by_id"]) == ("Ada King", 2, "mockserver|console")

    assert client.post(f"{CONSOLE}/delete?{PLACE}&id={id_}").status_code == 303
    assert client.get(f"/certifications/acme/{id_}").status_code == 404


def test_what_the_contract_refuses_is_told_at_the_field_and_nothing_is_lost(client: FlaskClient) -> None:
    form = {
        "field.name": "Ada",
        "field.number": "many",
        "field.program_id": "prog-none",
        "field.custom_field_values": "[",
    }
    reply = client.post(f"{CONSOLE}/save?{PLACE}", data=form)
    assert reply.status_code == 400
    assert "custom_field_values" in said(reply)
    assert 'value="many"' in reply.text
    form["field.custom_field_values"] = ""
    reply = client.post(f"{CONSOLE}/save?{PLACE}", data=form)
    assert reply.status_code == 400
    for name in ("contact_id", "status", "number", "program_id"):
        assert re.search(rf'<div class="field bad">\s*<label for="field.{name}"', reply.text), name
    assert 'value="prog-none"' in reply.text


def test_what_is_named_by_others_stays(client: FlaskClient) -> None:
    reply = client.post(f"{CONSOLE}/delete?{PLACE}&id=cert-ada", follow_redirects=True)
    assert "refers to" in said(reply)
    assert client.get("/certifications/acme/cert-ada").status_code == 200


def test_every_form_that_steers(client: FlaskClient) -> None:
    def steer(**form: str) -> str:
        return said(client.post(f"{CONSOLE}/steer", data=form, follow_redirects=True))

    assert "it is 2026-01-01T00:00:00.000Z" in steer(do="clock", now="2026-01-01T00:00:00Z")
    assert "it is 2026-01-31T00:00:00.000Z" in steer(do="advance", days="30")
    assert "the clock runs" in steer(do="run", running="true")
    assert "the clock runs at 3600 times" in steer(do="speed", speed="3600")
    assert "it is 2025-04-18T12:00:00.000Z" in steer(do="start-clock")
    assert "worker-1 holds the records of acme" in steer(do="branch", tenant="acme", to="worker-1")
    assert "snapshot here taken" in steer(do="snapshot", name="here")
    client.delete("/announcements/acme/announcement-1")
    compared = said(client.get(f"{CONSOLE}/diff?name=here"))
    assert "announcement-1" in compared or "Nothing differs" in compared
    assert "snapshot here restored" in steer(do="restore", name="here")
    assert "snapshot here deleted" in steer(do="forget", name="here")
    assert "the fault is pending" in steer(do="fault", operation="getCertification", status="503", times="2")
    assert client.get("/certifications/acme/cert-ada").status_code == 503
    assert "no faults are pending" in steer(do="no-faults")
    assert client.get("/certifications/acme/cert-ada").status_code == 200
    assert "as at the start" in steer(do="reset-tenant", tenant="acme")
    assert "as at the start" in steer(do="reset")
    for wrong in ({"do": "clock", "now": "soon"}, {"do": "advance", "days": "x"}, {"do": "snapshot", "name": " "},
                  {"do": "restore", "name": "none"}, {"do": "fault", "status": "299"}, {"do": "fault", "delay": "x"},
                  {"do": "reset-tenant", "tenant": "nobody"}, {"do": "speed", "speed": "x"}, {"do": "speed", "speed": "0"},
                  {"do": "branch", "tenant": "nobody", "to": "a"}, {"do": "branch", "tenant": "acme", "to": "/"}, {"do": "dance"}, {}):  # fmt: skip
        assert 'class="wrong"' in client.post(f"{CONSOLE}/steer", data=wrong, follow_redirects=True).text, wrong


def test_what_differs_what_is_due_and_a_record_to_pin_are_shown(client: FlaskClient) -> None:
    client.get("/certifications/acme")
    client.put("/__mock__/snapshots/then")
    client.delete("/__mock__/tenants/acme/records/billingRunActions/action-ada-reminder")
    compared = said(client.get(f"{CONSOLE}/diff?name=then"))
    assert "action-ada-reminder billingRunActions acme deleted" in compared
    assert 'class="wrong"' in client.get(f"{CONSOLE}/diff?name=nothing", follow_redirects=True).text
    assert "run-2025-05 billingRuns A scheduled run takes place" in said(client.get(f"{CONSOLE}/due"))
    client.post("/__mock__/clock/advance", json={"seconds": 20 * 86_400})
    _, _, happened = said(client.get(f"{CONSOLE}/due")).partition("Done")
    assert "run-2025-05" in happened
    page = client.get(f"{CONSOLE}/record?{PLACE}&id=cert-ada").text
    text = unescape(
        page.partition("for a scenario</summary>")[2].partition("<pre data-copy>")[2].partition("</pre>")[0]
    )
    assert yaml.safe_load(text)["pinned"]["certifications"][0]["id"] == "cert-ada"


def test_an_exchange_is_there_to_be_used(client: FlaskClient) -> None:
    body = {"contact_id": "c'1", "name": "Ada", "number": 7, "program_id": "prog-pmc", "status": "active"}
    client.post("/certifications/acme", json=body, headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    page = unescape(client.get(f"{CONSOLE}/exchange?number=1").text)
    assert "curl -i -X POST http://localhost/certifications/acme" in page
    assert '-H "authorization: Bearer $TOKEN"' in page
    assert "def test_it_calls_create_certification(mock):" in page
    assert 'mock.assert_called("createCertification", status=200, body={"contact_id": "c\'1"' in page
    assert "pinned:\n  certifications:" in page
    assert "eyJ" not in page


def test_the_command_asks_for_the_same_path_again(client: FlaskClient) -> None:
    client.get("/certifications/acme/a%25b%20%C3%A9%27")
    page = unescape(client.get(f"{CONSOLE}/exchange?number=1").text)
    assert "/certifications/acme/a%25b%20%C3%A9%27" in page


def test_the_test_that_is_offered_passes(client: FlaskClient, pytester_free_mock: Any) -> None:
    body = {"contact_id": "c", "name": "Ada", "number": 7, "program_id": "prog-pmc", "status": "active"}
    client.post("/certifications/acme", json=body)
    text = unescape(client.get(f"{CONSOLE}/exchange?number=1").text)
    code = re.search(r"(def test_it_calls_.*?)</pre>", text, re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code[1], names)
    pytester_free_mock.client.post(f"/certifications/{pytester_free_mock.tenant}", json=body)
    names["test_it_calls_create_certification"](pytester_free_mock)


@pytest.fixture
def pytester_free_mock(mock: Any) -> Iterator[Any]:
    """The plugin's own fixture, as a user has it."""
    yield mock


def test_the_journal_hands_out_what_came_since(client: FlaskClient) -> None:
    client.get("/certifications/acme")
    client.get("/programs/acme")
    rows = client.get(f"{CONSOLE}/journal_rows?since=1")
    assert rows.headers["Journal-Last"] == "2"
    assert rows.text.count("<tr") == 1
    assert "listPrograms" in rows.text


def test_coverage_counts_what_a_client_has_seen(client: FlaskClient) -> None:
    client.get("/certifications/acme/cert-ada")
    client.get("/certifications/acme/nobody")
    found = {one["operation"]: one["statuses"] for one in client.get("/__mock__/coverage").json}
    assert (found["getCertification"]["200"], found["getCertification"]["404"]) == (1, 1)
    assert set(found["createCertification"].values()) == {0}
    assert f"1 of {len(found)} operations called" in said(client.get(f"{CONSOLE}/coverage"))


def test_the_drawing_has_each_resource_in_a_column_behind_all_that_it_names(client: FlaskClient) -> None:
    drawing = draw(client.application.extensions["mockserver"].contract)
    places = {one.name: (one.x, one.y) for one in drawing.boxes}
    assert len(set(places.values())) == len(places)
    assert places["certifications"][0] > places["programs"][0] > places["programGroups"][0]
    assert all(0 <= x < drawing.width and 0 <= y < drawing.height for x, y in places.values())


# What strangers send.


def test_what_a_record_holds_is_text_and_never_markup(client: FlaskClient) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    body = {"contact_id": "c", "name": evil, "number": 7, "program_id": "prog-pmc", "status": "active"}
    id_ = client.post("/certifications/acme", json=body).json["id"]
    client.get(f"/certifications/acme/{id_}?fields={evil}")
    for page in ("records?q=script&", f"record?id={id_}&", f"edit?id={id_}&", f"records?q={evil}&", f"journal?q={evil}&",
                 "exchange?number=1&", "exchange?number=2&", "journal?", f"steering?said={evil}&wrong={evil}&"):  # fmt: skip
        text = client.get(f"{CONSOLE}/{page}{PLACE}").text
        assert "<script>alert" not in text, page
        assert "<img" not in text, page


def test_a_mail_runs_nothing(client: FlaskClient) -> None:
    client.post("/certifications/acme/sendNotice/notice-renewal/cert-ada?new_status_reason_id=reason-renewal-due")
    body = client.get(f"{CONSOLE}/mail?number=1&part=body")
    assert body.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@given(
    page=some.sampled_from(["records", "record", "edit", "journal", "journal_rows", "exchange", "mail", "relations"]),
    query=some.dictionaries(
        some.sampled_from(["tenant", "resource", "id", "q", "sort", "page", "number", "since", "status", "about"]),
        some.one_of(
            some.text(max_size=30), some.sampled_from(["acme", "certifications", "cert-ada", "-1", "9" * 30, "1"])
        ),
    ),
)
def test_no_address_makes_it_fail(lasting: FlaskClient, page: str, query: dict[str, str]) -> None:
    assert lasting.get(f"{CONSOLE}/{page}", query_string=query).status_code in (200, 404)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "rebound.example"}], ids=str)  # fmt: skip
def test_a_page_of_another_origin_steers_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    for method, page in (("GET", "/__mock__/"), ("POST", f"{CONSOLE}/steer"), ("POST", f"{CONSOLE}/delete?{PLACE}&id=x"),
                         ("POST", f"{CONSOLE}/save?{PLACE}"), ("GET", f"{CONSOLE}/static/console.js")):  # fmt: skip
        reply = client.open(page, method=method, headers=headers, data={"do": "reset"})
        assert reply.status_code == 403, page


def test_with_a_control_token_a_browser_asks_for_it(library: Library) -> None:
    client = library(control_token="open-sesame-open-sesame").test_client()
    asked = client.get("/__mock__/", headers={"Accept": "text/html,*/*"})
    assert asked.status_code == 401
    assert asked.headers["WWW-Authenticate"].startswith("Basic ")
    good = base64.b64encode(b"anybody:open-sesame-open-sesame").decode()
    assert client.get("/__mock__/", headers={"Authorization": f"Basic {good}"}).status_code == 200
    for wrong in ("anybody:open-sesame", ":", "no colon", ""):
        shown = base64.b64encode(wrong.encode()).decode()
        assert client.get("/__mock__/", headers={"Authorization": f"Basic {shown}"}).status_code == 401
    assert client.get("/__mock__/", headers={"Authorization": "Basic %%%"}).status_code == 401
