"""What clients' days with the documents of others brought to light: refusals, pages, links, sign-ups."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import create_app
from mockserver.commands.first_screen import first_request
from test_any_document import NAMED, body, client, collection, document, parameter, reply, world_of

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
NAMED_ERROR = {"type": "object", "required": ["message"], "properties": {"message": TEXT}}
PAGED = {"type": "object", "properties": {"id": NUMBER, "name": TEXT}}


def refused(folder: Path, schema: dict[str, Any], path: str = "/books", **sent: Any) -> Any:
    """The reply to a body without its title, with the error's schema as given."""
    book = {"type": "object", "required": ["title"], "properties": {"title": TEXT, "pages": NUMBER}}
    create = {"requestBody": body(book), "responses": {"201": reply(book), "422": reply(schema)}}
    return client(document({path: {"post": create}}), folder).post(path, json=sent)


def listed(name: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "array", "items": {"type": "object", "properties": members}}},
    }


@pytest.mark.parametrize("required", [True, False])
def test_a_refusal_lists_each_violation_where_the_document_has_a_list(tmp_path: Path, required: bool) -> None:
    place = {"type": "array", "items": {"anyOf": [TEXT, NUMBER]}}
    schema = listed("detail", loc=place, msg=TEXT, type=TEXT)
    if required:
        schema["properties"]["detail"]["items"]["required"] = ["loc", "msg", "type"]
    got = refused(tmp_path, schema, pages="many")
    assert got.status_code == 422
    assert [(one["loc"], one["type"]) for one in got.json["detail"]] == [(["body", "title"], "required"), (["body", "pages"], "type")]  # fmt: skip
    assert "is required and missing" in got.json["detail"][0]["msg"]


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        (listed("errors", status=TEXT, title=TEXT, detail=TEXT, source={"type": "object", "properties": {"pointer": TEXT}}),
         {"errors": [{"status": "422", "source": {"pointer": "/title"}}]}),
        (listed("errors", field=TEXT, message=TEXT, code=TEXT), {"errors": [{"field": "title", "code": "required"}]}),
        ({"type": "object", "required": ["message"], "properties": {"message": TEXT, "errors": {"type": "array", "items": TEXT}}},
         {"errors": ["body/title: is required and missing"]}),
        (listed("violations", path=TEXT, message={"type": "string", "maxLength": 3}), {}),
    ],
)  # fmt: skip
def test_a_violation_in_a_list_has_its_place_and_its_rule(tmp_path: Path, schema: Any, wanted: Any) -> None:
    got = refused(tmp_path, schema).json
    for name, entries in wanted.items():
        assert len(got[name]) == len(entries)
        assert [{**one, **(two if isinstance(two, dict) else {})} == one if isinstance(one, dict) else one == two
                for one, two in zip(got[name], entries, strict=True)] == [True]  # fmt: skip


def test_a_list_of_words_is_told_of_an_unknown_record_too(tmp_path: Path) -> None:
    error = listed("errors", detail=TEXT)
    book = {"type": "object", "properties": {"id": TEXT}}
    get = {"parameters": [parameter("id")], "responses": {"200": reply(book), "404": reply(error)}}
    paths = {
        "/books": {"get": {"responses": {"200": reply({"type": "array", "items": book})}}},
        "/books/{id}": {"get": get},
    }
    assert "zq" in client(document(paths), tmp_path).get("/books/zq").json["errors"][0]["detail"]


@pytest.mark.parametrize("word", [{"minimum": 0}, {"default": 0}, {"description": "Zero-based page index (0..N)"}])
def test_pages_that_are_counted_from_0_begin_with_the_first_record(tmp_path: Path, word: dict[str, Any]) -> None:
    book = {"type": "object", "properties": {"id": NUMBER}}
    query = [{**parameter("page", {**NUMBER, **word}, "query"), **({"description": word["description"]} if "description" in word else {})},
             parameter("size", NUMBER, "query")]  # fmt: skip
    envelope = {
        "type": "object",
        "properties": {"items": {"type": "array", "items": book}, "number": NUMBER, "totalPages": NUMBER},
    }
    caller = client(
        document({"/books": {"get": {"parameters": query, "responses": {"200": reply(envelope)}}}}), tmp_path
    )
    pages = [caller.get(f"/books?size=2&page={number}").json for number in (0, 1)]
    assert [[one["id"] for one in page["items"]] for page in pages] == [[1, 2], [3]]
    assert [page["number"] for page in pages] == [0, 1]
    assert caller.get("/books?size=2").json["items"] == pages[0]["items"]


def paged_books(folder: Path, beside: dict[str, Any], *asked: dict[str, Any]) -> Any:
    """A client of a list of three books, in an envelope with ``beside``."""
    book = {"type": "object", "required": ["id"], "properties": {"id": NUMBER}}
    envelope = {"type": "object", "properties": {"data": {"type": "array", "items": book}, **beside}}
    get = {"parameters": [*asked], "responses": {"200": reply(envelope)}}
    return client(
        document({"/books": {"get": get}, "/books/{id}": {"get": {"responses": {"200": reply(book)}}}}), folder
    )


@pytest.mark.parametrize("word", ["ending_before", "before"])
def test_pages_are_read_backwards_from_a_record(tmp_path: Path, word: str) -> None:
    asked = [parameter(name, {"type": kind}, "query") for name, kind in ((word, "string"), ("after", "string"), ("limit", "integer"))]  # fmt: skip
    caller = paged_books(tmp_path, {"has_more": {"type": "boolean"}}, *asked)
    keys = [one["id"] for one in caller.get("/books").json["data"]]
    for query, shown, more in ((f"{word}={keys[2]}&limit=1", keys[1:2], True), (f"{word}={keys[1]}&limit=1", keys[:1], False),
                               (f"{word}={keys[0]}", [], False), (f"after={keys[0]}&limit=1", keys[1:2], True)):  # fmt: skip
        got = caller.get(f"/books?{query}").json
        assert ([one["id"] for one in got["data"]], got["has_more"]) == (shown, more), query


def test_what_leads_to_the_next_page_is_there_on_the_last_one_too(tmp_path: Path) -> None:
    links = {"anyOf": [{"type": "object", "properties": {"next": TEXT, "last": TEXT}}, {}]}
    beside = {"metadata": {"type": "object", "properties": {"continue": TEXT}}, "results": NUMBER,
              "links": {"type": "object", "properties": {"pages": links}}}  # fmt: skip
    asked = [parameter("continue", TEXT, "query"), parameter("limit", NUMBER, "query")]
    caller = paged_books(tmp_path, beside, *asked)
    first = caller.get("/books?limit=2").json
    assert (len(first["data"]), first["results"]) == (2, 3)
    assert first["links"]["pages"]["next"].endswith(f"/books?limit=2&continue={first['metadata']['continue']}")
    last = caller.get(f"/books?limit=2&continue={first['metadata']['continue']}").json
    assert (len(last["data"]), last["metadata"]) == (1, {})
    assert "next" not in last["links"]["pages"]


