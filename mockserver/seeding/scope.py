"""What a recipe may name while it is read: its own fields, and those of the things its refs refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from mockserver.errors import Problem, SetupError
from mockserver.runtime.determinism import digest
from mockserver.seeding.fakes import LOCALE, Fakes
from mockserver.seeding.item import BITS, RESERVED, Item
from mockserver.seeding.place import Place, meant
from mockserver.values.absent import ABSENT

Read: TypeAlias = Callable[[Item], Any]
"""Reads a value of an item: ABSENT when there is none."""

Beside: TypeAlias = Mapping[str, Any]
"""The whole mapping that a word stands in: the word itself and its options."""

Field: TypeAlias = tuple[str, str]
"""A recipe's name and the name of one of its fields."""


def unmakeable(place: Place, problem: str, remedy: str) -> SetupError:
    """To be raised when a value cannot be made of an item, though the recipe as written looked right."""
    return SetupError([Problem(place.file, place.pointer, problem, remedy)])


class Scope:
    """One recipe while it is read.

    ``specs`` are the places of its fields and lets; ``others`` finds the scope of another recipe (None
    when there is none); ``fakes`` is there to try Faker's words out; ``numbered`` is false for a pinned
    record, which has no ordinal. ``field`` is the field being read; ``needs`` collects which fields
    each field needs.
    """

    def __init__(
        self,
        name: str,
        root: Place,
        specs: Mapping[str, Place],
        others: Callable[[str], Scope | None],
        fakes: Fakes,
        *,
        key: str = "id",
        numbered: bool = True,
        locale: str = LOCALE,
    ) -> None:
        self.name = name
        self.root = root
        self.specs = specs
        self.others = others
        self.fakes = fakes
        self.key_field = key
        self.numbered = numbered
        self.locale = locale
        self.field = ""
        self.needs: dict[Field, set[Field]] = {}

    def key(self, place: Place, part: int = 0) -> int:
        """64 bits that set the randomness of the value made at ``place`` apart from all others of its record."""
        return digest(place.pointer.removeprefix(self.root.pointer), part) & BITS

    def need(self, recipe: str, field: str) -> None:
        self.needs.setdefault((self.name, self.field), set()).add((recipe, field))

    def reader(self, place: Place, path: Any) -> Read:
        """Reads ``field``, ``ref_field.field_of_what_it_refers_to`` or ``object_field.member``; a problem if none."""
        if not isinstance(path, str):
            place.complain(f"wanted the name of a field, found {path!r}", "write a field's name")
            return _nothing
        head, *tail = path.split(".")
        return _read(self, self, place, head, tail)

    def ordinal(self, place: Place, word: str) -> None:
        """Complain when ``word`` needs an ordinal and there is none."""
        if not self.numbered:
            place.complain(f"{word} is not for pinned records, which have no ordinal", "write the value out")


def _read(reading: Scope, scope: Scope, place: Place, head: str, tail: list[str]) -> Read:
    """A reader of ``head`` in ``scope``, for a field of ``reading``."""
    if head in RESERVED and not tail:
        if head == "ordinal":
            reading.ordinal(place, "ordinal")
        return lambda item: item.values[head]
    spec = scope.specs.get(head)
    if spec is None:
        known = (*scope.specs, *(() if tail else RESERVED))
        place.complain(f"{scope.name} has no field {head!r}", meant(head, known))
        return _nothing
    reading.need(scope.name, head)
    if not tail:
        return lambda item: item.get(head)
    target = spec.value.get("ref") if isinstance(spec.value, Mapping) else None
    if target is not None:
        return _follow(reading, place, head, tail, str(target))
    return _descend(place, spec, head, tail)


def _follow(reading: Scope, place: Place, head: str, tail: list[str], target: str) -> Read:
    other = reading.others(target)
    if other is None:
        return _nothing  # told where the ref stands
    beyond = _read(reading, other, place, tail[0], tail[1:])

    def read(item: Item) -> Any:
        item.get(head)
        link = item.links.get(head)
        return ABSENT if link is None else beyond(link)

    return read


def _descend(place: Place, spec: Place, head: str, tail: list[str]) -> Read:
    """Reads a member of the object that a field holds."""
    rows = list(_rows(spec.value))
    if not any(tail[0] in row for row in rows):
        known = {name for row in rows for name in row}
        what = f"no member {tail[0]!r}" if known else "no members: it is neither a ref nor an object"
        place.complain(f"{head!r} has {what}", meant(tail[0], known) if known else "name a ref, or an object's member")

    def read(item: Item) -> Any:
        value = item.get(head)
        for step in tail:
            value = value.get(step, ABSENT) if isinstance(value, Mapping) else ABSENT
        return value

    return read


def _rows(spec: Any) -> Iterator[Mapping[str, Any]]:
    """The objects that a field may hold, as far as its recipe shows them."""
    if isinstance(spec, Mapping):
        for word in ("value", "object", "choice", "cycle"):
            found = spec.get(word)
            yield from (one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping))


def _nothing(_: Item) -> Any:
    return ABSENT
