"""Lists that are asked as OData and JSON:API ask: expressions, filters in brackets, orders, and some members alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, document, parameter, reply

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def an(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def resource(path: str, record: Any, one: Any, many: Any, **asked: Any) -> dict[str, Any]:
    """Paths of a collection whose reads take the query parameters ``asked``."""
    taken = [parameter(name, schema, "query") | {"required": False} for name, schema in asked.items()]
    key = "ID" if "ID" in record["properties"] else "id"
    return {
        path: {
            "get": {"parameters": taken, "responses": {"200": reply(many)}},
            "post": {"requestBody": body(one), "responses": {"201": reply(one)}},
        },
        f"{path}/{{{key}}}": {
            "get": {"parameters": [parameter(key, record["properties"][key]), *taken], "responses": {"200": reply(one)}}
        },
    }


@pytest.fixture(scope="module")
def products(tmp_path_factory: pytest.TempPathFactory) -> Any:
    record = {
        **an(
            ID=NUMBER,
            Name=TEXT,
            Price={"type": "number"},
            Note=TEXT,
            Maker=an(City=TEXT),
            Lines={"type": "array", "items": an(Size=NUMBER)},
            Tags={"type": "array", "items": TEXT},
        ),
        "required": ["Name"],
    }
    asked = {"$filter": TEXT, "$orderby": TEXT, "$select": TEXT}
    paths = resource("/Products", record, record, an(value={"type": "array", "items": record}), **asked)
    caller = client(document(paths), tmp_path_factory.mktemp("products"), scenario="empty")
    for name, price, city in (("tea", 2.5, "Assam"), ("milk", 1, "Bern"), ("oil", 7, "Bari"), ("o'hara", 5, None)):
        sizes = [{"Size": size} for size in range(int(price))]
        made = {"Name": name, "Price": price, **({"Maker": {"City": city}} if city else {"Note": "x"})}
        made |= {"Lines": sizes, "Tags": [name, "all"]}
        assert caller.post("/Products", json=made).status_code == 201
    return caller


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("Name eq 'tea'", "1"),
        ("Name eq 'o''hara'", "4"),
        ("Name ne 'tea' and Price lt 6", "24"),
        ("Price gt 4 or Name eq 'milk'", "234"),
        ("not (Price ge 5)", "12"),
        ("contains(tolower(Name),'I') or startswith(Name,'t')", "1"),
        ("Maker/City in ('Bern', 'Bari')", "23"),
        ("Note eq null and length(Name) le 3", "13"),
        ("not contains(Name,'i') and (Price eq 5.0 or Price eq 2.5)", "14"),
        ("Name gt 3", ""),
        ("Lines/any(l: l/Size eq 4)", "34"),
        ("Lines/all(l:l/Size lt 2 or Name eq 'oil')", "123"),
        ("Price/any(p: p eq 1) or Name/all(n: n eq 'x') and Price eq 7", "3"),
        ("Lines/any() and Tags/any(t:t eq 'milk')", "2"),
    ],
)
def test_an_expression_selects(products: Any, expression: str, found: str) -> None:
    listed = products.get("/Products", query_string={"$filter": expression}).json["value"]
    assert "".join(str(one["ID"]) for one in listed) == found


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("Nme eq 'tea'", "'Nme', which is not a member"),
        ("Name eq 'tea", "a string that is not closed"),
        ("Name eq", "an end where a member or a value is wanted"),
        ("(Name eq 'tea'", "lacks ')'"),
        ("Name eq 'tea' Price", "'Price' where an operator or the end is wanted"),
        ("Lines/any(Size gt 1)", "'Size' where the name of an item and a colon are wanted"),
        ("Lines/any(l: l/Size gt 1) and l/Size eq 1", "'l', which is not a member"),
        ("soundex(Name)", "'soundex' with 1 arguments: use contains"),
        ("not " * 60 + "true", "more than 50 brackets"),
        ("trim(" * 900 + "Name", "more than 50 brackets"),
    ],
)
def test_what_is_no_expression_is_told(products: Any, expression: str, told: str) -> None:
    refused = products.get("/Products", query_string={"$filter": expression})
    assert (refused.status_code, told in refused.text) == (400, True), refused.text


def test_some_members_alone_with_the_key_and_what_is_required(products: Any) -> None:
    assert products.get("/Products?$select=Price").json["value"][0] == {"ID": 1, "Name": "tea", "Price": 2.5}
    assert products.get("/Products/1?$select=Name").json == {"ID": 1, "Name": "tea"}
    assert products.get("/Products/1?$select=Nonsense").json["Price"] == 2.5


def test_attributes_are_filtered_sorted_and_shown_as_asked(tmp_path: Path) -> None:
    kind = an(author=an(data=an(type=TEXT, id=TEXT)))
    record = an(type=TEXT, id=TEXT, attributes=an(title=TEXT, size=NUMBER), relationships=kind)
    asked = {"filter[title]": TEXT, "filter[author]": TEXT, "sort": TEXT, "fields[articles]": TEXT}
    many = an(data={"type": "array", "items": record})
    caller = client(document(resource("/articles", record, an(data=record), many, **asked)), tmp_path, scenario="empty")
    for title, size, author in (("b", 1, "1"), ("a", 2, "2"), ("c", 0, "1")):
        related = {"author": {"data": {"type": "people", "id": author}}}
        sent = {"type": "articles", "attributes": {"title": title, "size": size}, "relationships": related}
        caller.post("/articles", json={"data": sent})

    def titles(query: str) -> list[str]:
        return [one["attributes"]["title"] for one in caller.get(f"/articles?{query}").json["data"]]

    assert (titles("filter[title]=a"), titles("filter[author]=2")) == (["a"], ["a"])
    assert (titles("sort=title"), titles("sort=-size")) == (["a", "b", "c"], ["a", "b", "c"])
    assert (titles("filter[author]=1&sort=size"), titles("filter[title]=none")) == (["c", "b"], [])
    some = caller.get("/articles?fields[articles]=size&sort=title").json["data"][0]
    assert (some["attributes"], some["relationships"]["author"]["data"]["id"]) == ({"size": 2}, "2")
