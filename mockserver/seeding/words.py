"""The words of the recipe language that make one value by themselves: each turns its place into a maker."""

# ruff: noqa: ARG001, ARG005  # all words are read, and all makers called, in one way

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any, TypeGuard

from mockserver.seeding.item import Item, Make, draw
from mockserver.seeding.place import Place, literal, meant, told
from mockserver.seeding.scope import Beside, Scope, unmakeable
from mockserver.values.absent import ABSENT

MOST = 1_000_000
"""How often ``repeat`` repeats at most."""


def constant(value: Any) -> Make:
    return lambda item, base: value


def read_value(place: Place, scope: Scope, beside: Beside) -> Make:
    """``value: anything``, as it stands."""
    return constant(literal(place))


def read_from(place: Place, scope: Scope, beside: Beside) -> Make:
    """``from: other_field``, ``from: ref.field`` or ``from: object.member``."""
    read = scope.reader(place, place.value)
    return lambda item, base: read(item)


def read_choice(place: Place, scope: Scope, beside: Beside) -> Make:
    """``choice: [a, b]``, or with weights ``choice: {a: 3, b: 1}``."""
    values, weights = _weighted(place)
    if not sum(weights):
        place.complain("nothing to choose from", "write [a, b], or {a: 3, b: 1} with weights above 0")
        return constant(ABSENT)
    limits = list(accumulate(weights))
    total, key = limits[-1], scope.key(place)
    return lambda item, base: values[bisect_right(limits, draw(base, key) % total)]


def read_cycle(place: Place, scope: Scope, beside: Beside) -> Make:
    """``cycle: [a, b, c]``: the first record gets a, the second b, the fourth a again."""
    values = [literal(item) for item in place.each()]
    scope.ordinal(place, "cycle")
    if not values:
        place.complain("nothing to cycle through", "write [a, b, c]")
        return constant(ABSENT)
    return lambda item, base: values[(item.ordinal - 1) % len(values)]


def read_chance(place: Place, scope: Scope, beside: Beside) -> Make:
    """``chance: 0.2``: true for one record in five, else false."""
    happens = chance(place, scope)
    return lambda item, base: happens(base)


def chance(place: Place, scope: Scope) -> Callable[[int], bool]:
    """Whether what happens with the probability at ``place`` does."""
    value = place.value
    if not is_number(value) or not 0 <= value <= 1:
        place.complain(f"{told(value)} is no probability", "write a number from 0 to 1")
        return lambda base: False
    limit, key = int(value * 2**64), scope.key(place)
    return lambda base: draw(base, key) < limit


def read_sequence(place: Place, scope: Scope, beside: Beside) -> Make:
    """``sequence: 1000``: 1000 for the first record, then 1001 and so on."""
    first = place.value
    scope.ordinal(place, "sequence")
    if not is_whole(first):
        place.complain(f"{told(first)} is no whole number", "write the first record's number")
        return constant(ABSENT)
    return lambda item, base: first + item.ordinal - 1


def read_uuid(place: Place, scope: Scope, beside: Beside) -> Make:
    """``uuid: true``: an id in the form of a version 4 UUID."""
    if place.value is not True:
        place.complain(f"wanted true, found {told(place.value)}", "write uuid: true")
    one, two = scope.key(place), scope.key(place, 1)

    def make(item: Item, base: int) -> str:
        raw = f"{draw(base, one):016x}{draw(base, two):016x}"
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"

    return make


def read_repeat(place: Place, scope: Scope, beside: Beside) -> Make:
    """``repeat: "ab", times: 3``: ababab."""
    text, times = place.value, beside.get("times")
    if not isinstance(text, str) or not is_whole(times) or not 0 <= times <= MOST:
        place.complain(f"wanted a text, and times: 0 to {MOST}", 'write {repeat: "ab", times: 3}')
        return constant(ABSENT)
    return constant(text * times)


def read_number(place: Place, scope: Scope, beside: Beside) -> Make:
    """``number: [low, high]``, both included, in steps of ``step`` (1); a bound may be a field's name."""
    step = beside.get("step", 1)
    if not isinstance(place.value, list) or len(place.value) != 2 or not is_number(step) or step <= 0:
        place.complain(f"wanted [low, high], found {told(place.value)}, step {told(step)}", "write number: [1, 9]")
        return constant(ABSENT)
    low, high = _bound(place.child(0), scope), _bound(place.child(1), scope)
    key = scope.key(place)

    def make(item: Item, base: int) -> Any:
        first, last = low(item, base), high(item, base)
        if first is ABSENT or last is ABSENT:
            return ABSENT
        if not is_number(first) or not is_number(last) or last < first:
            raise unmakeable(place, f"{told(first)} to {told(last)} is no range", "put the lower bound first")
        # A hair more than none, so that 0 to 0.3 counts three steps of 0.1.
        steps = int((last - first) / step + 1e-9)
        value = first + draw(base, key) % (steps + 1) * step
        return value if is_whole(value) else round(value, 9)

    return make


def read_faker(place: Place, scope: Scope, beside: Beside) -> Make:
    """``faker: city``, also with ``arguments: {...}``: what Faker makes, in the recipe's locale."""
    name, arguments, locale = place.value, beside.get("arguments", {}), scope.locale
    if not _tried(place, scope, arguments):
        return constant(ABSENT)
    key = scope.key(place)
    return lambda item, base: item.making.fakes.make(locale, name, arguments, draw(base, key))


def is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _weighted(place: Place) -> tuple[list[Any], list[int]]:
    """Values, and their weights in thousandths."""
    if not isinstance(place.value, Mapping):
        values = [literal(item) for item in place.each()]
        return values, [1_000] * len(values)
    for name, weight in place.value.items():
        if not is_number(weight) or weight < 0:
            place.child(name).complain(f"the weight {told(weight)} is no number from 0 on", "write value: weight")
            return [name], [1_000]
    return list(place.value), [round(weight * 1_000) for weight in place.value.values()]


def _bound(place: Place, scope: Scope) -> Make:
    return constant(place.value) if is_number(place.value) else read_from(place, scope, {})


def _tried(place: Place, scope: Scope, arguments: Any) -> bool:
    """Whether Faker makes JSON of it: tried once, so that a person learns of it at the start."""
    try:
        known = scope.fakes.names(scope.locale)
    except AttributeError:
        remedy = "write one that Faker has, such as en_GB"
        scope.root.child("locale").complain(f"Faker has no locale {told(scope.locale)}", remedy)
        return False
    if place.value not in known:
        place.complain(f"Faker makes no {told(place.value)} from a seed alone", meant(str(place.value), known))
        return False
    try:
        value = scope.fakes.make(scope.locale, place.value, arguments, 0)
    except Exception as error:  # noqa: BLE001  # whatever Faker objects to
        place.complain(f"Faker refuses: {error}", "correct the arguments")
        return False
    literal(Place(place.file, place.pointer, value, place.problems))
    return True
