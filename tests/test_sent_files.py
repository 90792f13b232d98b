"""A file that a client sends is told of by its record, and given back byte for byte where the document has it."""

from __future__ import annotations

from hashlib import md5
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from mockserver.handlers.planned.stored_records import stored_files
from test_any_document import body, client, document, parameter, reply

TEXT, NUMBER, BINARY = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "binary"}
BYTES = bytes(range(256)) * 3
FILE = {
    "type": "object",
    "required": ["id", "filename", "size"],
    "properties": {"id": NUMBER, "filename": TEXT, "size": {**NUMBER, "readOnly": True}, "mime_type": TEXT,
                   "md5": TEXT, "purpose": TEXT},
}  # fmt: skip
NAMED = {"parameters": [parameter("id", NUMBER)]}
FORM = {"type": "object", "required": ["file"], "properties": {"file": BINARY, "purpose": TEXT}}
LISTED = {"responses": {"200": reply({"type": "array", "items": FILE})}}


def raw(media_type: str, schema: Any = BINARY) -> dict[str, Any]:
    return {"responses": {"200": {"description": "It.", "content": {media_type: {"schema": schema}}}, "404": reply()}}


def files(folder: Path, form: Any = FORM, **more: Any) -> Any:
    """A client of an API that keeps files."""
    made = {"requestBody": body(form, "multipart/form-data"), "responses": {"201": reply(FILE)}}
    item = {**NAMED, "get": {"responses": {"200": reply(FILE)}}, "delete": {"responses": {"204": reply()}}}
    paths = {"/files": {"get": LISTED, "post": made}, "/files/{id}": item,
             "/files/{id}/content": {**NAMED, "get": raw("application/octet-stream")}}  # fmt: skip
    return client(document({**paths, **more}), folder)


def sent(caller: Any, content: bytes = BYTES, name: str = "a b.bin", **more: Any) -> Any:
    form = {"file": (BytesIO(content), name, "image/png"), **more}
    return caller.post("/files", data=form, content_type="multipart/form-data")


def test_a_file_of_a_form_is_told_of_and_given_back(tmp_path: Path) -> None:
    caller = files(tmp_path)
    before = caller.get("/files/1/content")
    made = sent(caller, purpose="a test")
    assert "Mock-Ignored" not in made.headers
    told = {
        "filename": "a b.bin",
        "size": 768,
        "mime_type": "image/png",
        "md5": md5(BYTES).hexdigest(),
        "purpose": "a test",
    }
    assert made.json == {"id": made.json["id"], **told}
    assert caller.get(f"/files/{made.json['id']}").json == made.json
    found = caller.get(f"/files/{made.json['id']}/content")
    assert (found.data, found.content_type) == (BYTES, "application/octet-stream")
    assert caller.get("/files/1/content").data == before.data != BYTES
    caller.delete(f"/files/{made.json['id']}")
    assert caller.get(f"/files/{made.json['id']}/content").status_code == 404


@pytest.mark.parametrize("place", ["/files/{id}", "/files/{id}/content", "/files/{id}/thumbnail"])
def test_another_file_of_a_record_is_its_own(tmp_path: Path, place: str) -> None:
    """What is sent for the record itself takes the place of what it was made with; a picture of it does not."""
    written = {"requestBody": body(BINARY, "*/*"), "responses": {"204": reply()}}
    shown = {**NAMED, "get": raw("image/png"), "put": written}
    item = {**NAMED, "get": {"responses": {"200": reply(FILE)}}}
    caller = files(tmp_path, **{"/files/{id}": item, place: {**(item if place == "/files/{id}" else shown), "put": written}})  # fmt: skip
    key = sent(caller).json["id"]
    address = place.replace("{id}", str(key))
    assert caller.put(address, data=b"new", content_type="image/gif").status_code == 204
    is_own = place.endswith("thumbnail")
    assert caller.get(f"/files/{key}/content").data == (BYTES if is_own else b"new")
    assert caller.get(f"/files/{key}").json["size"] == (768 if is_own else 3)
    if is_own:
        assert caller.get(address).data == b"new"


def test_a_body_that_is_a_file_and_a_reply_that_is_a_text(tmp_path: Path) -> None:
    made = {"requestBody": body(BINARY, "application/octet-stream"), "responses": {"201": reply(FILE)},
            "parameters": [parameter("filename", TEXT, "query")]}  # fmt: skip
    paths = {"/files": {"get": LISTED, "post": made},
             "/files/{id}/raw": {**NAMED, "get": {"responses": {"200": reply(TEXT)}}}}  # fmt: skip
    caller = files(tmp_path, **paths)
    told = caller.post("/files?filename=x.txt", data="grüß", content_type="application/octet-stream").json
    assert (told["filename"], told["size"], told["mime_type"]) == ("x.txt", 6, "application/octet-stream")
    assert caller.get(f"/files/{told['id']}/raw").json == "grüß"
    assert caller.get(f"/files/{told['id']}/content").data == "grüß".encode()


def test_the_oldest_files_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_files, "MOST_BYTES", 2_500)
    caller = files(tmp_path)
    keys = [sent(caller).json["id"] for _ in range(3)]
    assert [caller.get(f"/files/{key}/content").data == BYTES for key in keys] == [False, True, True]
    assert [caller.get(f"/files/{key}").status_code for key in keys] == [200] * 3


@pytest.mark.parametrize(("declared", "status"), [("413", 413), ("507", 507), ("400", 413)])
def test_the_files_of_all_resources_together_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: str, status: int
) -> None:
    monkeypatch.setattr(stored_files, "MOST_OF_ALL", 2_500)
    written = {"requestBody": body(BINARY, "*/*"), "responses": {"204": reply(), declared: reply()}}
    other = {"/pictures": {"get": LISTED}, "/pictures/{id}": {**NAMED, "get": {"responses": {"200": reply(FILE)}}},
             "/pictures/{id}/content": {**NAMED, "get": raw("image/png"), "put": written}}  # fmt: skip
    caller = files(tmp_path, **other)
    keys = [sent(caller).json["id"] for _ in range(2)]
    refused = caller.put("/pictures/1/content", data=BYTES, content_type="image/png")
    assert (refused.status_code, refused.headers["Mock-Reason"]) == (status, "limit: files")
    caller.delete(f"/files/{keys[0]}")
    assert caller.put("/pictures/1/content", data=BYTES, content_type="image/png").status_code == 204
    assert caller.get(f"/files/{keys[1]}/content").data == caller.get("/pictures/1/content").data == BYTES


def test_a_body_that_is_too_large_is_refused_as_declared(tmp_path: Path) -> None:
    written = {"requestBody": body(BINARY, "*/*"), "responses": {"204": reply(), "413": reply()}}
    other = {**written, "responses": {"204": reply()}}
    item = {**NAMED, "get": {"responses": {"200": reply(FILE)}}, "put": written, "patch": other}
    caller = client(document({"/files": {"get": LISTED}, "/files/{id}": item}), tmp_path, max_body=1024)
    statuses = [send("/files/1", data=BYTES * 2).status_code for send in (caller.put, caller.patch)]
    assert statuses == [413, 400]
