"""What an action such as ``/orders/{id}/cancel`` changes in the record it is done to (O11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from mockserver.contract.document import Node
from mockserver.contract.plan_values import NOW, TOGGLE
from mockserver.contract.samples.described_values import listed_values, states_of
from mockserver.contract.samples.states import first_state, is_state
from mockserver.contract.samples.timestamp_names import is_moment
from mockserver.contract.schema_shape import Shapes
from mockserver.inference.meaning.told_states import tells_of_copy, told_state
from mockserver.inference.reading.paths import ANY
from mockserver.inference.reading.resource_draft import InferredCollection, Reading
from mockserver.inference.vocabulary.attributes import attributes_of
from mockserver.inference.vocabulary.conflict_words import forbidden_states, refused_states
from mockserver.inference.vocabulary.verb_meanings import MEANT
from mockserver.values.name_words import flat, singular, words_of
from mockserver.values.verb_stems import stem_of, undone

_TIME = re.compile(r"(_?at|_?on|At|On)$")
"""What a member that tells when something was done ends in."""
_COUNT = re.compile(r"^(?:numberof|num|total)|(?:counts?|total)$")
_CONFLICTS = ("409", "422", "400", "403", "412")
"""By which statuses documents refuse what a record's state does not allow, the likeliest first."""
_MARKS = re.compile(r"(?:mark|set|make|flag)[-_ ]?(?:as)?[-_ ]?(?=.)", re.IGNORECASE)
"""How a verb begins that tells what becomes of a record: ``mark-as-paid``."""
_TURNS = frozenset({"toggle", "flip", "switch"})
"""Verbs that make yes of no, and no of yes."""
_TRUE = frozenset({"is", "has", "was"})
"""How the name of a truth value begins."""
_ASKS = re.compile(r"validat|check|test|preview|simulat|calculat|estimat", re.IGNORECASE)
"""How a verb begins that asks what would be, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Action:
    """``sets``: what becomes of which member (a value, ``{"now": true}`` or ``{"toggle": true}``); ``replies``: record,
    nothing or other.

    ``takes`` are the members that become what the body says of them; ``holder`` is the one member that becomes, or if
    it is a list gets, the body itself; ``counts`` are numbers of how often it was done, and by how much they change;
    ``called`` are members of the body that the record has by another name, ``decides`` those whose values stand for
    states of the record, each with the member that it decides and the state by value; ``copies``: it makes another
    record like it; ``refuses`` the values with which
    a record cannot be acted on, and ``refusal`` the status that says so (0: none is declared).
    """

    sets: Mapping[str, Any] = field(default_factory=dict)
    replies: str = "other"
    why: str = ""
    takes: tuple[str, ...] = ()
    holder: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    decides: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    refuses: Mapping[str, list[Any]] = field(default_factory=dict)
    refusal: int = 0
    copies: bool = False

    @property
    def words(self) -> dict[str, Any]:
        """What a plan says of it."""
        return {"set": self.sets, "replies": self.replies, "takes": self.takes, "holder": self.holder,
                "counts": self.counts, "called": self.called, "decides": self.decides,
                "refuses": self.refuses, "refusal": self.refusal, "copies": self.copies}  # fmt: skip


def read_action(shapes: Shapes, reading: Reading, above: InferredCollection) -> Action:
    """The action of the path's last fixed segment on a record of ``above``."""
    verb = reading.entry.path.last_fixed if reading.entry.path.key[-1] != ANY else ""
    replies = _replies(shapes, reading, above)
    if (attributes := attributes_of(shapes, above.record)) is not None:  # what it changes stands there
        above = replace(above, record=attributes, identity=())
    sets, why = sets_of(shapes, above, verb, by_meaning=reading.entry.path.key[-2:-1] == (ANY,))
    if not sets and reading.entry.method == "post" and (state := told_state(shapes, reading, above)):
        sets, why = dict([state]), f"its words say that '{state[0]}' becomes '{state[1]}'"
    if reading.entry.method == "delete" and sets and all(one is True or one == NOW for one in sets.values()):
        sets = {name: False if one is True else None for name, one in sets.items()}
        why = f"DELETE takes {', '.join(map(repr, sets))} back"
    counts = _counts(shapes, above, verb, -1 if reading.entry.method == "delete" else 1)
    asks = _ASKS.match(verb) is not None
    takes, holder = () if asks else _taken(shapes, reading, above, verb), ""
    if takes and not sets:
        why = f"the body sets {', '.join(map(repr, takes))}"
    elif not sets and not asks and (holder := _holder(shapes, reading, above, verb)):
        why = f"the body replaces, or is added to, '{holder}'"
    answers = {"record": "the record", "nothing": "nothing", "other": "a schema of its own"}
    called = {} if asks else _called(shapes, reading, above, verb)
    decides = {} if asks or sets else _decides(shapes, reading, above)
    if decides and not takes and not holder:
        why = f"the body's {', '.join(map(repr, decides))} decides its state"
    refuses, refusal = _refuses(shapes, reading, above, sets)
    for member, states in decides.values():
        refuses, refusal = ({member: [*states.values()]}, 409) if "409" in reading.replies else ({}, 0)
    copies = replies == "record" and not sets and not takes and not holder and tells_of_copy(reading, verb)
    why = f"{'it makes a copy of the record' if copies else why}; it answers {answers[replies]}"
    return Action(sets, replies, why, takes, holder, counts, called, decides, refuses, refusal, copies)


