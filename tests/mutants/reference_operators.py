"""Operators over foreign keys and ids: which of them are looked at, by which way in, and how exactly."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from unittest import mock

from mockserver.contract import Kind
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.handlers.storing import Storing
from mockserver.messages import Reply
from mockserver.store import Tenant
from mutants.generated import Ground, Made, operator
from mutants.mutant import Area
from mutants.planting import Behaviour, Planting, engine
from mutants.state_operators import answered


@operator(Area.VALIDATION)
def reference_partly_unchecked(ground: Ground) -> Made:
    """A foreign key that dangles passes where it stands inside a field, is not the first, or comes by a batch."""
    how = ground.rng.choice(["inside a field", "not the first", "by a batch"])
    known = [one for one in ground.contract.resources.values() if any(_is(key, how) for key in one.references)]
    resource = ground.rng.choice(sorted(one.name for one in known))
    in_batch: list[bool] = [False]

    def kept(original: Callable[..., Any], self: Storing, *given: Any) -> Any:
        in_batch.append(self.call.operation.kind is Kind.BATCH)
        try:
            return original(self, *given)
        finally:
            in_batch.pop()

    def dangling(original: Callable[..., Any], about: Any, *given: Any) -> Any:
        found = original(about, *given)
        if about.name != resource:
            return found
        left = [one for one in found if not _passes(how, one.pointer, is_batch=in_batch[-1])]
        ground.note(len(left) != len(found))
        return left

    def plant(planting: Planting) -> None:
        planting.around(Storing, "keep", kept)
        planting.around(engine("handlers.storing"), "_dangling", dangling)

    return resource, "rule", f"a key of {resource} may dangle {how}", plant


def _is(reference: Any, how: str) -> bool:
    return bool(reference.is_nested) if how == "inside a field" else not reference.is_nested and (
        how == "by a batch" or reference.field.endswith("_ids"))  # fmt: skip


def _passes(how: str, pointer: str, *, is_batch: bool) -> bool:
    if how == "inside a field":
        return not re.fullmatch(r"/[^/]+(/\d+)?", pointer)
    return is_batch if how == "by a batch" else bool(re.fullmatch(r"/[^/]+/[1-9]\d*", pointer))


@operator(Area.LIFECYCLE)
def dependants_overlooked(ground: Ground) -> Made:
    """A record that others refer to is deleted where they do inside a field, are several, or a batch deletes it."""
    how = ground.rng.choice(["inside a field", "several", "by a batch"])
    pairs = [(name, key) for name, one in ground.contract.resources.items() for key in one.references]
    meant = [(name, key) for name, key in pairs if key.is_nested is (how == "inside a field") and not key.is_elsewhere]
    resource, reference = ground.rng.choice(meant)

    def overlooked(original: Callable[..., Any], contract: Any, named: Any, tenant: Tenant, record_id: str) -> Any:
        found = original(contract, named, tenant, record_id)
        if named.name != reference.resource:
            return found
        left = [one for one in found if one.pointer.count("/") == 3 or how != "inside a field"]
        left = [] if how == "several" and len(left) > 1 else left
        ground.note(len(left) != len(found))
        return left

    def removed(original: Callable[..., str], call: Call, tenant: Tenant, record_id: str) -> str:
        if call.operation.kind is not Kind.BATCH or call.resource.name != reference.resource:
            return original(call, tenant, record_id)
        with mock.patch.object(engine("handlers.records"), "dependants", lambda *_: ground.note() or []):
            return original(call, tenant, record_id)

    def plant(planting: Planting) -> None:
        if how == "by a batch":
            planting.around(engine("handlers.records"), "remove", removed)
        else:
            planting.around(engine("handlers.records"), "dependants", overlooked)

    return resource, "delete", f"{reference.resource} that {resource} refer to by {reference.path} go: {how}", plant


@operator(Area.LIFECYCLE)
def id_inexact(ground: Ground) -> Made:
    """A record is found by an id of another case, or by the beginning of its own."""
    operation = ground.operation(Kind.READ)
    if operation.resource.is_single or not _can_be_made(ground, operation.resource.name):
        return id_inexact(ground)
    how = ground.rng.choice(["in another case", "by its beginning"])

    def found(original: Callable[..., Any], about: Any, tenant: Tenant, record_id: str) -> Any:
        try:
            return original(about, tenant, record_id)
        except Refusal:
            for one in tenant[about.name].scan() if about.name == operation.resource.name else ():
                is_same = one.id.lower() == record_id.lower()
                if is_same if how == "in another case" else len(record_id) > 7 and one.id.startswith(record_id):
                    ground.note()
                    return one
            raise

    def plant(planting: Planting) -> None:
        planting.around(engine("handlers.records"), "find", found)

    return operation.resource.name, "read", f"{operation.id}: finds records {how}", plant


def _can_be_made(ground: Ground, resource: str) -> bool:
    return any(one.kind is Kind.CREATE and one.resource.name == resource for one in ground.contract.operations())


@operator(Area.LISTS)
def page_unfiltered(ground: Ground) -> Made:
    """From the second page on a look-up holds everything behind its key."""
    operation = ground.operation(Kind.LOOKUP)

    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        listing = engine("handlers.listing")
        if (start := listing._start(call)) is None:
            return original(call, tenant)
        ground.note()
        reply: Reply = listing._answer(call, tenant, tenant[call.resource.name].scan(start))
        return reply

    return (
        operation.resource.name,
        "lookup",
        f"{operation.id}: later pages are not narrowed",
        answered(operation, answer),
    )


@operator(Area.BATCH)
def twins_merged(ground: Ground) -> Made:
    """Two creates of the same values in one batch make one record."""
    operation = ground.operation(Kind.BATCH)

    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        items, made = engine("handlers.batch")._ITEMS, list[tuple[Any, Any]]()
        create = items["create"]

        def once(one: Call, of: Tenant, item: Any) -> Any:
            for known, record in made:
                if known == item.get("record"):
                    ground.note()
                    return record
            made.append((item.get("record"), create(one, of, item)))
            return made[-1][1]

        with mock.patch.dict(items, {"create": once}):
            return original(call, tenant)

    return (
        operation.resource.name,
        "batch",
        f"{operation.id}: equal creates make one record",
        answered(operation, answer),
    )
