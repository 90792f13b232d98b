"""Documents of others, without a word for us: they start, remember, and every reply keeps its schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mockserver import create_app
from mockserver.commands.cli import main
from mockserver.contract import read_document
from mockserver.contract.sources.normalising import normalise
from mockserver.errors import SetupError
from server import serving

DOCUMENTS = Path(__file__).parent / "data" / "documents"
BEARER = {"Authorization": "Bearer anything"}


def client(document: Any, folder: Path | None = None, **settings: Any) -> Any:
    """A client of a document: the name of one in ``tests/data/documents``, or its content."""
    spec: Path
    if isinstance(document, str):
        spec = DOCUMENTS / document
    else:
        assert folder
        spec = folder / "openapi.json"
        spec.write_text(json.dumps(document))
    app = create_app(spec=spec, **settings)
    made = app.test_client()
    made.environ_base["HTTP_AUTHORIZATION"] = BEARER["Authorization"]
    return made


def world_of(caller: Any) -> Any:
    return caller.application.extensions["mockserver"]


def independent(caller: Any, pointer: str) -> Draft202012Validator:
    """Another's validator for the schema at ``pointer``."""
    root = world_of(caller).contract.document.root
    registry = Registry().with_resource("urn:d", Resource.from_contents(root, default_specification=DRAFT202012))
    judge = validators.extend(Draft202012Validator, {"pattern": _matches})
    return judge(
        {"$ref": f"urn:d#{pointer}"},
        registry=registry,
        format_checker=FormatChecker(["date-time", "date", "uuid", "email"]),
    )


def _matches(_: Any, pattern: str, value: Any, __: Any) -> Any:
    """Patterns as ECMA means them; those that Python cannot read are passed over."""
    try:
        found = re.search(pattern, value) if isinstance(value, str) else True
    except re.error:
        return
    if not found:
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def document(paths: dict[str, Any], version: str = "3.1.0", **more: Any) -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "A test", "version": "1"}, "paths": paths, **more}


def reply(schema: Any = None, **more: Any) -> dict[str, Any]:
    if schema is None:
        return {"description": "Done."}
    return {"description": "Done.", "content": {"application/json": {"schema": schema, **more}}}


def body(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": schema}}}


def parameter(name: str, schema: Any = None, location: str = "path") -> dict[str, Any]:
    return {"name": name, "in": location, "required": location == "path", "schema": schema or {"type": "string"}}


# Reading.


@pytest.mark.parametrize("name", sorted(file.name for file in DOCUMENTS.glob("*.*") if file.suffix != ".md"))
def test_each_document_starts_and_every_get_keeps_its_schema(name: str) -> None:
    caller = client(name)
    for operation in world_of(caller).contract.operations():
        if operation.method != "GET" or "{" in operation.path:
            continue
        required = [one.name for one in operation.plan.parameters if one.location == "query" and one.required]
        got = caller.get(operation.path, query_string=dict.fromkeys(required, "2030-01-01"))
        schema = operation.plan.success.schema
        if got.status_code == operation.plan.status and schema is not None and got.content_type == "application/json":
            independent(caller, schema.pointer).validate(got.json)


def test_a_path_item_may_be_a_reference(tmp_path: Path) -> None:
    told = document({"/books": {"$ref": "#/components/pathItems/books"}})
    told["components"] = {
        "pathItems": {"books": {"get": {"responses": {"200": reply({"type": "array", "items": {}})}}}}
    }
    assert client(told, tmp_path).get("/books").status_code == 200


def test_other_files_become_part_of_the_document(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "book.yaml").write_text(
        "type: object\nproperties:\n  title: {type: string}\n  next: {$ref: '#'}\n  by: {$ref: 'author.json#/Author'}\n"
    )
    (tmp_path / "parts" / "author.json").write_text(
        '{"Author": {"type": "object", "properties": {"born": {"$ref": "../openapi.json#/components/schemas/Year"}}}}'
    )
    told = document(
        {
            "/books": {
                "post": {
                    "requestBody": body({"$ref": "parts/book.yaml"}),
                    "responses": {"201": reply({"$ref": "parts/book.yaml"})},
                }
            }
        }
    )
    told["components"] = {"schemas": {"Year": {"type": "integer"}}}
    caller = client(told, tmp_path)
    assert caller.post("/books", json={"title": "A", "by": {"born": 1815}}).status_code == 201
    assert caller.post("/books", json={"title": "A", "next": {"by": {"born": "long ago"}}}).status_code == 400


def test_a_file_that_is_not_there_is_told_with_its_place(tmp_path: Path) -> None:
    told = document({"/books": {"get": {"responses": {"200": reply({"$ref": "gone.yaml"})}}}})
    with pytest.raises(SetupError, match=r"'gone.yaml' cannot be read"):
        client(told, tmp_path)


def test_a_reference_that_leads_nowhere_is_a_warning(tmp_path: Path) -> None:
    told = document({"/books": {"get": {"responses": {"200": reply({"$ref": "#/components/schemas/Gone"})}}}})
    (tmp_path / "openapi.json").write_text(json.dumps(told))
    assert "'#/components/schemas/Gone' leads nowhere" in read_document(tmp_path / "openapi.json").warnings[0].problem
    assert client(told, tmp_path).get("/books").status_code == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"], "nullable": True}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 3}),
        ({"type": "integer", "maximum": 3, "exclusiveMaximum": False}, {"type": "integer", "maximum": 3}),
        (
            {"$ref": "#/components/schemas/B", "nullable": True, "description": "beside"},
            {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]},
        ),
        ({"allOf": [{"type": "object"}], "nullable": True}, {"anyOf": [{"allOf": [{"type": "object"}]}, {"type": "null"}]}),
        ({"type": "string", "pattern": "(?<"}, {"type": "string"}),
        ({"type": "string", "pattern": r"\A[a-z]+\Z"}, {"type": "string", "pattern": "^[a-z]+$"}),
        ({"type": "object", "properties": {"nullable": {"type": "boolean"}}}, {"type": "object", "properties": {"nullable": {"type": "boolean"}}}),
    ],
)  # fmt: skip
def test_schemas_of_3_0_are_said_in_3_1(old: dict[str, Any], new: dict[str, Any]) -> None:
    root = document({}, "3.0.3", components={"schemas": {"A": old, "B": {"type": "object"}}})
    normalise(root)
    assert root["components"]["schemas"]["A"] == new


