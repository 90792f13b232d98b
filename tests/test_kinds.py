"""What operations and fields can mean beyond the usual, over the tiny library API: one mark in the document each."""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.routing import Router
from mockserver.errors import SetupError
from tiny import operation

TENANT = {"name": "tenant", "in": "path", "required": True, "schema": {"type": "string"}}


def parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def field(
    told: dict[str, Any], name: str, schema: dict[str, Any], *, schemas: tuple[str, ...] = ("Book", "SomeOfBook")
) -> None:
    for one in schemas:
        told["components"]["schemas"][one]["properties"][name] = copy.deepcopy(schema)


def made(client: Any, resource: str, **told: Any) -> dict[str, Any]:
    answer = client.post(f"/{resource}/acme", json=told)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


# Fields that are filled in.


def numbered(told: dict[str, Any]) -> None:
    field(told, "pages", {"type": "number", "x-mock": {"filled": "next_number()"}})
    field(told, "email", {"type": "string", "x-mock": {"filled": "author_id.name"}})


def test_a_field_is_filled_in_where_it_is_left_out(library) -> None:
    client = library(numbered).test_client()
    author = made(client, "authors", name="Ursula")
    first, chosen = made(client, "books", title="One"), made(client, "books", title="Two", pages=40, email="mine")
    third = made(client, "books", title="Three", author_id=author["id"])
    assert [one["pages"] for one in (first, chosen, third)] == [1, 40, 41]
    assert [one.get("email") for one in (first, chosen, third)] == [None, "mine", "Ursula"]


def test_a_number_is_not_given_twice_even_after_a_delete(library) -> None:
    client = library(numbered).test_client()
    for title in ("One", "Two"):
        last = made(client, "books", title=title)
    client.delete(f"/books/acme/{last['id']}")
    assert made(client, "books", title="Three")["pages"] == 3
    client.post("/__mock__/reset")
    assert made(client, "books", title="One")["pages"] == 1


def test_a_put_that_leaves_it_out_keeps_what_was_filled_in(library) -> None:
    client = library(numbered).test_client()
    book = made(client, "books", title="One")
    made(client, "books", title="Two")
    replaced = client.put(f"/books/acme/{book['id']}", json={"id": book["id"], "title": "1"}).json
    assert replaced["pages"] == book["pages"]


def test_what_is_filled_in_from_what_is_computed_keeps_neither_from_changing(library) -> None:
    def both(told: dict[str, Any]) -> None:
        count = "count(b.title for b in records('books'))"
        field(told, "pages", {"type": "number", "readOnly": True, "x-mock": {"computed": count}})
        field(told, "email", {"type": "string", "x-mock": {"filled": "f'{pages} before'"}})

    client = library(both).test_client()
    made(client, "books", title="One")
    book = made(client, "books", title="Two")
    assert (book["pages"], book["email"]) == (2, "1 before")
    made(client, "books", title="Three")
    found = client.get(f"/books/acme/{book['id']}").json
    assert (found["pages"], found["email"]) == (3, "1 before")


# Ids that clients choose.


def chosen(told: dict[str, Any]) -> None:
    schemas = told["components"]["schemas"]
    del schemas["NewBook"]["not"]
    for one in ("Book", "SomeOfBook", "NewBook"):
        schemas[one]["properties"]["id"] = {"type": "string", "pattern": "^[a-z-]+$", "x-mock": {"chosen": True}}


def test_an_id_may_be_chosen_and_is_made_otherwise(library) -> None:
    client = library(chosen).test_client()
    assert made(client, "books", id="mine", title="One")["id"] == "mine"
    again = client.post("/books/acme", json={"id": "mine", "title": "Two"})
    assert again.status_code == 409 and "mine" in again.text
    assert client.get("/books/acme/mine").json["title"] == "One"
    assert client.post("/books/acme", json={"id": "MINE", "title": "Two"}).status_code == 400
    assert client.post("/books/globex", json={"id": "mine", "title": "Theirs"}).status_code == 200
    assert len(client.get("/books/acme").json) == 1