def _decides(shapes: Shapes, reading: Reading, above: InferredCollection) -> dict[str, tuple[str, dict[str, str]]]:
    """The member of the body each of whose values is a state of the record: ``decision: approve`` is ``approved``."""
    if reading.body is None or above.record is None or reading.entry.method == "delete":
        return {}
    own = shapes.properties(above.record)
    states = {name: listed_values(shapes, name, node) for name, node in own.items() if is_state(name)}
    for name, node in shapes.properties(reading.body).items():
        said = listed_values(shapes, name, node) if name not in own else []
        for member, options in states.items():
            stems = {stem_of(one): one for one in options}
            if said and all(stem_of(one) in stems for one in said):
                return {name: (member, {one: stems[stem_of(one)] for one in said})}
    return {}


def _called(shapes: Shapes, reading: Reading, above: InferredCollection, verb: str) -> dict[str, str]:
    """What the body says of the deed, and the record by a name with it: the ``reason`` that is its ``cancelReason``."""
    if reading.body is None or above.record is None or not verb:
        return {}
    sent = {flat(name): name for name in shapes.properties(reading.body)}
    named = ((words_of(name), name) for name in shapes.properties(above.record))
    led = ((words[0], "".join(words[1:]), name) for words, name in named if len(words) > 1)
    return {sent[rest]: name for first, rest, name in led if rest in sent and stem_of(first) == stem_of(verb)}


def _refuses(
    shapes: Shapes, reading: Reading, above: InferredCollection, sets: Mapping[str, Any]
) -> tuple[dict[str, list[Any]], int]:
    """The values of the member that the action sets with which it is refused, and by which declared status."""
    name, value = next(iter(sets.items()), ("", None))
    is_state = any(isinstance(one, str | bool) for one in sets.values())
    if not is_state and above.record is not None and "409" in reading.replies:
        name, values = forbidden_states(reading.replies["409"].description, states_of(shapes, above.record))
        return ({name: values}, 409) if name else ({}, 0)
    if not isinstance(value, str | bool) or above.record is None:
        return {}, 0
    member, node = shapes.properties(above.record)[name], reading.entry.node
    states = listed_values(shapes, name, member) if isinstance(value, str) else []
    own = [str(node.child(word).value or "") for word in ("summary", "description")]
    for status in _CONFLICTS:
        if (said := reading.replies.get(status)) is not None:
            refused = [value] if isinstance(value, bool) else refused_states([*own, said.description], states, value)
            if status == "409" or len(refused) > 1:
                return {name: refused}, int(status)
    return {}, 0


