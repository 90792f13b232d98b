"""Documents without annotations: links of a record, unique values, counts, searches and filters are what words say."""

import itertools
import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest

from mockserver.conformance.invocation import run
from mockserver.conformance.loading import load_checks
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.stories.replaying import ReplayResult, fate_of
from mockserver.conformance.stories.scripts import write_stories
from mockserver.conformance.stories.story import read_story
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.transports import in_process

LIBRARY = """
openapi: 3.0.3
info: {title: Library, version: '1'}
paths:
  /authors:
    get:
      parameters:
        - {name: q, in: query, description: 'Part of the name or the town, in any case', schema: {type: string}}
        - {name: genre, in: query, schema: {type: string}}
        - {name: sort, in: query, schema: {type: string, enum: [name, -name]}}
        - {name: page, in: query, schema: {type: integer, minimum: 1}}
        - {name: per_page, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
      responses: {'200': {description: a page, content: {application/json: {schema: {type: object, required: [data],
        properties: {next: {type: string, nullable: true}, data: {type: array, items: {$ref: '#/components/schemas/Author'}}}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Author'}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Author'}}}},
                  '409': {description: the slug is taken}}
  /authors/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Author'}}}},
                      '404': {description: none}}}
    delete: {description: Deletes the author and all her books., responses: {'204': {description: gone}, '404': {description: none}}}
  /authors/{id}/books:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Book'}}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}}
  /authors/{id}/books/{bookId}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: bookId, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}},
                      '404': {description: none}}}
    delete: {responses: {'204': {description: gone}, '404': {description: none}}}
components:
  schemas:
    Author:
      type: object
      required: [name, town]
      properties:
        id: {type: string, readOnly: true}
        slug: {type: string, nullable: true, description: Unique.}
        name: {type: string, maxLength: 80}
        town: {type: string, maxLength: 80}
        genres: {type: array, items: {type: string}}
        book_count: {type: integer, readOnly: true}
        url: {type: string, readOnly: true}
    Book: {type: object, required: [title], properties: {id: {type: string, readOnly: true}, title: {type: string}}}
"""


class Library:
    """A server of that document; ``fault`` names the one thing that it does wrong."""

    def __init__(self, fault=""):
        self.fault, self.authors, self.books, self.numbers = fault, {}, {}, itertools.count(1)
        for name in ("Ada", "Bo", "Cy"):
            self.make({"name": name, "town": f"{name}ville", "genres": ["prose"]})

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"].strip("/").split("/")
        query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            body = json.loads(text) if text else None
        except ValueError:
            body = None
        status, value = self.answer(environ["REQUEST_METHOD"], path, query, body)
        start_response(f"{status} ", [("Content-Type", "application/json")] if value is not None else [])
        return [json.dumps(value).encode()] if value is not None else []

    def answer(self, method, path, query, body):
        if path[1:] and path[1] not in self.authors and not (path[3:] and self.fault == "stays"):
            return 404, None
        if method == "POST":
            return self.make_book(path[1], body) if path[1:] else self.make(body)
        if len(path) == 1:
            return 200, self.listed(query)
        if len(path) == 3:
            return 200, [one for one in self.books.values() if one["author"] == path[1]]
        known = self.books if path[3:] else self.authors
        if path[-1] not in known or (path[3:] and known[path[-1]]["author"] != path[1] and self.fault != "stays"):
            return 404, None
        if method == "GET":
            return 200, known[path[-1]] if path[3:] else self.shown(known[path[-1]])
        del known[path[-1]]
        if not path[3:]:
            self.books = {
                key: one for key, one in self.books.items() if one["author"] != path[1] or self.fault == "stays"
            }
        return 204, None

    def make(self, body):
        texts = {name: body.get(name) for name in ("name", "town")} if isinstance(body, dict) else {"name": None}
        if not all(isinstance(one, str) and len(one) <= 80 for one in texts.values()):
            return 400, None
        slug = body.get("slug")
        if slug is not None and self.fault != "slug" and any(one["slug"] == slug for one in self.authors.values()):
            return 409, None
        key = str(next(self.numbers))
        self.authors[key] = {**texts, "id": key, "slug": slug, "genres": body.get("genres", [])}
        return 201, self.shown(self.authors[key])

    def make_book(self, author, body):
        if not isinstance(body, dict) or not isinstance(body.get("title"), str):
            return 400, None
        key = str(next(self.numbers))
        self.books[key] = {"id": key, "title": body["title"], "author": author}
        return 201, self.books[key]

    def shown(self, one):
        count = sum(book["author"] == one["id"] for book in self.books.values())
        key = one["id"] if self.fault != "link" else "1"
        return {**one, "url": f"http://localhost/authors/{key}", "book_count": count if self.fault != "count" else 0}

    def listed(self, query):
        rows, words = [*self.authors.values()], query.get("q", "").lower()
        members = ("name",) if self.fault == "town" else ("name", "town")
        cased = str if self.fault == "case" else str.lower
        rows = [
            one
            for one in rows
            if any((query.get("q", "") if cased is str else words) in cased(one[name]) for name in members)
        ]
        if "genre" in query:
            seen = 1 if self.fault == "first" else None
            rows = [one for one in rows if query["genre"] in one["genres"][:seen]]
        if "sort" in query:
            by = len if self.fault == "order" else str
            rows.sort(key=lambda one: by(one["name"]), reverse=query["sort"].startswith("-"))
        number, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        onward = {**query, "page": number + 1, "per_page": size}
        if self.fault == "forgets":
            onward.pop("genre", None)
        is_last = number * size >= len(rows)
        page = [self.shown(one) for one in rows[(number - 1) * size : number * size]]
        return {"data": page, "next": None if is_last else f"http://localhost/authors?{urlencode(onward)}"}


