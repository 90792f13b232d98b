"""From the text of a recipe to makers: one word for each value, modifiers around it, values inside values."""

# ruff: noqa: ARG001  # all words are read, and all makers called, in one way

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from mockserver.seeding import moments, refs, texts, words
from mockserver.seeding.item import Item, Make, draw
from mockserver.seeding.place import Place, literal, meant, told
from mockserver.seeding.scope import Beside, Read, Scope
from mockserver.seeding.texts import as_text
from mockserver.values.absent import ABSENT

Reader: TypeAlias = Callable[[Place, Scope, Beside], Make]

MODIFIERS = frozenset({"optional", "when"})
MANY = 1_000
"""How many items a ``list`` has at most."""


@dataclass(frozen=True, slots=True)
class Word:
    """How a word is read, and which options may stand beside it."""

    read: Reader
    options: frozenset[str] = frozenset()


def read_spec(place: Place, scope: Scope) -> Make:
    """The maker of what is described at ``place``: a constant, a list of values, or a mapping with one word."""
    value = place.value
    if isinstance(value, list):
        return _several([read_spec(item, scope) for item in place.each()])
    if not isinstance(value, Mapping):
        return words.constant(literal(place))
    found = [name for name in value if name in WORDS]
    if len(found) != 1:
        _not_one_word(place, found)
        return words.constant(ABSENT)
    word = WORDS[found[0]]
    place.only({found[0], *word.options, *MODIFIERS})
    return _modified(word.read(place.child(found[0]), scope, value), place, scope)


def read_object(place: Place, scope: Scope, beside: Beside) -> Make:
    """``object: {a: ..., b: ...}``: members made each by itself; one that is absent is left out."""
    members = [(name, read_spec(member, scope)) for name, member in place.members()]

    def make(item: Item, base: int) -> Any:
        made = [(name, member(item, base)) for name, member in members]
        return {name: value for name, value in made if value is not ABSENT}

    return make


def read_list(place: Place, scope: Scope, beside: Beside) -> Make:
    """``list: item, count: [0, 3]``: that many items; ``distinct: true`` drops repeats, ``sort: member`` sorts."""
    one, (low, high) = read_spec(place, scope), _count(place, beside)
    key, distinct, sort = scope.key(place), beside.get("distinct", False), beside.get("sort", "")
    if not isinstance(distinct, bool) or not isinstance(sort, str):
        place.complain("wanted distinct: true or false, sort: a member's name", "correct them, or leave them out")

    def make(item: Item, base: int) -> Any:
        count = low + draw(base, key) % (high - low + 1)
        bases = (draw(base, key + index) for index in range(1, count + 1))
        made = [value for value in (one(item, each) for each in bases) if value is not ABSENT]
        if distinct:
            made = [value for index, value in enumerate(made) if value not in made[:index]]
        return sorted(made, key=lambda value: _member(value, sort)) if sort else made

    return make


def _member(value: Any, name: str) -> str:
    return as_text(value.get(name, "")) if isinstance(value, Mapping) else ""


def read_by(place: Place, scope: Scope, beside: Beside) -> Make:
    """``by: status, cases: {active: ..., else: ...}``: what the other field's value asks for; absent without a case."""
    read = scope.reader(place, place.value)
    where = Place(place.file, place.pointer.rpartition("/")[0], beside, place.problems).child("cases")
    if not isinstance(where.value, Mapping) or not where.value:
        where.complain("no cases", "write cases: {value: ..., else: ...}")
        return words.constant(ABSENT)
    cases = {as_text(name): read_spec(where.child(name), scope) for name in where.value}
    otherwise = cases.pop("else", words.constant(ABSENT))
    return lambda item, base: cases.get(as_text(read(item)), otherwise)(item, base)


def read_first(place: Place, scope: Scope, beside: Beside) -> Make:
    """``first: [..., ...]``: the first of them that is not absent."""
    makers = [read_spec(item, scope) for item in place.each()]

    def make(item: Item, base: int) -> Any:
        return next((value for one in makers if (value := one(item, base)) is not ABSENT), ABSENT)

    return make


WORDS: Mapping[str, Word] = MappingProxyType(
    {
        "by": Word(read_by, frozenset({"cases"})),
        "chance": Word(words.read_chance),
        "choice": Word(words.read_choice),
        "cycle": Word(words.read_cycle),
        "date": Word(moments.read_date),
        "datetime": Word(moments.read_datetime),
        "faker": Word(words.read_faker, frozenset({"arguments"})),
        "first": Word(read_first),
        "from": Word(words.read_from),
        "list": Word(read_list, frozenset({"count", "distinct", "sort"})),
        "number": Word(words.read_number, frozenset({"step"})),
        "object": Word(read_object),
        "ref": Word(refs.read_ref, frozenset({"among", "per", "share"})),
        "repeat": Word(words.read_repeat, frozenset({"times"})),
        "sequence": Word(words.read_sequence),
        "template": Word(texts.read_template),
        "uuid": Word(words.read_uuid),
        "value": Word(words.read_value),
    }
)


def _not_one_word(place: Place, found: list[str]) -> None:
    if found:
        place.complain(f"{' and '.join(found)} stand side by side", "keep one of them")
        return
    names = [name for name in place.value if isinstance(name, str) and name not in MODIFIERS]
    remedy = meant(names[0], WORDS) if names else f"use one of {', '.join(sorted(WORDS))}"
    place.complain(f"no word of the recipe language in {told(place.value)}", remedy)


def _modified(make: Make, place: Place, scope: Scope) -> Make:
    """The maker, made to be absent now and then (``optional``) or unless another field asks for it (``when``)."""
    if "optional" in place.value:
        make = _optional(make, words.chance(place.child("optional"), scope))
    if "when" in place.value:
        make = _when(make, _conditions(place.child("when"), scope))
    return make


def _optional(make: Make, happens: Callable[[int], bool]) -> Make:
    return lambda item, base: make(item, base) if happens(base) else ABSENT


def _when(make: Make, conditions: list[tuple[Read, frozenset[str] | None]]) -> Make:
    def made(item: Item, base: int) -> Any:
        for read, wanted in conditions:
            value = read(item)
            if value is ABSENT or (wanted is not None and as_text(value) not in wanted):
                return ABSENT
        return make(item, base)

    return made


def _conditions(place: Place, scope: Scope) -> list[tuple[Read, frozenset[str] | None]]:
    """``when: field`` (it has a value), or ``when: {field: value, other: [one, another]}`` (all of them)."""
    if isinstance(place.value, str):
        return [(scope.reader(place, place.value), None)]
    found: list[tuple[Read, frozenset[str] | None]] = []
    for name, member in place.members():
        wanted = member.value if isinstance(member.value, list) else [member.value]
        found.append((scope.reader(member, name), frozenset(map(as_text, wanted))))
    if not found:
        place.complain("no condition", "write when: field, or when: {field: value}")
    return found


def _several(makers: list[Make]) -> Make:
    """A list written out; an item that is absent is left out."""

    def make(item: Item, base: int) -> Any:
        made = [one(item, base) for one in makers]
        return [value for value in made if value is not ABSENT]

    return make


def _count(place: Place, beside: Beside) -> tuple[int, int]:
    count = beside.get("count")
    low, high = count if isinstance(count, list) and len(count) == 2 else (count, count)
    if words.is_whole(low) and words.is_whole(high) and 0 <= low <= high <= MANY:
        return low, high
    place.complain(f"count {told(count)} is no number of items", f"write count: 2, or count: [0, 3], up to {MANY}")
    return 0, 0
