"""Rules: what the document says is worked out, filled in or follows, worked out a second time from what is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
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
    allowed,
    by_id,
    check,
    compared,
    examples_of,
    moment_of,
    patch,
    plain,
    put,
    run_batch,
    variants,
    walk,
    ways,
)

VARIANTS = 6
TURNS = ((0, "PATCH"), (1, "PATCH"), (2, "PUT"), (3, "PATCH"), (2, "a batch"))
"""How often an effect is brought about: what the records around it look like, and the way by which."""
STORED = (Kind.CREATE, Kind.READ, Kind.DELETE)


def computed(group: Group) -> dict[str, Any]:
    """The rules of fields that are worked out at every look."""
    return {name: group.marks(name)["computed"] for name in sorted(group.resource.computed)}


def as_ruled(session: Session, group: Group, record: Mapping[str, Any], held: AsHeld | None = None) -> None:
    """Expect each computed field of ``record`` to be what its rule gives, over what the target answers now."""
    view = (held or AsHeld(session, moment_of(group, record))).view(group, record)
    for name, rule in computed(group).items():
        with session.each():
            wanted = plain(view.get(name))
            session.expect(
                agree(wanted, record.get(name), ordered="records(" not in str(rule)),
                f"{name} is not what its rule gives: {shortened(rule)}",
                f"wanted {wanted!r:.150}, found {record.get(name)!r:.150}",
            )


def shown_alike(session: Session, group: Group, record: Mapping[str, Any]) -> None:
    """Expect lists, look-ups and searches to work out for ``record`` what reading it does."""
    wanted = session.read(group, record[group.key])
    for ask in ways(group, wanted):
        with session.each(ask.operation):
            found = by_id(group, walk(session, group, ask)).get(wanted[group.key])
            session.same(wanted, found, f"{ask.operation.id} works out other values than read")


def shortened(rule: Any) -> str:
    text = " ".join(str(rule).split())
    return text if len(text) <= 100 else f"{text[:97]}..."


@check(Kind.READ)
def check_computed_of_what_is_there(session: Session, group: Group) -> None:
    """Fields that are computed are what their rules give, for records that are there already"""
    rules = computed(group)
    if not rules:
        raise NotApplicable("there is no computed field")
    found = session.sample(group, 3) if group.has([Kind.LIST]) or group.has([Kind.CREATE]) else shown(session, group)
    for record in found:
        as_ruled(session, group, session.read(group, record[group.key]))


def shown(session: Session, group: Group) -> list[dict[str, Any]]:
    """The records of the document's examples that are there: of what can only be read, no list tells the ids.

    Raises Inconclusive.
    """
    ids = [str(one[group.key]) for one in examples_of(group) if group.key in one]
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
    made = furnisher.dependants(rules, group, record)
    as_ruled(session, group, session.read(group, record[group.key]))
    shown_alike(session, group, record)
    for other, one in made[:2]:
        if Kind.DELETE in other.operations and session.at(other, Kind.DELETE, one[other.key]).status == 200:
            as_ruled(session, group, session.read(group, record[group.key]))
    for fields in variants(rules, group)[:VARIANTS]:
        as_ruled(session, group, session.read(group, furnisher.make(group, rules, fields)[group.key]))
    if Kind.PATCH in group.operations:
        for name in sorted({name for name in group.of_type("number", "integer") if name in str(rules)}):
            step = {"op": "add", "path": f"/{name}", "value": 7}
            if session.at(group, Kind.PATCH, record[group.key], body=[step]).status == 200:
                as_ruled(session, group, session.read(group, record[group.key]))


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
                    self.counted[name] = plain(held.reader.value(rule, held.view(group, body)))
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
                wanted = plain(held.reader.value(rule, held.view(group, left)))
            except CannotTell:
                one, next_one = first.record.get(name, 0), second.record.get(name, 0)
                follows = next_one == one + 1 if session.limits.owns_all else next_one > one
                session.expect(follows, cause, f"one after the other: {one}, {next_one}")
                return
        session.expect(
            agree(wanted, record.get(name)), cause, f"wanted {wanted!r:.150}, found {record.get(name)!r:.150}"
        )


@check(*STORED, Kind.PATCH, writes=True)
def check_effects(session: Session, group: Group) -> None:
    """What follows from a change, as the document tells it, follows: in this record and in others"""
    effects = group.schema.child("x-mock", "effects").value or []
    if not effects:
        raise NotApplicable("no change has effects")
    judged = False
    with made_by_effects(session):
        for effect in effects:
            for turn, way in TURNS:
                with session.each():
                    judged |= Trial(session, group, effect, turn, way).judge()
    if not judged:
        raise Inconclusive("no record could be brought to where an effect happens")


@contextmanager
def made_by_effects(session: Session) -> Iterator[None]:
    """Records that effects make inside are removed with those that the check has made: no reply tells of them."""
    schemas = [group.schema for group in session.plan.groups.values()]
    steps = [step for one in schemas for effect in one.child("x-mock", "effects").value or [] for step in effect["do"]]
    names = sorted({step["create"] for step in steps if "create" in step})
    before = {name: {one.id for one in AsHeld(session).records(name, None, None)} for name in names}
    try:
        yield
    finally:
        own = {one.id for one in session.records.left()}
        for name in names:
            new = [one for one in AsHeld(session).records(name, None, None) if one.id not in before[name]]
            named = [one.id for one in new if own & set(map(str, one.data.values())) or session.mark in str(one.data)]
            session.records.remember(session.own.tenant, [(name, one) for one in named if one not in own])


class Trial:
    """One effect brought about once by one way; ``turn`` chooses what the records around it look like."""

    def __init__(self, session: Session, group: Group, effect: Mapping[str, Any], turn: int, way: str) -> None:
        self.session, self.group, self.effect = session, group, effect
        self.about = effect.get("about", "an effect")
        self.furnisher = Furnisher(session)
        self.is_create = "change" not in effect.get("on", ["change"])
        self.turn, self.way = turn, way

    def judge(self) -> bool:
        """Whether it could be brought about; Broken when it was not followed by what the document says."""
        wanted = self._satisfying()
        trigger = next(iter(wanted), None)
        start = {name: value for name, value in wanted.items() if name != trigger}
        start |= self._around()
        if self.is_create:
            self.before: dict[str, Any] | None = None
            body = {**self.furnisher.body(self.group, self.effect), **start, **wanted}
            body = {name: value for name, value in body.items() if name not in self.group.filled}
            self._remember(body)
            self.after = self._create(body)
        else:
            self._remember(start, makes=False)
            self.before = self.furnisher.make(self.group, self.effect, start)
            self._not_yet()
            if trigger is None or trigger not in self.group.writable or self._holds(self.before):
                return False
            self.furnisher.dependants(self.effect, self.group, self.before)
            self.before = self.session.read(self.group, self.before[self.group.key])
            self._remember(self.before)
            self.after = self._change(self.before, trigger, wanted[trigger])
        self.held = AsHeld(self.session, moment_of(self.group, self.after), self.others)
        self.names = self._names(self.after)
        if not self._holds(self.after):
            return False
        for step in self.effect["do"]:
            if "set" in step:
                self._set(step)
            elif "create" in step:
                self._created(step)
            else:
                self._changed(step)
        self._once_only()
        return True

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        """The record made of ``body``, by the way of this trial where the document has it."""
        if self.way != "a batch" or Kind.BATCH not in self.group.operations:
            return self.session.put_in(self.group, body)
        nothing = {"verb": "read", "key": f"missing-{self.session.mark}"}
        made = run_batch(self.session, self.group, [nothing, {"verb": "create", "record": body}])[-1]
        self.session.expect(made.get("status") == 200, "a create in a batch is refused", str(made)[:300])
        return self.session.read(self.group, str(made.get("key")))

    def _change(self, record: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
        """The record with ``name`` set to ``value``, by the way of this trial where the document has it."""
        session, group, key = self.session, self.group, record[self.group.key]
        if self.way == "PUT" and Kind.REPLACE in group.operations:
            taken = group.bodies[Kind.REPLACE].properties.keys() & group.writable.keys()
            body = {**{one: known for one, known in record.items() if one in taken}, name: value}
            if allowed(group, Kind.REPLACE, {**body, group.key: key}):
                return put(session, group, key, body)
        steps = [
            {"op": "add", "path": f"/{group.marker}", "value": record.get(group.marker, session.mark)},
            {"op": "add", "path": f"/{name}", "value": value},
        ]
        if self.way == "a batch" and Kind.BATCH in group.operations:
            results = run_batch(session, group, [{"verb": "patch", "key": key, "patch": [one]} for one in steps])
            refused = [one for one in results if one.get("status") != 200]
            session.expect(not refused, f"a batch's patch that sets {name} is refused", str(refused)[:300])
            return session.read(group, key)
        return patch(session, group, record, steps[1:], f"sets {name}")

    def _satisfying(self) -> dict[str, Any]:
        """Values of own fields with which the condition holds, the trigger first."""
        found: dict[str, Any] = {}
        for name, values in compared(self.effect.get("when", "")).items():
            if name in self.group.writable and values:
                found[name] = values[0]
            elif name in self.group.writable:
                found[name] = 1_000_000
        for name in list(found):
            if not self.group.values.allows(self.group.writable[name], found[name]):
                found[name] = 100
        return found

    def _around(self) -> dict[str, Any]:
        """The record that the effect is to change, made so that it may: named by the field that leads to it."""
        found: dict[str, Any] = {}
        for step in self.effect["do"]:
            reference = next((one for one in self.group.references if one.field == step.get("change")), None)
            if reference is None or reference.field in found:
                continue
            other = self.session.plan.groups[reference.resource]
            fields: dict[str, Any] = {
                name: values[0] for name, values in compared(step.get("where", "")).items()
                if values and name in other.writable
            }  # fmt: skip
            for name in other.of_type("boolean"):
                if f"it.{name}" in str(step.get("where", "")):
                    fields[name] = self.turn % 2 == 0
            rules = [rule.replace("it.", "") for rule in _texts(step)]
            made = self.furnisher.make(other, rules, fields if self.turn < 3 else {})
            self._toggle(other, made, rules)
            found[reference.field] = made[other.key]
        return found

    def _toggle(self, group: Group, record: Mapping[str, Any], rules: list[str]) -> None:
        """Let what rules ask of a record's own reference be so in one turn and not so in another."""
        for reference in group.references:
            other = self.session.plan.groups[reference.resource]
            named = [name for name in other.of_type("boolean") if f"{reference.field}.{name}" in str(rules)]
            for name in named if Kind.PATCH in other.operations and record.get(reference.field) else ():
                step = {"op": "add", "path": f"/{name}", "value": self.turn % 2 == 0}
                self.session.at(other, Kind.PATCH, record[reference.field], body=[step])

    def _names(self, record: Mapping[str, Any]) -> dict[str, Any]:
        return self.held.reader.named(self.effect.get("let") or {}, self.held.view(self.group, record), {})

    def _holds(self, record: Mapping[str, Any]) -> bool:
        held = AsHeld(self.session, moment_of(self.group, record))
        view = held.view(self.group, record)
        names = held.reader.named(self.effect.get("let") or {}, view, {})
        return bool(held.reader.value(self.effect.get("when", True), view, names))

    def _not_yet(self) -> None:
        """Expect a record that does not meet the condition to have changed no other by being made."""
        assert self.before is not None
        if not self.others or self._holds(self.before):
            return
        names = {name for step in self.effect["do"] for name in step.get("values", {})} - self._also_set()
        for (resource, key), data in self.others.items():
            found = self.session.read(self.session.plan.groups[resource], key)
            for name in sorted(names & self.session.plan.groups[resource].resource.fields):
                cause = f"{resource}.{name} changes although the effect's condition is not met ({self.about})"
                self.session.same(data.get(name), found.get(name), cause)

    def _also_set(self) -> set[str]:
        """What other effects of the resource may change as well."""
        effects = [one for one in self.group.schema.child("x-mock", "effects").value if one != self.effect]
        return {name for one in effects for step in one["do"] for name in step.get("values", {})}

    def _remember(self, record: Mapping[str, Any], *, makes: bool = True) -> None:
        """The other records as they are before the change.

        ``makes``: and which there are of those that it makes; without it only those that ``record`` names.
        """
        self.others: dict[tuple[str, str], Any] = {}
        self.ids: dict[str, set[str]] = {}
        held = AsHeld(self.session)
        view = held.view(self.group, record)
        for step in self.effect["do"]:
            if "change" in step and (makes or step["change"] in record):
                for one in _records(held, self._resource(step), held.reader.value(step["change"], view)):
                    self.others[self._resource(step), one.id] = one.data
            elif "create" in step and makes:
                self.ids[step["create"]] = {one.id for one in held.records(step["create"], None, None)}

    def _resource(self, step: Mapping[str, Any]) -> str:
        reference = next((one for one in self.group.references if one.field == step["change"]), None)
        if reference:
            return reference.resource
        return str(step["change"]).partition("records('")[2].partition("'")[0]

    def _value(self, rule: Any, it: Any = None) -> Any:
        # A rule of an effect reads the record as the request left it, before the effect's own steps.
        view = self.held.view(self.group, self._asked())
        return self.held.reader.value(rule, view, {**self.names, "it": it})

    def _asked(self) -> dict[str, Any]:
        own = {name for step in self.effect["do"] for name in (*step.get("set", {}), step.get("link"))}
        return {
            name: value if name not in own else (self.before or {}).get(name)
            for name, value in self.after.items()
            if name not in own or name in (self.before or {})
        }

    def _agrees(self, rule: Any, found: Any, what: str, it: Any = None) -> None:
        wanted = plain(self._value(rule, it))
        if wanted is not None:
            cause = f"{what} is not as it follows ({self.about})"
            self.session.expect(agree(wanted, found), cause, f"wanted {wanted!r:.150}, found {found!r:.150}")

    def _set(self, step: Mapping[str, Any]) -> None:
        for name, rule in step["set"].items():
            self._agrees(rule, self.after.get(name), f"{self.group.name}.{name}")

    def _created(self, step: Mapping[str, Any]) -> None:
        other = self.session.plan.groups[step["create"]]
        wanted = self._value(step["each"]) if "each" in step else [None]
        found = [one for one in AsHeld(self.session).records(other.name, None, None)
                 if one.id not in self.ids[other.name]]  # fmt: skip
        cause = f"another number of {other.name} than follows ({self.about})"
        self.session.expect(len(found) == len(wanted), cause, f"wanted {len(wanted)}, found {len(found)}")
        for item, one in zip(wanted, sorted(found, key=lambda one: one.id), strict=True):
            fitting = one if len(wanted) == 1 else self._nearest(step, item, found)
            for name, rule in step["values"].items():
                self._agrees(rule, fitting.data.get(name), f"{other.name}.{name}", item)
        if link := step.get("link"):
            cause = f"{link} does not name what was made ({self.about})"
            self.session.expect(self.after.get(link) in [one.id for one in found], cause)

    def _nearest(self, step: Mapping[str, Any], item: Any, found: list[Any]) -> Any:
        values = {name: plain(self._value(rule, item)) for name, rule in step["values"].items()}
        return max(found, key=lambda one: sum(agree(value, one.data.get(name)) for name, value in values.items()))

    def _changed(self, step: Mapping[str, Any]) -> None:
        resource = self._resource(step)
        other = self.session.plan.groups[resource]
        records = {key: data for (name, key), data in self.others.items() if name == resource}
        others = self._also_set()
        for key, data in records.items():
            it = self.held.view(other, data)
            found = self.session.read(other, key)
            happens = bool(self._value(step.get("where", True), it))
            for name, rule in step["values"].items():
                if happens:
                    self._agrees(rule, found.get(name), f"{resource}.{name}", it)
                elif name not in others:
                    cause = f"{resource}.{name} changes although its condition is not met ({self.about})"
                    self.session.same(data.get(name), found.get(name), cause)

    def _once_only(self) -> None:
        """Expect another change, which leaves the condition met, to bring nothing about a second time."""
        if self.is_create or not any("create" in step for step in self.effect["do"]):
            return
        before = {name: set(by_id(self.session.plan.groups[name], self._all(name))) for name in self.ids}
        step = {"op": "add", "path": f"/{self.group.marker}", "value": f"{self.session.mark} again"}
        patch(self.session, self.group, self.after, [step], "sets a text")
        for name, known in before.items():
            again = set(by_id(self.session.plan.groups[name], self._all(name))) - known
            self.session.expect(not again, f"{name} are made a second time ({self.about})", str(sorted(again))[:100])

    def _all(self, resource: str) -> list[dict[str, Any]]:
        return [dict(one.data) for one in AsHeld(self.session).records(resource, None, None)]


def _records(held: AsHeld, resource: str, value: Any) -> list[Any]:
    some = value if isinstance(value, list) else [value]
    found = [held.find(resource, one) if isinstance(one, str) else one for one in some if one]
    return [one for one in found if one is not None]


def _texts(step: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in (step.get("where", ""), *step.get("values", {}).values()) if isinstance(one, str)]
