"""The rows of a query: which records meet its criteria, in which order; by indexes where these tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeAlias

import orjson

from mockserver.contract import Resource
from mockserver.handlers.call import Call
from mockserver.store import All, AnyOf, Between, Condition, Containing, Either, Record, Tenant
from mockserver.store.filing import is_one_rank
from mockserver.values.equality import contains, same_json
from mockserver.values.moment import comparable, order

Row: TypeAlias = dict[str, Any]
MANY = 200
"""So many rows are put in order at once; of more, those that come first are looked for in the order of an index."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: criteria, what to sort by, and how many of the rows are needed."""

    criteria: Mapping[str, Any]
    sort: Sequence[Mapping[str, Any]]
    most: int


def rows(call: Call, tenant: Tenant, resource: Resource, asked: Asked) -> Iterator[Row]:
    """The records that meet the criteria, as a client sees them: ``asked.most`` of them at least, if there are."""
    context, rules = call.context(tenant), call.tools.rules
    computed = rules.computed.get(resource.name, {})
    kept = tenant[resource.name]

    def those(records: Iterable[Record]) -> Iterator[Row]:
        whole = (rules.seen(resource, record, context) for record in records)
        return (row for row in whole if _meets(row, asked.criteria))

    condition = _condition(asked.criteria, computed)
    found = those(kept.narrowed(condition))
    if not asked.sort:
        return found
    first = asked.sort[0]
    if first["field"] in computed or len(kept) <= MANY:
        return iter(_in_order(found, asked.sort))
    if condition is not None:
        few = [*islice(found, asked.most + MANY + 1)]
        if len(few) <= asked.most + MANY:
            return iter(_in_order(few, asked.sort))
    ranked = kept.ranked(first["field"], descending=first.get("direction") == "desc")
    return (row for rank, records in ranked for row in _of_one_rank(rank, those(records), asked.sort))


def _of_one_rank(rank: str, found: Iterator[Row], sort: Sequence[Mapping[str, Any]]) -> Iterable[Row]:
    return found if len(sort) == 1 and is_one_rank(rank) else _in_order(found, sort)


def _in_order(found: Iterable[Row], sort: Sequence[Mapping[str, Any]]) -> list[Row]:
    listed = [*found]
    for one in reversed(sort):
        listed.sort(key=_rank_by(one["field"]), reverse=one.get("direction") == "desc")
    return listed


def _condition(criteria: Mapping[str, Any], computed: Mapping[str, Any]) -> Condition | None:
    """What every record that meets the criteria meets; None where no index can tell."""
    parts: list[Condition] = []
    for one in criteria.get("all", []):
        if part := _condition(one, computed):
            parts += part.conditions if isinstance(part, All) else [part]
    either = [_condition(one, computed) for one in criteria.get("any", [])]
    if either and None not in either:
        parts.append(Either([one for one in either if one]))
    if "fact" in criteria and criteria["fact"] not in computed:
        parts += _of_fact(criteria["fact"], criteria.get("operator", "equal"), criteria.get("value"))
    return All(parts) if parts else None


def _of_fact(field: str, operator: str, wanted: Any) -> list[Condition]:
    match operator:
        case "equal":
            return [AnyOf(field, [wanted])]
        case "in":
            return [AnyOf(field, wanted if isinstance(wanted, list) else ())]
        case "contains":
            return [Containing(field, wanted) if isinstance(wanted, str) else AnyOf(field, [wanted])]
        case "lessThan" | "lessThanInclusive" | "greaterThan" | "greaterThanInclusive":
            bound = comparable(wanted)
            if bound is None:
                return [AnyOf(field, ())]
            is_less = operator.startswith("less")
            return [Between(field, None if is_less else bound, bound if is_less else None)]
    return []


def _meets(record: Mapping[str, Any], criteria: Mapping[str, Any]) -> bool:
    """Whether all of ``all`` hold, any of ``any``, and the condition itself."""
    if "all" in criteria and not all(_meets(record, one) for one in criteria["all"]):
        return False
    if criteria.get("any") and not any(_meets(record, one) for one in criteria["any"]):
        return False
    if "fact" not in criteria:
        return True
    return OPERATORS[criteria.get("operator", "equal")](record.get(criteria["fact"]), criteria.get("value"))


def _ordered(test: Callable[[int], bool]) -> Callable[[Any, Any], bool]:
    """A comparison of numbers, or of moments; of anything else it is false."""

    def compared(found: Any, wanted: Any) -> bool:
        way = order(comparable(found), comparable(wanted))
        return way is not None and test(way)

    return compared


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted.casefold() in found.casefold()
    return contains(found, wanted)


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "equal": same_json,
        "notEqual": lambda found, wanted: not same_json(found, wanted),
        "lessThan": _ordered(lambda way: way < 0),
        "lessThanInclusive": _ordered(lambda way: way <= 0),
        "greaterThan": _ordered(lambda way: way > 0),
        "greaterThanInclusive": _ordered(lambda way: way >= 0),
        "in": lambda found, wanted: contains(wanted, found),
        "notIn": lambda found, wanted: isinstance(wanted, list) and not contains(wanted, found),
        "contains": _contains,
        "doesNotContain": lambda found, wanted: not _contains(found, wanted),
    }
)
"""The words of json-rules-engine."""


def _rank_by(field: str) -> Callable[[Mapping[str, Any]], tuple[int, Any]]:
    return lambda record: _rank(record.get(field))


def _rank(value: Any) -> tuple[int, Any]:
    """Numbers before texts before anything else, what is absent first of all."""
    if value is None:
        return 0, 0
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 3, orjson.dumps(value)
    return (1, value) if not isinstance(value, str) else (2, value.casefold())