def test_a_chosen_id_cannot_be_changed(library) -> None:
    client = library(chosen).test_client()
    made(client, "books", id="mine", title="One")
    assert (
        client.patch("/books/acme/mine", json=[{"op": "replace", "path": "/id", "value": "yours"}]).status_code == 400
    )
    assert client.put("/books/acme/mine", json={"id": "yours", "title": "One"}).status_code == 409
    assert client.get("/books/acme/yours").status_code == 404


# One record a tenant.


def single(told: dict[str, Any]) -> None:
    schemas = told["components"]["schemas"]
    schemas["House"] = {
        "type": "object", "x-mock": {"resource": "house", "single": True}, "required": ["name", "version"],
        "properties": {"name": {"type": "string"}, "version": {"type": "number", "readOnly": True, "x-mock": {"stamp": "version"}}},
    }  # fmt: skip
    schemas["NewHouse"] = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    house, new = {"$ref": "#/components/schemas/House"}, {"$ref": "#/components/schemas/NewHouse"}
    patch = told["paths"]["/books/{tenant}/{id}"]["patch"]["requestBody"]["content"]["application/json"]["schema"]
    told["paths"]["/house/{tenant}"] = {
        "parameters": [TENANT],
        "get": operation("readHouse", {"kind": "read", "resource": "house"}, house),
        "post": operation("createHouse", {"kind": "create", "resource": "house"}, house, new),
        "put": operation("replaceHouse", {"kind": "replace", "resource": "house"}, house, new),
        "patch": operation("patchHouse", {"kind": "patch", "resource": "house"}, house, patch),
        "delete": operation("deleteHouse", {"kind": "delete", "resource": "house"}, {"type": "string"}),
    }


def test_a_single_record_lives_once_a_tenant(library) -> None:
    client = library(single).test_client()
    assert client.get("/house/acme").status_code == 404
    assert client.put("/house/acme", json={"name": "x"}).status_code == 404
    assert made(client, "house", name="Library") == {"name": "Library", "version": 1}
    assert client.post("/house/acme", json={"name": "Again"}).status_code == 409
    assert client.get("/house/globex").status_code == 404
    patched = client.patch("/house/acme", json=[{"op": "test", "path": "/name", "value": "Library"}, {"op": "replace", "path": "/name", "value": "Archive"}])  # fmt: skip
    assert patched.json == {"name": "Archive", "version": 2}
    assert client.put("/house/acme", json={"name": "Museum"}).json == {"name": "Museum", "version": 3}
    assert client.delete("/house/acme").status_code == 200
    assert client.delete("/house/acme").status_code == 404
    assert made(client, "house", name="Library")["version"] == 1


# References, wherever they stand.


def nested(told: dict[str, Any]) -> None:
    item = {"type": "object", "properties": {"book_id": {"type": "string", "x-mock": {"references": "books"}}}}
    field(told, "log", {"type": "array", "items": item})
    field(told, "shelf", {"type": "object", "properties": {"beside": {"type": "array", "items": {"type": "string"}, "x-mock": {"references": "books"}}}})  # fmt: skip


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"log": [{}, {"book_id": "gone"}]}, "body/log/1/book_id"),
        ({"shelf": {"beside": ["gone"]}}, "body/shelf/beside/0"),
    ],
)
def test_a_nested_reference_must_lead_somewhere(values: dict[str, Any], pointer: str, library) -> None:
    client = library(nested).test_client()
    answer = client.post("/books/acme", json={"title": "One", **values})
    assert answer.status_code == 409
    assert answer.json["errors"] == [{"path": pointer, "message": "names 'gone', which is not in books"}]


def test_a_record_that_is_named_deep_inside_another_cannot_go(library) -> None:
    client = library(nested).test_client()
    one = made(client, "books", title="One")
    two = made(client, "books", title="Two", log=[{"book_id": one["id"]}], shelf={"beside": [one["id"]]})
    answer = client.delete(f"/books/acme/{one['id']}")
    assert answer.status_code == 409 and two["id"] in answer.text
    client.patch(f"/books/acme/{two['id']}", json=[{"op": "remove", "path": "/log/0"}])
    assert client.delete(f"/books/acme/{one['id']}").status_code == 409
    client.patch(f"/books/acme/{two['id']}", json=[{"op": "remove", "path": "/shelf"}])
    assert client.delete(f"/books/acme/{one['id']}").status_code == 200


