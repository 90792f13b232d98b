"""The rules over the tiny library API: what each kind of expression gives, and what is refused at the start."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.errors import SetupError
from mockserver.expressions import record_proxy
from mockserver.expressions.context import STEPS, STEPS_OF_REQUEST, Budget

ABSENT = object()

RULES: dict[str, tuple[Any, Any]] = {
    # Names and members.
    "a field": ("title", "The Dispossessed"),
    "a field that is not there": ("email", ABSENT),
    "the same, by this": ("this.title", "The Dispossessed"),
    "a member": ("shelf.room", "north"),
    "a member by its text": ("shelf['room']", "north"),
    "a member that is not there": ("shelf.room.door", ABSENT),
    "along a foreign key": ("author_id.name", "Ursula"),
    "the foreign key itself": ("author_id", "author"),
    "through a list": ("[one.width for one in log]", [2, 5]),
    "through a list, where some have it": ("[one.note for one in log]", ["wide"]),
    "some of a list": ("[one.n for one in log if one.width > 2]", [2]),
    "items that are texts": ("[tag for tag in tags]", ["sf", "utopia"]),
    "an item": ("tags[0]", "sf"),
    "an item from the end": ("tags[-1]", "utopia"),
    "an item that is not there": ("tags[7]", ABSENT),
    "a list that is not there": ("[x for x in email]", []),
    "several lines": ("title\n  if in_print\n  else email", "The Dispossessed"),
    # What stands for itself.
    "a number": (5, 5),
    "a flag": (False, False),
    "a number as text": ("5", 5),
    "a text": ("'title'", "title"),
    "nothing": (None, ABSENT),
    "None": ("None", ABSENT),
    # Objects and lists.
    "a list": ("[title, 'x']", ["The Dispossessed", "x"]),
    "a list leaves out what is absent": ("[email, title]", ["The Dispossessed"]),
    "lists in a row": ("tags + [one.width for one in log]", ["sf", "utopia", 2, 5]),
    "an object": ("dict(a=pages, b=email)", {"a": 341}),
    "an object as Python writes it": ("{'a': pages, 'b': email}", {"a": 341}),
    "an object's member": ("dict(a=pages).a", 341),
    "some members": ("pick(shelf, 'room')", {"room": "north"}),
    "merged": ("[merged(one, dict(width=0, of=title)) for one in log]", [{"n": 1, "width": 0, "of": "The Dispossessed"}, {"n": 2, "width": 0, "note": "wide", "of": "The Dispossessed"}]),
    "let": ({"let": {"double": "pages * 2", "more": "double + 1"}, "in": "more + pages"}, 1024),
    "let, unused": ({"let": {"double": "pages * 2"}, "in": "pages"}, 341),
    "let, a record": ({"let": {"author": "author_id"}, "in": "author.name"}, "Ursula"),
    # Choices.
    "if": ("pages if title == 'The Dispossessed' else 0", 341),
    "else": ("pages if title == 'The Lathe' else 0", 0),
    "or": ("email or pages", 341),
    "and": ("in_print and pages", 341),
    "the first there is": ("first(email, pages, title)", 341),
    "the first of none": ("first(email, email)", ABSENT),
    "the first, though it is 0": ("first(0, pages)", 0),
    "the first item": ("first(one.width for one in log)", 2),
    "the first item of nothing": ("first(email)", ABSENT),
    # Other records.
    "records that name this one": ("count(records('loans', by='book_id'))", 3),
    "of those, some": ("max(loan.days for loan in records('loans', by='book_id') if loan.days <= 10)", 10),
    "by what this one holds": ("sum(loan.days for loan in records('loans', by='book_id') if loan.days <= pages - 331)", 15),
    "all records": ("sum(loan.days for loan in records('loans'))", 42),
    "all records, counted": ("count(records('loans'))", 4),
    "records that name another": ("count(records('books', by='author_id', of=author_id))", 2),
    "records that name a record": ({"let": {"author": "find('authors', author_id)"}, "in": "count(records('books', by='author_id', of=author))"}, 2),
    "records that name nothing": ("count(records('books', by='author_id', of=email))", 0),
    "along the way back": ("[loan.book_id.title for loan in records('loans', by='book_id') if loan.days == 5]", ["The Dispossessed"]),
    "those of a value": ("[loan.days for loan in records('loans') if loan.days == 10]", [10]),
    "those of a value, counted": ("count(loan for loan in records('loans') if loan.days == 10)", 1),
    "those of a value, and more": ("count(loan for loan in records('loans') if loan.days == 10 if loan.days > 10)", 0),
    "those of several values": ("sum(loan.days for loan in records('loans') if loan.days in [5, 10, 5.0, 'x'])", 15),
    "those of several values, counted": ("count(loan for loan in records('loans') if loan.days in [5, 10, 5.0, 'x'])", 2),
    "those of what this one holds": ("count(loan for loan in records('loans') if loan.book_id == id)", 3),
    "those within a text": ("count(loan for loan in records('loans') if loan.book_id in 'no book at all')", 0),
    "those of what is absent": ("count(loan for loan in records('loans') if loan.days == email)", 0),
    "two deep": ("[count(loan for loan in records('loans', by='book_id') if loan.days == days) for days in [5, 10]]", [1, 1]),
    "whether there are any": ("True if records('loans', by='book_id') else False", True),
    "by its key": ("find('authors', author_id).name", "Ursula"),
    "by no key": ("find('authors', pages).name", ABSENT),
    # Numbers.
    "a sum": ("sum(one.width for one in log)", 7),
    "a sum of nothing": ("sum(email)", 0),
    "a sum of no numbers": ("sum(tags)", 0),
    "a sum without the noise of binary fractions": ("sum([0.1, 0.2])", 0.3),
    "a count": ("count(tags)", 2),
    "a count of one": ("count(title)", 1),
    "a count leaves out what is absent": ("count(one.note for one in log)", 1),
    "each once": ("distinct(['b', 1, 'a', 1.5, 'b', {'x': 1, 'y': 2}, {'y': 2, 'x': 1}])", ["a", "b", 1, 1.5, {"x": 1, "y": 2}]),
    "each record's value once": ("distinct(loan.book_id.title for loan in records('loans'))", ["The Dispossessed", "The Lathe"]),
    "none once": ("distinct(email)", []),
    "the largest number": ("max(one.width for one in log)", 5),
    "the largest of several": ("max(email, pages, 7)", 341),
    "the largest text": ("max(tags)", "utopia"),
    "the latest moment": ("max('2025-04-18T14:00:00+02:00', '2025-04-18T12:30:00Z')", "2025-04-18T12:30:00Z"),
    "the largest of nothing": ("max(email)", ABSENT),
    "the smallest": ("min(one.width for one in log)", 2),
    "plus": ("pages + 1", 342),
    "texts in a row": ("title + '!'", "The Dispossessed!"),
    "minus": ("1 - pages", -340),
    "minus what is absent": ("pages - email", ABSENT),
    "minus a text": ("pages - title", ABSENT),
    "negative": ("-pages", -341),
    "times": ("pages * 0.5", 170.5),
    "times, past what numbers can be": ("1e308 * 1e308", ABSENT),
    "a text is not repeated": ("title * 3", ABSENT),
    "divided": ("pages / 2", 170.5),
    "divided, whole": ("pages // 2", 170),
    "what is left": ("pages % 2", 1),
    "divided by nothing": ("pages / 0", ABSENT),
    "percent": ("percent(1, 3)", 33.33),
    "percent of nothing": ("percent(0, 0)", 100),
    "percent of a text": ("percent(title, 3)", ABSENT),
    "rounded": ("round(pages / 3, 1)", 113.7),
    # Texts and moments.
    "values in a text": ("f'{title}, {pages} p., {in_print}'", "The Dispossessed, 341 p., true"),
    "something absent in a text": ("f'{title} {email}'", ABSENT),
    "as a text": ("text(pages)", "341"),
    "small": ("lower(title)", "the dispossessed"),
    "capitals": ("upper(title)", "THE DISPOSSESSED"),
    "joined": ("join(', ', tags)", "sf, utopia"),
    "today": ("today()", "2025-04-18"),
    "now": ("now()", "2025-04-18T12:00:00.000Z"),
    "a year later": ("later(published, years=1)", "1975-05-31"),
    "a month later, at the end of months": ("later(published, months=1)", "1974-06-30"),
    "days later": ("later(published, days=count(tags))", "1974-06-02"),
    "a moment later": ("later(now(), days=1)", "2025-04-19T12:00:00.000Z"),
    "later by nothing": ("later(published, years=email)", ABSENT),
    "later than nothing": ("later(email, years=1)", ABSENT),
    "later than no day": ("later(title, years=1)", ABSENT),
    "later than all days": ("later(published, years=9999)", ABSENT),
}  # fmt: skip

CONDITIONS: dict[str, tuple[str, bool]] = {
    "a value": ("pages == 341", True),
    "another value": ("pages == 342", False),
    "a float is the same number": ("pages == 341.0", True),
    "not the value": ("pages != 342", True),
    "one of": ("title in ['x', 'The Dispossessed']", True),
    "none of": ("title in ['x']", False),
    "an item of a list": ("'sf' in tags", True),
    "a part of a text": ("'Disp' in title", True),
    "true is not 1": ("in_print == 1", False),
    "nor in a list": ("in_print in [1]", False),
    "at least": ("pages >= 341", True),
    "not at least": ("pages >= 342", False),
    "at most": ("published <= '1974-05-31'", True),
    "between": ("300 <= pages <= 340", False),
    "moments, in order whatever their offset": ("'2025-04-18T14:00:00+02:00' < '2025-04-18T12:30:00Z'", True),
    "a leap second has its place": ("'2016-12-31T23:59:60Z' < '2017-01-01T00:00:00Z'", True),
    "no order of a text and a number": ("title >= 1", False),
    "nor the other way round": ("title < 1", False),
    "in": ("title in [author_id.name, title]", True),
    "not in": ("title not in tags", True),
    "what is absent is not in": ("email not in tags", True),
    "what is absent is in nothing": ("email in tags", False),
    "what is absent is equal to nothing": ("email == email", False),
    "what is absent is unequal": ("email != title", True),
    "the same": ("author_id.name == 'Ursula'", True),
    "objects": ("shelf == {'room': 'north'}", True),
    "absent": ("email is None", True),
    "an empty text is false": ("True if not state else False", True),
    "an empty text is there": ("state is not None", True),
    "not absent": ("title is not None", True),
    "all must hold": ("pages == 341 and title == 'x'", False),
    "any must hold": ("pages == 341 or title == 'x'", True),
}

WRONG: dict[str, tuple[Any, str]] = {
    "no field": ("nothing", "books has no field 'nothing'"),
    "nearly a field": ("titel", "books has no field 'titel'; did you mean 'title'?"),
    "no field of the record it leads to": ("author_id.age", "authors has no field 'age'"),
    "no member": ("shelf.romo", "books.shelf has no field 'romo'; did you mean 'room'?"),
    "a member of a list": ("log.width", "log is a list, and has no 'width' itself; write [x.width for x in log]"),
    "no member of an item": ("[one.widht for one in log]", "books.log has no field 'widht'; did you mean 'width'?"),
    "no member to pick": ("pick(shelf, 'door')", "books.shelf has no field 'door'"),
    "no member of an object": ("dict(a=1).b", "has no field 'b'"),
    "no function": ("summe(tags)", "unknown function 'summe'; did you mean 'sum'?"),
    "a method": ("title.upper()", "unknown function 'title.upper'; call a function by its name, such as lower(x)"),
    "a function that is not called": ("today", "'today' is a function; call it: today(…)"),
    "one argument too few": ("percent(1)", "missing a required argument: 'whole'"),
    "an unknown argument": ("later(published, centuries=1)", "got an unexpected keyword argument 'centuries'"),
    "no resource": ("count(records('films'))", "unknown resource 'films'"),
    "a resource that is worked out": ("count(records(title))", "records() needs a string literal, found 'title'"),
    "no foreign key": ("count(records('loans', by='title'))", "'title' is not a foreign key of loans; use one of book_id"),
    "no number to count": ("next_number() if title else dict(a=nothing)", "books has no field 'nothing'"),
    "no expression": ("pages +", "is not an expression: invalid syntax in 'pages +'"),
    "two expressions": ("pages; title", "is not an expression"),
    "a statement": ("import os", "is not an expression"),
    "a list of rules": (["title"], "is not an expression; write a string, or {let: {name: text}, in: text}"),
    "the grammar of before": ({"sum": "pages"}, "is not an expression; write a string"),
    "names that are no texts": ({"let": {"a": 1}, "in": "a"}, "is not a list of names"),
    "a name that means the record": ({"let": {"this": "title"}, "in": "this"}, "'this' cannot be the name of a value"),
    "it, where there is none": ("it.title", "books has no field 'it'"),
    "itself": ("worked", "computed fields depend on each other: books.worked needs books.worked"),
    "a circle through others": ("[loan.sum_of_book for loan in records('loans', by='book_id')]", "computed fields depend on each other"),
    "all in whole": ("[book for book in records('books')]", "computed fields depend on each other"),
    "all in whole, in an object": ("dict(first=first(records('books')))", "computed fields depend on each other"),
}  # fmt: skip


def ruled(rule: Any):
    """A change of the library's document: books that work ``rule`` out, and loans of them."""

    def change(told: dict[str, Any]) -> None:
        schemas = told["components"]["schemas"]
        worked = {"readOnly": True, "x-mock": {"computed": rule}}
        for name in ("Book", "SomeOfBook"):
            schemas[name]["properties"]["worked"] = worked
            entry = {"n": {"type": "number"}, "width": {"type": "number"}, "note": {"type": "string"}}
            schemas[name]["properties"]["log"] = {"type": "array", "items": {"type": "object", "properties": entry}}
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
def test_each_rule_gives_its_value(name: str, library) -> None:
    rule, wanted = RULES[name]
    assert worked(library, rule) == wanted


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_condition(name: str, library) -> None:
    conditions, wanted = CONDITIONS[name]
    assert worked(library, conditions) is wanted


