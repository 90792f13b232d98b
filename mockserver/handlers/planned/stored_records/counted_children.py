"""Members that count or add up the records that stand below one: ``memberCount`` of a channel that has ``/members``,
``amount_paid`` of an invoice that has ``/payments``.

Records that name another one in a member are counted where it says so: ``itemCount``, ``Number of items of this shop``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from mockserver.contract import Resource
from mockserver.contract.plan import Steps
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.criteria import meets, with_values
from mockserver.handlers.planned.addressing.places import by_key, key_of, keys_of, model_of, plan_of
from mockserver.handlers.planned.derived_members.intervals import is_exact
from mockserver.handlers.planned.initial_data.initial_records import begin
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.words import number_of
from mockserver.messages import Json
from mockserver.store import Record, Tenant
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular
from mockserver.values.verb_stems import stem_of

_AMOUNTS = ("amount", "amountpaid", "total", "value")
_PAID = ("amountpaid", "paidamount", "totalpaid", "paidtotal")
_RAISED = ("amountraised", "raisedamount", "totalraised", "raised", "pledged", "amountpledged")
_ADDED_UP: Mapping[str, tuple[str, ...]] = {
    "payments": _PAID, "installments": _PAID, "refunds": ("amountrefunded", "refundedamount", "totalrefunded"),
    "donations": _RAISED, "pledges": _RAISED, "contributions": _RAISED,
    "expenses": ("totalexpenses", "expensestotal", "spent", "amountspent", "totalspent"),
}  # fmt: skip
"""What the sum over a collection of amounts is called in what it stands below."""
FEWEST = 5
"""So many letters two words of one verb have in common."""


class Tally(NamedTuple):
    """The collection that a number tells of, the member by which its records name what they belong to (empty: they
    stand below it), and the member that is added up (empty: they are counted).
    """

    child: Resource
    names: str
    summand: str = ""


def children_numbers(call: Call, tenant: Tenant, record: Record, shown: Collection[str]) -> dict[str, float]:
    """For each member that only the server says and that is called like a collection right below the record, or by
    what is done with it, how many that holds now, or how much. A count is told only where it is ``shown``.

    PERF: which members those are is worked out once.
    """
    remembered = plan_of(call).remembered
    if (telling := remembered.get("children")) is None:
        telling = remembered["children"] = _counting(call, call.resource) | _adding(call, call.resource)
    return {
        member: _number(call, tenant, record, one)
        for member, one in telling.items()
        if one.summand or member in shown
    }  # fmt: skip


def _number(call: Call, tenant: Tenant, record: Record, told_by: Tally) -> float:
    child, names, summand = told_by
    keys = () if names else keys_of(record.id)[-len(model_of(child).parents) :]
    begin(call, tenant, child, keys)
    there = Scope(call, tenant, child, keys)
    if not names and not summand:
        return len(there.ordered("key", by_key))
    key = _typed(record, model_of(call.resource).key, key_of(record.id))
    records = there.all(with_values([((names,), key)])) if names else there.all()
    values = [one.data() for one in records]
    own = [one for one in values if not names or meets(value_at(one, (names,)), key)]
    amounts = (value_at(one, (summand,)) for one in own)
    return round(sum(one for one in amounts if is_exact(one)), 2) if summand else len(own)


def _typed(record: Record, steps: Steps, key: str) -> Json:
    """The key of a record as it stands in it, and so in those that name it."""
    found = value_at(record.data(), steps)
    return found if isinstance(found, str | int) else key


def _counting(call: Call, resource: Resource) -> dict[str, Tally]:
    """The members that say how many there are."""
    shapes, record = call.tools.maker.shapes, model_of(resource).record
    members = shapes.properties(record) if record is not None else {}
    numbers = _numbers(call, resource)
    found: dict[str, Tally] = {}
    for child, names in _belonging(call, resource) if numbers else ():
        many = flat(child.name.rpartition(".")[2])
        called = [f"{one}{word}" for one in (many, flat(singular(many))) for word in ("count", "total")]
        called += [one for one in numbers if _tells_of(one, many)]
        for one in (*called, f"numberof{many}", f"total{many}"):
            said = str(shapes.says(members[numbers[one]], "description") or "") if one in numbers else ""
            if one in numbers and (not names or flat(singular(number_of(said))) == flat(singular(many))):
                found[numbers[one]] = Tally(child, names)
    return found


def _adding(call: Call, resource: Resource) -> dict[str, Tally]:
    """The members that say how much there is."""
    numbers, shapes = _numbers(call, resource), call.tools.maker.shapes
    found: dict[str, Tally] = {}
    for child, names in _belonging(call, resource) if numbers else ():
        record = model_of(child).record
        summand = next((one for one in shapes.properties(record) if flat(one) in _AMOUNTS), "") if record else ""
        called = _ADDED_UP.get(flat(child.name.rpartition(".")[2]), ())
        found |= {numbers[one]: Tally(child, names, summand) for one in called if one in numbers and summand}
    return found


def _numbers(call: Call, resource: Resource) -> Mapping[str, str]:
    """The numbers of a record that only the server says, by their flat names."""
    model, shapes = model_of(resource), call.tools.maker.shapes
    if model.record is None or resource.is_single:
        return {}
    return {
        flat(name): name
        for name, node in shapes.properties(model.record).items()
        if shapes.type(node) in ("integer", "number") and name not in model.said()
    }


def _belonging(call: Call, resource: Resource) -> Iterator[tuple[Resource, str]]:
    """The collections of what belongs to a record, and the member that names it; empty where the path does."""
    model = model_of(resource)
    widths = (len(model.parents) + 1, (model.reach if model.is_found_alone else len(model.parents)) + 1)
    for child in call.tools.contract.resources.values():
        if child.model is None or child.is_single:
            continue
        parents = child.model.parents
        naming = [name for name, other in child.model.foreign.items() if other == resource.name]
        if len(parents) in widths and parents[-1].resource == resource.name:
            yield child, ""
        elif naming and not parents and not model.parents:
            yield child, naming[0]


def _tells_of(number: str, many: str) -> bool:
    """Whether a count is called by what has been done by what it counts: ``enrolledCount`` of the enrolments."""
    word = number.removesuffix("count")
    stem = stem_of(word)
    is_done = word != number and word.endswith("ed")
    return is_done and (stem == stem_of(singular(many)) or (len(stem) >= FEWEST and many.startswith(stem)))
