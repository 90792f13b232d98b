"""What the values in a request's path must be where no record would tell that they are wrong."""

from __future__ import annotations

from mockserver.contract import Kind
from mockserver.contract.form_bodies import typed
from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.values.shown import quoted


def require_possible(call: Call) -> None:
    """Raises Refusal when the path has a value that its schema forbids where no record would tell that it is none.

    404 as for a record that is not there, 400 where only that is declared.
    """
    plan, model, maker = plan_of(call), call.resource.model, call.tools.maker
    parents = (*(model.parents if model else ()), *plan.within)
    known = {one.parameter for one in parents if one.resource and one.must_exist}
    if plan.key is not None and call.operation.kind is not Kind.STUB and not plan.words.get("upsert"):
        known.add(plan.key)
    for taken in plan.parameters:
        text = call.input.values.get(taken.name)
        if taken.location != "path" or taken.name in known or not isinstance(text, str):
            continue
        if not maker.allows(taken.schema, typed(maker, taken.schema, text)):
            status = 400 if "400" in plan.replies and "404" not in plan.replies else 404
            raise Refusal(status, f"{quoted(text)} is not a valid {taken.name}.")
