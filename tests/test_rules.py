"""The language of the rules, word by word, over the tiny library API: what is computed, and what is refused at the start."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.errors import SetupError

ABSENT = object()

RULES: dict[str, tuple[Any, Any]] = {
    # Paths.
    "a field": ("title", "The Dispossessed"),
    "a field that is not there": ("email", ABSENT),
    "a member": ("shelf.room", "north"),
    "a member that is not there": ("shelf.room.door", ABSENT),
    "along a foreign key": ("author_id.name", "Ursula"),
    "the foreign key itself": ("author_id", "author"),
    "through a list": ("log.width", [2, 5]),
    "through a list, where some have it": ("log.note", ["wide"]),
    "the whole of what is looked at": ({"first": [{"each": "tags", "give": "it"}]}, ["sf", "utopia"]),
    # What stands for itself.
    "a number": (5, 5),
    "a flag": (False, False),
    "a text as it stands": ({"value": "title"}, "title"),
    "anything as it stands": ({"value": {"a": [1, None]}}, {"a": [1, None]}),
    "nothing": (None, ABSENT),
    # Objects and lists.
    "a list": (["title", {"value": "x"}], ["The Dispossessed", "x"]),
    "a list leaves out what is absent": (["email", "title"], ["The Dispossessed"]),
    "a list spreads out lists": (["tags", ["log.width"]], ["sf", "utopia", 2, 5]),
    "an object": ({"object": {"a": "pages", "b": "email"}}, {"a": 341}),
    "also": ({"each": "log", "give": {"also": {"width": 0, "of": "^.title"}}}, [{"n": 1, "width": 0, "of": "The Dispossessed"}, {"n": 2, "width": 0, "note": "wide", "of": "The Dispossessed"}]),
    "let": ({"let": {"double": {"times": ["pages", 2]}}, "in": {"plus": ["double", "^.pages"]}}, 1023),
    # Choices.
    "a case": ({"by": "title", "cases": {"The Dispossessed": "pages", "else": 0}}, 341),
    "another case": ({"by": "title", "cases": {"The Lathe": "pages", "else": 0}}, 0),
    "a case of a flag": ({"by": "in_print", "cases": {"true": 1}}, 1),
    "no case": ({"by": "title", "cases": {"x": 1}}, ABSENT),
    "the first there is": ({"first": ["email", "pages", "title"]}, 341),
    "the first of none": ({"first": ["email"]}, ABSENT),
    "the first item": ({"first": "log.width"}, 2),
    "the first item of nothing": ({"first": "email"}, ABSENT),
    "conditions": ({"is": {"pages": {"min": 300}, "in_print": True}}, True),
    # Other records.
    "records that name this one": ({"count": {"records": "loans", "through": "book_id", "give": "days"}}, 3),
    "of those, some": ({"largest": {"records": "loans", "through": "book_id", "where": {"days": {"max": 10}}, "give": "days"}}, 10),
    "by what this one holds": ({"sum": {"records": "loans", "through": "book_id", "where": {"days": {"max": {"minus": ["^.pages", 331]}}}, "give": "days"}}, 15),
    "all records": ({"sum": {"records": "loans", "give": "days"}}, 42),
    "along the way back": ({"records": "loans", "through": "book_id", "where": {"days": 5}, "give": "book_id.title"}, ["The Dispossessed"]),
    "two deep": ({"each": {"value": [5, 10]}, "give": {"count": {"records": "loans", "through": "book_id", "where": {"days": {"same": "^.it"}}, "give": "days"}}}, [1, 1]),
    # Numbers.
    "a sum": ({"sum": "log.width"}, 7),
    "a sum of nothing": ({"sum": "email"}, 0),
    "a sum of no numbers": ({"sum": "tags"}, 0),
    "a sum without the noise of binary fractions": ({"sum": {"value": [0.1, 0.2]}}, 0.3),
    "a count": ({"count": "tags"}, 2),
    "a count of one": ({"count": "title"}, 1),
    "each once": ({"distinct": {"value": ["b", 1, "a", 1.5, "b", {"x": 1, "y": 2}, {"y": 2, "x": 1}]}}, ["a", "b", 1, 1.5, {"x": 1, "y": 2}]),
    "each record's value once": ({"distinct": {"records": "loans", "give": "book_id.title"}}, ["The Dispossessed", "The Lathe"]),
    "none once": ({"distinct": "email"}, []),
    "the largest number": ({"largest": "log.width"}, 5),
    "the largest text": ({"largest": "tags"}, "utopia"),
    "the largest of nothing": ({"largest": "email"}, ABSENT),
    "plus": ({"plus": ["pages", 1]}, 342),
    "minus": ({"minus": [1, "pages"]}, -340),
    "minus what is absent": ({"minus": ["pages", "email"]}, ABSENT),
    "minus a text": ({"minus": ["pages", "title"]}, ABSENT),
    "times": ({"times": ["pages", 0.5]}, 170.5),
    "times, past what numbers can be": ({"times": [1e308, 1e308]}, ABSENT),
    "percent": ({"percent": [1, 3]}, 33.33),
    "percent of nothing": ({"percent": [0, 0]}, 100),
    # Texts and moments.
    "a text": ({"text": "{title}, {pages} p., {in_print}"}, "The Dispossessed, 341 p., true"),
    "a text with something absent": ({"text": "{title} {email}"}, ABSENT),
    "today": ({"today": True}, "2025-04-18"),
    "now": ({"now": True}, "2025-04-18T12:00:00.000Z"),
    "a year later": ({"later": "published", "years": 1}, "1975-05-31"),
    "a month later, at the end of months": ({"later": "published", "months": 1}, "1974-06-30"),
    "days later": ({"later": "published", "days": {"count": "tags"}}, "1974-06-02"),
    "a moment later": ({"later": {"now": True}, "days": 1}, "2025-04-19T12:00:00.000Z"),
    "later by nothing": ({"later": "published", "years": "email"}, ABSENT),
    "later than nothing": ({"later": "email", "years": 1}, ABSENT),
    "later than no day": ({"later": "title", "years": 1}, ABSENT),
    "later than all days": ({"later": "published", "years": 9999}, ABSENT),
}  # fmt: skip

CONDITIONS: dict[str, tuple[Any, bool]] = {
    "a value": ({"pages": 341}, True),
    "another value": ({"pages": 342}, False),
    "one of": ({"title": ["x", "The Dispossessed"]}, True),
    "none of": ({"title": ["x"]}, False),
    "an item of a list": ({"tags": "sf"}, True),
    "true is not 1": ({"in_print": 1}, False),
    "at least": ({"pages": {"min": 341}}, True),
    "not at least": ({"pages": {"min": 342}}, False),
    "at most": ({"published": {"max": {"value": "1974-05-31"}}}, True),
    "between": ({"pages": {"min": 300, "max": 340}}, False),
    "no order of a text and a number": ({"title": {"min": 1}}, False),
    "in": ({"title": {"in": ["author_id.name", "title"]}}, True),
    "not in": ({"title": {"not in": "tags"}}, True),
    "what is absent is not in": ({"email": {"not in": "tags"}}, True),
    "what is absent is in nothing": ({"email": {"in": "tags"}}, False),
    "the same": ({"author_id.name": {"same": {"value": "Ursula"}}}, True),
    "absent": ({"email": {"absent": True}}, True),
    "an empty text is absent": ({"state": {"absent": True}}, True),
    "not absent": ({"title": {"absent": False}}, True),
    "all must hold": ({"pages": 341, "title": "x"}, False),
    "none": ({}, True),
}

WRONG: dict[str, tuple[Any, str]] = {
    "no field": ("nothing", "books has no field 'nothing'"),
    "no field of the record it leads to": ("author_id.age", "authors has no field 'age'"),
    "too far out": ("^.title", "leads out too far"),
    "no word": ({"summe": "pages"}, "no word of the rules where one word is wanted"),
    "two words": ({"sum": "pages", "count": "pages"}, "sum and count where one word is wanted"),
    "a stray word": ({"sum": "pages", "where": {}}, "sum does not know where"),
    "no cases": ({"by": "title"}, "no cases"),
    "no resource": ({"records": "films"}, "films"),
    "no foreign key": ({"records": "loans", "through": "title"}, "'title' is no foreign key of loans"),
    "one of two": ({"minus": ["pages"]}, "minus takes two expressions"),
    "no text": ({"text": 5}, "is no text"),
    "later than itself": ({"later": "published"}, "later than itself"),
    "no field to count": ({"sequence": "nothing"}, "there is no field 'nothing' to count"),
    "an unknown test": ({"is": {"pages": {"over": 5}}}, "unknown test 'over'"),
    "no condition": ({"is": "pages"}, "is no condition"),
    "itself": ("worked", "computed fields need each other: books.worked needs books.worked"),
    "a circle through others": ({"records": "loans", "through": "book_id", "give": "sum_of_book"}, "computed fields need each other"),
    "all in whole": ({"count": {"records": "books"}}, "computed fields need each other"),
}  # fmt: skip


def ruled(rule: Any):
    """A change of the library's document: books that work ``rule`` out, and loans of them."""

    def change(told: dict[str, Any]) -> None:
        schemas = told["components"]["schemas"]
        worked = {"readOnly": True, "x-mock": {"computed": rule}}
        for name in ("Book", "SomeOfBook"):
            schemas[name]["properties"]["worked"] = worked
            schemas[name]["properties"]["shelf"] = {"type": "object", "properties": {"room": {"type": "string"}}}
        key = {"type": "string", "x-mock": {"references": "books"}}
        schemas["Loan"] = {
            "type": "object", "x-mock": {"resource": "loans", "key": "id"}, "required": ["id"],
            "properties": {"id": {"type": "string", "readOnly": True}, "book_id": key, "days": {"type": "number"},
                           "sum_of_book": {"readOnly": True, "x-mock": {"computed": "book_id.worked"}}},
        }  # fmt: skip
        told["paths"]["/loans/{tenant}"] = {
            "parameters": told["paths"]["/authors/{tenant}"]["parameters"],
            "post": {**told["paths"]["/books/{tenant}"]["post"], "operationId": "createLoan", "x-mock": {"kind": "create", "resource": "loans"}},
        }  # fmt: skip
        told["paths"]["/loans/{tenant}"]["post"] = {
            **told["paths"]["/loans/{tenant}"]["post"],
            "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
            "responses": {
                **told["paths"]["/books/{tenant}"]["post"]["responses"],
                "200": {"description": "Done.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Loan"}}}},
            },
        }  # fmt: skip

    return change


