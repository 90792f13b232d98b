"""The compiler: which syntax is refused and what is said of it, and that no expression loops or grows without bound."""

from __future__ import annotations

import contextlib
import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from mockserver.errors import Refusal
from mockserver.expressions import (
    ANY,
    STANDARD,
    Context,
    EvaluationLimit,
    Function,
    Lazy,
    Shape,
    Site,
    Struct,
    compile_expression,
    function,
)
from mockserver.expressions.compiling import DEEPEST, LONGEST_TEXT, MOST_NODES
from mockserver.expressions.context import LONGEST, STEPS
from mockserver.values.absent import ABSENT

IT = {"a": 3, "name": "x", "many": list(range(1000)), "text": "t" * 60_000, "items": [{"n": 1}, {"n": 2}]}

REFUSED = {
    "a power": ("2 ** 99999999", "the operator is not one of + - * / // %"),
    "a shift": ("1 << 99999999", "the operator is not one of"),
    "a matrix product": ("a @ a", "the operator is not one of"),
    "bits": ("a | 1", "the operator is not one of"),
    "the opposite of bits": ("~a", "no such operator; use not or -"),
    "a lambda": ("(lambda: 1)()", "unknown function"),
    "a lambda alone": ("lambda: 1", "a lambda cannot be used here; write the expression itself"),
    "an assignment": ("(b := 1)", "a named expr cannot be used here; give a name in let"),
    "a set": ("{1, 2}", "a set cannot be used here; write a list"),
    "a set of items": ("{x for x in many}", "a set comp cannot be used here; write distinct"),
    "an object of items": ("{x: 1 for x in many}", "a dict comp cannot be used here; write [… for …]"),
    "waiting": ("await a", "an await cannot be used here"),
    "yielding": ("(yield a)", "a yield cannot be used here"),
    "arguments unpacked": ("max(*many)", "arguments cannot be unpacked"),
    "keywords unpacked": ("dict(**a)", "arguments cannot be unpacked"),
    "an object unpacked": ("{**a}", "an object's members need names that are written out"),
    "a list unpacked": ("[*many]", "a starred cannot be used here"),
    "an object with names worked out": ("{name: 1}", "an object's members need names that are written out"),
    "a slice": ("many[1:2]", "an index must be a number or a string"),
    "an index worked out": ("many[a]", "an index must be a number or a string"),
    "two names in a loop": ("[x for x, y in many]", "a loop needs one name for its items"),
    "the record's name in a loop": ("[this for this in many]", "a loop needs one name for its items"),
    "is, of values": ("a is 3", "'is' compares with None only; use =="),
    "bytes": ("b'x'", "bytes is not a JSON value"),
    "a complex number": ("1j", "complex is not a JSON value"),
    "an ellipsis": ("...", "ellipsis is not a JSON value"),
    "a number beyond JSON": ("99999999999999999999", "a number too large for JSON"),
    "an infinite number": ("1e999", "a number too large for JSON"),
    "a width in a text": ("f'{a:999999999}'", "a format in a string; write {name} alone"),
    "a width from a value": ("f'{a:{a}}'", "a format in a string"),
    "a conversion in a text": ("f'{a!r}'", "a format in a string"),
    "a private member": ("a._x", "'_x' begins with an underscore"),
    "a class": ("a.__class__", "'__class__' begins with an underscore"),
    "a class by its text": ("a['__class__']", "'__class__' begins with an underscore"),
    "a private name": ("_a", "'_a' begins with an underscore"),
    "a private name in a loop": ("[_x for _x in many]", "begins with an underscore"),
    "an import": ("__import__('os')", "unknown function '__import__'"),
    "opening a file": ("open('/etc/passwd')", "unknown function 'open'"),
    "evaluating": ("eval('1')", "unknown function 'eval'"),
    "a range": ("sum(range(999999999))", "unknown function 'range'"),
    "what is not a function": ("a()", "unknown function 'a'"),
    "a call of a call": ("first(many)()", "unknown function"),
    "loops in loops": ("[[[[1 for d in many] for c in many] for b in many] for a in many]", "more than 3 nested loops"),
    "loops beside loops": ("[1 for a in many for b in many for c in many for d in many]", "more than 3 nested loops"),
    "too long": ("a + " * (LONGEST_TEXT // 4) + "a", "is longer than 4,000 characters"),
    "too many parts": ("[" + "a," * (MOST_NODES // 2) + "]", "has more than 1,000 parts"),
    "too deep": ("-" * (DEEPEST + 1) + "a", "is nested more than 60 levels deep"),
    "brackets in brackets": ("(" * 1500 + "a" + ")" * 1500, "is not an expression"),
    "not, and not, and not": ("not " * 900 + "a", "has more than 1,000 parts"),
    "a null character": ("a\0", "is not an expression"),
    "nothing": ("", "is not an expression"),
    "brackets closed too early": ("a) + (a", "is not an expression"),
}  # fmt: skip


def compiled(text: str, **options: Any):
    """The expression, and what was said against it."""
    told: list[str] = []
    made = compile_expression(text, complain=lambda problem, remedy: told.append(f"{problem}; {remedy}"), **options)
    return made, told


def evaluated(text: str, this: Any = None, **options: Any) -> Any:
    expression, told = compiled(text, **options)
    assert told == []
    return expression(Context(), IT if this is None else this)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_what_and_why(name: str) -> None:
    text, problem = REFUSED[name]
    expression, told = compiled(text)
    assert problem in told[0]
    assert expression(Context(), IT) is ABSENT


def test_brackets_cannot_be_closed_from_inside_over_several_lines_either() -> None:
    assert compiled("a)\n or (a")[1] or evaluated("a)\n or (a") == 3


ENDLESS = {
    "a loop in a loop": "count(1 for x in many for y in many if x == y)",
    "three of them": "count(1 for x in many for y in many for z in many)",
    "a sum of sums": "sum(sum(x * y for y in many) for x in many)",
    "a list in a list": "[[1 for y in many] for x in many]",
    "a membership in a loop in a loop": "count(x for x in many for y in many if 5000 in many)",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_no_expression_takes_more_steps_than_there_are(name: str) -> None:
    with pytest.raises(EvaluationLimit) as caught:
        evaluated(ENDLESS[name])
    assert isinstance(caught.value, Refusal)
    assert (caught.value.status, caught.value.reason) == (400, "limit: evaluation")
    assert "would take too many steps" in caught.value.message


def test_a_budget_is_enough_for_what_is_usual() -> None:
    assert evaluated("count(x for x in many for y in items)") == 2000
    assert STEPS >= 1_000_000


GROWING = {
    "texts in a row": ("text + text", {}),
    "a text in a text": ("f'{text}{text}'", {}),
    "joined": ("join(text, many)", {}),
}


@pytest.mark.parametrize("name", GROWING)
def test_no_text_grows_without_bound(name: str) -> None:
    text, let = GROWING[name]
    with pytest.raises(EvaluationLimit, match=f"longer than {LONGEST:,}"):
        evaluated(text, let=let)


def test_names_cannot_double_a_text_without_bound() -> None:
    names = [f"n{index}" for index in range(30)]
    let = {"n0": "name + name", **{later: f"{one} + {one}" for one, later in itertools.pairwise(names)}}
    with pytest.raises(EvaluationLimit):
        evaluated("n29", let=let)


def test_names_cannot_double_a_list_without_bound() -> None:
    names = [f"n{index}" for index in range(30)]
    let = {"n0": "many", **{later: f"{one} + {one}" for one, later in itertools.pairwise(names)}}
    with pytest.raises(EvaluationLimit):
        evaluated("n29", let=let)


def test_a_text_is_never_repeated() -> None:
    assert evaluated("'x' * 100000000") is ABSENT
    assert evaluated("many * 100000000") is ABSENT
    assert evaluated("name % 5") is ABSENT


def test_a_great_number_is_absent_not_endless() -> None:
    factors = " * ".join(["9007199254740991"] * 40)
    assert evaluated(factors) is ABSENT


class AtMoment(Context):
    """A moment, which ``now()`` asks for: any text may happen to say that."""

    now = datetime(2025, 4, 18, tzinfo=UTC)


@given(some.text(max_size=200))
@example("a))")
@example(") if (")
@example("now()")
@settings(max_examples=300, deadline=None)
def test_any_text_is_compiled_or_refused(text: str) -> None:
    expression, told = compiled(text)
    if not told:
        expression(AtMoment(), IT)


PIECES = some.sampled_from(
    ["a", "name", "many", "items", "zz", "1", "0.5", "'x'", "None", "True", "first(many)", "count(items)"]
)
TREES = some.recursive(
    PIECES,
    lambda below: some.one_of(
        some.builds(
            "({} {} {})".format,
            below,
            some.sampled_from(["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in", "and", "or"]),
            below,
        ),
        some.builds("({} if {} else {})".format, below, below, below),
        some.builds("[x for x in {} if {}]".format, below, below),
        some.builds("sum({})".format, below),
        some.builds("not {}".format, below),
        some.builds("f'{{{}}}'".format, some.sampled_from(["a", "name", "zz"])),
        some.builds("dict(q={}).q".format, below),
    ),
    max_leaves=12,
)


@given(TREES)
@settings(max_examples=400, deadline=None)
def test_whatever_the_values_are_an_expression_gives_something(text: str) -> None:
    """No operand is of a wrong type: what does not fit is absent."""
    expression, told = compiled(text)
    if not told:
        with contextlib.suppress(EvaluationLimit):
            expression(AtMoment(), IT)


# Shapes.


class Recipe(Shape):
    """A record with a key that leads to another of its kind."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def member(self, name: str) -> Shape | None:
        self.asked.append(name)
        return Key(self) if name == "next" else ANY if name in ("name", "next") else None

    def names(self):
        return ("name", "next")

    def about(self) -> str:
        return "recipe"


class Key(Shape):
    def __init__(self, target: Shape) -> None:
        self._target = target

    def leads_to(self):
        return "recipes", self._target


class Linked(Context):
    __slots__ = ()

    def follow(self, owner: Any, name: str, target: str) -> Any:
        return owner["links"][name]

    def find(self, target: str, key: Any) -> Any:
        return {"name": f"{target}/{key}"}


def test_names_are_noted_and_keys_followed() -> None:
    shape = Recipe()
    expression, told = compiled("next.name", this=shape)
    assert told == []
    assert shape.asked == ["next", "name"]
    assert expression(Linked(), {"next": "n", "links": {"next": {"name": "Next"}}}) == "Next"


def test_a_key_that_was_given_a_name_is_found() -> None:
    expression, _ = compiled("[k.name for k in [next]]", this=Recipe())
    assert expression(Linked(), {"next": "n"}) == ["recipes/n"]


def test_what_is_missing_is_told_with_what_exists() -> None:
    assert compiled("naem", this=Recipe())[1] == ["recipe has no field 'naem'; did you mean 'name'?"]
    assert compiled("it.x")[1] == []
    assert compiled("it.x", this=Recipe())[1] == ["recipe has no field 'it'; use one of name, next"]
    assert compiled("it.x", this=Recipe(), it=Struct({"x": ANY}))[1] == []


def test_all_problems_are_told_each_once() -> None:
    told = compiled("x1 + x2 + x1", this=Recipe())[1]
    assert [one.partition(";")[0] for one in told] == ["recipe has no field 'x1'", "recipe has no field 'x2'"]


# Functions of one's own.


@function
def doubled(value: Any) -> Any:
    """Twice as much."""
    return value * 2


@function(context=True, draws=True)
def drawn(context: Context, *options: Any, site: str) -> str:
    return f"{site}:{len(options)}"


@function(lazy=True)
def perhaps(chance: Any, value: Any) -> Any:
    return value() if chance() else ABSENT


def test_a_function_of_ones_own() -> None:
    assert evaluated("doubled(a) + 1", functions=STANDARD.also(doubled)) == 7
    assert "doubled" not in STANDARD.by_name


def test_each_draw_has_a_site_of_its_own() -> None:
    functions = STANDARD.also(drawn)
    assert evaluated("[drawn(1), drawn(1, 2)]", functions=functions, site="/f") == ["/f#0:1", "/f#1:2"]


def test_a_lazy_argument_is_evaluated_when_wanted() -> None:
    class Seen:
        asked = False

        def get(self, name: str) -> Any:
            if name == "costly":
                self.asked = True
            return 0 if name == "chance" else 5

    this = Seen()
    assert evaluated("perhaps(chance, costly)", this, functions=STANDARD.also(perhaps)) is ABSENT
    assert not this.asked


def test_a_namespace() -> None:
    def find(name: str) -> Function | None:
        return Function(name, lambda: f"a {name}") if name == "city" else None

    functions = STANDARD.namespace("fake", find)
    assert evaluated("fake.city()", functions=functions) == "a city"
    assert compiled("fake.town()", functions=functions)[1] == ["unknown function 'fake.town'; see what fake has"]


def test_a_check_judges_and_binds() -> None:
    def check(site: Site) -> Shape:
        site.bind("more", site.keyword("of"))
        if site.text(0) == "wrong":
            site.complain("no such thing", "name another")
        return Struct({"x": ANY})

    functions = STANDARD.also(Function("ref", lambda name, of="", more="": {"x": f"{name} {more}"}, check=check))
    assert evaluated("ref('a', of='b').x", functions=functions) == "a b"
    assert compiled("ref('wrong')", functions=functions)[1] == ["no such thing; name another"]
    assert "has no field 'y'" in compiled("ref('a').y", functions=functions)[1][0]


def test_what_is_lazy_is_made_as_far_as_it_is_asked_for() -> None:
    class Endless(Lazy):
        made = 0

        def __iter__(self):
            while True:
                self.made += 1
                yield {"n": self.made}

    one = Endless()
    assert evaluated("first(x.n for x in e if x.n > 2)", {"e": one}) == 3
    assert one.made == 3
    with pytest.raises(EvaluationLimit):
        evaluated("count(x for x in e)", {"e": one})


def test_every_function_says_what_it_does() -> None:
    assert [name for name, one in STANDARD.by_name.items() if not (one.call.__doc__ or "").strip()] == []
