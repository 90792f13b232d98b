"""Documents without annotations: versions, keys of requests, records that a PUT makes, and work that goes on later."""

import json
from itertools import count

import pytest

from altered_mock import checked

PARCELS = """
openapi: 3.1.0
info: {title: Parcels, version: '1'}
paths:
  /parcels:
    get:
      parameters: [{name: cursor, in: query, schema: {type: string}},
                   {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}},
                   {name: made_after, in: query, schema: {type: string, format: date-time}}]
      responses:
        '200': {description: all, content: {application/json: {schema: {type: object, properties: {
          items: {type: array, items: {$ref: '#/components/schemas/Parcel'}}, next: {type: string}}}}}}
    post:
      parameters: [{name: Idempotency-Key, in: header, required: true, schema: {type: string, format: uuid}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}}
      responses:
        '201': {description: made, headers: {ETag: {schema: {type: string}}},
                content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}}
  /parcels/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get:
      parameters: [{name: If-None-Match, in: header, schema: {type: string}}]
      responses:
        '200': {description: one, headers: {ETag: {required: true, schema: {type: string}}},
                content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}}
        '304': {description: known}
        '404': {description: none}
    put:
      parameters: [{$ref: '#/components/parameters/version'}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}}
      responses:
        '200': {description: replaced, headers: {ETag: {schema: {type: string}}},
                content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}}
        '404': {description: none}
        '412': {description: changed since}
    delete:
      parameters: [{$ref: '#/components/parameters/version'}]
      responses: {'204': {description: gone}, '404': {description: none}, '412': {description: changed since}}
  /depots/{code}:
    parameters: [{name: code, in: path, required: true, schema: {type: string, pattern: '^[A-Z]{3}[0-9]{2}$'}}]
    get: {responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Depot'}}}},
                      '404': {description: none}}}
    put: {requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Depot'}}}},
          responses: {'200': {description: kept, content: {application/json: {schema: {$ref: '#/components/schemas/Depot'}}}},
                      '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Depot'}}}}}}
    delete: {responses: {'204': {description: gone}, '404': {description: none}}}
components:
  parameters: {version: {name: If-Match, in: header, required: true, schema: {type: string}}}
  schemas:
    Parcel: {type: object, required: [reference], properties: {id: {type: string, format: uuid, readOnly: true},
             reference: {type: string, maxLength: 40}, weight: {type: integer},
             made_at: {type: string, format: date-time, readOnly: true}}}
    Depot: {type: object, required: [name], properties: {name: {type: string}, city: {type: string}}}
"""
SUITES = {"any_document", "document_conditions", "document_records", "document_changes"}
OTHERS = {"document_constraints", "document_lists"}


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    file = tmp_path_factory.mktemp("parcels") / "parcels.yaml"
    file.write_text(PARCELS)
    return file


def test_the_sound_one_is_clean_and_judged(parcels, monkeypatch):
    verdict = checked(parcels, monkeypatch, SUITES)
    assert not [one.cause for one in verdict.findings]
    judged = {(one.check.name, one.resource) for one in verdict.results if one.judged}
    conditions = {"other_versions", "versions", "not_modified", "repeated"}
    assert judged >= {(f"document_conditions.{one}", "parcels") for one in conditions}
    assert judged >= {(f"{one}", "depots") for one in (
        "any_document.created_is_read", "any_document.deleted_is_gone", "document_records.values",
        "document_changes.values", "document_changes.replaced", "document_records.deleted_twice")}  # fmt: skip


def takes_any_version(where, wire):
    if where == "DELETE /parcels/{id}" and wire.status == 412:
        wire.say_nothing(204)


def tells_an_old_version(where, wire):
    if where == "PUT /parcels/{id}" and wire.status == 200:
        wire.headers["ETag"] = '"old"'


def knows_no_version(where, wire):
    if where == "GET /parcels/{id}" and wire.status == 304:
        wire.say({"id": "00000000-0000-4000-8000-000000000000", "reference": "x"}, 200)


def keeps_depots_as_they_were(where, wire, kept={}):  # noqa: B006 - what it has answered of each
    if where.endswith("/depots/{code}") and wire.status < 300 and wire.value:
        path = wire.environ["PATH_INFO"]
        wire.say({**kept.get(path, {}), **wire.value})
        if where.startswith("PUT"):
            kept[path] = wire.value


def takes_no_version(where, wire):
    if where == "DELETE /parcels/{id}" and "HTTP_IF_MATCH" not in wire.environ:
        wire.say_nothing(204)


def leads_nowhere(where, wire):
    if where == "GET /parcels" and wire.status == 200:
        wire.say({"items": wire.value["items"]})


@pytest.mark.parametrize(("change", "cause"), [
    (takes_no_version, "a request without the header parameter If-Match is answered 204"),
    (leads_nowhere, "a page does not lead on though there are more"),
])  # fmt: skip
def test_what_may_not_be_left_out_is_missed(parcels, monkeypatch, change, cause):
    assert cause in {one.cause for one in checked(parcels, monkeypatch, OTHERS, change).findings}


@pytest.mark.parametrize(("change", "cause"), [
    (takes_any_version, "with another version than the record's the request is answered 204"),
    (tells_an_old_version, "a change of the version shown by the previous change is answered 412"),
    (knows_no_version, "a read of the version that is known is answered 200"),
    (keeps_depots_as_they_were, "PUT keeps what it does not send (city)"),
])  # fmt: skip
def test_what_departs_from_the_document_is_found(parcels, monkeypatch, change, cause):
    assert cause in {one.cause for one in checked(parcels, monkeypatch, SUITES, change).findings}


def test_a_create_that_is_sent_again_is_found_where_it_makes_another_record(parcels, monkeypatch):
    monkeypatch.setattr("mockserver.handlers.planned.repeating.repeat_key", lambda _: None)
    causes = {one.cause for one in checked(parcels, monkeypatch, {"document_conditions"}).findings}
    assert causes == {"a create that is sent again with its key makes another record"}


def test_what_goes_on_by_itself_is_nobodys_doing(tmp_path, monkeypatch):
    file, turns = tmp_path / "jobs.yaml", count(1)
    words = "status: {type: string, enum: [queued, running, done], readOnly: true}, made_at:"
    file.write_text(PARCELS.replace("made_at:", words, 1))

    def works(where, wire):
        if where == "GET /parcels/{id}" and wire.status == 200:
            wire.body = json.dumps({**wire.value, "status": ("queued", "running", "done")[next(turns) % 3]}).encode()

    verdict = checked(file, monkeypatch, SUITES, works)
    assert not [one.cause for one in verdict.findings if "changed a record" in one.cause or "another" in one.cause]
