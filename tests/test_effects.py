"""What follows from a change, over the tiny library API: when, what, all or nothing, and never without end."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver.errors import SetupError

LOCK = "/__mock__/tenants/acme/books/{id}/lock"


def following(*effects: Any, authors: Any = (), fields: Any = None):
    """A change of the library's document: what follows from changes of books, and of authors."""

    def change(told: dict[str, Any]) -> None:
        schemas = told["components"]["schemas"]
        schemas["Book"]["x-mock"]["effects"] = [{"about": "It follows.", **one} for one in effects]
        author = schemas["Author"]
        author["x-mock"]["effects"] = [{"about": "It follows.", **one} for one in authors]
        for schema in (author, schemas["NewAuthor"]):
            schema["properties"] |= {
                "books": {"type": "number", "maximum": 3},
                "latest_id": {"type": "string"},
                "state": {"type": "string"},
            }
        author["properties"]["latest_id"] = {"type": "string", "x-mock": {"references": "books"}}
        for name, field in (fields or {}).items():
            for schema in ("Book", "SomeOfBook"):
                schemas[schema]["properties"][name] = field

    return change


def made(client: FlaskClient, resource: str, **told: Any) -> dict[str, Any]:
    answer = client.post(f"/{resource}/acme", json=told)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def seen(client: FlaskClient, resource: str, record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/{resource}/acme/{record['id']}").json
    return found


def patched(client: FlaskClient, record: dict[str, Any], **values: Any) -> Any:
    steps = [{"op": "add", "path": f"/{name}", "value": value} for name, value in values.items()]
    return client.patch(f"/books/acme/{record['id']}", json=steps)


COUNTED = {
    "on": ["create"],
    "do": [{"change": "author_id", "values": {"books": "first(it.books, 0) + 1", "latest_id": "id"}}],
}
PRINTED = {"when": "state == 'printed'", "do": [{"set": {"in_print": True, "published": "today()"}}]}


def test_a_new_record_changes_what_it_refers_to(library) -> None:
    client = library(following(COUNTED)).test_client()
    author = made(client, "authors", name="Ursula")
    answer = client.post("/books/acme", json={"title": "One", "author_id": author["id"]})
    assert answer.headers["Mock-Effects"] == f"changed authors/{author['id']}"
    made(client, "books", title="Two", author_id=author["id"])
    found = seen(client, "authors", author)
    assert found["books"] == 2 and found["latest_id"]


def test_it_follows_when_the_conditions_begin_to_hold_and_not_again(library) -> None:
    again = {"when": "state == 'printed'", "do": [{"set": {"pages": "pages + 1"}}]}
    client = library(following(again)).test_client()
    book = made(client, "books", title="One", pages=1, state="printed")
    assert book["pages"] == 1
    assert patched(client, book, title="1").json["pages"] == 1
    assert patched(client, book, state="draft").json["pages"] == 1
    assert patched(client, book, state="printed").json["pages"] == 2
    assert patched(client, book, title="2").json["pages"] == 2
    whole = seen(client, "books", book)
    sent = {name: value for name, value in whole.items() if name in ("id", "title", "pages", "state")}
    assert client.put(f"/books/acme/{book['id']}", json=sent).json["pages"] == 2


def test_what_is_set_belongs_to_the_change_itself(library) -> None:
    client = library(following(PRINTED)).test_client()
    book = made(client, "books", title="One")
    answer = patched(client, book, state="printed")
    assert answer.json | {"in_print": True, "published": "2025-04-18", "version": 2} == answer.json
    assert seen(client, "books", book) == answer.json
    assert "Mock-Effects" not in answer.headers


def test_a_record_is_made_for_each_item_and_linked(library) -> None:
    split = {
        "when": "state == 'split'",
        "do": [{"create": "books", "each": "tags", "values": {"title": "f'{title}: {it}'", "author_id": "author_id"}, "link": "latest"}],
    }  # fmt: skip
    client = library(following(split, fields={"latest": {"type": "string"}})).test_client()
    author = made(client, "authors", name="Ursula")
    book = made(client, "books", title="Works", tags=["I", "II"], author_id=author["id"])
    answer = patched(client, book, state="split")
    told = answer.headers["Mock-Effects"].split(", ")
    assert [one.split("/")[0] for one in told] == ["created books", "created books"]
    parts = [client.get(f"/books/acme/{one.split('/')[1]}").json for one in told]
    assert [one["title"] for one in parts] == ["Works: I", "Works: II"]
    assert {one["author_id"] for one in parts} == {author["id"]}
    assert all(one["version"] == 1 and one["made_by"] for one in parts)
    assert answer.json["latest"] == parts[-1]["id"]


def test_of_records_that_name_it_some_are_changed(library) -> None:
    withdrawn = {
        "when": "state == 'withdrawn'",
        "do": [{"change": "records('books', by='sequel_of')", "where": "it.in_print", "values": {"in_print": False, "state": "f'{title} was withdrawn'"}}],
    }  # fmt: skip
    client = library(
        following(withdrawn, fields={"sequel_of": {"type": "string", "x-mock": {"references": "books"}}})
    ).test_client()
    book = made(client, "books", title="One")
    second = made(client, "books", title="Two", sequel_of=book["id"], in_print=True)
    others = [
        made(client, "books", title="Three", sequel_of=book["id"], in_print=False),
        made(client, "books", title="Four", in_print=True),
    ]
    answer = patched(client, book, state="withdrawn")
    assert answer.headers["Mock-Effects"] == f"changed books/{second['id']}"
    found = seen(client, "books", second)
    assert (found["in_print"], found["state"], found["version"]) == (False, "One was withdrawn", 2)
    assert [seen(client, "books", one) for one in others] == others


@pytest.mark.parametrize("call", ["patch", "put", "batch"])
def test_all_of_it_or_none(call: str, library) -> None:
    """The first step makes a record, the second meets a locked one: neither is there afterwards, nor the change."""
    effect = {
        "when": "state == 'go'",
        "do": [
            {"create": "books", "values": {"title": "'Made'"}},
            {"change": "records('books')", "where": "it.title == 'Locked'", "values": {"pages": 1}},
        ],
    }
    client = library(following(effect), page_size=100).test_client()
    locked, book = made(client, "books", title="Locked"), made(client, "books", title="One")
    client.put(LOCK.format(id=locked["id"]))
    before = client.get("/books/acme").data
    steps = [{"op": "add", "path": "/state", "value": "go"}]
    if call == "patch":
        answer = client.patch(f"/books/acme/{book['id']}", json=steps)
    elif call == "put":
        answer = client.put(f"/books/acme/{book['id']}", json={"id": book["id"], "title": "One", "state": "go"})
    else:
        item = {"operation": "patch", "id": book["id"], "patch_directives": steps}
        answer = client.post("/books/acme/batch", json={"operations": [item]})
    assert "locked" in answer.text
    assert answer.status_code == (200 if call == "batch" else 409)
    assert client.get("/books/acme").data == before
    client.delete(LOCK.format(id=locked["id"]))
    assert patched(client, book, state="go").status_code == 200
    assert {one["title"] for one in client.get("/books/acme").json} == {"Locked", "One", "Made"}


def test_an_effect_that_would_break_the_contract_refuses_the_change(library) -> None:
    client = library(following(COUNTED)).test_client()
    author = made(client, "authors", name="Ursula", books=3)
    answer = client.post("/books/acme", json={"title": "One too many", "author_id": author["id"]})
    assert answer.status_code == 400
    assert answer.json["errors"] == [{"path": "body/books", "message": "4 is greater than the maximum of 3"}]
    assert client.get("/books/acme").json == []


def test_quiet_bookkeeping_is_not_a_change_of_its_own_and_heeds_no_lock(library) -> None:
    noted = {"on": ["create"], "do": [{"change": "records('books')", "where": "it.title == 'Log'", "quiet": True, "values": {"pages": "it.pages + 1"}}]}  # fmt: skip
    client = library(following(noted)).test_client()
    log = made(client, "books", title="Log", pages=0)
    client.put(LOCK.format(id=log["id"]))
    answer = client.post("/books/acme", json={"title": "One"})
    found = seen(client, "books", log)
    assert (found["pages"], found["version"]) == (2, 1)
    assert "Mock-Effects" not in answer.headers


def test_effects_follow_from_effects_but_not_without_end(library) -> None:
    client = library(
        following({"on": ["create"], "do": [{"create": "books", "values": {"title": "title"}}]})
    ).test_client()
    answer = client.post("/books/acme", json={"title": "Again"})
    assert answer.status_code == 500
    assert "effects trigger each other without end" in answer.text
    assert client.get("/books/acme").json == []


def test_a_chain_of_effects_is_told_in_order(library) -> None:
    first = {"when": "state == 'first'", "do": [{"create": "books", "values": {"title": "'second'", "author_id": "author_id"}}]}  # fmt: skip
    client = library(following(first, {**COUNTED, "when": "title == 'second'"})).test_client()
    author = made(client, "authors", name="Ursula")
    book = made(client, "books", title="one", author_id=author["id"])
    told = patched(client, book, state="first").headers["Mock-Effects"].split(", ")
    assert [one.split("/")[0] for one in told] == ["changed authors", "created books"]
    assert seen(client, "authors", author)["books"] == 1


def test_a_tenants_effects_stay_with_it(library) -> None:
    effect = {"when": "state == 'go'", "do": [{"change": "records('books')", "values": {"pages": 1}}]}
    client = library(following(effect)).test_client()
    other = client.post("/books/globex", json={"title": "Theirs"}).json
    book = made(client, "books", title="Mine")
    patched(client, book, state="go")
    assert client.get(f"/books/globex/{other['id']}").json == other


def test_of_many_effects_a_header_names_the_first_and_counts_the_rest(library) -> None:
    effect = {"when": "state == 'go'", "do": [{"change": "records('books')", "values": {"pages": 1}}]}
    client = library(following(effect)).test_client()
    books = [made(client, "books", title=str(number)) for number in range(12)]
    told = patched(client, books[0], state="go").headers["Mock-Effects"].split(", ")
    assert told[-1] == "and 7 more"
    assert {one.split("/")[0] for one in told[:-1]} == {"changed books"} and len(told) == 6


def test_a_batch_names_the_effects_of_all_its_items(library) -> None:
    client = library(following(COUNTED)).test_client()
    author = made(client, "authors", name="Ursula")
    items = [{"operation": "create", "object": {"title": title, "author_id": author["id"]}} for title in ("One", "Two")]
    answer = client.post("/books/acme/batch", json={"operations": items})
    assert answer.headers["Mock-Effects"] == ", ".join([f"changed authors/{author['id']}"] * 2)


def test_what_is_skipped_since_something_is_absent_is_told(library) -> None:
    """A book without an author has nobody to tell; one without tags is not split."""
    split = {
        "when": "state == 'split'",
        "do": [
            {"create": "books", "each": "tags", "values": {"title": "it"}},
            {"change": "author_id", "values": {"books": 1}},
            {"change": "records('books', by='author_id')", "values": {"pages": 1}},
        ],
    }
    client = library(following(split)).test_client()
    book = client.post("/books/acme", json={"title": "Alone"}).json
    answer = patched(client, book, state="split")
    assert answer.status_code == 200
    assert answer.headers["Mock-Effects"] == (
        "skipped creating books: what it is made for is absent, skipped changing authors: author_id is absent"
    )


def test_values_of_an_effect_can_share_names(library) -> None:
    named = {
        "let": {"author": "author_id", "told": "author.name + '!'"},
        "when": "told == 'Ursula!'",
        "do": [{"set": {"state": "told"}}],
        "on": ["create"],
    }
    client = library(following(named)).test_client()
    author = client.post("/authors/acme", json={"name": "Ursula"}).json
    book = client.post("/books/acme", json={"title": "One", "author_id": author["id"]}).json
    assert book["state"] == "Ursula!"


WRONG = {
    "an unknown occasion": ({"on": ["delete"], "do": [{"set": {}}]}, 'on/0: is "delete", wanted one of "change", "create"'),
    "an unknown word": ({"if": {}, "do": [{"set": {}}]}, "if: is unknown; use one of about, after, before, do, due, let, on, when"),
    "nothing said": ({"about": " ", "do": [{"set": {}}]}, 'about: is " ", wanted pattern'),
    "nothing done": ({"do": []}, "do: is [], wanted 1 or more items; write steps"),
    "no step": ({"do": [{"remove": "author_id"}]}, "do/0: needs one of set, create, change, mail; add what is meant"),
    "no field of it": ({"do": [{"set": {"nothing": 1}}]}, "books has no field 'nothing'"),
    "no field of the other": ({"do": [{"change": "author_id", "values": {"pages": 1}}]}, "authors has no field 'pages'"),
    "no resource": ({"do": [{"create": "films", "values": {}}]}, "films"),
    "no link": ({"do": [{"create": "books", "values": {}, "link": "nothing"}]}, "books has no field 'nothing'"),
    "no records": ({"do": [{"change": "title", "values": {}}]}, "leads to no records"),
    "a word of another step": ({"do": [{"set": {}, "where": "title"}]}, "where: is unknown; use one of set"),
    "a misspelt word": ({"do": [{"change": "author_id", "vlaues": {}}]}, "vlaues: is unknown; did you mean 'values'?"),
    "names that are no texts": ({"let": ["a"], "do": [{"set": {}}]}, 'let: is ["a"] (array), wanted object; write name: expression lines'),
    "it, where nothing is changed": ({"do": [{"set": {"title": "it.title"}}]}, "books has no field 'it'"),
    "no field of it in where": ({"do": [{"change": "author_id", "where": "it.pages", "values": {}}]}, "authors has no field 'pages'"),
    "no field in a condition": ({"when": "nothing == 1", "do": [{"set": {}}]}, "books has no field 'nothing'"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_an_effect_that_cannot_be_followed_stops_the_start(name: str, library) -> None:
    effect, problem = WRONG[name]
    with pytest.raises(SetupError) as caught:
        library(following(effect))
    assert problem in str(caught.value)
    assert "openapi.json: /components/schemas/Book/x-mock/effects/0" in str(caught.value)
