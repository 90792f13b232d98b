"""Members that count the records that stand below one: the ``memberCount`` of a channel that has ``/members``."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract import Resource
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import by_key, keys_of, model_of, plan_of
from mockserver.handlers.planned.initial_data.initial_records import begin
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.store import Record, Tenant
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
    for member, child in counting.items():
        keys = keys_of(record.id)[-len(model_of(child).parents) :]
        begin(call, tenant, child, keys)
        counts[member] = len(Scope(call, tenant, child, keys).ordered("key", by_key))
    return counts


def _counting(call: Call, resource: Resource) -> Mapping[str, Resource]:
    model, shapes = model_of(resource), call.tools.maker.shapes
    if model.record is None or resource.is_single:
        return {}
    numbers = {
        flat(name): name
        for name, node in shapes.properties(model.record).items()
        if shapes.type(node) in ("integer", "number") and name not in model.said()
    }
    found: dict[str, Resource] = {}
    for child in call.tools.contract.resources.values():
        parents = child.model.parents if child.model is not None else ()
        widths = (len(model.parents) + 1, (model.reach if model.is_found_alone else len(model.parents)) + 1)
        if len(parents) not in widths or parents[-1].resource != resource.name or child.is_single:
            continue
        many = flat(child.name.rpartition(".")[2])
        called = [f"{one}{word}" for one in (many, flat(singular(many))) for word in ("count", "total")]
        called += [one for one in numbers if _tells_of(one, many)]
        found |= {numbers[one]: child for one in (*called, f"numberof{many}", f"total{many}") if one in numbers}
    return found


def _tells_of(number: str, many: str) -> bool:
    """Whether a count is called by what has been done by what it counts: ``enrolledCount`` of the enrolments."""
    word = number.removesuffix("count")
    stem = stem_of(word)
    return word != number and word.endswith("ed") and len(stem) >= FEWEST and many.startswith(stem)
