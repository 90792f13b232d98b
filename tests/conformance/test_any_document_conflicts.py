"""Documents without annotations: what the words of declared conflicts refuse is asked, of creates, changes, actions."""

import itertools
import json
from dataclasses import replace

import pytest

from mockserver.conformance.invocation import run
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.transports import in_process

HOTEL = """
openapi: 3.0.3
info: {title: Hotel, version: '1'}
paths:
  /rooms:
    post:
      requestBody: {$ref: '#/components/requestBodies/Room'}
      responses: {'201': {$ref: '#/components/responses/Room'}, '409': {description: A room with this name already exists.}}
  /rooms/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {$ref: '#/components/responses/Room'}, '404': {description: none}}}
    put:
      requestBody: {$ref: '#/components/requestBodies/Room'}
      responses: {'200': {$ref: '#/components/responses/Room'}, '404': {description: none}, '409': {description: The name is taken.}}
    patch:
      requestBody: {$ref: '#/components/requestBodies/Room'}
      responses: {'200': {$ref: '#/components/responses/Room'}, '404': {description: none},
                  '409': {description: A closed room can no longer be changed.}}
    delete: {responses: {'204': {description: gone}, '404': {description: none}, '409': {description: The room still has stays.}}}
  /rooms/{id}/close:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post: {responses: {'200': {$ref: '#/components/responses/Room'}, '404': {description: none},
                       '409': {description: The room is already closed.}}}
  /rooms/{id}/stays:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Stay'}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Stay'}}}}}
  /rooms/{id}/stays/{stayId}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: stayId, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Stay'}}}}, '404': {description: none}}}
    delete: {responses: {'204': {description: gone}, '404': {description: none}}}
components:
  requestBodies:
    Room: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
  responses:
    Room: {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
  schemas:
    Room:
      type: object
      required: [name]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 80}
        beds: {type: array, items: {type: object, required: [width], properties: {width: {type: integer, minimum: 80, maximum: 200}}}}
        bedCount: {type: integer, readOnly: true, description: Number of beds.}
        widths: {type: integer, readOnly: true, description: Sum of the widths of all beds.}
        state: {type: string, enum: [open, closed], readOnly: true}
    Stay: {type: object, required: [guest], properties: {id: {type: string, readOnly: true}, guest: {type: string}}}
"""


class Hotel:
    """A server of that document; ``fault`` names the one thing that it does wrong."""

    def __init__(self, fault=""):
        self.fault, self.rooms, self.stays, self.numbers = fault, {}, {}, itertools.count(1)

    def __call__(self, environ, start_response):
        path, method = environ["PATH_INFO"].strip("/").split("/")[1:], environ["REQUEST_METHOD"]
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            body = json.loads(text) if text else {}
        except ValueError:
            body = None
        status, value = self.stay(method, path, body) if path[1:2] == ["stays"] else self.room(method, path, body)
        content = b"" if value is None else json.dumps(value).encode()
        start_response(f"{status} -", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
        return [content]

    def room(self, method, path, body):
        room = self.rooms.get(path[0]) if path else None
        if path and room is None:
            return 404, {}
        if method == "DELETE":
            if any(one == path[0] for one, _ in self.stays) and self.fault != "used":
                return 409, {}
            return 204, self.rooms.pop(path[0]) and None
        if path[1:] == ["close"]:
            if room["state"] == "closed" and self.fault != "closed":
                return 409, {}
            room["state"] = "closed"
        elif method != "GET":
            if not isinstance(body, dict) or not isinstance(body.get("name"), str) or not 1 <= len(body["name"]) <= 80:
                return 400, {}
            if method == "PATCH" and room["state"] == "closed" and self.fault != "edited":
                return 409, {}
            is_taken = any(one["name"] == body["name"] and one is not room for one in self.rooms.values())
            is_own = self.fault == "own" and room is not None and room["name"] == body["name"]
            if (is_taken and self.fault != ("renamed" if room else "taken")) or is_own:
                room is None or self.fault != "half" or room.update(name="spoilt")
                return 409, {}
            key = path[0] if path else str(next(self.numbers))
            beds, state = body.get("beds", []), room["state"] if room else "open"
            self.rooms[key] = {"id": key, "name": body["name"], "state": state, "beds": beds, "bedCount": len(beds)}
            self.rooms[key]["widths"] = sum(one["width"] for one in beds[: 1 if self.fault == "sum" else None])
            return (200 if path else 201), self.rooms[key]
        return 200, room

    def stay(self, method, path, body):
        if method == "POST":
            if not isinstance(body, dict) or not isinstance(body.get("guest"), str):
                return 400, {}
            key = str(next(self.numbers))
            self.stays[path[0], key] = {"id": key, "guest": body["guest"]}
            return 201, self.stays[path[0], key]
        found = self.stays.get((path[0], path[2]))
        if found is None:
            return 404, {}
        return (204, self.stays.pop((path[0], path[2])) and None) if method == "DELETE" else (200, found)


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("", None),
        ("taken", "a create with a name that another record has is answered 201, though it is unique"),
        ("renamed", "a change to a name that another record has is answered 200, though it is unique"),
        ("own", "a change that keeps a record's own name is refused as if another record had it"),
        ("half", "a change that was refused for a taken value was made (name)"),
        ("closed", "an action is answered 200 where state is 'closed', though its document forbids it"),
        ("sum", "a new record does not say what its description says (widths)"),
        ("edited", "a change is answered 200 where state is 'closed', though its document forbids it"),
        ("used", "a record that others need (stays) is deleted, though the document says that it is not"),
    ],
)
def test_what_the_words_of_a_conflict_refuse_is_asked(tmp_path, monkeypatch, fault, cause):
    (file := tmp_path / "hotel.yaml").write_text(HOTEL)
    chosen = tuple(
        one
        for one in load_checks(inferred=True)
        if one.suite in {"document_conflicts", "document_states", "document_sums"}
    )
    monkeypatch.setattr("mockserver.conformance.runner.load_checks", lambda *_, **__: chosen)
    options = Options(spec=file, strictness=Provenance.INFERRED)
    target = replace(find_target(options), transport=in_process(Hotel(fault)))
    verdict = run(options, lambda _: None, target=target, pause=lambda _: None)[0]
    assert {one.cause for one in verdict.findings} == ({cause} if cause else set())
    assert {(one.check.name, one.resource) for one in verdict.results if one.planned and not one.has_judged} == set()
