"""What a document's examples ask lists for: the first record that is made up is found by them."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract import Resource
from mockserver.contract.samples.record_examples import parameter_examples
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import model_of, plan_of
from mockserver.handlers.planned.initial_data.initial_keys import shown_example
from mockserver.messages import Json
from mockserver.values.name_words import flat


def asked_examples(call: Call, resource: Resource, ordinal: int) -> dict[str, Json]:
    """Of the first record of that number the members that the examples of query parameters ask for; none of any but
    the first that no example shows. PERF: worked out once for each operation and resource.
    """
    model = model_of(resource)
    if ordinal > 1 and shown_example(call, model, ordinal - 1) is None:
        return {}
    known: dict[str, dict[str, Json]] = plan_of(call).remembered.setdefault("asked", {})
    if resource.name not in known:
        known[resource.name] = dict(_asked(call, resource))
    return known[resource.name]


def _asked(call: Call, resource: Resource) -> Iterator[tuple[str, Json]]:
    """Of parameters called like one member the first example. What names records is left to these."""
    maker, model = call.tools.maker, model_of(resource)
    members = maker.shapes.properties(model.record) if model.record is not None else {}
    called = {flat(name): name for name in members if name not in {*model.key, *model.foreign, *model.likely_foreign}}
    lists = [one for one in call.tools.contract.operations() if one.resource is resource and one.method == "GET"]
    taken = [
        each for one in lists if one.plan is not None and one.plan.items is not None for each in one.plan.parameters
    ]
    for one in reversed(taken):  # what is said first stays
        name = called.get(flat(one.name)) if one.location == "query" else None
        example = next(iter(parameter_examples(maker.shapes, one)), None) if name is not None else None
        if name is not None and isinstance(example, str | int | float) and maker.allows(members[name], example):
            yield name, example
