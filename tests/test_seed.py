"""Recipes, function by function and fault by fault, on a tiny library; and what scenarios promise."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract import Document, compile_contract
from mockserver.errors import SetupError
from mockserver.expressions.circles import circles
from mockserver.runtime.determinism import digest, digested, digesting, stamp
from mockserver.seeding import Scenario, dates, read_scenario
from mockserver.seeding.fakes import Fakes
from mockserver.store import Store
from tenants import filled
from tiny import document

CONTRACT = compile_contract(Document(document()))
BOOK = {"title": "'A book'"}
CLOCK = "2025-04-18T12:00:00Z"
DAY = date(2025, 4, 18)


def scenario(folder: Path, recipes: dict[str, Any], told: dict[str, Any] | None = None, **options: Any) -> Scenario:
    """A scenario written to files and read again; JSON is YAML."""
    (folder / "recipes").mkdir(exist_ok=True)
    for name, recipe in recipes.items():
        (folder / "recipes" / f"{name}.yaml").write_text(recipe if isinstance(recipe, str) else json.dumps(recipe))
    body = {"clock": CLOCK, "tenants": {"one": {"counts": {"books": 300}}}, **(told or {})}
    (folder / "told.yaml").write_text(json.dumps(body))
    return read_scenario(str(folder / "told.yaml"), folder, CONTRACT, **options)


def books(folder: Path, fields: dict[str, Any], count: int = 300, **recipe: Any) -> list[dict[str, Any]]:
    """Records made of ``fields``, filled into a store and read from there, in the order of their ordinals."""
    extra = recipe.pop("recipes", {})
    told = {"tenants": {"one": {"counts": {"books": count, **{n: 7 for n in extra if n in CONTRACT.resources}}}}}
    made = scenario(folder, {"books": {"fields": {**BOOK, **fields}, **recipe}, **extra}, told)
    filled(CONTRACT, made, "one")
    return [record for name, record in made.records("one") if name == "books"]


def problems(make: Callable[[], Any]) -> list[str]:
    with pytest.raises(SetupError) as caught:
        make()
    return [
        f"{Path(problem.file).name} {problem.pointer}: {problem.problem}; {problem.remedy}"
        for problem in caught.value.problems
    ]


# Expressions


def test_digests_of_what_begins_alike_are_those_of_the_whole() -> None:
    begun = digesting(1, "one", "books", "")
    assert [digested(begun, 1), digested(begun, "pinned")] == [
        digest(1, "one", "books", 1),
        digest(1, "one", "books", "pinned"),
    ]


@given(st.integers(0, 2**64 - 1), st.dates(), st.integers(0, 200_000))
def test_a_moment_is_written_as_stamp_writes_it(bits: int, day: date, seconds: int) -> None:
    first = datetime(day.year, day.month, day.day, tzinfo=UTC)
    last = min(first, datetime(9990, 1, 1, tzinfo=UTC)) + timedelta(seconds=seconds)
    if last >= first:
        made = dates._placed(stamp(first), stamp(last), dates._seconds, dates._moment_at, bits)
        assert made == stamp(first + timedelta(seconds=bits % (seconds + 1)))


def shelf(folder: Path, spec: Any, count: int = 300, **more: Any) -> list[Any]:
    """What ``spec`` makes, wrapped so that the contract lets everything pass; '-' where it is absent."""
    made = books(folder, {"shelf": {"it": spec}, **more.pop("fields", {})}, count, **more)
    return [book["shelf"].get("it", "-") for book in made]


def test_values_written_out(tmp_path: Path) -> None:
    assert shelf(tmp_path, "'text'", 1) == ["text"]
    assert shelf(tmp_path, 5.5, 1) == [5.5]
    assert shelf(tmp_path, None, 1) == [None]
    assert shelf(tmp_path, [1, "1 + 1", "maybe(0, 3)", {"a": "pages", "b": "email"}], 1, fields={"pages": 4, "email": "maybe(0, 'x')"}) == [[1, 2, {"a": 4}]]  # fmt: skip


def test_choice(tmp_path: Path) -> None:
    weighted = shelf(tmp_path, "choice(often=9, seldom=1, never=0)", 1000)
    assert 840 < weighted.count("often") < 950
    assert weighted.count("never") == 0
    assert set(shelf(tmp_path, "choice({'a b': 1, 'c': 2})")) == {"a b", "c"}
    assert {str(one) for one in shelf(tmp_path, "choice('a', 1, [2], dict(b=3))")} == {"a", "1", "[2]", "{'b': 3}"}


@pytest.mark.parametrize(
    ("written", "worked_out"),
    [
        ("choice('a', 'b', 3)", "choice('a', text('b'), 3)"),
        ("choice(a=2, b=1.5)", "choice({'a': 2, 'b': 1.5})"),
        ("later('2024-02-29', years=1, days=-1)", "later('2024-02-29', years=1, days=0 - 1)"),
        ("earlier('2024-03-31', months=1)", "earlier('2024-03-31', months=0 + 1)"),
        ("later([ordinal], days=1)", "later([ordinal], days=0 + 1)"),
        ("date([ordinal]) if ordinal > 300", "None"),
        ("ago(days=3)", "ago(days=0 + 3)"),
        ("ago(days=[ordinal])", "None"),
        ("ahead(hours=3)", "ahead(hours=0 + 3)"),
        ("number(-3, 9)", "number(0 - 3, 9)"),
        ("maybe(0.5, chance(0.3))", "maybe(0.5, chance(0.3) == True)"),
        ("date('2024-02-28', '2024-03-02')", "date(text('2024-02-28'), later('2024-03-01', days=0 + 1))"),
        ("date('2024-02-28T23:59:59Z')", "date('2024-02-28', '2024-02-28')"),
        ("datetime('2024-02-28')", "'2024-02-28T00:00:00.000Z'"),
        ("datetime('2024-02-28T23:59:59.0015Z', '2024-02-28T23:59:59.9Z')", "'2024-02-28T23:59:59.001Z'"),
        ("datetime('9999-12-31T23:59:58Z')", "'9999-12-31T23:59:58.000Z'"),
        ("datetime([ordinal]) if ordinal > 300", "None"),
        ("ordinal == 'a' or 'a' in ['a']", "ordinal == text('a') or text('a') in [text('a')]"),
        ("[ordinal] in ['a', 'b']", "[ordinal] in [text('a'), 'b']"),
    ],
)
def test_what_is_written_out_gives_what_it_gives_when_it_is_worked_out(
    tmp_path: Path, written: str, worked_out: str
) -> None:
    assert shelf(tmp_path, written, 40) == shelf(tmp_path, worked_out, 40)


def test_what_goes_by_ordinal(tmp_path: Path) -> None:
    assert shelf(tmp_path, "cycle('a', 'b', 'c')", 5) == ["a", "b", "c", "a", "b"]
    assert shelf(tmp_path, "ordinal - 2", 4) == [-1, 0, 1, 2]


def test_chance_and_maybe(tmp_path: Path) -> None:
    assert 220 < shelf(tmp_path, "chance(0.25)", 1000).count(True) < 290
    assert 200 < shelf(tmp_path, "maybe(0.25, 1)", 1000).count(1) < 300
    assert set(shelf(tmp_path, "chance(0)")) == {False}
    assert set(shelf(tmp_path, "chance(1)")) == {True}


def test_a_condition_needs_no_else(tmp_path: Path) -> None:
    made = books(
        tmp_path, {"in_print": "chance(0.5)", "shelf": {"it": "1 if in_print", "with": "2 if in_print else 3"}}
    )
    assert {(book["in_print"], book["shelf"].get("it"), book["shelf"]["with"]) for book in made} == {(True, 1, 2), (False, None, 3)}  # fmt: skip


def test_case(tmp_path: Path) -> None:
    fields = {"state": "choice('new', 'old', 'worn out')"}
    made = books(tmp_path, {**fields, "shelf": {"it": "case(state, {'worn out': 3}, new=1, otherwise=2)", "w": "case(state, new=1)"}})  # fmt: skip
    told = {(book["state"], book["shelf"]["it"], book["shelf"].get("w")) for book in made}
    assert told == {("new", 1, 1), ("old", 2, None), ("worn out", 3, None)}


def test_number(tmp_path: Path) -> None:
    assert set(shelf(tmp_path, "number(1, 6)")) == {1, 2, 3, 4, 5, 6}
    assert set(shelf(tmp_path, "number(0, 100, step=25)")) == {0, 25, 50, 75, 100}
    assert set(shelf(tmp_path, "number(0, 0.3, step=0.1)")) == {0, 0.1, 0.2, 0.3}
    assert all(isinstance(value, int) for value in shelf(tmp_path, "number(1, 6)"))
    assert set(shelf(tmp_path, "number(1, pages)", fields={"pages": 3})) == {1, 2, 3}
    assert shelf(tmp_path, "number(1, pages)", 1, fields={"pages": "maybe(0, 3)"}) == ["-"]


def test_two_calls_draw_apart(tmp_path: Path) -> None:
    assert len({tuple(pair) for pair in shelf(tmp_path, "[number(1, 100), number(1, 100)]")}) > 250


def test_uuid_is_one_and_unique(tmp_path: Path) -> None:
    ids = [book["id"] for book in books(tmp_path, {})]
    assert len(set(ids)) == 300
    assert all(len(each) == 36 and each[14] == "4" for each in ids)


def test_texts(tmp_path: Path) -> None:
    fields = {"title": '"Zoë O\'Hara"', "pages": 12, "in_print": True, "email": "maybe(0, 'x')"}
    assert shelf(tmp_path, "repeat('ab', 3)", 1) == ["ababab"]
    assert shelf(tmp_path, "f'{{{title}}} {pages} {in_print}'", 1, fields=fields) == ["{Zoë O'Hara} 12 true"]
    assert shelf(tmp_path, "f'{slug(title)} {upper(title)}'", 1, fields=fields) == ["zoe-ohara ZOË O'HARA"]
    assert shelf(tmp_path, "f'a{email}'", 1, fields=fields) == ["-"]
    assert shelf(tmp_path, "f'{tenant}-{ordinal}-{clock}'", 2) == [f"one-{n}-2025-04-18T12:00:00.000Z" for n in (1, 2)]
    assert shelf(tmp_path, ["slug('Łódź')", "slug('山田')", "slug('  a--b ')", "slug('Neill & Sons')"], 1) == [["odz", "", "a-b", "neill-sons"]]  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("clock", "2025-04-18"),
        ("ahead(days=1)", "2025-04-19"),
        ("ago(weeks=2)", "2025-04-04"),
        ("ahead(months=1, days=-1)", "2025-05-17"),
        ("ago(years=1)", "2024-04-18"),
        ("ahead(hours=13)", "2025-04-19"),
        ("later('2024-02-29', years=1)", "2025-02-28"),
        ("later('2024-01-31', months=1)", "2024-02-29"),
        ("earlier('2024-03-31', months=1)", "2024-02-29"),
        ("later('2024-12-31T23:30:00Z', minutes=45)", "2025-01-01"),
        ("later(title, days=1)", "2020-01-02"),
        ("published", "2020-06-01"),
        ("email", "-"),
        ("later(email, days=1)", "-"),
        ("ahead(years=9000)", "-"),
    ],
)
def test_days(tmp_path: Path, moment: str, wanted: str) -> None:
    fields = {"title": "'2020-01-01'", "published": "'2020-05-31T23:00:00-04:00'", "email": "maybe(0, 'x')"}
    assert shelf(tmp_path, f"date({moment})", 1, fields=fields) == [wanted]


def test_ranges_of_time(tmp_path: Path) -> None:
    days = set(shelf(tmp_path, "date(ago(days=3), clock)"))
    assert days == {f"2025-04-{day}" for day in (15, 16, 17, 18)}
    moments = shelf(tmp_path, "datetime(ago(minutes=1), clock)")
    assert min(moments) >= "2025-04-18T11:59:00.000Z" and max(moments) <= "2025-04-18T12:00:00.000Z"
    assert len(set(moments)) > 50


def test_several(tmp_path: Path) -> None:
    made = shelf(tmp_path, "several(dict(n=number(1, 9), m=maybe(0.5, 1)), 0, 3)")
    assert {len(each) for each in made} == {0, 1, 2, 3}
    assert {frozenset(item) for each in made for item in each} == {frozenset({"n"}), frozenset({"n", "m"})}
    assert any(len({item["n"] for item in each}) > 1 for each in made), "items are drawn each by itself"
    assert all(
        len(set(each)) == len(each) <= 2 for each in shelf(tmp_path, "several(choice('a', 'b'), 8, distinct=True)")
    )
    ordered = shelf(tmp_path, "several(dict(d=date(ago(years=1), clock)), 5, sort='d')")
    assert all(each == sorted(each, key=lambda item: item["d"]) for each in ordered)


def test_what_several_reads_is_drawn_once(tmp_path: Path) -> None:
    """A field first asked for in the middle of a list has the value it would have had before."""
    spec = {"it": "several(pages, 3)", "alone": "pages"}
    after = books(tmp_path, {"shelf": spec, "pages": "number(1, 900)"}, 20)
    assert all(book["shelf"]["it"] == [book["pages"]] * 3 for book in after)
    assert [book["pages"] for book in after] == [
        book["pages"] for book in books(tmp_path, {"pages": "number(1, 900)"}, 20)
    ]


def test_faker(tmp_path: Path) -> None:
    english = shelf(tmp_path, "fake.city()", 20)
    polish = shelf(tmp_path, "fake.city()", 20, locale="pl_PL")
    assert len(set(english)) > 10 and set(english).isdisjoint(polish)
    assert all(len(text) <= 5 for text in shelf(tmp_path, "fake.text(max_nb_chars=5)", 20))


def test_faker_depends_on_the_seed_alone() -> None:
    def made(fakes: Fakes, name: str) -> Any:
        try:
            return fakes.make("en_GB", name, [], {}, 5)
        except Exception as error:  # noqa: BLE001  # what it refuses counts as well
            return repr(error)

    once, again = Fakes(), Fakes()
    names = sorted(once.names("en_GB") - {"zip", "tar", "image", "binary"})
    assert {"first_name", "city", "company", "job"} <= set(names)
    assert "date_this_year" not in names
    first = {name: made(once, name) for name in names}
    assert {name: made(again, name) for name in reversed(names)} == first


# Data


def test_rows_in_turn_are_fields_or_read(tmp_path: Path) -> None:
    rows = [
        {"state": "new", "pages": 10, "town": {"name": "Bath"}},
        {"state": "old", "town": {"name": "York", "code": 1}},
    ]
    told = {"rows": rows, "constants": {"pages": 5, "in_print": True, "state": "unknown"}}
    made = books(tmp_path, {"title": "town.name", "email": "text(town.code)"}, 3, **told)
    assert [(book["title"], book["state"], book["pages"], book.get("email")) for book in made] == [
        ("Bath", "new", 10, None), ("York", "old", 5, "1"), ("Bath", "new", 10, None)
    ]  # fmt: skip
    assert all(book["in_print"] is True and "town" not in book for book in made)


def test_tables_in_turn_are_read(tmp_path: Path) -> None:
    tables = {"place": [{"city": "Bath"}, {"city": "York"}, {"city": "Ely"}]}
    made = books(tmp_path, {"title": "place.city"}, 4, tables=tables)
    assert [book["title"] for book in made] == ["Bath", "York", "Ely", "Bath"]


# References


AUTHORS = {"fields": {"name": "f'Author {ordinal}'", "id": "f'author-{ordinal}'"}}


def test_ref_to_a_resource_and_to_a_pool(tmp_path: Path) -> None:
    fields = {"author_id": "ref('authors', among=5)", "title": "author_id.name", "email": "friend.mail"}
    pool = {
        "let": {"house": "ref('houses', among=2)"},
        "fields": {"mail": "f'{id}@{house.name}'", "id": "f'f{ordinal}'"},
    }
    houses = {"fields": {"name": "cycle('north', 'south')"}}
    made = books(tmp_path, fields, let={"friend": "ref('friends', share=3)"}, recipes={"authors": AUTHORS, "friends": pool, "houses": houses})  # fmt: skip
    assert {book["author_id"] for book in made} == {f"author-{n}" for n in range(1, 6)}
    assert all(book["title"] == book["author_id"].replace("author-", "Author ") for book in made)
    mails = [book["email"] for book in made]
    assert {mail.split("@")[1] for mail in mails} == {"north", "south"}
    assert 60 <= len(set(mails)) <= 100, "three books to a friend, about"
    assert len({mail.split("@")[0] for mail in mails}) == len(set(mails)), "a friend is the same friend each time"


def test_ref_to_too_few_or_none(tmp_path: Path) -> None:
    recipes = {"books": {"fields": {**BOOK, "author_id": "ref('authors', among=5)"}}, "authors": AUTHORS}
    for count, wanted in ((2, {"author-1", "author-2"}), (0, {"-"})):
        made = scenario(tmp_path, recipes, {"tenants": {"one": {"counts": {"books": 50, "authors": count}}}})
        filled(CONTRACT, made, "one")
        assert {record.get("author_id", "-") for name, record in made.records("one") if name == "books"} == wanted


def test_a_shortage_is_told_with_the_count_that_would_do(tmp_path: Path) -> None:
    fields = {**BOOK, "id": "f'b{ordinal}'", "author_id": "f'author-{ordinal}'"}
    counts = {"books": 5, "authors": 2}
    told = {"tenants": {"one": {"counts": counts}}}
    found = problems(lambda: fill(tmp_path, {"books": {"fields": fields}, "authors": AUTHORS}, told))
    assert found == ['books.yaml /fields/author_id: one, books b3: /author_id "author-3" is not in authors (and 2 more records); make 5 (--count authors=5, or counts: {authors: 5} in the scenario)']  # fmt: skip
    lent = {
        "let": {"author": "ref('authors', per=1)"},
        "fields": {**fields, "title": "author.name", "author_id": "author"},
    }
    found = problems(lambda: fill(tmp_path, {"books": lent, "authors": AUTHORS}, told))
    assert found == ["books.yaml /fields/title: one, books: needs 5 authors, but there are only 2 (and 2 more records); make 5 (--count authors=5, or counts: {authors: 5} in the scenario), or fewer books"]  # fmt: skip
    told = {"tenants": {"one": {"counts": {**counts, "authors": 0}}}}
    found = problems(lambda: fill(tmp_path, {"books": lent, "authors": AUTHORS}, told))
    assert "refers to authors, which has no records (and 4 more records); make" in found[0], found


def test_has_tells_whether_a_record_is_there(tmp_path: Path) -> None:
    fields = {**BOOK, "author_id": "f'author-{ordinal}' if has('authors', ordinal)"}
    told = {"tenants": {"one": {"counts": {"books": 4, "authors": 2}}}}
    made = scenario(tmp_path, {"books": {"fields": fields}, "authors": AUTHORS}, told)
    filled(CONTRACT, made, "one")
    keys = [record.get("author_id") for name, record in made.records("one") if name == "books"]
    assert keys == ["author-1", "author-2", None, None]


def test_ids_of_rows_that_start_over_are_told_apart(tmp_path: Path) -> None:
    rows = [{"id": "red", "title": "Red"}, {"id": "blue", "title": "Blue"}]
    told = {"tenants": {"one": {"counts": {"books": 5}}}}
    made = scenario(tmp_path, {"books": {"rows": rows}}, told)
    filled(CONTRACT, made, "one")
    assert [record["id"] for _, record in made.records("one")] == ["red", "blue", "red-2", "blue-2", "red-3"]


def test_ref_to_its_own_kind_is_to_an_earlier_one(tmp_path: Path) -> None:
    fields = {"id": "f'b{ordinal}'", "state": "ref('books')", "email": "state.title", "title": "f'T{ordinal}'"}
    made = books(tmp_path, fields, 50)
    assert "state" not in made[0] and "email" not in made[0]
    for book in made[1:]:
        assert int(book["state"][1:]) < int(book["id"][1:])
        assert book["email"] == book["state"].replace("b", "T")


# Defaults


def test_stamps_come_by_themselves(tmp_path: Path) -> None:
    made = books(tmp_path, {})
    for book in made:
        assert "2016-04-18T08" < book["made_at"] <= book["changed_at"] <= "2025-04-18T12:00:00.000Z"
        assert (book["version"] == 1) == (book["made_at"] == book["changed_at"])
        assert book["made_by"] == book["changed_by"]
        assert book["locked"] is False
    assert {book["version"] for book in made} >= {1, 2, 3}


def test_a_recipe_overrules_stamps(tmp_path: Path) -> None:
    made = books(tmp_path, {"version": 7, "made_at": "datetime('2020-01-01')", "locked": True}, 1)[0]
    assert (made["version"], made["made_at"], made["locked"]) == (7, "2020-01-01T00:00:00.000Z", True)


# YAML


def test_yaml_means_what_it_says(tmp_path: Path) -> None:
    text = "constants:\n  title: NO\n  email: 2024-02-29\n  state: 12:30\n  pages: 1.5e3\n  tags: [007, on, 1_000, true, ~, 10]\n  shelf: {it: 2025-04-18T12:00:00Z}\n"  # fmt: skip
    made = scenario(tmp_path, {"books": text}, {"tenants": {"one": {"counts": {"books": 1}}}})
    record = next(record for _, record in made.records("one"))
    assert (record["title"], record["email"], record["state"], record["pages"]) == ("NO", "2024-02-29", "12:30", 1500.0)
    assert record["tags"] == ["007", "on", "1_000", True, None, 10]
    assert record["shelf"] == {"it": "2025-04-18T12:00:00Z"}


# Independence


FIELDS = {"title": "fake.sentence()", "pages": "number(1, 900)", "state": "choice('a', 'b', 'c')", "author_id": "ref('authors', among=3)"}  # fmt: skip
BASE = {"books": {"fields": FIELDS}, "authors": AUTHORS}
PLAN = {"counts": {"books": 20, "authors": 3}}


def made_of(
    folder: Path, recipes: dict[str, Any], told: dict[str, Any], tenant: str = "one", **options: Any
) -> dict[str, bytes]:
    world = filled(CONTRACT, scenario(folder, recipes, told, **options), tenant)
    return {record.id: record.raw for name in ("books", "authors") for record in world[name].scan()}


@pytest.fixture
def before(tmp_path: Path) -> dict[str, bytes]:
    return made_of(tmp_path, BASE, {"tenants": {"one": PLAN}})


def test_twice_the_same(tmp_path: Path, before: dict[str, bytes]) -> None:
    assert made_of(tmp_path, BASE, {"tenants": {"one": PLAN}}) == before


def test_another_seed_is_another_world(tmp_path: Path, before: dict[str, bytes]) -> None:
    other = made_of(tmp_path, BASE, {"tenants": {"one": PLAN}}, seed=9)
    assert len(other) == len(before) and not {*other} & {each for each in before if not each.startswith("author")}
    assert made_of(tmp_path, BASE, {"tenants": {"one": PLAN}, "seed": 9}) == other


def test_a_higher_count_changes_no_record(tmp_path: Path, before: dict[str, bytes]) -> None:
    more = made_of(tmp_path, BASE, {"tenants": {"one": {"counts": {"books": 40, "authors": 9}}}})
    assert before.items() < more.items()
    assert made_of(tmp_path, BASE, {"tenants": {"one": PLAN}}, counts={"books": 40, "authors": 9}) == more


def test_a_pinned_record_changes_no_other(tmp_path: Path, before: dict[str, bytes]) -> None:
    pinned = {"books": [{"id": "mine", "title": "Mine"}, {"id": "mine-too", "title": "Too"}]}
    more = made_of(tmp_path, BASE, {"tenants": {"one": {**PLAN, "pinned": pinned}}})
    assert before.items() < more.items() and more.keys() - before.keys() == {"mine", "mine-too"}
    alone = made_of(tmp_path, BASE, {"tenants": {"one": {**PLAN, "pinned": {"books": pinned["books"][1:]}}}})
    assert alone["mine-too"] == more["mine-too"]


def test_a_field_changes_no_other_field(tmp_path: Path, before: dict[str, bytes]) -> None:
    recipes = {**BASE, "books": {"fields": {"email": "fake.email()", **FIELDS}, "let": {"new": "chance(0.5)"}}}
    after = made_of(tmp_path, recipes, {"tenants": {"one": PLAN}})
    assert after.keys() == before.keys()
    for record_id, raw in after.items():
        record = json.loads(raw)
        record.pop("email", None)
        assert record == json.loads(before[record_id])


def test_a_tenant_changes_no_other(tmp_path: Path, before: dict[str, bytes]) -> None:
    told = {"tenants": {"zero": PLAN, "one": PLAN}, "template": PLAN}
    made = scenario(tmp_path, BASE, told)
    for order in (("zero", "one", "new"), ("new", "one", "zero")):
        worlds = {name: {record.id: record.raw for kind in ("books", "authors") for record in filled(CONTRACT, made, name)[kind].scan()} for name in order}  # fmt: skip
        assert worlds["one"] == before
        assert len(worlds["new"]) == len(before) and worlds["new"] != before
    assert made_of(tmp_path, BASE, told, "new") == worlds["new"]


# Scenarios


def test_a_scenario_tells_its_name_clock_and_tenants(tmp_path: Path) -> None:
    made = scenario(tmp_path, {}, {"description": "For a test.", "seed": 4, "clock": "2025-01-01T01:00:00+01:00", "tenants": {"b": {}, "a": None}})  # fmt: skip
    assert (made.name, made.description, made.seed, made.tenants) == ("told", "For a test.", 4, ("b", "a"))
    assert made.clock == datetime(2025, 1, 1, tzinfo=UTC) and made.clock.tzinfo is UTC
    assert list(made.records("a")) == list(made.records("anyone")) == []


def test_progress_is_told_for_each_record(tmp_path: Path) -> None:
    made, ticks = scenario(tmp_path, {"books": {"fields": BOOK}}), []
    made.fill(Store(CONTRACT.indexes, None, 1).empty("one"), lambda: ticks.append(1))
    assert len(ticks) == 300


def test_pinned_records_are_kept_as_written(tmp_path: Path) -> None:
    pinned = {"books": [{"id": "a|b", "title": "T", "shelf": {"choice": [1]}, "published": {"$make": "date(ago(days=1))"}, "email": {"$make": "lower(title)"}, "version": 3}]}  # fmt: skip
    made = scenario(tmp_path, {}, {"tenants": {"one": {"pinned": pinned}}})
    ((name, record),) = made.records("one")
    assert name == "books"
    assert {key: record[key] for key in ("id", "title", "shelf", "published", "email", "version")} == {"id": "a|b", "title": "T", "shelf": {"choice": [1]}, "published": "2025-04-17", "email": "t", "version": 3}  # fmt: skip
    assert record["made_at"] <= record["changed_at"]


def test_recipes_are_looked_up_beside_the_scenario_first(tmp_path: Path) -> None:
    shipped, mine = tmp_path / "shipped", tmp_path / "mine"
    for folder, title in ((shipped, "shipped"), (mine, "mine")):
        (folder / "recipes").mkdir(parents=True)
        (folder / "recipes" / "books.yaml").write_text(
            f"constants: {{title: {title}}}\nfields:\n  author_id: ref('authors', among=1)\n"
        )
    (shipped / "recipes" / "authors.yaml").write_text(json.dumps(AUTHORS))
    (mine / "scenarios").mkdir()
    body = json.dumps({"clock": CLOCK, "tenants": {"one": {"counts": {"books": 1, "authors": 1}}}})
    for file in (mine / "my.yml", mine / "scenarios" / "my.yaml"):
        file.write_text(body)
        titles = [record.get("title") for _, record in read_scenario(str(file), shipped, CONTRACT).records("one")]
        assert "mine" in titles


# Faults


FAULTS: list[tuple[Any, str, str]] = [
    ("chioce(1)", "", "unknown function 'chioce'; did you mean 'choice'?"),
    ("choice(", "", "is not an expression"),
    ("choice()", "", "choice() has nothing to choose from"),
    ("choice(a=0)", "", "the weights of choice() must be numbers of 0 or more"),
    ("choice(a=title)", "", "the weights of choice() must be numbers of 0 or more"),
    ("choice({'a b': -1})", "", "the weights of choice() must be numbers of 0 or more"),
    ("cycle()", "", "cycle() has nothing to iterate over"),
    ("chance(2)", "", "chance() needs a probability; write a number from 0 to 1"),
    ("maybe(title, 1)", "", "maybe() needs a probability"),
    ("uuid(4)", "", "too many positional arguments"),
    ("number(5)", "", "missing a required argument: 'high'"),
    ("number(1, shoe)", "", "books has no field 'shoe'"),
    ("date(yesterday)", "", "books has no field 'yesterday'"),
    ("ago(parsecs=3)", "", "unknown unit 'parsecs'; use days, hours, minutes, months, weeks, years"),
    ("titel", "", "books has no field 'titel'; did you mean 'title'?"),
    ("title.length", "", "'title' has no field 'length'"),
    ("place.town", "", "'place' has no field 'town'; use one of city"),
    ("writer.nmae", "", "authors has no field 'nmae'; did you mean 'name'?"),
    ("ref('auhtors', among=1)", "", "unknown recipe 'auhtors'"),
    ("ref('../secrets', among=1)", "", "unknown recipe"),
    ("ref(title, among=1)", "", "ref() needs a string literal"),
    ("ref('authors')", "", "ref() takes exactly one of among=, share= and per="),
    ("ref('authors', among=1, share=2)", "", "ref() takes exactly one of among=, share= and per="),
    ("ref('authors', among=0)", "", "ref() takes exactly one of among=, share= and per="),
    ("ref('books', among=3)", "", "picks an earlier record"),
    ("fake.citty()", "", "unknown function 'fake.citty'"),
    ("fake.date_this_year()", "", "unknown function"),
    ("fake.seed_instance()", "", "unknown function"),
    ("fake.__class__()", "", "unknown function"),
    ("fake.city(size=3)", "", "Faker refuses:"),
    ("fake.binary(length=3)", "", "JSON cannot hold bytes"),
    ("2 ** 99", "", "the operator is not one of"),
    ({"a": "vlaue(1)"}, "/a", "unknown function 'vlaue'"),
    ([1, "vlaue(1)"], "/1", "unknown function 'vlaue'"),
    (2**70, "", "JSON cannot hold"),
]


@pytest.mark.parametrize(("spec", "below", "wanted"), FAULTS)
def test_faults_of_expressions(tmp_path: Path, spec: Any, below: str, wanted: str) -> None:
    told = {"let": {"writer": "ref('authors', among=1)"}, "tables": {"place": [{"city": "Bath"}]}}
    recipes = {"books": {**told, "fields": {**BOOK, "email": "place.city", "shelf": spec}}, "authors": AUTHORS}
    found = problems(lambda: scenario(tmp_path, recipes))
    assert any(one.startswith(f"books.yaml /fields/shelf{below}: ") and wanted in one for one in found), found


def test_faults_of_recipes(tmp_path: Path) -> None:
    recipe = {"locale": "tlh", "fileds": {}, "fields": {"title": "fake.city()", "colour": 1, "email": "a"}, "let": {"a": "b", "b": "f'{a}'", "title": 1, "clock": 2}, "constants": {"stat": 1}, "rows": [{"title": "T"}, 5]}  # fmt: skip
    found = problems(lambda: scenario(tmp_path, {"books": recipe}))
    for wanted in (
        "books.yaml /fileds: is unknown; did you mean 'fields'?",
        "books.yaml /locale: Faker has no locale 'tlh'",
        "books.yaml /fields/colour: books has no field 'colour'",
        "books.yaml /let/title: 'title' is already defined",
        "books.yaml /rows/0/title: 'title' is already defined",
        "books.yaml /rows/1: is 5 (integer), wanted object; write a row",
        "books.yaml /let/clock: 'clock' is a name built into every recipe",
        "books.yaml /let/a: fields depend on each other: books.a needs books.b needs books.a",
        "books.yaml /constants/stat: 'stat' is not a field of books, and no expression reads it; did you mean 'state'?",
    ):
        assert any(one.startswith(wanted) for one in found), (wanted, found)


def test_a_circle_through_two_recipes(tmp_path: Path) -> None:
    books_ = {"fields": {"title": "author_id.name", "author_id": "ref('authors', among=1)"}}
    authors = {"fields": {"name": "favourite.title"}, "let": {"favourite": "ref('books', among=1)"}}
    found = problems(lambda: scenario(tmp_path, {"books": books_, "authors": authors}))
    assert len(found) == 1 and "books.title needs authors.name needs books.title" in found[0]


def test_a_ref_in_a_circle_without_reading_is_fine(tmp_path: Path) -> None:
    recipes = {
        "books": {"fields": {**BOOK, "author_id": "ref('authors', among=1)"}},
        "authors": {"constants": {"name": "N"}, "let": {"favourite": "ref('books', among=1)"}},
    }
    assert scenario(tmp_path, recipes).tenants == ("one",)


def test_faults_of_scenarios(tmp_path: Path) -> None:
    told = {
        "tenant": {},
        "seed": "x",
        "clock": "2025-04-18T12:00:00",
        "description": 5,
        "tenants": {
            "one": {"count": {}, "counts": {"books": -1, "boks": 5, "authors": 5, "friends": 1}},
            "two": {"pinned": {"books": [{"title": "no id"}, {"id": "a"}, {"id": "a"}, 5, {"id": "b", "colour": 1}], "boks": []}},
            "three": {"pinned": {"books": [{"id": "c", "pages": {"$make": "cycle(1)"}, "title": {"$make": "f'{ordinal}'"}, "tags": {"$make": "tags"}, "state": {"$make": "ref('friends', share=2)"}}]}},
            "four": [],
        },
    }  # fmt: skip
    found = problems(lambda: scenario(tmp_path, {"books": {"fields": BOOK}, "friends": {}}, told))
    for wanted in (
        "told.yaml /tenant: is unknown; did you mean 'tenants'?",
        'told.yaml /seed: is "x" (string), wanted integer; write a whole number',
        'told.yaml /clock: is "2025-04-18T12:00:00", wanted a timestamp with its time zone; write a timestamp with a time zone, such as 2025-04-18T12:00:00Z',
        "told.yaml /description: is 5 (integer), wanted string; say",
        "told.yaml /tenants/one/count: is unknown; did you mean 'counts'?",
        "told.yaml /tenants/one/counts/books: is -1, wanted 0 or more; write a whole number from 0 on",
        "told.yaml /tenants/one/counts/boks: 'boks' is not a resource of the document; did you mean 'books'?",
        "told.yaml /tenants/one/counts/authors: there is no recipe for authors; add recipes/authors.yaml",
        "told.yaml /tenants/one/counts/friends: 'friends' is a pool, which has no count",
        "told.yaml /tenants/two/pinned/books/0: id is missing",
        'told.yaml /tenants/two/pinned/books/2: id "a" is given twice',
        "told.yaml /tenants/two/pinned/books/3: is 5 (integer), wanted object; write a record",
        "told.yaml /tenants/two/pinned/books/4/colour: books has no field 'colour'",
        "told.yaml /tenants/two/pinned/boks: 'boks' is not a resource",
        "told.yaml /tenants/three/pinned/books/0/pages/$make: cycle() cannot be used in pinned records",
        "told.yaml /tenants/three/pinned/books/0/title/$make: books has no field 'ordinal'",
        "told.yaml /tenants/three/pinned/books/0/state/$make: ref() without among= cannot be used in pinned records",
        "told.yaml /tenants/three/pinned/books/0/tags/$make: fields depend on each other: books.tags needs books.tags",
        "told.yaml /tenants/four: is [] (array), wanted object or null",
    ):
        assert any(one.startswith(wanted) for one in found), (wanted, found)


def test_faults_of_counts_from_outside(tmp_path: Path) -> None:
    found = problems(lambda: scenario(tmp_path, {"books": {"fields": BOOK}}, counts={"boks": 3, "authors": 1}))
    assert found == [
        "counts /boks: 'boks' is not a resource of the document; did you mean 'books'?",
        "counts /authors: there is no recipe for authors; add recipes/authors.yaml",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: [", "told.yaml /a/0: cannot be read: while parsing"),
        ("- 1", "told.yaml : is [1] (array), wanted object; write a mapping"),
        ("tenants: &t\n  a: {counts: *t}", "told.yaml /tenants/a/counts: an alias refers to a value that contains it"),
        ("a: " + "[" * 5000, "told.yaml /a/0: cannot be read:"),
        (
            "clock: 2025-04-18T12:00:00Z\ntenants:\n  a: {}\n  a: {}",
            "told.yaml /tenants/a: the key a is given twice, first on line 3",
        ),
        (
            "clock: !!python/object/apply:os.system [ls]",
            "told.yaml /clock: the tag tag:yaml.org,2002:python/object/apply:os.system means nothing here",
        ),
        ("description: no clock", "told.yaml /clock: is missing; write a timestamp with a time zone"),
        ("clock: 2025-04-18T12:00:00Z\nseed: .nan", 'told.yaml /seed: is ".nan" (string), wanted integer'),
    ],
)
def test_faults_of_files(tmp_path: Path, text: str, wanted: str) -> None:
    (tmp_path / "told.yaml").write_text(text)
    found = problems(lambda: read_scenario(str(tmp_path / "told.yaml"), tmp_path, CONTRACT))
    assert any(one.startswith(wanted) for one in found), found


def test_scenarios_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    assert "unknown scenario 'x'; name a YAML file" in problems(lambda: read_scenario("x", tmp_path, CONTRACT))[0]
    (tmp_path / "scenarios" / "empty.yaml").write_text("")
    assert (
        "unknown scenario 'emtpy'; name a YAML file, or did you mean 'empty'?"
        in problems(lambda: read_scenario("emtpy", tmp_path, CONTRACT))[0]
    )
    assert "no such file" in problems(lambda: read_scenario(str(tmp_path / "x.yaml"), tmp_path, CONTRACT))[0]
    assert "unknown scenario '../told'" in problems(lambda: read_scenario("../told", tmp_path, CONTRACT))[0]


def fill(folder: Path, *args: Any) -> None:
    made = scenario(folder, *args)
    filled(CONTRACT, made, "one")


def test_records_that_break_the_contract(tmp_path: Path) -> None:
    recipe = {"fields": {"title": "''", "pages": "'many'", "author_id": "ref('authors', among=1)", "id": "'same id'"}}
    pinned = {
        "books": [
            {"id": "no title"},
            {"id": "dangling", "title": "T", "author_id": "nobody"},
            {"id": "authorless", "title": 5},
        ]
    }
    told = {"tenants": {"one": {"counts": {"books": 3, "authors": 1}, "pinned": pinned}}}
    found = problems(lambda: fill(tmp_path, {"books": recipe, "authors": AUTHORS}, told))
    assert sorted(found) == sorted([
        'told.yaml /tenants/one/pinned/books/0/id: one, books no title: /id "no title" does not match "^[A-Za-z0-9_|:-]+$"; correct its expression',
        "told.yaml /tenants/one/pinned/books/0: one, books no title: /title is required and missing; correct its expression",
        'told.yaml /tenants/one/pinned/books/2/title: one, books authorless: /title 5 is not of type "string"; correct its expression',
        'books.yaml /fields/id: one, books same id: /id "same id" does not match "^[A-Za-z0-9_|:-]+$" (and 2 more records); correct its expression',
        'books.yaml /fields/pages: one, books same id: /pages "many" is not of type "number" (and 2 more records); correct its expression',
        'books.yaml /fields/title: one, books same id: /title "" is shorter than 1 character (and 2 more records); correct its expression',
        'told.yaml /tenants/one/pinned/books/1/author_id: one, books dangling: /author_id "nobody" is not in authors; correct its expression',
    ])  # fmt: skip


def test_ids_given_twice(tmp_path: Path) -> None:
    recipe = {"fields": {**BOOK, "id": "cycle('a', 'b')"}}
    told = {"tenants": {"one": {"counts": {"books": 4}, "pinned": {"books": [{"id": "a", "title": "T"}]}}}}
    found = problems(lambda: fill(tmp_path, {"books": recipe}, told))
    assert found == [
        'books.yaml /fields/id: one, books b: /id "b" is the id of another record; correct its expression, or make 3 (--count books=3)'
    ]


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("date(clock, ago(days=1))", "books 1: the range ends (2025-04-17T12:00:00.000Z) before it begins (2025-04-18T12:00:00.000Z) (and 1 more record)"),
        ("datetime(clock, ago(minutes=1))", "the range ends"),
        ("date(title)", '"A book" is not a date (and 1 more record); name a field that holds a date'),
        ("number(5, pages)", "5 to 1 in steps of 1 is not a range"),
        ("several(1, 3, 1)", "several() of 3 to 1"),
        ("repeat('ab', 100000)", "stay below 100,000 characters"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_made(tmp_path: Path, spec: Any, wanted: str) -> None:
    told = {"tenants": {"one": {"counts": {"books": 2}}}}
    found = problems(lambda: fill(tmp_path, {"books": {"fields": {**BOOK, "pages": 1, "email": spec}}}, told))
    assert len(found) == 1 and found[0].startswith("books.yaml /fields/email:") and wanted in found[0], found


@given(st.dictionaries(st.integers(0, 6), st.sets(st.integers(0, 6))))
def test_circles_are_circles(needs: dict[int, set[int]]) -> None:
    found = circles(needs)
    for circle in found:
        assert all(after in needs[before] for before, after in zip(circle, (*circle[1:], circle[0]), strict=True))

    def reaches(start: int, seen: frozenset[int] = frozenset()) -> set[int]:
        return needs.get(start, set()).union(
            *(reaches(one, seen | {start}) for one in needs.get(start, set()) - seen - {start})
        )

    assert bool(found) == any(start in reaches(start) for start in needs)


def tried(folder: Path, count: int, **fields: Any) -> int:
    """A template of so many books is tried; returns how many of them are made whole."""
    told = {"tenants": {}, "template": {"counts": {"books": count, "authors": count}}}
    author = {"fields": {"id": "f'author-{ordinal}'", "name": "'A'"}}
    made = scenario(folder, {"books": {"fields": {**BOOK, **fields}}, "authors": author}, told)
    tenant = Store(CONTRACT.indexes, None, 1).empty("")
    ticks: list[int] = []
    made.try_template(tenant, lambda: ticks.append(1))
    assert len(ticks) == made.size() == 2 * count
    return len(tenant["books"])


def test_the_template_is_tried_by_many_records_and_all_keys(tmp_path: Path) -> None:
    """Those that are made may refer to any that is not; what one key has to do with another shows, too."""
    assert tried(tmp_path, 900) == 900
    assert 1_700 < tried(tmp_path, 5_000, author_id="ref('authors', per=1)") <= 2_001
    at_last = "f'author-{ordinal + 1}'"  # leads nowhere from the last record alone
    (missing,) = problems(lambda: tried(tmp_path, 5_000, author_id=at_last))
    assert '/author_id "author-5001" is not in authors' in missing
    (twice,) = problems(lambda: tried(tmp_path, 5_000, id="f'book-{min(ordinal, 2_500)}'"))
    assert '/id "book-2500" is the id of another record (and 2499 more records)' in twice
