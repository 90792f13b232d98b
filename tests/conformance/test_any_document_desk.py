"""Documents as frameworks write them, without readOnly: what their words promise of sums, files, entries and keys."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from altered_mock import checked
from mockserver import create_app
from mockserver.inference.vocabulary.conflict_words import refusal_of_missing
from test_any_document import body, client, collection


def _content(schema, media="application/json"):
    return {media: {"schema": schema}}


def _reply(schema, status="200"):
    return {status: {"description": "", "content": _content(schema)}}


def _object(required, **members):
    return {"type": "object", "required": required, "properties": members}


TEXT, NUMBER, MOMENT = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "date-time"}
NONE = {"404": {"description": "There is none"}}
KEY = {"name": "id", "in": "path", "required": True, "schema": NUMBER}
NEW_LINE = _object(
    ["quantity", "price"], quantity={**NUMBER, "minimum": 2, "maximum": 9}, price={**NUMBER, "minimum": 2, "maximum": 9}
)
LINE = _object(["id", "quantity", "price", "amount"], id=NUMBER, quantity=NUMBER, price=NUMBER,
               amount={**NUMBER, "description": "Quantity times price."})  # fmt: skip
NEW_BILL = _object(["email", "rack", "lines"], email=TEXT, rack={**TEXT, "description": "Code of a rack."}, note=TEXT,
                   lines={"type": "array", "items": NEW_LINE, "minItems": 1})  # fmt: skip
BILL = _object(["id", "email", "rack", "lines", "total", "state", "updated_at"], id=NUMBER, email=TEXT, rack=TEXT, note=TEXT,
               lines={"type": "array", "items": LINE}, total={**NUMBER, "description": "Sum of the amounts of all lines."},
               state={**TEXT, "enum": ["draft", "sent"]}, sent_reason={"anyOf": [TEXT, {"type": "null"}]}, updated_at=MOMENT)  # fmt: skip
NEW_RACK = _object(
    ["code", "floor"], code={**TEXT, "pattern": "^[a-z]{3,20}[0-9-]{0,12}$"}, floor={**NUMBER, "multipleOf": 5}
)
RACK = _object(["code", "floor", "bill_count"], code=TEXT, floor=NUMBER,
               bill_count={**NUMBER, "description": "Number of bills of this rack."})  # fmt: skip
FILE = _object(["id", "name", "size"], id=NUMBER, name=TEXT, label=TEXT, size=NUMBER)
OPTIONS = _object(["name"], name=TEXT, zone=TEXT)
MISSING, ONLY_DRAFTS = (
    {"404": {"description": "The rack does not exist."}},
    {"409": {"description": "Lines are added to draft bills only."}},
)


def _one(read, **others):
    return {"parameters": [KEY], "get": {"responses": {**_reply(read), **NONE}}, **others}


def _write(body, reply, status="200", more=None, media="application/json"):
    return {
        "requestBody": {"required": True, "content": _content(body, media)},
        "responses": {**_reply(reply, status), **(more or {})},
    }


GONE = {"responses": {"204": {"description": "gone"}, **NONE}}
SEARCH = {"name": "q", "in": "query", "schema": TEXT, "description": "Finds a text in the e-mail, whatever the case."}
STATES = {
    "name": "state",
    "in": "query",
    "schema": {"anyOf": [{"type": "array", "items": {**TEXT, "enum": ["draft", "sent"]}}, {"type": "null"}]},
}
SUMMARY = _object(["bills", "drafts", "revenue"], bills={**NUMBER, "description": "Number of bills."},
                  drafts={**NUMBER, "description": "Number of draft bills."},
                  revenue={**NUMBER, "description": "Sum of the totals of all bills."})  # fmt: skip
UPLOAD = _object(["file"], file={**TEXT, "format": "binary"}, label=TEXT)
DESK = {
    "openapi": "3.1.0",
    "info": {"title": "Desk", "version": "1"},
    "paths": {
        "/racks": {"get": {"responses": _reply({"type": "array", "items": RACK})}, "post": _write(NEW_RACK, RACK, "201")},
        "/racks/{code}": {"parameters": [{**KEY, "name": "code", "schema": TEXT}], "get": {"responses": {**_reply(RACK), **NONE}}, "delete": GONE},
        "/bills": {"get": {"parameters": [SEARCH, STATES], "responses": _reply({"type": "array", "items": BILL})}, "post": _write(NEW_BILL, BILL, "201", MISSING)},
        "/bills/{id}": _one(BILL, patch=_write({**NEW_BILL, "required": []}, BILL, more=MISSING | NONE), delete=GONE),
        "/bills/{id}/send": {"parameters": [KEY], "post": _write(_object(["reason"], reason=TEXT), BILL, more={"409": {"description": "Only draft bills can be sent."}})},
        "/bills/{id}/lines": {"parameters": [KEY], "post": _write(NEW_LINE, BILL, "201", {**NONE, **ONLY_DRAFTS})},
        "/bills/{id}/lines/{line}": {"parameters": [KEY, {**KEY, "name": "line"}], "delete": GONE},
        "/files": {"get": {"responses": _reply({"type": "array", "items": FILE})}, "post": _write(UPLOAD, FILE, "201", media="multipart/form-data")},
        "/files/{id}": _one(FILE, delete=GONE),
        "/files/{id}/content": {"parameters": [KEY], "get": {"responses": {"200": {"description": "the file", "content": _content(
            {**TEXT, "format": "binary"}, "application/octet-stream")}, **NONE}}},
        "/summary": {"get": {"responses": _reply(SUMMARY)}},
        "/options": {"get": {"responses": _reply(OPTIONS)}, "patch": _write({**OPTIONS, "required": []}, OPTIONS)},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    (file := tmp_path_factory.mktemp("desk") / "desk.json").write_text(json.dumps(DESK))
    return file


def saying(place, **change):
    """Alters members of the record that is answered."""

    def alter(where, wire):
        if where == place and wire.status < 300:
            wire.say(
                {**wire.value, **{name: one(wire.value) if callable(one) else one for name, one in change.items()}}
            )

    return alter


def no_mail(where, wire):
    if where == "GET /bills" and "@" in unquote(wire.query):
        wire.say([])


def first_alone(where, wire):
    if where == "GET /bills" and wire.query.count("state=") > 1:
        wire.say([one for one in wire.value if f"state={one['state']}" == wire.query.partition("&")[0]])


def unfiltered():
    known = {}

    def alter(where, wire):
        if where == "GET /bills":
            known.setdefault("all", wire.value) if not wire.query else None
            wire.say(known.get("all", [])) if wire.query == "state=sent" else None

    return alter


def unsaid(where, wire):
    if where in ("GET /bills/{id}", "POST /bills/{id}/send") and wire.status == 200:
        wire.say({**wire.value, "sent_reason": None})


def taking_any(where, wire):
    if where == "POST /racks" and wire.status == 400:
        wire.say({}, 201)


def cut_short(where, wire):
    if where == "GET /files/{id}/content":
        wire.body = wire.body[:-1]


def taking_all(where, wire):
    """Takes the key of a rack that is not there."""
    if where == "POST /bills" and wire.status == 404:
        wire.say({"id": 1, "lines": []}, 201)


def adding_always(where, wire):
    if where == "POST /bills/{id}/lines" and wire.status == 409:
        wire.say({}, 201)


def keeping_lines():
    known = {}

    def alter(where, wire):
        if where == "GET /bills/{id}" and wire.status == 200:
            lines = known.setdefault(wire.value["id"], {})
            lines.update({one["id"]: one for one in wire.value["lines"]})
            wire.say({**wire.value, "lines": [*lines.values()]})

    return alter


FAULTS = [
    ("document_sums", saying("GET /bills/{id}", total=1), "does not say what its description says (total)"),
    ("document_sums", saying("GET /bills/{id}", lines=lambda bill: [{**one, "amount": 1} for one in bill["lines"]]), "(amount, total)"),
    ("document_searches", no_mail, "a search does not find the record with its text"),
    ("document_constraints", taking_any, "a body whose floor is between two multiples is answered 201"),
    ("document_choices", first_alone, "state of several values does not find a record of one of them"),
    ("document_filters", unfiltered(), "state finds records of another state"),
    ("document_totals", saying("GET /summary", bills=7), "bills does not count what is made"),
    ("document_totals", saying("GET /summary", drafts=0), "drafts does not count what is made"),
    ("document_totals", saying("GET /summary", revenue=lambda summary: summary["bills"]), "revenue does not count what is made"),
    ("document_words", saying("GET /racks/{code}", bill_count=0), "bill_count does not count what is made"),
    ("document_files", saying("GET /files/{id}", size=lambda file: file["size"] + 1), "size is not the number of bytes"),
    ("document_files", cut_short, "a file is not downloaded as it was uploaded"),
    ("document_files", saying("GET /files/{id}", label="none"), "what was sent with a file reads differently"),
    ("document_references", taking_all, "a rack that is not there is answered 201"),
    ("document_states", adding_always, "where state is 'sent', though its document forbids it"),
    ("document_actions", unsaid, "what an action is told is not seen by the next read (sent_reason)"),
    ("document_entries", keeping_lines(), "an entry that is removed is still in lines"),
    ("document_singles", saying("GET /options", zone=lambda options: options["name"]), "PATCH of the one record changes what it does not send"),
    ("document_stamps", saying("GET /bills/{id}", updated_at="2020-01-01T00:00:00Z"), "a change does not change when a record was last changed"),
]  # fmt: skip


def test_a_right_server_is_judged_by_each_and_not_blamed(desk, monkeypatch):
    suites = {suite for suite, _, _ in FAULTS}
    verdict = checked(desk, monkeypatch, suites)
    assert not [(one.check, one.cause, one.detail) for one in verdict.findings]
    assert {one.check.suite for one in verdict.results if one.has_judged} == suites
    assert not [(one.check.name, one.reason) for one in verdict.results if one.planned and not one.has_judged]


@pytest.mark.parametrize(("suite", "fault", "cause"), FAULTS)
def test_a_server_that_does_otherwise_is_found(desk, monkeypatch, suite, fault, cause):
    verdict = checked(desk, monkeypatch, {suite}, fault)
    assert any(cause in one.cause for one in verdict.findings), [one.cause for one in verdict.findings]


def test_what_is_lent_to_one_is_lent_to_no_other_and_yet_is_checked(desk, monkeypatch):
    taken = set()

    def alter(where, wire):
        if where == "POST /bills" and wire.status == 201:
            rack = wire.value["rack"]
            wire.status = 409 if rack in taken else 201
            taken.add(rack)

    verdict = checked(desk, monkeypatch, {"any_document", "document_records"}, alter)
    assert not [one.reason for one in verdict.results if one.planned and not one.has_judged and one.resource == "bills"]


def test_the_mock_begins_with_keys_that_lead_somewhere_and_does_what_the_words_say(tmp_path: Path):
    (file := tmp_path / "desk.json").write_text(json.dumps(DESK))
    caller = create_app(spec=file).test_client()
    for one in caller.get("/bills").json:
        assert caller.get(f"/racks/{one['rack']}").status_code == 200
    assert (
        caller.post(
            "/bills", json={"email": "a", "rack": "nowhere", "lines": [{"quantity": 2, "price": 2}]}
        ).status_code
        == 404
    )
    rack = caller.post("/racks", json={"code": "oak", "floor": 10}).json
    assert rack["bill_count"] == 0
    before = caller.get("/summary").json
    bill = caller.post("/bills", json={"email": "a", "rack": "oak", "lines": [{"quantity": 2, "price": 2}]}).json
    after = caller.get("/summary").json
    assert [after[one] - before[one] for one in ("bills", "drafts", "revenue")] == [1, bill["state"] == "draft", 4]
    assert caller.get("/racks/oak").json["bill_count"] == 1
    assert caller.post(f"/bills/{bill['id']}/send", json={"reason": "due"}).status_code == 200
    assert caller.post(f"/bills/{bill['id']}/lines", json={"quantity": 2, "price": 2}).status_code == 409


def test_a_default_of_the_request_alone_and_null_for_what_a_replacement_leaves_out(tmp_path: Path):
    new = _object(["name"], name=TEXT, minutes={**NUMBER, "default": 5}, contact={"type": ["string", "null"]})
    stop = _object(
        ["id", "name", "minutes", "contact"], id=NUMBER, name=TEXT, minutes=NUMBER, contact={"type": ["string", "null"]}
    )
    paths = {"/stops": {"get": {"responses": _reply({"type": "array", "items": stop})}, "post": _write(new, stop, "201")},
             "/stops/{id}": _one(stop, put=_write(new, stop))}  # fmt: skip
    (file := tmp_path / "stops.json").write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "", "version": "1"}, "paths": paths})
    )
    caller = create_app(spec=file).test_client()
    made = caller.post("/stops", json={"name": "a", "contact": "b"}).json
    assert made["minutes"] == 5
    assert caller.put(f"/stops/{made['id']}", json={"name": "c", "minutes": 7}).json == {
        **made,
        "name": "c",
        "minutes": 7,
        "contact": None,
    }
    assert caller.put(f"/stops/{made['id']}", json={"name": "c"}).json["minutes"] == 5


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("The rack does not exist.", "422"),
        ("Something that the record refers to is unknown", "422"),
        ("No such bill", ""),
        ("Invalid", ""),
    ],
)
def test_words_of_a_refusal_tell_which_keys_must_lead_somewhere(words, status):
    assert refusal_of_missing({"422": words, "200": "The rack does not exist."}, "racks") == status


@pytest.mark.parametrize("words", ["Folder not found.", "A folder with that ID does not exist."])
def test_words_about_the_record_of_the_path_are_of_no_member(tmp_path: Path, words: str) -> None:
    number = {"type": "integer"}
    folder = {"type": "object", "properties": {"id": number, "name": {"type": "string"}, "parent_id": number}}
    told = collection(folder, folder, path="/folders")
    told["paths"]["/folders/{id}"]["patch"] = {
        "requestBody": body(folder), "responses": {"204": {"description": "Done."}, "404": {"description": words}}}  # fmt: skip
    caller = client(told, tmp_path)
    assert caller.get("/folders").status_code == 200
    assert caller.patch("/folders/1", json={"parent_id": 77}).status_code == 204
