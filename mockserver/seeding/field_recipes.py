"""From what a recipe says of a field to what makes it: expressions, alone or in lists and objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.expressions import compile_expression
from mockserver.seeding.item import ITEM_OPERATORS, Item, Make
from mockserver.seeding.place import Place, literal
from mockserver.seeding.recipe_scope import RecipeScope
from mockserver.values.absent import ABSENT


def constant(value: Any) -> Make:
    return lambda _context, _item, _it: value


def in_turn(values: list[Any]) -> Make:
    """The first value for the first record, and from the beginning again."""
    count = len(values)
    return lambda _context, item, _it: values[(item.ordinal - 1) % count]


def told_apart(keys: list[Any]) -> Make:
    """The same for keys: where they begin once more, a text has the number of the round behind it."""
    count, plain = len(keys), in_turn(keys)

    def make(context: Item, item: Item, it: Any) -> Any:
        key, before = plain(context, item, it), (item.ordinal - 1) // count
        return f"{key}-{before + 1}" if before and isinstance(key, str) else key

    return make


def read_field(place: Place, scope: RecipeScope) -> Make:
    """The maker of what is described at ``place``: text is an expression, in lists and objects too."""
    value = place.value
    if isinstance(value, str):
        return _read_expression(value, place, scope)
    if isinstance(value, list):
        return _listed([read_field(item, scope) for item in place.each()])
    if isinstance(value, Mapping):
        return _paired([(name, read_field(member, scope)) for name, member in place.members()])
    return constant(literal(place))


def _read_expression(text: str, place: Place, scope: RecipeScope) -> Make:
    expression = compile_expression(
        text,
        this=scope.shape(),
        functions=scope.functions,
        complain=place.complain,
        site=place.pointer.removeprefix(scope.root.pointer),
        operators=ITEM_OPERATORS,
        has_lazy=False,
    )
    return expression.evaluate


def _listed(makers: list[Make]) -> Make:
    """A list written out; an item that is absent is left out."""
    return lambda item, _, it: [value for make in makers if (value := make(item, item, it)) is not ABSENT]


def _paired(makers: list[tuple[str, Make]]) -> Make:
    """An object written out; a member that is absent is left out."""
    return lambda item, _, it: {name: value for name, make in makers if (value := make(item, item, it)) is not ABSENT}