def _taken(shapes: Shapes, reading: Reading, above: InferredCollection, verb: str) -> tuple[str, ...]:
    """The members of the record that the body says anew: by a PUT or PATCH, or where the path names one of them."""
    if reading.body is None or above.record is None:
        return ()
    own = shapes.properties(above.record)
    said = [name for name in shapes.properties(reading.body) if name in own and (name,) != above.identity]
    is_change = reading.entry.method in ("put", "patch") or any(flat(name) in flat(verb) for name in said)
    return tuple(said) if is_change else ()


def _holder(shapes: Shapes, reading: Reading, above: InferredCollection, verb: str) -> str:
    """The object or list of the record that the path names, and whose members the body has: ``/orders/{id}/items``."""
    if reading.body is None or above.record is None or reading.entry.method == "delete":
        return ""
    sent = set(shapes.properties(reading.body))
    for name, place in shapes.properties(above.record).items():
        if singular(flat(name)) not in {singular(flat(verb)), singular(flat(verb)).removeprefix("add")}:
            continue
        kind = shapes.type(place)
        held = shapes.items(place) if kind == "array" else place if kind == "object" else None
        if held is not None and sent & set(shapes.properties(held)):
            return name
    return ""


def _replies(shapes: Shapes, reading: Reading, above: InferredCollection) -> str:
    if reading.success.media is None:
        return "nothing"
    if reading.record is None or above.record is None:
        return "other"
    if above.schema is not None and shapes.name(reading.record.schema) == above.schema:
        return "record"
    mine, theirs = set(shapes.properties(reading.record.schema)), set(shapes.properties(above.record))
    is_same = bool(mine) and len(mine & theirs) >= 0.8 * max(len(mine), len(theirs))
    is_part = above.identity[:1] and above.identity[0] in mine and mine <= theirs
    return "record" if is_same or is_part else "other"


def sets_of(
    shapes: Shapes, above: InferredCollection, verb: str, *, by_meaning: bool = False
) -> tuple[dict[str, Any], str]:
    """What a verb makes of which member of a record of ``above``, and the rule; nothing where no member tells.

    ``by_meaning``: also a state that is not called like the verb.
    """
    if above.record is None or not verb:
        return {}, "nothing says what it changes"
    members = shapes.properties(above.record)
    if (turned := _toggled(shapes, members, verb)) is not None:
        return {turned: TOGGLE}, f"'{verb}' turns '{turned}' over"
    words = [word for word in dict.fromkeys((verb, _MARKS.sub("", verb, count=1))) if len(stem_of(word)) > 2]
    marked = next((one for word in words if (one := _marked(shapes, members, word))), None)
    state = next((found for word in words if (found := _state(shapes, members, word))), None)
    if by_meaning and state is None and (marked is None or NOW in marked[0].values()):
        state = next((found for word in words if (found := _meant(shapes, members, word))), None)
        if state is not None and marked is not None:
            return {**dict([state]), **marked[0]}, f"'{verb}' makes '{state[0]}' '{state[1]}', {marked[1]}"
    if by_meaning and state is None:
        marked = _by_meaning(shapes, members, words, marked)
    if state is not None:
        times, sets = next((one for word in words if (one := _marked(shapes, members, word, beside=True))), ({}, ""))
        return {**dict([state]), **times}, f"'{verb}' makes '{state[0]}' '{state[1]}'{sets and f', {sets}'}"
    if marked is not None:
        return marked[0], f"'{verb}' {marked[1]}"
    return {}, f"nothing says what '{verb}' changes"


def _by_meaning(shapes: Shapes, members: Mapping[str, Node], words: list[str], marked: _Marked) -> _Marked:
    """What is marked by what a verb means, and the time beside: ``complete`` is ``done``, ``stop`` has an ``end``."""
    alike = [one for word in words for one in MEANT.get(stem_of(word), ())]
    marked = marked or next((one for word in alike if (one := _marked(shapes, members, word))), None)
    times = next((one[0] for word in alike if (one := _marked(shapes, members, f"{word}ed", beside=True))), {})
    return None if marked is None else ({**marked[0], **times}, marked[1])


