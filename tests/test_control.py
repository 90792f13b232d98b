"""The control plane keeps to its own description, an OpenAPI document that is made from its routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver import create_app

DOCUMENTS = Path(__file__).parent / "data" / "documents"

Library = Callable[..., Any]
BODIES: dict[str, Any] = {
    "clock_set": {"now": "2026-01-01", "running": False},
    "clock_advance": {"seconds": 60},
    "faults_add": {"operation": "listBooks", "delay": 0.001},
    "token_token": {"tenant": "t"},
    "verification_verify": {"operation": "createBook", "times": 1, "body": {"title": "B"}},
    "record_put": {"title": "Planted"},
    "webhook_register": {"url": "http://localhost:1/hooks"},
    "worlds_branch": {"to": "u"},
    "worlds_begin": {"name": "empty"},
}
QUERIES = {
    "limit": "10",
    "status": "200",
    "operation": "createBook",
    "tenant": "t",
    "method": "post",
    "path": "/books/t",
    "since": "0",
    "after": "a",
}


@pytest.fixture
def client(library: Library) -> Any:
    return library().test_client()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def problems(described: dict[str, Any], operation: dict[str, Any], reply: Any) -> list[str]:
    """By what the reply is not what the description says of its status."""
    content = operation["responses"][str(reply.status_code)]["content"]
    if reply.mimetype != "application/json":
        return [] if reply.mimetype in content else [f"{reply.mimetype} is not declared"]
    schema = content["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": described["components"]})
    return [error.message for error in validator.iter_errors(reply.json)]


def test_the_description_is_an_openapi_document(client: Any) -> None:
    described = client.get("/__mock__/openapi.json").json
    assert [*OpenAPIV31SpecValidator(described).iter_errors()] == []
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))
    assert all(operation["summary"].endswith(".") for _, _, operation in operations(described))


def test_every_route_answers_as_described(client: Any) -> None:
    described = client.get("/__mock__/openapi.json").json
    book = client.post("/books/t", json={"title": "A"}).json["id"]
    client.post(f"/books/t/preview/{book}", json={})
    client.put("/__mock__/snapshots/one")
    bodies = {
        **BODIES,
        "worlds_bring_in": client.get("/__mock__/tenants/t/records").json,
        "worlds_bring_in_snapshot": client.get("/__mock__/snapshots/one/records").json,
    }
    ordered = sorted(
        operations(described),
        key=lambda one: (
            one[1].endswith(("/reset", "/scenario")),
            one[0] == "DELETE",
            "/records/" in one[1],
            one[0] != "PUT",
        ),
    )
    answered, done = set(), set()
    for method, path, operation in ordered:
        if path.endswith("/stream"):  # it does not end
            continue
        name = "flaky" if "/profiles/" in path else "wh-1" if "/webhooks/" in path else "one"
        address = path.format(tenant="t", resource="books", module_resource="a:b", record_id=book, name=name)
        wanted = {one["$ref"].rpartition("/")[2] for one in operation["parameters"]} & set(QUERIES)
        query = {name: QUERIES[name] for name in wanted}
        reply = client.open(address, method=method, json=bodies.get(operation["operationId"]), query_string=query)
        assert problems(described, operation, reply) == [], (method, path, reply.text)
        answered.add(reply.status_code)
        done |= {operation["operationId"]} if reply.status_code == 200 else set()
        wrong = client.open(address, method=method, json=bodies.get(operation["operationId"]), query_string={"wat": 1})
        assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (400, "/wat"), (method, path)
        assert problems(described, operation, wrong) == []
    assert answered <= {200, 400, 404, 409}
    assert {operation["operationId"] for _, _, operation in ordered} - done == {"journal_stream", "elsewhere_meet"}, (
        "it has no modules"
    )


@pytest.mark.parametrize("sent", [b"[]", b"null", b'"x"', b"{", b'{"wat": 1}', b"\xff", b'{"a": 1, "a": 2}', b"[" * 99])
def test_bodies_that_make_no_sense_are_refused_everywhere(client: Any, sent: bytes) -> None:
    described = client.get("/__mock__/openapi.json").json
    for method, path, operation in operations(described):
        if "requestBody" in operation:
            address = path.format(tenant="t", resource="books", module_resource="a:b", record_id="x", name="x")
            reply = client.open(address, method=method, data=sent, content_type="application/json")
            assert reply.status_code in (400, 409), (method, path, reply.text)
            assert problems(described, operation, reply) == []


@pytest.mark.parametrize(
    ("content_type", "size", "status"),
    [
        ("text/plain", 2, 415),
        ("multipart/form-data; boundary=x", 2, 415),
        ("", 2, 200),
        ("application/json", 70_000, 413),
    ],
)
def test_a_body_is_json_and_not_too_large(client: Any, content_type: str, size: int, status: int) -> None:
    described = client.get("/__mock__/openapi.json").json
    verify = described["paths"]["/__mock__/verify"]["post"]
    reply = client.post("/__mock__/verify", data=b"{}".ljust(size), content_type=content_type)
    assert reply.status_code == status
    assert problems(described, verify, reply) == []


def test_a_body_may_be_left_out_where_nothing_is_needed(client: Any) -> None:
    for method, path, operation in operations(client.get("/__mock__/openapi.json").json):
        if "requestBody" in operation:
            address = path.format(tenant="t", resource="books", module_resource="a:b", record_id="x", name="x")
            is_refused = client.open(address, method=method).status_code == 400
            assert operation["requestBody"]["required"] == is_refused, (method, path)


def test_only_who_needs_a_token_is_told_of_one(library: Library) -> None:
    assert "security" not in library().test_client().get("/__mock__/openapi.json").json
    guarded = library(control_token="s" * 20).test_client()
    described = guarded.get("/__mock__/openapi.json", headers={"Authorization": "Bearer " + "s" * 20}).json
    assert described["security"] == [{"controlToken": []}]
    for method, path, operation in operations(described):
        is_public = guarded.open(path.replace("{", "").replace("}", ""), method=method).status_code != 401
        assert is_public == ("401" not in operation["responses"]) == (operation.get("security") == []), path


def test_the_routes_for_records_go_through_the_one_door(client: Any) -> None:
    at = "/__mock__/tenants/t/records"
    author = client.put(f"{at}/authors/ann", json={"name": "Ann"})
    assert author.json == {"id": "ann", "name": "Ann"}
    book = client.put(f"{at}/books/one", json={"title": "One", "author_id": "ann", "locked": True})
    assert (book.status_code, book.json["version"], book.json["locked"]) == (200, 1, True)
    assert client.get("/books/t/one").json == client.get(f"{at}/books/one").json == book.json
    wrong = client.put(f"{at}/books/two", json={"title": "", "author_id": "bob", "wat": 1}).json["errors"]
    assert [one["path"] for one in wrong] == ["/title", "/wat", "/author_id"]
    kept = client.delete(f"{at}/authors/ann")
    assert (kept.status_code, kept.json["errors"][0]["path"]) == (409, "/books/one/author_id")
    assert client.delete("/books/t/one").status_code == 409, "it is locked"
    assert client.delete(f"{at}/books/one").json == book.json
    assert client.delete(f"{at}/authors/ann").status_code == 200
    assert client.get(f"{at}/books/one").status_code == 404
    assert "did you mean 'books'" in client.get(f"{at}/bokks").text


def test_what_a_path_names_and_is_not_there_is_a_404(client: Any) -> None:
    client.get("/books/t")
    described = client.get("/__mock__/openapi.json").json
    asked = 0
    for method, path, operation in operations(described):
        if path.endswith("/snapshots/{name}") and method == "PUT":
            continue
        for tenant, resource in (("t", "books"), ("u", "books"), ("t", "bokks")):
            address = path.format(
                tenant=tenant, resource=resource, module_resource="a:b", record_id="nobody", name="nothing"
            )
            reply = client.open(address, method=method, json=BODIES.get(operation["operationId"]))
            assert problems(described, operation, reply) == [], (method, path, reply.text)
            asked += reply.status_code == 404
    assert asked > 10


def test_records_are_listed_page_by_page(client: Any) -> None:
    for number in range(5):
        client.put(f"/__mock__/tenants/t/records/authors/a{number}", json={"name": str(number)})
    seen, after = [], ""
    while after is not None:
        page = client.get("/__mock__/tenants/t/records/authors", query_string={"limit": 2, "after": after}).json
        seen += [one["id"] for one in page["records"]]
        after = page["next"]
    assert seen == [f"a{number}" for number in range(5)]


def test_named_snapshots_are_restored_again_and_again(client: Any) -> None:
    client.post("/books/t", json={"title": "A"})
    assert client.put("/__mock__/snapshots/one book").json == ["one book"]
    first = client.post("/books/t", json={"title": "B"}).json["id"]
    for _ in range(2):
        assert client.post("/__mock__/snapshots/one book/restore").json["t"]["books"] == 1
        assert client.post("/books/t", json={"title": "B"}).json["id"] == first, "ids are counted from there again"
    client.post("/__mock__/reset")
    assert client.post("/__mock__/snapshots/one book/restore").json["t"]["books"] == 1
    assert client.delete("/__mock__/snapshots/one book").json == []
    assert "no snapshot" in client.post("/__mock__/snapshots/one book/restore").text
    for name in ("x" * 101, "a%0Ab"):
        assert client.put(f"/__mock__/snapshots/{name}").status_code == 409
        assert client.put(f"/__mock__/snapshots/{name}/records", json={"tenants": {}}).status_code == 409
    assert {client.put(f"/__mock__/snapshots/{number}").status_code for number in range(100)} == {200}
    assert "delete some first" in client.put("/__mock__/snapshots/more").text


def test_one_tenant_is_reset_and_the_others_are_left_alone(client: Any) -> None:
    first = client.post("/books/t", json={"title": "A"}).json["id"]
    client.post("/books/u", json={"title": "A"})
    assert client.post("/__mock__/tenants/t/reset").json["books"] == 0
    assert len(client.get("/books/u").json) == 1
    assert client.post("/books/t", json={"title": "A"}).json["id"] == first
    assert client.post("/__mock__/tenants/newcomer/reset").json["books"] == 0, "a worker's world begins with a reset"


def test_a_reset_forgets_the_faults_of_its_tenant_alone(client: Any) -> None:
    for tenant in ("t", "u", None):
        client.post("/__mock__/faults", json={"tenant": tenant, "status": 503})
    client.post("/__mock__/tenants/t/reset")
    assert [one["tenant"] for one in client.get("/__mock__/faults").json] == ["u", None]


def test_no_tenant_appears_where_none_fits(library: Library) -> None:
    full = library(max_tenants=1).test_client()
    assert full.get("/books/t").status_code == 200
    for method, path in (("POST", "reset"), ("PUT", "records/books/one")):
        refused = full.open(f"/__mock__/tenants/u/{path}", method=method, json={"title": "A"})
        assert (refused.status_code, "already holds 1 tenants" in refused.text) == (409, True), refused.text


def test_a_call_is_verified_in_the_words_of_the_fixture(client: Any) -> None:
    client.post("/books/t?x=1", json={"title": "A", "pages": 3})
    wanted = {"operation": "createBook", "tenant": "t", "body": {"title": "A"}, "method": "post", "times": 1}
    assert client.post("/__mock__/verify", json=wanted).json == {
        "verified": True, "count": 1, "numbers": [1], "dropped": 0, "message": "", "nearest": [],
    }  # fmt: skip
    wrong = client.post("/__mock__/verify", json={**wanted, "body": {"title": "B"}, "query": {"y": None}}).json
    assert (wrong["verified"], wrong["count"]) == (False, 0)
    assert wrong["nearest"][0]["differences"] == [{"place": "body/title", "wanted": '"B"', "found": '"A"'}]
    assert "body/title: wanted" in wrong["message"]
    assert client.post("/__mock__/verify", json={**wanted, "since": 1}).json["verified"] is False
    assert client.post("/__mock__/verify", json={**wanted, "times": 0}).json["verified"] is False
    unknown = client.post("/__mock__/verify", json={"operation": "createBok"})
    assert (unknown.status_code, "did you mean 'createBook'" in unknown.text) == (409, True)


def test_a_token_is_a_persons_or_a_machines(library: Library) -> None:
    client = library(auth="verify").test_client()
    for who, subject in (({"contact": "ann"}, "ann"), ({"machine": "importer"}, "importer@clients")):
        token = client.post("/__mock__/token", json={"tenant": "t", **who}).json["token"]
        made = client.post("/books/t", json={"title": "A"}, headers={"Authorization": f"Bearer {token}"})
        assert subject in made.json["made_by"]
    both = client.post("/__mock__/token", json={"tenant": "t", "contact": "ann", "machine": "importer"})
    assert (both.status_code, both.json["errors"][0]["path"]) == (409, "/subject")


def test_the_journal_is_a_stream_for_whoever_accepts_that(client: Any) -> None:
    reply = client.get("/__mock__/journal?limit=5", headers={"Accept": "text/event-stream"}, buffered=False)
    assert reply.mimetype == "text/event-stream"
    assert next(iter(reply.response)).startswith(b": ")
    reply.close()
    assert client.get("/__mock__/journal", headers={"Accept": "*/*"}).json == []


def test_the_journal_is_followed_from_a_number_on(client: Any) -> None:
    for title in "AB":
        client.post("/books/t", json={"title": title})
    assert [one["number"] for one in client.get("/__mock__/journal?since=1").json] == [2]
    assert client.get("/__mock__/journal?path=/books/u").json == []


def test_of_thousands_of_unknown_members_the_first_are_named(client: Any) -> None:
    reply = client.post("/__mock__/faults", json={f"delay{number}": 1 for number in range(3_000)})
    assert reply.status_code == 400
    errors = reply.json["errors"]
    assert len(errors) < 60
    assert any("2950 more members that are unknown" in one["message"] for one in errors)


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("DELETE", "/__mock__/clock", 405, "DELETE is not allowed here, use GET, HEAD, OPTIONS, PUT."),
        ("GET", "/docs/no-such.js", 404, "Unknown path /docs/no-such.js."),
    ],
)
def test_what_no_page_answers_is_refused_in_our_words(
    library: Any, method: str, path: str, status: int, message: str
) -> None:
    reply = library().test_client().open(path, method=method)
    assert (reply.status_code, reply.json) == (status, {"message": message, "errors": []})


def test_records_of_any_document_are_planted_changed_and_taken_away() -> None:
    client = create_app(spec=DOCUMENTS / "spring-petclinic-3.0.yml", auth="off", clock="frozen").test_client()
    at = "/__mock__/tenants/default/records/owners"
    listed = client.get(at).json["records"]
    assert listed == client.get("/owners").json, "the first records are there for whoever looks first"
    ada = {
        "firstName": "Ada",
        "lastName": "King",
        "address": "1 High Street",
        "city": "London",
        "telephone": "6085551023",
    }
    planted = client.put(f"{at}/77", json=ada)
    assert planted.json["id"] == 77, planted.text
    assert client.get("/owners/77").json == planted.json
    changed = client.put(f"{at}/77", json={**planted.json, "city": "Paris"})
    assert client.get("/owners/77").json == changed.json == {**planted.json, "city": "Paris"}
    wrong = client.put(f"{at}/78", json={**ada, "id": 79, "city": "Paris"})
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (409, "/id")
    wrong = client.put(f"{at}/78", json={**ada, "telephone": "none"})
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (409, "/telephone")
    assert client.delete(f"{at}/77").json == changed.json
    assert client.get("/owners/77").status_code == 404
    assert client.get(at).json["records"] == listed


def test_a_record_below_others_says_whose_it_is() -> None:
    client = create_app(spec=DOCUMENTS / "asana-3.0.json", auth="off", clock="frozen").test_client()
    assert client.get("/projects").status_code == 200
    refused = client.put("/__mock__/tenants/default/records/sections/1", json={"name": "A"})
    assert (refused.status_code, refused.json["errors"][0]["message"]) == (
        409, "an id here has the form {project_gid}/{id}; put the keys of its parents in front of it",
    )  # fmt: skip
    project = client.get("/projects").json["data"][0]["gid"]
    planted = client.put(f"/__mock__/tenants/default/records/sections/{project}/77", json={"name": "A"})
    assert (planted.status_code, planted.json["gid"], planted.json["name"]) == (200, "77", "A"), planted.text
    assert "77" in [one["gid"] for one in client.get(f"/projects/{project}/sections").json["data"]]


def test_a_world_that_is_too_large_is_brought_in_in_parts(
    library: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockserver.web.control.worlds.LARGE_BODY", 100_000)
    body = {"records": {"x": "x" * 100_000}}
    refused = library().test_client().put("/__mock__/tenants/t/records", json=body)
    assert refused.status_code == 413 and "wanted 100,000 or less; plant records one by one" in refused.text


@pytest.mark.parametrize(
    ("method", "path", "sent", "said"),
    [
        ("PUT", "clock", {"speed": -1}, "is -1, wanted more than 0; give how many times as fast"),
        ("GET", "journal?limit=-1", None, 'is "-1"; give a whole number, 0 or more'),
        ("DELETE", "webhooks/wh-1", None, 'no webhook "wh-1"; none is registered'),
        ("POST", "tenants/t/scenario", {"name": "emty"}, "name a YAML file, or did you mean 'empty'?"),
        ("PUT", "tenants/t/records", {"records": {"books": {"b": {"id": "b"}}}}, "is required and missing; add it"),
        ("POST", "faults", {"message": "x" * 70_000}, "wanted 65,536 or less; send less"),
    ],
)
def test_a_refusal_says_what_was_found_what_is_wanted_and_what_to_do(
    client: Any, method: str, path: str, sent: Any, said: str
) -> None:
    client.get("/books/t")
    told = client.open(f"/__mock__/{path}", method=method, json=sent).json
    assert said in "\n".join(one["message"] for one in told["errors"]), told


def test_who_is_not_answered_learns_how_to_be(library: Library) -> None:
    client = library(control_token="s" * 20).test_client()
    strange = client.get("/__mock__/clock", headers={"Origin": "http://evil.example"})
    assert "(http://evil.example); ask from a program" in strange.json["message"]
    wrong = client.get("/__mock__/clock", headers={"Authorization": "Bearer no"}).json["message"]
    assert "found another token; use the one in MOCKSERVER_CONTROL_TOKEN" in wrong
