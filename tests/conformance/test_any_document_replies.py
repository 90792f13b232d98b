"""Documents without annotations: what they say of headers, defaults, parts of records and repeated members is judged."""

from base64 import b64encode

import pytest

from altered_mock import answering, checked
from mockserver.conformance.provenance import Provenance
from mockserver.conformance.reporters.events import to_all
from mockserver.conformance.reporters.reporting import Files
from mockserver.conformance.stories.replaying import ReplayResult, fate_of
from mockserver.conformance.stories.scripts import write_stories

NOTES = """
openapi: 3.1.0
info: {title: Notes, version: '1'}
paths:
  /notes:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50, default: 3}}
        - {name: min_length, in: query, schema: {type: integer}}
      responses:
        '200':
          description: all
          headers: {X-Total-Count: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Note'}}}}
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}},
           responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}}}
  /notes/{noteId}:
    parameters: [{name: noteId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}},
                      '404': {description: none}}}
    patch: {requestBody: {required: true, content: {application/merge-patch+json: {schema: {$ref: '#/components/schemas/Part'}}}},
            responses: {'200': {description: changed, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}}}
    delete: {responses: {'204': {description: gone, content: {application/json: {schema: {$ref: '#/components/schemas/Part'}}}}}}
  /estimates:
    post: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Estimate'}}}},
           responses: {'200': {description: told, content: {application/json: {schema: {allOf: [
             {$ref: '#/components/schemas/Estimate'}, {type: object, properties: {cost: {type: number}}}]}}}}}}
components:
  schemas:
    Part: {type: object, properties: {title: {type: string}, length: {type: integer}}}
    Note: {type: object, required: [title], properties: {id: {type: integer, readOnly: true}, title: {type: string},
           length: {type: integer, format: int32}, tags: {type: array, items: {type: string}}}}
    Estimate: {type: object, required: [pages], properties: {pages: {type: integer}, paper: {type: string}}}
"""
RESOURCES = """
openapi: 3.0.3
info: {title: Groups, version: '1'}
paths:
  /groups:
    post: {requestBody: {required: true, content: {application/vnd.api+json: {schema: {$ref: '#/components/schemas/New'}}}},
           responses: {'201': {description: made, content: {application/vnd.api+json: {schema: {$ref: '#/components/schemas/One'}}}}}}
  /groups/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get: {responses: {'200': {description: one, content: {application/vnd.api+json: {schema: {$ref: '#/components/schemas/One'}}}},
                      '404': {description: none}}}
    delete: {responses: {'204': {description: gone}, '404': {description: none}}}
components:
  schemas:
    New: {type: object, required: [data], properties: {data: {type: object, required: [type, attributes], properties: {
      type: {type: string, enum: [groups]}, attributes: {type: object, required: [name], properties: {
        name: {type: string}, members: {type: array, items: {type: integer}}}}}}}}
    One: {type: object, required: [data], properties: {data: {type: object, required: [id, type, attributes], properties: {
      id: {type: string, format: uuid}, type: {type: string, enum: [groups]},
      attributes: {type: object, required: [name, slug], properties: {
        name: {type: string}, members: {type: array, items: {type: integer}}, slug: {type: string}}}}}}}
"""
SUITES = {
    "any_document",
    "document_parameters",
    "document_lists",
    "document_changes",
    "document_actions",
    "document_queries",
}


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    file = tmp_path_factory.mktemp("notes") / "notes.yaml"
    file.write_text(NOTES)
    return file


def test_the_sound_one_is_clean_and_judged(notes, monkeypatch):
    verdict = checked(notes, monkeypatch, SUITES)
    assert not [one.cause for one in verdict.findings]
    judged = {one.check.name for one in verdict.results if one.judged}
    assert judged >= {
        "document_parameters.defaults", "document_parameters.totals", "document_changes.merged",
        "document_changes.unknown", "document_actions.repeated", "document_queries.ranges",
    }  # fmt: skip


def has_another_default(where, wire):
    if where == "GET /notes" and "limit" not in wire.environ["QUERY_STRING"] and isinstance(wire.value, list):
        wire.say(wire.value[:2])


def tells_no_total(where, wire):
    if where == "GET /notes":
        wire.headers.pop("X-Total-Count", None)


def tells_a_total_in_words(where, wire):
    if where == "GET /notes":
        wire.headers["X-Total-Count"] = "many"


def answers_nothing(where, wire):
    if where == "GET /notes/{noteId}" and wire.status == 200:
        wire.body = b""


def merges_another_title(where, wire):
    if where == "PATCH /notes/{noteId}" and wire.status == 200:
        wire.say({**wire.value, "title": "another"})


def changes_what_is_not_there(where, wire):
    if where == "PATCH /notes/{noteId}" and wire.status == 404:
        wire.say({"title": "made up"}, 200)


def lists_no_lengths(where, wire):
    if where == "GET /notes" and isinstance(wire.value, list):
        wire.say([{name: one for name, one in each.items() if name != "length"} for each in wire.value])