def hal() -> dict[str, Any]:
    """Records that tell their key by their own address only, as Spring Data REST's do."""
    link = {"type": "object", "properties": {"href": dict(TEXT)}}
    links = {"type": "object", "additionalProperties": link}
    clinic = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "_links": links}}
    many = {
        "type": "object",
        "properties": {"_embedded": {"type": "object", "properties": {"clinics": {"type": "array", "items": clinic}}}},
    }
    return document({
        "/clinics": {"get": {"responses": {"200": reply(many)}},
                     "post": {"requestBody": body({"type": "object", "properties": {"name": TEXT}}), "responses": {"201": reply(clinic)}}},
        "/clinics/{id}": {"parameters": [parameter("id")], "get": {"responses": {"200": reply(clinic), "404": reply()}},
                          "delete": {"responses": {"204": reply()}}},
    }, servers=[{"url": "/api"}])  # fmt: skip


def test_two_records_of_one_name_are_two_where_the_path_goes_by_an_id(tmp_path: Path) -> None:
    caller = client(hal(), tmp_path)
    made = [caller.post("/api/clinics", json={"name": "North"}) for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].headers["Location"] != made[1].headers["Location"]


def test_a_record_links_to_itself_from_the_first_on(tmp_path: Path) -> None:
    caller = client(hal(), tmp_path)
    made = caller.post("/api/clinics", json={"name": "North"})
    assert made.json["_links"]["self"]["href"] == f"http://localhost{made.headers['Location']}"
    listed = caller.get("/api/clinics").json["_embedded"]["clinics"]
    assert len(listed) == 4
    for one in listed:
        assert caller.get(one["_links"]["self"]["href"]).json == one


PET = {"type": "object", "required": ["name"], "properties": {"id": NUMBER, "name": TEXT, "age": NUMBER}}
PETS = {
    "/pets": {"get": {"responses": {"200": reply({"type": "array", "items": PET})}},
              "post": {"parameters": [parameter("name", TEXT, "query"), parameter("age", NUMBER, "query"), parameter("dry", TEXT, "query")],
                       "responses": {"201": reply(PET)}}},
    "/pets/{id}": {"parameters": [parameter("id", NUMBER)],
                   "get": {"responses": {"200": reply(PET)}},
                   "post": {"parameters": [parameter("name", TEXT, "query")], "responses": {"200": reply(PET)}}},
}  # fmt: skip


def test_where_no_body_is_taken_the_query_says_what_is_written(tmp_path: Path) -> None:
    caller = client(document(PETS), tmp_path)
    made = caller.post("/pets?name=Rex&age=3&dry=no")
    assert (made.status_code, made.json["name"], made.json["age"]) == (201, "Rex", 3)
    assert caller.post(f"/pets/{made.json['id']}?name=Max").json == {**made.json, "name": "Max"}
    assert caller.get(f"/pets/{made.json['id']}").json == {**made.json, "name": "Max"}


USER = {"$ref": "#/components/schemas/User"}
COMPONENTS = {
    "schemas": {"User": {"type": "object", "required": ["id", "email"], "properties": {"id": NUMBER, "email": TEXT}}}
}


def users(**more: Any) -> dict[str, Any]:
    sent = {"type": "object", "properties": {"email": TEXT, "password": TEXT}}
    post = {"requestBody": body(sent), "responses": {"200": reply(USER)}}
    many = {"requestBody": body({"type": "array", "items": USER}), "responses": {"default": reply()}}
    paths = {"/users": {"get": {"responses": {"200": reply({"type": "array", "items": USER})}}},
             "/users/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(USER)}}},
             "/users/createWithList": {"post": many}, **{f"/users/{name}": {"post": post} for name in ("signup", "register", "check")}}  # fmt: skip
    return document(paths, components=COMPONENTS, **more)


def test_who_signs_up_is_a_record(tmp_path: Path) -> None:
    caller = client(users(), tmp_path)
    for name in ("signup", "register"):
        made = caller.post(f"/users/{name}", json={"email": f"{name}@example.com", "password": "x"})
        assert (made.json["email"], made.headers.get("Mock-Kind")) == (f"{name}@example.com", None)
        assert caller.get(f"/users/{made.json['id']}").json == made.json
    assert caller.post("/users/check", json={"email": "a"}).headers["Mock-Kind"] == "stub"


def test_several_made_at_once_are_records(tmp_path: Path) -> None:
    caller = client(users(), tmp_path)
    caller.post("/users/createWithList", json=[{"id": 71, "email": "a@x"}, {"id": 72, "email": "b@x"}])
    assert [one["email"] for one in caller.get("/users").json][-2:] == ["a@x", "b@x"]


@pytest.mark.parametrize(("form", "bits"), [("int32", 31), ("int64", 63)])
@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded", "application/xml"])
def test_a_number_that_its_format_cannot_hold_is_refused(tmp_path: Path, form: str, bits: int, media: str) -> None:
    pet = {"type": "object", "xml": {"name": "pet"}, "properties": {"id": NUMBER, "age": {**NUMBER, "format": form}}}
    caller = client(document({"/pets": {"post": {"requestBody": body(pet, media), "responses": {"201": reply(pet)}}},
                              "/pets/{id}": {"parameters": [parameter("id", {**NUMBER, "format": form})], "get": {"responses": {"200": reply(pet)}}}}), tmp_path)  # fmt: skip

    def sent(age: int) -> Any:
        text = {"application/json": f'{{"age": {age}}}', "application/xml": f"<pet><age>{age}</age></pet>"}.get(
            media, f"age={age}"
        )
        return caller.post("/pets", data=text, content_type=media)

    most = 2**bits - 1
    assert [sent(age).status_code for age in (most, most + 1, -most - 1, 10**25)] == [201, 400, 201, 400]
    assert sent(most).json["age"] == most
    assert caller.get(f"/pets/{most + 1}").status_code in (400, 404)
    assert (
        0 < caller.post("/pets", data="{}", content_type="application/json").json["id"] < 1000
        if media.endswith("json")
        else True
    )


def test_made_up_numbers_are_of_a_human_size_whatever_their_format_can_hold(tmp_path: Path) -> None:
    pet = {
        "type": "object",
        "required": ["id", "age"],
        "properties": {"id": {**NUMBER, "format": "int64"}, "age": {**NUMBER, "format": "int32"}},
    }
    listed = (
        client(document({"/pets": {"get": {"responses": {"200": reply({"type": "array", "items": pet})}}}}), tmp_path)
        .get("/pets")
        .json
    )
    assert [one["id"] for one in listed] == [1, 2, 3]
    assert all(1 <= one["age"] <= 100 for one in listed)


