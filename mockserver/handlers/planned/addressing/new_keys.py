"""New keys as the document wants them: counted, UUIDs, of a pattern, with the prefix of an example (A5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.plan import Model
from mockserver.contract.samples.patterns import patterned
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw, uuid_from
from mockserver.handlers.planned.addressing.places import is_key
from mockserver.inference.vocabulary.words import KEYS, LOGINS
from mockserver.messages import Json
from mockserver.values.members import value_at, with_value
from mockserver.values.name_words import flat, words_of

DRAWN = 40
"""How many keys of a pattern are drawn, for one of them to be long enough."""
UNCOUNTED = (100_000, 1_000_000)
"""Between which a number lies that finds a record beside its key: it counts nothing."""
UNLIKELY = 5
"""Keys shorter than this are what people try first, and so the last that are given out."""
_NAMES_OF_PEOPLE = frozenset({*LOGINS, "nickname", "screenname", "email", "emailaddress"})
_NAMES_OF_THINGS = frozenset({"name", "slug"})
_CALLED = frozenset({*KEYS, "key", "slug"})
_TITLES = ("title", "name", "headline", "label")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FORMS = ("format", "pattern", "enum", "minLength", "maxLength", "example", "examples")
_NUMBERED = frozenset({"number", "no", "code", "reference", "ref", "sku", "barcode"})
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE = re.compile(r"(?=.*[0-9])[A-Z0-9]+(-[A-Z0-9]+)*(?<=.{5})")
"""A code that people read to each other: ``HH-7K2QPD``, ``INV-2024-0042``."""
_PREFIX = re.compile(r"([A-Za-z][A-Za-z0-9]{0,15}[_-])[A-Za-z0-9]+")


def new_key(maker: Maker, model: Model, ordinal: int, draw: Draw) -> str | int:
    """The key number ``ordinal``, from 1 on, as the schema of the member, else of the path's parameter, wants it."""
    place = _member(maker, model)
    is_kept = place is not None
    place = _formed(maker, place, model.parameter) if place is not None else model.parameter
    if place is None or (not is_kept and maker.shapes.says(place, "enum")):
        return model.prefix + letters(draw.random, 20)
    if options := _options(maker, place):
        return options[-ordinal % len(options)]  # what people try first is given out last
    kind = maker.shapes.type(place)
    if kind in ("integer", "number"):
        return _counted(maker, place, ordinal)
    if model.counted and maker.allows(place, number := str(_counted(maker, model.parameter or place, ordinal))):
        return number
    named = [] if model.prefix else _named(maker, place, model, ordinal, draw)
    for candidate in (*named, *_texts(maker, place, draw, model.prefix)):
        if maker.allows(place, candidate):
            return candidate
    made = maker.make(place, Draw(draw.random, draw.now, full=True, varies=True))
    return made if isinstance(made, str | int) and not isinstance(made, bool) else letters(draw.random, 20)


def _named(maker: Maker, place: Node, model: Model, ordinal: int, draw: Draw) -> list[str]:
    """What people or things are called by, where that identifies them: ``ada.perlman``, ``amber-island-2``."""
    name = model.key[-1] if model.key else ""
    is_person, example = flat(name) in _NAMES_OF_PEOPLE, _example(maker, place)
    if not (is_person or flat(name) in _NAMES_OF_THINGS) or maker.shapes.says(place, "pattern"):
        return []
    made = maker.member(place, replace(draw, full=True, varies=True), name)
    if not isinstance(made, str) or not made or made == example or "/" in made:
        return []
    return [made] if is_person else [f"{'-'.join(made.lower().split())}-{ordinal}"]


def beginning_of(model: Model, body: Json) -> str:
    """What a client says that the key begins with which the server gives: ``generateName`` beside ``name``."""
    held = value_at(body, model.key[:-1]) if model.key[:-1] else body
    wanted = f"generate{flat(model.key[-1])}" if model.key else ""
    said = (one for name, one in held.items() if flat(name) == wanted) if isinstance(held, dict) else iter(())
    found = next(said, "")
    return found if isinstance(found, str) else ""


def slug_of(sent: Json) -> str:
    """What a title or a name is in an address: ``How to train it?`` is ``how-to-train-it``; empty without one."""
    said = [sent[name] for name in _TITLES if name in sent] if isinstance(sent, Mapping) else []
    return next(("-".join(re.findall(r"[a-z0-9]+", one.lower())) for one in said if isinstance(one, str)), "")


def shown_key(maker: Maker, model: Model) -> str | int | None:
    """The key that is the path parameter's example, if the record may have it and no example of a create sends it."""
    places = [place for place in (model.parameter, _member(maker, model)) if place is not None]
    key = model.shown_key
    is_free = is_key(key) and str(key) not in model.sent_keys
    return key if is_free and all(maker.allows(place, key) for place in places) else None


def _member(maker: Maker, model: Model) -> Node | None:
    """The schema of the record's member that is its key."""
    return maker.shapes.member(model.record, model.key) if model.record is not None and model.key else None


def _formed(maker: Maker, member: Node, parameter: Node | None) -> Node:
    """The schema of a key: the member's, but the path's where that alone says a form of texts: ``format: uuid``."""
    if parameter is None or {*map(maker.shapes.type, (member, parameter))} != {"string"}:
        return member
    said = [any(maker.shapes.says(one, word) for word in _FORMS) for one in (member, parameter)]
    return parameter if said == [False, True] else member


