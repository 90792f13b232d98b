"""Bodies and parameters of any document that are wrong in one place each: both readers of schemas forbid them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conformance.bodies.bounds import FORMATS, INTEGERS_BEYOND, LONGEST, in_another_case
from mockserver.conformance.inferred.inferred_contents import deep_members, media_of
from mockserver.conformance.inferred.inferred_forms import as_read, is_form, is_sayable
from mockserver.conformance.inferred.inferred_requests import InferredRequests
from mockserver.conformance.inferred.inferred_writing import text_of
from mockserver.contract import Operation
from mockserver.contract.document import Node
from mockserver.contract.plan import PlannedParameter
from mockserver.values.absent import ABSENT

DEEPEST = 3
OTHERS: Mapping[str, tuple[tuple[str, Any], ...]] = {
    "string": (("a number", 4_711), ("a list", ["text"])),
    "number": (("a text", "text"), ("a number as text", "4711")),
    "integer": (("a text", "text"), ("a number as text", "4711"), ("a fraction", 1.5)),
    "boolean": (("true as text", "true"), ("a number", 1)),
    "array": (("one text alone", "text"), ("an object", {})),
    "object": (("a text", "text"), ("a list", [])),
}
"""By type, values of others that lenient readers take for one of it."""
LENIENT = ("is a number as text", "is true as text", "is one text alone", "is a number", "is a fraction", "is null")
"""Of these, what many a reader converts, or takes for nothing: the document's type is kept by what is stored."""


SHAPES = ("is a list", "is an object")
"""Of these, what a form tells by the brackets of a name alone."""


def is_lenient(what: str, good: Any, sent: Any, found: Any) -> bool:
    """Whether to take a body that ``what`` describes may be a reader's leniency: the document forbids none.

    It is where a null is ``found`` filled in, or the member may be missing; ``good`` is what was valid before.
    """
    return what.endswith(LENIENT) and not (what.endswith("is null") and _is_kept(good, sent, found))


def _is_kept(good: Any, sent: Any, found: Any) -> bool:
    """Whether a null that was sent in the place of something good is found there."""
    if sent is None:
        return good is not None and found is None
    if isinstance(sent, dict) and isinstance(good, dict):
        holder = found if isinstance(found, dict) else {}
        return any(_is_kept(good.get(name), one, holder.get(name, ABSENT)) for name, one in sent.items())
    if isinstance(sent, list) and isinstance(good, list) and isinstance(found, list):
        return any(map(_is_kept, good, sent, found))
    return False