def test_what_is_elsewhere_is_checked_only_on_demand(library) -> None:
    def elsewhere(told: dict[str, Any]) -> None:
        field(told, "email", {"type": "string", "x-mock": {"references": "people:readers"}})

    assert (
        library(elsewhere).test_client().post("/books/acme", json={"title": "One", "email": "anyone"}).status_code
        == 200
    )
    client = library(elsewhere, strict_references=True).test_client()
    answer = client.post("/books/acme", json={"title": "One", "email": "anyone"})
    assert answer.status_code == 409
    assert answer.json["errors"][0]["path"] == "body/email"
    assert "'anyone', which is not known to be in people:readers" in answer.json["errors"][0]["message"]
    assert client.put("/__mock__/tenants/acme/elsewhere/people:readers/anyone").status_code == 200
    assert client.post("/books/acme", json={"title": "One", "email": "anyone"}).status_code == 200
    assert client.post("/books/globex", json={"title": "One", "email": "anyone"}).status_code == 409


def test_what_is_taken_to_be_elsewhere_has_a_bound_and_a_form(library) -> None:
    client = library(strict_references=True, max_records=2).test_client()
    known = "/__mock__/tenants/acme/elsewhere"
    assert client.put(f"{known}/people:readers/one").status_code == 404  # no such tenant yet
    client.get("/books/acme")
    assert [client.put(f"{known}/people:readers/{one}").status_code for one in "aab"] == [200] * 3
    assert client.put(f"{known}/people:readers/c").status_code == 409
    assert client.put(f"{known}/people:readers/b").status_code == 200
    assert client.put(f"{known}/books/a").status_code == 409
    assert client.get(known).json == {"people:readers": ["a", "b"]}
    client.post("/__mock__/reset")
    client.get("/books/acme")
    assert client.get(known).json == {}


# Which server a document names.


def test_the_document_that_is_served_names_this_server_by_its_whole_address(library) -> None:
    def other_hosts(told: dict[str, Any]) -> None:
        told["paths"]["/books/{tenant}"]["servers"] = [{"url": "https://elsewhere.example"}]
        told["paths"]["/books/{tenant}/{id}"]["get"]["servers"] = [{"url": "https://elsewhere.example"}]

    client = library(other_hosts).test_client()
    for told in (client.get("/openapi.json").json, yaml.safe_load(client.get("/openapi.yaml").data)):
        path, one = (told["paths"][path] for path in ("/books/{tenant}", "/books/{tenant}/{id}"))
        assert told["servers"][0] == {"url": "http://localhost", "description": "This mock"}
        for place in (path, one, one["get"], one["put"]):
            assert "servers" not in place  # this mock answers it, whoever else does


# Look-ups by several keys.


def several(told: dict[str, Any]) -> None:
    by = {"owner": {"by": "state", "cases": {"person": "author_id", "firm": "email"}}, "kind": "state"}
    page = {
        "type": "object",
        "properties": {"Items": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}},
    }
    marks = {"kind": "lookup", "resource": "books", "by": by, "page": {"key": "after", "items": "Items"}}
    after = {"name": "after", "in": "query", "schema": {"type": "string"}}
    told["paths"]["/books/{tenant}/of/{kind}/{owner}"] = {
        "parameters": [TENANT, parameter("kind"), parameter("owner"), after],
        "get": operation("booksOf", marks, page),
    }


def test_a_look_up_by_several_keys_of_which_one_decides_about_another(library) -> None:
    client = library(several).test_client()
    author = made(client, "authors", name="Ursula")["id"]
    mine = made(client, "books", title="One", state="person", author_id=author, email="press")
    theirs = made(client, "books", title="Two", state="firm", author_id=author, email="press")

    def found(kind: str, owner: str) -> list[str]:
        return [one["id"] for one in client.get(f"/books/acme/of/{kind}/{owner}").json["Items"]]

    assert found("person", author) == [mine["id"]]
    assert found("firm", "press") == [theirs["id"]]
    assert found("person", "press") == found("firm", author) == found("club", author) == []


