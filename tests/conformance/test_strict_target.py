"""A server stricter than its document: it takes no name twice, no member of its own, no key of a record that is not."""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.transports import in_process

DOCUMENT = """
openapi: 3.0.3
info: {title: Shelf, version: '1'}
paths:
  /authors:
    get: {responses: {'200': {description: '', content: {application/json: {schema:
      {type: array, items: {$ref: '#/components/schemas/Author'}}}}}}}
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Author'}}}},
      responses: {'201': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Author'}}}}}}
  /authors/{author_id}:
    parameters: [{name: author_id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: '', content: {application/json: {schema:
      {$ref: '#/components/schemas/Author'}}}}, '404': {description: none}}}
    delete: {responses: {'204': {description: ''}}}
  /authors/{author_id}/books:
    parameters: [{name: author_id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: '', content: {application/json: {schema:
      {type: array, items: {$ref: '#/components/schemas/Book'}}}}}}}
  /books:
    get: {parameters: [{name: title, in: query, schema: {type: string}},
      {name: author_id, in: query, schema: {type: integer}}, {name: min_price, in: query, schema: {type: number}}],
      responses: {'200': {description: '', content: {application/json: {schema:
      {type: array, items: {$ref: '#/components/schemas/Book'}}}}}}}
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}},
      responses: {'201': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}}}
  /books/{book_id}:
    parameters: [{name: book_id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: '', content: {application/json: {schema:
      {$ref: '#/components/schemas/Book'}}}}, '404': {description: none}}}
    delete: {responses: {'204': {description: ''}}}
components:
  schemas:
    Author:
      type: object
      required: [id, name]
      properties: {id: {type: integer, readOnly: true}, name: {type: string, minLength: 2, maxLength: 40}}
    Book:
      type: object
      required: [id, title, author_id, made_at]
      properties:
        id: {type: integer, readOnly: true}
        title: {type: string, minLength: 1, maxLength: 40}
        author_id: {type: integer}
        price: {type: number}
        made_at: {type: string, format: date-time, readOnly: true}
"""
NAMES = {"authors": "name", "books": "title"}
LONGEST = 40


class Shelf:
    """Authors and books in memory; ``spoil`` alters what a create stores, ``passed_over`` names what lists ignore."""

    def __init__(self, spoil=None, passed_over=""):
        self.kept, self.last, self.spoil = {"authors": {}, "books": {}}, 0, spoil
        self.passed_over = passed_over

    def __call__(self, environ, start_response):
        status, value = self.answer(environ)
        body = b"" if value is None else json.dumps(value).encode()
        start_response(f"{status} ", [("Content-Type", "application/json")] if body else [])
        return [body]

    def answer(self, environ):
        below = re.fullmatch(r"/authors/(\d+)/books", environ["PATH_INFO"])
        if below:
            return 200, self.books({"author_id": below[1]}, "the author")
        found = re.fullmatch(r"/(authors|books)(?:/(\d+))?", environ["PATH_INFO"])
        if not found:
            return 404, {}
        records, method = self.kept[found[1]], environ["REQUEST_METHOD"]
        if found[2] is None:
            if method == "POST":
                return self.create(environ, found[1], records)
            query = dict(parse_qsl(environ["QUERY_STRING"]))
            if not all(re.fullmatch(r"[\d.]+", text) for name, text in query.items() if name != "title"):
                return 400, {}
            return 200, self.books(query, "the second" if len(query) > 1 else "") if query else [*records.values()]
        if int(found[2]) not in records:
            return 404, {}
        return (200, records[int(found[2])]) if method == "GET" else (204, records.pop(int(found[2])) and None)

    def books(self, query, what):
        """The books that meet ``query``; of what is passed over, its last parameter does not count."""
        query = dict(list(query.items())[:-1]) if what and what == self.passed_over else query
        query = {name: text for name, text in query.items() if name != self.passed_over}
        return [
            one for one in self.kept["books"].values()
            if all(one.get("price", 0) >= float(text) if name == "min_price" else str(one[name]) == text
                   for name, text in query.items())
        ]  # fmt: skip

    def create(self, environ, kind, records):
        name = NAMES[kind]
        try:
            body = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        except ValueError:
            return 400, {}
        own = {"name": str} if kind == "authors" else {"title": str, "author_id": int, "price": (int, float)}
        if not isinstance(body, dict) or not body.keys() <= own.keys():
            return 422, {}
        is_typed = all(isinstance(one, own[key]) and one is not True for key, one in body.items())
        if not (own.keys() - {"price"} <= body.keys() and is_typed and (kind == "books") <= len(body[name]) <= LONGEST):
            return 422, {}
        if kind == "authors" and len(body[name]) == 1:
            return 422, {}
        if not body[name] or any(one[name] == body[name] for one in records.values()):
            return 409, {}
        if kind == "books" and body["author_id"] not in self.kept["authors"]:
            return 422, {}
        self.last += 1
        record = {**body, "id": self.last} | ({"made_at": "2025-04-18T12:00:00Z"} if kind == "books" else {})
        records[self.last] = self.spoil(record) if self.spoil and kind == "books" else record
        return 201, record


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    file = tmp_path_factory.mktemp("shelf") / "shelf.yaml"
    file.write_text(DOCUMENT)
    return file


def checked(file, server):
    options = Options(spec=file, strictness=Provenance.INFERRED)
    target = replace(find_target(options, server), transport=in_process(server))
    return run(options, target=target)[0]


def test_a_target_is_judged_that_is_stricter_than_its_document(shelf):
    verdict = checked(shelf, Shelf())
    assert not [one.cause for one in verdict.findings]
    judged = {(one.check.name, one.resource) for one in verdict.results if one.judged}
    assert {("document_records.values", "books"), ("document_constraints.bodies", "books")} <= judged


def test_what_such_a_target_loses_is_found(shelf):
    verdict = checked(shelf, Shelf(lambda record: {**record, "price": 1}))
    assert "what was created reads differently from what was sent (price)" in {one.cause for one in verdict.findings}


@pytest.mark.parametrize(("passed_over", "cause"), [
    ("the second", "title and author_id together find records that lack one of both values"),
    ("min_price", "min_price finds records beyond it"),
    ("the author", "a list below a record holds one that names a different record"),
])  # fmt: skip
def test_what_a_list_passes_over_is_found(shelf, passed_over, cause):
    assert {one.cause for one in checked(shelf, Shelf(passed_over=passed_over)).findings} == {cause}
