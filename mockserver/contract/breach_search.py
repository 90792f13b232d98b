"""Where a deep value breaks a schema that leads back to itself: the part at fault, found by asking yes or no only.

A validator that lists errors looks at each alternative of a choice, within each at those of the next level: twice the
work for each level of a client's body, or more. Yes or no costs the size of the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from mockserver.contract.document import Document, Node
from mockserver.errors import SetupError
from mockserver.messages import Json

SHALLOW = 4
"""How many levels of a value have all their errors listed."""
_CHOICES = ("oneOf", "anyOf")
Allows: TypeAlias = Callable[[Node, Json], bool]


def is_deep(value: Json, left: int = SHALLOW) -> bool:
    """Whether objects and lists stand within each other more than ``left`` levels deep."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    held = [one for one in below if isinstance(one, dict | list)]
    return bool(held) and (left <= 1 or any(is_deep(one, left - 1) for one in held))


def leads_back(document: Document, node: Node) -> bool:
    """Whether a choice among the schemas that ``node`` is made of leads back to itself, or lies between two that do.

    So does an ``allOf`` of which more than one part leads back.
    """
    below: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    choices, waiting = set(), [node]
    while waiting:
        place = _followed(document, waiting.pop())
        if place is None or place.pointer in below:
            continue
        made_of = _all_followed(document, _made_of(place))
        below[place.pointer] = [one.pointer for one in made_of]
        parts[place.pointer] = [one.pointer for one in _all_followed(document, _listed(place, "allOf"))]
        choices |= {place.pointer} if any(len(place.value.get(word) or ()) > 1 for word in _CHOICES) else set()
        waiting += made_of
    above: dict[str, list[str]] = {name: [] for name in below}
    for name, leads_to in below.items():
        for one in leads_to:
            above[one].append(name)
    circling = _on_circles(below, above) & _on_circles(above, below)
    return any(name in choices or sum(one in circling for one in parts[name]) > 1 for name in circling)


def _on_circles(onward: dict[str, list[str]], back: dict[str, list[str]]) -> set[str]:
    """What is left when all that leads nowhere, or only to what leads nowhere, is taken away."""
    ways = {name: len(leads_to) for name, leads_to in onward.items()}
    ends = [name for name, count in ways.items() if not count]
    while ends:
        for one in back[ends.pop()]:
            ways[one] -= 1
            if not ways[one]:
                ends.append(one)
    return {name for name, count in ways.items() if count}


def _made_of(node: Node) -> Iterator[Node]:
    """The schemas right within a schema."""
    for word in ("allOf", *_CHOICES, "prefixItems"):
        yield from _listed(node, word)
    yield from (node.child(word) for word in ("items", "additionalProperties", "not", "if", "then", "else", "contains"))
    for word in ("properties", "patternProperties"):
        yield from (one for _, one in node.child(word).items())


def _listed(node: Node, word: str) -> Iterator[Node]:
    branches = node.value.get(word)
    yield from (node.child(word, index) for index in range(len(branches) if isinstance(branches, list) else 0))


def _followed(document: Document, node: Node) -> Node | None:
    """Where a schema leads; None where no schema is."""
    try:
        place = document.follow(node)
    except SetupError:
        return None
    return place if isinstance(place.value, dict) else None


def _all_followed(document: Document, nodes: Iterator[Node]) -> list[Node]:
    return [found for one in nodes if (found := _followed(document, one)) is not None]


def narrowed(document: Document, allows: Allows, node: Node, value: Json) -> tuple[Node, Json, tuple[str, ...]]:
    """The schema and the part of ``value`` at fault, and the steps to it.

    That is the first part, at most ``SHALLOW`` levels deep, that no schema for its place takes; less deep where all
    parts are good and only the whole is not.
    """
    nodes = [node]
    steps: tuple[str, ...] = ()
    while is_deep(value):
        found = next((one for one in _parts(document, nodes, value) if _is_at_fault(allows, *one[1:])), None)
        if found is None:
            break
        step, nodes, value = found
        steps = (*steps, step)
    return nodes[0], value, steps


def without_parts(value: Json) -> Json:
    """The value without the objects and lists within it."""
    if not isinstance(value, dict):
        return []
    return {name: one for name, one in value.items() if not isinstance(one, dict | list)}


def _is_at_fault(allows: Allows, nodes: list[Node], value: Json) -> bool:
    return bool(nodes) and not any(allows(one, value) for one in nodes)


def _parts(document: Document, nodes: list[Node], value: Json) -> Iterator[tuple[str, list[Node], Json]]:
    """Each object and list within ``value``, with the step to it and every schema that is for its place."""
    below: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    places = [*_branches(document, nodes)]
    for step, one in below:
        if isinstance(one, dict | list):
            schemas = [place for each in places if (place := _place(document, each, step)) is not None]
            yield str(step), list({place.pointer: place for place in schemas}.values()), one


def _branches(document: Document, nodes: list[Node]) -> Iterator[Node]:
    """The schemas with all that they are made of: what they refer to, and each branch of a choice; each once."""
    waiting, seen = [*nodes], set[str]()
    while waiting:
        node = _followed(document, waiting.pop(0))
        if node is None or node.pointer in seen:
            continue
        seen.add(node.pointer)
        yield node
        waiting += [below for word in ("allOf", *_CHOICES) for below in _listed(node, word)]
        waiting += [node.child(word) for word in ("then", "else") if word in node.value]


def _place(document: Document, node: Node, step: str | int) -> Node | None:
    """The schema of the member or item, as far as this schema says one."""
    place = node.child("items") if isinstance(step, int) else node.child("properties").child(step)
    if not isinstance(place.value, dict) and isinstance(step, str):
        place = node.child("additionalProperties")
    return _followed(document, place)