@pytest.mark.parametrize("name", WRONG)
def test_a_rule_that_cannot_be_followed_stops_the_start(name: str, library) -> None:
    rule, problem = WRONG[name]
    with pytest.raises(SetupError) as caught:
        library(ruled(rule))
    told = str(caught.value)
    assert problem in told
    assert "openapi.json: /components/schemas/" in told


def test_a_rule_that_takes_too_many_steps_is_refused_and_nobody_waits(library) -> None:
    client = library(ruled("count(a for a in log for b in log if a.n == b.n)")).test_client()
    answer = client.post("/books/acme", json={"title": "Long", "log": [{"n": one} for one in range(1500)]})
    assert answer.status_code == 400
    assert answer.headers["Mock-Reason"] == "limit: evaluation"
    assert "would take too many steps" in answer.json["message"]


def test_all_that_is_worked_out_for_one_request_has_one_budget(library, monkeypatch) -> None:
    """Each item of this batch alone is within the limit of one evaluation; all of them are not within the request's.

    Both are a hundredth of what they are.
    """
    monkeypatch.setattr(record_proxy, "STEPS", STEPS // 100)
    monkeypatch.setattr(Budget.__init__, "__defaults__", (STEPS_OF_REQUEST // 100,))
    client = library(ruled("count(a for a in log for b in log if a.n == b.n)")).test_client()
    item = {"operation": "create", "object": {"title": "Long", "log": [{"n": one} for one in range(90)]}}
    answer = client.post("/books/acme/batch", json={"operations": [item] * 8})
    statuses = [one["status"] for one in answer.json["results"]]
    assert statuses == sorted(statuses)
    assert set(statuses) == {200, 400}
    read = client.get("/books/acme/" + answer.json["results"][0]["id"])
    assert read.status_code == 200  # the next request has its own


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package whose module says what is given, with one entry point to ``thing``."""

    def install(module: str) -> None:
        name = f"brought_{tmp_path.name.replace('-', '_')}"
        (tmp_path / f"{name}.py").write_text(module)
        told = tmp_path / f"{name}-1.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (told / "entry_points.txt").write_text(f"[mockserver.functions]\nthing = {name}:thing\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


def test_a_package_brings_a_function(library, package) -> None:
    package("from mockserver.expressions import function\n\n@function\ndef thing(value):\n    return f'a {value}'\n")
    assert worked(library, "thing(title)") == "a The Dispossessed"


def test_a_package_that_brings_something_else_is_told(library, package) -> None:
    package("def thing(value):\n    return value\n")
    with pytest.raises(
        SetupError, match=r"entry point mockserver.functions: thing: .*is not a Function; decorate it with"
    ):
        library(ruled("title"))


def test_both_validators_let_through_what_is_computed(library) -> None:
    assert worked(library, "sum(one.width for one in log)", validator="reference") == 7