@pytest.mark.parametrize(("more", "status"), [({}, 400), ({"allowEmptyValue": True}, 200)])
@pytest.mark.parametrize("schema", [{"type": "string", "format": "date"}, {"type": "string", "enum": ["a"]}, NUMBER,
                                    {"type": "array", "items": {"enum": ["a"]}}])  # fmt: skip
def test_an_empty_parameter_is_judged(tmp_path: Path, schema: Any, more: Any, status: int) -> None:
    get = {
        "parameters": [{**parameter("from", schema, "query"), **more}],
        "responses": {"200": reply({"type": "array", "items": {}})},
    }
    assert client(document({"/pets": {"get": get}}), tmp_path).get("/pets?from=").status_code == status


def test_a_string_is_not_an_object_in_xml(tmp_path: Path) -> None:
    pet = {"type": "object", "xml": {"name": "pet"}, "properties": {"name": TEXT}}
    caller = client(
        document({"/pets": {"post": {"requestBody": body(pet, "application/xml"), "responses": {"201": reply(pet)}}}}),
        tmp_path,
    )
    sent = [
        caller.post("/pets", data=text, content_type="application/xml")
        for text in ("<pet>true</pet>", "<pet> </pet>", "<pet/>")
    ]
    assert [one.status_code for one in sent] == [400, 201, 201]


def test_what_only_requests_hold_is_in_no_reply_however_deep(tmp_path: Path) -> None:
    secret = {**TEXT, "writeOnly": True}
    card = {"type": "object", "required": ["number", "cvc"], "properties": {"number": TEXT, "cvc": secret}}
    told = {
        "type": "object",
        "properties": {
            "amount": NUMBER,
            "pin": secret,
            "source": {"anyOf": [card, {"type": "string"}]},
            "cards": {"type": "array", "items": card},
        },
    }
    pay = {"post": {"requestBody": body(told), "responses": {"200": reply(told)}}}
    paths = {"/pay": pay, "/payments": {**pay, "get": {"responses": {"200": reply({"type": "array", "items": told})}}}}
    caller = client(document(paths), tmp_path)
    sent = {"amount": 1, "pin": "1", "source": {"number": "4", "cvc": "2"}, "cards": [{"number": "4", "cvc": "3"}]}
    for path in ("/pay", "/payments"):
        assert "pin" not in caller.post(path, json=sent).json


def test_a_form_says_an_empty_list_by_saying_nothing(tmp_path: Path) -> None:
    pet = {
        "type": "object",
        "required": ["name", "photos"],
        "properties": {"name": TEXT, "photos": {"type": "array", "items": TEXT}},
    }
    post = {"requestBody": body(pet, "application/x-www-form-urlencoded"), "responses": {"201": reply(pet)}}
    paths = {"/pets": {"post": post, "get": {"responses": {"200": reply({"type": "array", "items": pet})}}}}
    caller = client(document(paths), tmp_path)
    assert caller.post("/pets", data={"name": "Rex"}).json == {"name": "Rex", "photos": []}
    assert caller.post("/pets", data={"photos": "a"}).status_code == 400