def few_keys(maker: Maker, model: Model) -> int | None:
    """How many keys there are at all, where the document lists them."""
    place = _member(maker, model)
    return len(_options(maker, place)) or None if place is not None else None


def _options(maker: Maker, place: Node) -> list[str | int]:
    listed = maker.shapes.says(place, "enum")
    return listed if isinstance(listed, list) else []


def identified(maker: Maker, model: Model, made: Json, draw: Draw) -> Json:
    """``made`` with what else finds a record as unlike others' as a key is: a pattern may take a text that is short.

    What is called like a key and may be missing is there, too: a reply may tell a new record by nothing else.
    """
    for steps in model.other_keys:
        place = maker.shapes.member(model.record, steps) if model.record is not None else None
        kind = maker.shapes.type(place) if place is not None else None
        if place is not None and kind == "integer" and steps[-1].lower() in KEYS:
            number = draw.random.randrange(*UNCOUNTED)
            made = with_value(made, steps, number) if maker.allows(place, number) else made
        if place is None or kind != "string":
            continue
        found = value_at(made, steps)
        is_short = isinstance(found, str) and maker.shapes.says(place, "pattern") and len(found) < UNLIKELY
        is_shown = found is not None and found == _example(maker, place) and steps[-1].lower() in _CALLED
        if is_short or is_shown or (found is None and steps[-1].lower() in _CALLED):
            likely = (one for one in _texts(maker, place, draw, "") if maker.allows(place, one))
            text = next(likely, found)
            made = made if text is None else with_value(made, steps, text)
    return _with_codes(maker, model, made, draw) if draw.varies or not draw.full else made


def _with_codes(maker: Maker, model: Model, made: Json, draw: Draw) -> Json:
    """``made`` with a number of its own where the record shows one by an example: no two orders are ``BD-10293``."""
    members = maker.shapes.properties(model.record) if model.record is not None and isinstance(made, dict) else {}
    for name, place in members.items():
        if (words_of(name) or [""])[-1] not in _NUMBERED or (name,) == model.key or name not in made:
            continue
        example = _example(maker, place)
        if isinstance(example, str) and _CODE.fullmatch(example) and maker.shapes.type(place) == "string":
            drawn = like(example, draw.random)
            made = {**made, name: drawn} if maker.allows(place, drawn) else made
    return made


def _counted(maker: Maker, place: Node, ordinal: int) -> int:
    low, high = maker.shapes.says(place, "minimum"), maker.shapes.says(place, "maximum")
    start = int(low) if isinstance(low, int | float) and low > 1 else 1
    number = start + ordinal - 1
    return int(min(number, high)) if isinstance(high, int | float) else number


def _texts(maker: Maker, place: Node, draw: Draw, prefix: str) -> list[str]:
    """What the key may look like, the surest first."""
    says = maker.shapes.says
    form, pattern = says(place, "format"), says(place, "pattern")
    most, least = says(place, "maxLength"), says(place, "minLength")
    example = _example(maker, place)
    uuid = uuid_from(draw.random)
    if form == "uuid" or (isinstance(example, str) and _UUID.fullmatch(example)):
        return [uuid]
    if isinstance(pattern, str):
        bounds = (int(least or 0), int(most or 4_096))
        drawn = [""]
        while len(drawn) <= DRAWN and len(drawn[-1]) < UNLIKELY:
            drawn.append(patterned(pattern, draw.random, *bounds))
        return drawn[:0:-1]
    size = max(int(least or 0), min(20, int(most or 20)))
    if prefix:
        return [(prefix + letters(draw.random, size))[: int(most or 64)]]
    plain = letters(draw.random, size)
    return [*_as_shown(example, plain, draw.random, int(most or 64)), plain, uuid]


def _as_shown(example: Any, plain: str, random: Random, most: int) -> Iterator[str]:
    """A key in the form of an example: a code or a number of its own, or ``plain`` with the same prefix."""
    if isinstance(example, str) and _CODE.fullmatch(example):
        yield like(example, random)
    elif isinstance(example, str) and (found := _PREFIX.fullmatch(example)):
        yield (found[1] + plain)[:most]
    elif isinstance(example, str) and example.isdigit():
        yield "".join(random.choice("123456789") for _ in example)


def _example(maker: Maker, place: Node) -> Any:
    listed = maker.shapes.says(place, "examples")
    return listed[0] if isinstance(listed, list) and listed else maker.shapes.says(place, "example")


def like(code: str, random: Random) -> str:
    """A code of the same kind: ``BD-58204`` for ``BD-10293``."""
    head, cut, rest = code.partition("-")
    kept, rest = (head + cut, rest) if cut and rest and head.isalpha() else ("", code)
    return kept + "".join(_drawn(one, random) for one in rest)


def _drawn(sign: str, random: Random) -> str:
    return random.choice("123456789") if sign.isdigit() else random.choice(_CAPITALS) if sign.isalpha() else sign


def letters(random: Random, size: int) -> str:
    return "".join(random.choice(_LETTERS) for _ in range(size))
