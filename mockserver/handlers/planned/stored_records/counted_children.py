"""Members that count the records that stand below one: the ``memberCount`` of a channel that has ``/members``.

Records that name another one in a member are counted where it says so: ``itemCount``, ``Number of items of this shop``.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract import Resource
from mockserver.contract.plan import Steps
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.criteria import meets, with_values
from mockserver.handlers.planned.addressing.places import by_key, key_of, keys_of, model_of, plan_of
from mockserver.handlers.planned.initial_data.initial_records import begin
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.words import number_of
from mockserver.messages import Json
from mockserver.store import Record, Tenant
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular
from mockserver.values.verb_stems import stem_of

FEWEST = 5
"""So many letters two words of one verb have in common."""


def children_counts(call: Call, tenant: Tenant, record: Record) -> dict[str, int]:
    """For each member that only the server says and that is called like a collection right below the record, how many
    that holds now. PERF: which members those are is worked out once.
    """
    remembered = plan_of(call).remembered
    if (counting := remembered.get("counting")) is None:
        counting = remembered["counting"] = _counting(call, call.resource)
    counts = {}
    for member, (child, names) in counting.items():
        keys = () if names else keys_of(record.id)[-len(model_of(child).parents) :]
        begin(call, tenant, child, keys)
        there = Scope(call, tenant, child, keys)
        if not names:
            counts[member] = len(there.ordered("key", by_key))
            continue
        key = _typed(record, model_of(call.resource).key, key_of(record.id))
        counts[member] = sum(
            meets(value_at(one.data(), (names,)), key) for one in there.all(with_values([((names,), key)]))
        )
    return counts


def _typed(record: Record, steps: Steps, key: str) -> Json:
    """The key of a record as it stands in it, and so in those that name it."""
    found = value_at(record.data(), steps)
    return found if isinstance(found, str | int) else key


def _counting(call: Call, resource: Resource) -> Mapping[str, tuple[Resource, str]]:
    """For each such member what it counts, and the member that names the record; empty where the path does."""
    model, shapes = model_of(resource), call.tools.maker.shapes
    if model.record is None or resource.is_single:
        return {}
    members = shapes.properties(model.record)
    numbers = {
        flat(name): name
        for name, node in members.items()
        if shapes.type(node) in ("integer", "number") and name not in model.said()
    }
    found: dict[str, tuple[Resource, str]] = {}
    for child in call.tools.contract.resources.values():
        if child.model is None or child.is_single:
            continue
        parents, many = child.model.parents, flat(child.name.rpartition(".")[2])
        widths = (len(model.parents) + 1, (model.reach if model.is_found_alone else len(model.parents)) + 1)
        is_below = len(parents) in widths and parents[-1].resource == resource.name
        naming = [name for name, other in child.model.foreign.items() if other == resource.name]
        if not is_below and (parents or model.parents or not naming):
            continue
        called = [f"{one}{word}" for one in (many, flat(singular(many))) for word in ("count", "total")]
        called += [one for one in numbers if _tells_of(one, many)]
        for one in (*called, f"numberof{many}", f"total{many}"):
            said = str(shapes.says(members[numbers[one]], "description") or "") if one in numbers else ""
            if one in numbers and (is_below or flat(singular(number_of(said))) == flat(singular(many))):
                found[numbers[one]] = (child, "" if is_below else naming[0])
    return found


def _tells_of(number: str, many: str) -> bool:
    """Whether a count is called by what has been done by what it counts: ``enrolledCount`` of the enrolments."""
    word = number.removesuffix("count")
    stem = stem_of(word)
    return word != number and word.endswith("ed") and len(stem) >= FEWEST and many.startswith(stem)
