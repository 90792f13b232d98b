"""YAML as every file of ours is read: the words of YAML 1.2, JSON's values, no key twice, and the place of each value.

Built on PyYAML's events, so that it reads the same with libyaml and, slower, without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from mockserver.values.pointer import ancestors, pointer_to
from mockserver.values.yaml_faults import BadYaml, Position, YamlFault, decoded, place, problem_of
from mockserver.values.yaml_words import is_collection, plain_scalar, tagged

MAX_DEPTH = 200
"""How deep collections may nest."""
MAX_NODES = 20_000_000
"""How many values a text may stand for, once each alias is written out."""
MAX_PROBLEMS = 50
_NOT_YET: Final = object()
_UNKNOWN: Final = object()


def read_yaml(text: bytes) -> Any:
    """The value of YAML ``text``; None of one that holds nothing. Raises BadYaml.

    ``true``, ``null``, ``12`` and ``1.5`` are what JSON knows; ``NO``, ``on``, ``007``, ``0x1F``, ``12:30``, ``.inf``
    and ``2024-02-29`` are strings, and so is each key, as it is written. ``<<`` merges. An alias is the very value
    that it names: what is read is not to be changed in place.
    """
    return _EventsReading(text).value()


def place_of(text: bytes, pointer: str) -> Position | None:
    """Where the value at ``pointer`` stands; that of the nearest one above it if there is none."""
    return places_of(text, [pointer]).get(pointer)


def places_of(text: bytes, pointers: Iterable[str]) -> dict[str, Position]:
    """Where the values at ``pointers`` stand, each or the nearest one above it; nothing of a text that is broken.

    Reads the text anew: for messages, which are rare.
    """
    lines_of = {pointer: [*ancestors(pointer)] for pointer in pointers}
    reading = _EventsReading(text, wanted=frozenset(one for line in lines_of.values() for one in line))
    try:
        reading.value()
    except BadYaml:
        return {}
    found = {
        at: next((reading.places[one] for one in line if one in reading.places), None) for at, line in lines_of.items()
    }
    return {pointer: place for pointer, place in found.items() if place is not None}


@dataclass(slots=True)
class _Open:
    """A collection that is being read: for an object the key that waits for its value, and where each key stood."""

    value: Any
    anchor: str | None
    count: int
    key: str | None = None
    key_mark: Any = None
    merges: bool = False
    seen: dict[str, Any] = field(default_factory=dict)
    merged: list[tuple[Any, Any]] = field(default_factory=list)


class _EventsReading:
    """One pass over a text's events."""

    def __init__(self, text: bytes, wanted: frozenset[str] = frozenset()) -> None:
        self._text = text
        self._wanted = wanted
        self._faults: list[YamlFault] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0
        self._root: Any = None
        self._documents = 0
        self.places: dict[str, Position] = {}

    def value(self) -> Any:
        import yaml  # PERF: 30 ms, and only the one who reads YAML pays them

        parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(decoded(self._text))
        take = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._object,
            yaml.SequenceStartEvent: self._array,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        try:
            while (event := parser.get_event()) is not None:
                if step := take.get(type(event)):
                    step(event)
        except yaml.MarkedYAMLError as error:
            self._add(error.problem_mark or error.context_mark, problem_of(error), "correct it")
        except yaml.YAMLError as error:
            raise BadYaml([*self._faults, YamlFault("", Position(1, 1), problem_of(error), "correct it")]) from None
        finally:
            parser.dispose()
        if self._faults:
            raise BadYaml(self._faults)
        return self._root

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(event.start_mark, "a second document begins", "keep one document in a file")

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        top = self._open[-1] if self._open else None
        if top is not None and type(top.value) is dict and top.key is None:
            if event.anchor is not None:
                self._anchors[event.anchor] = (event.value, 1)
            self._name(top, event.value, mark, merges=event.value == "<<" and event.implicit[0])
            return
        self._add_value(self._word(event), mark, event.anchor, 1)

    def _name(self, top: _Open, name: str, mark: Any, *, merges: bool = False) -> None:
        top.merges = merges
        if name in top.seen and not merges:
            first = place(top.seen[name]).line
            top.key = name
            self._add(mark, f"the key {name[:80]} is given twice, first on line {first}", "keep one of them")
        top.seen[name] = top.key_mark = mark
        top.key = name

    def _object(self, event: Any) -> None:
        self._begin({}, event)

    def _array(self, event: Any) -> None:
        self._begin([], event)

    def _begin(self, value: Any, event: Any) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and type(top.value) is dict and top.key is None:
            self._stop(event.start_mark, "a collection is used as a key", "write a string before the colon")
        if len(self._open) >= MAX_DEPTH:
            fault = YamlFault("", place(event.start_mark), f"nested more than {MAX_DEPTH} levels deep", "nest less")
            raise BadYaml([*self._faults, fault])
        if not is_collection(event.tag):
            self._add(event.start_mark, f"the tag {event.tag[:80]} means nothing here", "leave it out")
        if event.anchor is not None:
            self._anchors[event.anchor] = (_NOT_YET, 0)
        self._note(event.start_mark)
        self._open.append(_Open(value, event.anchor, self._count))

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        if done.merged:
            self._merge(done)
        size = self._count - done.count + 1
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.value, size)
        self._put(done.value, event.start_mark)
        self._spend(1, event.start_mark)

    def _alias(self, event: Any) -> None:
        value, size = self._anchors.get(event.anchor, (_UNKNOWN, 0))
        if value is _UNKNOWN:
            self._stop(event.start_mark, f"the alias {event.anchor[:80]} names nothing above it", "correct its name")
        if value is _NOT_YET:
            self._stop(event.start_mark, "an alias refers to a value that contains it", "write the value out")
        top = self._open[-1]
        if type(top.value) is dict and top.key is None:
            if not isinstance(value, str):
                self._stop(event.start_mark, "an alias is used as a key", "write a string before the colon")
            self._name(top, value, event.start_mark)
            return
        self._add_value(value, event.start_mark, None, size)

    def _add_value(self, value: Any, mark: Any, anchor: str | None, size: int) -> None:
        self._note(mark)
        if anchor is not None:
            self._anchors[anchor] = (value, 1)
        self._put(value, mark)
        self._spend(size, mark)

    def _put(self, value: Any, mark: Any) -> None:
        if not self._open:
            self._root = value
            return
        top = self._open[-1]
        if type(top.value) is list:
            top.value.append(value)
            return
        name, top.key = top.key, None
        if top.merges:
            top.merged.append((value, mark))
        else:
            top.value[name] = value

    def _merge(self, done: _Open) -> None:
        """Put the members of what is merged before its own, which win; of two merged the first wins."""
        own = dict(done.value)
        done.value.clear()
        for value, mark in done.merged:
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    done.value.update({name: member for name, member in one.items() if name not in done.value})
                    self._spend(len(one), mark)
                else:
                    self._add(mark, "<< takes a mapping, or a list of mappings", "give one, such as <<: *common")
        done.value.update(own)

    def _spend(self, size: int, mark: Any) -> None:
        self._count += size
        if self._count > MAX_NODES:
            self._stop(mark, f"stands for more than {MAX_NODES} values", "use fewer aliases of aliases")

    def _word(self, event: Any) -> Any:
        try:
            if event.tag is not None:
                return tagged(event.tag, event.value)
            return plain_scalar(event.value) if event.implicit[0] else event.value
        except ValueError as error:
            self._add(event.start_mark, str(error), "put it in quotes, or correct it")
            return event.value

    def _note(self, mark: Any) -> None:
        """Keep the place of a value that was asked for; of a member, the place of its key."""
        if self._wanted and (pointer := self._pointer()) in self._wanted and pointer not in self.places:
            top = self._open[-1] if self._open else None
            self.places[pointer] = place(top.key_mark if top and top.key is not None else mark)

    def _pointer(self) -> str:
        steps = (str(len(one.value)) if type(one.value) is list else one.key for one in self._open)
        return pointer_to(*(step for step in steps if step is not None))

    def _add(self, mark: Any, problem: str, remedy: str) -> None:
        self._faults.append(YamlFault(self._pointer(), place(mark), problem, remedy))
        if len(self._faults) >= MAX_PROBLEMS:
            raise BadYaml(self._faults)

    def _stop(self, mark: Any, problem: str, remedy: str) -> None:
        self._add(mark, problem, remedy)
        raise BadYaml(self._faults)
