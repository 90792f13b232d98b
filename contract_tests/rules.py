"""Rules: what the document says is worked out or filled in, worked out a second time from what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mockserver.conformance import (
    AsHeld,
    CannotTell,
    Furnisher,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    agree,
    as_json,
    by_id,
    check,
    compared,
    examples_of,
    moment_of,
    named_in,
    put,
    row_queries,
    run_batch,
    shown,
    variants,
    walk,
    ways,
)

VARIANTS, ABSENT_ONES, TEXTS_LEFT_OUT = 6, 2, 10
"""How many values that make a difference are tried, and of how many fields that they are not there."""
FOUND = 20
"""How many records of those that a query finds are looked at."""
LARGE = 99_999
"""More than the other numbers of a record together: what is left when it is taken away is below nought."""
UNROUNDED = (7.127, 0.122)
"""Numbers of more places than money has, of which each tells another way of rounding from the right one."""
COUNTS_ON = "next_number()"
"""The rule of numbers of which each is one more than the highest that any record ever had."""
THEIRS = 3
"""How many records another tenant makes in between: so many that the second of them has been counted too."""
STORED = (Kind.CREATE, Kind.READ, Kind.DELETE)


def computed(group: Group) -> dict[str, Any]:
    """The rules of fields that are worked out at every look."""
    return {name: group.marks(name)["computed"] for name in sorted(group.resource.computed)}


def as_ruled(session: Session, group: Group, record: Mapping[str, Any], held: AsHeld | None = None) -> None:
    """Expect each computed field of ``record`` to be what its rule gives, over what the target answers now."""
    view = (held or AsHeld(session, moment_of(group, record))).view(group, record)
    for name, rule in computed(group).items():
        with session.each():
            wanted = as_json(view.get(name))
            session.expect(
                agree(wanted, record.get(name), ordered="records(" not in str(rule)),
                f"{name} is not what its rule gives: {shortened(rule)}",
                f"wanted {shown(wanted, 150)}, found {shown(record.get(name), 150)}",
            )


def shown_alike(session: Session, group: Group, record: Mapping[str, Any]) -> None:
    """Expect lists, look-ups and searches to work out for ``record`` what reading it does."""
    wanted = session.read(group, record[group.key])
    for ask in ways(group, wanted):
        with session.each(ask.operation):
            found = by_id(group, walk(session, group, ask)).get(wanted[group.key])
            session.same(wanted, found, f"{ask.operation.id} computes different values from read")


def shortened(rule: Any) -> str:
    text = " ".join(str(rule).split())
    return text if len(text) <= 100 else f"{text[:97]}..."


@check(Kind.READ)
def check_computed_of_what_is_there(session: Session, group: Group) -> None:
    """Fields that are computed are what their rules give, for records that are there already"""
    rules = computed(group)
    if not rules:
        raise NotApplicable("there is no computed field")
    found = (
        session.sample(group, 3)
        if group.has([Kind.LIST]) or group.has([Kind.CREATE])
        else examples_there(session, group)
    )
    for record in found:
        as_ruled(session, group, session.read(group, record[group.key]))


@check(Kind.READ, writes=True, owns=True)
def check_computed_afterwards(session: Session, group: Group) -> None:
    """What is computed of records that can only be read is as its rule gives it, also when more are there to count"""
    rules = computed(group)
    if not rules or Kind.CREATE in group.operations:
        raise NotApplicable("nothing is computed, or records can be made: another check makes them")
    found = session.sample(group, 3) if group.has([Kind.LIST]) else examples_there(session, group)
    for record in found:
        session.read(group, record[group.key])
    Furnisher(session).dependants(rules, group, {group.key: ""})
    for record in found:
        as_ruled(session, group, session.read(group, record[group.key]))


def examples_there(session: Session, group: Group) -> list[dict[str, Any]]:
    """Records of what can only be read, of which no list tells the ids: those of the document's examples that are
    there, and some that a query finds.

    Raises Inconclusive.
    """
    ids = [str(one[group.key]) for one in examples_of(group) if group.key in one]
    if session.limits.owns_all:  # a query stays, with its result
        ids += row_queries.ids_found(session, group)[:FOUND]
    replies = [session.at(group, Kind.READ, one) for one in dict.fromkeys(ids)]
    found = [session.value(reply) for reply in replies if reply.status == 200]
    if not found:
        raise Inconclusive("no record is known by its id")
    return found


@check(*STORED, writes=True)
def check_computed(session: Session, group: Group) -> None:
    """Fields that are computed are what their rules give, also when what they are computed from changes"""
    rules = computed(group)
    if not rules:
        raise NotApplicable("there is no computed field")
    furnisher = Furnisher(session)
    record = furnisher.make(group, rules)
    shown_alike(session, group, record)
    made = furnisher.dependants(rules, group, record, in_each_state=True)
    as_ruled(session, group, session.read(group, record[group.key]))
    shown_alike(session, group, record)
    for other, one in made[:2]:
        if Kind.DELETE in other.operations and session.at(other, Kind.DELETE, one[other.key]).status == 200:
            as_ruled(session, group, session.read(group, record[group.key]))
    optional = [name for name in compared(rules) if name in group.writable and name not in group.required]
    absent = [{name: None} for name in optional][:ABSENT_ONES]
    for fields in (*variants(rules, group)[:VARIANTS], *absent):
        as_ruled(session, group, session.read(group, furnisher.make(group, rules, fields)[group.key]))
    if Kind.PATCH in group.operations:
        _numbers_changed(session, group, rules, record)
        for name in _texts_read(group, rules, record):  # one after the other, so that each is there without another
            _computed_anew(session, group, record, Kind.PATCH, [{"op": "remove", "path": f"/{name}"}])
    if Kind.REPLACE in group.operations:
        taken = group.bodies[Kind.REPLACE].properties.keys() & group.writable.keys()
        body = {name: value for name, value in furnisher.body(group, rules).items() if name in taken}
        _computed_anew(session, group, record, Kind.REPLACE, {**body, group.key: record[group.key]})
    bare = session.put_in(group, session.body(group, only_required=True))
    as_ruled(session, group, session.read(group, bare[group.key]))


def _numbers_changed(session: Session, group: Group, rules: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Give the numbers that rules read other values, one after the other, and let each be absent for once."""
    for name in sorted({name for name in group.of_type("number", "integer") if name in str(rules)}):
        least = (group.field(name).value or {}).get("minimum", -2.5)
        for value in (LARGE, 0, least, *(UNROUNDED if "round(" in str(rules) else ())):
            step = {"op": "add", "path": f"/{name}", "value": value}
            _computed_anew(session, group, record, Kind.PATCH, [step])
        if name not in group.required | group.filled:
            _computed_anew(session, group, record, Kind.PATCH, [{"op": "remove", "path": f"/{name}"}])
            _computed_anew(session, group, record, Kind.PATCH, [{"op": "add", "path": f"/{name}", "value": 2.5}])