def test_a_link_is_an_address_where_its_format_asks_for_one(tmp_path: Path) -> None:
    told = hal()
    clinic = told["paths"]["/clinics/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    clinic["properties"]["_links"]["additionalProperties"]["properties"]["href"]["format"] = "uri"
    for one in client(told, tmp_path).get("/api/clinics").json["_embedded"]["clinics"]:
        assert one["_links"]["self"]["href"].startswith("http://localhost/api/clinics/")


def test_a_member_that_holds_an_address_is_asked_for_by_the_key_or_the_address(tmp_path: Path) -> None:
    """As Django's hyperlinked serializers have it: the address is shown, and filtered by its key."""
    address = {"type": "string", "format": "uri"}
    user = {"type": "object", "properties": {"id": NUMBER, "name": TEXT}}
    task = {"type": "object", "required": ["assignee"], "properties": {"id": NUMBER, "assignee": address}}
    told = collection(task, task, path="/tasks")
    told["paths"]["/tasks"]["get"]["parameters"] = [{"name": "assignee", "in": "query", "schema": TEXT}]
    told["paths"] |= collection(user, user, path="/users")["paths"]
    caller = client(told, tmp_path)
    caller.post("/tasks", json={"assignee": "http://localhost/users/2"})
    for each in caller.get("/tasks").json:
        shown = each["assignee"]
        for asked in (shown, shown.rpartition("/")[2]):
            assert each in (found := caller.get("/tasks", query_string={"assignee": asked}).json)
            assert {one["assignee"] for one in found} == {shown}


def test_a_number_just_below_what_its_format_holds_is_refused(tmp_path: Path) -> None:
    """Where a parser has no exact number for it, the nearest one inside would be taken."""
    pet = {"type": "object", "properties": {"age": {**NUMBER, "format": "int64"}}}
    media = {
        name: {"schema": pet} for name in ("application/json", "application/x-www-form-urlencoded", "application/xml")
    }
    caller = client(
        document({"/pets": {"post": {"requestBody": {"content": media}, "responses": {"201": reply(pet)}}}}), tmp_path
    )
    for number, status in ((-(2**63), 201), (-(2**63) - 1, 400), (2**63 - 1, 201), (2**63, 400)):
        sent = {"application/json": f'{{"age": {number}}}', "application/xml": f"<pet><age>{number}</age></pet>",
                "application/x-www-form-urlencoded": f"age={number}"}  # fmt: skip
        assert [caller.post("/pets", data=text, content_type=name).status_code for name, text in sent.items()] == [
            status
        ] * 3


@pytest.mark.parametrize("name", ["openapi.json", "openapi.yaml", "openapi"])
def test_a_document_may_begin_with_a_byte_order_mark(tmp_path: Path, name: str) -> None:
    told = document({"/pets": {"get": {"responses": {"200": reply({"type": "array", "items": {}})}}}})
    (tmp_path / name).write_text(json.dumps(told), encoding="utf-8-sig")
    assert create_app(spec=tmp_path / name).test_client().get("/pets").status_code == 200


@pytest.mark.parametrize("bound", [-9223372036854776000, 9223372036854776000, 2**70])
def test_a_bound_that_rounding_pushed_out_of_64_bits_may_be_sent(tmp_path: Path, bound: int) -> None:
    """JavaScript writes the bounds of 64 bits so, and a client that reads the document sends them."""
    pet = {
        "type": "object",
        "properties": {"seed": {"type": "integer", "minimum": min(bound, 0), "maximum": abs(bound)}},
    }
    caller = client(
        document({"/pets": {"post": {"requestBody": body(pet), "responses": {"201": reply(pet)}}}}), tmp_path
    )
    sent = {"data": f'{{"seed": {bound}}}', "content_type": "application/json"}
    assert caller.post("/pets", **sent).status_code == 201


@pytest.mark.parametrize(("force", "status"), [({}, 204), ({"required": ["force"]}, 400)])
def test_delete_may_come_without_a_body_that_need_not_say_anything(tmp_path: Path, force: Any, status: int) -> None:
    told = {"type": "object", "properties": {"force": {"type": "boolean"}}, **force}
    item = {
        "parameters": [parameter("id")],
        "get": {"responses": {"200": reply({"type": "object", "properties": {"id": {"type": "string"}}})}},
        "delete": {"requestBody": body(told), "responses": {"204": reply()}},
    }
    collection = {"get": {"responses": {"200": reply({"type": "array", "items": {}})}}}
    caller = client(document({"/pets": collection, "/pets/{id}": item}), tmp_path)
    key = caller.get("/pets").json[0]["id"]
    assert caller.delete(f"/pets/{key}").status_code == status


@pytest.mark.parametrize("text", ["1.5e+308", "2.4e-244", "-3327382866042311.0", "7"])
def test_numbers_are_read_however_large_their_exponent(tmp_path: Path, text: str) -> None:
    get = {
        "parameters": [parameter("at", {"type": "number"}, "query")],
        "responses": {"200": reply({"type": "array", "items": {}})},
    }
    caller = client(document({"/pets": {"get": get}}), tmp_path)
    assert caller.get("/pets", query_string={"at": text}).status_code == 200
    assert caller.get("/pets", query_string={"at": "1e999"}).status_code == 400


def test_what_is_not_json_is_a_422_where_no_400_is_declared(tmp_path: Path) -> None:
    said = {"201": reply(PET), "422": reply({"type": "object"})}
    for more, status in (({}, 422), ({"400": reply()}, 400)):
        post = {"requestBody": body(PET), "responses": {**said, **more}}
        assert (
            client(document({"/pets": {"post": post}}), tmp_path)
            .post("/pets", data="{", content_type="application/json")
            .status_code
            == status
        )


def test_an_empty_text_is_a_text(tmp_path: Path) -> None:
    post = {"requestBody": body(TEXT, "text/uri-list"), "responses": {"200": reply({"type": "object"})}}
    caller = client(document({"/links": {"post": post}}), tmp_path)
    assert caller.post("/links", data="", content_type="text/uri-list").status_code == 200
    assert caller.post("/links").status_code == 400


def test_an_empty_element_is_an_empty_object(tmp_path: Path) -> None:
    pet = {
        "type": "object",
        "xml": {"name": "pet"},
        "properties": {"kind": {"type": "object", "properties": {"id": NUMBER}}},
    }
    post = {"requestBody": body(pet, "application/xml"), "responses": {"201": reply(pet)}}
    caller = client(document({"/pets": {"post": post}}), tmp_path)
    assert caller.post("/pets", data="<pet><kind></kind></pet>", content_type="application/xml").status_code == 201


def test_a_path_of_which_nothing_is_remembered_has_no_values_that_its_schema_forbids(tmp_path: Path) -> None:
    uuid = {"type": "string", "format": "uuid"}
    cell = {"type": "object", "properties": {"mark": TEXT}}
    place = {"type": "integer", "minimum": 1, "maximum": 3}
    paths = {"/tickets/{id}/code": {"parameters": [parameter("id", uuid)], "get": {"responses": {"200": reply({"type": "object"})}}},
             "/board/{row}/{column}": {"parameters": [parameter("row", place), parameter("column", place)],
                                       "get": {"responses": {"200": reply(cell)}}, "put": {"requestBody": body(cell), "responses": {"200": reply(cell), "400": reply()}}}}  # fmt: skip
    caller = client(document(paths), tmp_path)
    good = "6f0e6f0e-0000-4000-8000-000000000000"
    assert [caller.get(f"/tickets/{key}/code").status_code for key in (good, "null,null")] == [200, 404]
    put = [caller.put(f"/board/{at}", json={"mark": "X"}).status_code for at in ("1/3", "1/4", "4/1")]
    assert put == [200, 400, 400]
    assert [caller.get(f"/board/{at}").status_code for at in ("1/3", "1/4")] == [200, 404]


def test_a_key_that_only_requests_name_is_the_clients_to_choose(tmp_path: Path) -> None:
    told = hal()
    told["paths"]["/clinics"]["post"]["requestBody"] = body(
        {"type": "object", "properties": {"id": TEXT, "name": TEXT}}
    )
    caller = client(told, tmp_path)
    made = caller.post("/api/clinics", json={"id": "north", "name": "North"})
    assert made.headers["Location"] == "/api/clinics/north"
    assert caller.get("/api/clinics/north").json["name"] == "North"
    assert caller.post("/api/clinics", json={"id": "north", "name": "North"}).status_code == 409
    assert caller.post("/api/clinics", json={"name": "South"}).status_code == 201


def test_a_json_patch_is_one_whatever_its_schema_says(tmp_path: Path) -> None:
    """Many documents have one schema, an object, for all types of patch."""
    loose = {
        "content": {
            name: {"schema": {"type": "object"}}
            for name in ("application/json-patch+json", "application/merge-patch+json")
        }
    }
    one = {
        "parameters": [parameter("id", NUMBER)],
        "get": {"responses": {"200": reply(PET)}},
        "patch": {"requestBody": loose, "responses": {"200": reply(PET)}},
    }
    paths = {"/pets": {"get": {"responses": {"200": reply({"type": "array", "items": PET})}}}, "/pets/{id}": one}
    caller = client(document(paths), tmp_path)

    def sent(value: Any, kind: str) -> Any:
        return caller.patch("/pets/1", json=value, content_type=f"application/{kind}-patch+json")

    step = {"op": "replace", "path": "/name", "value": "Max"}
    assert sent([step], "json").json["name"] == "Max"
    assert [sent([step], "merge").status_code, sent(["x"], "json").status_code, sent("x", "json").status_code] == [
        400,
        400,
        400,
    ]


def test_the_way_to_the_next_page_asks_for_the_same_again(tmp_path: Path) -> None:
    query = [
        parameter("page", NUMBER, "query"),
        parameter("per_page", NUMBER, "query"),
        parameter("kind", {"type": "array", "items": TEXT}, "query"),
    ]
    way = {"type": "object", "properties": {"offset": TEXT, "uri": TEXT, "path": TEXT}}
    envelope = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": PET}, "next_page": way, "next": TEXT},
    }
    said = {**reply(envelope), "headers": {"Link": {"schema": TEXT}}}
    caller = client(document({"/pets": {"get": {"parameters": query, "responses": {"200": said}}}}), tmp_path)
    got = caller.get("/pets?per_page=1&kind=a&kind=b")
    address = "http://localhost/pets?per_page=1&kind=a&kind=b&page=2"
    assert got.headers["Link"] == f'<{address}>; rel="next"'
    assert got.json["next"] == address
    assert got.json["next_page"] == {"offset": "2", "uri": address, "path": "/pets?per_page=1&kind=a&kind=b&page=2"}
    assert caller.get(got.json["next"]).json["data"][0]["id"] == 2


