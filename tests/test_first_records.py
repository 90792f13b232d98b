"""The first records of any document, with the eyes of whoever builds a page on them: whole, believable, related."""

from __future__ import annotations

from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mockserver.contract.samples import subjects
from test_any_document import NAMED, body, client, collection, document, parameter, reply

TEXT = {"type": "string"}


def first(folder: Path, properties: dict[str, Any], path: str = "/things", **more: Any) -> list[dict[str, Any]]:
    """The first records of a collection whose records have these members, none of which they must have."""
    record = {"type": "object", "required": ["id"], "properties": {"id": TEXT, **properties}, **more}
    found: list[dict[str, Any]] = client(collection(record, NAMED, path=path), folder).get(path).json
    return found


def test_a_record_of_which_one_member_cannot_be_has_all_others(tmp_path: Path) -> None:
    impossible = {"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]}
    for one in first(tmp_path, {"title": TEXT, "grade": impossible, "note": TEXT}):
        assert one.keys() == {"id", "title", "note"}


def test_words_are_searched_in_texts_but_not_in_addresses(tmp_path: Path) -> None:
    record = {"type": "object", "properties": {"id": TEXT, "name": TEXT, "url": TEXT}}
    told = collection(record, record)
    told["paths"]["/things"]["get"]["parameters"] = [{"name": "q", "in": "query", "schema": TEXT}]
    caller = client(told, tmp_path, seed_records=0)
    for name, url in (("Example", "https://here.org/a"), ("Other", "https://example.com/b")):
        caller.post("/things", json={"name": name, "url": url})
    assert [one["name"] for one in caller.get("/things?q=exam").json] == ["Example"]


@pytest.mark.parametrize(("own", "found"), [([], 2), (["open", "all"], 1)])
def test_a_word_for_all_finds_all_unless_records_have_it(tmp_path: Path, own: list[str], found: int) -> None:
    state = TEXT | ({"enum": own} if own else {})
    record = {"type": "object", "properties": {"id": TEXT, "state": state}}
    told = collection(record, record)
    told["paths"]["/things"]["get"]["parameters"] = [
        {"name": "state", "in": "query", "schema": TEXT | {"enum": ["open", "closed", "all"]}}
    ]
    caller = client(told, tmp_path, seed_records=0)
    for one in ("open", own[-1] if own else "closed"):
        assert caller.post("/things", json={"state": one}).status_code == 201
    assert len(caller.get("/things?state=all").json) == found
    assert [one["state"] for one in caller.get("/things?state=open").json] == ["open"]


def test_one_person_has_one_name(tmp_path: Path) -> None:
    members = ("first_name", "lastName", "email", "username", "display_name", "name")
    for one in first(tmp_path, dict.fromkeys(members, TEXT), "/users"):
        whole = f"{one['first_name']} {one['lastName']}"
        assert one["name"] == one["display_name"] == whole
        assert one["username"].startswith(whole.replace(" ", ".").lower())
        assert one["email"] == f"{one['username']}@example.com"


def test_what_is_not_a_person_has_no_persons_name(tmp_path: Path) -> None:
    person = first(tmp_path, {"name": TEXT}, "/customers")[1]["name"]
    assert person.partition(" ")[2] in subjects._LAST
    field, company = (first(tmp_path, {"displayName": TEXT, "name": TEXT}, path)[1] for path in ("/fields", "/vendors"))
    [*_, pet] = first(tmp_path, {"name": TEXT, "birthDate": {"type": "string", "format": "date"}}, "/pets")
    assert not {field["displayName"].split()[-1], pet["name"].split()[-1]} & {*subjects._LAST}
    assert company["name"].endswith(("Works", "Partners", "Foods", "Labs", "Supplies"))


def test_an_address_is_in_one_country_and_its_state_is_not_a_status(tmp_path: Path) -> None:
    address = {"type": "object", "properties": dict.fromkeys(("city", "state", "country", "timezone"), TEXT)}
    for one in first(tmp_path, {"address": address, "state": TEXT}):
        assert one["state"] in ("active", "pending", "closed")
        assert one["address"]["state"] not in ("active", "pending", "closed")
        assert len(one["address"]["country"]) == 2
        assert "/" in one["address"]["timezone"]


def test_names_tell_moments_prices_and_addresses_where_no_format_does(tmp_path: Path) -> None:
    texts = ("created_at", "startTime", "end_date", "price", "email_address", "ip_address", "deviceUuid", "expires_at")
    numbers = {"created": {"type": "integer"}, "year": {"type": "integer"}, "rating": {"type": "number", "maximum": 3}}
    for one in first(tmp_path, {**dict.fromkeys(texts, TEXT), **numbers}):
        assert one["created_at"] <= one["startTime"] <= "2025-04-18T12:00:00Z" <= one["expires_at"]
        assert date.fromisoformat(one["end_date"])
        assert float(one["price"]) > 0
        assert one["email_address"].endswith("@example.com")
        assert ip_address(one["ip_address"])
        assert UUID(one["deviceUuid"])
        assert one["created"] > 1_600_000_000
        assert 2015 <= one["year"] <= 2025
        assert 1 <= one["rating"] <= 3


def test_what_kind_a_record_is_of_is_as_its_example_says(tmp_path: Path) -> None:
    kind = {"type": "string", "example": "invoice"}
    assert {one["type"] for one in first(tmp_path, {"type": kind})} == {"invoice"}


def test_items_of_a_list_are_whole_and_dates_within_are_in_order(tmp_path: Path) -> None:
    moment = {"type": "string", "format": "date-time"}
    line = {
        "type": "object",
        "properties": {
            "title": TEXT,
            "updated": moment,
            "created": moment,
            "more": {"type": "object", "properties": {"a": TEXT}},
        },
    }
    for one in first(tmp_path, {"lines": {"type": "array", "items": line}}):
        [found] = one["lines"]
        assert found.keys() == {"title", "created", "updated"}
        assert found["created"] <= found["updated"]


@pytest.mark.parametrize(
    ("before", "after"), [("createdAt", "respondedAt"), ("sentAt", "editedAt"), ("raised_at", "acknowledged_at")]
)
def test_what_follows_is_later(tmp_path: Path, before: str, after: str) -> None:
    moment = TEXT | {"format": "date-time"}
    assert all(one[before] <= one[after] for one in first(tmp_path, {after: moment, before: moment}))


def test_keys_in_lists_and_objects_are_of_records_that_are_there(tmp_path: Path) -> None:
    inner = {"type": "object", "properties": {"userId": {"type": "integer"}}}
    properties = {
        "id": TEXT,
        "user": {"type": "integer"},
        "user_ids": {"type": "array", "items": {"type": "integer"}},
        "assignment": inner,
    }
    told = collection({"type": "object", "properties": properties}, NAMED)
    told["paths"] |= collection(NAMED, NAMED, path="/users")["paths"]
    caller = client(told, tmp_path)
    users = {one["id"] for one in caller.get("/users").json}
    for one in caller.get("/things").json:
        assert {one["user"], *one["user_ids"], one["assignment"]["userId"]} <= users


def test_a_key_that_only_examples_show_is_the_records(tmp_path: Path) -> None:
    """As documents made of tests have it: the schema leaves the key out, and what a create answers is told by an example."""
    page = {"type": "object", "properties": {"title": TEXT}}
    told = collection(page, page, path="/pages")
    shown = {"id": 56, "title": "Shown"}
    told["paths"]["/pages/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["example"] = shown
    told["paths"]["/pages"]["post"]["responses"]["201"]["content"]["application/json"] = {"example": {**shown, "a": 1}}
    caller = client(told, tmp_path, seed_records=2)
    made = caller.post("/pages", json={"title": "Mine"}).json
    assert made["title"] == "Mine"
    assert made["id"] not in (None, 56)
    assert caller.get(f"/pages/{made['id']}").json == {"id": made["id"], "title": "Mine"}
    assert made["id"] in [one["id"] for one in caller.get("/pages").json]


def test_values_beside_a_currency_are_money_and_resources_of_json_api_have_a_type(tmp_path: Path) -> None:
    money = {"type": "object", "properties": {"currencyCode": TEXT, "value": TEXT}}
    attributes = {"type": "object", "properties": {"balance": money}}
    for one in first(tmp_path, {"type": TEXT, "attributes": attributes}, "/accounts"):
        assert one["type"] == "account"
        assert float(one["attributes"]["balance"]["value"]) > 0


def test_whoever_is_born_is_grown_up_and_placeholders_are_not_examples(tmp_path: Path) -> None:
    text = {"type": "string"}
    any_one = first(tmp_path, {"email": {"example": "any"}, "birthday": {**text, "example": "string"}}, "/people")[0]
    assert "@" in any_one["email"]
    assert int(any_one["birthday"][:4]) < 2008


def test_sums_add_up_and_counts_are_those_of_lists(tmp_path: Path) -> None:
    number, whole = {"type": "number"}, {"type": "integer"}
    line = {"type": "object", "properties": {"quantity": whole, "unit_price": number, "total": number}}
    members = {"items": {"type": "array", "items": line}, "itemCount": whole}
    money = dict.fromkeys(("subtotal", "tax", "discount", "total"), number)
    for one in first(tmp_path, {**members, **money}, "/orders"):
        [each] = one["items"]
        assert each["total"] == round(each["quantity"] * each["unit_price"], 2) == one["subtotal"]
        assert one["total"] == round(max(one["subtotal"] + one["tax"] - one["discount"], 0), 2)
        assert one["itemCount"] == 1


def test_addresses_and_what_is_said_to_be_an_id_lead_to_records_that_are_there(tmp_path: Path) -> None:
    address = {"type": "string", "format": "uri"}
    book = {"type": "object", "properties": {"id": {"type": "integer"}, "author": address, "url": {**address, "readOnly": True},
            "payer": {"type": "string", "description": "The ID of the author who pays."}}}  # fmt: skip
    told = collection(NAMED, NAMED)
    told["paths"] = {path.replace("/things", "/authors"): item for path, item in told["paths"].items()}
    more = collection(book, book)
    told["paths"] |= {path.replace("/things", "/books"): item for path, item in more["paths"].items()}
    caller = client(told, tmp_path)
    for one in caller.get("/books").json:
        for link in (one["author"], one["url"], f"/authors/{one['payer']}"):
            assert caller.get(link.removeprefix("http://localhost")).status_code == 200


def desk() -> dict[str, Any]:
    """Tickets of a project, with the links that the document shows of one."""
    uri = {"type": "string", "format": "uri"}
    links = dict.fromkeys(("url", "comments_url", "project_url", "parent_url", "site"), uri)
    ticket = {
        "type": "object",
        "required": ["number", *links],
        "properties": {"number": {"type": "integer"}, "title": TEXT, **links},
    }
    here = "https://api.desk.example/v2/projects/ada/tickets/7"
    shown = {"number": 7, "title": "A", "url": here, "comments_url": f"{here}/comments{{?page}}", "site": "https://desk.example/t/7",
             "project_url": "https://api.desk.example/v2/projects/ada", "parent_url": "https://api.desk.example/v2/projects/ada/tickets/3"}  # fmt: skip
    one, project, number = (
        reply(ticket, example=shown),
        parameter("project", TEXT),
        parameter("number", {"type": "integer"}),
    )
    told = document({
        "/projects/{project}": {"parameters": [project], "get": {"responses": {"200": reply(NAMED)}}},
        "/projects/{project}/tickets": {
            "parameters": [project],
            "get": {"responses": {"200": reply({"type": "array", "items": ticket})}},
            "post": {"requestBody": body({"type": "object"}), "responses": {"201": one}},
        },
        "/projects/{project}/tickets/{number}": {"parameters": [project, number], "get": {"responses": {"200": one}}},
        "/projects/{project}/tickets/{number}/comments": {
            "parameters": [project, number],
            "get": {"responses": {"200": reply({"type": "array", "items": NAMED})}},
        },
    })  # fmt: skip
    return {**told, "servers": [{"url": "https://api.desk.example/v2"}]}


def test_addresses_of_the_api_in_examples_lead_to_the_mock_however_it_is_reached(tmp_path: Path) -> None:
    caller = client(desk(), tmp_path)
    for host in ("localhost", "mock.test:8080"):
        shown = caller.get("/v2/projects/ada/tickets/7", headers={"Host": host}).json
        assert shown["url"] == f"http://{host}/v2/projects/ada/tickets/7"
        assert shown["comments_url"] == f"{shown['url']}/comments{{?page}}"
        assert shown["site"] == "https://desk.example/t/7"
    assert caller.get("/v2/projects/ada/tickets").json[-1] == caller.get("/v2/projects/ada/tickets/7").json


def test_a_new_record_has_the_links_that_an_example_shows(tmp_path: Path) -> None:
    caller = client(desk(), tmp_path)
    sent = {"title": "B", "site": "https://api.desk.example/v2/projects/ada"}
    made = caller.post("/v2/projects/bob/tickets", json=sent).json
    own = f"http://localhost/v2/projects/bob/tickets/{made['number']}"
    assert (made["url"], made["comments_url"]) == (own, f"{own}/comments{{?page}}")
    assert made["project_url"] == "http://localhost/v2/projects/bob"
    assert made["parent_url"] != own, "it is another ticket's"
    assert made["site"] == sent["site"], "what a client sends stays as it is"
    assert caller.get(own.removeprefix("http://localhost")).json == made
    for one in caller.get("/v2/projects/bob/tickets").json:
        assert one["url"].endswith(f"/tickets/{one['number']}")


def test_the_control_plane_shows_and_takes_addresses_as_clients_do(tmp_path: Path) -> None:
    caller = client(desk(), tmp_path)
    shown = caller.get("/v2/projects/ada/tickets/7").json
    records = "/__mock__/tenants/default/records/tickets"
    assert shown in caller.get(records).json["records"]
    put = caller.put(f"{records}/ada/9", json={**shown, "number": 9, "url": f"{shown['url']}?planted"}).json
    assert put["url"] == f"{shown['url']}?planted"
    elsewhere = caller.get("/v2/projects/ada/tickets/9", headers={"Host": "mock.test"}).json
    assert elsewhere["url"] == "http://mock.test/v2/projects/ada/tickets/7?planted"


def test_first_records_name_others_below_records_and_of_their_own_kind(tmp_path: Path) -> None:
    """A card on a board of a space is in a column of that board; where it is moved to is another than where from; a
    space is within one that was there before, and all of them are found though nobody has looked at any.
    """  # fmt: skip
    some, number = {"type": "array"}, {"type": "integer"}
    space = {"$ref": "#/components/schemas/Space"}
    board = {"type": "object", "properties": {"id": TEXT, "name": TEXT, "note": TEXT}}
    column = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "title": TEXT, "note": TEXT}}
    keys = ("board_id", "column_id", "from_column_id")
    card = {"type": "object", "required": [*keys, "space", "space_id"],
            "properties": {"id": TEXT, "space": space, "space_id": number, **dict.fromkeys(keys, TEXT)}}  # fmt: skip
    told = document(
        {
            "/spaces": {"get": {"responses": {"200": reply(some | {"items": space})}}},
            "/spaces/{space}/boards": {
                "parameters": [parameter("space", number)], "get": {"responses": {"200": reply(some | {"items": board})}}},
            "/boards/{board}": {"parameters": [parameter("board")], "get": {"responses": {"200": reply(board)}}},
            "/boards/{board}/columns": {
                "parameters": [parameter("board")], "get": {"responses": {"200": reply(some | {"items": column})}}},
            "/columns/{column}": {"parameters": [parameter("column")], "get": {"responses": {"200": reply(column)}}},
            "/cards": {"get": {"responses": {"200": reply(some | {"items": card})}}},
        },
        components={"schemas": {"Space": {"type": "object", "properties": {
            "id": number, "name": TEXT, "parent_id": {"type": ["integer", "null"]}}}}},
    )  # fmt: skip
    caller = client(told, tmp_path)
    cards = caller.get("/cards").json
    assert {caller.get(f"/columns/{one['column_id']}").status_code for one in cards} == {200}
    spaces = caller.get("/spaces").json
    assert [one["parent_id"] for one in spaces] == [None, spaces[0]["id"], spaces[0]["id"]]
    assert [one["space"] for one in cards] == [spaces[one["space_id"] - 1] for one in cards]
    for one in cards:
        assert one["board_id"] in [each["id"] for each in caller.get(f"/spaces/{one['space_id']}/boards").json]
        columns = [each["id"] for each in caller.get(f"/boards/{one['board_id']}/columns").json]
        assert one["column_id"] in columns
        assert one["from_column_id"] in {*columns} - {one["column_id"]}


