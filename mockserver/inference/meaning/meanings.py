"""What each operation means (O1 to O12): its kind, whose records it is about, and the rule that decided, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mockserver.contract.kinds import Kind
from mockserver.inference.meaning.actions import read_action
from mockserver.inference.meaning.commands import is_commanded, put_alone
from mockserver.inference.meaning.creation_paths import imported, made_by
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.meaning.kept_lists import kept_in
from mockserver.inference.meaning.partial_changes import needed_of
from mockserver.inference.meaning.records_beside import giving_back
from mockserver.inference.meaning.searches import at_work, searching
from mockserver.inference.meaning.written_below import touches
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.callers_lists import is_callers
from mockserver.inference.records.key_forms import asked_key
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import FEWEST, is_of_several, is_one, looked_up, values_shown
from mockserver.inference.vocabulary.asked_members import asked_member
from mockserver.inference.vocabulary.words import CALLERS, CONTENTS, CREATES
from mockserver.values.name_words import flat

SINGLE: Mapping[str, str] = {"get": "read", "put": "replace", "patch": "merge", "post": "merge", "delete": "reset"}
"""What a verb does to a record of which there is one."""
_NUMBERED = re.compile(r"(id|Id|ID|[gus]id|number|hash|index)$")
"""What a parameter ends in that no client thinks of: a server gives such keys."""


class Meanings:
    """Tells what the operations of one document mean."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._paths = resources.paths

    def guess(self, reading: Reading) -> Guess:
        """Never fails: what has no meaning that the rules know is a stub."""
        found, entry = giving_back(self._resources, reading, self._guess(reading)), reading.entry
        if not entry.plain:
            return found
        words = {**found.words, "key": dict([entry.keyed]), "upsert": False} if entry.keyed else found.words
        return replace(found, why=f"its path says '{entry.plain}' in words (N2): {found.why}", words=words)

    def _guess(self, reading: Reading) -> Guess:  # noqa: PLR0911 -- one line a rule
        key, method = reading.entry.path.key, reading.entry.method
        if method == "query":
            return self._query(reading, key)
        if method == "head" and (there := self._head(reading, key)):
            return there
        if method not in SINGLE:
            return Guess(Kind.STUB, None, f"what {method.upper()} changes is for the document to say (O12)")
        if within := self._within(reading, key):
            return within
        if self._paths.is_item(key) and not self._is_list(key):
            return self._on_item(reading, key, method)
        if part := self._part(reading, key, method):
            return part
        if key in self._resources.singles:
            return self._single(self._resources.singles[key], reading)
        if (caller := self._caller(key)) and (guess := self._as_caller(caller, reading, method)):
            return guess
        return self._on_fixed(reading, key, method)

    def _head(self, reading: Reading, key: Key) -> Guess | None:
        """HEAD of an item asks whether it is there."""
        about = self._resources.at(key[:-1]) if self._paths.is_item(key) else None
        if about is None or about.item_of(key) != key or reading.success.media is not None:
            return None
        why = f"HEAD of an item: whether {about.name} have it (O12)"
        return Guess(Kind.STUB, about, why, {"must_exist": True})

    def _query(self, reading: Reading, key: Key) -> Guess:
        """QUERY changes nothing: of a collection it is a search whose criteria are its body."""
        about = self._resources.at(key)
        if about is None or reading.list is None:
            return Guess(Kind.STUB, None, "QUERY of what is not a collection (O12)")
        return Guess(Kind.SEARCH, about, f"QUERY with a list: the records of {about.name}, filtered (O10)")

    def _within(self, reading: Reading, key: Key) -> Guess | None:
        """What is done to a list that a record holds, or to one of its entries."""
        of_entry = key[-1:] == (ANY,)
        held = self._resources.lists.get(key[:-1] if of_entry else key)
        if held is None:
            return None
        record = held.owner.record
        shown = reading.record.schema if reading.record else None
        is_whole = shown is not None and record is not None and is_one(self._resources.shapes, record, shown)
        words = {"within": held.member, "identity": held.identity, "shows": "whole" if is_whole else "entry",
                 "entry": reading.entry.path.names[-1] if of_entry else None,
                 "made": of_entry and self._resources.reading(key[:-1], "post") is not None}  # fmt: skip
        what = "one of the" if of_entry else "the"
        kind = Kind.STUB if reading.entry.method in ("get", "head") else Kind.ACTION
        return Guess(kind, held.owner, f"{what} '{held.member}' that a record of {held.owner.name} holds (R2)", words)

    def _is_list(self, key: Key) -> bool:
        """Whether a path that ends in a parameter is a collection all the same."""
        listed = self._resources.reading(key, "get")
        return self._resources.at(key) is not None and listed is not None and listed.list is not None

    def _on_item(self, reading: Reading, key: Key, method: str) -> Guess:  # noqa: PLR0911 -- one line a rule
        about = self._resources.at(key[:-1])
        if about is None or about.item_of(key) != key:
            return self._lookup(reading, key)
        others = set(self._paths.verbs(key))
        if method == "get":
            if reading.success.media_type and not reading.is_json:
                return Guess(Kind.STUB, None, "the reply is not JSON (O12)")
            if reading.list and not others & {"put", "patch", "delete"}:
                return self._lookup(reading, key)
            return Guess(Kind.READ, about, "GET on an item path (O2)")
        if method == "put":
            return self._put(reading, about)
        if method == "patch":
            return Guess(Kind.PATCH, about, "PATCH on an item path (O5)")
        if method == "delete":
            return Guess(Kind.DELETE, about, "DELETE on an item path (O7)")
        if not others & {"put", "patch"} and others & {"get", "delete"}:
            if self._resources.creating(about) is None and not _NUMBERED.search(reading.entry.path.names[-1]):
                why = "POST on an item path that a client names, and nothing else makes one: kept or made (O6)"
                return Guess(Kind.PATCH, about, why, {"merge": True, "upsert": True})
            return Guess(Kind.PATCH, about, "POST on an item path where nothing else updates (O6)", {"merge": True})
        return self._action(reading, about, "POST on an item path beside other writes (O11)")

    def _put(self, reading: Reading, about: InferredCollection) -> Guess:
        if not reading.bodies:
            return put_alone(self._resources, reading, about)
        if self._resources.creating(about) is None:
            why = "PUT on an item path, and nothing can POST: kept or made (O4)"
            return Guess(Kind.REPLACE, about, why, {"upsert": True})
        if reading.is_partial:
            return Guess(Kind.PATCH, about, "PUT that says that what it leaves out stays (O4)", {"merge": True})
        needed = needed_of(self._resources, reading, about)
        return Guess(Kind.REPLACE, about, "PUT on an item path (O4)", {"upsert": False, "needed": needed})

    def _single(self, about: InferredCollection, reading: Reading) -> Guess:
        does = SINGLE[reading.entry.method]
        does = "merge" if does == "replace" and reading.is_partial else does
        held = [one.member for one in self._resources.lists.values() if one.owner is about]
        words = {"does": does, "empties": held} if held and does == "reset" else {"does": does}
        return Guess(Kind.SINGLETON, about, f"one record on a fixed path that is written too: {does} (O9)", words)

    def _part(self, reading: Reading, key: Key, method: str) -> Guess | None:
        """What is done to the record of whose parts the path names one, where it shows and takes it whole."""
        about, shapes = self._resources.parts.get(key), self._resources.shapes
        if about is None or about.record is None or method not in ("get", "put", "patch"):
            return None
        why = f"'{key[-1]}' is a part of the record above, which it shows (R6)"
        shown = self._resources.reading(key, "get")
        records = [about.record, *([shown.record.schema] if shown is not None and shown.record else [])]
        words = {} if is_one(shapes, about.record, records[-1]) else {"less": True}
        if method == "get":
            return Guess(Kind.READ, about, why, words)
        if reading.body is None:
            return None
        if shapes.properties(reading.body) and not any(is_one(shapes, one, reading.body) for one in records):
            return None
        return Guess(Kind.PATCH, about, why, {**words, "merge": True} if method == "put" else words)

    def _caller(self, key: Key) -> InferredCollection | None:
        """The collection whose record ``me`` stands for (R9)."""
        if not key or key[-1].lower() not in CALLERS:
            return None
        about = self._resources.at(key[:-1])
        is_at_work = (
            key[-1].lower() == "current" and about is not None and at_work(self._resources.shapes, about.record)
        )
        return None if is_at_work else about

    def _as_caller(self, about: InferredCollection, reading: Reading, method: str) -> Guess | None:
        if about.item is None:
            return None
        kind = {"get": Kind.READ, "put": Kind.REPLACE, "patch": Kind.PATCH, "delete": Kind.DELETE}.get(method)
        if kind is None or (method == "get" and reading.record is None):
            return None
        why = f"'{reading.entry.path.key[-1]}' stands for the caller's own record (R9)"
        return Guess(kind, about, why, {"alias": True})

    def _on_fixed(self, reading: Reading, key: Key, method: str) -> Guess:
        about = self._resources.at(key)
        if guess := searching(self._resources, reading, key, method):
            return guess
        if method == "get":
            return self._get(reading, about)
        if about is not None:
            return self._on_collection(reading, about, method)
        if made := self._made(reading, key, method):
            return made
        above = self._resources.above(key)
        if above is not None and above.item_of(key) is not None:
            return self._action(reading, above, f"a write below an item of {above.name} (O11)")
        return self._below_single(reading, key)

    def _below_single(self, reading: Reading, key: Key) -> Guess:
        """What a write right below the only record of its path does to it, if anything."""
        single = self._resources.singles.get(key[:-1])
        if single is not None and touches(read_action(self._resources.shapes, reading, single)):
            return self._action(reading, single, f"a write below {single.name} (O11)")
        return Guess(Kind.STUB, None, f"{reading.entry.sent.upper()} on a path that no resource stands on (O12)")

    def _made(self, reading: Reading, key: Key, method: str) -> Guess | None:
        """``/users/signup``, ``/users/createWithList``: a create under a name of its own."""
        about = self._resources.at(key[:-1])
        if (
            method != "post"
            or about is None
            or about.record is None
            or not reading.bodies
            or not (CREATES.match(key[-1]) or (reading.takes_files and flat(key[-1]) in CONTENTS))
        ):
            return made_by(self._resources, reading)
        shapes = self._resources.shapes
        is_many = reading.body is not None and shapes.type(reading.body) == "array"
        items = shapes.items(reading.body) if is_many and reading.body is not None else None
        found = reading.record or (reading.list if reading.takes_files else None)
        shown = items if items is not None else found.schema if found else None
        if shown is None or not is_one(shapes, about.record, shown):
            return imported(self._resources, reading, about)
        why = f"'{key[-1]}' makes records of {about.name} (O3)"
        return Guess(Kind.CREATE, about, why, {"many": True} if items is not None else {})

    def _get(self, reading: Reading, about: InferredCollection | None) -> Guess:
        if reading.success.media_type and not reading.is_json:
            return Guess(Kind.STUB, None, "the reply is not JSON (O12)")
        if reading.list and about is not None:
            values, why = values_shown(self._resources, reading, about), f"{reading.list.why} (O1, R4)"
            why = f"what '{values['member']}' of {values['resource']} have (R4)" if values else why
            mine = {"mine": True} if is_callers(reading.entry.path.key) else {}
            return Guess(Kind.LIST, about, f"GET of a list: {why}", {"values": values} if values else mine)
        if reading.success.schema is None:
            return Guess(Kind.STUB, None, "GET without a schema (O12)")
        above = self._resources.above(reading.entry.path.key)
        if above is None or above.item_of(reading.entry.path.key) is None:
            return Guess(Kind.STUB, None, "an object on a fixed path that is only read (O12)")
        if is_commanded(self._resources, reading, above):
            return self._action(reading, above, f"GET of a command to an item of {above.name} (O11)")
        why = f"an object below an item of {above.name} that is only read: what its record has of it (O12)"
        return Guess(Kind.STUB, above, why, {"must_exist": self._resources.is_open(above)})

    def _on_collection(  # noqa: PLR0911 -- one line a rule
        self, reading: Reading, about: InferredCollection, method: str
    ) -> Guess:
        shapes = self._resources.shapes
        body_type = shapes.type(reading.body) if reading.body is not None else None
        if method == "post":
            if not about.item and not reading.record and not reading.bodies:
                return Guess(Kind.STUB, None, "POST without a body or a record (O12)")
            if body_type == "array" or (reading.list and body_type == "array"):
                return Guess(Kind.CREATE, about, "POST of a list: each is made (O3)", {"many": True})
            return Guess(Kind.CREATE, about, "POST on a collection (O3)")
        if method != "post" and body_type != "array" and (name := asked_key(self._resources.shapes, reading, about)):
            kind = {"put": Kind.REPLACE, "patch": Kind.PATCH, "delete": Kind.DELETE}[method]
            return Guess(kind, about, f"'{name}' in the query names the record (O8)", {"key": {"query": name}})
        if method == "delete":
            why = "DELETE of a collection: all, or those that are named (O8)"
            return Guess(Kind.BULK, about, why, {"does": "delete"})
        if body_type == "array":
            return Guess(Kind.BULK, about, f"{method.upper()} of a list: each by its key (O8)", {"does": method})
        if reading.body is not None and about.identity:
            names = {flat(name) for name in shapes.properties(reading.body)}
            if flat(about.identity[0]) in names and not is_of_several(self._resources, reading, about):
                kind = Kind.REPLACE if method == "put" else Kind.PATCH
                return Guess(kind, about, "the body names the record (O8)", {"key": "body"})
        return Guess(Kind.BULK, about, f"{method.upper()} of a collection (O8)", {"does": method})

    def _lookup(self, reading: Reading, key: Key) -> Guess:
        """A list on an item path: the records with that value, of the resource of the same schema."""
        if one := looked_up(self._resources, reading):
            return Guess(Kind.LOOKUP, one[0], f"the reply is one of {one[0].name}: the one with this '{one[1]}' (O2)")
        if reading.entry.method != "get" or reading.list is None:
            return Guess(Kind.STUB, None, "a path that ends in a parameter and is not a record (O12)")
        named = self._resources.shapes.name(reading.list.schema)
        same = [one for one in self._resources.collections.values() if named and one.schema == named]
        near = [one for one in same if one.key == key[: len(one.key)]] or [*self._told_in_short(reading, key)]
        if about := next(iter([*near, *same]), None):
            return Guess(Kind.LOOKUP, about, "a list on an item path: the records with that value (O2)")
        return Guess(Kind.STUB, None, "a list on an item path whose records are nowhere else (O12)")

    def _told_in_short(self, reading: Reading, key: Key) -> Iterator[InferredCollection]:
        """The collection that the path is below, where the list's items have nothing that its records have not."""
        about, shapes = self._resources.at(key[:-2]), self._resources.shapes
        shown = set(shapes.properties(reading.list.schema)) if reading.list else set()
        record = about.record if about is not None else None
        if about is None or record is None or not len(shown) >= FEWEST or not shown <= {*shapes.properties(record)}:
            return
        if asked_member(shapes, record, str(reading.entry.path.names[-1]), key[-2]):
            yield about

    def _action(self, reading: Reading, above: InferredCollection, why: str) -> Guess:
        action = read_action(self._resources.shapes, reading, above)
        if not action.sets and (kept := kept_in(self._resources, reading, above)):
            return kept
        return Guess(Kind.ACTION, above, f"{why}; {action.why}", action.words)