@pytest.mark.parametrize(("said", "status"), [((), 409), (("422",), 422), (("409", "422"), 409)])
def test_a_name_that_is_taken_is_refused_as_declared(tmp_path: Path, said: tuple[str, ...], status: int) -> None:
    label = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    post = {
        "requestBody": body(label),
        "responses": {"201": reply(label), **{one: reply({"type": "object"}) for one in said}},
    }
    paths = {"/labels": {"get": {"responses": {"200": reply({"type": "array", "items": label})}}, "post": post},
             "/labels/{name}": {"parameters": [parameter("name")], "get": {"responses": {"200": reply(label)}}}}  # fmt: skip
    caller = client(document(paths), tmp_path)
    assert [caller.post("/labels", json={"name": "hot"}).status_code for _ in range(2)] == [201, status]


def test_whoever_looks_first_sees_the_same_links(tmp_path: Path) -> None:
    """The first screen does not know how the server will be called, and looks before anybody else."""
    told = hal()
    clinic = told["paths"]["/clinics/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    clinic["properties"]["_links"]["additionalProperties"]["properties"]["href"]["format"] = "uri"
    seen = []
    for first in (lambda world: None, lambda world: first_request(world, "http://127.0.0.1:1")):
        caller = client(told, tmp_path)
        first(world_of(caller))
        seen.append(caller.get("/api/clinics", headers={"Host": "mock.example.com"}).json)
    assert seen[0] == seen[1]


def test_the_first_request_is_for_a_record_that_clients_can_make(tmp_path: Path) -> None:
    told = collection(NAMED, NAMED, path="/api/v1/spaces")
    logs = {"/logs/{name}": {"parameters": [parameter("name")], "get": {"responses": {"200": reply(PET)}}}}
    told["paths"] = {**logs, **told["paths"]}
    [_, line, *_] = first_request(world_of(client(told, tmp_path)), "http://127.0.0.1:1")
    assert line.startswith("curl http://127.0.0.1:1/api/v1/spaces/")


def test_a_page_says_what_was_before_and_is_as_long_as_the_document_says(tmp_path: Path) -> None:
    flags = {name: {"type": "boolean"} for name in ("hasNextPage", "hasPreviousPage")}
    meta = {"type": "object", "properties": {"page": NUMBER, "take": NUMBER, **flags}}
    envelope = {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": PET},
            "meta": meta,
            "next": {"type": ["string", "null"]},
            "previous": {"type": ["string", "null"]},
        },
    }
    query = [parameter("take", {**NUMBER, "default": 2}, "query"), parameter("skip", NUMBER, "query")]
    caller = client(
        document({"/pets": {"get": {"parameters": query, "responses": {"200": reply(envelope)}}}}),
        tmp_path,
        seed_records=5,
    )
    first, second, last = (caller.get(f"/pets{path}").json for path in ("", "?skip=2", "?take=2&skip=4"))
    assert [len(one["data"]) for one in (first, second, last)] == [2, 2, 1]
    assert [one["meta"] for one in (first, second, last)] == [
        {"page": 1, "take": 2, "hasNextPage": True, "hasPreviousPage": False},
        {"page": 2, "take": 2, "hasNextPage": True, "hasPreviousPage": True},
        {"page": 3, "take": 2, "hasNextPage": False, "hasPreviousPage": True},
    ]
    assert (first["previous"], second["next"]) == (None, "http://localhost/pets?skip=4")
    assert caller.get(second["previous"]).json == first
    assert caller.get(last["previous"]).json["data"] == second["data"]


@pytest.mark.parametrize("key", [NUMBER, {"type": "string", "format": "uuid"}])
def test_a_member_called_like_the_parent_is_its_key(tmp_path: Path, key: dict[str, Any]) -> None:
    book = {"type": "object", "required": ["id"], "properties": {"id": key}}
    page = {"type": "object", "required": ["id", "book"], "properties": {"id": NUMBER, "book": key, "text": TEXT}}
    sent = body({"type": "object", "properties": {"text": TEXT}})
    listed = {"responses": {"200": reply({"type": "array", "items": book})}}
    paths = {"/books": {"get": listed, "post": {"requestBody": sent, "responses": {"201": reply(book)}}},
             "/books/{id}": {"parameters": [parameter("id", key)], "get": {"responses": {"200": reply(book)}}},
             "/books/{book_pk}/pages": {"parameters": [parameter("book_pk", key)], "post": {"requestBody": sent, "responses": {"201": reply(page)}},
                                        "get": {"responses": {"200": reply({"type": "array", "items": page})}}}}  # fmt: skip
    caller = client(document(paths), tmp_path)
    mine = caller.post("/books", json={}).json["id"]
    assert caller.post(f"/books/{mine}/pages", json={"text": "A"}).json["book"] == mine
    assert {one["book"] for one in caller.get(f"/books/{mine}/pages").json} == {mine}


def test_what_else_finds_a_record_is_as_unlike_others_as_its_key(tmp_path: Path) -> None:
    """A pattern that takes ``0`` gives it to every second record; a client's own ``0`` must not find these."""
    number = {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}
    stage = {"type": "object", "required": ["id", "channel_id", "topic"], "properties": {"id": number, "channel_id": number, "topic": TEXT}}  # fmt: skip
    sent = body({"type": "object", "required": ["channel_id"], "properties": {"channel_id": number, "topic": TEXT}})
    paths = {"/stages": {"post": {"requestBody": sent, "responses": {"200": reply(stage)}}},
             "/stages/{channel_id}": {"parameters": [parameter("channel_id", number)], "get": {"responses": {"200": reply(stage)}},
                                      "delete": {"responses": {"204": {"description": "Gone."}}}}}  # fmt: skip
    caller = client(document(paths), tmp_path, seed_records=9)
    made = [caller.post("/stages", json={"channel_id": text, "topic": "t"}).json for text in ("0", "7", "42")]
    assert len({one["id"] for one in made}) == 3
    assert "0" not in {one["id"] for one in made}
    assert caller.delete("/stages/0").status_code == 204
    assert caller.get("/stages/0").status_code == 404
    assert caller.get("/stages/7").json == made[1]


PARTIAL = "Only the fields provided will be updated; any unspecified fields will remain unchanged."


@pytest.mark.parametrize(("described", "left"), [(PARTIAL, "1 Main St."), ("Replaces the owner.", None)])
def test_put_keeps_what_it_leaves_out_where_its_words_say_so(tmp_path: Path, described: str, left: str | None) -> None:
    owner = {"type": "object", "properties": {"id": TEXT, "name": TEXT, "address": TEXT}}
    sent = {"type": "object", "properties": {"name": TEXT, "address": TEXT}}
    item = {
        "parameters": [parameter("id")],
        "get": {"responses": {"200": reply(owner)}},
        "put": {"description": described, "requestBody": body(sent), "responses": {"200": reply(owner)}},
    }
    create = {"requestBody": body(sent), "responses": {"201": reply(owner)}}
    caller = client(document({"/owners": {"post": create}, "/owners/{id}": item}), tmp_path)
    key = caller.post("/owners", json={"name": "Ada", "address": "1 Main St."}).json["id"]
    assert caller.put(f"/owners/{key}", json={"name": "Grace"}).json == {
        "id": key, "name": "Grace", **({"address": left} if left else {}),
    }  # fmt: skip


