"""The expressions of ``x-mock``: from JSON to functions that work a value out; spec/README.md lists the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeAlias

import orjson

from mockserver.contract.document import Node
from mockserver.rules.conditions import Condition, read_conditions
from mockserver.rules.context import Compute, Context, View, plain
from mockserver.rules.numbers import OF_LISTS, OF_TWO, read_list_word, read_pair_word
from mockserver.rules.paths import read_path, shape_at
from mockserver.rules.scope import Scope, Shape
from mockserver.rules.texts import read_later, read_now, read_text, read_today
from mockserver.values.absent import ABSENT

Word: TypeAlias = Callable[[Node, Scope], Compute]
"""Reads the mapping that the word stands in."""

MANY = 1_000
"""How many records an expression collects at most; for a sum or a count there is no end."""


def read_expression(node: Node, scope: Scope) -> Compute:
    """What is described at ``node``: a path, a number or a flag as it is, a list of expressions, or one word.

    What a list's expressions give stands in a row, lists among it spread out.

    What is wrong goes to the scope's problems.
    """
    value = node.value
    if isinstance(value, str):
        return read_path(node, scope, value)
    if isinstance(value, list):
        items = [scope.read(node.child(index)) for index in range(len(value))]
        return lambda context: [made for one in items for made in _listed(one(context))]
    if not isinstance(value, Mapping):
        return lambda _: ABSENT if value is None else value
    found = [word for word in WORDS if word in value]
    if len(found) != 1:
        told = " and ".join(found) if found else "no word of the rules"
        return scope.wrong(node, f"{told} where one word is wanted", f"use one of {', '.join(WORDS)}")
    if extra := sorted(set(value) - OPTIONS.get(found[0], frozenset()) - {found[0]}):
        return scope.wrong(node, f"{found[0]} does not know {', '.join(extra)}", "remove or correct it")
    return WORDS[found[0]](node, scope)


def _value(node: Node, _: Scope) -> Compute:
    """``value: anything``, as it stands."""
    value = node.child("value").value
    return lambda _: value


def _object(node: Node, scope: Scope) -> Compute:
    """``object: {name: expression}``; members that are absent are left out."""
    members = [(name, scope.read(place)) for name, place in node.child("object").items()]

    def make(context: Context) -> Any:
        made = [(name, one(context)) for name, one in members]
        return {name: value for name, value in made if value is not ABSENT}

    return make


def _also(node: Node, scope: Scope) -> Compute:
    """``also: {name: expression}``: what the expression looks at, and these members."""
    more = _object(Node(node.pointer, {"object": node.child("also").value}), scope)

    def make(context: Context) -> Any:
        under = context.it.whole() if isinstance(context.it, View) else context.it
        return {**(under if isinstance(under, Mapping) else {}), **more(context)}

    return make


def _let(node: Node, scope: Scope) -> Compute:
    """``let: {name: expression}, in: expression``: values that the second looks at, what it looked at being ``^``."""
    values = _object(Node(node.pointer, {"object": node.child("let").value}), scope)
    body = scope.inside(Shape()).read(node.child("in"))
    return lambda context: body(context.inside(values(context)))


def _by(node: Node, scope: Scope) -> Compute:
    """``by: path, cases: {value: expression, else: expression}``: what the value asks for; absent without a case."""
    chooser = scope.read(node.child("by"))
    cases = {name: scope.read(place) for name, place in node.child("cases").items()}
    if not cases:
        return scope.wrong(node, "no cases", "write cases: {value: …, else: …}")
    otherwise = cases.pop("else", _absent)
    return lambda context: cases.get(_text(chooser(context)), otherwise)(context)


def _first(node: Node, scope: Scope) -> Compute:
    """``first: [expression, …]``: the first that is not absent; ``first: expression``: its first item."""
    place = node.child("first")
    if not isinstance(place.value, list):
        items = scope.read(place)
        return lambda context: next(iter(_listed(items(context))), ABSENT)
    makers = [scope.read(place.child(index)) for index in range(len(place.value))]
    return lambda context: next((value for one in makers if (value := one(context)) is not ABSENT), ABSENT)


def _records(node: Node, scope: Scope) -> Compute:
    """``records: resource, through: path, where: {…}, give: expression``: records that name this one there.

    Without ``through`` all records of the resource; without ``give`` whole records.
    """
    resource = scope.resource(node.child("records"))
    if resource is None:
        return _absent
    through = node.child("through")
    known = [reference.path for reference in resource.references]
    if through.value is not None and through.value not in known:
        problem = f"{through.value!r} is no foreign key of {resource.name}"
        return scope.wrong(through, problem, f"use one of {', '.join(known) or 'none'}")
    fits, give = _chosen(node, scope.inside(Shape(resource)))
    most = None if scope.unbounded else MANY

    def make(context: Context) -> Any:
        scene, path = context.scene, through.value
        found = scene.all(resource.name) if path is None else scene.naming(resource.name, path, _key(context))
        return _collected(context, found, fits, give, most)

    return make


def _each(node: Node, scope: Scope) -> Compute:
    """``each: expression, where: {…}, give: expression``: of each item of a list."""
    place = node.child("each")
    items = scope.read(place)
    fits, give = _chosen(node, scope.inside(_shape(place.value, scope)))
    return lambda context: _collected(context, _listed(items(context)), fits, give, None)


def _chosen(node: Node, scope: Scope) -> tuple[Condition, Compute]:
    """Which items to take (``where``), and what to make of each (``give``)."""
    fits, give = read_conditions(node.child("where"), scope), node.child("give")
    if give.value is None:
        scope.need(scope.shapes[0])
        return fits, _it
    return fits, scope.read(give)


def _shape(told: Any, scope: Scope) -> Shape:
    """What the items of an expression look like: known for paths, and for whole records."""
    if isinstance(told, str):
        return shape_at(scope, told)
    name = told.get("records") if isinstance(told, Mapping) and "give" not in told else None
    return Shape(scope.resources.get(str(name))) if name else Shape()


def _distinct(node: Node, scope: Scope) -> Compute:
    """``distinct: expression``: each of the values it gives once, in the order of their JSON."""
    items = scope.summed().read(node.child("distinct"))

    def make(context: Context) -> Any:
        found = (plain(value) for value in _listed(items(context)))
        return [
            value for _, value in sorted({orjson.dumps(one, option=orjson.OPT_SORT_KEYS): one for one in found}.items())
        ]

    return make


def _sequence(node: Node, scope: Scope) -> Compute:
    """``sequence: field``: one more than the highest number that the field of any record ever had."""
    place, shape = node.child("sequence"), scope.shapes[0]
    resource = shape.resource
    if resource is None or not shape.knows(str(place.value)):
        return scope.wrong(place, f"there is no field {place.value!r} to count", "name a field of the record")
    name = str(place.value)
    return lambda context: context.scene.tenant[resource.name].highest(name) + 1


def _collected(context: Context, items: Any, fits: Condition, give: Compute, most: int | None) -> list[Any]:
    inner = (context.inside(item) for item in items)
    made = (value for one in inner if fits(one) and (value := give(one)) is not ABSENT)
    return list(islice(made, most))


def _key(context: Context) -> str:
    """The id of the record that an expression is about, however deep in it the expression stands."""
    here: Context | None = context
    while here is not None and not isinstance(here.it, View):
        here = here.above
    return here.it.id if here else ""


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is ABSENT else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _absent(_: Context) -> Any:
    return ABSENT


def _it(context: Context) -> Any:
    return context.it


WORDS: Mapping[str, Word] = MappingProxyType(
    {
        "value": _value,
        "object": _object,
        "also": _also,
        "let": _let,
        "by": _by,
        "first": _first,
        "records": _records,
        "each": _each,
        "is": lambda node, scope: read_conditions(node.child("is"), scope),
        "distinct": _distinct,
        "sequence": _sequence,
        "text": read_text,
        "today": read_today,
        "now": read_now,
        "later": read_later,
        **{word: partial(read_list_word, word) for word in OF_LISTS},
        **{word: partial(read_pair_word, word) for word in OF_TWO},
    }
)

OPTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "by": frozenset({"cases"}),
        "let": frozenset({"in"}),
        "records": frozenset({"through", "where", "give"}),
        "each": frozenset({"where", "give"}),
        "later": frozenset({"years", "months", "days"}),
    }
)
"""What may stand beside a word."""
