"""Fields that repeat what a record says that is named beside them: an order line its product's price."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from mockserver.contract.document import Node
from mockserver.handlers.call import Call
from mockserver.inference.vocabulary.words import KEYS, REFERENCE_ENDINGS
from mockserver.messages import Json
from mockserver.values.name_words import flat

PRICES = ("unitprice", "priceperunit", "unitamount")
"""What an entry of a list calls the price of the thing that it is about."""


_NAMED: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "fullname", "displayname", "title", "username"), "title": ("title", "name", "headline"),
    **{one: (one,) for one in ("fullname", "email", "code", "sku", "phone", "slug", "username", "avatar", "avatarurl")},
}  # fmt: skip
"""What a record says of another beside its key, and what that is called there."""


def copied_names(call: Call, place: Node, key: str) -> list[str]:
    """The members that stand beside a ``key`` such as ``teacherId`` for what its record says: ``teacherName``."""
    stem = _stem(key)
    names = call.tools.maker.shapes.properties(place)
    return [one for one in names if stem and flat(one).startswith(stem) and flat(one).removeprefix(stem) in _NAMED]


def _stem(key: str) -> str:
    word = flat(key)
    return next((word.removesuffix(one) for one in REFERENCE_ENDINGS if word.endswith(one)), "")


def named_fields(call: Call, place: Node, key: str, record: Json) -> dict[str, Json]:
    """What stands beside a ``key`` such as ``teacherId`` of the record that it names: ``teacherName``; null where it
    names none.
    """  # fmt: skip
    members, data = call.tools.maker.shapes.properties(place), record if isinstance(record, dict) else {}
    held, stem = {flat(name): one for name, one in data.items()}, _stem(key)
    if "firstname" in held and "lastname" in held:
        held.setdefault("name", f"{held['firstname']} {held['lastname']}")
    said = {
        name: next((held[one] for one in _NAMED[flat(name).removeprefix(stem)] if one in held), None)
        for name in copied_names(call, place, key)
    }
    known = {name: one for name, one in said.items() if (one is not None) == bool(data)}
    return {name: one for name, one in known.items() if call.tools.maker.allows(members[name], one)}


def has_named_fields(names: Iterable[str], key: str) -> bool:
    """Whether an object with members of those names repeats anything of the record that its ``key`` names."""
    word = flat(key)
    stem = next((word.removesuffix(one) for one in REFERENCE_ENDINGS if word.endswith(one)), "")
    return bool(stem) and any(flat(name).removeprefix(stem) in _NAMED for name in names if flat(name).startswith(stem))


def repeated_fields(call: Call, place: Node, record: Json, wanted: Collection[str]) -> dict[str, Json]:
    """What an entry repeats of the record that it names: what that is called and costs, but for keys."""
    members = call.tools.maker.shapes.properties(place)
    data = record if isinstance(record, dict) else {}
    repeated = {one: data[one] for one in members if one in wanted and one in data and flat(one) not in KEYS}
    price = {one: data["price"] for one in members if flat(one) in PRICES and one in wanted and "price" in data}
    return {one: value for one, value in (repeated | price).items() if call.tools.maker.allows(members[one], value)}