def test_what_somebody_called_default_or_example_is_not_a_sample() -> None:
    """A reply, a parameter, a member of an object: their schemas are read like all others."""
    old = {"type": "string", "nullable": True}
    replies = {"default": {"$ref": "#/components/responses/default"}}
    parameters = {"example": {"name": "a", "in": "query", "schema": old}}
    components = {"responses": {"default": reply({"properties": {"enum": old}})}, "parameters": parameters}
    root = document({"/a": {"get": {"responses": replies}}}, "3.0.3", components=components)
    normalise(root)
    assert root["components"]["responses"]["default"] == reply({"properties": {"enum": {"type": ["string", "null"]}}})
    assert root["components"]["parameters"]["example"]["schema"] == {"type": ["string", "null"]}


def test_a_document_of_2_0_takes_bodies_forms_and_base_path() -> None:
    caller = client("petstore-2.0.json")
    made = caller.post("/v2/pet", json={"name": "Rex", "photoUrls": []})
    assert made.status_code == 200
    form = caller.post(f"/v2/pet/{made.json['id']}", data={"name": "Max", "status": "sold"})
    assert form.status_code == 200
    assert caller.get(f"/v2/pet/{made.json['id']}").json["name"] == "Max"


def test_header_parameters_that_openapi_ignores_are_ignored(tmp_path: Path) -> None:
    accept = parameter("Accept", {"enum": ["application/vnd.a+json"]}, "header") | {"required": True}
    told = document(
        {"/books": {"get": {"parameters": [accept], "responses": {"200": reply({"type": "array", "items": {}})}}}}
    )
    assert client(told, tmp_path).get("/books", headers={"Accept": "*/*"}).status_code == 200


@pytest.mark.parametrize("name", ["Content-Length", "User-Agent"])
def test_a_header_of_http_itself_may_be_a_required_parameter(tmp_path: Path, name: str) -> None:
    """Documents made from traffic declare them; where the client's library says them, they are there."""
    size = parameter(name, {"type": "number" if name == "Content-Length" else "string"}, "header") | {"required": True}
    file = tmp_path / "told.json"
    put = {"parameters": [size], "requestBody": body({}), "responses": {"200": reply({})}}
    file.write_text(json.dumps(document({"/files/{key}": {"parameters": [parameter("key")], "put": put}})))
    with serving(str(file)) as running:
        assert running.send("PUT", "/files/a", {"some": "content"}).status == 200


# The story.


def test_the_petstore_remembers() -> None:
    caller = client("petstore-3.0.yaml")
    made = caller.post("/pet", json={"name": "Rex", "photoUrls": ["a"], "status": "available"})
    assert (made.status_code, made.json["name"]) == (200, "Rex")
    pet = f"/pet/{made.json['id']}"
    assert caller.get(pet).json == made.json
    assert made.json in caller.get("/pet/findByStatus?status=available").json
    assert made.json not in caller.get("/pet/findByStatus?status=sold").json
    assert caller.put("/pet", json={**made.json, "name": "Max"}).json["name"] == "Max"
    assert caller.delete(pet).status_code == 200
    assert caller.get(pet).status_code == 404
    assert caller.get("/pet/987654321").status_code == 404


def test_the_same_seed_gives_the_same_world_in_any_order() -> None:
    one, two = client("spring-petclinic-3.0.yml", seed=7), client("spring-petclinic-3.0.yml", seed=7)
    first = [one.get(path).json for path in ("/vets", "/owners", "/pettypes")]
    second = [two.get(path).json for path in ("/pettypes", "/owners", "/vets")]
    assert first == second[::-1]
    assert all(len(listed) == 3 for listed in first)


