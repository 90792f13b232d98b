"""A right server of a framework's habits: queries as JSON, changes of many, none of nothing, no key but in Location."""

import itertools
import json
from dataclasses import replace
from threading import Lock
from urllib.parse import parse_qs

import pytest

from mockserver.conformance.inferred.inferred_writing import key_in_address
from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.transports import in_process

NOTES = """
openapi: 3.0.3
info: {title: Notes, version: '1'}
paths:
  /notes:
    get:
      parameters: [{name: filter, in: query, content: {application/json: {schema: {type: object, properties: {
        limit: {type: integer, minimum: 1}, offset: {type: integer, minimum: 0}, order: {type: string}}}}}}]
      responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Note'}}}}},
                  '400': {description: bad}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [text], properties: {text: {type: string}, kind: {type: string}}}}}}
      responses: {'200': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}}
    patch:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Part'}}}}
      responses: {'200': {description: how many, content: {application/json: {schema: {type: object, properties: {count: {type: integer}}}}}}}
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: number}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}},
                      '404': {description: none}}}
    put: &change
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
      responses: {'204': {description: changed}, '400': {description: another id, or nothing}, '404': {description: none}}
    patch: {<<: *change, requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Part'}}}}}
    delete: {responses: {'204': {description: gone}, '404': {description: none}}}
components:
  schemas:
    Note: {type: object, required: [text], properties: {id: {type: number}, text: {type: string}, kind: {type: string}}}
    Part: {type: object, properties: {id: {type: number}, text: {type: string}, kind: {type: string}}}
"""


class Notes:
    """A server of that document."""

    def __init__(self):
        self.lock, self.numbers = Lock(), itertools.count(1)
        self.notes = {}
        for text in ("one", "two", "three"):
            self.made({"text": text})

    def made(self, body):
        number = next(self.numbers)
        self.notes[number] = {"id": number, **body}
        return self.notes[number]

    def __call__(self, environ, start_response):
        with self.lock:
            return self.reply(environ, start_response)

    def reply(self, environ, start_response):
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        key = environ["PATH_INFO"].strip("/").partition("/")[2]
        try:
            asked = json.loads(parse_qs(environ["QUERY_STRING"]).get("filter", ["{}"])[0])
            status, value = self.answer(environ["REQUEST_METHOD"], key, asked, json.loads(sent or b"null"))
        except (ValueError, TypeError):
            status, value = 400, None
        start_response(f"{status} ", [("Content-Type", "application/json")] if value is not None else [])
        return [json.dumps(value).encode()] if value is not None else []

    def answer(self, method, key, asked, body):
        if body is not None and not self.is_good(body, whole=method in ("POST", "PUT")):
            return 400, None
        if not key:
            return self.on_all(method, asked, body)
        one = self.notes.get(int(key) if key.isdecimal() else None)
        if one is None:
            return 404, None
        if method == "GET":
            return 200, one
        if method == "DELETE":
            del self.notes[one["id"]]
        elif not body or body.get("id", one["id"]) != one["id"]:
            return 400, None
        else:
            self.notes[one["id"]] = {**(one if method == "PATCH" else {}), **body, "id": one["id"]}
        return 204, None

    def is_good(self, body, *, whole):
        number = body.get("id", 1)
        texts = all(isinstance(body.get(name, ""), str) for name in ("text", "kind"))
        return texts and type(number) in (int, float) and ("text" in body or not whole)

    def on_all(self, method, asked, body):
        if method == "POST":
            return 200, self.made(body)
        if method == "PATCH":
            for one in self.notes.values():
                one.update(body, id=one["id"])
            return 200, {"count": len(self.notes)}
        limit, offset, found = asked.get("limit", 1_000), asked.get("offset", 0), list(self.notes.values())
        if type(limit) is not int or type(offset) is not int or limit < 1 or offset < 0:
            return 400, None
        name, _, way = asked.get("order", "").partition(" ")
        if name in ("id", "text"):
            found.sort(key=lambda one: one[name], reverse=way.lower() == "desc")
        return 200, found[offset : offset + limit]


def test_a_right_server_of_such_habits_is_judged_whole_and_not_blamed(tmp_path):
    (file := tmp_path / "notes.yaml").write_text(NOTES)
    options = Options(spec=file, strictness=Provenance.EXPECTED)
    verdict = run(options, target=replace(find_target(options, None), transport=in_process(Notes())))[0]
    assert not [(one.first.check, one.first.operation, one.first.cause, one.first.detail) for one in verdict.clusters()]
    assert not [(one.check.name, one.reason) for one in verdict.results if one.planned and not one.has_judged]


@pytest.mark.parametrize(
    ("address", "path", "key"),
    [
        ("/api/books/13/", "/books/{id}/", "13"),
        ("/api/books/?id=13", "/books/{id}/", "13"),
        ("/api/books/", "/books/{id}/", ""),
        ("https://api/books/books", "/books/{slug}", "books"),
        ("https://api/items/5.json", "/items/{id}.json", "5"),
        ("service/Products(5)", "/Products({id})", "5"),
        ("/notes/a%20b", "/notes/{id}", "a b"),
        (None, "/notes/{id}", ""),
    ],
)
def test_a_location_tells_the_key_where_the_path_has_it(address, path, key):
    assert key_in_address(address, path) == key
