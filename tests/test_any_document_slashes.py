"""Parameters that hold slashes: files by their path, and records whose key is a whole name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, document, parameter, reply

TEXT = {"type": "string"}
FILE = {"type": "object", "properties": {"path": TEXT, "content": TEXT}}
TOPIC = {"type": "object", "properties": {"name": TEXT, "label": TEXT,
                                          "state": {"type": "string", "enum": ["STATE_UNSPECIFIED", "ACTIVE"]}}}  # fmt: skip
OTHER = {"type": "object", "properties": {"name": TEXT, "size": {"type": "integer"}}}


def files(template: str, **more: Any) -> dict[str, Any]:
    """A document of files that are put, read and deleted at a path."""
    name = template.rpartition("{")[2].rstrip("}")
    told = {"200": reply(FILE)}
    return document({
        template: {
            "parameters": [{**parameter(name), **more}],
            "get": {"responses": told},
            "put": {"requestBody": body(FILE), "responses": told},
            "delete": {"responses": {"204": reply()}},
        },
        "/files/{a}/b/{c}": {"parameters": [parameter("a"), parameter("c")], "get": {"responses": told}},
    })  # fmt: skip


@pytest.mark.parametrize(
    ("template", "more"),
    [
        ("/files/{file_path}", {}),
        ("/files/{path:path}", {}),
        ("/files/{+key}", {}),
        ("/files/{key*}", {}),
        ("/files/{proxy+}", {}),
        ("/files/{key}", {"description": "Its name, which may contain slashes."}),
        ("/files/{key}", {"example": "docs/readme.md"}),
        ("/files/{key}", {"schema": {"type": "string", "pattern": "^[^/]+/.+$"}}),
        ("/files/{key}", {"allowReserved": True}),
    ],
)
def test_a_file_is_kept_at_a_path(tmp_path: Path, template: str, more: dict[str, Any]) -> None:
    caller = client(files(template, **more), tmp_path)
    assert caller.put("/files/a/d/e.txt", json={"content": "x"}).status_code == 200
    assert caller.get("/files/a/d/e.txt").json["content"] == "x"
    assert caller.get("/files/a%2Fd%2Fe.txt").json["content"] == "x"
    assert caller.get("/files/a/b/c").headers["Mock-Operation"] == "get /files/{a}/b/{c}"
    assert caller.delete("/files/a/d/e.txt").status_code == 204
    assert caller.get("/files/a/d/e.txt").status_code == 404


@pytest.mark.parametrize(
    "more", [{}, {"schema": {"type": "integer"}}, {"schema": {"type": "string", "format": "uuid"}}]
)
def test_other_keys_have_no_slashes(tmp_path: Path, more: dict[str, Any]) -> None:
    caller = client(files("/files/{key}", **more), tmp_path)
    refused = caller.put("/files/a/d", json={})
    assert (refused.status_code, "Mock-Operation" in refused.headers) == (404, False)


def names() -> Any:
    """Topics and logs below projects, both read by whole names on one path."""
    said = "Required. The name, in the form `projects/{project}/topics/{topic}`."
    parent, asked = parameter("parent"), {"name": "topicId", "in": "query", "schema": TEXT}

    def of(schema: Any, word: str) -> Any:
        lists = {"type": "object", "properties": {word: {"type": "array", "items": schema}}}
        return {
            "parameters": [parent],
            "get": {"responses": {"200": reply(lists)}},
            "post": {"parameters": [asked], "requestBody": body(schema), "responses": {"200": reply(schema)}},
        }

    named = {"parameters": [{**parameter("name"), "description": said}]}
    changed = {"requestBody": body(TOPIC), "responses": {"200": reply(TOPIC)}}
    return document({
        "/v1/{name}": {**named, "get": {"responses": {"200": reply(TOPIC)}}, "patch": changed,
                       "delete": {"responses": {"200": reply({"type": "object"})}}},
        "/v1/{name}:archive": {**named, "post": {"responses": {"200": reply(TOPIC)}}},
        "/v1/{parent}/topics": of(TOPIC, "topics"),
        "/v1/{parent}/logs": of(OTHER, "logs"),
    })  # fmt: skip


def test_a_record_is_found_by_its_whole_name(tmp_path: Path) -> None:
    caller = client(names(), tmp_path)
    home = "/v1/projects/p/topics"
    made = caller.post(f"{home}?topicId=t", json={"label": "Mine"})
    whole = {"name": "projects/p/topics/t", "label": "Mine", "state": "ACTIVE"}
    assert (made.json, made.headers["Location"]) == (whole, f"{home}/t")
    assert caller.get(f"{home}/t").json == whole
    assert caller.patch(f"{home}/t", json={"label": "Yours"}).json == {**whole, "label": "Yours"}
    listed = caller.get(home).json["topics"]
    assert len(listed) == 4
    assert all(caller.get(f"/v1/{one['name']}").json == one for one in listed)
    assert whole["name"] not in {one["name"] for one in caller.get("/v1/projects/q/topics").json["topics"]}
    assert caller.post(f"{home}?topicId=t", json={}).status_code == 409
    assert [caller.post(f"{home}/{one}:archive").status_code for one in ("t", "none")] == [200, 404]
    assert caller.delete(f"{home}/t").status_code == 200
    assert caller.get(f"{home}/t").status_code == 404


def test_a_whole_name_says_of_what_it_is(tmp_path: Path) -> None:
    caller = client(names(), tmp_path)
    name = caller.post("/v1/projects/p/topics/t/logs", json={"size": 3}).json["name"]
    assert name.startswith("projects/p/topics/t/logs/")
    assert caller.get(f"/v1/{name}").json["name"] == name
    assert caller.delete(f"/v1/{name}").status_code == 200
    assert name not in {one["name"] for one in caller.get("/v1/projects/p/topics/t/logs").json["logs"]}
    assert caller.post("/v1/projects/p/jobs/j:archive").headers["Mock-Kind"] == "stub"


@pytest.mark.parametrize("word", ["topics", "logs"])
def test_what_is_done_to_all_below_a_parent_names_no_record(tmp_path: Path, word: str) -> None:
    """``POST /v1/projects/p/topics:import`` is about the topics, and ``{parent}`` is none of them."""
    told = names()
    imported = {"type": "object", "properties": {"count": {"type": "integer"}}}
    told["paths"][f"/v1/{{parent}}/{word}:import"] = {
        "parameters": [parameter("parent")],
        "post": {"responses": {"200": reply(imported)}},
    }
    caller = client(told, tmp_path)
    answer = caller.post(f"/v1/projects/p/{word}:import")
    assert (answer.status_code, answer.headers["Mock-Kind"]) == (200, "stub")
    made = caller.post("/v1/projects/p/topics?topicId=t", json={}).json["name"]
    assert caller.post(f"/v1/{made}:archive").status_code == 200


@pytest.mark.parametrize("key", ["%C3%A0%20b", "a%2Fb", "100%25", "x:y@z", "%0A"])
def test_addresses_write_a_key_as_a_client_does(tmp_path: Path, key: str) -> None:
    """What a PUT made is found by the address that its record and its list tell."""
    link = {"type": "object", "properties": {"self": {"type": "string", "format": "uri"}}}
    record = {
        "type": "object",
        "required": ["url"],
        "properties": {"id": TEXT, "url": {**TEXT, "format": "uri", "readOnly": True}, "links": link},
    }
    one, key_of = reply(record), parameter("id")
    listed = {"type": "object", "properties": {"items": {"type": "array", "items": record}, "self": TEXT}}
    told = document({
        "/things/{id}": {"parameters": [key_of], "get": {"responses": {"200": one}}, "put": {
            "requestBody": body(record), "responses": {"200": one}}},
        "/things": {"get": {"responses": {"200": reply({"type": "array", "items": record})}}},
        "/things/{id}/parts": {"parameters": [key_of], "get": {"responses": {"200": reply(listed)}}},
    })  # fmt: skip
    caller = client(told, tmp_path)
    made = caller.put(f"/things/{key}", json={}).json
    for address in (made["url"], made["links"]["self"]):
        assert address == f"http://localhost/things/{key}"
        assert caller.get(address.removeprefix("http://localhost")).json == made
    assert caller.get(f"/things/{key}/parts").json["self"] == f"http://localhost/things/{key}/parts"