def nested_notes() -> dict[str, Any]:
    note = {"type": "object", "required": ["id", "text", "ownerId"], "properties": {
        "id": {"type": "integer"}, "ownerId": {"type": "integer"}, "text": {"type": "string"}, "createdAt": {"type": "string", "format": "date-time"}}}  # fmt: skip
    owner = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    }
    number = {"type": "integer"}
    sent = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
    return document(
        {
            "/owners": {
                "get": {"responses": {"200": reply({"type": "array", "items": owner})}},
                "post": {
                    "requestBody": body({"type": "object", "properties": {"name": {"type": "string"}}}),
                    "responses": {"201": reply(owner)},
                },
            },
            "/owners/{ownerId}": {
                "parameters": [parameter("ownerId", number)],
                "get": {"responses": {"200": reply(owner)}},
                "delete": {"responses": {"204": reply()}},
            },
            "/owners/{ownerId}/notes": {
                "parameters": [parameter("ownerId", number)],
                "get": {
                    "responses": {
                        "200": reply(
                            {
                                "type": "object",
                                "required": ["data", "total"],
                                "properties": {"data": {"type": "array", "items": note}, "total": number},
                            }
                        )
                    }
                },
                "post": {
                    "requestBody": body(sent),
                    "responses": {"201": reply({"type": "object", "properties": {"note": note}, "required": ["note"]})},
                },
            },
            "/owners/{ownerId}/notes/{noteId}": {
                "parameters": [parameter("ownerId", number), parameter("noteId", number)],
                "get": {
                    "responses": {"200": reply({"type": "object", "properties": {"note": note}, "required": ["note"]})}
                },
                "patch": {
                    "requestBody": body(sent, "application/merge-patch+json"),
                    "responses": {"200": reply({"type": "object", "properties": {"note": note}})},
                },
            },
        }
    )


def test_records_below_a_parent_are_its_own(tmp_path: Path) -> None:
    caller = client(nested_notes(), tmp_path, seed_records=0)
    ada, bob = (caller.post("/owners", json={"name": name}).json["id"] for name in ("Ada", "Bob"))
    made = caller.post(f"/owners/{ada}/notes", json={"text": "hers"})
    assert made.status_code == 201
    note = made.json["note"]
    assert (note["text"], note["ownerId"]) == ("hers", ada)
    assert made.headers["Location"] == f"/owners/{ada}/notes/{note['id']}"
    assert caller.get(f"/owners/{ada}/notes").json == {"data": [note], "total": 1}
    assert caller.get(f"/owners/{bob}/notes").json == {"data": [], "total": 0}
    assert caller.get(f"/owners/{bob}/notes/{note['id']}").status_code == 404
    assert caller.get("/owners/4711/notes").status_code == 404
    changed = caller.patch(f"/owners/{ada}/notes/{note['id']}", json={"text": "changed"})
    assert changed.json["note"]["text"] == "changed"
    assert caller.delete(f"/owners/{ada}").status_code == 204
    assert caller.get(f"/owners/{ada}/notes").status_code == 404


def test_a_record_counts_what_stands_below_it(tmp_path: Path) -> None:
    told = nested_notes()
    owner = told["paths"]["/owners"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    owner["properties"]["noteCount"] = {"type": "integer"}
    caller = client(told, tmp_path)
    ada = caller.post("/owners", json={"name": "Ada"}).json
    assert ada["noteCount"] == 0
    caller.post(f"/owners/{ada['id']}/notes", json={"text": "hers"})
    assert caller.get(f"/owners/{ada['id']}").json["noteCount"] == 1
    for one in caller.get("/owners").json:
        assert one["noteCount"] == len(caller.get(f"/owners/{one['id']}/notes").json["data"])


def test_a_reason_is_told_for_each_operation() -> None:
    for operation in world_of(client("museum-3.1.yaml")).contract.operations():
        assert operation.plan.why


def test_a_missing_credential_is_refused_as_declared_and_any_is_taken() -> None:
    caller = client("museum-3.1.yaml")
    del caller.environ_base["HTTP_AUTHORIZATION"]
    refused = caller.get("/special-events?api_key=x")
    told = "no credential, wanted header Authorization: Basic <credentials>; found query 'api_key'"
    assert (refused.status_code, refused.headers["Mock-Reason"], told in refused.text) == (401, told, True)
    assert caller.get("/special-events", headers={"Authorization": "Basic YTpi"}).status_code == 200
    assert client("museum-3.1.yaml", auth="off").get("/special-events").status_code == 200


def test_a_header_with_an_underscore_is_found(tmp_path: Path) -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "api_key"}}
    region = {"name": "X_Region", "in": "header", "required": True, "schema": {"type": "string", "enum": ["eu"]}}
    get = {"parameters": [region], "security": [{"key": []}], "responses": {"200": {"description": "well"}}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/pets": {"get": get}},
                "components": {"securitySchemes": schemes}}  # fmt: skip
    caller = client(document, tmp_path)
    del caller.environ_base["HTTP_AUTHORIZATION"]
    assert caller.get("/pets", headers={"X_Region": "eu"}).status_code == 401
    assert caller.get("/pets", headers={"api_key": "special", "X_Region": "eu"}).status_code == 200
    assert caller.get("/pets", headers={"api_key": "special", "X-Region": "us"}).status_code >= 400


