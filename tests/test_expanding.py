"""Related records shown on request: ``expand``, ``embed``, ``$expand``, ``populate`` and JSON:API's ``include``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, collection, document, parameter, reply

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def an(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def named(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def many(schema: Any) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def resource(path: str, one: Any, listed: Any, **asked: Any) -> dict[str, Any]:
    """Paths of a collection whose reads take the query parameters ``asked``."""
    taken = [parameter(name, schema, "query") for name, schema in asked.items()]
    reads = {"parameters": taken, "responses": {"200": reply(listed), "400": reply(an(message=TEXT))}}
    single = {"parameters": [parameter("id", NUMBER), *taken], "responses": {"200": reply(one), "404": reply()}}
    made = {"requestBody": body(one), "responses": {"201": reply(one)}}
    return {path: {"get": reads, "post": made}, f"{path}/{{id}}": {"get": single}}


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Any:
    listed = {"type": "string", "enum": ["comments", "author"]}
    paths = {
        **resource("/posts", named("Post"), an(data=many(named("Post"))), expand=many(TEXT), _embed=listed),
        **resource("/comments", named("Comment"), many(named("Comment")), _expand=TEXT),
        **resource("/users", named("User"), many(named("User")), include=TEXT),
        **resource("/teams", named("Team"), many(named("Team")), **{"with": TEXT}),
    }
    schemas = {
        "Post": an(id=NUMBER, title=TEXT, authorId=NUMBER, author=named("User"), comments=many(named("Comment"))),
        "Comment": an(id=NUMBER, text=TEXT, postId=NUMBER),
        "User": an(id=NUMBER, name=TEXT, team={"anyOf": [NUMBER, named("Team")]}),
        "Team": {**an(id=NUMBER, name=TEXT), "additionalProperties": False},
    }
    caller = client(document(paths, components={"schemas": schemas}), tmp_path_factory.mktemp("blog"), scenario="empty")
    caller.post("/teams", json={"name": "red"})
    caller.post("/users", json={"name": "Ada", "team": 1})
    for title in ("one", "two"):
        caller.post("/posts", json={"title": title, "authorId": 1})
    caller.post("/comments", json={"text": "well", "postId": 2})
    return caller


TEAM = {"id": 1, "name": "red"}
ADA, POST, SAID = {"id": 1, "name": "Ada", "team": 1}, {"id": 2, "title": "two"}, {"id": 1, "text": "well", "postId": 2}
BY = {**POST, "authorId": 1}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/posts/2", BY),
        ("/posts/2?expand=author", {**BY, "author": ADA}),
        ("/posts/2?expand=author.team", {**BY, "author": {**ADA, "team": TEAM}}),
        ("/posts/2?_embed=comments", {**BY, "comments": [SAID]}),
        ("/posts/1?_embed=comments", {"id": 1, "title": "one", "authorId": 1, "comments": []}),
        ("/posts/2?expand[0]=comments&expand[1]=author", {**BY, "author": ADA, "comments": [SAID]}),
        ("/comments/1?_expand=post", {**SAID, "post": {**BY, "author": ADA}}),
        ("/users/1?include=team,nonsense", {**ADA, "team": TEAM}),
        ("/teams/1?with=users", TEAM),  # closed: it can show nothing more
    ],
)
def test_a_record_shows_what_it_is_asked_for(blog: Any, path: str, found: Any) -> None:
    got = blog.get(path)
    assert (got.status_code, got.json) == (200, found)


def test_a_list_shows_it_of_each(blog: Any) -> None:
    assert blog.get("/posts").json["data"] == [{"id": 1, "title": "one", "authorId": 1}, BY]
    for query in ("expand=author", "expand=data.author"):
        assert [one["author"] for one in blog.get(f"/posts?{query}").json["data"]] == [ADA, ADA], query


def test_odata_expands_within_and_hides_the_rest(tmp_path: Any) -> None:
    asked = {"$expand": TEXT}
    product = an(ID=NUMBER, Name=TEXT, CategoryID=NUMBER, Category=named("Category"))
    category = an(ID=NUMBER, Name=TEXT, Products=many(named("Product")))
    paths = {
        **resource("/Products", named("Product"), an(value=many(named("Product"))), **asked),
        **resource("/Categories", named("Category"), an(value=many(named("Category"))), **asked),
    }
    paths = json.loads(json.dumps(paths).replace("{id}", "{ID}").replace('"name": "id"', '"name": "ID"'))
    schemas = {"Product": product, "Category": category}
    caller = client(document(paths, components={"schemas": schemas}), tmp_path, scenario="empty")
    caller.post("/Categories", json={"Name": "tools"})
    caller.post("/Products", json={"Name": "saw", "CategoryID": 1})
    tools, saw = {"ID": 1, "Name": "tools"}, {"ID": 1, "Name": "saw", "CategoryID": 1}
    assert (caller.get("/Products/1").json, caller.get("/Categories").json["value"]) == (saw, [tools])
    assert caller.get("/Products/1?$expand=*").json == {**saw, "Category": tools}
    within = caller.get("/Categories/1?$expand=Products($top=2;$expand=Category)").json
    assert within == {**tools, "Products": [{**saw, "Category": tools}]}
    refused = caller.get("/Products?$expand=Maker")
    assert (refused.status_code, "'Maker', which leads to no records" in refused.text) == (400, True)


def test_compound_documents_hold_each_related_record_once(tmp_path: Any) -> None:
    def kind(name: str, **more: Any) -> dict[str, Any]:
        return {**an(type={"type": "string", "enum": [name]}, id=TEXT, **more), "required": ["type"]}

    schemas = {
        "Article": kind("articles", attributes=an(title=TEXT), relationships=an(author=an(data=kind("people")))),
        "Person": kind("people", attributes=an(name=TEXT)),
        "Comment": kind("comments", attributes=an(text=TEXT), relationships=an(article=an(data=kind("articles")))),
    }
    included = many({"oneOf": [named("Person"), named("Comment")]})
    article, several = (an(data=one, included=included) for one in (named("Article"), many(named("Article"))))
    paths = {
        **resource("/articles", article, several, include=TEXT),
        **resource("/people", an(data=named("Person")), an(data=many(named("Person")))),
        **resource("/comments", an(data=named("Comment")), an(data=many(named("Comment")))),
    }
    caller = client(document(paths, components={"schemas": schemas}), tmp_path, scenario="empty")

    def make(path: str, attributes: Any, **related: Any) -> Any:
        sent = {"type": path[1:], "attributes": attributes, "relationships": related}
        return caller.post(path, json={"data": sent}).json["data"]

    ada = make("/people", {"name": "Ada"})
    for title in ("a", "b"):
        make("/articles", {"title": title}, author={"data": {"type": "people", "id": ada["id"]}})
    said = make("/comments", {"text": "well"}, article={"data": {"type": "articles", "id": "2"}})
    assert "included" not in caller.get("/articles").json
    assert caller.get("/articles?include=author").json["included"] == [ada]
    assert caller.get("/articles/2?include=author,comments").json["included"] == [ada, said]
    assert caller.get("/articles/1?include=comments").json["included"] == []
    assert caller.get("/articles?include=editor").status_code == 400


def test_what_leads_on_and_on_is_bounded(tmp_path: Path) -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    thing, owner = ({"$ref": f"#/components/schemas/{name}"} for name in ("Thing", "Owner"))
    schemas = {
        "Thing": {"type": "object", "properties": {"id": number, "ownerId": number, "owner": owner}},
        "Owner": {"type": "object", "properties": {"id": number, "things": {"type": "array", "items": thing}}},
    }
    paths = {
        **collection(thing, {"type": "object", "properties": {"ownerId": number}}, path="/things")["paths"],
        **collection(owner, {"type": "object", "properties": {"name": text}}, path="/owners")["paths"],
    }
    paths["/things"]["get"]["parameters"] = [parameter("expand", text, "query")]
    caller = client(document(paths, components={"schemas": schemas}), tmp_path)
    mine = caller.post("/owners", json={"name": "Ada"}).json["id"]
    for _ in range(40):
        caller.post("/things", json={"ownerId": mine})
    one, far = (
        caller.get("/things", query_string={"expand": names}) for names in ("owner", "owner.things.owner.things.owner")
    )
    assert (one.status_code, far.status_code) == (200, 200)
    assert len(far.data) < 10 * len(one.data)


def test_a_key_that_may_be_null_is_expanded_by_its_schema(tmp_path: Path) -> None:
    home = {"anyOf": [{"anyOf": [{"type": "integer"}, named("Team")]}, {"type": "null"}]}
    paths = {
        **resource("/users", named("User"), many(named("User")), expand=many(TEXT)),
        **resource("/teams", named("Team"), many(named("Team"))),
    }
    schemas = {"User": an(id=NUMBER, home=home), "Team": an(id=NUMBER, name=TEXT)}
    caller = client(document(paths, components={"schemas": schemas}), tmp_path, scenario="empty")
    team = caller.post("/teams", json={"name": "red"}).json
    caller.post("/users", json={"home": team["id"]})
    assert caller.get("/users/1").json["home"] == team["id"]
    assert caller.get("/users/1?expand=home").json["home"] == team


def test_a_text_in_place_of_which_a_record_may_be_shown_is_its_key_from_the_first(tmp_path: Path) -> None:
    home = {"anyOf": [{"anyOf": [TEXT, named("Team")]}, {"type": "null"}]}
    paths = {
        **resource("/users", named("User"), many(named("User"))),
        **resource("/teams", named("Team"), many(named("Team"))),
    }
    schemas = {"User": an(id=NUMBER, home_price=home), "Team": an(id=TEXT, name=TEXT)}
    caller = client(document(paths, components={"schemas": schemas}), tmp_path)
    teams = {one["id"] for one in caller.get("/teams").json}
    assert {one["home_price"] for one in caller.get("/users").json} <= teams
