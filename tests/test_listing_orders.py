"""The order in which clients ask for a list, however they spell it; and the words that they look for."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.handlers.planned.lists.ordering import asked_order
from test_any_document import body, client, collection, document, parameter, reply

TEXT, TRUTH = {"type": "string"}, {"type": "boolean"}
MEMBERS = {"name": "name", "price": "price", "createdat": "created_at", "firstname": "firstName"}
UP, DOWN = (("name", False),), (("name", True),)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ({"sort": "name"}, UP), ({"sort": "-name"}, DOWN), ({"sort": "+name"}, UP), ({"sort": "name:desc"}, DOWN),
        ({"$orderby": "name desc"}, DOWN), ({"sortOrder": "name_desc"}, DOWN), ({"sort": "nameDesc"}, DOWN),
        ({"sort": "name.asc"}, UP), ({"sort": "desc(name)"}, DOWN), ({"sort": "name,DESC"}, DOWN),
        ({"sort": "name", "direction": "desc"}, DOWN), ({"order_by": "name", "sort": "desc"}, DOWN),
        ({"sort_by": "name", "order": "asc"}, UP), ({"sort": ["name"], "order": "descending"}, DOWN),
        ({"sort": "price,-name"}, (("price", False), ("name", True))),
        ({"sort": ["price:desc", "name"]}, (("price", True), ("name", False))),
        ({"sort": "price,name", "order": "desc,asc"}, (("price", True), ("name", False))),
        ({"sort": "first_name"}, (("firstName", False),)), ({"sort": "created"}, (("created_at", False),)),
        ({"sort": "newest"}, (("created_at", True),)), ({"sort": "oldest"}, (("created_at", False),)),
        ({"sort": "weight"}, ()), ({"sort": ["name,asc", "price,desc"]}, (("name", False), ("price", True))), ({"sort": "name,-name"}, UP), ({"sort": "", "order": ","}, ()), ({"sort": "-"}, ()),
    ],
)  # fmt: skip
def test_an_order_is_read_however_it_is_spelt(asked: dict[str, Any], order: Any) -> None:
    assert asked_order(MEMBERS, asked, "created_at") == order


def test_a_list_is_ordered_by_several_members_and_found_by_the_words_that_are_searched(tmp_path: Any) -> None:
    record = {"type": "object", "required": ["id"], "properties": {
        "id": {"type": "integer"}, "name": TEXT, "isDone": TRUTH, "roomId": {"type": "integer", "nullable": True},
        "roomName": TEXT | {"readOnly": True}}}  # fmt: skip
    sent = {"type": "object", "properties": {"name": TEXT, "isDone": TRUTH, "roomId": record["properties"]["roomId"]}}
    paths = collection(record, sent, path="/tasks")["paths"]
    listed, task = paths["/tasks"], paths["/tasks/{id}"]
    names = ("sortOrder", "searchString")
    listed["get"]["parameters"] = [
        *listed["get"].get("parameters", []),
        *(parameter(one, location="query") for one in names),
    ]
    task["put"] = {"requestBody": body(sent), "responses": {"200": reply(record)}}
    turn = {
        "/tasks/{id}/toggle": {"parameters": task["parameters"], "post": {"responses": {"200": {"description": ""}}}}
    }
    room = {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT}}
    rooms = collection(room, {"type": "object", "properties": {"name": TEXT}}, path="/rooms")["paths"]
    mock = client(document(paths | turn | rooms), tmp_path)
    made = [mock.post("/tasks", json={"name": name, "isDone": False}).json for name in ("Walk", "Bake", "Walk dog")]
    found = mock.get("/tasks?searchString=walk&sortOrder=isDone,-name").json
    assert [one["name"] for one in found] == ["Walk dog", "Walk"]
    at = f"/tasks/{made[0]['id']}"
    assert mock.post(f"{at}/toggle").status_code == 200
    assert mock.get(at).json["isDone"] is True
    assert [one["name"] for one in mock.get("/tasks?searchString=walk&sortOrder=isDone_desc").json] == [
        "Walk",
        "Walk dog",
    ]
    mock.post(f"{at}/toggle")
    assert mock.get(at).json["isDone"] is False
    there = mock.get("/rooms").json[0]
    assert mock.put(at, json={"name": "Walk", "roomId": there["id"]}).json["roomName"] == there["name"]
    assert "roomName" not in mock.put(at, json={"name": "Walk", "roomId": None}).json
