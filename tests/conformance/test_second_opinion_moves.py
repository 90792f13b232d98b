"""The second opinion of any document: what a delete, a filter and an address do to other records than the one asked for."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from mockserver.conformance.options import Options
from mockserver.conformance.runner import Run
from mockserver.conformance.second_opinion.aliases import SharedNames, shared_name
from mockserver.conformance.second_opinion.comparison import Comparison
from mockserver.conformance.second_opinion.list_differences import ordered
from mockserver.conformance.second_opinion.opinion import Ruling
from mockserver.conformance.second_opinion.sides import Side
from mockserver.conformance.wire.targets import find_target
from mockserver.conformance.wire.traffic import json_or_none
from mockserver.conformance.wire.transports import in_process
from mockserver.web.app import create_app

TARGET, _, SILENT = Ruling
STEPS = 5
SHELF = """
openapi: 3.1.0
info: {title: Shelf, version: '1'}
paths:
  /authors:
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewAuthor'}}}},
           responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Author'}}}}}}
  /authors/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Author'}}}}}}
    delete: {responses: {'204': {description: gone}}}
  /books:
    get:
      parameters: [{name: title, in: query, schema: {type: string}}, {name: min_pages, in: query, schema: {type: integer}}]
      responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Book'}}}}}}
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewBook'}}}},
           responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}},
                       '422': {description: invalid}}}
  /books/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}}}
    delete: {responses: {'204': {description: gone}}}
  /rooms/{code}/shelves:
    parameters: [{name: code, in: path, required: true, schema: {type: string}}]
    get:
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {type: object, required: [id], properties: {id: {type: string}}}}}}}
        '404': {description: no such room}
components:
  schemas:
    NewBook: {type: object, required: [title, pages, tags, author_id], properties: &fields {
      title: {type: string}, pages: {type: integer, minimum: 1}, tags: {type: array, items: {type: string}},
      author_id: {type: string}}}
    NewAuthor: {type: object, required: [age], properties: {age: {type: integer}}}
    Author: {type: object, required: [id, age], properties: {id: {type: string}, age: {type: integer}}}
    Book: {type: object, required: [id, title], properties: {id: {type: string}, <<: *fields}}
