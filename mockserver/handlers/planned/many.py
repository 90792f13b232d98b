"""Many records: list, search and look-up, filtered, sorted and paged by what the document's parameters are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard

from mockserver.contract import Kind
from mockserver.contract.document import Node
from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import callers_own
from mockserver.handlers.planned.accounts.own_truths import as_asked, viewed_members
from mockserver.handlers.planned.addressing.addresses import addresses_of
from mockserver.handlers.planned.addressing.criteria import condition, meets
from mockserver.handlers.planned.addressing.places import in_path, key_of, model_of, plan_of
from mockserver.handlers.planned.lists.answers import about_question, is_answer, unasked
from mockserver.handlers.planned.lists.counted_records import counted
from mockserver.handlers.planned.lists.default_filters import default_filters
from mockserver.handlers.planned.lists.filter_expressions import met_expressions
from mockserver.handlers.planned.lists.filter_phrases import with_operators
from mockserver.handlers.planned.lists.ordering import all_in, asked_order, in_order, rank
from mockserver.handlers.planned.lists.paging import PlannedPage, cursors_of, paged
from mockserver.handlers.planned.lists.record_parts import held, parts_of
from mockserver.handlers.planned.lists.selectors import selected
from mockserver.handlers.planned.lists.sparse_fields import as_selected
from mockserver.handlers.planned.lists.usual_orders import moment_of, told_order, usual_order
from mockserver.handlers.planned.lists.watched_lists import is_watch, watched
from mockserver.handlers.planned.reply_bodies.replying import answered, made, with_record
from mockserver.handlers.planned.stored_records.embedding import presented
from mockserver.handlers.planned.stored_records.scope import Scope, scope_of
from mockserver.inference.vocabulary.asked_members import asked_member, asks_for_several, filtered_member, is_opposite
from mockserver.inference.vocabulary.loose_names import loose_bound
from mockserver.inference.vocabulary.measures import GREATEST
from mockserver.inference.vocabulary.ranges import Bound, bound_of, bounds_of_moment, is_ordered, is_within
from mockserver.inference.vocabulary.words import EVERYTHING, MADE, TEXTS
from mockserver.messages import Json, Reply
from mockserver.store import Record, Tenant
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat
from mockserver.values.shown import quoted

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BRACKETED = re.compile(r"filters?\[([^\[\]]+)\]")
_TEXTS = TEXTS | {"text"}


def list_(call: Call, tenant: Tenant) -> Reply:
    scope, words = scope_of(call, tenant), plan_of(call).words
    if values := words.get("values"):
        return answered(call, _values(call, tenant, **values), plan_of(call).items or ())
    asked = {**call.input.values, **words.get("where", {}), **(callers_own(call, tenant) if words.get("mine") else {})}
    if is_watch(call):
        return watched(call, tenant, lambda theirs: filtered(call, scope_of(call, theirs), asked))
    return page(call, tenant, filtered(call, scope, asked))


def _values(call: Call, tenant: Tenant, resource: str, member: str) -> list[Json]:
    """What the records of another resource hold in a list of texts, each once."""
    records = Scope(call, tenant, call.tools.contract.resources[resource], ()).in_order()
    held = [value_at(one.data(), (member,)) for one in records]
    return [*dict.fromkeys(text for listed in held if isinstance(listed, list) for text in listed)]


def search(call: Call, tenant: Tenant) -> Reply:
    """The records of a resource, those that query and body ask for, or how many they are."""
    scope = scope_of(call, tenant)
    body = call.input.body if isinstance(call.input.body, dict) else {}
    records = filtered(call, scope, {**call.input.values, **body, **plan_of(call).words.get("where", {})})
    if member := plan_of(call).words.get("tallies"):
        values = (value_at(one.data(), (member,)) for one in records)
        texts = (str(one).lower() if isinstance(one, bool) else one for one in values)
        return answered(call, dict(Counter(one for one in texts if isinstance(one, str))), ())
    plan, counts = plan_of(call), plan_of(call).words.get("counts")
    if "numbers" in plan.words:
        numbers = counted(records, plan.words["numbers"], call.tools.clock.now())
        value = with_value({}, plan.words["numbers_at"], numbers)
        return made(call, plan.success, plan.status, value=value, full=True)
    return page(call, tenant, records) if counts is None else answered(call, len(records), tuple(counts))


def lookup(call: Call, tenant: Tenant) -> Reply:
    """The records that hold the value at the end of the path; one of them, where the reply is one: the newest.

    Raises Refusal(404) where there is none to be the one.
    """
    scope, plan = scope_of(call, tenant), plan_of(call)
    if which := plan.words.get("which"):
        return with_record(call, presented(call, tenant, _picked(scope, which, plan.words.get("by"))))
    *above, last = (step for step in call.operation.path.split("/") if step)
    name = last.strip("{}")
    wanted = call.input.values.get(name)
    record = scope.model.record
    member = asked_member(call.tools.maker.shapes, record, name, *above[-1:]) if record is not None else None
    records = [one for one in scope.in_order() if member is None or meets(one.data().get(member), wanted)]
    if plan.items is not None or plan.record is None:
        return page(call, tenant, records)
    if not records:
        raise Refusal(404, f"No record of {scope.resource.name} with {member or name} {quoted(str(wanted))}.")
    return with_record(call, presented(call, tenant, records[-1]))


def _picked(scope: Scope, which: str, by: str | None) -> Record:
    """The record that was made first, or last, or of which a member is the greatest or the least.

    Raises Refusal(404) where there is none.
    """
    where, members = plan_of(scope.call).words.get("where") or {}, _members(scope)
    records = [one for one in scope.in_order() if all(held(one.data(), name) == is_so for name, is_so in where.items())]
    if by is not None and records:
        measured = [one for one in records if held(one.data(), by) is not None] or records
        return (max if which == GREATEST else min)(measured, key=lambda one: rank(held(one.data(), by)))
    made = next((name for word, name in members.items() if MADE.fullmatch(word)), None)
    if not records:
        raise Refusal(404, f"There is no record of {scope.resource.name}.")
    if made is not None:
        records.sort(key=lambda one: rank(value_at(one.data(), (made,))))
    return records[0 if which == "first" else -1]


def page(call: Call, tenant: Tenant, records: Iterable[Record]) -> Reply:
    """One page of ``records`` in the document's envelope, with its totals and the way to the next."""
    plan = plan_of(call)
    found = [*records]
    cut: PlannedPage = paged(call, found)
    values, said = [_listed(call, tenant, one) for one in cut.records], dict[str, Json]()
    if is_answer(call):
        values, said = about_question(call, values)
    if plan.items is None:
        return answered(call, values, ())
    return answered(call, values, plan.items, beside={**said, **cut.beside}, headers=cut.headers)


