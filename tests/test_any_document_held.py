"""A list that a record holds and that is written below it: carts and their items, issues and who works on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, document, parameter, reply

NUMBER = {"type": "integer"}
ITEM = {
    "type": "object",
    "properties": {"id": NUMBER, "productId": NUMBER, "name": {"type": "string"}, "quantity": NUMBER,
                   "price": {"type": "number"}},
}  # fmt: skip
CART = {"type": "object", "properties": {"id": NUMBER, "items": {"type": "array", "items": ITEM},
                                         "total": {"type": "number"}}}  # fmt: skip
PRODUCT = {"type": "object", "required": ["id", "name", "price"],
           "properties": {"id": NUMBER, "name": {"type": "string"}, "price": {"type": "number"}}}  # fmt: skip
PEOPLE = {"type": "object", "properties": {"id": NUMBER, "login": {"type": "string"}}}
PRODUCTS = {
    "/products": {"get": {"responses": {"200": reply({"type": "array", "items": PRODUCT})}}},
    "/products/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(PRODUCT)}}},
}


def carts(folder: Path, above: str, *, shown: Any = CART, **more: Any) -> Any:
    """A client of products and of what is written below ``above``, which answers ``shown``: the cart, or nothing."""
    names = [parameter("cart", NUMBER)] if "{" in above else []
    wanted = body({"type": "object", "properties": {"productId": NUMBER, "quantity": NUMBER}})
    told = {"200": reply(shown)} if shown else {"204": reply()}
    paths: dict[str, Any] = {
        **PRODUCTS,
        above: {"parameters": names, "get": {"responses": {"200": reply(CART)}}, **more},
        f"{above}/items": {"parameters": names, "post": {"requestBody": wanted, "responses": told},
                           "delete": {"responses": {"204": reply()}}},
        f"{above}/items/{{item}}": {"parameters": [*names, parameter("item", NUMBER)],
                                    "patch": {"requestBody": wanted, "responses": told},
                                    "delete": {"responses": told}},
    }  # fmt: skip
    return client(document(paths), folder, scenario="default")


@pytest.mark.parametrize("shown", [CART, None])
@pytest.mark.parametrize(("above", "path"), [("/cart", "/cart"), ("/carts/{cart}", "/carts/1")])
def test_a_cart_has_what_is_put_into_it(tmp_path: Path, above: str, path: str, shown: Any) -> None:
    caller = carts(tmp_path, above, shown=shown)
    caller.delete(f"{path}/items")
    product = caller.get("/products").json[1]
    sent = {"productId": product["id"], "quantity": 2}
    added = caller.post(f"{path}/items", json=sent)
    line = {"id": 1, "name": product["name"], "price": product["price"], **sent}
    cart = caller.get(path).json
    assert cart["items"] == [line]
    assert cart["total"] == round(2 * product["price"], 2)
    assert added.json == (cart if shown else None)
    caller.patch(f"{path}/items/1", json={"quantity": 3})
    assert caller.get(path).json["items"] == [{**line, "quantity": 3}]
    assert caller.patch(f"{path}/items/9", json={}).status_code == 404
    caller.delete(f"{path}/items/1")
    assert caller.get(path).json | {"id": 1} == {"id": 1, "items": [], "total": 0}


def test_a_cart_that_is_deleted_is_empty(tmp_path: Path) -> None:
    caller = carts(tmp_path, "/cart", delete={"responses": {"204": reply()}})
    assert caller.get("/cart").json["items"]
    caller.delete("/cart")
    assert caller.get("/cart").json["items"] == []


def test_a_cart_begins_with_products_that_are_there(tmp_path: Path) -> None:
    caller = carts(tmp_path, "/cart")
    cart, known = caller.get("/cart").json, {one["id"]: one for one in caller.get("/products").json}
    assert [(one["name"], one["price"]) for one in cart["items"]] == [
        (known[one["productId"]]["name"], known[one["productId"]]["price"]) for one in cart["items"]
    ]
    assert cart["total"] == round(sum(one["price"] * one["quantity"] for one in cart["items"]), 2)


def test_those_who_are_named_are_in_the_list(tmp_path: Path) -> None:
    issue = {"type": "object", "properties": {"id": NUMBER, "assignees": {"type": "array", "items": PEOPLE}}}
    names = body({"type": "object", "properties": {"assignees": {"type": "array", "items": {"type": "string"}}}})
    caller = client(
        document({
            "/issues": {"post": {"responses": {"201": reply(issue)}}},
            "/issues/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(issue)}}},
            "/issues/{id}/assignees": {
                "parameters": [parameter("id", NUMBER)],
                **{verb: {"requestBody": names, "responses": {"200": reply(issue)}} for verb in ("post", "delete")},
            },
            "/issues/{id}/assignees/{login}": {
                "parameters": [parameter("id", NUMBER), parameter("login")],
                "get": {"responses": {"204": reply(), "404": reply()}},
            },
        }),
        tmp_path, scenario="empty",
    )  # fmt: skip
    path = f"/issues/{caller.post('/issues').json['id']}"
    caller.post(f"{path}/assignees", json={"assignees": ["ada", "bob"]})
    caller.delete(f"{path}/assignees", json={"assignees": ["ada"]})
    assert [one["login"] for one in caller.get(path).json["assignees"]] == ["bob"]
    assert [caller.get(f"{path}/assignees/{who}").status_code for who in ("ada", "bob")] == [404, 204]


USER = {"type": "object", "properties": {"id": NUMBER, "firstName": {"type": "string"}, "email": {"type": "string"},
                                         "verified": {"type": "boolean"}}}  # fmt: skip


def test_the_only_record_is_changed_by_what_is_written_below_it(tmp_path: Path) -> None:
    name = body({"type": "object", "properties": {"firstName": {"type": "string"}}})
    shown, nothing = {"responses": {"200": reply(USER)}}, {"responses": {"204": reply()}}
    caller = client(
        document({
            "/me": {"get": shown},
            "/me/profile": {"put": {"requestBody": name, **shown}},
            "/me/verify": {"post": nothing},
            "/me/check-name": {"post": {"requestBody": name, **nothing}},
            "/auth": {"get": shown},
            "/auth/login": {"post": {"requestBody": name, **shown}},
        }),
        tmp_path,
    )  # fmt: skip
    before = caller.get("/me").json
    changed = {**before, "firstName": "Zoe", "verified": True}
    assert caller.put("/me/profile", json={"firstName": "Zoe"}).json["id"] == before["id"]
    caller.post("/me/verify")
    caller.post("/me/check-name", json={"firstName": "Eve"})
    assert caller.get("/me").json == changed
    assert caller.post("/auth/login", json={"firstName": "Eve"}).headers["Mock-Kind"] == "stub"


def test_made_records_are_of_one_person_and_one_place(tmp_path: Path) -> None:
    texts = ("username", "email", "first_name", "billing_address_state", "created_by", "payment_number", "phone_number")
    person = {"type": "object", "properties": {name: {"type": "string"} for name in texts}}
    caller = client(
        document({
            "/users": {"get": {"responses": {"200": reply({"type": "array", "items": person})}}},
            "/users/{username}": {"parameters": [parameter("username")], "get": {"responses": {"200": reply(person)}}},
        }),
        tmp_path,
    )  # fmt: skip
    for one in caller.get("/users").json:
        assert one["email"] == f"{one['username']}@example.com"
        assert one["username"].startswith(one["first_name"].lower())
        assert one["billing_address_state"] not in ("active", "pending", "closed")
        assert one["created_by"] != one["username"]
        assert " " not in one["created_by"]
        assert one["payment_number"].isdigit()
        assert one["phone_number"].startswith("+1 555")


def test_a_list_below_a_record_that_is_only_read_is_that_which_the_record_holds(tmp_path: Path) -> None:
    line = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}, "quantity": NUMBER}}
    lines = {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}
    order = {"type": "object", "required": ["id", "lines"], "properties": {"id": NUMBER, "lines": lines}}
    key = {"parameters": [parameter("id", NUMBER)]}
    told = document(
        {
            "/orders": {"post": {"requestBody": body(order), "responses": {"201": reply(order)}}},
            "/orders/{id}": {**key, "get": {"responses": {"200": reply(order)}}},
            "/orders/{id}/lines": {**key, "get": {"responses": {"200": reply(lines)}}},
        }
    )
    told["components"] = {"schemas": {"Line": line}}
    caller = client(told, tmp_path)
    sent = [{"sku": "SKU-1", "quantity": 2}]
    made = caller.post("/orders", json={"id": 7, "lines": sent}).json
    assert caller.get(f"/orders/{made['id']}/lines").json == made["lines"] == sent
    assert caller.get("/orders/987654321/lines").status_code == 404


def test_what_a_post_says_that_it_created_is_there(tmp_path: Path) -> None:
    text = {"type": "string"}
    order = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "address": text}}
    shown = {"$ref": "#/components/schemas/Order"}
    told = document(
        {
            "/orders": {"get": {"responses": {"200": reply({"type": "array", "items": shown})}}},
            "/orders/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(shown)}}},
            "/cart": {
                "get": {"responses": {"200": reply(CART)}},
                "delete": {"responses": {"204": {"description": ""}}},
            },
            "/cart/checkout": {
                "post": {
                    "requestBody": body({"type": "object", "properties": {"address": text}}),
                    "responses": {"201": reply(shown)},
                }
            },
        }
    )
    told["components"] = {"schemas": {"Order": order}}
    caller = client(told, tmp_path)
    made = caller.post("/cart/checkout", json={"address": "1 Main St."})
    assert (made.status_code, made.json["address"]) == (201, "1 Main St.")
    assert caller.get(f"/orders/{made.json['id']}").json == made.json
    assert made.json in caller.get("/orders").json
    assert made.headers["Location"].endswith(f"/orders/{made.json['id']}")


def test_what_a_record_holds_is_written_where_it_is_shown_alone(tmp_path: Path) -> None:
    """``/messages/{id}``, whose list of all stands below a channel, and the reactions below it."""
    reaction = {"type": "object", "properties": {"emoji": {"type": "string"}, "count": NUMBER}}
    message = {"type": "object", "required": ["text"], "properties": {
        "id": NUMBER, "text": {"type": "string"}, "reactions": {"type": "array", "items": reaction}}}  # fmt: skip
    paths = {
        "/channels": {"get": {"responses": {"200": reply({"type": "array", "items": PEOPLE})}}},
        "/channels/{channel}/messages": {
            "parameters": [parameter("channel", NUMBER)],
            "get": {"responses": {"200": reply({"type": "array", "items": message})}},
            "post": {"requestBody": body(message), "responses": {"201": reply(message)}},
        },
        "/messages/{id}": {"parameters": [parameter("id", NUMBER)], "get": {"responses": {"200": reply(message)}}},
        "/messages/{id}/reactions": {
            "parameters": [parameter("id", NUMBER)],
            "post": {"requestBody": body(reaction), "responses": {"200": reply(message)}},
        },
    }
    caller = client(document(paths), tmp_path)
    channel = caller.get("/channels").json[0]["id"]
    made = caller.post(f"/channels/{channel}/messages", json={"text": "hello", "reactions": []}).json
    caller.post(f"/messages/{made['id']}/reactions", json={"emoji": "wave", "count": 1})
    assert caller.get(f"/messages/{made['id']}").json == {**made, "reactions": [{"emoji": "wave", "count": 1}]}