def test_what_no_rule_knows_says_that_it_is_a_stub() -> None:
    got = client("museum-3.1.yaml").post(
        "/tickets", json={"ticketType": "general", "ticketDate": "2030-01-01", "email": "a@example.com"}
    )
    assert got.status_code == 201
    left = client("petstore-3.0.yaml").get("/user/logout")
    assert left.headers["Mock-Kind"] == "stub"


def test_an_item_that_fits_nowhere_is_left_out(tmp_path: Path) -> None:
    record = {"type": "object", "properties": {"id": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}}}}}  # fmt: skip
    seen = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "boolean"}}},
    }
    told = document({
        "/things": {"get": {"responses": {"200": reply({"type": "array", "items": seen})}}, "post": {"requestBody": body({"type": "object"}), "responses": {"201": reply(record)}}},
        "/things/{id}": {"parameters": [parameter("id", {"type": "integer"})], "get": {"responses": {"200": reply(record)}}},
    })  # fmt: skip
    caller = client(told, tmp_path, seed_records=0)
    caller.post("/things", json={"tags": [{"a": True}]})
    assert caller.get("/things").json == [{"id": 1, "tags": []}]


FIELDS = st.dictionaries(
    st.sampled_from(["name", "colour", "size", "note", "kind"]),
    st.sampled_from([{"type": "string"}, {"type": "integer"}, {"type": "boolean"}, {"type": "string", "format": "date"}, {"type": ["string", "null"]}]),
    min_size=1,
)  # fmt: skip
IDS = st.sampled_from(
    [
        {"type": "integer"},
        {"type": "string"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "pattern": "^[a-z]{6,9}$"},
    ]
)


@given(fields=FIELDS, key=IDS, envelope=st.sampled_from(["", "data", "widget"]), many=st.sampled_from(["", "data", "items", "widgets"]),
       status=st.sampled_from(["200", "201", "202"]), gone=st.sampled_from(["200", "204"]), parent=st.booleans())  # fmt: skip
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_story_holds_in_documents_of_many_shapes(
    tmp_path: Path, fields: Any, key: Any, envelope: str, many: str, status: str, gone: str, parent: bool
) -> None:
    record = {"type": "object", "required": ["id", *fields], "properties": {"id": key, **fields}}
    sent = {"type": "object", "properties": fields}
    wrapped = {"type": "object", "required": [envelope], "properties": {envelope: record}} if envelope else record
    array = {"type": "array", "items": record}
    listed = {"type": "object", "required": [many], "properties": {many: array}} if many else array
    above = "/makers/{maker}" if parent else ""
    told = document({
        f"{above}/widgets": {"get": {"responses": {"200": reply(listed)}}, "post": {"requestBody": body(sent), "responses": {status: reply(wrapped)}}},
        f"{above}/widgets/{{widgetId}}": {
            "get": {"responses": {"200": reply(wrapped)}}, "patch": {"requestBody": body(sent), "responses": {"200": reply(wrapped)}},
            "delete": {"responses": {gone: reply()}}},
    })  # fmt: skip
    caller = client(told, tmp_path)
    base = f"{above.replace('{maker}', 'ada')}/widgets"
    made = caller.post(base, json={"name": "Zed"} if fields.get("name") == {"type": "string"} else {})
    assert made.status_code == int(status)
    one = made.json[envelope] if envelope else made.json
    address = f"{base}/{one['id']}"
    assert caller.get(address).json == made.json
    every = caller.get(base).json
    assert one in (every[many] if many else every)
    assert caller.patch(address, json={}).status_code == 200
    assert caller.delete(address).status_code == int(gone)
    assert caller.get(address).status_code == 404
    every = caller.get(base).json
    assert one not in (every[many] if many else every)


# Overruling.


def test_an_overlay_goes_before_every_guess(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n"
        "  - {target: \"$.paths['/pet/{petId}'].get\", update: {x-mock: {kind: stub}}}\n"
        "  - {target: \"$.paths['/store/inventory']\", remove: true}\n"
    )
    caller = client("petstore-3.0.yaml", overlays=(overlay,))
    assert caller.get("/pet/987654321").headers["Mock-Kind"] == "stub"
    assert caller.get("/store/inventory").status_code in (403, 404)