def _toggled(shapes: Shapes, members: Mapping[str, Node], verb: str) -> str | None:
    """The truth value that ``toggle`` is about: the one that is named, as by ``toggle-complete``, or the only one."""
    first, *rest = [one.lower() for one in words_of(verb)] or [""]
    truths = [] if first not in _TURNS else [name for name, node in members.items() if shapes.type(node) == "boolean"]
    stem = stem_of("-".join(rest)) if rest else ""
    named = (name for name in truths if stem in (_stem_of_mark(name), *undone(_stem_of_mark(name))))
    return next(named, None) if stem else truths[0] if len(truths) == 1 else None


def _state(shapes: Shapes, members: Mapping[str, Node], verb: str) -> tuple[str, str] | None:
    """The member one of whose values is called like the verb, and that value; ``deactivate``: ``inactive``."""
    states = [(name, option) for name, node in members.items() for option in listed_values(shapes, name, node)]
    stem = stem_of(verb)
    for wanted in (stem, *(f"in{one}" for one in undone(stem))):
        if found := next(((name, option) for name, option in states if stem_of(option) == wanted), None):
            return found
    return None


def _meant(shapes: Shapes, members: Mapping[str, Node], verb: str) -> tuple[str, str] | None:
    """The state that a verb leads to without being called like it: what it means, or where what it undoes began."""
    stem = stem_of(verb)
    for name, node in members.items():
        options = listed_values(shapes, name, node) if is_state(name) else []
        by_stem = {stem_of(one): one for one in options}
        if found := next((by_stem[one] for one in MEANT.get(stem, ()) if one in by_stem), None):
            return name, found
        if left := next((by_stem[one] for one in undone(stem) if one in by_stem), None):
            return name, str(first_state([one for one in options if one != left] or options))
    return None


_Marked: TypeAlias = tuple[dict[str, Any], str] | None


def _marked(shapes: Shapes, members: Mapping[str, Node], verb: str, *, beside: bool = False) -> _Marked:
    """The member that is called like the verb, or like what the verb undoes: a truth value, or a time.

    ``beside`` a state that the verb sets, only the time when it was done.
    """
    stem = stem_of(verb)
    named = {name: _stem_of_mark(name) for name in members}
    sets: dict[str, Any] = {}
    for name in (name for name, own in named.items() if own == stem):
        form = shapes.says(members[name], "format")
        is_text = form is None and shapes.type(members[name]) == "string" and _TIME.search(name) and is_moment(name)
        if shapes.type(members[name]) == "boolean" and not beside and True not in sets.values():
            sets[name] = True
        elif ((form in ("date-time", "date") and flat(name) != flat(verb)) or is_text) and NOW not in sets.values():
            sets[name] = NOW  # `checkIn` is planned
    if sets:
        return sets, "sets " + " and ".join(f"'{name}'{' to now' * (one == NOW)}" for name, one in sets.items())
    for name in (name for name, own in named.items() if own in undone(stem) or stem in undone(own)):
        if shapes.type(members[name]) == "boolean" and not beside:
            return {name: False}, f"takes '{name}' back"
    return None


def _stem_of_mark(name: str) -> str:
    words = words_of(_TIME.sub("", name))
    return stem_of("-".join(words[1:] if len(words) > 1 and words[0] in _TRUE else words))


def _counts(shapes: Shapes, above: InferredCollection, verb: str, by: int) -> dict[str, int]:
    """The numbers that say how often it was done, or what it takes back: ``favorite`` ``favoritesCount``, ``likes``."""
    stem, found = stem_of(verb), {}
    for name, node in shapes.properties(above.record).items() if above.record is not None and len(stem) > 2 else ():
        own = stem_of(_COUNT.sub("", flat(name)))
        is_of_verb = (own == stem or own in undone(stem)) and flat(name) != flat(verb)
        if shapes.type(node) in ("integer", "number") and is_of_verb:
            found[name] = by if own == stem else -by
    return found