class InferredViolations:
    """Makes requests that a document forbids."""

    def __init__(self, asking: InferredRequests) -> None:
        self._asking = asking
        self._maker = asking.maker

    def bodies(self, operation: Operation, body: Any, *, formats: bool) -> Iterator[tuple[str, Any]]:
        """``body`` spoilt: what is wrong, and the body. ``formats``: texts that are not of their format, else all else.

        Different constraints come before more of a kind.
        """
        schema = self._asking.schema(operation)
        tried = self._spoilt(schema, body, formats=formats)
        if is_form(media_of(operation)):  # what brackets in a name make is for the reader of the form to say
            tried = (one for one in tried if not one[0].endswith(SHAPES))
        found = [one for one in tried if self._is_wrong(operation, schema, one[1])]
        rounds: dict[str, int] = {}
        ranked = []
        for place, (what, spoilt) in enumerate(found):
            word = what.rpartition(" is ")[2]
            rounds[word] = rounds.get(word, 0) + 1
            ranked.append((rounds[word], place, what, spoilt))
        yield from ((what, spoilt) for _, _, what, spoilt in sorted(ranked, key=lambda one: one[:2]))

    def _is_wrong(self, operation: Operation, schema: Node, body: Any) -> bool:
        """Whether the schema forbids ``body`` as it is read: in a form, a number and its text are the same."""
        if not is_form(media_of(operation)) or not isinstance(body, dict):
            return self._is_forbidden(schema, body)
        deep = deep_members(self._asking.session.plan.contract.document, operation)
        return is_sayable(body) and self._is_forbidden(schema, as_read(self._maker, schema, body, deep))

    def _is_forbidden(self, schema: Node, value: Any) -> bool:
        return not self._asking.accepts(schema, value) and not self._maker.allows(schema, value)

    def _spoilt(self, node: Node, value: Any, *, formats: bool, depth: int = 0) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            yield from () if formats else self._members(node, value, is_inner=depth > 0)
            read_only = self._asking.read_only(node)
            for name, inner in self._maker.shapes.properties(node).items():
                if name in value and name not in read_only:
                    for what, spoilt in self._spoilt(inner, value[name], formats=formats, depth=depth + 1):
                        yield _within(name, what), {**value, name: spoilt}
        if not depth:
            return
        yield from self._of_format(node) if formats else self._scalars(node)
        shape = self._maker.shapes.shape(node)
        if isinstance(value, list) and value and shape.items is not None and depth < DEEPEST:
            yield from () if formats else _lists(shape.words, value)
            for what, spoilt in self._spoilt(shape.items, value[-1], formats=formats, depth=depth + 1):
                yield f"in whose list an item {what}", [*value[:-1], spoilt]

    def _members(self, node: Node, value: dict[str, Any], *, is_inner: bool) -> Iterator[tuple[str, Any]]:
        """Members that are missing (of the whole body another check asks) or none of the object's."""
        shape = self._maker.shapes.shape(node)
        needed = shape.required.keys() & value.keys() - self._asking.read_only(node) if is_inner else ()
        for name in sorted(needed):
            yield f"without {name} in it", {one: each for one, each in value.items() if one != name}
        if shape.closed:
            yield "with an unknown member", {**value, "no_such_member": 1}

    def _of_format(self, node: Node) -> Iterator[tuple[str, Any]]:
        named = self._maker.shapes.says(node, "format")
        if named in FORMATS:
            yield f"is no {named}", FORMATS[named]
        if named in INTEGERS_BEYOND:
            yield from ((f"is beyond {named}", one) for one in INTEGERS_BEYOND[named])

    def _scalars(self, node: Node) -> Iterator[tuple[str, Any]]:
        shapes = self._maker.shapes
        yield from self._limits(node)
        yield from _past(shapes.shape(node).words)
        for other, value in OTHERS.get(shapes.type(node) or "", ()):
            yield f"is {other}", value
        yield "is null", None

    def _limits(self, node: Node) -> Iterator[tuple[str, Any]]:
        """Texts outside the limits of the schema."""
        words = self._maker.shapes.shape(node).words
        if known := words.get("enum") or self._maker.shapes.says(node, "enum"):
            yield "is outside its enum", "no-such-word"
            yield from (("is in a different case from its enum", one) for one in in_another_case(known))
        if 0 < (length := _whole(words.get("maxLength"))) < LONGEST:
            yield "is a character too long", "x" * (length + 1)
        if length := _whole(words.get("minLength")):
            yield "is a character too short", "x" * (length - 1)
        if words.get("pattern"):
            yield "is against its pattern", "s\u00f6me/thing else"

    def parameters(self, operation: Operation, *, formats: bool) -> Iterator[tuple[str, Mapping[str, str], str]]:
        """Query parameters spoilt: what is wrong, those to send, and the name of one to leave out.

        ``formats``: texts that are not of their format, else all else.
        But for credentials: who shows another one is let in, as the document may have it.
        """
        assert operation.plan
        credentials = {(one.location, one.name) for ways in operation.plan.needs for one in ways}
        for one in operation.plan.parameters:
            if one.location not in ("query", "header") or (one.location, one.name) in credentials:
                continue
            if one.required and not one.may_be_empty and not formats:
                yield f"without the {one.location} parameter {one.name}", {}, one.name
            if one.location == "query":
                for what, text in self._texts(one, formats=formats):
                    yield f"whose parameter {one.name} {what}", {one.name: text}, one.name

    def _texts(self, one: PlannedParameter, *, formats: bool) -> Iterator[tuple[str, str]]:
        shapes, node = self._maker.shapes, one.schema
        if shapes.type(node) == "array" and (items := shapes.items(node)) is not None:
            node = items
        kind = shapes.type(node)
        if kind not in ("string", "integer", "number", "boolean"):
            return
        if formats:
            wrong = self._of_format(node)
            yield from ((what, text_of(value)) for what, value in wrong if self._is_forbidden(node, value))
            return
        tried = [*self._limits(node)] if kind == "string" or "enum" in shapes.shape(node).words else []
        tried += [] if kind == "string" else [(f"is no {kind}", "text"), *_past(shapes.shape(node).words)]
        texts = ((what, text_of(value)) for what, value in tried if self._is_forbidden(node, value))
        may_be_null = shapes.takes_null(node) or shapes.takes_null(one.schema)  # what has no value may mean that
        yield from ((what, text) for what, text in texts if text or not may_be_null)


def _past(words: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Numbers outside their bounds; those of a format are not constraints that the document names."""
    named = str(words.get("format", ""))
    beyond = INTEGERS_BEYOND.get(named, ())
    for word, step in (("minimum", -1), ("maximum", 1)):
        if isinstance(words.get(word), int | float) and words[word] + step not in beyond:
            yield f"is past its {word}", words[word] + step
    for word in ("exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(words.get(word), int | float) and not isinstance(words[word], bool):
            yield f"is at its {word}", words[word]
    multiple, least = words.get("multipleOf"), words.get("minimum", 0)
    if isinstance(multiple, int | float) and multiple == int(multiple) > 1 and isinstance(least, int | float):
        yield "is between two multiples", int(-(-least // multiple) * multiple) + 1  # a fraction might be rounded


def _whole(value: Any) -> int:
    return value if type(value) is int else 0


def _within(name: str, what: str) -> str:
    """What is wrong, told with the member that it is in."""
    if what.startswith(("is ", "has ")):
        return f"whose {name} {what}"
    return what if what.startswith("in ") else f"with a {name} {what}"


def _lists(words: Mapping[str, Any], value: list[Any]) -> Iterator[tuple[str, Any]]:
    if 0 < (most := _whole(words.get("maxItems"))) < LONGEST:
        yield "has an item too many", [value[0]] * (most + 1)
    if least := _whole(words.get("minItems")):
        yield "has an item too few", value[: least - 1]
    if words.get("uniqueItems"):
        yield "has one item twice", [value[0], value[0]]