def test_what_is_wrong_with_an_overlay_is_told_all_at_once_with_its_place(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("overlay: 1.0.0\nactions: [{target: $.nothing, update: {}}, {target: '$.['}, {update: {}}]\n")
    with pytest.raises(SetupError) as caught:
        client("petstore-3.0.yaml", overlays=(overlay,))
    told = [str(problem) for problem in caught.value.problems]
    assert [re.search(r"/actions/(\d)", one)[1] for one in told] == ["0", "1", "2"]
    overlay.write_text(
        "overlay: 1.0.0\nactions: [{target: \"$.paths['/pet'].post\", update: {x-mock: {kind: banana}}}]\n"
    )
    with pytest.raises(SetupError, match='is "banana", wanted one of "list"'):
        client("petstore-3.0.yaml", overlays=(overlay,))


def test_a_target_that_is_nowhere_hides_no_unknown_word(tmp_path: Path) -> None:
    overlay = tmp_path / "wrong.yaml"
    actions = [{"target": "$.paths['/nowhere']", "update": {}},
               {"target": "$.paths['/pet/{petId}'].get", "update": {"x-mock": {"kind": "reed"}}}]  # fmt: skip
    overlay.write_text(json.dumps({"overlay": "1.0.0", "actions": actions}))
    with pytest.raises(SetupError) as caught:
        client("petstore-3.0.yaml", overlays=(overlay,))
    target, word = map(str, caught.value.problems)
    assert "/actions/0" in target
    assert 'is "reed", wanted one of' in word


def test_all_guesses_as_an_overlay_change_nothing(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(CliRunner().invoke(main, ["infer", str(DOCUMENTS / "spring-petclinic-3.0.yml")]).stdout)
    plain = world_of(client("spring-petclinic-3.0.yml")).operations
    told = world_of(client("spring-petclinic-3.0.yml", overlays=(overlay,))).operations
    assert {name: (one.kind, one.resource.name) for name, one in told.items()} == {
        name: (one.kind, one.resource.name) for name, one in plain.items()
    }
    assert {one.provenance for one in told.values()} == {"declared"}


def test_a_name_is_taken_by_a_record_of_that_name_only(tmp_path: Path) -> None:
    record = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "id": {"type": "string"}},
    }
    told = document({
        "/things": {"post": {"requestBody": body(record), "responses": {"201": reply(record), "409": reply()}}},
        "/things/{name}": {"parameters": [parameter("name")], "get": {"responses": {"200": reply(record)}}},
    })  # fmt: skip
    caller = client(told, tmp_path, seed_records=0)
    assert caller.post("/things", json={"name": "a", "id": "b"}).status_code == 201
    assert caller.post("/things", json={"name": "b"}).status_code == 201
    assert caller.post("/things", json={"name": "a"}).status_code == 409
    assert caller.get("/things/b").json["name"] == "b"


# What documents in the wild do.


def collection(record: Any, sent: Any, *, one: Any = None, many: Any = None, path: str = "/things") -> dict[str, Any]:
    """A document of one collection that can be made, listed and read."""
    listed = many or {"type": "array", "items": record}
    return document({
        path: {"get": {"responses": {"200": reply(listed)}}, "post": {"requestBody": body(sent), "responses": {"201": reply(one or record)}}},
        f"{path}/{{id}}": {"parameters": [parameter("id", {"type": "integer"})], "get": {"responses": {"200": reply(one or record)}}},
    })  # fmt: skip


NAMED = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}


def test_a_name_that_is_required_twice_is_required_once(tmp_path: Path) -> None:
    caller = client(collection(NAMED | {"required": ["id", "name", "id", "name"]}, {"type": "object"}), tmp_path)
    made = caller.post("/things", json={"name": "mine"})
    assert made.json["name"] == "mine"
    assert caller.get(f"/things/{made.json['id']}").json == made.json


def test_a_record_beside_words_about_it_is_told_by_the_items_of_the_list(tmp_path: Path) -> None:
    one = {"type": "object", "properties": {"id": {"type": "string"}, "labels": {"type": "object"}, "result": NAMED}}
    many = {"type": "object", "properties": {"count": {"type": "integer"}, "result": {"type": "array", "items": NAMED}}}
    caller = client(collection(NAMED, NAMED, one=one, many=many), tmp_path, seed_records=0)
    made = caller.post("/things", json={"name": "mine"})
    assert made.json["result"]["name"] == "mine"
    assert caller.get("/things").json["result"] == [made.json["result"]]


def test_a_create_may_tell_the_key_alone_where_the_record_stands(tmp_path: Path) -> None:
    """Beside it are words about the request that are called like members of the record: they are not the record's."""
    record = {
        "type": "object",
        "properties": {**NAMED["properties"], "status": {"type": "string"}, "note": {"type": "string"}},
    }
    words = {"status": {"type": "string"}, "status_code": {"type": "integer"}, "operation": {"type": "string"}}
    key = {"type": "object", "properties": {"id": {"type": "integer", "example": 12345}}}
    told = [{"type": "object", "required": [*words, "data"], "properties": {**words, "data": data}}
            for data in (record, {"type": "array", "items": record}, key)]  # fmt: skip
    one, many, made = told
    shown = collection(record, record, one=one, many=many)
    shown["paths"]["/things"]["post"]["responses"] = {"201": reply(made)}
    caller = client(shown, tmp_path)
    answer = caller.post("/things", json={"name": "mine", "status": "draft"}).json
    assert answer["data"].keys() == {"id"} and "id" not in answer and answer["status"] != "draft"
    assert caller.get(f"/things/{answer['data']['id']}").json["data"]["name"] == "mine"


