"""Documents without annotations: what a list says of itself (totals, pages, which page it is, whether there are more)."""

import pytest

from altered_mock import answering, checked
from mockserver.conformance.stories.replaying import ReplayResult, fate_of
from mockserver.conformance.stories.scripts import write_stories
from mockserver.conformance.stories.story import read_story

SHELF = """
openapi: 3.0.3
info: {title: Shelf, version: '1'}
paths:
  /books:
    get:
      parameters: [{name: page, in: query, schema: {type: integer, minimum: 1}},
                   {name: per_page, in: query, schema: {type: integer, minimum: 1, maximum: 100}}]
      responses: {'200': {description: a page, content: {application/json: {schema: {type: object, required: [data, meta],
        properties: {data: {type: array, items: {$ref: '#/components/schemas/Book'}}, meta: {type: object, properties: {
          page: {type: integer}, total: {type: integer}, total_pages: {type: integer}, has_more: {type: boolean}, first: {type: boolean}, last: {type: boolean}}}}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}}
  /books/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}},
                      '404': {description: none}}}
    delete: {responses: {'200': {description: gone, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}},
                         '404': {description: none}}}
components:
  schemas: {Book: {type: object, required: [title], properties: {id: {type: string, readOnly: true}, title: {type: string}}}}
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    file = tmp_path_factory.mktemp("shelf") / "shelf.yaml"
    file.write_text(SHELF)
    return file


def saying(change):
    """Alters what stands beside the list."""

    def alter(where, wire):
        if where == "GET /books" and wire.status == 200:
            value = wire.value
            wire.say({**value, "meta": {**value["meta"], **change(value["meta"], value["data"])}})

    return alter


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (None, None),
        (lambda meta, data: {"total": len(data)}, "total is not the number of records"),
        (lambda meta, data: {"total": meta["total"] + 1}, "total is not the number of records"),
        (lambda meta, data: {"total_pages": 1}, "totalpages is not the number of pages"),
        (lambda meta, data: {"page": 1}, "page is not the page that was asked for"),
        (lambda meta, data: {"has_more": True}, "hasmore disagrees with the next page"),
        (lambda meta, data: {"last": True}, "last disagrees with the next page"),
        (lambda meta, data: {"first": True}, "first disagrees with the page before"),
    ],
)
def test_what_a_list_says_of_itself_is_true_and_a_story_tells_it(shelf, tmp_path, monkeypatch, fault, cause):
    heard = []
    change = saying(fault) if fault else None
    verdict = checked(shelf, monkeypatch, {"document_lists"}, change, heard.append, stories=tmp_path)
    assert {one.cause for one in verdict.findings} == ({cause} if cause else set())
    stories = [one for one in heard[-1].report.stories if one.cause == cause]
    assert len(stories) == (1 if cause else 0)
    files = [one for one in write_stories(tmp_path, stories) if one.suffix == ".json"]
    for story in map(read_story, files):
        assert not story.gaps
        assert fate_of(story, {}, answering(shelf, change)[1]) is ReplayResult.STILL_THERE
        assert fate_of(story, {}, answering(shelf)[1]) is ReplayResult.GONE


@pytest.mark.parametrize("fault", [None, {"id": "7"}, {"id": "8", "title": "Another"}])
def test_a_delete_tells_of_the_record_that_it_deleted(shelf, tmp_path, monkeypatch, fault):
    def change(where, wire):
        if where == "DELETE /books/{id}" and wire.status == 200 and fault:
            wire.say({**wire.value, **fault})

    heard = []
    verdict = checked(shelf, monkeypatch, {"document_words"}, change, heard.append, stories=tmp_path)
    assert {one.cause for one in verdict.findings} == ({"a delete tells the key of another record"} if fault else set())
    files = [one for one in write_stories(tmp_path, heard[-1].report.stories) if one.suffix == ".json"]
    for story in map(read_story, files):
        assert fate_of(story, {}, answering(shelf, change)[1]) is ReplayResult.STILL_THERE
        assert fate_of(story, {}, answering(shelf)[1]) is ReplayResult.GONE