def test_records_whose_lists_name_each_other_are_there(tmp_path: Path) -> None:
    """Invoices list what was paid and payments what was billed: neither is made of the other without end."""

    def listing(name: str, key: str) -> dict[str, Any]:
        entry = {"type": "object", "required": [key], "properties": {key: TEXT, "name": TEXT}}
        return {
            "type": "object",
            "required": ["id", "name", name],
            "properties": {"id": TEXT, "name": TEXT, name: {"type": "array", "minItems": 1, "items": entry}},
        }

    invoices, payments = listing("lines", "payment_id"), listing("parts", "invoice_id")
    told = collection(invoices, NAMED, path="/invoices")
    told["paths"] |= collection(payments, NAMED, path="/payments")["paths"]
    caller = client(told, tmp_path)
    names = {one["id"]: one["name"] for one in caller.get("/payments").json}
    for invoice in caller.get("/invoices").json:
        assert all(names[line["payment_id"]] == line["name"] for line in invoice["lines"])


def test_numbers_called_like_records_are_their_keys_and_a_name_is_nobodys(tmp_path: Path) -> None:
    """``servers: [42]`` are servers, in an entry of a list ``server: 42`` is one; ``name``, the unique identifier of the
    server, is its own, and numbers in an object may count.
    """  # fmt: skip
    number = {"type": "integer", "example": 42}
    named = {"type": "string", "description": "Unique identifier of the server."}
    server = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": named}}
    nets = {
        "type": "array",
        "minItems": 1,
        "items": {"type": "object", "required": ["server"], "properties": {"server": number}},
    }
    properties = {
        "id": TEXT,
        "servers": {"type": "array", "minItems": 1, "items": number},
        "nets": nets,
        "state": {"type": "object", "properties": {
            "held": {"type": "array", "minItems": 1, "description": "IDs of servers held back.", "items": number}}},
        "limits": {"type": "object", "required": ["server"], "properties": {"server": {"type": "integer", "minimum": 50}}},
    }  # fmt: skip
    told = collection({"type": "object", "required": [*properties], "properties": properties}, NAMED)
    told["paths"] |= collection(server, NAMED, path="/servers")["paths"]
    caller = client(told, tmp_path)
    servers = caller.get("/servers").json
    keys = {one["id"] for one in servers}
    assert not {one["name"] for one in servers} & {*map(str, keys)}
    for one in caller.get("/things").json:
        assert {*one["servers"], *one["state"]["held"], *(net["server"] for net in one["nets"])} <= keys
        assert one["limits"]["server"] >= 50
