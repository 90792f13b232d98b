"""RFC 6902 on one record: atomic, strict about JSON equality, its work bounded by the size of record and patch."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import jsonpatch
import jsonpointer
import orjson

from mockserver.errors import Refusal, Violation
from mockserver.messages import Json
from mockserver.values.equality import same_json
from mockserver.values.json_text import depth
from mockserver.values.pointer import steps_of
from mockserver.values.shown import quoted, shown, type_name

Directive = dict[str, Any]


def apply_patch(record: dict[str, Any], directives: list[Directive], max_bytes: int, max_depth: int) -> dict[str, Any]:
    """What ``record`` becomes. It is used up: the caller gives a copy of its own.

    Raises Refusal naming the first directive that does not work: 409 where it does not apply to this record, 400 where
    it is not well-formed or goes beyond what is taken: ``max_bytes`` copied and moved, ``max_depth`` levels.
    """
    patch = _Patch(record, max_bytes, max_bytes, max_depth)
    for index, directive in enumerate(directives):
        try:
            patch.apply(directive)
        except _TooMuch as error:
            raise _refusal(400, index, directive, str(error)) from None
        except _LIBRARY_ERRORS:
            raise _refusal(*_reason(patch.value, directive, index)) from None
    if not isinstance(patch.value, dict):
        problem = f"the record would become {_kind(patch.value)}"
        raise _refusal(409, len(directives) - 1, directives[-1], problem)
    return patch.value


def touched(directives: list[Directive]) -> frozenset[str] | None:
    """The members of the record that directives which apply are about; None where one is about the whole record."""
    names = set()
    for directive in directives:
        for member in ("from", "path") if directive["op"] == "move" else ("path",):
            if not (steps := steps_of(directive[member])):
                return None
            names.add(steps[0])
    return frozenset(names)


class _TooMuch(Exception):
    """A directive goes beyond a limit."""


class _Inapplicable(Exception):
    """A directive that does not apply, where the library would let it."""


_LIBRARY_ERRORS = (
    _Inapplicable,
    jsonpatch.JsonPatchException,
    jsonpointer.JsonPointerException,
    # The library lets these through when a path walks into a string, a number or null.
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ValueError,
)


@dataclass(slots=True)
class _Patch:
    """A document on its way; ``left`` is how many more bytes may be copied and moved."""

    value: Json
    left: int
    max_bytes: int
    max_depth: int

    def apply(self, directive: Directive) -> None:
        """Raises _TooMuch, or whatever the library raises for what does not apply."""
        if directive["op"] in ("copy", "move"):
            value = _resolve(self.value, directive["from"])
            self._spend(value)
            self._require_depth(directive["path"], value)
        elif directive["op"] in ("add", "replace"):
            self._require_depth(directive["path"], directive["value"])
        self.value = _apply(self.value, directive)

    def _spend(self, value: Json) -> None:
        """Copies can double and double, and a large value can be moved about a thousand times."""
        self.left -= len(orjson.dumps(value))
        if self.left < 0:
            raise _TooMuch(f"the patch would copy and move more than {self.max_bytes} bytes")

    def _require_depth(self, path: str, value: Json) -> None:
        if path.count("/") + depth(value, self.max_depth) > self.max_depth:
            raise _TooMuch(f"the record would nest deeper than {self.max_depth} levels")


def _apply(document: Json, directive: Directive) -> Json:
    if directive["op"] == "test":
        if not same_json(_resolve(document, directive["path"]), directive["value"]):
            raise _Inapplicable
        return document
    if _sets_a_member(document, directive):
        document[directive["path"][1:]] = directive["value"]
        return document
    if directive["op"] == "copy":  # the library cannot copy the whole document
        value = copy.deepcopy(_resolve(document, directive["from"]))
        directive = {"op": "add", "path": directive["path"], "value": value}
    return jsonpatch.JsonPatch([directive], pointer_cls=jsonpointer.JsonPointer).apply(document, in_place=True)


def _sets_a_member(document: Json, directive: Directive) -> bool:
    """Whether the value becomes a member of the document itself. PERF: most directives; the library takes 15 µs."""
    op, path = directive["op"], directive["path"]
    if op not in ("add", "replace") or path[:1] != "/" or path.count("/") != 1 or "~" in path:
        return False
    return isinstance(document, dict) and (op == "add" or path[1:] in document)


def _resolve(document: Json, path: str) -> Json:
    found = jsonpointer.JsonPointer(path).resolve(document)
    if isinstance(found, jsonpointer.EndOfList):
        raise _Inapplicable
    return found


# Why a directive does not apply, in our own words: a library's would show its insides, and whole records.


def _reason(document: Json, directive: Directive, index: int) -> tuple[int, int, Directive, str]:
    """The refusal's status, its place, and what was found: 400 for a malformed pointer, 409 for one to nowhere."""
    op = directive["op"]
    for member in ("from", "path") if op in ("copy", "move") else ("path",):
        pointer = directive[member]
        if not _is_pointer(pointer):
            return (
                400,
                index,
                directive,
                f"{member} is not a JSON Pointer (RFC 6901)",
            )
        is_target = member == "path" and op in ("add", "copy", "move")
        if missing := _missing(document, pointer, is_target=is_target):
            return 409, index, directive, missing
    if op == "test":
        found = _resolve(document, directive["path"])
        return 409, index, directive, f"found {_described(found)}, wanted {_described(directive['value'])}"
    if op == "move" and directive["path"].startswith(directive["from"]):
        return 409, index, directive, "a value cannot be moved into itself"
    return 409, index, directive, "it does not fit what is there"


def _is_pointer(text: str) -> bool:
    return (text == "" or text.startswith("/")) and "~" not in text.replace("~0", "").replace("~1", "")


def _missing(document: Json, pointer: str, *, is_target: bool) -> str | None:
    """Where ``pointer`` leaves the document; the last step of a target may be new."""
    steps = steps_of(pointer)
    value = document
    for position, step in enumerate(steps):
        place = "/".join(pointer.split("/")[: position + 1])[:80] or "the record"
        is_last = is_target and position == len(steps) - 1
        if isinstance(value, dict):
            if step not in value:
                return None if is_last else f"{place} has no member {quoted(step)}"
            value = value[step]
        elif isinstance(value, list):
            if (is_last and step == "-") or (is_last and step == str(len(value))):
                return None
            if not (step.isascii() and step.isdigit() and step == str(int(step[:9])) and int(step) < len(value)):
                return f"{place} has no element {quoted(step)}; it holds {len(value)}"
            value = value[int(step)]
        else:
            return f"{place} is {_kind(value)} and holds nothing"
    return None


def _described(value: Json) -> str:
    """A scalar as it is, cut where it is long; of the others what they are."""
    return _kind(value) if isinstance(value, dict | list) else shown(value)


def _kind(value: Json) -> str:
    name = type_name(value)
    return name if name == "null" else f"{'an' if name[0] in 'aio' else 'a'} {name}"


def _refusal(status: int, index: int, directive: Directive, why: str) -> Refusal:
    message = f"{directive['op']} {shown(directive['path'])} does not apply: {why[:300]}"
    violation = Violation("body", f"/{index}", str(directive["op"]), message)
    return Refusal(status, "The patch does not apply; nothing was changed.", violations=[violation])