@pytest.fixture(scope="module")
def shelves(tmp_path_factory):
    file = tmp_path_factory.mktemp("library") / "library.yaml"
    file.write_text(LIBRARY)
    return file


SUITES = {"document_words", "document_conflicts", "document_searches", "document_filters"}


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("", None),
        ("link", "the address that a record tells of itself leads elsewhere (url)"),
        ("slug", "a create with a slug that another record has is answered 201, though it is unique"),
        ("count", "book_count does not count what is made"),
        ("stays", "what a delete takes with it is answered 200 (books)"),
        ("town", "a search does not find the record with its text in town, which it is said to search"),
        ("case", "a search does not find the record with its text in name, which it is said to search"),
        ("first", "genre does not find a record of that genres"),
        ("order", "ascending order by name is requested but not applied"),
        ("forgets", "the address of the next page leads to records that were not asked for"),
    ],
)
def test_what_words_say_is_judged_and_a_story_tells_it(shelves, tmp_path, monkeypatch, fault, cause):
    heard = []
    chosen = tuple(one for one in load_checks(inferred=True) if one.suite in SUITES)
    monkeypatch.setattr("mockserver.conformance.runner.load_checks", lambda *_, **__: chosen)
    options = Options(spec=shelves, strictness=Provenance.INFERRED, stories=tmp_path)
    target = replace(find_target(options), transport=in_process(Library(fault)))
    verdict = run(options, heard.append, target=target, pause=lambda _: None)[0]
    assert cause in {one.cause for one in verdict.findings} if cause else not verdict.findings
    assert {
        (one.check.name, one.resource, one.reason) for one in verdict.results if one.planned and not one.has_judged
    } == set()
    stories = [one for one in heard[-1].report.stories if one.cause == cause]
    assert len(stories) == (1 if cause else 0)
    for story in map(read_story, (one for one in write_stories(tmp_path, stories) if one.suffix == ".json")):
        assert fate_of(story, {}, in_process(Library(fault))) is ReplayResult.STILL_THERE
        assert fate_of(story, {}, in_process(Library())) is ReplayResult.GONE
