"""Who signs up, logs in and asks about herself: the operations of a document that are about accounts (R9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mockserver.contract.document import Node
from mockserver.contract.kinds import Kind
from mockserver.contract.plan import ACCOUNT_NAMES, PASSWORDS, Steps
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.meaning.guess import Guess
from mockserver.inference.meaning.meanings import Meanings
from mockserver.inference.reading.paths import ANY, Key
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.records.resources import Resources
from mockserver.inference.records.shared_collections import is_one
from mockserver.inference.vocabulary.words import CALLERS, LOGINS, PEOPLE
from mockserver.values.name_words import flat, singular

_LOGS_IN = re.compile(
    r"(user|admin|customer|member|account)?(log|sign)_?(in|on)(user|withemail|withpassword|email)?"
    r"|auth|authenticate|authentication|(access|auth|jwt|login)?tokens?|sessions?|createtoken|obtaintoken|accesstoken"
)
_SIGNS_UP = re.compile(r"(user|customer|member|account)?(register|registration|signup)(user|account|customer|member)?")
_ABOUT_ONE = frozenset({*CALLERS, "user", "profile", "account", "whoami", "userinfo", "currentuser", "myprofile",
                        "myaccount", "getme", "getprofile"})  # fmt: skip
_PEOPLE = frozenset({*PEOPLE, "customer", "client", "auth"})
_ON_CALLER: Mapping[str, Kind] = {
    "get": Kind.READ,
    "put": Kind.REPLACE,
    "patch": Kind.PATCH,
    "post": Kind.PATCH,
    "delete": Kind.DELETE,
}


@dataclass(frozen=True, slots=True)
class InferredAccounts:
    """The accounts of one document: where they are kept, and the operations that are about them.

    ``views`` are further resources that show the same people, found by a name of theirs; ``names`` what people log in
    with where only the query of a request tells it.
    """

    home: InferredCollection
    views: tuple[InferredCollection, ...]
    logins: frozenset[int]
    registers: frozenset[int]
    callers: frozenset[int]
    names: frozenset[str] = frozenset()

    def guess(self, reading: Reading, guess: Guess) -> Guess:
        """The guess about an operation, now that it is known whom it may be about."""
        number, home = id(reading), self.home
        if number in self.logins:
            return Guess(Kind.STUB, home, f"logs in one of {home.name}: whoever registered needs the password (R9)",
                         {"login": True})  # fmt: skip
        if number in self.registers:
            return Guess(Kind.CREATE, home, f"a password and a name that identifies: makes one of {home.name} (R9)")
        if guess.kind is Kind.SINGLETON and guess.about is home:
            return replace(guess, why=f"the caller's account: {guess.words['does']} (R9)")
        if number in self.callers and not (guess.words.get("alias") and guess.about is home):
            words = {"alias": True, **({"merge": True} if reading.entry.method == "post" else {})}
            return Guess(_ON_CALLER[reading.entry.method], home, "the caller's own record (R9)", words)
        return guess


def read_accounts(found: Resources, meanings: Meanings) -> InferredAccounts | None:
    """The accounts of a document in which somebody can log in or is shown herself; None where nothing tells of whom.

    Where nobody can log in, only what shows the caller is about them: it shows the first.
    """
    return _Reader(found, meanings).read()


class _Reader:
    def __init__(self, found: Resources, meanings: Meanings) -> None:
        self._found = found
        self._shapes = found.shapes
        self._meanings = meanings
        self._fixed = [one for one in found.readings.values() if _is_fixed(one)]

    def read(self) -> InferredAccounts | None:
        posts = [one for one in self._fixed if one.entry.method == "post"]
        stubs = [one for one in posts if secret_at(self._shapes, one) is not None and self._is_stub(one)]
        logins = [one for one in stubs if _LOGS_IN.fullmatch(flat(one.entry.path.last_fixed))]
        asked = [] if logins else [one for one in self._fixed if self._logs_in_by_query(one)]
        registers = [one for one in stubs if one not in logins and self._signs_up(one)] if logins else []
        shown = [*self._about_caller()]
        own = [one for one in shown if one.record and self._names(one.record.schema)]
        own = own or [one for one in shown if self._is_me(one)]
        home = self._home(registers, own) if logins or own or asked else None
        if home is None or home.record is None or (home.is_single and not logins):
            return None
        if not home.is_single and home.key not in self._found.singles:
            own = [one for one in own if self._is_of(home, one)]
            for one in own:
                self._found.singles.pop(one.entry.path.key, None)
        callers = [] if home.is_single else self._on_caller(own)
        return InferredAccounts(
            home,
            tuple(self._views(home)) if logins else (),
            frozenset(map(id, (*logins, *asked))),
            frozenset(map(id, registers)),
            frozenset(map(id, callers)),
            frozenset(name for one in asked for name in _queried(one) if flat(name) in ACCOUNT_NAMES),
        )

    def _logs_in_by_query(self, reading: Reading) -> bool:
        """Whether it takes a password and a name in the address: ``GET /user/login?username=&password=``."""
        is_login = _LOGS_IN.fullmatch(flat(reading.entry.path.last_fixed)) is not None
        return is_login and _has_both(_queried(reading)) and self._is_stub(reading)

    def _is_stub(self, reading: Reading) -> bool:
        return self._meanings.guess(reading).kind is Kind.STUB

    def _signs_up(self, reading: Reading) -> bool:
        word = flat(reading.entry.path.last_fixed)
        return _SIGNS_UP.fullmatch(word) is not None or flat(singular(word)) in _PEOPLE

    def _about_caller(self) -> Iterator[Reading]:
        """What shows the caller's own record: on a fixed path that is called so."""
        for key, verbs in self._found.paths.entries.items():
            if key and ANY not in key and "get" in verbs and flat(key[-1]) in _ABOUT_ONE:
                reading = self._found.readings[key, "get"]
                guess = self._meanings.guess(reading)
                if reading.is_json and (guess.kind in (Kind.STUB, Kind.SINGLETON) or guess.words.get("alias")):
                    yield reading

    def _is_me(self, reading: Reading) -> bool:
        """Whether ``me`` is one of the records of a collection, though nothing tells one person from another there."""
        return flat(reading.entry.path.last_fixed) in CALLERS and self._kept_at(reading) is not None

    def _kept_at(self, reading: Reading) -> InferredCollection | None:
        """The collection of the same document whose very records an operation shows one of, whatever it is called."""
        part = self._shapes.document.part_of(reading.entry.path.template)
        for one in self._found.collections.values():
            if not one.item or one.record is None or reading.record is None or ANY in one.key:
                continue
            if is_one(self._shapes, one.record, reading.record.schema) and self._found.part(one) is part:
                return one
        return None

    def _on_caller(self, own: list[Reading]) -> list[Reading]:
        readings = [self._found.readings.get((one.entry.path.key, method)) for one in own for method in _ON_CALLER]
        return [one for one in readings if one is not None and not one.list]

    def _home(self, registers: list[Reading], own: list[Reading]) -> InferredCollection | None:
        """The collection of people that is there; else the record that the caller is shown."""
        for reading in own:
            guess = self._meanings.guess(reading)
            if guess.words.get("alias") and guess.about is not None and ANY not in guess.about.key:
                return guess.about
        shown = [one for one in (*registers, *own) if one.record]
        for one in sorted(self._found.collections.values(), key=lambda one: len(one.key)):
            is_people = bool(one.key) and ANY not in one.key and flat(singular(one.key[-1])) in _PEOPLE
            record = one.record if is_people and (one.item or self._found.creating(one)) else None
            if record is None:
                continue
            if any(self._is_shown(one, reading) for reading in shown) or (not shown and self._names(record)):
                return one
        for reading in own:
            if kept := self._kept_at(reading):
                return kept
            if single := self._found.singles.get(reading.entry.path.key):
                return single
        if not registers or not own or own[0].record is None:
            return None
        return self._found.add_single(own[0], "the caller's account (R9)")

    def _is_of(self, home: InferredCollection, reading: Reading) -> bool:
        if home.record is None or reading.record is None:
            return False
        if reading.entry.path.key in self._found.singles:  # that has been written so far without the collection
            return is_one(self._shapes, home.record, reading.record.schema)
        return self._is_shown(home, reading)

    def _is_shown(self, home: InferredCollection, reading: Reading) -> bool:
        """Whether an operation of the same document shows one of these people."""
        if home.record is None or reading.record is None:
            return False
        part = self._shapes.document.part_of(reading.entry.path.template)
        return part is self._found.part(home) and self._is_alike(home.record, reading.record.schema)

    def _is_alike(self, left: Node, right: Node) -> bool:
        """Whether two schemas are of one person: of one name, or half of the members of the smaller are the other's."""
        if is_one(self._shapes, left, right):
            return True
        members = [set(self._shapes.properties(one)) for one in (left, right)]
        return 2 * len(members[0] & members[1]) >= min(map(len, members)) and bool(self._names(right))

    def _names(self, record: Node) -> set[str]:
        """The members of a record that tell one person from another."""
        return {name for name in self._shapes.properties(record) if flat(name) in ACCOUNT_NAMES}

    def _views(self, home: InferredCollection) -> Iterator[InferredCollection]:
        assert home.record is not None
        for one in self._found.collections.values():
            is_public = one is not home and one.item is not None and one.record is not None and not one.also
            if not is_public or ANY in one.key or self._found.creating(one) or one.identity[-1:] == ():
                continue
            if flat(one.identity[-1]) in LOGINS and one.record and self._is_alike(home.record, one.record):
                yield one


def secret_at(shapes: Shapes, reading: Reading) -> Steps | None:
    """Where a body has a password beside what identifies somebody: at its top, or in its one object; None nowhere."""
    for body in reading.bodies.values():
        members = shapes.properties(body)
        if _has_both(members):
            return ()
        for name, place in members.items():
            if shapes.type(place) == "object" and _has_both(shapes.properties(place)):
                return (name,)
    return None


def _queried(reading: Reading) -> list[str]:
    return [one.name for one in reading.parameters if one.location == "query"]


def _has_both(members: Iterable[str]) -> bool:
    words = {flat(name) for name in members}
    return bool(words & PASSWORDS) and bool(words & ACCOUNT_NAMES)


def _is_fixed(reading: Reading) -> bool:
    key: Key = reading.entry.path.key
    return bool(key) and ANY not in key