def estimates_for_more_pages(where, wire):
    if where == "POST /estimates" and wire.status == 200:
        wire.say({**wire.value, "pages": 9_999_999})


@pytest.mark.parametrize(("change", "cause", "provenance"), [
    (has_another_default, "a list without limit differs from one with its default", "inferred"),
    (tells_no_total, "a reply with 200 lacks the header X-Total-Count", "documented"),
    (tells_a_total_in_words, "the header X-Total-Count of a reply with 200 breaks its schema (type)", "documented"),
    (answers_nothing, "a reply with 200 has no content", "documented"),
    (merges_another_title, "a change's reply does not show what was sent (title)", "inferred"),
    (changes_what_is_not_there, "a change of a record that is not there is answered 200", "inferred"),
    (lists_no_lengths, "a list lacks what is read of a record (length)", "inferred"),
    (estimates_for_more_pages, "a reply does not repeat what was sent (pages)", "inferred"),
])  # fmt: skip
def test_what_departs_from_the_document_is_found(notes, monkeypatch, change, cause, provenance):
    findings = checked(notes, monkeypatch, SUITES, change).findings
    assert (cause, provenance) in {(one.cause, str(one.provenance)) for one in findings}


def test_what_a_gateway_loses_is_neither_a_finding_nor_the_kits_fault(notes, monkeypatch):
    lost = iter(range(1, 10_000))

    def loses_an_answer_now_and_then(_, wire):
        if wire.environ["REQUEST_METHOD"] != "GET" and next(lost) % 9 == 0:
            wire.headers["Content-Type"] = "text/html"
            wire.status, wire.body = 504, b"<html>late</html>"

    verdict = checked(notes, monkeypatch, SUITES, loses_an_answer_now_and_then)
    assert not [one.cause for one in verdict.findings]
    assert not verdict.errors()
    assert not verdict.stopped
    assert [one.cause for one in verdict.troubles] == ["504 Gateway Timeout"]


def test_a_credential_in_the_address_is_in_no_report(tmp_path, monkeypatch):
    file, reports = tmp_path / "keyed.yaml", tmp_path / "reports"
    text = NOTES.replace("paths:", "security: [{key: []}]\npaths:", 1)
    file.write_text(text + "  securitySchemes: {key: {type: apiKey, in: query, name: api_key}}\n")
    heard = []
    hear = to_all(heard.append, Files(reports))
    checked(file, monkeypatch, SUITES, merges_another_title, hear, token="sesame-4711", stories=reports / "stories")
    write_stories(reports / "stories", heard[-1].report.stories)
    written = [one for one in reports.rglob("*") if one.is_file()]
    assert any("{{TOKEN}}" in one.read_text() for one in written if one.parent.name == "stories")
    assert not [one.name for one in written if "sesame-4711" in one.read_text()]


def takes_any_credential(where, wire):
    pass


def asks_for_its_own(where, wire):
    if b64encode(b"check:sesame-4711").decode() not in wire.environ.get("HTTP_AUTHORIZATION", ""):
        wire.say({}, 401)


@pytest.mark.parametrize(
    ("fault", "sound", "suite"),
    [
        (has_another_default, None, "document_parameters"),
        (takes_any_credential, asks_for_its_own, "document_credentials"),
    ],
)
def test_stories_tell_what_is_there_from_what_is_gone(tmp_path, monkeypatch, fault, sound, suite):
    file, heard = tmp_path / "basic.yaml", []
    scheme = "  securitySchemes: {basic: {type: http, scheme: basic}}\n"
    file.write_text(NOTES.replace("paths:", "security: [{basic: []}]\npaths:", 1) + scheme)
    checked(file, monkeypatch, {suite}, fault, heard.append, token="sesame-4711", stories=tmp_path)
    stories = heard[-1].report.stories
    assert stories
    for change, fate in ((fault, ReplayResult.STILL_THERE), (sound, ReplayResult.GONE)):
        transport = answering(file, change)[1]
        tokens = {"TOKEN": "sesame-4711", "BAD_TOKEN": "another"}
        assert {one.cause: fate_of(one, tokens, transport) for one in stories} == dict.fromkeys(
            (one.cause for one in stories), fate
        )


@pytest.mark.parametrize("is_cut", [False, True])
def test_what_json_api_has_below_attributes_is_compared_member_by_member(tmp_path, monkeypatch, is_cut):
    file = tmp_path / "groups.yaml"
    file.write_text(RESOURCES)

    def cuts(where, wire):
        if is_cut and where == "GET /groups/{id}" and wire.status == 200:
            data = wire.value["data"]
            cut = {**data["attributes"], "members": data["attributes"].get("members", [])[:1]}
            wire.say({"data": {**data, "attributes": cut}})

    found = checked(file, monkeypatch, {"document_records"}, cuts).findings
    causes = {one.cause for one in found if one.check != "watch.json_type"}
    assert causes == ({"what was created reads differently from what was sent (members)"} if is_cut else set())
    assert {one.provenance for one in found if one.check == "watch.json_type"} == (
        {Provenance.INFERRED} if is_cut else set()
    )
