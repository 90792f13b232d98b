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
