"""Small oddities of other people's documents: each is answered as its reader expects, in bounded time."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from asgi import front_of
from mockserver.contract.document import Document
from mockserver.contract.schema_weight import HEAVY, MOST_HEAVY
from mockserver.contract.sources.normalising import normalise
from mockserver.inference import infer_contract
from mockserver.web.environ import environ_of
from test_any_document import NAMED, client, collection, document, parameter, reply, world_of

N = {"$ref": "#/components/schemas/N"}


def answer(media_type: str, schema: Any = None) -> dict[str, Any]:
    return {"200": {"description": "Done.", "content": {media_type: {} if schema is None else {"schema": schema}}}}


def got(folder: Path, responses: dict[str, Any], path: str = "/a", **more: Any) -> Any:
    return client(document({path: {"get": {"responses": responses}}}, **more), folder).get(path or "/")


@pytest.mark.parametrize(("declared", "sent", "begins"), [
    ("image/*", "image/png", b"\x89PNG"), ("text/*", "text/plain", b""), ("json", "application/json", b""),
])  # fmt: skip
def test_a_reply_has_a_media_type_that_exists(tmp_path: Path, declared: str, sent: str, begins: bytes) -> None:
    reply = got(tmp_path, answer(declared))
    assert reply.mimetype == sent
    assert reply.data.startswith(begins)


@pytest.mark.parametrize(("schema", "is_good"), [
    ({"type": "string", "minLength": 30}, lambda text: len(text) >= 30),
    ({"type": "string", "enum": ["up", "down"]}, lambda text: text in ("up", "down")),
    ({"type": "string", "pattern": "^[0-9]{4}$"}, lambda text: len(text) == 4 and text.isdigit()),
])  # fmt: skip
def test_plain_text_keeps_its_schema(tmp_path: Path, schema: Any, is_good: Any) -> None:
    assert is_good(got(tmp_path, answer("text/plain", schema)).text)


def test_yaml_holds_what_its_schema_asks_for(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    assert got(tmp_path, answer("application/yaml", schema)).text == '{"a":1}'


def test_a_list_has_as_many_items_as_it_must_but_never_without_bound(tmp_path: Path) -> None:
    text = {"type": "string"}
    assert (
        len(got(tmp_path, answer("application/json", {"type": "array", "minItems": 1_500, "items": text})).json)
        == 1_500
    )
    huge = {"type": "array", "minItems": 1_000_000_000, "items": {**text, "minLength": 1_000_000_000}}
    assert len(got(tmp_path, answer("application/json", huge)).data) < 100_000


def test_a_record_that_needs_two_of_its_kind_without_end_is_made_small(tmp_path: Path) -> None:
    node = {"type": "object", "required": ["left", "right"], "properties": {"left": N, "right": N}}
    reply = got(tmp_path, answer("application/json", N), components={"schemas": {"N": node}})
    assert len(reply.data) < 1_000
    assert reply.json.keys() == {"left", "right"}


def test_a_list_of_what_nothing_keeps_is_answered_at_once(tmp_path: Path) -> None:
    """Each alternative leads back to the record: judging a deep one takes twice as long for each level."""
    either = {"oneOf": [N, {"allOf": [N, {"type": "object"}]}]}
    node = {"type": "object", "required": ["id", "next"], "properties": {"id": {"type": "string"}, "next": either}}
    item = {"parameters": [parameter("id")], "get": {"responses": answer("application/json", N)}}
    listed = {"get": {"responses": answer("application/json", {"type": "array", "items": N})}}
    paths = {"/n": listed, "/n/{id}": item}
    assert client(document(paths, components={"schemas": {"N": node}}), tmp_path).get("/n").json == []


def test_a_record_that_may_end_is_made_to_its_end(tmp_path: Path) -> None:
    node = {"type": "object", "required": ["next"], "properties": {"next": {"anyOf": [N, {"type": "null"}]}}}
    assert got(tmp_path, answer("application/json", N), components={"schemas": {"N": node}}).status_code == 200


def test_a_security_scheme_that_is_not_declared_asks_for_nothing(tmp_path: Path) -> None:
    paths = {"/a": {"get": {"security": [{"unknown": []}], "responses": {"200": reply({"type": "object"})}}}}
    caller = client(document(paths), tmp_path)
    del caller.environ_base["HTTP_AUTHORIZATION"]
    assert caller.get("/a").status_code == 200


@pytest.mark.parametrize(("written", "sent"), [("", "/"), ("a", "/a")])
def test_a_path_without_its_slash_is_served(tmp_path: Path, written: str, sent: str) -> None:
    paths = {written: {"get": {"responses": {"200": reply({"type": "object"})}}}}
    assert client(document(paths), tmp_path).get(sent).status_code == 200


def test_the_root_below_a_prefix_is_the_prefix(tmp_path: Path) -> None:
    told = document({"/": {"get": {"responses": {"200": reply({"type": "object"})}}}}, servers=[{"url": "/api"}])
    caller = client(told, tmp_path)
    assert [caller.get(path).status_code for path in ("/api", "/api/")] == [200, 200]


OURS = ("/docs", "/docs/", "/openapi.json", "/openapi.yaml", "/.well-known/jwks.json", "/authorize", "/oauth/token",
        "/userinfo", "/oauth/revoke", "/v2/logout", "/.well-known/openid-configuration", "/__mock__/health", "/health")  # fmt: skip


@pytest.mark.parametrize("path", OURS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_path_of_the_document_wins_over_every_page_of_ours(tmp_path: Path, path: str, method: str) -> None:
    only = {"type": "object", "required": ["mine"], "properties": {"mine": {"const": True}}}
    caller = client(document({path: {method: {"responses": {"200": reply(only)}}}}), tmp_path)
    assert getattr(caller, method)(path).json == {"mine": True}
    assert caller.get("/__mock__/api/docs/").mimetype == "text/html"
    assert caller.get("/__mock__/api/openapi.json").json["paths"].keys() == {path}


def test_every_page_of_the_application_steps_back(tmp_path: Path) -> None:
    caller = client(document({"/a": {"get": {"responses": {"200": reply({"type": "object"})}}}}), tmp_path)
    rules = [one.rule for one in caller.application.url_map.iter_rules() if "<" not in one.rule]
    own = {path: {"get": {"responses": {"204": reply()}}} for path in rules}
    other = client(document(own), tmp_path)
    assert {path: other.get(path).status_code for path in rules} == dict.fromkeys(rules, 204)


def test_a_parameter_is_not_a_page_of_the_control_plane(tmp_path: Path) -> None:
    paths = {"/{bucket}/{key}": {"parameters": [parameter("bucket"), parameter("key")],
                                 "get": {"responses": {"200": reply({"type": "object"})}}}}  # fmt: skip
    assert client(document(paths), tmp_path).get("/__mock__/health").json["status"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"api_key", b"special")], 200),
        ([(b"api-key", b"special")], 200),
        ([(b"key", b"special")], 401),
        ([(b"api_key", b"special"), (b"content_length", b"7"), (b"transfer_encoding", b"chunked")], 200),
    ],
)
def test_a_header_with_an_underscore_arrives_at_the_server_too(headers: list[tuple[bytes, bytes]], status: int) -> None:
    caller = client("petstore-3.0.yaml")
    assert caller.get("/pet/1").status_code == 200
    scope = {"method": "GET", "raw_path": b"/pet/1", "query_string": b"", "server": ("localhost", 80), "scheme": "http",
             "headers": [(b"host", b"localhost"), *headers]}  # fmt: skip
    messages: list[Any] = []

    async def ask() -> None:
        async def nothing() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def keep(message: dict[str, Any]) -> None:
            messages.append(message)

        await front_of(caller.application)(scope, nothing, keep)

    asyncio.run(ask())
    assert messages[0]["status"] == status


def test_a_header_with_a_hyphen_is_not_changed_by_one_with_an_underscore() -> None:
    sent = [(b"x_region", b"us"), (b"x-region", b"eu"), (b"content_type", b"text/html"), (b"x_plain", b"1")]
    scope = {"method": "GET", "raw_path": b"/", "query_string": b"", "server": ("localhost", 80), "scheme": "http"}
    environ = environ_of({**scope, "headers": sent})
    assert (environ["HTTP_X_REGION"], environ["HTTP_X_PLAIN"], "CONTENT_TYPE" in environ) == ("eu", "1", False)


@pytest.mark.parametrize("choice", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("innermost", "place", "word"),
    [({"a": 3}, "/body" + "/child" * 30, "alternative"), ({"a": "x", "child": {"a": "y"}, "c": 3}, "", "c")],
)
def test_a_deep_body_of_a_choice_that_leads_back_to_itself_is_refused_at_once(
    tmp_path: Path, choice: str, innermost: Any, place: str, word: str
) -> None:
    """A validator that lists errors takes at least twice as long for each level: years, for thirty of them."""
    told = collection(N, N)
    told["components"] = {"schemas": {
        "N": {choice: [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]},
        "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "c": {"type": "string"}, "child": N}},
        "B": {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}, "c": {"type": "string"}, "child": N}},
    }}  # fmt: skip
    body = innermost
    for _ in range(29 if place else 0):
        body = {"a": "x", "child": body}
    refused = client(told, tmp_path).post("/things", json=body)
    assert refused.status_code == 400
    [violation] = refused.json["errors"]
    assert violation["path"].startswith("body/child/child" if place else "body/c")


def test_a_deep_body_of_parts_that_lead_back_to_the_whole_is_refused_at_once(tmp_path: Path) -> None:
    """Each part has a child of the whole kind: an error in the last child is one in either part of each level."""
    part = {"type": "object", "properties": {"child": N}}
    told = collection(N, N)
    told["components"] = {"schemas": {"N": {"allOf": [part, {**part, "required": ["a"]}], "type": "object"}}}
    body: Any = {"b": 1}
    for _ in range(30):
        body = {"a": "x", "child": body}
    refused = client(told, tmp_path).post("/things", json=body)
    assert (refused.status_code, [one["path"] for one in refused.json["errors"]]) == (
        400,
        ["body" + "/child" * 30 + "/a"],
    )


@pytest.mark.parametrize("word", ["allOf", "oneOf", "anyOf"])
def test_alternatives_that_multiply_are_left_out_and_told(tmp_path: Path, word: str) -> None:
    """Forty levels of two are more than 10^12 ways to one and the same schema, and a validator goes each of them."""
    chain = {f"C{level}": {word: [{"$ref": f"#/components/schemas/C{level + 1}"}] * 2} for level in range(40)}
    record = {"type": "object", "properties": {"id": {"type": "string"}, "a": {"$ref": "#/components/schemas/C0"}}}
    told = collection(N, N)
    told["components"] = {"schemas": {**chain, "C40": {"type": "string"}, "N": record}}
    left_out = normalise(deepcopy(told))
    assert left_out[0][0] == f"/components/schemas/C28/{word}"
    assert left_out[0][1].startswith(f"leads by '{word}' to more schemas than a value can be held to")
    caller = client(told, tmp_path)
    assert caller.get("/things").status_code == 200
    assert caller.post("/things", json={"id": "x", "a": "y"}).status_code in {201, 400}
    assert caller.post("/things", json={"id": 7, "a": 7}).status_code == 400


def test_a_record_that_must_hold_more_than_fits_is_made_no_more_than_an_endless_one(tmp_path: Path) -> None:
    """Two of a kind within each of the kind above: a hundred bytes of schema, a terabyte of record."""
    tree = {
        f"T{level}": {"type": "object", "required": ["left", "right"], "properties": {
            "left": {"$ref": f"#/components/schemas/T{level + 1}"}, "right": {"$ref": f"#/components/schemas/T{level + 1}"}}}
        for level in range(40)
    }  # fmt: skip
    record = {"type": "object", "required": ["id", "tree"], "properties": {
        "id": {"type": "string"}, "tree": {"$ref": "#/components/schemas/T0"}}}  # fmt: skip
    told = collection(N, N)
    told["components"] = {"schemas": {**tree, "T40": {"type": "string"}, "N": record}}
    listed = client(told, tmp_path).get("/things")
    assert (listed.status_code, listed.json) == (200, [])


def test_a_deep_body_of_other_schemas_has_all_its_faults_told(tmp_path: Path) -> None:
    deep: dict[str, Any] = {"type": "integer"}
    for _ in range(7):
        deep = {"type": "object", "properties": {"in": deep, "n": {"type": "integer"}}}
    body: Any = "x"
    for _ in range(7):
        body = {"in": body, "n": "y"}
    refused = client(collection(deep, deep), tmp_path).post("/things", json=body)
    assert len(refused.json["errors"]) == 8


def test_of_many_heavy_schemas_few_are_held_compiled(tmp_path: Path) -> None:
    """Each of a hundred schemas that lead to each other brings all the others."""
    count = HEAVY + 10
    schemas = {
        f"S{number}": {"type": "object", "properties": {
            "id": {"type": "integer"}, "next": {"$ref": f"#/components/schemas/S{(number + 1) % count}"}}}
        for number in range(count)
    }  # fmt: skip
    told = collection({"$ref": "#/components/schemas/S0"}, NAMED)
    told["components"] = {"schemas": schemas}
    maker = world_of(client(told, tmp_path)).contract.maker
    places = [maker.shapes.document.node("components", "schemas", name) for name in schemas]
    assert not any(maker.allows(place, {"id": "x"}) for place in places)
    assert all(maker.allows(place, {"id": 1, "next": {"id": 2}}) for place in places)
    assert sum("_validator" in vars(maker.validator(place)) for place in places) == MOST_HEAVY


CLOSED: dict[str, Any] = {"type": "object", "additionalProperties": False}


@pytest.mark.parametrize("dog", [
    {**CLOSED, "allOf": [{"$ref": "#/components/schemas/Pet"}], "properties": {"bark": {"type": "string"}}},
    {**CLOSED, "allOf": [{"$ref": "#/components/schemas/Pet"}, {**CLOSED, "properties": {"bark": {"type": "string"}}}]},
    {"allOf": [{**CLOSED, "allOf": [{"$ref": "#/components/schemas/Pet"}]}, {"properties": {"bark": {"type": "string"}}}]},
])  # fmt: skip
def test_parts_that_forbid_each_others_members_are_taken_together(tmp_path: Path, dog: Any) -> None:
    """As generators for .NET write what inherits from a class."""
    pet = {**CLOSED, "required": ["id"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
    create = {"requestBody": {"content": {"application/json": {"schema": dog}}}, "responses": {"201": reply(dog)}}
    paths = {"/dogs": {"post": create, "get": {"responses": {"200": reply({"type": "array", "items": dog})}}}}
    caller = client(document(paths, components={"schemas": {"Pet": pet}}), tmp_path)
    sent = {"id": "a1b2c3", "name": "Rex", "bark": "loud"}
    assert caller.post("/dogs", json=sent).json == sent
    assert sent in caller.get("/dogs").json
    assert "taken together" in world_of(caller).contract.document.warnings[0].problem


def test_a_schema_that_may_have_its_own_members_only_stays_so(tmp_path: Path) -> None:
    named = {"type": "object", "properties": {"name": {"type": "string"}}}
    whole = {**CLOSED, "allOf": [named], "properties": {"name": {}, "id": {"type": "string"}}}
    create = {"requestBody": {"content": {"application/json": {"schema": whole}}}, "responses": {"201": reply(whole)}}
    caller = client(document({"/dogs": {"post": create}}), tmp_path)
    assert caller.post("/dogs", json={"id": "a", "legs": 4}).status_code == 400


def test_a_media_type_with_and_without_its_charset_is_one(tmp_path: Path) -> None:
    """One has the example, the other one the schema."""
    made = {"type": "object", "properties": {"Id": {"type": "string"}, "Success": {"type": "boolean"}}}
    content = {"application/json": {"example": {"Id": "2c938084", "Success": True}},
               "application/json; charset=utf-8": {"schema": made}}  # fmt: skip
    item = {"parameters": [parameter("id")], "get": {"responses": {"200": reply({**made, "required": ["Id"]})}}}
    create = {
        "requestBody": {"content": {"application/json": {}}},
        "responses": {"200": {"description": "", "content": content}},
    }
    caller = client(document({"/usage": {"post": create}, "/usage/{id}": item}), tmp_path)
    got = caller.post("/usage", json={"Success": True}).json
    assert got["Id"] != "2c938084"
    assert caller.get(f"/usage/{got['Id']}").json == got


OK = {"get": {"responses": {"200": {"description": "Done."}}}}


@pytest.mark.parametrize("version", [{"swagger": "2.0"}, {"openapi": "3.0.3"}, {"openapi": "3.1.0"}])
@pytest.mark.parametrize("more", [
    {"paths": {"/x": {"$ref": "#/paths/~1y"}, "/y": {"$ref": "#/paths/~1x"}}},
    {"paths": {"/x": {"get": {"responses": {"200": {"$ref": "#/x-a"}}}}}, "x-a": {"$ref": "#/x-b"}, "x-b": {"$ref": "#/x-a"}},
    {"paths": {"/x": {"get": {"parameters": [{"$ref": "#/x-a"}], "responses": {"200": {"description": ""}}}}}, "x-a": {"$ref": "#/x-a"}},
])  # fmt: skip
@pytest.mark.timeout(20)
def test_references_in_a_circle_cost_what_they_would_say_and_nothing_else(
    tmp_path: Path, version: dict[str, str], more: dict[str, Any]
) -> None:
    told = {**document({"/ok": OK, **more["paths"]}), **{name: one for name, one in more.items() if name != "paths"}}
    told.pop("openapi")
    assert client({**version, **told}, tmp_path).get("/ok").status_code == 200


def test_a_parameter_without_a_type_is_judged_by_what_its_schema_says(tmp_path: Path) -> None:
    schema = {"enum": ["NO", "YES", 7]}
    get = {"parameters": [{"name": "sure", "in": "query", "schema": schema}], "responses": {"200": reply({})}}
    caller = client(document({"/a": {"get": get}}), tmp_path)
    answered = {text: caller.get(f"/a?sure={text}").status_code for text in ("NO", "7", "false", "no")}
    assert answered == {"NO": 200, "7": 200, "false": 400, "no": 400}


TEXT: dict[str, Any] = {"type": "string"}


@pytest.mark.parametrize("shown", [
    TEXT, {"type": "array", "items": TEXT}, {"type": "array", "items": NAMED}, NAMED, {"type": "integer"},
    {"type": "object", "properties": {"count": {"type": "integer"}}},
], ids=["text", "texts", "records", "record", "number", "count"])  # fmt: skip
def test_the_root_may_be_all_that_is_there(tmp_path: Path, shown: Any) -> None:
    """A path without any word: alone, with an item below it, and beside records that have what it shows."""
    sent = {"content": {"application/json": {"schema": NAMED}}}
    answers = [{"responses": {status: reply(shown)}, "requestBody": sent} for status in ("200", "201")]
    roots = [dict.fromkeys(methods, one) for one in answers
             for methods in (["get"], ["post"], ["get", "post"], ["get", "put", "patch", "delete"])]  # fmt: skip
    item = {"parameters": [parameter("id")], "get": {"responses": {"200": reply(NAMED)}}}
    things = collection(NAMED, NAMED)["paths"]
    for root in roots:
        for beside in ({}, {"/{id}": item}, things):
            told = Document(document({"/": root, **beside}))
            assert len([*infer_contract(told).operations()]) >= len(root)
    assert client(document({"/": roots[2], **things}), tmp_path).get("/").status_code == 200
