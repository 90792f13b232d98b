"""A second reader of the document's rules: slow, small, and without a line of the engine's own evaluator."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from mockserver.conformance.rules.naive_values import FUNCTIONS, CannotTell, holds, is_number, items, spelt
from mockserver.conformance.rules.rule_text import tree_of

STEPS = 200_000
"""How many pieces of expressions one evaluation may look at."""


class Key(str):
    """A text that names a record of ``resource``."""

    __slots__ = ("resource",)
    resource: str


def named_key(text: str, resource: str) -> Key:
    """``text`` as the key of a record of ``resource``."""
    key = Key(text)
    key.resource = resource
    return key


class Held(Protocol):
    """A record of the target: ``get`` gives a field, computed ones worked out anew; None where it has none."""

    data: Mapping[str, Any]

    def get(self, name: str) -> Any: ...

    @property
    def id(self) -> str: ...


class Known(Protocol):
    """Where records are found."""

    now: datetime

    def find(self, resource: str, key: str) -> Held | None: ...

    def records(self, resource: str, by: str | None, key: str | None) -> Sequence[Held]: ...


class Reader:
    """Evaluates rules over what a target has answered. None stands for what is absent."""

    def __init__(self, known: Known, steps: int = STEPS) -> None:
        self._known = known
        self._steps = steps

    def value(self, rule: Any, this: Held | None, names: Mapping[str, Any] | None = None) -> Any:
        """What ``rule`` gives: an expression, ``{let, in}``, or a plain value. Raises CannotTell."""
        names = dict(names or {})
        if isinstance(rule, Mapping) and "in" in rule:
            names |= self.named(rule.get("let") or {}, this, names)
            return self.value(rule["in"], this, names)
        if not isinstance(rule, str):
            return rule
        return self._of(tree_of(rule), this, names)

    def named(self, let: Mapping[str, Any], this: Held | None, names: Mapping[str, Any]) -> dict[str, Any]:
        """The names that a ``let`` gives, each of which may use those before it."""
        known = dict(names)
        for name, rule in let.items():
            known[name] = self.value(rule, this, known)
        return known

    def _of(self, node: ast.expr, this: Held | None, names: dict[str, Any]) -> Any:
        self._steps -= 1
        if self._steps < 0:
            raise CannotTell("a rule takes too many steps to be computed independently")
        work: Callable[..., Any] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if work is None:
            raise CannotTell(f"a rule uses {type(node).__name__}, which the kit does not evaluate")
        return work(node, this, names)

    def _constant(self, node: ast.Constant, *_: Any) -> Any:
        return node.value

    def _name(self, node: ast.Name, this: Held | None, names: dict[str, Any]) -> Any:
        if node.id in names:
            return names[node.id]
        return this if node.id == "this" else this.get(node.id) if this else None

    def _attribute(self, node: ast.Attribute, this: Held | None, names: dict[str, Any]) -> Any:
        return self._member(self._of(node.value, this, names), node.attr)

    def _member(self, value: Any, name: str) -> Any:
        if isinstance(value, Key):
            value = self._known.find(value.resource, value)
        return value.get(name) if hasattr(value, "get") else None

    def _subscript(self, node: ast.Subscript, this: Held | None, names: dict[str, Any]) -> Any:
        value, place = self._of(node.value, this, names), self._of(node.slice, this, names)
        if isinstance(place, str):
            return self._member(value, place)
        found = items(value)
        return found[place] if -len(found) <= place < len(found) else None

    def _ifexp(self, node: ast.IfExp, this: Held | None, names: dict[str, Any]) -> Any:
        return self._of(node.body if self._of(node.test, this, names) else node.orelse, this, names)

    def _boolop(self, node: ast.BoolOp, this: Held | None, names: dict[str, Any]) -> Any:
        value: Any = None
        for one in node.values:
            value = self._of(one, this, names)
            if bool(value) is isinstance(node.op, ast.Or):
                return value
        return value

    def _unaryop(self, node: ast.UnaryOp, this: Held | None, names: dict[str, Any]) -> Any:
        value = self._of(node.operand, this, names)
        if isinstance(node.op, ast.Not):
            return not value
        return -value if is_number(value) else None

    def _binop(self, node: ast.BinOp, this: Held | None, names: dict[str, Any]) -> Any:
        one, two = self._of(node.left, this, names), self._of(node.right, this, names)
        adds = isinstance(node.op, ast.Add)
        if adds and any(isinstance(one, kind) and isinstance(two, kind) for kind in (str, list)):
            return one + two
        if not is_number(one) or not is_number(two):
            return None
        work: dict[type, Callable[[Any, Any], Any]] = {
            ast.Add: lambda a, b: a + b,
            ast.Sub: lambda a, b: a - b,
            ast.Mult: lambda a, b: a * b,
            ast.Div: lambda a, b: a / b,
            ast.FloorDiv: lambda a, b: a // b,
            ast.Mod: lambda a, b: a % b,
        }
        try:
            return work[type(node.op)](one, two)
        except (ZeroDivisionError, OverflowError):
            return None

    def _compare(self, node: ast.Compare, this: Held | None, names: dict[str, Any]) -> bool:
        one = self._of(node.left, this, names)
        for sign, other in zip(node.ops, node.comparators, strict=True):
            two = self._of(other, this, names)
            if not holds(sign, one, two):
                return False
            one = two
        return True

    def _list(self, node: ast.List, this: Held | None, names: dict[str, Any]) -> list[Any]:
        found = (self._of(one, this, names) for one in node.elts)
        return [one for one in found if one is not None]

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp, this: Held | None, names: dict[str, Any]) -> list[Any]:
        return [one for one in self._each(node.elt, node.generators, this, names) if one is not None]

    _generatorexp = _listcomp

    def _each(
        self, wanted: ast.expr, loops: list[ast.comprehension], this: Held | None, names: dict[str, Any]
    ) -> Iterator[Any]:
        if not loops:
            yield self._of(wanted, this, names)
            return
        for item in items(self._of(loops[0].iter, this, names)):
            inner = {**names, ast.unparse(loops[0].target): item}
            if all(self._of(one, this, inner) for one in loops[0].ifs):
                yield from self._each(wanted, loops[1:], this, inner)

    def _joinedstr(self, node: ast.JoinedStr, this: Held | None, names: dict[str, Any]) -> str | None:
        parts = [self._of(getattr(one, "value", one) if isinstance(one, ast.FormattedValue) else one, this, names)
                 for one in node.values]  # fmt: skip
        return None if None in parts else "".join(map(spelt, parts))

    def _call(self, node: ast.Call, this: Held | None, names: dict[str, Any]) -> Any:
        name = ast.unparse(node.func)
        given = [self._of(one, this, names) for one in node.args]
        named = {str(one.arg): self._of(one.value, this, names) for one in node.keywords}
        if name == "records":
            of = named.get("of", this)
            key = getattr(of, "id", of)
            return list(self._known.records(given[0], named.get("by"), key if named.get("by") else None))
        if name == "find":
            return self._known.find(given[0], given[1]) if isinstance(given[1], str) else None
        if name == "today":
            return self._known.now.date().isoformat()
        if name == "now":
            return self._known.now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self._known.now.microsecond // 1000:03}Z"
        if name == "pick":
            found = {one: self._member(given[0], one) for one in given[1:]}
            return {one: value for one, value in found.items() if value is not None}
        if name not in FUNCTIONS:
            raise CannotTell(f"a rule calls {name}(), whose result no reply shows")
        return FUNCTIONS[name](*given, **named)
