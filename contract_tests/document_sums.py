"""Numbers that any document says in words how to work out: products, sums and counts of what a record holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.conformance import (
    SUCCESSES,
    Group,
    Inconclusive,
    InferredTrials,
    Kind,
    Node,
    NotApplicable,
    Operation,
    Provenance,
    Session,
    check,
    flat,
    listed,
    singular,
)

PRODUCT = re.compile(r"\b(\w+) (?:times|multiplied by|x|\*) (?:the |its )?(\w+)\b", re.IGNORECASE)
SUM = re.compile(r"\bsum of (?:the |all )?(\w+) (?:of|over|in) (?:all )?(?:the |its )?(\w+)", re.IGNORECASE)
COUNT = re.compile(r"^(?:the )?number of (?:the |its |all )?(\w+)\W*$", re.IGNORECASE)
"""How a description says what a number is worked out from."""
MORE = re.compile(
    r"\b(?:minus|less|plus|tax\w*|vat|discount\w*|round\w*|only|except|without|excluding)\b", re.IGNORECASE
)
"""What tells that there is more to it than is read here."""
NEAR = 0.011
"""By how much a number may differ that was rounded to cents."""


def _named(members: Any, word: str) -> str:
    """The member that a word of a description means, in the singular or the plural; empty where there is none."""
    return next((one for one in members if singular(flat(one)) == singular(flat(word))), "")


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _wanted(text: str, value: dict[str, Any]) -> float | None:
    """What a description says that a number beside those members is; None where it says nothing that can be told."""
    if MORE.search(text):
        return None
    if found := PRODUCT.search(text):
        factors = [_number(value.get(_named(value, word))) for word in found.groups()]
        return factors[0] * factors[1] if factors[0] is not None and factors[1] is not None else None
    if found := SUM.search(text):
        held = value.get(_named(value, found[2]))
        numbers = [_number(one.get(_named(one, found[1]))) for one in held or () if isinstance(one, dict)]
        is_whole = isinstance(held, list) and len(numbers) == len(held) and None not in numbers
        return sum(one for one in numbers if one is not None) if is_whole else None
    if found := COUNT.search(text):
        held = value.get(_named(value, found[1]))
        return len(held) if isinstance(held, list) else None
    return None


def _worked_out(
    asking: InferredTrials, schema: Node, sent: Sequence[Node], value: Any
) -> Iterator[tuple[str, float, float]]:
    """Each number of a record, and of the objects in its lists, that words tell: its name, what it is and should be.

    ``sent``: what clients send of it.
    """
    shapes = asking.maker.shapes
    for name, node in shapes.properties(schema).items() if isinstance(value, dict) else ():
        items, text, found = shapes.items(node), shapes.says(node, "description"), _number(value.get(name))
        for one in value.get(name) or () if items is not None and isinstance(value.get(name), list) else ():
            yield from _worked_out(asking, items, _items(asking, sent, name), one) if items is not None else ()
        if isinstance(text, str) and found is not None and _is_servers(asking, node, sent, name):
            wanted = _wanted(text, value)
            if wanted is not None:
                yield name, found, wanted


def _items(asking: InferredTrials, sent: Sequence[Node], name: str) -> list[Node]:
    """What clients send of the objects in a list."""
    shapes = asking.maker.shapes
    lists = (one for each in sent if (one := shapes.properties(each).get(name)) is not None)
    return [items for one in lists if (items := shapes.items(one)) is not None]


def _is_servers(asking: InferredTrials, node: Node, sent: Sequence[Node], name: str) -> bool:
    """Whether only the server says a member: it is read-only, or in nothing that a client sends."""
    shapes = asking.maker.shapes
    return shapes.says(node, "readOnly") is True or not any(name in shapes.properties(one) for one in sent)


def _sent(asking: InferredTrials, group: Group) -> list[Node]:
    """What clients send of a record."""
    shapes, kinds = asking.maker.shapes, (Kind.CREATE, Kind.REPLACE, Kind.PATCH)
    bodies = ((one, asking.body_schema(one)) for one in group.all(*kinds) if one.plan)
    places = (shapes.member(body, one.plan.sent) for one, body in bodies if one.plan and body is not None)
    return [one for one in places if one is not None]


def _judged(session: Session, asking: InferredTrials, group: Group, schema: Node, record: Any, what: str) -> int:
    numbers = [*_worked_out(asking, schema, _sent(asking, group), record)]
    other = [(name, found, wanted) for name, found, wanted in numbers if abs(found - wanted) > NEAR]
    names = listed(dict.fromkeys(name for name, _, _ in other))
    detail = "; ".join(f"{name}: wanted {wanted}, found {found}" for name, found, wanted in other[:3])
    session.expect(not other, f"{what} what its description says ({names})", detail)
    return len(numbers)


def _telling(item: dict[str, Any], number: int) -> dict[str, Any]:
    """``item`` with no factor that changes nothing."""
    return {name: number if one in (0, 1) and type(one) is int else one for name, one in item.items()}


def _of_two(asking: InferredTrials, operation: Operation, body: Any) -> Any:
    """``body`` with two unlike items in each of its lists of objects, as far as its schema takes them."""
    other = asking.full_body(operation, 62)
    for name, value in body.items() if isinstance(body, dict) and isinstance(other, dict) else ():
        lists = [one for one in (value, other.get(name)) if isinstance(one, list) and one and isinstance(one[0], dict)]
        items = [[_telling(one[0], number)] for number, one in enumerate(lists, 2)]
        items = items if asking.accepts(asking.schema(operation), {**body, name: [one[0] for one in items]}) else lists
        more = {**body, name: [one[0] for one in items]} if len(items) > 1 else body
        body = more if asking.accepts(asking.schema(operation), more) else body
    return body


@check(Kind.CREATE, Kind.READ, writes=True, inferred=True, provenance=Provenance.INFERRED)
def check_worked_out(session: Session, group: Group) -> None:
    """A number that is described as a product, a sum or a count is that, after a create and after each change."""
    asking, create, model = InferredTrials(session), group.one(Kind.CREATE), group.resource.model
    if model is None or model.record is None or not _describes(asking, model.record, _sent(asking, group), 2):
        raise NotApplicable("nothing is said to be worked out from the rest of a record")
    body = asking.full_body(create, 61)
    made = asking.attempt(group, asking.above(group), _of_two(asking, create, body))
    if made is None:
        raise Inconclusive("no body was taken")
    judged = 0
    with session.each(create):
        judged += _judged(
            session, asking, group, model.record, asking.read_back(group, made), "a new record does not say"
        )
    for operation in group.all(Kind.REPLACE, Kind.PATCH):
        if not operation.plan or not operation.plan.names_record or not session.may(operation):
            continue
        changed = asking.changing(operation, group, made, asking.full_body(operation, 63))
        with session.each(operation):
            if asking.send(operation, asking.at(operation, made), body=changed).status in SUCCESSES:
                found = asking.read_back(group, made)
                judged += _judged(session, asking, group, model.record, found, "a changed record does not say")
    asking.remove(group, made)
    if not judged:
        raise Inconclusive("no record tells what it is said to be worked out from")


def _describes(asking: InferredTrials, schema: Node, sent: Sequence[Node], depth: int) -> bool:
    """Whether any member of a record, or of the objects in its lists, is described as worked out."""
    shapes = asking.maker.shapes
    for name, node in shapes.properties(schema).items():
        text, items = str(shapes.says(node, "description") or ""), shapes.items(node)
        if any(one.search(text) for one in (PRODUCT, SUM, COUNT)) and _is_servers(asking, node, sent, name):
            return True
        if items is not None and depth and _describes(asking, items, _items(asking, sent, name), depth - 1):
            return True
    return False