def _listed(call: Call, tenant: Tenant, record: Record) -> Json:
    """A record as its list has it: with its key, where that stands beside it and the list's items name it.

    A list of texts or numbers has the keys alone.
    """
    model, key = model_of(call.resource), key_of(record.id)
    value = as_selected(call, presented(call, tenant, record))
    if isinstance(value, dict) and (place := _alone(call)) is not None:
        maker = call.tools.maker
        said = (value_at(value, model.key), key, int(key) if key.isdecimal() else key)
        return next((one for one in said if maker.allows(place, one)), value)
    return with_value(value, model.listed_key, key) if model.listed_key else value


def _alone(call: Call) -> Node | None:
    """What an item of the list is, where that is a text or a number."""
    plan, shapes = plan_of(call), call.tools.maker.shapes
    listed = shapes.member(plan.success.schema, plan.items or ()) if plan.success.schema is not None else None
    items = shapes.items(listed) if listed is not None else None
    return items if items is not None and shapes.type(items) in ("string", "integer", "number") else None


def filtered(call: Call, scope: Scope, asked: Mapping[str, Any]) -> list[Record]:
    """Those that have what the parameters named like members ask for, in the order that is asked for (A8)."""
    members = _members(scope)
    asked = {**usual_order(call, members), **(unasked(call, asked) if is_answer(call) else asked)}
    conditions, asked = with_operators(members, asked)
    of_path = {*in_path(plan_of(call)), *cursors_of(call)}
    named = {name: one for name in asked if name not in of_path and (one := filtered_by(scope, name))}
    if call.operation.method == "GET":  # what every request has to tell is no filter by what it is nearly called
        needed = _needed(call)
        named = {name: one for name, one in named.items() if name not in needed or flat(name) in members}
    wanted = {
        member: _asked_of(scope, member, _turned(name, member, asked[name]))
        for name, member in named.items()
        if not isinstance(asked[name], dict) and not _asks_for_all(scope, name, member, asked[name])
    }
    ranges = [*_ranges(call, members, asked)]
    text = next(
        (str(value) for name, value in asked.items() if flat(name) in _TEXTS and flat(name) not in members), None
    )
    order = asked_order(members, asked, moment_of(call, members)) or told_order(call, members)
    usual = default_filters(scope, asked, filtered_by) if call.operation.kind is Kind.LIST else ()
    tests = [*conditions, *usual, *selected(scope, asked), *met_expressions(scope, asked)]
    if not wanted and not ranges and not tests and text is None and not scope.having:  # PERF: none needs to be read
        return all_in(scope, order) if order else scope.in_order()
    own = frozenset(scope.call.tools.maker.shapes.properties(scope.model.record)) if scope.model.record else frozenset()
    own -= (viewed := viewed_members(call, scope.resource))
    records = scope.in_order(condition({name: one for name, one in wanted.items() if name in own}))
    kept = [
        (record, data) for record in records
        if _fits(data := _as_viewed(call, scope, record) if viewed else record.data(), wanted, text)
        and all(test(data) for test in tests)
        and all(is_within(held(data, one.member), end, is_lower=one.is_lower) for one, end in ranges)
    ]  # fmt: skip
    return [record for record, _ in in_order(kept, order)]


