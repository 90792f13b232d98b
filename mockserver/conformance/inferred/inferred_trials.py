"""What checks of any document try beyond a valid request: whole records, seldom values, other keys, deletes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from mockserver.conformance.bodies.bounds import inside
from mockserver.conformance.bodies.fresh_keys import with_fresh_key
from mockserver.conformance.bodies.normal_forms import is_normal_form
from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.inferred.inferred_bodies import NOW, but_for_null, is_day, leveled
from mockserver.conformance.inferred.inferred_contents import (
    has_members,
    lacking_own,
    media_of,
    planned,
    without_read_only,
)
from mockserver.conformance.inferred.inferred_forms import is_form, is_sayable
from mockserver.conformance.inferred.inferred_lists import SHORT_LIST, InferredList
from mockserver.conformance.inferred.inferred_record import InferredRecord
from mockserver.conformance.inferred.inferred_requests import InferredRequests
from mockserver.conformance.inferred.usual_filters import narrowing
from mockserver.conformance.stories.trail import Expected
from mockserver.conformance.value_differences import alike, listed
from mockserver.conformance.wire.traffic import Received, json_or_none
from mockserver.contract import Kind, Operation
from mockserver.contract.document import Node
from mockserver.contract.plan import Steps
from mockserver.contract.samples.scalars import Draw
from mockserver.inference.vocabulary.words import CHANGED, is_servers
from mockserver.messages import SUCCESSES
from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.members import value_at as within
from mockserver.values.members import with_value, without_value
from mockserver.values.moment import read_moment
from mockserver.values.name_words import flat
from mockserver.values.shown import shown

PAGES = 12
"""How many pages of a list are read."""
ACCEPTED = 202
MOST = 8
"""How many bodies with seldom values are made."""


class InferredTrials(InferredRequests):
    """Tries for one check what a target whose document tells no meanings makes of it."""

    def full_body(self, operation: Operation, ordinal: int = 7) -> Any:
        """A valid body with every member, or the usual one where none can be made."""
        schema, maker = self.body_schema(operation), self.maker
        if schema is None:
            return ABSENT
        draw = Draw.of(ordinal, NOW, full=True, varies=True)
        made = maker.make(schema, draw)
        for steps, node in lacking_own(maker.shapes, operation, schema, made):
            whole = with_value(made, steps, maker.make(node, draw))
            made = whole if self.accepts(schema, whole) else made
        made = self.suited(operation, made)
        return made if self.accepts(schema, made) else self.body(operation, ordinal)

    def renewed(self, group: Group, operation: Operation, body: Any, good: Any = ABSENT) -> Any:
        """``body`` of a create with a key that nothing else of this run has; with such texts where the target asks so.

        ``good`` is what ``body`` was before it was spoilt: where the key was, it stays so.
        """
        schema, model = self.body_schema(operation), group.resource.model
        if operation.id in self.session.habits.is_unique:
            body = self.fresh(operation, body, good)
        if operation.kind is not Kind.CREATE or schema is None or not isinstance(body, dict) or model is None:
            return body
        steps = (*planned(operation).sent, *model.key)
        if good is not ABSENT and not same_json(within(good, steps), within(body, steps)):
            return body
        mark, number = self.session.mark, self.session.ordinal()
        return with_fresh_key(self.maker, operation, group.resource, schema, body, mark=mark, number=number, now=NOW)

    def attempt(self, group: Group, above: tuple[str, ...], body: Any) -> InferredRecord | None:
        """A record made with ``body``, given a fresh key; None where that is refused or tells no key."""
        operation = group.one(Kind.CREATE)
        place = self.placed(operation, above)
        body, reply = self.submit(operation, place, self.renewed(group, operation, body))
        record = within(json_or_none(reply.body), planned(operation).record or ())
        asked = place.get(planned(operation).key or "", "")
        key = self.told_key(group, record, reply, asked) if reply.status in SUCCESSES else ""
        made = InferredRecord(key, above, self.said(operation, body), record)
        return self.remembered(group, made) if key else None

    def changing(self, operation: Operation, group: Group, made: InferredRecord, body: Any) -> Any:
        """``body`` of a change with the key of the record, where that stands in it and not in the path."""
        is_named = planned(operation).words.get("key") == "body"
        record_key = within(made.record, group.resource.model.key) if group.resource.model else None
        return self.with_key(operation, group, body, record_key) if is_named and record_key is not None else body

    def undo(self, group: Group, operation: Operation, values: Mapping[str, str], reply: Received) -> None:
        """Delete what a request that should have been refused has created."""
        if operation.kind is not Kind.CREATE or reply.status not in SUCCESSES:
            return
        if key := self.told_key(group, self.record(reply, operation), reply):
            above = tuple(values[name] for name in planned(operation).scope or () if name in values)
            self.remove(group, InferredRecord(key, above, None, None))

    def can_say(self, operation: Operation, body: Any) -> bool:
        """Whether a body of the type that is sent can say all of ``body``."""
        return not is_form(media_of(operation)) or (isinstance(body, dict) and is_sayable(body))

    def value(self, schema: Node, number: int) -> Any:
        """A value that keeps ``schema``; another one for another number, mostly."""
        return self.maker.make(schema, Draw.of(number, NOW, varies=True))

    def at_steps(self, body: Any, steps: Steps, value: Any) -> Any:
        """``body`` with ``value`` where ``steps`` lead."""
        return with_value(body, steps, value)

    def with_fresh(self, group: Group, schema: Node, number: int) -> Any:
        """A record as a list of many holds it, with a key of its own."""
        made, ordinal = (
            self.maker.make(schema, Draw.of(200 + number, NOW, full=True, varies=True)),
            self.session.ordinal(),
        )
        if not isinstance(made, dict):
            return made
        create = group.one(Kind.CREATE) if Kind.CREATE in group.operations else next(iter(group.all()))
        return with_fresh_key(
            self.maker, create, group.resource, schema, made, mark=self.session.mark, number=ordinal, now=NOW
        )

    def with_key(self, operation: Operation, group: Group, body: Any, key: Any) -> Any:
        """``body`` of a create with that key."""
        model = group.resource.model
        return with_value(body, (*planned(operation).sent, *(model.key if model else ())), key)

    def unknown_parent(self, group: Group) -> str:
        """A key that no record above those of ``group`` has."""
        model = group.resource.model
        return self.unknown(group.one(Kind.CREATE), model.parents[-1].parameter if model else "")

    def comparable(self, group: Group, sent: Any) -> Any:
        """What was sent but for the key, which may be the server's to say, and what a record cannot have or be sent."""
        model, level = group.resource.model, leveled(sent)
        if not isinstance(sent, dict) or model is None or model.record is None:
            return sent
        own = self.read_only(model.record)
        declared = self.maker.shapes.properties(model.record)
        if level is not sent and "attributes" in declared:
            own |= self.read_only(declared["attributes"])
            declared = {**declared, **self.maker.shapes.properties(declared["attributes"])}
            sent = level
        judges = (self.replies.allows, self.maker.allows)  # which differ in what is an e-mail address
        shown = {name: value for name, value in sent.items() if name in declared}
        fits = {name for name, value in shown.items() if all(allows(declared[name], value) for allows in judges)}
        own |= {one for one in fits if CHANGED.fullmatch(flat(one)) and read_moment(str(sent[one])) is not None}
        names = [name for name in sorted(fits - own) if (name,) != model.key and not is_servers(flat(name))]
        kept = {name: without_read_only(self.maker.shapes, declared[name], sent[name]) for name in names}
        for place in (parent.field for parent in model.parents if parent.field):  # whose it is says its path
            kept = without_value(kept, place)
        holder = model.key[0] if len(model.key) > 1 else ""
        if isinstance(inner := kept.get(holder), dict):
            kept[holder] = {name: one for name, one in inner.items() if not is_servers(flat(name), beside_key=True)}
        return kept

    def keeps(self, sent: Any, found: Any, cause: str) -> None:
        """Expect each member of ``found`` that was sent to be what was sent, or a form of it that is left open."""
        sent, found = leveled(sent), leveled(found)
        if not isinstance(sent, dict) or not isinstance(found, dict):
            return
        unlike_ones = [name for name in sorted(sent.keys() & found.keys()) if not alike(sent[name], found[name])]
        other = [name for name in unlike_ones if not is_normal_form(sent[name], found[name], in_order=False)]
        if unlike_ones and not other:
            self.session.prefer(condition=False, cause=f"{cause} ({listed(unlike_ones)})")
        lines = [f"{name}: wanted {shown(sent[name], 80)}, found {shown(found[name], 80)}" for name in other[:3]]
        unlike = tuple(((name,), sent[name], found[name]) for name in other)
        expected = Expected(found=found, places=unlike)
        self.session.expect(not other, f"{cause} ({listed(other)})", "; ".join(lines), expected)

    def holds(self, operation: Operation, sent: Any, found: Any, cause: str) -> None:
        """Expect all members that were sent to be there, of those that a reply of ``operation`` may show."""
        sent, found = leveled(sent), leveled(found)
        if isinstance(sent, dict) and isinstance(found, dict):
            hidden = self.write_only(operation) | self.only_asked_for(operation)
            lost = sorted(name for name in sent.keys() - found.keys() - hidden if sent[name] is not None)
            expected = Expected(found=found, places=tuple(((name,), sent[name], ABSENT) for name in lost))
            self.session.expect(not lost, f"{cause} ({listed(lost)})", "", expected)

    def settled(self, group: Group, record: Any, *, states: bool = False) -> Any:
        """``record`` without what may go on by itself: what no client says of it, where a create is carried out later.

        ``states``: with what is one of a few words, too, unless that is so.
        """
        create, model = next(iter(group.all(Kind.CREATE)), None), group.resource.model
        if not isinstance(record, dict) or create is None or model is None or model.record is None:
            return record
        shapes, schema = self.maker.shapes, self.schema(create)
        place = shapes.member(schema, planned(create).sent)
        said = (shapes.properties(place).keys() if place is not None else set()) - self.read_only(schema)
        own, declared = record.keys() - said, shapes.properties(model.record)
        if planned(create).status != ACCEPTED:
            words = {name for name in own & declared.keys() if shapes.says(declared[name], "enum") is not None}
            own = words if not states else set()
        return {name: one for name, one in record.items() if name not in own}

    def read_back(self, group: Group, made: InferredRecord) -> Any:
        """The record as it is read. Raises Inconclusive where it is not."""
        read = self.on_one(group, Kind.READ)
        reply = self.send(read, self.at(read, made))
        if reply.status not in SUCCESSES:
            raise Inconclusive(f"a record that was created is answered {reply.status}")
        return self.record(reply, read)

    def as_listed(self, group: Group, above: tuple[str, ...]) -> dict[str, Any]:
        """The records of the first list below those parents, by key, page by page; none where there is no such list."""
        return self.listed_to_its_end(group, above)[0]

    def listed_to_its_end(self, group: Group, above: tuple[str, ...]) -> tuple[dict[str, Any], bool]:
        """The same, and whether there can be no more of them."""
        for operation in self.whole_lists(group, Kind.LIST):
            listing, known, is_last = InferredList(self, group, operation, above), dict[str, Any](), False
            for reply in listing.replies(PAGES):
                found = {key: one for one in self.items(reply, operation) if (key := self.key(group, one))}
                is_new = bool(found.keys() - known.keys())
                is_last = reply.status in SUCCESSES and (len(found) < SHORT_LIST or not is_new)
                if not is_new:
                    break
                known |= found
            return known, is_last and not narrowing(operation)
        return {}, False

    def bodies(self, group: Group, operation: Operation) -> Iterator[Any]:
        """Valid bodies: with every member, and with seldom values, until each has been in one."""
        full, schema = self.full_body(operation), self.schema(operation)
        yield full
        steps = self._to_members(operation, full)
        place = self.maker.shapes.member(schema, steps)
        if place is None or not isinstance(within(full, steps), dict) or not has_members(operation):
            return
        own = self._keys(group) | self.read_only(place)
        members = {name: node for name, node in self.maker.shapes.properties(place).items() if name not in own}
        document = self.session.plan.contract.document
        known = {name: inside(document, group.values, but_for_null(document, node)) for name, node in members.items()}
        for row in [*zip_longest(*known.values(), fillvalue=ABSENT)][:MOST]:
            days = {name for name, value in within(full, steps).items() if is_day(value)}  # patterns allow day 99
            odd = {
                name: value for name, value in zip(known, row, strict=True)
                if value is not ABSENT
                and self.can_say(operation, {name: value})
                and (name not in days or is_day(value))
            }  # fmt: skip
            fits = {
                name: value for name, value in odd.items()
                if self.accepts(schema, self.at_steps(full, (*steps, name), value))
            }  # fmt: skip
            body = full
            for name, value in fits.items():
                body = self.at_steps(body, (*steps, name), value)
            if fits and self.accepts(schema, body):
                yield body

    def _to_members(self, operation: Operation, body: Any) -> Steps:
        """Where in ``body`` the members of the record stand: out of its envelope, and among JSON:API's attributes."""
        steps = planned(operation).sent
        record = within(body, steps)
        return (*steps, "attributes") if leveled(record) is not record else steps

    def _keys(self, group: Group) -> set[str]:
        """Members that hold the key of the record or of others."""
        model = group.resource.model
        inner = {place[-1] for place in model.keys_within()} if model else set()
        return {*model.key[:1], *model.foreign, *model.references, *inner} if model else set()

    def is_of_all(self, group: Group, operation: Operation) -> bool:
        """Whether a list is of all records below the parents that a path of one names, not below further ones."""
        plan, model = planned(operation), group.resource.model
        return plan.scope is not None and not plan.within and model is not None

    def whole_lists(self, group: Group, *kinds: Kind) -> Iterator[Operation]:
        """Lists of the collection that need no parameter, whose records tell their keys."""
        model = group.resource.model
        for operation in group.all(*kinds):
            plan = planned(operation)
            needed = [one for one in plan.parameters if one.required and one.location == "query"]
            if plan.items is not None and model and model.key and not needed and self.is_of_all(group, operation):
                yield operation

    def several(self, group: Group, count: int) -> tuple[tuple[str, ...], list[InferredRecord]]:
        """New records below the same parents, each with other values; none where nothing makes them."""
        above = self.above(group)
        if Kind.CREATE not in group.operations or self.session.limits.reads_only:
            return above, []
        bodies = (self.full_body(group.one(Kind.CREATE), 100 + number) for number in range(count))
        return above, [one for body in bodies if (one := self.attempt(group, above, body))]