def worked(library: Any, rule: Any, **settings: Any) -> Any:
    """What the library works out by ``rule`` for one book, three times lent."""
    client = library(ruled(rule), **settings).test_client(use_cookies=False)

    def make(resource: str, told: dict[str, Any]) -> dict[str, Any]:
        answer = client.post(f"/{resource}/acme", json=told)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json
        return made

    author = make("authors", {"name": "Ursula"})["id"]
    book = make("books", {
        "title": "The Dispossessed", "author_id": author, "pages": 341, "published": "1974-05-31", "in_print": True, "state": "",
        "tags": ["sf", "utopia"], "shelf": {"room": "north"}, "log": [{"n": 1, "width": 2}, {"n": 2, "width": 5, "note": "wide"}],
    })  # fmt: skip
    other = make("books", {"title": "The Lathe", "author_id": author})
    for days in (10, 20, 5):
        make("loans", {"book_id": book["id"], "days": days})
    make("loans", {"book_id": other["id"], "days": 7})
    answer = client.get(f"/books/acme/{book['id']}")
    assert answer.status_code == 200, answer.text
    found = answer.json.get("worked", ABSENT)
    return "author" if found == author else found


@pytest.mark.parametrize("name", RULES)
def test_each_word_of_the_rules(name: str, library) -> None:
    rule, wanted = RULES[name]
    assert worked(library, rule) == wanted


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_condition(name: str, library) -> None:
    conditions, wanted = CONDITIONS[name]
    assert worked(library, {"is": conditions}) is wanted


@pytest.mark.parametrize("name", WRONG)
def test_a_rule_that_cannot_be_followed_stops_the_start(name: str, library) -> None:
    rule, problem = WRONG[name]
    with pytest.raises(SetupError) as caught:
        library(ruled(rule))
    told = str(caught.value)
    assert problem in told
    assert "openapi.json: /components/schemas/" in told


def test_both_validators_let_through_what_is_computed(library) -> None:
    assert worked(library, {"sum": "log.width"}, validator="reference") == 7
