"""Lists that answer a question: the rooms that are free between two dates, what a parcel of that weight costs.

Nobody writes what they list, nothing identifies it, and no request goes without the parameters that ask for it. So no
record is kept back for having another weight: each is about what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.asked_values import asked_values
from mockserver.handlers.planned.addressing.places import model_of, plan_of
from mockserver.inference.vocabulary.ranges import main_moment
from mockserver.inference.vocabulary.words import is_paging
from mockserver.messages import Json
from mockserver.values.moment import day_text, read_date

_DAY_LENGTH = 10
_FIRST, _LAST = 1900, 2200
"""Between which years a day is one that somebody asks for."""


def is_answer(call: Call) -> bool:
    """Whether the operation's list answers what its parameters ask. PERF: told once."""
    remembered = plan_of(call).remembered
    if "answers" not in remembered:
        remembered["answers"] = _answers(call)
    return bool(remembered["answers"])


def unasked(call: Call, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is left to filter an answer by: what a request may go without."""
    needed = _needed(call)
    return {name: one for name, one in asked.items() if name not in needed}


def about_question(call: Call, values: list[Json]) -> tuple[list[Json], dict[str, Json]]:
    """The items of an answer with what was asked of the members that they have, on the days that were asked for; and
    what their envelope says of it.
    """
    plan, record = plan_of(call), model_of(call.resource).record
    said = asked_values(call, record)
    days = sorted(
        value[:_DAY_LENGTH] for name, value in call.input.values.items()
        if name in _needed(call) and isinstance(value, str) and _is_day(value[:_DAY_LENGTH])
    )  # fmt: skip
    about = [{**one, **said} if isinstance(one, dict) else one for one in values]
    moments = [] if record is None else _moments(call, said)
    main = main_moment(moments) or next(iter(moments), None)
    if days and main is not None:
        about = [_moved(one, main, moments, _day_of(index, days)) for index, one in enumerate(about)]
        about.sort(key=lambda one: str(one.get(main)) if isinstance(one, dict) else "")
    beside = {name: one for name, one in asked_values(call, plan.success.schema).items() if not is_paging(name)}
    return about, beside


def _answers(call: Call) -> bool:
    is_asked = call.operation.method == "GET" and not model_of(call.resource).key and bool(_needed(call))
    others = call.tools.contract.operations() if is_asked else iter(())
    return is_asked and all(one.method == "GET" for one in others if one.resource is call.resource)


def _needed(call: Call) -> set[str]:
    """The parameters that ask: those of the query that no request goes without."""
    return {one.name for one in plan_of(call).parameters if one.required and one.location == "query"}


def _moments(call: Call, said: Mapping[str, Json]) -> list[str]:
    """The members that tell when an item is, but for those that were asked for themselves."""
    shapes, record = call.tools.maker.shapes, model_of(call.resource).record
    members = shapes.properties(record) if record is not None else {}
    return [
        name
        for name, one in members.items()
        if shapes.says(one, "format") in ("date", "date-time") and name not in said
    ]


def _day_of(index: int, days: list[str]) -> str:
    """The day of an item: that which was asked for, or, from the first to the last of them, its own."""
    first, last = (read_date(one).toordinal() for one in (days[0], days[-1]))
    return day_text(first + index % (last - first + 1))


def _moved(item: Json, main: str, moments: list[str], day: str) -> Json:
    """An item on that day; what of it is later by some days stays so."""
    begun = item.get(main) if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(begun, str) or not _is_day(begun[:_DAY_LENGTH]):
        return item
    later = read_date(day).toordinal() - read_date(begun[:_DAY_LENGTH]).toordinal()
    moved = {
        name: day_text(read_date(one[:_DAY_LENGTH]).toordinal() + later) + one[_DAY_LENGTH:]
        for name in moments
        if isinstance(one := item.get(name), str) and _is_day(one[:_DAY_LENGTH])
    }
    return {**item, **moved}


def _is_day(text: str) -> bool:
    """Whether a text is a day that the calendar has, and that stays one some years before or after."""
    try:
        return _FIRST < read_date(text).year < _LAST
    except ValueError:
        return False
