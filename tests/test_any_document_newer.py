"""Documents without paths, and what OpenAPI 3.2 brings: they start, are shown, and answer what they describe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver import create_app
from mockserver.commands.cli import main
from mockserver.commands.first_screen import summary
from mockserver.contract import read_document
from mockserver.contract.sources.selecting import select
from mockserver.errors import SetupError
from mockserver.inference import infer_contract
from test_any_document import client, document, parameter, reply, world_of

PET = {"type": "object", "required": ["name"],
       "properties": {"id": {"type": "integer", "readOnly": True}, "name": {"type": "string"}}}  # fmt: skip
REFERENCE = {"$ref": "#/components/schemas/Pet"}
PETS = reply({"type": "array", "items": REFERENCE})
HOOKS = {"petMade": {"post": {"responses": {"200": {"description": "Heard."}}}}}
BODY = {"content": {"application/json": {"schema": REFERENCE}}}
NEWER = document(
    {
        "/pets": {
            "get": {"responses": {"200": PETS}},
            "post": {"requestBody": BODY, "responses": {"201": reply(REFERENCE)}},
            "query": {"requestBody": BODY, "responses": {"200": PETS}},
        },
        "/pets/{id}": {
            "parameters": [parameter("id", {"type": "integer"})],
            "get": {"responses": {"200": reply(REFERENCE)}},
            "additionalOperations": {"COPY": {"operationId": "copyPet", "responses": {"201": reply(REFERENCE)}}},
        },
    },
    version="3.2.0",
    components={"schemas": {"Pet": PET}},
)


@pytest.mark.parametrize(("more", "told"), [
    ({"webhooks": HOOKS}, "no operations: 1 webhook"),
    ({"components": {"schemas": {"Pet": PET, "Dog": PET}}}, "no operations: 2 schemas"),
    ({"paths": {}, "components": {"schemas": {"Pet": PET}}}, "no operations: 1 schema"),
    ({"paths": None, "components": {"parameters": {}}}, "no operations"),
])  # fmt: skip
def test_a_document_without_paths_is_shown_and_answers_404(tmp_path: Path, more: dict[str, Any], told: str) -> None:
    root = {"openapi": "3.1.0", "info": {"title": "Parts", "version": "1"}, **more}
    caller = client(root, tmp_path)
    assert caller.get("/pets").status_code == 404
    assert caller.get("/docs", follow_redirects=True).status_code == 200
    assert caller.get("/openapi.json").json["info"] == root["info"]
    contract = world_of(caller).contract
    assert summary(contract) == f"{told}; the docs show what it describes"
    file = str(tmp_path / "openapi.json")
    assert [CliRunner().invoke(main, [word, file]).exit_code for word in ("routes", "validate", "infer")] == [0, 0, 0]


def test_a_document_of_nothing_at_all_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document({})))
    with pytest.raises(SetupError, match="no paths, webhooks or components"):
        create_app(spec=file)


def test_query_finds_what_its_body_asks_for_and_changes_nothing(tmp_path: Path) -> None:
    caller = client(NEWER, tmp_path)
    made = caller.post("/pets", json={"name": "Rex"})
    found = caller.open("/pets", method="QUERY", json={"name": "Rex"})
    assert (found.status_code, found.json) == (200, [made.json])
    assert caller.open("/pets", method="QUERY", json={"name": 7}).status_code == 400


def test_an_operation_of_another_method_answers_what_it_declares(tmp_path: Path) -> None:
    caller = client(NEWER, tmp_path)
    copied = caller.open("/pets/1", method="COPY")
    assert (copied.status_code, copied.headers["Mock-Operation"], set(copied.json)) == (201, "copyPet", {"id", "name"})
    refused = caller.open("/pets/1", method="BREW")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "COPY, GET, HEAD")


def test_a_document_of_3_2_is_published_and_judged_as_one(tmp_path: Path) -> None:
    caller = client(NEWER, tmp_path)
    assert caller.get("/openapi.json").json["openapi"] == "3.2.0"
    told = CliRunner().invoke(main, ["validate", str(tmp_path / "openapi.json")])
    assert (told.exit_code, told.output.count("\n"), "warning" in told.output) == (0, 1, False)


def test_a_part_of_a_document_has_its_operations_of_any_method_and_behind_references(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    moved = {**NEWER, "paths": {**NEWER["paths"], "/pets/{id}": {"$ref": "#/components/pathItems/Pet"}, "/more": {
        "get": {"responses": {"200": reply()}}}},
        "components": {**NEWER["components"], "pathItems": {"Pet": NEWER["paths"]["/pets/{id}"]}}}  # fmt: skip
    file.write_text(json.dumps(moved))
    part = select(infer_contract(read_document(file)), ["pets"]).published
    assert {path: set(item) for path, item in part["paths"].items()} == {
        "/pets": {"get", "post", "query"}, "/pets/{id}": {"parameters", "get"}}  # fmt: skip


LOG = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}


def _stream(media_type: str, each: Any = LOG) -> Any:
    return {"get": {"responses": {"200": {"description": "More.", "content": {media_type: {"itemSchema": each}}}}}}


def test_a_form_in_the_query_is_its_members(tmp_path: Path) -> None:
    form = {"type": "object", "properties": {"name": {"type": "string"}, "limit": {"type": "integer"}}}
    whole = {"name": "q", "in": "querystring", "content": {"application/x-www-form-urlencoded": {"schema": form}}}
    pets = {"parameters": [whole], **NEWER["paths"]["/pets"]}
    caller = client({**NEWER, "paths": {**NEWER["paths"], "/pets": pets}}, tmp_path, scenario="empty")
    for name in ("Rex", "Leo", "Rex"):
        caller.post("/pets", json={"name": name})
    assert [one["id"] for one in caller.get("/pets?name=Rex&limit=1").json] == [1]
    assert caller.get("/pets?limit=few").status_code == 400


def test_a_stream_is_a_few_of_its_items(tmp_path: Path) -> None:
    event = {"type": "object", "required": ["data"], "properties": {"event": {"const": "made"}, "data": LOG}}
    paths = {"/lines": _stream("application/jsonl"), "/texts": _stream("application/json-seq"),
             "/events": _stream("text/event-stream", event)}  # fmt: skip
    caller = client(document(paths, version="3.2.0"), tmp_path)
    assert [list(json.loads(one)) for one in caller.get("/lines").text.splitlines()] == [["message"]] * 3
    assert [list(json.loads(one)) for one in caller.get("/texts").text.split("\x1e")[1:]] == [["message"]] * 3
    events = [one.splitlines() for one in caller.get("/events").text.split("\n\n")[:-1]]
    assert [one[0] for one in events] == ["event: made"] * 3
    assert [list(json.loads(one[1].removeprefix("data: "))) for one in events] == [["message"]] * 3


def test_a_media_type_may_stand_among_the_components(tmp_path: Path) -> None:
    shown = {"schema": REFERENCE, "examples": {"one": {"dataValue": {"id": 7, "name": "Rex"}}}}
    read = {"description": "One.", "content": {"application/json": {"$ref": "#/components/mediaTypes/Pet"}}}
    one = {**NEWER["paths"]["/pets/{id}"], "get": {"responses": {"200": read}}}
    told = {**NEWER, "paths": {**NEWER["paths"], "/pets/{id}": one},
            "components": {**NEWER["components"], "mediaTypes": {"Pet": shown}}}  # fmt: skip
    assert client(told, tmp_path).get("/pets/7").json == {"id": 7, "name": "Rex"}


CHUNK = {"type": "object", "required": ["id", "model", "delta"],
         "properties": {"id": {"type": "string"}, "model": {"type": "string"}, "delta": {"type": "string"}}}  # fmt: skip
ANSWER = {"type": "object", "required": ["id", "model", "text"],
          "properties": {"id": {"type": "string"}, "model": {"type": "string"}, "text": {"type": "string"}}}  # fmt: skip


def test_a_request_for_a_stream_is_answered_in_events(tmp_path: Path) -> None:
    stream = {"type": "boolean", "description": "Send events, the last of which is `data: [DONE]`."}
    sent = {"type": "object", "properties": {"model": {"type": "string"}, "stream": stream}}
    told = reply(ANSWER)
    told["content"]["text/event-stream"] = {"schema": CHUNK}
    body = {"content": {"application/json": {"schema": sent}}}
    caller = client(document({"/answers": {"post": {"requestBody": body, "responses": {"200": told}}}}), tmp_path)
    got = caller.post("/answers", json={"model": "m", "stream": True})
    assert got.content_type.startswith("text/event-stream")
    *events, last, rest = got.text.split("\n\n")
    assert (last, rest) == ("data: [DONE]", "")
    values = [json.loads(one.removeprefix("data: ")) for one in events]
    assert len(values) > 1
    assert {one["model"] for one in values} == {"m"}
    assert len({one["id"] for one in values}) == 1
    assert all(sorted(one) == ["delta", "id", "model"] for one in values)
    assert sorted(caller.post("/answers", json={"model": "m"}).json) == ["id", "model", "text"]
    for accepted, kind in (("text/event-stream", "text/event-stream"), ("application/json, text/event-stream", "application/json"),
                           ("*/*", "application/json")):  # fmt: skip
        got = caller.post("/answers", json={"model": "m"}, headers={"Accept": accepted})
        assert got.content_type.startswith(kind), accepted