"""


class Shelf:
    """A server of ``SHELF`` before a mock that keeps its records; ``is_unique``: it takes no title twice."""

    is_unique = False

    def __init__(self, mock):
        self._mock, self._titles, self.authors = mock, {}, {}

    def __call__(self, sent):
        body = json_or_none(sent.body or b"")
        title = body.get("title") if sent.method == "POST" and isinstance(body, dict) else None
        if self.is_unique and title in self._titles.values():
            return replace(self._mock(replace(sent, body=b"{}")), status=422)
        reply = self.answer(sent)
        if sent.method == "POST" and reply.status == 201 and sent.path == "/books":
            self._titles[json.loads(reply.body)["id"]] = title
            self.authors[json.loads(reply.body)["id"]] = body["author_id"]
        return reply

    def answer(self, sent):
        return self._mock(sent)


class OneTitleOnce(Shelf):
    is_unique = True


class DeletesNeighbours(Shelf):
    def answer(self, sent):
        key = sent.path.rpartition("/")[2]
        known = list(self._titles)
        if sent.method == "DELETE" and key in known[1:]:
            self._mock(replace(sent, target=f"/books/{known[known.index(key) - 1]}"))
        return self._mock(sent)


class TakesBooksAlong(Shelf):
    def answer(self, sent):
        for book, author in self.authors.items() if sent.method == "DELETE" else ():
            if sent.path == f"/authors/{author}":
                self._mock(replace(sent, target=f"/books/{book}"))
        return self._mock(sent)


class FiltersByTheRest(Shelf):
    is_unique = True

    def answer(self, sent):
        reply = self._mock(replace(sent, target=re.sub(r"title=[^&]*", "", sent.target)))
        title = re.search(r"title=([^&]*)", sent.target)
        if sent.method != "GET" or not title or reply.status != 200:
            return reply
        asked = {one["id"] for one in json.loads(self._mock(sent).body)}
        return replace(
            reply, body=json.dumps([one for one in json.loads(reply.body) if one["id"] not in asked]).encode()
        )


class IgnoresAFilter(Shelf):
    def answer(self, sent):
        return self._mock(replace(sent, target=re.sub(r"title=[^&]*", "", sent.target)))


class IgnoresAnEnd(Shelf):
    def answer(self, sent):
        return self._mock(replace(sent, target=re.sub(r"min_pages=[^&]*", "", sent.target)))


class LeadsElsewhere(Shelf):
    def answer(self, sent):
        reply = self._mock(sent)
        headers = [(name, "/books/elsewhere" if name == "Location" else value) for name, value in reply.headers]
        return replace(reply, headers=headers)


class SortsTags(Shelf):
    def answer(self, sent):
        reply = self._mock(sent)
        value = json_or_none(reply.body)
        is_book = isinstance(value, dict) and "tags" in value
        return replace(reply, body=json.dumps({**value, "tags": sorted(value["tags"])}).encode()) if is_book else reply


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    file = tmp_path_factory.mktemp("shelf") / "shelf.yaml"
    file.write_text(SHELF)
    return file


def opinions_on(server, file):
    known = find_target(Options(spec=file), app=lambda *_: [])
    mocks = [in_process(create_app(spec=file, seed=seed)) for seed in (1, 11)]
    runs = [Run(Options(spec=file), replace(known, transport=one)) for one in (server(mocks[0]), mocks[1])]
    for run in runs:
        run.greet()
    sides = [Side(called, run) for called, run in zip(("the target", "the mock"), runs, strict=True)]
    comparison = Comparison(*sides, list(runs[0].groups.values()))
    comparison.run()
    return list(comparison.opinions)


@pytest.mark.parametrize(
    ("server", "verdict", "what", "place"),
    [
        (DeletesNeighbours, TARGET, "read a record beside one that was deleted", "status"),
        (TakesBooksAlong, SILENT, "read a record that names one that was deleted", "status"),
        (FiltersByTheRest, SILENT, "list the records that have a value", "records found"),
        (IgnoresAFilter, SILENT, "list the records that have a value", "records of another value"),
        (IgnoresAnEnd, SILENT, "list the records with an end of pages after the record's", "records found"),
        (LeadsElsewhere, SILENT, "create a record", "address of what was made"),
        (SortsTags, SILENT, "create a record", "/tags"),
    ],
)
def test_what_happens_to_other_records_is_seen(shelf, server, verdict, what, place):
    found = opinions_on(server, shelf)
    assert (verdict, place) in {(one.verdict, one.difference.place) for one in found if one.what.startswith(what)}
    assert {one.verdict for one in found} == {verdict}
    assert not [one for one in found if one.is_flaky or len(one.story) > STEPS]


@pytest.mark.parametrize("server", [Shelf, OneTitleOnce])
def test_a_sound_server_is_found_alike_also_where_it_takes_no_text_twice(shelf, server):
    assert opinions_on(server, shelf) == []


class KnowsNoRoom(Shelf):
    def answer(self, sent):
        reply = self._mock(sent)
        return replace(reply, status=404, body=b"", headers=[]) if sent.path.startswith("/rooms/") else reply


def test_a_list_below_what_nobody_made_may_not_be_there(shelf):
    assert {one.verdict for one in opinions_on(KnowsNoRoom, shelf)} <= {SILENT}


def test_an_order_is_not_told_where_one_of_its_records_was_refused():
    names = SharedNames()
    first, second = (shared_name("notes", number) for number in (1, 2))
    names.bind(first, "10")
    step = SimpleNamespace(in_order=(first, second), group=SimpleNamespace(key="id"))
    side, answer = SimpleNamespace(names=names), SimpleNamespace(body=[{"id": second}, {"id": first}])
    assert ordered(step, side, answer) == ""
    names.bind(second, "11")
    assert ordered(step, side, answer) == "the newest first"
