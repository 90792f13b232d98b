"""The functions that expressions may call: one registry, to which anybody can add."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias, overload

from mockserver.expressions.value_shape import ANY, Shape
from mockserver.extensions import EntryPoints, installed
from mockserver.values.shown import quoted

Complain: TypeAlias = Callable[[str, str], None]
"""Takes a problem and its remedy."""


@dataclass(slots=True)
class Site:
    """One call while it is checked: what it is called with, and what is known of that."""

    name: str
    node: ast.Call
    shapes: tuple[Shape, ...]
    keywords: Mapping[str, Shape]
    this: Shape
    complain: Complain
    bound: dict[str, Any] = field(default_factory=dict)

    def text(self, index: int) -> str | None:
        """The argument there, which must be a text written out; None after a complaint."""
        return self._literal(self.node.args[index]) if index < len(self.node.args) else None

    def keyword(self, name: str) -> str | None:
        """The argument of that name, which must be a text written out; None where it is not given."""
        found = next((one.value for one in self.node.keywords if one.arg == name), None)
        return None if found is None else self._literal(found)

    def bind(self, name: str, constant: Any) -> None:
        """Pass one more argument: something that is known already."""
        self.bound[name] = constant

    def _literal(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        self.complain(f"{self.name}() needs a string literal, found {quoted(ast.unparse(node))}", "write it in quotes")
        return None


@dataclass(slots=True)
class Written:
    """One call while it is written out: ``given`` and ``named`` are its arguments lowered, ``where`` tells its draws.

    ``use`` gives a Python function a name for what is written.
    """

    node: ast.Call
    given: list[ast.expr]
    named: dict[str, ast.expr]
    where: str
    use: Callable[[Callable[..., Any]], ast.expr]

    def literal(self, index: int) -> Any:
        """The argument there where it is written out, else None."""
        return _literal(self.node.args[index]) if index < len(self.node.args) else None

    def literals(self) -> list[Any]:
        """The positional arguments as far as they are written out, else None."""
        return [_literal(one) for one in self.node.args]

    def named_literals(self) -> dict[str, Any]:
        """The named arguments as far as they are written out, else None."""
        return {str(one.arg): _literal(one.value) for one in self.node.keywords}

    def call(self, function: Callable[..., Any], *given: ast.expr) -> ast.expr:
        """A call of what was made for just this place."""
        return ast.Call(self.use(function), list(given), [])

    @property
    def context(self) -> ast.expr:
        return ast.Name("context", ast.Load())


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None


def _any(_: Site) -> Shape:
    return ANY


def _as_it_is(_: Written) -> ast.expr | None:
    return None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    ``context``: it takes the context first; ``this``: and then what the expression is about. ``draws``: it takes
    ``site``, a text that is its own for each place it is called from. ``lazy``: its positional arguments arrive as
    functions, evaluated when called. ``whole``: what it is given is looked at as a whole (not only counted, or gone
    through). ``check`` judges a call and tells the shape of what it gives. ``write`` may give what does the same as a
    call in less time, where its arguments are written out; None where it cannot.
    """

    name: str
    call: Callable[..., Any]
    context: bool = False
    this: bool = False
    draws: bool = False
    lazy: bool = False
    whole: bool = True
    check: Callable[[Site], Shape] = _any
    write: Callable[[Written], ast.expr | None] = _as_it_is

    @property
    def signature(self) -> str:
        """How it is called: ``later(day, *, years=…, months=…, days=…)``."""
        hidden = self.context + self.this
        given = list(_signature(self.call).parameters.values())[hidden:]
        parameters = [_spelled(one) for one in given if not (self.draws and one.name == "site")]
        return f"{self.name}({', '.join(parameters)})"

    @property
    def about(self) -> str:
        """What it gives, in a sentence."""
        return " ".join((self.call.__doc__ or "").split())

    def misuse(self, positional: int, keywords: Iterable[str]) -> str | None:
        """What is wrong with a call of so many arguments and these keywords; None where it fits."""
        given = [None] * (positional + self.context + self.this)
        named = dict.fromkeys(keywords) | ({"site": None} if self.draws else {})
        try:
            _signature(self.call).bind(*given, **named)
        except TypeError as error:
            return str(error)
        return None


def installed_functions() -> tuple[Function, ...]:
    """Those that installed packages bring. Raises SetupError when one of them is not a function of the language."""
    return tuple(
        installed(EntryPoints.FUNCTIONS, Function, "decorate it with mockserver.expressions.function").values()
    )


@lru_cache(256)
def _signature(call: Callable[..., Any]) -> inspect.Signature:
    """PERF: a start checks hundreds of calls of a few dozen functions, and to read what one takes costs 20 µs."""
    return inspect.signature(call)


def _spelled(parameter: inspect.Parameter) -> str:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return f"*{parameter.name}"
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
        return f"**{parameter.name}"
    return parameter.name if parameter.default is inspect.Parameter.empty else f"{parameter.name}=…"


@overload
def function(call: Callable[..., Any], /) -> Function: ...
@overload
def function(
    *,
    name: str = ...,
    context: bool = ...,
    this: bool = ...,
    draws: bool = ...,
    lazy: bool = ...,
    whole: bool = ...,
    check: Callable[[Site], Shape] = ...,
    write: Callable[[Written], ast.expr | None] = ...,
) -> Callable[[Callable[..., Any]], Function]: ...
def function(call: Callable[..., Any] | None = None, /, *, name: str = "", **options: Any) -> Any:
    """Decorator: make a Python function one of the language, under its own name unless ``name`` is given."""

    def made(one: Callable[..., Any]) -> Function:
        return Function(name or one.__name__.rstrip("_"), one, **options)

    return made if call is None else made(call)


Namespace: TypeAlias = Callable[[str], Function | None]
"""Finds the function behind a dot, such as ``city`` in ``fake.city()``."""


@dataclass(frozen=True, slots=True)
class Functions:
    """Functions by name; never changed, only added to in a new registry."""

    by_name: Mapping[str, Function] = field(default_factory=lambda: MappingProxyType({}))
    namespaces: Mapping[str, Namespace] = field(default_factory=lambda: MappingProxyType({}))

    def also(self, *functions: Function) -> Functions:
        """These, and those given; of one name the later."""
        return replace(self, by_name=MappingProxyType({**self.by_name, **{one.name: one for one in functions}}))

    def namespace(self, name: str, find: Namespace) -> Functions:
        """These, and what ``find`` finds behind ``name`` and a dot."""
        return replace(self, namespaces=MappingProxyType({**self.namespaces, name: find}))