# Operations that work something out.


def working(told: dict[str, Any]) -> None:
    about = {"type": "object", "properties": {"author_id": {"type": "string"}, "factor": {"type": "number"}}}
    told["paths"]["/books/{tenant}/quote"] = {
        "parameters": [TENANT],
        "post": operation("quote", {"kind": "compute", "resource": "books", "body": "books", "reply": "dict(author=author_id.name, price=factor * 2, asks=caller.subject)"}, {"type": "object"}, about),
    }  # fmt: skip
    told["paths"]["/books/{tenant}/draft/{author}"] = {
        "parameters": [TENANT, {**parameter("author"), "x-mock": {"references": "authors"}}],
        "post": operation("draft", {"kind": "generate", "resource": "books", "values": {"title": "f'By {author.name}'", "author_id": "author"}, "reply": "dict(draft=it, by=author)"}, {"type": "object"}),
    }  # fmt: skip


def test_an_operation_that_computes_stores_nothing(library) -> None:
    client = library(working).test_client()
    author = made(client, "authors", name="Ursula")["id"]
    answer = client.post("/books/acme/quote", json={"author_id": author, "factor": 4})
    assert answer.json == {"author": "Ursula", "price": 8, "asks": "anonymous"}
    assert client.post("/books/acme/quote", json={"author_id": "gone"}).json == {"asks": "anonymous"}
    assert client.get("/books/acme").json == []


def test_an_operation_that_generates_stores_and_answers(library) -> None:
    client = library(working).test_client()
    author = made(client, "authors", name="Ursula")["id"]
    answer = client.post(f"/books/acme/draft/{author}")
    assert answer.json["by"] == author
    assert answer.json["draft"]["title"] == "By Ursula"
    assert client.get(f"/books/acme/{answer.json['draft']['id']}").json == answer.json["draft"]
    missing = client.post("/books/acme/draft/gone")
    assert missing.status_code in (404, 409) and "gone" in missing.text
    assert len(client.get("/books/acme").json) == 1


