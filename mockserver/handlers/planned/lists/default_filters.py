"""What a list leaves out where nobody asks for it: a parameter's ``default`` is what is asked for then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from mockserver.contract.plan import PlannedParameter
from mockserver.contract.samples.described_values import listed_values
from mockserver.contract.samples.states import first_state, is_state
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.lists.record_parts import held
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.asked_members import is_opposite
from mockserver.messages import Json

_Test = Callable[[Any], bool]


def default_filters(
    scope: Scope, asked: Collection[str], member_of: Callable[[Scope, str], str | None]
) -> Iterator[_Test]:
    """Tests of what a parameter that is not ``asked`` for says of a truth or a state. PERF: read once.

    ``member_of`` tells the member that a parameter filters by. A record that does not say passes.
    """
    remembered = plan_of(scope.call).remembered
    if (known := remembered.get("default filters")) is None:
        found = ((one, _usual(scope, one)) for one in plan_of(scope.call).parameters if one.location == "query")
        said = [
            (one.name, member, value)
            for one, value in found
            if value is not None and (member := member_of(scope, one.name))
        ]
        known = remembered["default filters"] = tuple(one for one in said if _is_of(scope, one[1], one[2]))
    for name, member, value in known:
        if name not in asked:
            yield _test(member, not value if isinstance(value, bool) and is_opposite(name, member) else value)


def _usual(scope: Scope, taken: PlannedParameter) -> Json:
    return scope.call.tools.maker.shapes.says(taken.schema, "default")


def _is_of(scope: Scope, member: str, value: Json) -> bool:
    """Whether a default is about which records there are: what is true of them, or their state; not ``lang=en``.

    A state only if records begin in it: what was made should be seen.
    """
    shapes, record = scope.call.tools.maker.shapes, scope.model.record
    place = shapes.properties(record).get(member) if record is not None else None
    if place is None or isinstance(value, bool) or not is_state(member):
        return place is not None and isinstance(value, bool)
    states = listed_values(shapes, member, place)
    return bool(states) and first_state(states) == value


def _test(member: str, value: Json) -> _Test:
    def test(data: Any) -> bool:
        own = held(data, member)
        return own is None or own == value

    return test
