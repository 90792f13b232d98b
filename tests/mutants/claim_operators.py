"""Operators over leniency of a wider kind: claims of other types, steps of null, and queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

from mockserver.auth.signing_keys import Keys
from mockserver.contract import Kind
from mutants.generated import Ground, Made, body_of, describe, operator, requests
from mutants.mutant import Area
from mutants.planting import Planting, engine

LENIENT: dict[str, Callable[[Any], Any]] = {
    "the first of a list": lambda one: one[0] if isinstance(one, list) and one else one,
    "the value of an object": lambda one: next(iter(one.values()), one) if isinstance(one, dict) else one,
    "a text of a number": lambda one: str(one) if isinstance(one, int) else one,
}
"""What of a claim is taken for it."""


@operator(Area.AUTH)
def claim_of_other_type(ground: Ground) -> Made:
    """A claim of another JSON type is taken for one of the right type."""
    operation = ground.operation(Kind.LIST)
    security = ground.contract.security
    claim, names = ground.rng.choice([
        ("exp", ("the first of a list", "the value of an object")),
        ("nbf", ("the first of a list", "the value of an object")),
        ("sub", ("the first of a list", "the value of an object", "a text of a number")),
        (str(security.claims.get("tenant")), ("the first of a list", "the value of an object")),
        ("aud", ("the value of an object",)),
    ])  # fmt: skip
    how = ground.rng.choice(names)

    def claims(original: Callable[..., dict[str, Any]], self: Keys, token: str, *, verify: bool) -> dict[str, Any]:
        found = original(self, token, verify=verify)
        if claim not in found:
            return found
        changed = {**found, claim: LENIENT[how](found[claim])}
        ground.note(changed != found)
        return changed

    return describe(operation, f"for {claim}, {how} is taken", lambda one: one.around(Keys, "claims", claims))


@operator(Area.CHANGES)
def null_step_passes(ground: Ground) -> Made:
    """A step that makes a field null removes it, or does nothing."""
    operation = ground.operation(Kind.PATCH)
    op = ground.rng.choice(["add", "replace"])

    def change(body: Any) -> Any:
        steps = body if isinstance(body, list) else []
        return [{"op": "remove", "path": one.get("path")}
                if isinstance(one, dict) and one.get("op") == op and "value" in one and one["value"] is None else one
                for one in steps] or None  # fmt: skip

    return describe(operation, f"{op} of null removes", requests(ground, operation, body_of(change)))


@operator(Area.QUERIES)
def query_lenient(ground: Ground) -> Made:
    """A query passes over what is deep in its criteria, an offset alone, or records without the field."""
    operation = ground.operation(Kind.QUERY)
    how = ground.rng.choice(["deep criteria", "an offset without a limit", "records without the field"])
    depth = [0]

    def meets(original: Callable[..., bool], record: Any, criteria: Any) -> bool:
        depth[0] += 1
        try:
            if how == "deep criteria" and depth[0] > 2 and ("any" in criteria or "all" in criteria):
                ground.note()
                return True
            return original(record, criteria)
        finally:
            depth[0] -= 1

    def rows(original: Callable[..., Any], call: Any, tenant: Any, resource: Any, body: Any) -> Any:
        if how == "an offset without a limit" and body.get("offset") and "limit" not in body:
            ground.note()
            body = {name: value for name, value in body.items() if name != "offset"}
        return original(call, tenant, resource, body)

    def plant(planting: Planting) -> None:
        table = engine("handlers.query_rows")
        planting.around(table, "_meets", meets)
        planting.around(table, "_condition", lambda *_: None)
        planting.around(engine("handlers.querying"), "_rows", rows)
        if how == "records without the field":
            sound = table.OPERATORS["notEqual"]
            lenient = {**table.OPERATORS, "notEqual": lambda one, two: _noted(ground, sound(one, two), one)}
            planting.entry_of(mock.patch.object(table, "OPERATORS", lenient))

    return describe(operation, f"passes over {how}", plant)


def _noted(ground: Ground, found: bool, value: Any) -> bool:
    ground.note(found and value is None)
    return found and value is not None