def renaming() -> dict[str, Any]:
    label = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "color": TEXT}}
    note = {"type": "object", "properties": {"id": NUMBER, "text": TEXT}}
    change = {"type": "object", "properties": {"new_name": TEXT, "color": TEXT}}
    item = {
        "parameters": [parameter("name")],
        "get": {"responses": {"200": reply(label)}},
        "patch": {"requestBody": body(change), "responses": {"200": reply(label), "409": reply()}},
    }
    notes = {
        "parameters": [parameter("name")],
        "get": {"responses": {"200": reply({"type": "array", "items": note})}},
        "post": {"requestBody": body(note), "responses": {"201": reply(note)}},
    }
    create = {"requestBody": body(label), "responses": {"201": reply(label), "409": reply()}}
    listing = {"responses": {"200": reply({"type": "array", "items": label})}}
    return document(
        {"/labels": {"get": listing, "post": create}, "/labels/{name}": item, "/labels/{name}/notes": notes}
    )


def test_a_new_name_renames_the_record_and_takes_what_is_below_with_it(tmp_path: Path) -> None:
    caller = client(renaming(), tmp_path, seed_records=0)
    caller.post("/labels", json={"name": "bug", "color": "red"})
    caller.post("/labels", json={"name": "idea"})
    caller.post("/labels/bug/notes", json={"text": "seen"})
    assert caller.patch("/labels/bug", json={"new_name": "defect"}).json == {"name": "defect", "color": "red"}
    assert caller.get("/labels/bug").status_code == 404
    assert [one["name"] for one in caller.get("/labels").json] == ["defect", "idea"]
    assert [one["text"] for one in caller.get("/labels/defect/notes").json] == ["seen"]
    assert caller.patch("/labels/defect", json={"new_name": "idea"}).status_code == 409
    assert caller.get("/labels/defect").json["color"] == "red"


def test_a_new_record_has_every_key_that_finds_it(tmp_path: Path) -> None:
    """The path takes either, the reply has both, though only one must be there."""
    issue = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "key": TEXT, "summary": TEXT}}
    made = {"type": "object", "properties": {"id": TEXT, "key": TEXT}}
    create = {
        "requestBody": body({"type": "object", "properties": {"summary": TEXT}}),
        "responses": {"201": reply(made)},
    }
    item = {"parameters": [parameter("issueIdOrKey")], "get": {"responses": {"200": reply(issue)}}}
    caller = client(document({"/issues": {"post": create}, "/issues/{issueIdOrKey}": item}), tmp_path)
    got = caller.post("/issues", json={"summary": "It is slow."}).json
    for key in (got["id"], got["key"]):
        assert caller.get(f"/issues/{key}").json == {**got, "summary": "It is slow."}


def test_a_list_that_is_sent_may_be_answered_by_one_record(tmp_path: Path) -> None:
    pet = {"type": "object", "properties": {"id": TEXT, "name": TEXT}}
    create = {"requestBody": body({"type": "array", "items": pet}), "responses": {"200": reply(pet)}}
    item = {"parameters": [parameter("id")], "get": {"responses": {"200": reply(pet)}}}
    caller = client(document({"/pets": {"post": create}, "/pets/{id}": item}), tmp_path)
    got = caller.post("/pets", json=[{"name": "Rex"}]).json
    assert got["name"] == "Rex"
    assert caller.get(f"/pets/{got['id']}").json == got


@pytest.mark.parametrize(("read_only", "kept"), [(False, "2020-02-03T04:05:06Z"), (True, "2025-04-18")])
def test_when_it_was_made_is_the_clients_to_say_where_the_document_lets_it(
    tmp_path: Path, read_only: bool, kept: str
) -> None:
    moment = {**TEXT, "format": "date-time", "readOnly": read_only}
    note = {"type": "object", "properties": {"id": TEXT, "createdAt": moment, "updatedAt": moment}}
    create = {"requestBody": body(note), "responses": {"201": reply(note)}}
    item = {"parameters": [parameter("id")], "get": {"responses": {"200": reply(note)}}}
    caller = client(document({"/notes": {"post": create}, "/notes/{id}": item}), tmp_path)
    sent = {"createdAt": "2020-02-03T04:05:06Z"}
    got = caller.post("/notes", json=sent).json
    assert got["createdAt"].startswith(kept)
    assert got["updatedAt"].startswith("2025-04-18")


def test_a_collection_below_search_shows_the_records_of_its_namesake(tmp_path: Path) -> None:
    pet = {"type": "object", "properties": {"id": TEXT, "name": TEXT}}
    components = {"schemas": {"Pet": pet}}
    one = {"$ref": "#/components/schemas/Pet"}
    many = {"responses": {"200": reply({"type": "array", "items": one})}}
    asked = {**many, "parameters": [parameter("name", TEXT, "query")]}
    by_body = {**many, "requestBody": body({"type": "object", "properties": {"name": TEXT}})}
    create = {"requestBody": body(one), "responses": {"201": reply(one)}}
    item = {"parameters": [parameter("id")], "get": {"responses": {"200": reply(one)}}}
    paths = {
        "/pets": {"get": many, "post": create},
        "/pets/{id}": item,
        "/search/pets": {"get": asked, "post": by_body},
    }
    caller = client(document(paths, components=components), tmp_path)
    made = caller.post("/pets", json={"name": "Rex"}).json
    assert caller.get("/search/pets?name=Rex").json == [made]
    assert caller.post("/search/pets", json={"name": "Rex"}).json == [made]
    assert len(caller.get("/pets").json) == 4


def test_a_parameter_that_ends_like_another_records_key_does_not_name_it(tmp_path: Path) -> None:
    item = {"type": "object", "properties": {"Id": {"type": "integer"}, "CollectionId": {"type": "integer"}}}
    told = collection(item, item, path="/subs")
    told["paths"]["/subs/{subCollectionId}"] = {
        **told["paths"].pop("/subs/{id}"),
        "parameters": [parameter("subCollectionId")],
    }
    caller = client(told, tmp_path, seed_records=0)
    made = caller.post("/subs", json={"CollectionId": 77}).json
    assert caller.get(f"/subs/{made['Id']}").json["CollectionId"] == 77
    assert caller.get("/subs/77").status_code == 404


