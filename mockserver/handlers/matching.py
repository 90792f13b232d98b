"""What a search finds: AND between parameters; ranges inclusive, lists any-of, text contained whatever its case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from mockserver.contract.operation import How
from mockserver.handlers.call import Call
from mockserver.handlers.showing import seen
from mockserver.messages import Json
from mockserver.store import AnyOf, Between, Collection, Condition, Containing, Record, Tenant
from mockserver.values.equality import contains, same_json
from mockserver.values.moment import Moment, comparable, order

Test: TypeAlias = Callable[[Json], bool]
Asked: TypeAlias = tuple[str, How, Json]
"""A field, how it is met, and by what."""


def match(
    call: Call, tenant: Tenant, sent: Mapping[str, Json], after: str | None
) -> tuple[Iterator[Record], list[str]]:
    """The records behind ``after`` that meet all of ``sent``, lazily; and the names in ``sent`` that map to no field.

    PERF: what is computed is worked out only when something is asked about it, only those records are read
    that the indexes leave, and for that alone which these do not prove.
    """
    criteria = call.operation.criteria
    computed = call.tools.rules.computed.get(call.resource.name, {})
    asked: list[Asked] = []
    tests: list[tuple[str, Test]] = []
    unmapped = []
    for name, value in sent.items():
        criterion = criteria.get(name)
        if criterion is None or (criterion.field is None and not criterion.is_page_key):
            unmapped.append(name)
        elif criterion.field is not None and criterion.field in computed:
            tests.append((criterion.field, _test(criterion.how, value)))
        elif criterion.field is not None:
            asked.append((criterion.field, criterion.how, value))
    records, left = narrowed(tenant[call.resource.name], asked, after)
    if tests:
        tests += left
        records = (record for record in records if _meets(seen(call, tenant, record), tests))
    elif left:
        records = (record for record in records if _meets(record.data(), left))
    return records, sorted(unmapped)


def narrowed(
    kept: Collection, asked: Sequence[Asked], after: str | None
) -> tuple[Iterator[Record], list[tuple[str, Test]]]:
    """The records that the indexes leave, and the tests that each of them has to pass yet."""
    records, proven = kept.proven([_condition(*one) for one in asked], after)
    return records, [
        (field, _test(how, wanted))
        for (field, how, wanted), is_proven in zip(asked, proven, strict=True)
        if not is_proven or how is How.EQUALS  # an index by value finds lists that have the value, too
    ]


def _meets(data: Mapping[str, Any], tests: list[tuple[str, Test]]) -> bool:
    for field, test in tests:  # noqa: SIM110 -- PERF: a generator takes twice as long
        if field not in data or not test(data[field]):
            return False
    return True


def _test(how: How, wanted: Json) -> Test:
    if how is How.RANGE:
        return _range(*map(comparable, wanted))
    if how is How.ANY_OF:
        texts = frozenset(one for one in (wanted if isinstance(wanted, list) else ()) if isinstance(one, str))
        return lambda found: (
            found in texts if type(found) is str else any(contains(wanted, item) for item in _items(found))
        )
    if how is How.CONTAINS:
        folded = wanted.casefold()
        return lambda found: (
            folded in found.casefold()
            if type(found) is str
            else any(isinstance(item, str) and folded in item.casefold() for item in _items(found))
        )
    return lambda found: same_json(found, wanted)


def _condition(field: str, how: How, wanted: Json) -> Condition:
    """What every record that passes the test meets."""
    if how is How.RANGE:
        return within(field, *map(comparable, wanted))
    if how is How.ANY_OF:
        return AnyOf(field, wanted if isinstance(wanted, list) else ())
    return Containing(field, wanted) if how is How.CONTAINS else AnyOf(field, [wanted])


def within(field: str, low: Moment | float | None, high: Moment | float | None) -> Condition:
    """What lies between two bounds: nothing where one of them has no order, or not that of the other."""
    return AnyOf(field, ()) if order(low, high) is None else Between(field, low, high)


def _items(found: Json) -> list[Any]:
    """Of a list one item is enough."""
    return found if isinstance(found, list) else [found]


def _range(low: Any, high: Any) -> Test:
    """What lies between two bounds; nothing where one of them has no order, or not that of the other."""
    if order(low, high) is None:
        return lambda _: False
    kind: Any = Moment if isinstance(low, Moment) else int | float

    def is_within(found: Json) -> bool:
        at: Any = comparable(found)
        return isinstance(at, kind) and low <= at <= high

    return is_within
