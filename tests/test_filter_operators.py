"""Lists that are filtered with operators, in each of the ways in which parameters spell them."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.handlers.planned.lists.comparisons import Among
from test_any_document import body, client, document, parameter, reply

TEXT, NUMBER, OBJECT = {"type": "string"}, {"type": "number"}, {"type": "object", "additionalProperties": True}
LISTED = {"type": "array", "items": TEXT}


def an(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


DEEP = {"style": "deepObject", "explode": True}
OBJECTS: dict[str, dict[str, Any]] = {
    "filter": {"schema": OBJECT, **DEEP},
    "filters": {"schema": an(price=an(**{"$gt": NUMBER}), name=an(**{"$in": LISTED, "$containsi": TEXT})), **DEEP},
    "price": {"schema": an(gte=NUMBER, lt=NUMBER), **DEEP},
    "options": {"content": {"application/json": {"schema": an(where=OBJECT, limit=NUMBER)}}},
}
TEXTS = [
    "price[gt]",
    "price[lte]",
    "name[like]",
    "name[ne]",
    "id[in]",
    "filter[price][gt]",
    "filter[name][nin]",
    "price__lt",
    "name__in",
    "name__istartswith",
    "note__isnull",
    "price.gte",
    "name.in",
    "price:between",
    "made>",
    "made<=",
    "note_exists",
    "price_gte",
    "q",
]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A client of one document for the parameters that are texts, and one for each that is an object."""
    made = {"type": "string", "format": "date"}
    record = an(id={"type": "integer"}, name=TEXT, price=NUMBER, note=TEXT, made=made, tags=OBJECT)
    worlds = {"texts": [parameter(name, TEXT, "query") for name in TEXTS]}
    worlds |= {name: [{"name": name, "in": "query", **said}] for name, said in OBJECTS.items()}
    found = {}
    for name, taken in worlds.items():
        listed = {"parameters": taken, "responses": {"200": reply({"type": "array", "items": record})}}
        post = {"requestBody": body(record), "responses": {"201": reply(record)}}
        one = {"parameters": [parameter("id", {"type": "integer"})], "get": {"responses": {"200": reply(record)}}}
        paths = {"/items": {"get": listed, "post": post}, "/items/{id}": one}
        found[name] = client(document(paths), tmp_path_factory.mktemp("shop"), scenario="empty")
        for word, price in (("tea", 2.5), ("milk", 5), ("oil", 7)):
            more = {"note": "fat", "tags": {"size": "big"}} if word == "oil" else {}
            found[name].post("/items", json={"name": word, "price": price, "made": f"2030-01-0{int(price)}", **more})
    return found


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("price[gt]=5", "3"),
        ("price[lte]=5", "12"),
        ("name[like]=%25I%25", "23"),
        ("name[ne]=tea", "23"),
        ("id[in]=1,3", "13"),
        ("filter[price][gt]=2.5&filter[name][nin]=oil", "2"),
        ("price__lt=5", "1"),
        ("name__in=tea,oil", "13"),
        ("name__istartswith=T", "1"),
        ("note__isnull=true", "12"),
        ("price.gte=5", "23"),
        ("name.in=tea|milk", "12"),
        ("price:between=3,6", "2"),
        ("made>=2030-01-05", "23"),
        ("made<=2030-01-05", "12"),
        ("note_exists=true", "3"),
        ("price_gte=7", "3"),
        ("q=price>2;name!=oil", "12"),
        ("q=name=in=(tea,oil),price==5", "123"),
        ("q=name eq 'milk' or price ge 7", "23"),
        ("q=name||$cont||i", "23"),
        ("q=name:eq:tea", "1"),
        ("q=name:'tea' or tags['size']:'big'", "13"),
        ('q=name~"i" AND -name:"oil"', "2"),
        ("q=price>2 AND price<7", "12"),
        ("q=il", "23"),
    ],
)
def test_an_operator_in_a_name_or_text(shops: dict[str, Any], query: str, keys: str) -> None:
    listed = shops["texts"].get("/items?" + query.replace(" ", "%20")).json
    assert "".join(str(one["id"]) for one in listed) == keys


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("filter[price][gt]=5", "3"),
        ("filter[name]=tea&filter[nonsense]=1", "1"),
        ("filter[where][name][inq][]=tea&filter[where][name][inq][]=oil", "13"),
        ("filters[price][$gt]=2.5", "23"),
        ("filters[name][$in][0]=tea&filters[name][$in][1]=oil", "13"),
        ("filters[name][$containsi]=I", "23"),
        ("price[gte]=5&price[lt]=7", "2"),
        ('options={"where":{"price":{"gt":2.5,"lt":7}}}', "2"),
        ('options={"where":{"or":[{"name":"tea"},{"price":{"gte":7}}]}}', "13"),
        ('options={"where":{"not":{"name":{"neq":"tea"}}},"limit":1}', "1"),
        ('options={"where":{"nonsense":{"gt":1}}}', "123"),
    ],
)
def test_an_operator_in_an_object(shops: dict[str, Any], query: str, keys: str) -> None:
    listed = shops[query.partition("=")[0].partition("[")[0]].get(f"/items?{query}").json
    assert "".join(str(one["id"]) for one in listed) == keys


def test_many_values_take_as_long_as_one() -> None:
    """They are read once and looked up, not compared one after the other with each record."""
    among = Among.of([*map(str, range(5_000)), "1.50", None, True])
    assert [among.has(one) for one in (4_999, "4999", 5_000, 1.5, "1.5", "1.50", None, True, False, [7, "x"], ["x"])] == [
        True, True, False, True, False, True, True, True, False, True, False]  # fmt: skip
