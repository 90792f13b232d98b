"""How many records there are of each kind that the numbers of a reply are called like: so many open, so many closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from mockserver.contract.plan_values import PAST
from mockserver.handlers.planned.addressing.criteria import meets
from mockserver.messages import Json
from mockserver.store import Record
from mockserver.values.moment import order, whole_second


def counted(records: Sequence[Record], numbers: Mapping[str, Mapping[str, Json]], now: datetime) -> dict[str, Json]:
    """For each name in ``numbers`` how many records have the values that it tells by member; what a record says nothing
    of is not true.
    """  # fmt: skip
    moment = whole_second(now)
    return {name: sum(_has(record, where, moment) for record in records) for name, where in numbers.items()}


def _has(record: Record, where: Mapping[str, Json], now: str) -> bool:
    data = record.data() if where else {}
    return all(
        (order(data.get(name), now) or 0) < 0 if one == PAST else meets(data.get(name, False), one)
        for name, one in where.items()
    )
