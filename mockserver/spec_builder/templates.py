"""Templates of operations and components filled in: every ``<…>`` replaced by what a group says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.spec_builder.lines import DROPPED, Tree

_PLACE = re.compile(r"<([A-Za-z][A-Za-z. ]*)>")
_ABSENT = object()


def fill(node: Node, values: Tree, unfilled: Callable[[str], None]) -> Any:
    """The template at ``node`` with every ``<…>`` replaced; nothing where there is no template.

    A text that is nothing but a ``<…>`` becomes that value, whatever its type; in a list, a list becomes its
    items. What becomes DROPPED is left out, along with its name. ``unfilled`` hears of names that nothing fills.
    """
    if isinstance(node.value, Mapping):
        made = {_text(name, values, unfilled): fill(place, values, unfilled) for name, place in node.items()}
        return {name: value for name, value in made.items() if value is not DROPPED and name is not DROPPED}
    if isinstance(node.value, list):
        return [*_items(node, values, unfilled)]
    return _text(node.value, values, unfilled) if isinstance(node.value, str) else node.value


def _items(node: Node, values: Tree, unfilled: Callable[[str], None]) -> Iterator[Any]:
    for index, item in enumerate(node.value):
        made = fill(node.child(index), values, unfilled)
        if isinstance(item, str) and isinstance(made, list):
            yield from made
        elif made is not DROPPED:
            yield made


def _text(text: str, values: Tree, unfilled: Callable[[str], None]) -> Any:
    if whole := _PLACE.fullmatch(text):
        return _value(whole[1], values, unfilled)
    return _PLACE.sub(lambda place: str(_value(place[1], values, unfilled)), text)


def _value(name: str, values: Tree, unfilled: Callable[[str], None]) -> Any:
    found: Any = values.get(name, _ABSENT)
    if found is _ABSENT:
        found = values
        for step in name.split("."):
            found = found.get(step, _ABSENT) if isinstance(found, Mapping) else _ABSENT
    if found is _ABSENT or found is None:
        unfilled(name)
    return None if found is _ABSENT else found
