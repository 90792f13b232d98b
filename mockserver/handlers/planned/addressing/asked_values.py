"""What path and query say that a reply says again: the day whose slots are free, the metric that is added up."""

from __future__ import annotations

from mockserver.contract.document import Node
from mockserver.contract.form_bodies import typed
from mockserver.contract.plan import PASSWORDS, TOKENS
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.messages import Json
from mockserver.values.name_words import flat


def asked_values(call: Call, place: Node | None) -> dict[str, Json]:
    """The members of an object at ``place`` that are called like parameters, with what these were given."""
    plan, maker, asked = plan_of(call), call.tools.maker, call.input.values
    members = maker.shapes.properties(place) if place is not None else {}
    called = {flat(name): name for name in members}
    found: dict[str, Json] = {}
    for one in plan.parameters:
        name, value = called.get(flat(one.name)), asked.get(one.name)
        if name is None or one.location not in ("path", "query") or value is None or flat(name) in PASSWORDS | TOKENS:
            continue
        said = typed(maker, members[name], value) if isinstance(value, str) else value
        found |= {name: said} if maker.allows(members[name], said) else {}
    return found
