"""What only the server says of a record: when it was made and changed, its version, and what stands beside its key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import Model
from mockserver.contract.samples.declared_values import said_examples
from mockserver.contract.samples.described_values import states_of
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw, uuid_from
from mockserver.contract.samples.timestamp_names import is_day, is_moment
from mockserver.handlers.call import Call
from mockserver.inference.vocabulary.words import CHANGED, MADE, UNIQUE, VERSIONS
from mockserver.messages import Json
from mockserver.values.members import value_at, with_value
from mockserver.values.moment import whole_second
from mockserver.values.name_words import flat
from mockserver.values.verb_stems import stem_of

_BEGINS = re.compile(
    r"(placed|ordered|enrolled|occurred|happened|joined|registered|submitted|requested|posted|issued|uploaded|booked|"
    r"purchased|recorded|logged|reported|subscribed|invited|filed|received|donated|voted|rated|checkedin|clockedin|applied|"
    r"captured|measured|scanned|visited|viewed|liked|followed|starred|bookmarked|pinned|shared|sent|collected|assigned|"
    r"granted|earned|awarded|played|watched|commented|reviewed|answered)at"
)
"""When something was done that made the record."""


def stamped(
    call: Call, record: Node, value: dict[str, Any], *, is_new: bool, sent: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """When it was made and last changed, in the form that the schema wants, where ``sent`` may not say it and does."""
    maker, now = call.tools.maker, call.tools.clock.now()
    for name, place in maker.shapes.properties(record).items():
        word = flat(name)
        if sent.get(name) is not None and value.get(name) == sent[name] and not maker.shapes.says(place, "readOnly"):
            continue
        if not ((is_new and (MADE.fullmatch(word) or _begins(maker, record, name))) or CHANGED.fullmatch(word)):
            continue
        if (said := moment_as(maker, place, now, name)) is not None:
            value = {**value, name: said}
    return value


def _begins(maker: Maker, record: Node, name: str) -> bool:
    """Whether a member tells when the record was made by what has been done then: ``enrolled_at``, ``placedAt``.

    Not one of a state that the record has yet to come into, nor one that may be null.
    """
    if not (found := _BEGINS.fullmatch(flat(name))):
        return False
    members = maker.shapes.properties(record)
    if maker.shapes.takes_null(members[name]) or maker.shapes.says(members[name], "format") != "date-time":
        return False
    states = (one for own in states_of(maker.shapes, record).values() for one in own)
    return stem_of(found[1]) not in {stem_of(one) for one in states}


def moment_as(maker: Maker, place: Node, now: datetime, name: str = "") -> str | int | None:
    """A moment in the form that the schema wants, or, where it is a bare text, the ``name``; None where it wants none
    that is known.
    """  # fmt: skip
    kind, form = maker.shapes.type(place), maker.shapes.says(place, "format")
    if kind == "string" and form is None and (is_day(name) or is_moment(name)):
        said = now.date().isoformat() if is_day(name) else whole_second(now)
        return said if maker.allows(place, said) and _looks_so(maker, place) else None
    if kind == "string" and form == "date-time":
        return whole_second(now)
    if kind == "string" and form == "date":
        return now.date().isoformat()
    return int(now.timestamp()) if kind == "integer" else None


def _looks_so(maker: Maker, place: Node) -> bool:
    """Whether the examples of a text without a format, if there are any, are moments as they are written here."""
    return all(re.match(r"\d{4}-\d\d-\d\d", str(one)) for one in said_examples(maker.shapes.shape(place).words))


def beside_key(call: Call, model: Model, value: dict[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """``value`` with its version, which each change counts on, and, where its key stands in an object of its own
    (``metadata.name``), with what the server says there: when it was made, and a UUID. ``before``: what it was.
    """  # fmt: skip
    if model.record is None:
        return value
    for steps in dict.fromkeys(((), model.key[:-1])):
        place = call.tools.maker.shapes.member(model.record, steps)
        held, was = value_at(value, steps) if steps else value, value_at(before, steps) if steps else before
        if place is not None and isinstance(held, dict):
            after = _said_there(call, place, held, was, is_own=bool(steps))
            value = with_value(value, steps, after) if steps else after
    return value


def _said_there(call: Call, place: Node, held: dict[str, Any], was: Json, *, is_own: bool) -> dict[str, Any]:
    members, allows = call.tools.maker.shapes.properties(place), call.tools.maker.allows
    if is_own and isinstance(was, dict):
        kept = {name: one for name, one in was.items() if flat(name) in UNIQUE or MADE.fullmatch(flat(name))}
        held = {**held, **kept}
    if is_own:
        held = stamped(call, place, held, is_new=was is None)
        draw = Draw.of(call.tools.ids.draw("unique", *map(str, held.values())), call.tools.clock.now())
        unique = {name: str(uuid_from(draw.random)) for name in members if flat(name) in UNIQUE}
        held = {**{name: one for name, one in unique.items() if allows(members[name], one)}, **held}
    versions = {
        name: _next(was.get(name) if isinstance(was, dict) else None) for name in members if flat(name) in VERSIONS
    }
    said = {
        name: next((one for one in (number, str(number)) if allows(members[name], one)), None)
        for name, number in versions.items()
    }
    return {**held, **{name: one for name, one in said.items() if one is not None}}


def _next(version: Json) -> int:
    """The version after one that is a number, be it as a text; 1 where there is none."""
    text = str(version)
    return int(text) + 1 if text.isascii() and text.isdigit() and len(text) < 18 else 1
