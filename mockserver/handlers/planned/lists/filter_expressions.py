"""``$filter=Price gt 5 and contains(Name,'tea')`` (OData 4.01, 5.1.1): the records that an expression is true of."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, TypeAlias

from mockserver.errors import Refusal, Violation
from mockserver.handlers.planned.lists.selectors import Test
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json
from mockserver.values.members import value_at
from mockserver.values.shown import quoted

FILTER = "$filter"
"""The parameter's name."""
DEEPEST = 50
"""How many brackets, negations and functions may stand within each other."""
Value: TypeAlias = Callable[[Any], Json]
"""What a part of the expression is for the content of a record."""
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[^\s'(),:]+:(?!\d)|[^\s'(),]+|[(),])")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_WORDS: Mapping[str, Json] = {"true": True, "false": False, "null": None}
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: Mapping[str, Callable[..., Json]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
    "substringof": lambda part, text: part in text,
    "tolower": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "length": len,
    "concat": lambda one, other: one + other,
}
"""Functions of texts; of what is no text each is null."""
_QUANTIFIERS: Mapping[str, Callable[[Iterable[bool]], bool]] = {"any": any, "all": all}
"""Of how many items of a list an expression has to be true."""
_ARITY: Mapping[str, int] = {"tolower": 1, "toupper": 1, "trim": 1, "length": 1}


def met_expressions(scope: Scope, asked: Mapping[str, Json]) -> list[Test]:
    """What the parameter asks for, if it is there. Raises Refusal(400): it cannot be read."""
    text = asked.get(FILTER)
    if not isinstance(text, str) or not text.strip():
        return []
    shapes, record = scope.call.tools.maker.shapes, scope.model.record
    return [_Expression(text, frozenset(shapes.properties(record)) if record is not None else frozenset()).test()]


class _Expression:
    """Reads one expression over records that have ``members``; any, where none are told."""

    def __init__(self, text: str, members: frozenset[str]) -> None:
        self._tokens = self._split(text)
        self._members = members
        self._next = self._depth = 0
        self._items: list[str] = []

    def test(self) -> Test:
        whole = self._either()
        if self._next < len(self._tokens):
            self._refuse(f"has {quoted(self._tokens[self._next])} where an operator or the end is wanted")
        return lambda data: whole(data) is True

    def _split(self, text: str) -> list[str]:
        found, end = [], 0
        while text[end:].strip():
            if (token := _TOKEN.match(text, end)) is None:
                self._refuse(f"has a string that is not closed: {quoted(text[end:].strip())}")
            found.append(token[1])
            end = token.end()
        return found

    def _either(self) -> Value:
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda data: any(part(data) is True for part in parts)

    def _both(self) -> Value:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda data: all(part(data) is True for part in parts)

    def _one(self) -> Value:
        with self._deeper():
            if self._takes("not"):
                inner = self._one()
                return lambda data: inner(data) is False
            if self._takes("("):
                inner = self._either()
                self._require(")")
                return inner
            return self._comparison()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(f"nests more than {DEEPEST} brackets, negations and functions")
        yield
        self._depth -= 1

    def _comparison(self) -> Value:
        left = self._operand()
        word = self._tokens[self._next] if self._next < len(self._tokens) else ""
        if word in ("eq", "ne"):
            self._next += 1
            right, is_wanted = self._operand(), word == "eq"
            return lambda data: _same(left(data), right(data)) == is_wanted
        if word in _ORDERS:
            self._next += 1
            order, right = _ORDERS[word], self._operand()
            return lambda data: _compared(order, left(data), right(data))
        if word == "in":
            self._next += 1
            self._require("(")
            options = self._arguments()
            return lambda data: any(_same(left(data), one(data)) for one in options)
        return left

    def _operand(self) -> Value:
        token = self._tokens[self._next] if self._next < len(self._tokens) else ""
        self._next += 1
        if token in ("", ")", "(", ","):
            self._refuse(f"has {quoted(token) if token else 'an end'} where a member or a value is wanted")
        if token.startswith("'"):
            text = token[1:-1].replace("''", "'")
            return lambda _: text
        if self._takes("("):
            member, _, word = token.rpartition("/")
            return self._of_items(member, word) if member and word in _QUANTIFIERS else self._function(token)
        if token in _WORDS:
            word = _WORDS[token]
            return lambda _: word
        if _NUMBER.fullmatch(token):
            number = float(token) if re.search("[.eE]", token) else int(token)
            return lambda _: number
        return self._member(token)

    def _member(self, token: str) -> Value:
        steps = tuple(token.split("/"))
        if token[0].isdigit():  # a date or a UUID is written without quotation marks
            return lambda _: token
        if self._members and steps[0] not in self._members and steps[0] not in self._items:
            self._refuse(
                f"names {quoted(steps[0])}, which is not a member: use {', '.join(sorted(self._members)[:10])}"
            )
        return lambda data: value_at(data, steps)

    def _of_items(self, member: str, word: str) -> Value:
        """``Lines/any(l: l/Price gt 5)``: whether that is true of an item, or of all; ``any()``: if there is one."""
        listed = self._member(member)
        if word == "any" and self._takes(")"):
            return lambda data: bool(listed(data))
        name = self._tokens[self._next] if self._next < len(self._tokens) else ""
        self._next += 1
        if not name.endswith(":"):
            self._refuse(f"has {quoted(name)} where the name of an item and a colon are wanted")
        item = name[:-1]
        self._items.append(item)
        inner = self._deep_either()
        self._items.pop()
        self._require(")")
        is_met = _QUANTIFIERS[word]
        return lambda data: is_met(inner({**data, item: one}) is True for one in _listed(listed(data)))

    def _deep_either(self) -> Value:
        with self._deeper():
            return self._either()

    def _function(self, name: str) -> Value:
        with self._deeper():
            arguments = self._arguments()
        if name not in _FUNCTIONS or len(arguments) != _ARITY.get(name, 2):
            self._refuse(f"has {quoted(name)} with {len(arguments)} arguments: use {', '.join(_FUNCTIONS)}")
        does = _FUNCTIONS[name]

        def value(data: Any) -> Json:
            given = [one(data) for one in arguments]
            return does(*given) if all(isinstance(one, str) for one in given) else None

        return value

    def _arguments(self) -> list[Value]:
        found = [self._operand()]
        while self._takes(","):
            found.append(self._operand())
        self._require(")")
        return found

    def _takes(self, word: str) -> bool:
        is_next = self._tokens[self._next : self._next + 1] == [word]
        self._next += is_next
        return is_next

    def _require(self, word: str) -> None:
        if not self._takes(word):
            self._refuse(f"lacks {quoted(word)}")

    @staticmethod
    def _refuse(message: str) -> NoReturn:
        violation = Violation("query", f"/{FILTER}", "filter", message)
        raise Refusal(400, "The request breaks the contract.", violations=[violation])


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _same(one: Json, other: Json) -> bool:
    """Whether two values are equal; true is no number."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _compared(order: Callable[[Any, Any], bool], one: Json, other: Json) -> bool:
    """Whether two numbers, or two texts, are in that order; nothing else has one."""
    kinds = ((int, float), str)
    is_like = any(isinstance(one, kind) and isinstance(other, kind) for kind in kinds)
    return is_like and not isinstance(one, bool) and not isinstance(other, bool) and order(one, other)