def test_an_address_that_was_sent_stays_in_its_envelope_too(tmp_path: Path) -> None:
    address = {"id": {"type": "integer"}, "url": {"type": "string"}}
    record = {"type": "object", "required": ["url"], "properties": address}
    hook = {"type": "object", "properties": {"hook": record}}
    sent = {"type": "object", "properties": {"hook": {"type": "object", "properties": address}}}
    caller = client(collection(record, sent, one=hook, path="/hooks"), tmp_path)
    assert caller.post("/hooks", json={"hook": {"url": "https://a"}}).json["hook"]["url"] == "https://a"
    assert caller.post("/hooks", json={"hook": {"id": 9}}).json["hook"]["url"] == "http://localhost/hooks/9"


def test_a_member_list_of_keys_alone_takes_members(tmp_path: Path) -> None:
    keys = {"type": "array", "items": {"type": "string"}}
    pair = [parameter("a"), parameter("b")]
    told = document({"/pairs/{a}/{b}": {"parameters": pair, "put": {"responses": {"200": reply(keys)}}}})
    assert client(told, tmp_path).put("/pairs/1/2").status_code == 200


def test_a_pattern_between_slashes_is_read_as_it_is_meant(tmp_path: Path) -> None:
    sent = {"type": "object", "properties": {"name": {"type": "string", "pattern": "/^[a-z]+$/i"}}}
    caller = client(collection(sent, sent), tmp_path)
    assert caller.post("/things", json={"name": "abc"}).status_code == 201
    assert caller.post("/things", json={"name": "123"}).status_code == 400


def test_a_body_of_an_odd_media_type_is_read_where_it_is_json(tmp_path: Path) -> None:
    told = collection(NAMED, NAMED)
    told["paths"]["/things"]["post"]["requestBody"] = body(NAMED, "application/x-ndjson")
    made = client(told, tmp_path).post("/things", data='{"name": "mine"}', content_type="application/x-ndjson")
    assert made.json["name"] == "mine"


def test_what_no_value_can_keep_is_remembered_all_the_same(tmp_path: Path) -> None:
    record = NAMED | {"required": ["gone"], "additionalProperties": False, "example": {"Old": True}}
    caller = client(collection(record, {"type": "object"}), tmp_path)
    made = caller.post("/things", json={"name": "mine"}).json
    assert made["name"] == "mine"
    assert caller.get(f"/things/{made['id']}").json["name"] == "mine"


def test_a_record_that_must_hold_another_of_its_kind_is_answered_as_far_as_it_goes(tmp_path: Path) -> None:
    node: dict[str, Any] = {
        "type": "object",
        "required": ["child"],
        "properties": {"child": {"$ref": "#/components/schemas/Node"}},
    }
    node["properties"]["id"] = {"type": "integer"}
    there = reply({"$ref": "#/components/schemas/Node"})
    told = document({"/node": {"get": {"responses": {"200": there}}, "post": {"responses": {"201": there}}}}, components={"schemas": {"Node": node}})  # fmt: skip
    caller = client(told, tmp_path)
    assert caller.get("/node").status_code == 200
    assert caller.post("/node").status_code == 201


@pytest.mark.parametrize("servers", [None, "here", [{"url": "https://{host}.example.com"}]])
def test_the_document_is_shown_whatever_stands_among_its_paths_and_servers(tmp_path: Path, servers: Any) -> None:
    paths = {"/books": {"get": {"responses": {"200": reply()}}}, "/gone": None, "x-note": "of ours", "/list": []}
    shown = client(document(paths, servers=servers), tmp_path).get("/openapi.json")
    assert shown.status_code == 200
    assert shown.json["servers"][0]["description"] == "This mock"
    assert shown.json["paths"]["x-note"] == "of ours"


@pytest.mark.parametrize("key", [{"type": "integer"}, {"type": "string", "format": "uuid"}])
def test_a_create_that_answers_a_bare_value_answers_the_key(tmp_path: Path, key: Any) -> None:
    record = {"type": "object", "properties": {"id": key, "name": {"type": "string"}}}
    told = collection(record, NAMED)
    told["paths"]["/things"]["post"]["responses"] = {"200": reply(key)}
    caller = client(told, tmp_path)
    made = caller.post("/things", json={"name": "mine"}).json
    assert caller.get(f"/things/{made}").json == {"id": made, "name": "mine"}


def test_an_item_that_is_declared_a_list_is_a_list_of_one(tmp_path: Path) -> None:
    told = collection(NAMED, NAMED, one={"type": "array", "items": NAMED})
    told["paths"]["/things/{id}"]["delete"] = {"responses": {"204": reply()}}
    caller = client(told, tmp_path)
    assert caller.get("/things/2").json == [caller.get("/things").json[1]]
    assert caller.delete("/things/2").status_code == 204
    assert caller.get("/things/2").status_code == 404


ERROR = {"type": "object", "required": ["error"], "properties": {
    "error": {"type": "object", "required": ["code", "message"], "properties": {"code": {"type": "integer"}, "message": {"type": "string"}}}}}  # fmt: skip