def _texts_read(group: Group, rules: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Texts of the record itself that rules read and that may be left out; few."""
    read = {chain[0] for rule in rules.values() for chain in named_in(rule)} & record.keys() & group.writable.keys()
    left = read - {*group.required, *group.foreign_keys, *group.triggers, *group.filled, group.marker}
    return sorted(name for name in left if isinstance(record[name], str))[-TEXTS_LEFT_OUT:]


def _computed_anew(session: Session, group: Group, record: Mapping[str, Any], kind: Kind, body: Any) -> None:
    """Change the record, and expect what is then read, and what the change was answered, to be as the rules give it."""
    reply = session.at(group, kind, record[group.key], body=body)
    if reply.status != 200:
        return
    found = session.read(group, record[group.key])
    as_ruled(session, group, found)
    with session.each(group.one(kind)):
        session.same(found, session.value(reply), f"{group.one(kind).id} computes different values from read")


@check(*STORED, writes=True)
def check_filled(session: Session, group: Group) -> None:
    """What a client leaves out is filled in by its rule, what it sends is kept"""
    rules = {name: group.marks(name)["filled"] for name in sorted(group.filled)}
    if not rules:
        raise NotApplicable("there is no field that is filled in")
    furnisher = Furnisher(session)
    for fields in ({}, *variants(rules, group)[:VARIANTS]):
        body = {**furnisher.body(group, rules), **fields}
        given = session.put_in(group, body)
        for name in rules.keys() & body.keys():
            session.same(body[name], given.get(name), f"{name} is filled in although it was sent")
        bare = {name: value for name, value in body.items() if name not in rules and name != group.key}
        first, second = (Filled(session, group, rules, bare, turn) for turn in range(2))
        for name, rule in rules.items():
            with session.each(group.one(Kind.CREATE)):
                _filled(session, group, name, rule, first, second)
        for record in (first.record, second.record):
            session.same(record, session.read(group, record[group.key]), "what was filled in is not stored")
    _empty_is_sent(session, group, sorted(rules))
    _outlives_changes(session, group, rules)


def _empty_is_sent(session: Session, group: Group, names: list[str]) -> None:
    """Expect texts to stay empty that are sent so."""
    sent = dict.fromkeys((name for name in names if name in group.of_type("string")), "")
    empty = {name: value for name, value in sent.items() if group.values.allows(group.writable[name], value)}
    if not empty:
        return
    made = session.create(group, empty)
    for name, value in empty.items():
        session.prefer(made.get(name) == value, f"{name} is filled in although it was sent empty", str(made.get(name)))


def _outlives_changes(session: Session, group: Group, rules: Mapping[str, Any]) -> None:
    """Expect words other than those that are filled in to stay as they are when something else changes."""
    usual = session.create(group)
    words = {name: (group.field(name).value or {}).get("enum") or [] for name in rules if name not in group.triggers}
    others = {name: one for name, known in words.items() for one in known if one != usual.get(name)}
    if others and Kind.PATCH in group.operations:
        record = session.create(group, others)
        texts = [name for name in group.free_texts if name not in group.triggers and name not in group.filled]
        steps = [{"op": "add", "path": f"/{name}", "value": f"{session.mark} changed"} for name in texts]
        reply = session.at(group, Kind.PATCH, record[group.key], body=steps)
        session.status(reply, 200, "a patch of other fields", group.one(Kind.PATCH))
        found = session.read(group, record[group.key])
        for name in others:
            session.same(record.get(name), found.get(name), f"{name} is recomputed when other fields change")


@check(*STORED, Kind.PATCH, writes=True)
def check_follows(session: Session, group: Group) -> None:
    """A filled-in field that follows its rule is recomputed when what the rule reads changes"""
    rules = {name: group.marks(name)["filled"] for name in sorted(group.resource.following & group.filled)}
    if not rules:
        raise NotApplicable("no field that is filled in follows")
    bare = {name: value for name, value in Furnisher(session).body(group, rules).items() if name not in rules}
    record = session.put_in(group, bare)
    for name, rule in rules.items():
        for place, field in enumerate(sorted({chain[0] for chain in named_in(rule)} & group.writable.keys())):
            step = {"op": "add", "path": f"/{field}", "value": another_value(session, group, field)}
            if place % 2 == 0 and Kind.BATCH in group.operations:
                run_batch(session, group, [{"verb": "patch", "key": record[group.key], "patch": [step]}])
            else:
                session.at(group, Kind.PATCH, record[group.key], body=[step])
            record = session.read(group, record[group.key])
            held, left = AsHeld(session), {one: value for one, value in record.items() if one != name}
            wanted = as_json(held.reader.value(rule, held.view(group, left)))
            cause = f"{name} does not follow {field}, which its rule reads"
            session.expect(agree(wanted, record.get(name)), cause, f"wanted {wanted}, found {record.get(name)}")


def another_value(session: Session, group: Group, field: str) -> Any:
    """A value of ``field`` that no record has yet: where it names a record, the key of a new one."""
    reference = next((one for one in group.references if one.field == field), None)
    is_list = group.values.type_of(group.field(field)) == "array"
    if reference is None:
        return group.values.make(group.writable[field], field, session.ordinal())
    named = session.plan.groups[reference.resource]
    keys = [session.create(named)[named.key] for _ in range(2 if is_list else 1)]
    return keys if is_list else keys[0]


@check(*STORED, writes=True, owns=True)
def check_counted_on(session: Session, group: Group) -> None:
    """A number that counts on is given once, though the record that had it is deleted, and counts its own tenant's"""
    rules = {name: rule for name in sorted(group.filled) if (rule := group.marks(name)["filled"]) == COUNTS_ON}
    if not rules:
        raise NotApplicable("no number counts on")
    body = {name: value for name, value in session.body(group).items() if name not in rules}
    before = session.put_in(group, body)
    if session.other:
        for _ in range(THEIRS):
            theirs = session.body(group, who=session.other)
            session.put_in(group, {n: v for n, v in theirs.items() if n not in rules}, who=session.other)
    last = session.put_in(group, body)
    session.at(group, Kind.DELETE, last[group.key])
    after = [session.put_in(group, body)]
    if Kind.BATCH in group.operations:
        items = [{"verb": "create", "record": body}] * 2
        after += [one.get("record") or {} for one in run_batch(session, group, items)]
    for name in rules:
        with session.each(group.one(Kind.CREATE)):
            found = [one.get(name) for one in (before, last, *after)]
            first = found[0] if isinstance(found[0], int | float) else 0
            wanted = [first + place for place in range(len(found))]
            session.expect(found == wanted, f"{name} does not count on by one", f"wanted {wanted}, found {found}")
    if Kind.REPLACE in group.operations:
        with session.each(group.one(Kind.REPLACE)):
            put(session, group, before[group.key], body)
            left = session.read(group, before[group.key])
            numbers, kept = ({name: one.get(name) for name in rules} for one in (before, left))
            session.same(numbers, kept, "PUT gives a record another number")


class Filled:
    """A record made without what is filled in, and what its rules gave before it was made.

    ``counted``: values of rules that count on by what the record itself then moves; no others are worked out before.
    """

    def __init__(
        self, session: Session, group: Group, rules: Mapping[str, Any], bare: Mapping[str, Any], turn: int
    ) -> None:
        body = {**bare, group.marker: f"{session.mark} filled {turn}"}
        held, self.counted = AsHeld(session), dict[str, Any]()
        for name, rule in rules.items():
            if "next" in str(rule):
                with suppress(CannotTell):
                    self.counted[name] = as_json(held.reader.value(rule, held.view(group, body)))
        self.record = session.put_in(group, body)


def _filled(session: Session, group: Group, name: str, rule: Any, first: Filled, second: Filled) -> None:
    cause = f"{name} is not filled in by its rule: {shortened(rule)}"
    for made in (first, second):
        record = made.record
        if name in made.counted:
            wanted = made.counted[name]
        else:
            left = {one: value for one, value in record.items() if one not in group.filled}
            held = AsHeld(session, moment_of(group, record))
            try:
                wanted = as_json(held.reader.value(rule, held.view(group, left)))
            except CannotTell:
                one, next_one = first.record.get(name, 0), second.record.get(name, 0)
                follows = next_one == one + 1 if session.limits.owns_all else next_one > one
                session.expect(follows, cause, f"one after the other: {one}, {next_one}")
                return
        session.expect(
            agree(wanted, record.get(name)), cause, f"wanted {shown(wanted, 150)}, found {shown(record.get(name), 150)}"
        )
