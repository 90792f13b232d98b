"""Which parents a record may stand below, as it says itself: its ``owner``, or the path that it was made on."""

from __future__ import annotations

from mockserver.contract.plan import Parent
from mockserver.handlers.planned.addressing.places import is_key, keys_of
from mockserver.handlers.planned.initial_data.initial_states import MAKERS
from mockserver.inference.vocabulary.words import KEYS, LOGINS, PEOPLE
from mockserver.store import Record
from mockserver.values.members import value_at
from mockserver.values.name_words import flat


def says_above(parent: Parent, record: Record) -> list[str]:
    """The keys of a parent that a record may stand below: of the path that it was made on, and those that it says."""
    data, thing = record.data(), flat(parent.parameter)
    called = {thing, *(thing.removesuffix(one) for one in ("id", "uuid", "slug", "login", "name", "key"))} - {""}
    called |= MAKERS if called & {*PEOPLE, *MAKERS} else set()
    found = [value_at(data, parent.field)] if parent.field else []
    for one in (one for name, one in data.items() if flat(name) in called):
        found += [one.get(name) for name in (*LOGINS, *KEYS, "slug", "name")] if isinstance(one, dict) else [one]
    return [*keys_of(record.id)[:-1], *(str(one) for one in found if is_key(one))]