def test_replies_that_examples_alone_show_are_remembered_and_forbid_nothing(tmp_path: Path) -> None:
    """As tools write documents from traffic: no schema of a reply anywhere."""

    def shown(value: Any) -> dict[str, Any]:
        return {"description": "Done.", "content": {"application/json": {"examples": {"response": {"value": value}}}}}

    one = {"id": 190, "comment": "I want candy.", "likes": 0, "user": {"name": "Sean"}, "none": None}
    told = document({
        "/comments": {
            "get": {"responses": {"200": shown([{**one, "more": True}, {"id": 2}])}},
            "post": {"requestBody": body({"type": "object"}), "responses": {"201": shown(one)}},
        },
        "/comments/{id}": {
            "parameters": [parameter("id")],
            "get": {"responses": {"200": shown(one)}},
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    })  # fmt: skip
    caller = client(told, tmp_path)
    assert one in caller.get("/comments").json
    made = caller.post("/comments", json={"comment": {"text": "an object now"}}).json
    assert made["comment"] == {"text": "an object now"}
    assert caller.get(f"/comments/{made['id']}").json["comment"] == made["comment"]
    assert made["id"] in [each["id"] for each in caller.get("/comments").json]
    assert caller.delete(f"/comments/{made['id']}").status_code == 204
    assert caller.get(f"/comments/{made['id']}").status_code == 404


@pytest.mark.parametrize(("query", "wanted"), [
    ("min_price=7", {7, 9}), ("price[lte]=7", {5, 7}), ("min_price=6&price[lte]=8", {7}),
    ("startDate=2031-01-01", {7, 9}), ("endDate=2031-06-01", {5, 7}), ("made_after=2031-01-01T00:00:00Z", {9}),
])  # fmt: skip
def test_a_range_of_a_member_is_asked_for_by_names_of_its_bounds(tmp_path: Path, query: str, wanted: set[int]) -> None:
    days = {"type": "array", "items": {"type": "string", "format": "date"}}
    moment = {"type": "string", "format": "date-time"}
    book = {"type": "object", "properties": {"id": NUMBER, "price": NUMBER, "dates": days, "made_at": moment}}
    paths = collection(book, book, path="/books")
    day = {"type": "string", "format": "date"}
    bounds = [
        ("min_price", NUMBER),
        ("price[lte]", NUMBER),
        ("startDate", day),
        ("endDate", day),
        ("made_after", moment),
    ]
    paths["paths"]["/books"]["get"]["parameters"] = [parameter(name, schema, "query") for name, schema in bounds]
    caller = client(paths, tmp_path)
    made = {
        caller.post("/books", json={"price": price, "dates": dates, "made_at": at}).json["id"]: price
        for price, dates, at in (
            (5, ["2030-05-01"], "2030-05-01T12:00:00Z"),
            (7, ["2030-06-01", "2031-03-01"], "2030-12-31T23:00:00Z"),
            (9, ["2031-07-01"], "2031-01-01T01:00:00+01:00"),
        )
    }
    found = {made[one["id"]] for one in caller.get(f"/books?{query}").json if one["id"] in made}
    assert found == wanted


def test_what_keeps_no_record_repeats_what_was_sent_where_one_schema_says_both(tmp_path: Path) -> None:
    ticket = {"type": "object", "required": ["day"], "properties": {"day": TEXT, "secret": {**TEXT, "writeOnly": True}}}
    told = {"allOf": [{"$ref": "#/components/schemas/Ticket"}, {"type": "object", "properties": {"code": TEXT}}]}
    buy = {"requestBody": body({"$ref": "#/components/schemas/Ticket"}), "responses": {"200": reply(told)}}
    caller = client(document({"/estimate": {"post": buy}}, components={"schemas": {"Ticket": ticket}}), tmp_path)
    got = caller.post("/estimate", json={"day": "the first", "secret": "xyz-123"})
    assert got.json["day"] == "the first"
    assert "xyz-123" not in got.text


def test_headers_that_must_be_there_and_totals_are_told(tmp_path: Path) -> None:
    headers = {"X-Total-Count": {"schema": NUMBER}, "X-Window": {"required": True, "schema": {"type": "boolean"}}}
    listed_books = {
        **reply({"type": "array", "items": {"type": "object", "properties": {"id": NUMBER}}}),
        "headers": headers,
    }
    size = parameter("limit", NUMBER, "query")
    caller = client(document({"/books": {"get": {"parameters": [size], "responses": {"200": listed_books}}}}), tmp_path)
    got = caller.get("/books?limit=1")
    assert got.headers["X-Total-Count"] == str(len(caller.get("/books").json))
    assert got.headers["X-Window"] in ("true", "false")


def test_what_a_create_declares_for_itself_may_be_said_once_though_records_call_it_read_only(tmp_path: Path) -> None:
    team = {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT}, "readOnly": True}
    record = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "title": TEXT,
            "team": team,
            "stars": {"type": "integer", "readOnly": True},
        },
    }
    sent = {
        "type": "object",
        "properties": {"title": TEXT, "team": {"type": "integer"}, "stars": {"type": "integer", "readOnly": True}},
    }
    told = collection(record, sent)
    caller = client(told, tmp_path)
    made = caller.post("/things", json={"title": "A", "team": 7, "stars": 5})
    assert made.json["team"]["id"] == 7
    assert made.json.get("stars") != 5, "the body's own schema leaves it to the server"


def test_what_nobody_said_of_a_new_record_is_null_where_it_may_be(tmp_path: Path) -> None:
    text, moment = {"type": ["string", "null"]}, {"type": ["string", "null"], "format": "date-time"}
    shown = {**text, "example": "It is broken on Safari."}
    members = {
        "body": shown, "closed_at": moment, "created_at": moment, "color": {**text, "default": "red"},
        "comment_count": {"type": ["integer", "null"]}, "author": {"anyOf": [NAMED, {"type": "null"}]},
        "state": {"type": ["string", "null"], "enum": ["open", "closed", None]},
        "plan": {"anyOf": [{"allOf": [NAMED]}, {"type": "null"}]},
    }  # fmt: skip
    record = {
        "type": "object",
        "required": ["id", *members],
        "properties": {"id": {"type": "integer"}, "title": TEXT, **members},
    }
    caller = client(collection(record, {"type": "object"}), tmp_path)
    made = caller.post("/things", json={"title": "A"}).json
    assert (made["body"], made["closed_at"]) == (None, None)
    assert (made["color"], made["state"], made["created_at"][:10]) == ("red", "open", "2025-04-18")
    assert made["author"] is not None
    assert made["plan"] is not None, "before OpenAPI 3.1 not everybody reads null there"
    assert made["comment_count"] is not None
    assert caller.post("/things", json={"title": "B", "body": "Said."}).json["body"] == "Said."


