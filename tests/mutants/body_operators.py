"""Operators over what is asked: a step, a member or a parameter is lost on the way."""

from __future__ import annotations

from typing import Any

from mockserver.conformance import read_body
from mockserver.contract import Kind, Operation
from mutants.generated import Ground, Made, body_of, describe, operator, requests
from mutants.mutant import Area
from mutants.wire import Environ


@operator(Area.CHANGES)
def step_lost(ground: Ground) -> Made:
    operation = ground.operation(Kind.PATCH)
    change = body_of(lambda body: body[:-1] if isinstance(body, list) and len(body) > 1 else None)
    return describe(operation, "the last of several steps is not carried out", requests(ground, operation, change))


@operator(Area.LIFECYCLE)
def member_ignored(ground: Ground) -> Made:
    operation = ground.operation(Kind.CREATE, Kind.REPLACE)
    fields = sorted(operation.resource.fields - operation.resource.managed - {operation.resource.key})
    name = ground.rng.choice(fields)
    change = body_of(lambda body: {k: v for k, v in body.items() if k != name} if isinstance(body, dict) else None)
    return describe(operation, f"{name} is not stored", requests(ground, operation, change))


@operator(Area.LISTS)
def parameter_ignored(ground: Ground) -> Made:
    chosen = [one for one in ground.contract.operations() if _telling(one)]
    operation = ground.rng.choice(chosen)
    name = ground.rng.choice(_telling(operation))

    def change(environ: Environ) -> bool:
        parts = environ.get("QUERY_STRING", "").split("&")
        environ["QUERY_STRING"] = "&".join(one for one in parts if not one.startswith(f"{name}="))
        return len(parts) != len(environ["QUERY_STRING"].split("&")) or not environ["QUERY_STRING"]

    return describe(operation, f"{name} is ignored", requests(ground, operation, change))


def _telling(operation: Operation) -> list[str]:
    """Query parameters whose being ignored a reply can tell: not those that say how fresh a reply has to be."""
    known = (operation.projection, operation.page.key if operation.page else None)
    return [one.name for one in operation.parameters if one.location == "query" and one.name in known]


@operator(Area.LISTS)
def criterion_ignored(ground: Ground) -> Made:
    operation = ground.operation(Kind.SEARCH)
    mapped = [name for name, one in operation.criteria.items() if one.field is not None]
    name = ground.rng.choice(sorted(mapped))
    change = body_of(lambda body: {k: v for k, v in body.items() if k != name} if isinstance(body, dict) else None)
    return describe(operation, f"{name} is ignored", requests(ground, operation, change))


def _has_lists(ground: Ground, operation: Operation) -> bool:
    nodes = read_body(ground.contract, operation).properties.values()
    return any(ground.contract.document.follow(one).value.get("type") == "array" for one in nodes)


@operator(Area.LIFECYCLE)
def lists_cut(ground: Ground) -> Made:
    """A list in a body loses its last item when stored."""
    writes = [one for one in ground.contract.operations() if one.kind in (Kind.CREATE, Kind.REPLACE)]
    operation = ground.rng.choice([one for one in writes if _has_lists(ground, one)])

    def change(body: Any) -> Any:
        return (
            {k: v[:-1] if isinstance(v, list) and v else v for k, v in body.items()} if isinstance(body, dict) else None
        )

    return describe(operation, "lists lose their last item", requests(ground, operation, body_of(change)))