def _as_viewed(call: Call, scope: Scope, record: Record) -> Json:
    """A record with what is true of it for the account that asks alone."""
    data, own = record.data(), as_asked(call, scope.tenant, scope.resource, record)
    return {**data, **own} if isinstance(data, dict) else data


def _turned(name: str, member: str, value: Json) -> Json:
    """What is asked of a truth by its opposite: ``unread=true`` asks for those not ``read``; several values."""
    if isinstance(value, str) and "," in value and asks_for_several(name, member):
        return [one.strip() for one in value.split(",")]
    return not value if isinstance(value, bool) and is_opposite(name, member) else value


def _asked_of(scope: Scope, member: str, value: Json) -> Json:
    """What a parameter asks of a member: of one that is yes or no, any other text asks for those that are yes; one
    that holds another record's address may be asked for by that record's key.
    """
    if isinstance(value, str) and (other := scope.model.addresses.get(member)):
        return [*addresses_of(scope.call, model_of(scope.call.tools.contract.resources[other]), value)]
    shapes = scope.call.tools.maker.shapes
    place = shapes.properties(scope.model.record).get(member) if scope.model.record is not None else None
    is_truth = place is not None and shapes.type(place) == "boolean"
    return True if is_truth and isinstance(value, str) and value.lower() not in ("true", "false") else value


def filtered_by(scope: Scope, name: str) -> str | None:
    """The member that a parameter filters by, ``title`` or ``filter[title]``; be it one of the record's attributes."""
    bracketed = _BRACKETED.fullmatch(name)
    places, shapes = parts_of(scope), scope.call.tools.maker.shapes
    found = (filtered_member(shapes, one, bracketed[1] if bracketed else name) for one in places)
    return next((one for one in found if one is not None), None)


def _asks_for_all(scope: Scope, name: str, member: str, value: Json) -> bool:
    """Whether a parameter's own word for all records is asked for, ``state=all``: no value that a record has."""
    if not isinstance(value, str) or value.lower() not in EVERYTHING or scope.model.record is None:
        return False
    shapes = scope.call.tools.maker.shapes
    taken = plan_of(scope.call).parameter(name)
    place = shapes.properties(scope.model.record).get(member)
    own = (shapes.says(place, "enum") if place is not None else None) or []
    return taken is not None and value in (shapes.says(taken.schema, "enum") or []) and value not in own


def _ranges(call: Call, members: dict[str, str], asked: Mapping[str, Any]) -> Iterator[tuple[Bound, Json]]:
    """The ends of ranges that are asked for; a parameter that is required is not a filter, whatever its name."""
    needed = _needed(call)
    for name, value in asked.items():
        if flat(name) not in members and name not in needed and is_ordered(value):
            bound = bound_of(name, members) or loose_bound(name, members)
            if bound is not None:
                yield bound, value
            elif isinstance(value, str) and (moment := moment_of(call, members)):
                yield from ((one, value) for one in bounds_of_moment(name, moment))


def _needed(call: Call) -> set[str]:
    """The parameters without which there is no request."""
    return {one.name for one in plan_of(call).parameters if one.required}


def _members(scope: Scope) -> dict[str, str]:
    shapes = scope.call.tools.maker.shapes
    return {flat(name): name for one in reversed(parts_of(scope)) for name in shapes.properties(one)}


def _fits(data: Any, wanted: dict[str, Any], text: str | None) -> bool:
    if not isinstance(data, dict):
        return not wanted
    if not all(meets(held(data, name), value) for name, value in wanted.items()):
        return False
    return text is None or any(text.lower() in value.lower() for value in data.values() if _is_read(value))


def _is_read(value: Json) -> TypeGuard[str]:
    """Whether a person finds a record by the words of a member: by those of a text, not by a piece of an address."""
    return isinstance(value, str) and not _ADDRESS.match(value)