def test_a_path_that_is_not_there_is_refused_as_the_document_refuses(tmp_path: Path) -> None:
    told = collection(NAMED, NAMED)
    told["components"] = {"schemas": {"Error": ERROR}}
    for item in told["paths"].values():
        for method in {"get", "post"} & set(item):
            item[method]["responses"]["404"] = reply({"$ref": "#/components/schemas/Error"})
    caller = client(told, tmp_path)
    got = caller.get("/nothing")
    assert (got.status_code, got.json["error"]["code"]) == (404, 404)
    assert "/nothing" in got.json["error"]["message"]
    got = caller.delete("/things")
    assert (got.status_code, got.headers["Allow"], got.json["error"]["code"]) == (405, "GET, HEAD, POST", 405)


def test_a_path_that_is_not_there_is_a_problem_where_the_document_tells_no_errors(tmp_path: Path) -> None:
    got = client(collection(NAMED, NAMED), tmp_path).get("/nothing")
    assert (got.status_code, got.content_type) == (404, "application/problem+json")


def test_a_list_that_holds_few_has_room_for_one_more(tmp_path: Path) -> None:
    caller = client(collection(NAMED, NAMED, many={"type": "array", "maxItems": 1, "items": NAMED}), tmp_path)
    made = caller.post("/things", json={"name": "mine"}).json
    assert caller.get("/things").json == [made]
    caller.post("/things", json={"name": "second"})
    assert len(caller.get("/things").json) == 1


def test_what_a_list_can_be_asked_for_alone_holds_for_every_record(tmp_path: Path) -> None:
    record = {**NAMED, "properties": {**NAMED["properties"], "status": {"type": "string", "enum": ["done", "pending"]}}}
    told = collection(record, NAMED)
    only = parameter("status", {"type": "string", "enum": ["pending"]}, "query") | {"required": True}
    told["paths"]["/things"]["get"]["parameters"] = [only]
    caller = client(told, tmp_path)
    made = caller.post("/things", json={"name": "mine"}).json
    listed = caller.get("/things", query_string={"status": "pending"}).json
    assert made in listed
    assert len(listed) == 4


def test_first_records_differ_and_their_dates_are_in_order(tmp_path: Path) -> None:
    moment = {"type": "string", "format": "date-time"}
    properties = {
        "id": {"type": "integer"}, "name": {"type": "string", "example": "Always the same"}, "code": {"type": "string", "example": "x-1", "enum": ["x-1"]},
        "updatedAt": moment, "created_at": moment, "ends": {"type": "string", "format": "date"}, "start_date": {"type": "string", "format": "date"}}  # fmt: skip
    record = {"type": "object", "required": [*properties], "properties": properties}
    listed = client(collection(record, NAMED), tmp_path, seed_records=9).get("/things").json
    assert len(listed) == 9
    assert listed[0]["name"] == "Always the same"
    assert len({one["name"] for one in listed}) > 4
    for one in listed:
        assert one["code"] == "x-1"
        assert one["created_at"] <= one["updatedAt"]
        assert one["start_date"] <= one["ends"]


def test_an_owner_is_a_user_that_is_there(tmp_path: Path) -> None:
    item = {
        "type": "object",
        "required": ["id", "owner_id"],
        "properties": {"id": {"type": "integer"}, "owner_id": {"type": "integer"}},
    }
    told = collection(item, NAMED)
    told["paths"] |= collection(NAMED, NAMED, path="/users")["paths"]
    caller = client(told, tmp_path)
    assert {one["owner_id"] for one in caller.get("/things").json} == {one["id"] for one in caller.get("/users").json}


PET = {"type": "object", "required": ["id", "name"], "xml": {"name": "pet"}, "properties": {
    "id": {"type": "integer", "xml": {"attribute": True}}, "name": {"type": "string"}, "adopted": {"type": "boolean"},
    "photos": {"type": "array", "xml": {"wrapped": True}, "items": {"type": "string", "xml": {"name": "photo"}}},
    "tags": {"type": "array", "items": {"type": "object", "xml": {"name": "tag"}, "properties": {"label": {"type": "string"}}}}}}  # fmt: skip


def in_xml() -> dict[str, Any]:
    told = collection(PET, PET)
    text = json.dumps(told).replace("application/json", "application/xml")
    return json.loads(text)


def test_a_document_of_xml_alone_is_remembered_in_xml(tmp_path: Path) -> None:
    caller = client(in_xml(), tmp_path, seed_records=0)
    sent = "<pet id='7'><name>Rex &amp; co</name><adopted>true</adopted><photos><photo>a</photo></photos><tag><label>x</label></tag></pet>"
    made = caller.post("/things", data=sent, content_type="application/xml")
    assert (made.status_code, made.content_type) == (201, "application/xml")
    assert caller.get("/things/7").data == made.data
    assert b'<pet id="7">' in made.data
    for piece in (b"<name>Rex &amp; co</name>", b"<adopted>true</adopted>", b"<photos><photo>a</photo></photos>", b"<tag><label>x</label></tag>"):  # fmt: skip
        assert piece in made.data
    assert caller.get("/things").data.count(b"<name>") == 1


