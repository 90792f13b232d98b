"""Operators over when effects happen, what is worked out for an answer, and numbers that count on."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from mockserver.contract import Kind
from mockserver.expressions.effects import Effect
from mockserver.handlers.storing import Storing
from mockserver.store.collection import Collection
from mutants.document_operators import Root, _document
from mutants.generated import Ground, Made, operator
from mutants.mutant import Area
from mutants.planting import Planting, engine
from mutants.state_operators import _has_effects


@operator(Area.RULES)
def effect_untimely(ground: Ground) -> Made:  # noqa: C901 -- one function for each way
    """An effect happens too often or too seldom, reaches one record of several, or is counted wrongly."""
    resource = ground.rng.choice([one for one in ground.contract.resources if _has_effects(ground, one)])
    how = ground.rng.choice(
        ["again by PUT", "once only", "on create too", "one of several", "counts", "counts not", "not in turn"]
    )
    seen: set[Any] = set()

    def follow(original: Callable[..., Any], self: Storing, about: Any, kept: Any, record: Any, previous: Any) -> Any:
        if how == "not in turn" and self.depth and self.call.resource.name == resource:
            ground.note()
            return kept
        is_meant = about.name == resource and previous and self.call.operation.kind is Kind.REPLACE
        if is_meant and how == "again by PUT":
            ground.note()
            changing = any("change" in one.on for one in self.call.tools.rules.effects[about.name])
            keys = {about.key, *about.stamps.values()} if changing else set[str]()  # as if it was made once more
            previous = {name: value for name, value in previous.items() if name in keys}
        return original(self, about, kept, record, previous)

    def happens(original: Callable[..., bool], self: Effect, context: Any, this: Any, before: Any) -> bool:
        if this.resource.name != resource:
            return original(self, context, this, before)
        if how == "on create too" and before is None and "create" not in self.on:
            found = original(_as_if(self), context, this, before)
            ground.note(found)
            return found
        found = original(self, context, this, before)
        if not found or how != "once only":
            return found
        place = (id(self), this.id)
        ground.note(place in seen)
        return not (place in seen or seen.add(place))

    def change(original: Callable[..., Any], self: Storing, step: Any, context: Any, this: Any) -> Any:
        found = step.found(context, this)
        if this.resource.name != resource or how != "one of several" or not isinstance(found, list) or len(found) < 2:
            return original(self, step, context, this)
        ground.note()
        names = ("resource", "targets", "where", "values", "quiet")
        first = SimpleNamespace(**{name: getattr(step, name) for name in names}, found=lambda *_: found[:1])
        return original(self, first, context, this)

    def stamped(original: Callable[..., None], call: Any, about: Any, record: Any, previous: Any) -> None:
        original(call, about, record, previous)
        field = about.stamps.get("version")
        if how == "counts not" and previous and field and call.resource.name == resource != about.name:
            ground.note()
            record[field] = previous.get(field)

    def amend(original: Callable[..., Any], self: Storing, about: Any, record_id: str, record: Any) -> Any:
        field = about.stamps.get("version")
        if how == "counts" and field and self.call.resource.name == resource != about.name:
            ground.note()
            record = {**record, field: record[field] + 1}
        return original(self, about, record_id, record)

    def plant(planting: Planting) -> None:
        planting.around(Storing, "_follow", follow)
        planting.around(Effect, "happens", happens)
        planting.around(Storing, "_change", change)
        planting.around(engine("handlers.storing"), "_stamp", stamped)
        planting.around(Storing, "_amend", amend)

    return resource, "rule", f"effects of {resource} happen otherwise: {how}", plant


def _as_if(effect: Effect) -> Effect:
    return Effect((*effect.on, "create"), effect.when, effect.steps)


@operator(Area.RULES)
def answer_changed(ground: Ground) -> Made:
    """What an operation works out or generates leaves a condition out, or takes it the other way round."""
    words = (("==", "!="), (" not in ", " in "), (".is_active", ".is_active == False"), (" in ids", " not in ids"),
             (" in [", " not in ["))  # fmt: skip
    parts = ("let", "values", "reply")
    known = [
        (one, pair)
        for one in ground.contract.operations()
        for pair in words
        if one.kind in (Kind.COMPUTE, Kind.GENERATE) and pair[0] in str([one.meaning.get(part) for part in parts])
    ]
    operation, (old, new) = ground.rng.choice(known)

    def edit(root: Root) -> None:
        meant = root["paths"][operation.path][operation.method.lower()]["x-mock"]
        for part in ("let", "values", "reply"):
            if part in meant:
                meant[part] = _swapped(meant[part], old, new)

    return operation.resource.name, operation.kind.value, f"{operation.id}: {new} for {old}", _document(ground, edit)


def _swapped(rules: Any, old: str, new: str) -> Any:
    if isinstance(rules, dict):
        return {name: _swapped(one, old, new) for name, one in rules.items()}
    return re.sub(re.escape(old), new, rules, count=1) if isinstance(rules, str) else rules


@operator(Area.RULES)
def number_reused(ground: Ground) -> Made:
    """Numbers that count on are given again after a delete, or go on from another tenant's."""
    text = {name: str(ground.contract.document.node("components", "schemas", one.schema).value)
            for name, one in ground.contract.resources.items()}  # fmt: skip
    resource = ground.rng.choice(sorted(name for name, one in text.items() if "'next_number()'" in one))
    how = ground.rng.choice(["given again", "shared by tenants"])
    highest: dict[str, int] = {}

    def counted(original: Callable[..., int], self: Collection, field: str) -> int:
        found = original(self, field)
        if how == "given again":
            there = max((one.data().get(field) or 0 for one in self.scan()), default=0)
        else:
            there = highest[field] = max(highest.get(field, 0), found)
        ground.note(there != found)
        return there

    return resource, "rule", f"numbers of {resource} are {how}", lambda one: one.around(Collection, "highest", counted)