WRONG = {
    "a kind there is not": (lambda told: told["paths"]["/books/{tenant}"]["post"]["x-mock"].update(kind="make"), 'x-mock/kind: is "make"'),
    "a look-up by no field": (lambda told: told["paths"]["/books/{tenant}/author/{author_id}"]["get"]["x-mock"].update(by="nobody"), "names no parameter: 'nobody'"),
    "a look-up by a field of nothing": (lambda told: told["paths"]["/books/{tenant}/author/{author_id}"]["get"]["x-mock"].update(by={"author_id": "nobody"}), "books has no field 'nobody'"),
    "a look-up by nothing at all": (lambda told: told["paths"]["/books/{tenant}/author/{author_id}"]["get"]["x-mock"].update(by={}), "x-mock/by: is {}, wanted 1 or more members; name a field"),
    "a look-up by a choice without cases": (lambda told: told["paths"]["/books/{tenant}/author/{author_id}"]["get"]["x-mock"].update(by={"author_id": {"by": "state"}}), "by/author_id/cases: is missing; write value: field lines"),
    "a look-up by a number": (lambda told: told["paths"]["/books/{tenant}/author/{author_id}"]["get"]["x-mock"].update(by={"author_id": 5}), "by/author_id: is 5 (integer), wanted string or object"),
    "a projection by no parameter": (lambda told: told["paths"]["/books/{tenant}/{id}"]["get"]["x-mock"].update(projection="only"), "names no parameter: 'only'"),
    "a page by no parameter": (lambda told: told["paths"]["/books/{tenant}"]["get"]["x-mock"]["page"].update(key="from"), "names no parameter: 'from'"),
    "a reference to nothing": (lambda told: field(told, "email", {"type": "string", "x-mock": {"references": "films"}}), "films"),
    "a stamp there is not": (lambda told: field(told, "email", {"type": "string", "x-mock": {"stamp": "born"}}), "born"),
    "a value for no field": (lambda told: (working(told), told["paths"]["/books/{tenant}/draft/{author}"]["post"]["x-mock"]["values"].update(colour=1)), "books has no field 'colour'"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mark_that_means_nothing_stops_the_start(name: str, library) -> None:
    change, problem = WRONG[name]
    with pytest.raises(SetupError) as caught:
        library(change)
    assert problem in str(caught.value)


# Which path is meant.


def test_fixed_segments_win_wherever_they_stand() -> None:
    router = Router(["/a/{x}", "/a/b", "/a/{x}/c", "/a/b/{y}", "/a/{x}.json", "/{z}/b"])
    wanted = {
        "/a/1": ("/a/{x}", {"x": "1"}),
        "/a/b": ("/a/b", {}),
        "/a/1/c": ("/a/{x}/c", {"x": "1"}),
        "/a/b/c": ("/a/b/{y}", {"y": "c"}),
        "/a/1.json": ("/a/{x}.json", {"x": "1"}),
        "/q/b": ("/{z}/b", {"z": "q"}),
        "/a": None,
        "/a/": None,
        "/a/1/c/": None,
        "//b": None,
        "/q/c": None,
    }
    assert {path: router.match(path) for path in wanted} == wanted


def test_prefixes_lead_to_the_same() -> None:
    router = Router(["/a/{x}"], ("", "/v1/mock"))
    assert router.match("/a/1") == router.match("/v1/mock/a/1") == ("/a/{x}", {"x": "1"})
    assert router.match("/v1/a/1") is None


def test_a_parameter_takes_several_segments_where_no_path_fits_segment_by_segment() -> None:
    spanning = {
        "/files/{path:path}": "path",
        "/files/{path}/meta": "path",
        "/v1/{name}": "name",
        "/v1/{+parent}/topics": "parent",
        "/v1/{name}:cancel": "name",
        "/{bucket}/raw/{key*}": "key",
    }
    router = Router([*spanning, "/files/a/{x}", "/{a}/{b}/{c}"], ("", "/api"), spanning)
    wanted = {
        "/files/a": ("/files/{path:path}", {"path": "a"}),
        "/files/a/b": ("/files/a/{x}", {"x": "b"}),
        "/files/b/c": ("/{a}/{b}/{c}", {"a": "files", "b": "b", "c": "c"}),
        "/files/b/c/d": ("/files/{path:path}", {"path": "b/c/d"}),
        "/files/b//d%2Fe": ("/files/{path:path}", {"path": "b//d/e"}),
        "/files/b/c/meta": ("/files/{path}/meta", {"path": "b/c"}),
        "/api/v1/projects/p/topics/t": ("/v1/{name}", {"name": "projects/p/topics/t"}),
        "/v1/projects/p/topics": ("/v1/{+parent}/topics", {"parent": "projects/p"}),
        "/v1/projects/p/jobs/j:cancel": ("/v1/{name}:cancel", {"name": "projects/p/jobs/j"}),
        "/v1/topics/a": ("/{a}/{b}/{c}", {"a": "v1", "b": "topics", "c": "a"}),
        "/b/raw/x/y/z": ("/{bucket}/raw/{key*}", {"bucket": "b", "key": "x/y/z"}),
        "/b/cooked/x/y/z": None,
        "/files/": None,
        "/files//": None,
    }
    assert {path: router.match(path, unquote) for path in wanted} == wanted


SEGMENTS = st.sampled_from(["a", "b", "{x}", "{y}"])


@given(
    st.lists(st.lists(SEGMENTS, min_size=1, max_size=4), min_size=1, max_size=8),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
)
def test_what_a_template_fits_is_found(templates: list[list[str]], path: list[str]) -> None:
    """Against a plain model: some template fits segment by segment, or none does; the first fixed segment decides."""
    told = ["/" + "/".join(one) for one in templates]
    fitting = [
        one
        for one in templates
        if len(one) == len(path)
        and all(step.startswith("{") or step == segment for step, segment in zip(one, path, strict=True))
    ]
    found = Router(told).match("/" + "/".join(path))
    if not fitting:
        assert found is None
        return
    assert found
    steps = found[0][1:].split("/")
    assert steps in fitting
    assert [step.startswith("{") for step in steps] == min([step.startswith("{") for step in one] for one in fitting)