@pytest.mark.parametrize(
    "bad", ["<pet", "<!DOCTYPE a [<!ENTITY b 'c'>]><pet>&b;</pet>", "<a>" * 500, "<pet><id>x</id></pet>"]
)
def test_malformed_xml_is_refused(tmp_path: Path, bad: str) -> None:
    assert client(in_xml(), tmp_path).post("/things", data=bad, content_type="text/xml").status_code in (400, 415)
    assert client(in_xml(), tmp_path).post("/things", data=bad, content_type="application/xml").status_code == 400


@pytest.mark.parametrize(("word", "form"), [("reserved_ip", "ipv4"), ("address", "ipv4"), ("reservedIp", None)])
def test_a_key_is_the_member_that_the_parameter_names_or_is_declared_like(
    tmp_path: Path, word: str, form: str | None
) -> None:
    shown = {"type": "string", **({"format": form} if form else {})}
    record = {"type": "object", "properties": {"ip": shown | {"example": "45.55.96.47"}, "region": {"type": "string"}}}
    told = collection(record, {"type": "object", "properties": {"region": {"type": "string"}}})
    item = told["paths"].pop("/things/{id}") | {"parameters": [parameter(word, shown)]}
    told["paths"][f"/things/{{{word}}}"] = item
    caller = client(told, tmp_path)
    first, second = (caller.post("/things", json={"region": one}).json for one in "ab")
    assert first["ip"] != second["ip"]
    assert caller.get(f"/things/{first['ip']}").json == first


def test_what_was_made_can_be_found_though_the_reply_is_empty(tmp_path: Path) -> None:
    told = collection(NAMED, NAMED)
    told["paths"]["/things"]["post"]["responses"] = {"202": reply()}
    caller = client(told, tmp_path)
    made = caller.post("/things", json={"name": "mine"})
    assert (made.status_code, made.data) == (202, b"")
    assert caller.get(made.headers["Location"]).json["name"] == "mine"


def test_a_success_that_nobody_declared_is_told(tmp_path: Path) -> None:
    told = collection(NAMED, NAMED)
    told["paths"]["/things"]["post"]["responses"] = {"405": reply()}
    caller = client(told, tmp_path)
    made = caller.post("/things", json={"name": "mine"})
    assert (made.status_code, made.headers["Mock-Undeclared"], made.json["name"]) == (200, "200", "mine")
    assert "Mock-Undeclared" not in caller.get("/things").headers
    why = {one.method: one.plan.why for one in world_of(caller).contract.operations()}
    assert why["POST"].endswith("it declares no success, so 200 is a guess")


def test_a_number_of_results_is_not_part_of_a_record(tmp_path: Path) -> None:
    """``/tags/{id}`` lists what has the tag, with its count: the records are what a POST answers."""
    counted = {name: {"type": "integer"} for name in ("page", "pages", "results")}
    many = {"type": "object", "properties": {**counted, "data": {"type": "array", "items": {"type": "string"}}}}
    told = collection(NAMED, NAMED)
    told["paths"]["/things/{id}"]["get"]["responses"]["200"] = reply(many)
    caller = client(told, tmp_path)
    made = caller.post("/things", json={"name": "mine"}).json
    assert made["name"] == "mine"
    assert made in caller.get("/things").json


def test_a_refusal_says_why_where_the_document_only_allows_a_message(tmp_path: Path) -> None:
    error = {"type": "object", "required": ["type"], "properties": {
        "type": {"type": "string", "enum": ["api_error"]}, "message": {"type": "string"}}}  # fmt: skip
    told = collection(NAMED, NAMED)
    told["paths"]["/things"]["post"]["responses"]["default"] = reply(
        {"type": "object", "required": ["error"], "properties": {"error": error}}
    )
    refused = client(told, tmp_path).post("/things", json={"name": 7})
    assert refused.status_code == 400
    assert "body/name" in refused.json["error"]["message"]


def test_what_is_read_below_a_record_shows_what_the_record_has_of_it(tmp_path: Path) -> None:
    shown = {"type": "object", "properties": {
        "name": {"type": "string"}, "score": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}}}  # fmt: skip
    told = collection(NAMED, NAMED)
    told["paths"]["/things/{id}/summary"] = {"get": {"responses": {"200": reply(shown)}}}
    caller = client(told, tmp_path)
    made = caller.post("/things", json={"name": "mine"}).json
    got = caller.get(f"/things/{made['id']}/summary")
    assert (got.status_code, got.headers["Mock-Kind"], sorted(got.json)) == (200, "stub", ["at", "name", "score"])
    assert got.json["name"] == "mine"
    assert caller.get("/things/987654/summary").status_code == 404


def test_a_record_whose_key_nothing_tells_is_found_by_its_name_too(tmp_path: Path) -> None:
    named = {"type": "object", "properties": {"name": {"type": "string"}, "size": {"type": "integer"}}}
    caller = client(collection(named, named), tmp_path)
    first, second = (caller.post("/things", json={"name": "mine", "size": size}) for size in (1, 2))
    assert caller.get("/things/mine").json["size"] in (1, 2)
    assert [caller.get(one.headers["Location"]).json["size"] for one in (first, second)] == [1, 2]
    assert caller.get("/things/yours").status_code == 404