def test_addresses_have_the_form_of_the_examples(tmp_path: Path) -> None:
    pet = {"type": "object", "properties": {"id": NUMBER, "uri": {"type": ["string", "null"]}}}
    members = {name: {"type": ["string", "null"]} for name in ("first_page_uri", "next_page_uri", "previous_page_uri")}
    page = {"type": "object", "properties": {"pets": {"type": "array", "items": pet}, **members}}
    shown = {"pets": [{"id": 1, "uri": "/v1/pets/1"}], "first_page_uri": "/v1/pets?Page=0", "next_page_uri": None}
    listed: Any = reply(page)
    listed["content"]["application/json"]["example"] = shown
    query = [
        parameter(name, TEXT if name == "PageToken" else NUMBER, "query") for name in ("PageSize", "PageToken", "Page")
    ]
    paths = {
        "/v1/pets": {
            "get": {"parameters": query, "responses": {"200": listed}},
            "post": {"requestBody": body({"type": "object"}), "responses": {"201": reply(pet)}},
        },
        "/v1/pets/{id}": {**NAMED, "get": {"responses": {"200": reply(pet)}}},
    }
    caller = client(document(paths), tmp_path)
    first = caller.get("/v1/pets?PageSize=1").json
    assert [one["uri"] for one in first["pets"]] == ["/v1/pets/1"]
    assert first["first_page_uri"].startswith("/v1/pets?")
    second = caller.get(first["next_page_uri"]).json
    assert second["pets"][0]["uri"] == "/v1/pets/2"
    assert caller.get(second["previous_page_uri"]).json == first
    assert caller.post("/v1/pets", json={}).json["uri"] == "/v1/pets/4"


@pytest.mark.parametrize("name", ["previous_page", "prevPage", "previous_link", "prev_page_url"])
def test_the_first_page_has_none_before_it_and_the_second_has(tmp_path: Path, name: str) -> None:
    is_address = name.endswith(("link", "url"))
    held = {"type": ["string" if is_address else "integer", "null"], "example": "/things?page=2" if is_address else 2}
    pages = {"type": "object", "required": [name], "properties": {"page": {"type": "integer"}, name: held}}
    listed = {"type": "object", "required": ["things", "meta"], "properties": {
        "things": {"type": "array", "items": PAGED}, "meta": {"type": "object", "properties": {"pagination": pages}}}}  # fmt: skip
    told = collection(PAGED, PAGED, many=listed)
    told["paths"]["/things"]["get"]["parameters"] = [parameter(one, NUMBER, "query") for one in ("page", "per_page")]
    caller = client(told, tmp_path)
    first, second = (caller.get(f"/things?per_page=1&page={one}").json["meta"]["pagination"][name] for one in (1, 2))
    assert first is None
    assert second.endswith("page=1") if is_address else second == 1, second


def test_the_latest_of_a_collection_is_the_one_that_was_made_last(tmp_path: Path) -> None:
    release = {"type": "object", "properties": {"id": NUMBER, "name": TEXT, "notes": TEXT}}
    paths = {
        "/releases": {
            "get": {"responses": {"200": reply({"type": "array", "items": release})}},
            "post": {"requestBody": body(release), "responses": {"201": reply(release)}},
        },
        "/releases/{id}": {**NAMED, "get": {"responses": {"200": reply(release)}}},
        "/releases/latest": {"get": {"responses": {"200": reply(release)}}},
        "/releases/first": {"get": {"responses": {"200": reply(release)}}},
    }
    caller = client(document(paths), tmp_path)
    made = caller.post("/releases", json={"name": "1.0"}).json
    assert caller.get("/releases/latest").json == made
    assert caller.get("/releases/first").json == caller.get("/releases/1").json


def test_members_of_a_form_may_be_declared_by_the_names_that_are_sent(tmp_path: Path) -> None:
    """As documents of Rails applications have them."""
    sent = {"type": "object", "required": ["pet[name]"], "properties": {"pet[name]": TEXT, "pet[tags][]": TEXT}}
    pet = {"type": "object", "properties": {"id": NUMBER, "name": TEXT, "tags": {"type": "array", "items": TEXT}}}
    told = collection(pet, pet, path="/pets")
    told["paths"]["/pets"]["post"]["requestBody"] = body(sent, "application/x-www-form-urlencoded")
    caller = client(told, tmp_path)
    made = caller.post("/pets", data={"pet[name]": "Rex", "pet[tags][]": ["a", "b"]}).json
    assert (made["name"], made["tags"]) == ("Rex", ["a", "b"])
    assert caller.get(f"/pets/{made['id']}").json == made
    assert caller.post("/pets", data={"pet[tags][]": "a"}).status_code == 400


def test_a_reply_that_holds_a_key_alone_holds_that_of_the_record(tmp_path: Path) -> None:
    """Where no record shows it, a client has nothing else to go by."""
    link = {"type": "object", "properties": {"url": TEXT, "scope": TEXT}}
    data = {"type": "object", "required": ["id"], "properties": {"id": {**TEXT, "example": "12345"}}}
    done = {"type": "object", "required": ["status", "service", "data"],
            "properties": {"status": TEXT, "service": TEXT, "data": data}}  # fmt: skip
    told = collection(link, link, one=done, path="/links")
    one = {**done, "properties": {**done["properties"], "data": link}}
    told["paths"]["/links/{id}"]["parameters"] = [parameter("id", TEXT)]
    told["paths"]["/links/{id}"]["get"]["responses"]["200"] = reply(one)
    told["paths"]["/links/{id}"]["patch"] = {"requestBody": body(link), "responses": {"200": reply(done)}}
    caller = client(told, tmp_path)
    key = caller.post("/links", json={"url": "x", "scope": "all"}).json["data"]["id"]
    assert caller.get(f"/links/{key}").json["data"]["url"] == "x"
    assert caller.patch(f"/links/{key}", json={"scope": "none"}).json["data"] == {"id": key}


def test_what_an_example_of_a_create_shows_is_free_at_first(tmp_path: Path) -> None:
    name = {**TEXT, "example": "Banking", "description": "The name, which must be unique."}
    segment = {"type": "object", "required": ["name"], "properties": {"id": NUMBER, "name": name}}
    told = collection(segment, segment, path="/segments")
    told["paths"]["/segments"]["post"]["responses"]["409"] = {"description": "The name is already taken."}
    caller = client(told, tmp_path)
    assert [caller.post("/segments", json={"name": "Banking"}).status_code for _ in range(2)] == [201, 409]


@pytest.mark.parametrize("status", ["404", "4XX", "default"])
def test_a_refusal_has_the_headers_that_it_must_have(tmp_path: Path, status: str) -> None:
    headers = {"X-Server": {"required": True, "schema": {"type": "string", "minLength": 3}},
               "X-Asked": {"schema": TEXT}, "Content-Type": {"required": True, "schema": TEXT}}  # fmt: skip
    told = collection(PAGED, PAGED)
    told["paths"]["/things/{id}"]["get"]["responses"][status] = {**reply(NAMED_ERROR), "headers": headers}
    answer = client(told, tmp_path).get("/things/99")
    assert answer.status_code == 404 and len(answer.headers["X-Server"]) >= 3 and "X-Asked" not in answer.headers
    assert answer.headers.getlist("Content-Type") == ["application/json"]
    assert answer.json["message"]
