"""Orders that any document tells in words: a list that comes newest first, or sorted by a member, does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from mockserver.conformance import (
    SUCCESSES,
    Group,
    InferredList,
    InferredTrials,
    Kind,
    NotApplicable,
    Provenance,
    Session,
    check,
    flat,
    order_of_list,
    read_datetime,
)

MADE = 3
FEWEST = 3
"""How many records a list has at least that shows an order."""
LONGER_THAN_A_SECOND = 1.1
"""Between records that tell when they were made, so that a clock of whole seconds tells them apart."""


@check(Kind.LIST, inferred=True, provenance=Provenance.INFERRED)
def check_told(session: Session, group: Group) -> None:
    """A list is in the order that its words tell"""
    asking, model, judged = InferredTrials(session), group.resource.model, 0
    shapes = asking.maker.shapes
    record = model.record if model else None
    members = {flat(name): name for name in shapes.properties(record)} if record is not None else {}
    for operation in asking.whole_lists(group, Kind.LIST):
        order = order_of_list(shapes, operation, record, members)
        if not order:
            continue
        [(name, is_down)] = order
        above, made = asking.above(group), []
        is_moment = record is not None and shapes.says(shapes.properties(record)[name], "format") == "date-time"
        for number in range(MADE if Kind.CREATE in group.operations and not session.limits.reads_only else 0):
            body = asking.full_body(group.one(Kind.CREATE), 100 + (2 * number) % MADE)
            if one := asking.attempt(group, above, body):
                made.append(one)
            if is_moment:
                time.sleep(LONGER_THAN_A_SECOND)
        listing = InferredList(asking, group, operation, above)
        reply = listing.ask({})
        items = [one for one in asking.items(reply, operation) if isinstance(one, dict)]
        values = [one[name] for one in items if one.get(name) is not None]
        known = [*_ranks(values)]  # none of objects
        if reply.status in SUCCESSES and len(values) >= FEWEST and known:
            judged += 1
            way = "descending" if is_down else "ascending"
            is_in_order = any(sorted(keys, reverse=is_down) == keys for keys in known)
            with session.each(operation):
                expected = listing.out_of_order(reply, name, way)
                cause = f"a list is not in the {way} order of {name} that its description tells"
                session.expect(is_in_order, cause, str(values)[:200], expected)
        for one in made:
            asking.remove(group, one)
    if not judged:
        raise NotApplicable("no list is said to be in an order")


def _ranks(values: list[Any]) -> Iterator[list[Any]]:
    """What the values may be ordered by: as moments, as numbers, or as texts, with regard to case and without."""
    if all(type(one) in (int, float) for one in values):
        yield values
    if all(isinstance(one, str) for one in values):
        with suppress(ValueError):
            yield [read_datetime(one) for one in values]
        yield values
        yield [one.casefold() for one in values]
        yield ["".join(filter(str.isalnum, one.lower())) for one in values]
        with suppress(ValueError):
            yield [float(one) for one in values]
