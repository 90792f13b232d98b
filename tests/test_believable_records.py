"""Records that make sense, in the first world and when they are made or changed: what belongs together agrees."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from test_any_document import body, client, collection, document, parameter, reply

TEXT, NUMBER, AMOUNT = {"type": "string"}, {"type": "integer"}, {"type": "number"}
MOMENT, DAY = TEXT | {"format": "date-time"}, TEXT | {"format": "date"}
TOLD = TEXT | {"readOnly": True}
MERGE = {"Content-Type": "application/merge-patch+json"}


def kept(record: dict[str, Any], sent: dict[str, Any], path: str = "/things") -> Any:
    """The paths of a collection whose records can be made, read and changed."""
    paths = collection(record, sent, path=path)["paths"]
    told = {"requestBody": body(sent), "responses": {"200": reply(record)}}
    merge = {"requestBody": {"content": {MERGE["Content-Type"]: {"schema": sent}}}, "responses": {"200": reply(record)}}
    return paths | {f"{path}/{{id}}": {**paths[f"{path}/{{id}}"], "put": told, "patch": merge}}


def things(folder: Path, shown: dict[str, Any], sent: dict[str, Any]) -> Any:
    """A client of a collection whose records show, beside an ``id``, other members than bodies hold."""
    record = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, **shown}}
    return client(document(kept(record, {"type": "object", "properties": sent})), folder)


@pytest.mark.parametrize(
    ("sent", "shown", "follows"),
    [
        ({"firstName": "Ada", "lastName": "Lee"}, {"firstName": TEXT, "lastName": TEXT, "fullName": TOLD, "initials": TEXT},
         {"fullName": "Ada Lee", "initials": "AL"}),
        ({"birth_date": "1990-04-19"}, {"birth_date": DAY, "age": NUMBER}, {"age": 34}),
        ({"start": "2025-05-01T10:00:00+02:00", "durationMinutes": 45}, {"start": MOMENT, "durationMinutes": NUMBER, "end": MOMENT},
         {"end": "2025-05-01T10:45:00+02:00"}),
        ({"starts_at": "2025-05-01T10:00:00Z", "ends_at": "2025-05-01T12:00:00Z"},
         {"starts_at": MOMENT, "ends_at": MOMENT, "duration_hours": NUMBER}, {"duration_hours": 2}),
        ({"startTime": "2025-05-01T10:00:00Z", "duration": "PT1H30M"}, {"startTime": MOMENT, "duration": TEXT, "endTime": MOMENT},
         {"endTime": "2025-05-01T11:30:00Z"}),
        ({"checkIn": "2025-05-01", "checkOut": "2025-05-04"}, {"checkIn": DAY, "checkOut": DAY, "nights": NUMBER}, {"nights": 3}),
        ({"quantity": 3, "unitPrice": 2.5}, {"quantity": NUMBER, "unitPrice": AMOUNT, "total": AMOUNT}, {"total": 7.5}),
        ({"items": [{"quantity": 2, "price": 4}]}, {"items": {"type": "array", "items": {"type": "object", "properties": {
            "quantity": NUMBER, "price": AMOUNT, "subtotal": AMOUNT}}}, "itemCount": NUMBER, "total": AMOUNT},
         {"items": [{"quantity": 2, "price": 4, "subtotal": 8.0}], "total": 8.0}),
        ({"title": "How to train it?", "body": "two words"}, {"title": TEXT, "body": TEXT, "slug": TOLD, "wordCount": NUMBER},
         {"slug": "how-to-train-it", "wordCount": 2}),
        ({"dueDate": "2025-04-28"}, {"dueDate": DAY, "daysLeft": NUMBER}, {"daysLeft": 10}),
        ({"capacity": 20, "enrolled": 20}, {"capacity": NUMBER, "enrolled": NUMBER, "spots_left": NUMBER, "isFull": {"type": "boolean"}},
         {"spots_left": 0, "isFull": True}),
    ],
)  # fmt: skip
def test_what_only_the_server_can_say_follows_from_what_was_sent(
    tmp_path: Path, sent: dict[str, Any], shown: dict[str, Any], follows: dict[str, Any]
) -> None:
    caller = things(tmp_path, shown, {name: shown[name] for name in sent})
    made = caller.post("/things", json=sent)
    assert made.status_code == 201
    assert {name: made.json.get(name) for name in (*sent, *follows)} == sent | follows


def test_what_follows_is_worked_out_again_when_what_it_follows_from_changes(tmp_path: Path) -> None:
    shown = {"firstName": TEXT, "lastName": TEXT, "fullName": TOLD, "nickname": TEXT}
    caller = things(tmp_path, shown, {"firstName": TEXT, "lastName": TEXT, "nickname": TEXT})
    made = caller.post("/things", json={"firstName": "Ada", "lastName": "Lee"}).json
    assert caller.patch(f"/things/{made['id']}", json={"lastName": "Ray"}, headers=MERGE).json["fullName"] == "Ada Ray"


def test_what_a_client_says_or_could_have_said_is_left_alone(tmp_path: Path) -> None:
    shown = {"start": MOMENT, "end": MOMENT, "minutes": NUMBER, "name": TEXT, "firstName": TEXT, "lastName": TEXT}
    caller = things(tmp_path, shown, shown)
    said = {"start": "2025-05-01T10:00:00Z", "end": "2025-05-01T11:00:00Z", "firstName": "Ada", "lastName": "Lee"}
    assert caller.post("/things", json={**said, "name": "A. L."}).json.items() >= {**said, "name": "A. L."}.items()
    made = caller.post("/things", json=said).json
    assert "name" not in made
    assert (
        caller.patch(f"/things/{made['id']}", json={"start": "2025-05-01T09:00:00Z"}, headers=MERGE).json["end"]
        == said["end"]
    )


@pytest.mark.parametrize(
    ("names", "form", "least", "most"),
    [
        (("start", "end"), MOMENT, timedelta(minutes=15), timedelta(hours=3)),
        (("startsAt", "endsAt"), MOMENT, timedelta(minutes=15), timedelta(hours=3)),
        (("departure_time", "arrival_time"), MOMENT, timedelta(minutes=15), timedelta(hours=12)),
        (("checkIn", "checkOut"), MOMENT, timedelta(days=1), timedelta(days=14)),
        (("from", "to"), DAY, timedelta(days=1), timedelta(days=14)),
        (("valid_from", "valid_until"), DAY, timedelta(days=365), timedelta(days=730)),
    ],
)  # fmt: skip
def test_a_first_record_begins_and_ends_as_such_things_do(
    tmp_path: Path, names: tuple[str, str], form: dict[str, Any], least: timedelta, most: timedelta
) -> None:
    for one in things(tmp_path, dict.fromkeys(names, form), {}).get("/things").json:
        start, end = (datetime.fromisoformat(one[name]) for name in names)
        assert least <= end - start <= most


def test_what_is_booked_to_the_minute_is_so_by_the_hour(tmp_path: Path) -> None:
    members = {"starts_at": MOMENT, "ends_at": MOMENT, "start_date": DAY, "end_date": DAY}
    record = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, **members}}
    for one in client(document(kept(record, record, "/bookings")), tmp_path).get("/bookings").json:
        start, end, first, last = (datetime.fromisoformat(one[name]) for name in members)
        assert end - start <= timedelta(hours=2)
        assert last - first >= timedelta(days=3)


def test_a_first_record_lasts_as_long_as_it_says(tmp_path: Path) -> None:
    shown = {"start": MOMENT, "end": MOMENT, "durationMinutes": NUMBER | {"minimum": 10, "maximum": 120}}
    for one in things(tmp_path, shown, {}).get("/things").json:
        start, end = (datetime.fromisoformat(one[name]) for name in ("start", "end"))
        assert end - start == timedelta(minutes=one["durationMinutes"])


STATES = {"status": TEXT | {"enum": ["pending", "paid", "shipped", "cancelled"]}}
LIFE = STATES | {
    "paidAt": MOMENT, "shipped_at": {"type": ["string", "null"], "format": "date-time"}, "cancelReason": TEXT, "cancelledBy": TEXT,
    "cancellationDate": DAY, "note": TEXT,
}  # fmt: skip


def test_what_belongs_to_a_state_is_not_there_before_it(tmp_path: Path) -> None:
    caller = things(tmp_path, LIFE, STATES)
    for one in caller.get("/things").json:
        reached = STATES["status"]["enum"].index(one["status"])
        assert ("paidAt" in one, one["shipped_at"] is not None) == (reached >= 1, reached >= 2)
        assert not {"cancelReason", "cancelledBy", "cancellationDate"} & one.keys()
        assert one["note"]


def test_what_belongs_to_a_state_is_set_with_it(tmp_path: Path) -> None:
    caller = things(tmp_path, LIFE, STATES)
    made = caller.post("/things", json={"status": "pending"}).json
    assert "paidAt" not in made
    paid = caller.patch(f"/things/{made['id']}", json={"status": "paid"}, headers=MERGE).json
    assert paid["paidAt"] == "2025-04-18T12:00:00Z"
    over = caller.patch(f"/things/{made['id']}", json={"status": "cancelled"}, headers=MERGE).json
    assert over["cancellationDate"] == "2025-04-18"


def test_a_new_record_holds_a_copy_of_the_one_that_its_key_names(tmp_path: Path) -> None:
    person = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "name": TEXT, "email": TEXT}}
    visit = {"type": "object", "required": ["id"], "properties": {
        "id": NUMBER, "patientId": NUMBER, "patient": {"type": "object", "properties": {"id": NUMBER, "name": TEXT}}}}  # fmt: skip
    said = {"type": "object", "properties": {"patientId": NUMBER}}
    caller = client(document(kept(person, person, "/patients") | kept(visit, said, "/visits")), tmp_path)
    first, other = caller.get("/patients").json[:2]
    made = caller.post("/visits", json={"patientId": first["id"]}).json
    assert made["patient"] == {"id": first["id"], "name": first["name"]}
    moved = caller.patch(f"/visits/{made['id']}", json={"patientId": other["id"]}, headers=MERGE).json
    assert moved["patient"] == {"id": other["id"], "name": other["name"]}


WORDS = st.fixed_dictionaries({}, optional={
    "pattern": st.sampled_from(["^[A-Z][0-9]{9}$", "^[a-z]{3,8}$", "^INV-[0-9]{4}$"]),
})  # fmt: skip
TIGHTER = st.one_of(
    WORDS.map(lambda more: (TEXT, TEXT | more)),
    st.integers(1, 12).map(lambda most: (TEXT, TEXT | {"maxLength": most})),
    st.integers(20, 40).map(lambda least: (TEXT, TEXT | {"minLength": least})),
    st.lists(st.sampled_from(["red", "blue", "green"]), min_size=1, unique=True).map(lambda one: (TEXT, TEXT | {"enum": one})),
    st.integers(500, 900).map(lambda least: (NUMBER, NUMBER | {"minimum": least, "maximum": least + 3})),
    st.sampled_from([5, 7]).map(lambda step: (AMOUNT, AMOUNT | {"multipleOf": step})),
    st.just(({"type": ["string", "null"]}, TEXT)),
    st.just(({"type": "object", "properties": {"zip": TEXT}}, {"type": "object", "properties": {"zip": TEXT | {"pattern": "^[0-9]{5}$"}}})),
    st.just(({"type": "array", "items": TEXT}, {"type": "array", "items": TEXT | {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True})),
)  # fmt: skip
NAMES = st.sampled_from(
    ["name", "code", "insuranceNumber", "color", "status", "amount", "address", "tags", "cancelledAt"]
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(members=st.dictionaries(NAMES, TIGHTER, min_size=1, max_size=4))
def test_a_first_record_can_be_sent_back_as_it_was_read(tmp_path: Path, members: dict[str, Any]) -> None:
    shown, sent = ({name: pair[index] for name, pair in members.items()} for index in (0, 1))
    record = {"type": "object", "required": ["id", *shown], "properties": {"id": NUMBER, **shown}}
    said = {"type": "object", "additionalProperties": False, "properties": sent}
    caller = client(document(kept(record, said)), tmp_path)
    for one in caller.get("/things").json:
        edited = {name: value for name, value in one.items() if name in sent}
        assert caller.put(f"/things/{one['id']}", json=edited).status_code == 200, edited
        assert caller.patch(f"/things/{one['id']}", json=edited, headers=MERGE).status_code == 200, edited


def test_a_record_calls_another_as_that_calls_itself(tmp_path: Path) -> None:
    person = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "firstName": TEXT, "lastName": TEXT}}
    lesson = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": NUMBER, "teacherId": NUMBER, "teacherName": TEXT},
    }
    said = {"type": "object", "properties": {"teacherId": NUMBER}}
    caller = client(document(kept(person, person, "/teachers") | kept(lesson, said, "/lessons")), tmp_path)
    names = {one["id"]: f"{one['firstName']} {one['lastName']}" for one in caller.get("/teachers").json}
    lessons = [*caller.get("/lessons").json, caller.post("/lessons", json={"teacherId": 2}).json]
    assert [one["teacherName"] for one in lessons] == [names[one["teacherId"]] for one in lessons]


@pytest.mark.parametrize(
    ("path", "member", "said"),
    [
        ("/doctors", {"title": TEXT, "specialty": TEXT, "name": TEXT}, {"title": r"Dr\."}),
        ("/guests", {"title": TEXT, "firstName": TEXT, "email": TEXT}, {"title": "Ms|Mr"}),
        ("/offices", {"room": TEXT, "opensAt": TEXT | {"pattern": r"^\d\d:\d\d$"}}, {"room": r".*\d.*", "opensAt": "[01].:[03]0"}),
        ("/vehicles", {"make": TEXT, "licensePlate": TEXT | {"pattern": "^[A-Z]{2}-[0-9]{3}-[A-Z]{2}$"}}, {"make": "Toyota|Volvo|Skoda|Renault|Ford"}),
        ("/books", {"isbn": TEXT, "pages": NUMBER}, {"isbn": r"978\d{10}"}),
        ("/payments", {"iban": TEXT, "currency": TEXT}, {"iban": r"DE\d{20}", "currency": "EUR"}),
        ("/gadgets", {"size": TEXT | {"example": "pocket"}}, {"size": "pocket|S|M|L|XL"}),
    ],
)  # fmt: skip
def test_a_member_holds_what_such_a_thing_has(
    tmp_path: Path, path: str, member: dict[str, Any], said: dict[str, str]
) -> None:
    record = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, **member}}
    for one in client(collection(record, record, path=path), tmp_path).get(path).json:
        assert {name: one[name] for name, pattern in said.items() if not re.fullmatch(pattern, one[name])} == {}


def test_the_only_record_of_a_path_can_be_sent_back_as_it_is_at_first(tmp_path: Path) -> None:
    shown = {"type": "object", "properties": {"code": TEXT, "birthDate": DAY, "age": NUMBER}}
    sent = {"type": "object", "properties": {"code": TEXT | {"pattern": "^[A-Z]{3}[0-9]{4}$"}, "birthDate": DAY}}
    put = {"requestBody": body(sent), "responses": {"200": reply(shown)}}
    caller = client(document({"/settings": {"get": {"responses": {"200": reply(shown)}}, "put": put}}), tmp_path)
    first = caller.get("/settings").json
    assert first["age"] == (date(2025, 4, 18) - date.fromisoformat(first["birthDate"])).days // 365.25
    assert caller.put("/settings", json=first).status_code == 200


def test_the_only_record_of_a_path_is_as_at_first_whenever_somebody_looks(tmp_path: Path) -> None:
    event = {"properties": {"name": TEXT, "startsAt": MOMENT, "capacity": {**NUMBER, "maximum": 3}, "enrolled": NUMBER}}
    shown = {"responses": {"200": reply({"type": "object", **event})}}
    paths = {f"/event/{n}": {"get": shown, "put": {"requestBody": body({"type": "object"}), **shown}} for n in "abc"}
    early, late = (client(document(paths), tmp_path, clock="frozen") for _ in range(2))
    late.application.extensions["mockserver"].clock.advance(timedelta(days=90))
    for path in paths:
        found = early.get(path).json
        assert found["enrolled"] <= found["capacity"]
        assert late.get(path).json == found


@pytest.mark.parametrize("seed", range(4))
def test_two_first_records_of_one_title_are_found_by_slugs_of_their_own(tmp_path: Path, seed: int) -> None:
    post = {"type": "object", "properties": {"slug": TEXT, "title": TEXT, "text": TEXT}}
    listed = {"get": {"responses": {"200": reply({"type": "array", "items": post})}}}
    one = {"parameters": [parameter("slug", TEXT)], "get": {"responses": {"200": reply(post)}}}
    caller = client(document({"/posts": listed, "/posts/{slug}": one}), tmp_path, seed=seed)
    slugs = [one["slug"] for one in caller.get("/posts").json]
    assert len({*slugs}) == len(slugs) > 1
    assert [caller.get(f"/posts/{one}").json["slug"] for one in slugs] == slugs


@pytest.mark.parametrize("seed", range(3))
def test_a_first_record_is_of_the_alternative_that_it_names_and_of_no_other(tmp_path: Path, seed: int) -> None:
    kind = TEXT | {"enum": ["script", "job"]}
    held = {"script": {"code": TEXT}, "job": {"job_id": TEXT}}
    schemas = {
        name: {"type": "object", "required": ["id", "kind", "data"], "properties": {
            "id": NUMBER, "kind": kind, "data": {"type": "object", "required": [*data], "properties": data}}}
        for name, data in held.items()
    }  # fmt: skip
    links = {name: f"#/components/schemas/{name}" for name in schemas}
    task = {"oneOf": [{"$ref": one} for one in links.values()],
            "discriminator": {"propertyName": "kind", "mapping": links}}  # fmt: skip
    caller = client(document(kept(task, task, "/tasks")) | {"components": {"schemas": schemas}}, tmp_path, seed=seed)
    assert all([*one["data"]] == [*held[one["kind"]]] for one in caller.get("/tasks").json)


def test_what_belongs_to_another_state_is_missing_where_null_is_not_among_the_listed_values(tmp_path: Path) -> None:
    reason = TEXT | {"enum": ["duplicate", "fraud"], "nullable": True}
    shown = {"status": TEXT | {"enum": ["open", "canceled"]}, "cancellation_reason": reason}
    record = {"type": "object", "properties": {"id": NUMBER, **shown}}
    caller = client(document(kept(record, record)) | {"openapi": "3.0.3"}, tmp_path)
    assert all(one.get("cancellation_reason", "none") is not None for one in caller.get("/things").json)


def test_a_first_record_is_not_found_by_the_name_that_clients_send_as_the_example(tmp_path: Path) -> None:
    shown = {"id": TEXT, "name": TEXT, "size": NUMBER}
    sent = {"type": "object", "properties": {"name": TEXT | {"pattern": "^[a-z-]{3,}$", "example": "a-name"}}}
    record = {"type": "object", "required": [*shown], "properties": shown}
    paths = kept(record, sent, "/projects")
    one = {**paths.pop("/projects/{id}"), "parameters": [parameter("idOrName", TEXT)]}
    caller = client(document(paths | {"/projects/{idOrName}": one}), tmp_path)
    assert caller.get("/projects/a-name").status_code == 404
    made = caller.post("/projects", json={"name": "a-name"}).json
    assert caller.get("/projects/a-name").json == made


def test_a_new_record_begins_with_what_only_the_server_says_of_it(tmp_path: Path) -> None:
    shown = {"title": TEXT, "archived": {"type": "boolean"}, "is_active": {"type": "boolean"}, "view_count": NUMBER,
             "pinned": {"type": "boolean"}, "size": NUMBER}  # fmt: skip
    caller = things(tmp_path, shown, {"title": TEXT, "pinned": {"type": "boolean"}})
    made = caller.post("/things", json={"title": "x"}).json
    assert {name: made.get(name) for name in shown} == {
        "title": "x", "archived": False, "is_active": True, "view_count": 0, "pinned": None, "size": None}  # fmt: skip


def test_places_and_vectors_are_no_empty_lists_however_deep_they_stand(tmp_path: Path) -> None:
    def holding(**members: Any) -> dict[str, Any]:
        return {"type": "object", "required": [*members], "properties": members}

    point = holding(coordinates={"type": "array", "items": {"type": "number"}})
    answer = holding(trips={"type": "array", "items": holding(stop=holding(point=point))})
    path = {"get": {"responses": {"200": reply(answer)}}}
    caller = client(document({"/route": path}), tmp_path)
    assert caller.get("/route").json["trips"][0]["stop"]["point"]["coordinates"]
