"""The resources of a document: which paths are collections, what their records are, whose they are (R1 to R8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from mockserver.contract.document import Node, Part
from mockserver.contract.plan import Parent, PlannedParameter, Source, Steps
from mockserver.contract.samples.record_examples import record_examples
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.reading.keys import key_of, key_shown, other_keys, own_kind_member, parent_member
from mockserver.inference.reading.paths import ANY, Key, PathEntry, PathTable
from mockserver.inference.reading.replies import Found, Replies, declared, holds_values, success, tells
from mockserver.inference.reading.request_inputs import parameters
from mockserver.inference.reading.resource_draft import HeldList, InferredCollection, Reading, as_written
from mockserver.inference.reading.spanning import spanning
from mockserver.inference.vocabulary.words import CALLERS, KEYS
from mockserver.values.name_words import flat, singular
from mockserver.values.shown import quoted


class Resources:
    """Reads the resources of one document."""

    def __init__(self, paths: PathTable, shapes: Shapes) -> None:
        self.paths = paths
        self.shapes = shapes
        self.replies = Replies(shapes)
        self.readings = as_written(shapes, {(one.path.key, one.method): self._reading(one) for one in paths.all()})
        self.spanning = spanning(shapes, self.readings.values())
        self.collections: dict[Key, InferredCollection] = {}
        self.singles: dict[Key, InferredCollection] = {}
        self.homes: dict[Key, InferredCollection] = {}
        self.views: dict[Key, InferredCollection] = {}
        self.parts: dict[Key, InferredCollection] = {}
        self.lists: dict[Key, HeldList] = {}
        self._collect()

    def settle(self) -> None:
        """Give each a name and its parents, when it is known which paths show the same records."""
        self._name()
        for one in (*self.every(), *self.views.values()):
            one.parents = [*self._parents(one)]

    def every(self) -> list[InferredCollection]:
        return [*self.collections.values(), *self.singles.values()]

    def at(self, key: Key) -> InferredCollection | None:
        """The collection whose records a path shows."""
        return self.collections.get(key) or self.homes.get(key)

    def creating(self, one: InferredCollection) -> Reading | None:
        """The operation that makes records of a collection, on whichever of its paths."""
        return next((found for key in (one.key, *one.also) if (found := self.reading(key, "post"))), None)

    def reading(self, key: Key, method: str) -> Reading | None:
        return self.readings.get((key, method))

    def part(self, one: InferredCollection) -> Part | None:
        """Which of several joined documents has the collection's paths."""
        verbs = self.paths.verbs(one.key) or self.paths.verbs(one.item or ())
        entry = next(iter(verbs.values()), None)
        return self.shapes.document.part_of(entry.path.template) if entry else None

    def parameter(self, one: InferredCollection) -> Node | None:
        """The schema of the path parameter that names a record."""
        taken = self.taken(one)
        return taken.schema if taken else None

    def taken(self, one: InferredCollection) -> PlannedParameter | None:
        """The path parameter that names a record."""
        if one.item is None:
            return None
        longer = (key for key in self.paths.entries if key[: len(one.item or ())] == one.item)
        item = one.item if one.item in self.paths.entries else next(longer)
        taken = self.readings[item, next(iter(self.paths.entries[item]))].parameters
        return next((each for each in taken if each.name == one.parameter), None)

    def spans(self, one: InferredCollection) -> bool:
        """Whether the key in the item's path may hold slashes."""
        verbs = self.paths.verbs(one.item) if one.item else {}
        return any(self.spanning.get(entry.path.template) == one.parameter for entry in verbs.values())

    def above(self, key: Key) -> InferredCollection | None:
        """The collection of the nearest record above a path: not of what ``{parent}`` names, which may be anything."""
        for length in range(len(key) - 1, 0, -1):
            found = self.at(key[: length - 1]) if key[length - 1] == ANY else None
            if found and found.item_of(key[:length]) == key[:length]:
                return None if any(key[: len(one.key)] == one.key for one in found.beside) else found
        return None

    def _reading(self, entry: PathEntry) -> Reading:
        said = declared(self.shapes, entry.node)
        status, best = success(said, creates=entry.method == "post")
        segment = entry.path.last_fixed
        on_item = entry.path.key[-1:] == (ANY,) or entry.method not in ("get", "query")
        schema = best.schema if best.media_type and holds_values(best.media_type) else None
        listed = self.replies.listed(schema, segment, on_item=on_item)
        record = None if listed else self.replies.record(schema, segment)
        taken = tuple(parameters(self.shapes, entry.item, entry.node))
        return Reading(entry, taken, said, status, best, listed, record, self._bodies(entry))

    def _bodies(self, entry: PathEntry) -> dict[str, Node]:
        body = self.shapes.follow(entry.node.child("requestBody"))
        return {name: media.child("schema") for name, media in body.child("content").items()}

    def _collect(self) -> None:
        for key, verbs in self.paths.entries.items():
            if self.paths.is_item(key) and self._is_record(key, verbs):
                found = self.collections.setdefault(key[:-1], InferredCollection(key[:-1], ""))
                found.item, found.parameter = key, next(iter(verbs.values())).path.names[-1]
            elif (reading := self.reading(key, "get")) and reading.list and self._is_collection(key, verbs):
                self.collections.setdefault(key, InferredCollection(key, ""))
        for one in self.collections.values():
            one.names = self.paths.names(one.key)
            self._unwrap(one)
            self.describe(one)
        self._pass()
        for key, verbs in self.paths.entries.items():
            if key not in self.collections and key[-1:] != (ANY,) and self._is_single(key, verbs):
                self._single(self.readings[key, "get"], "one record on a fixed path that is written too (O9)")

    def _pass(self) -> None:
        """R7: what is below a record that only a list shows is about it, where the path names its key."""
        for key, verbs in self.paths.entries.items():
            for index in (at for at, step in enumerate(key[:-1]) if step == ANY):
                one, item = self.collections.get(key[:index]), key[: index + 1]
                if one is None or one.item or not one.identity or self.paths.verbs(item):
                    continue
                named = flat(next(iter(verbs.values())).path.names[index])
                thing, member = flat(singular(key[index - 1])), flat(one.identity[-1])
                if named in (member, thing + member, thing + "id", thing, "id"):
                    one.passed = item

    def add_single(self, reading: Reading, why: str) -> InferredCollection:
        """What an operation shows as the one record of its path, though nothing writes it."""
        single = self._single(reading, why)
        self.settle()
        return single

    def _single(self, reading: Reading, why: str) -> InferredCollection:
        single = self.singles[reading.entry.path.key] = reading.alone()
        single.why.append(why)
        return single

    def _is_record(self, key: Key, verbs: Mapping[str, PathEntry]) -> bool:
        """R1: a record's verbs on a path that ends in a parameter; a bare list there is a look-up."""
        reading = self.reading(key, "get")
        if set(verbs) <= {"get", "post"} and reading and reading.list:
            return False
        return bool(set(verbs) & {"get", "put", "patch", "delete", "post"})

    def _is_collection(self, key: Key, verbs: Mapping[str, PathEntry]) -> bool:
        """Whether a list is one of records of its own, though its path may end in a parameter: ``/repos/{owner}``."""
        return key[-1:] != (ANY,) or "post" in verbs or (*key, ANY) in self.paths.entries

    def _is_single(self, key: Key, verbs: Mapping[str, PathEntry]) -> bool:
        reading = self.reading(key, "get")
        if reading is None or reading.record is None or not set(verbs) - {"get", "head", "options", "query"}:
            return False
        return not self._is_caller(key)

    def _is_caller(self, key: Key) -> bool:
        return bool(key) and key[-1].lower() in CALLERS and (*key[:-1], ANY) in self.paths.entries

    def describe(self, one: InferredCollection) -> None:
        """R2: the record of the item's reply, else of the list, else of what a write returns."""
        segment = next((step for step in reversed(one.key) if step != ANY), "")
        for reading, rule in self._tellers(one):
            found = reading.record if rule != "list" else reading.list
            if found is None or not tells(self.shapes, found.schema):
                continue
            if reading.success.media:
                each = self.each(reading, one) if rule == "list" else ()
                one.sources.append(Source(reading.success.media, found.steps, is_list=rule == "list", each=each))
            if one.record is None:
                one.record = found.schema
                one.steps = found.steps if rule != "list" else ()
                one.why.append(f"the record is what {reading.entry.method.upper()} gives: {found.why} (R2)")
        one.schema = self.shapes.name(one.record) if one.record else None
        is_named = bool(one.parameter) or bool({"put", "patch", "delete"} & set(self.paths.verbs(one.key)))
        asked = self.parameter(one)
        one.identity, why = key_of(self.shapes, one.record, one.parameter, segment, asked, is_named=is_named)
        if not one.identity and one.record is not None and not self.shapes.shape(one.record).closed:
            shown = record_examples(self.shapes.document, one.sources)
            one.identity, why = key_shown(shown, one.parameter) or (one.identity, why)
        one.others = other_keys(self.shapes, one.record, one.identity, one.parameter, asked, taken=self.taken(one))
        one.why.append(f"{why} (R3)")

    def _unwrap(self, one: InferredCollection) -> None:
        """R5: a record that stands beside words about it, told by what the list's items are made like."""
        listed = self.reading(one.key, "get")
        if wanted := set(self.shapes.properties(listed.list.schema)) if listed and listed.list else set():
            self._unwrap_whole(one, wanted)
        read = self.reading(one.item, "get") if one.item else None
        if read is not None and read.record is not None and read.record.steps:
            for reading in self._on(one):
                self._unwrap_key(reading, read.record)

    def _unwrap_whole(self, one: InferredCollection, wanted: set[str]) -> None:
        """Where a reply has most of the members that the list's items have."""
        for reading in self._on(one):
            if reading.record and not reading.record.steps:
                members = self.shapes.properties(reading.record.schema)
                like = {name: len(wanted & set(self.shapes.properties(node))) for name, node in members.items()
                        if self.shapes.type(node) == "object"}  # fmt: skip
                if len(wanted & set(members)) > max(len(wanted) / 2, 2):
                    continue  # it is the record itself, whatever it holds
                best = max(like, key=lambda name: like[name], default="")
                if not best or like[best] <= max(len(wanted & set(members)), 1):
                    continue
                if like[best] > len(wanted) / 2 or like[best] == len(self.shapes.properties(members[best])):
                    reading.record = Found((best,), members[best], f"'{best}' is made like the list's items")

    def _unwrap_key(self, reading: Reading, read: Found) -> None:
        """Where what reads the record has it, a write may tell the key alone: ``data: {id}``."""
        schema = reading.success.schema
        place = self.shapes.member(schema, read.steps) if schema is not None else None
        if schema is None or place is None or reading.record is None or reading.record.steps:
            return
        members, beside = self.shapes.properties(place), self.shapes.properties(schema)
        is_part = set(members) <= set(self.shapes.properties(read.schema))
        if is_part and any(flat(one) in KEYS for one in members) and not any(flat(one) in KEYS for one in beside):
            reading.record = Found(read.steps, place, f"{quoted(read.steps[-1])} has the key of the record")

    def each(self, reading: Reading, one: InferredCollection) -> Steps:
        """R5 for items: the envelope that each item of a list has for itself, where it is that of the record alone."""
        if reading.list is None or not one.steps:
            return ()
        found = self.replies.record(reading.list.schema, next((step for step in reversed(one.key) if step != ANY), ""))
        return one.steps if found is not None and found.steps == one.steps else ()

    def _on(self, one: InferredCollection) -> list[Reading]:
        """What is told by the operations of its path and of its item's."""
        return [self.readings[key, method] for key in (one.key, one.item) if key for method in self.paths.verbs(key)]

    def _tellers(self, one: InferredCollection) -> Iterator[tuple[Reading, str]]:
        """The operations that show a record, the best witness first."""
        if one.item and (reading := self.reading(one.item, "get")):
            yield reading, "read"
        if reading := self.reading(one.key, "get"):
            yield reading, "list"
        if reading := self.reading(one.key, "post"):
            yield reading, "create"
        for method in ("patch", "put", "post"):
            if one.item and (reading := self.reading(one.item, method)):
                yield reading, "write"

    def _name(self) -> None:
        """The last fixed segment where that is enough, else with those above it."""
        every = [*self.collections.values(), *self.singles.values()]
        fixed = {id(one): [step for step in one.key if step != ANY] or ["root"] for one in every}
        counts = Counter(steps[-1] for steps in fixed.values())
        taken: set[str] = set()
        for one in every:
            steps = fixed[id(one)]
            name = steps[-1] if counts[steps[-1]] == 1 else ".".join(steps)
            while name in taken:
                name += "-"
            taken.add(name)
            one.name = name

    def _parents(self, one: InferredCollection) -> Iterator[Parent]:
        """R7: each parameter above; it must name a record that is there where a client could have known of one."""
        names = one.names
        for index, step in enumerate(one.key):
            if step != ANY:
                continue
            above, item = self.at(one.key[:index]), one.key[: index + 1]
            above = None if above is not None and above.beside else above  # a whole name may be of anything
            is_known = above is not None and above.item_of(item) == item
            must = is_known and above is not None and self.is_open(above)
            yield Parent(
                names[index],
                above.name if is_known and above else None,
                must_exist=must,
                field=self.field_of(one, index),
            )

    def field_of(self, one: InferredCollection, index: int) -> Steps:
        """The member of a record that says whose it is, of the parent at that place in its path: ``ownerId``; or the
        key in the only member that holds such a parent whole: ``author.handle`` below ``/users/{handle}``.
        """  # fmt: skip
        called = one.key[index - 1] if index else ""
        if found := parent_member(self.shapes, one.record, one.identity, one.names[index], called):
            return found
        above, shapes = self.at(one.key[:index]), self.shapes
        if above is not None and self.homes.get(one.key) is above and one.record is not None:
            return own_kind_member(shapes, one.record)
        name = shapes.name(above.record) if above is not None and above.record is not None else None
        if one.record is None or above is None or name is None or len(above.identity) != 1:
            return ()
        held = [each for each, node in shapes.properties(one.record).items() if shapes.name(node) == name]
        return (held[0], above.identity[0]) if len(held) == 1 else ()

    def is_open(self, one: InferredCollection) -> bool:
        """Whether a client can learn of its records: they can be listed, or be made by a POST."""
        readings = [self.reading(key, "get") for key in (one.key, *one.also)]
        return any(listed and listed.list for listed in readings) or self.creating(one) is not None
