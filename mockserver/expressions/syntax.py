"""Pieces of lowered syntax, and what is said of syntax that cannot be used."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from mockserver.expressions.value_shape import Shape

Lowered: TypeAlias = tuple[ast.expr, Shape]
"""What to evaluate, and the shape of what that gives."""

WIDEST = 2**53
"""Whole numbers from here on are not told apart by all who read JSON."""
THIS, IT = "this", "it"
ABSENT_NODE = ast.Name("op_absent", ast.Load())


def called(node: ast.Call) -> str:
    """The name that is called: ``count``, ``fake.city``."""
    return ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""


def alike(one: Shape, other: Shape) -> bool:
    return type(one) is type(other) and one.is_list is other.is_list and one == other


def name_of(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def constant(value: Any) -> ast.Constant:
    return ast.Constant(value)


def call(name: str, *given: ast.expr) -> ast.Call:
    return ast.Call(name_of(name), list(given), [])


def deferred(body: ast.expr) -> ast.Lambda:
    none = ast.arguments(posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[])
    return ast.Lambda(none, body)


def spelt(node: ast.AST) -> str:
    """``a lambda``, ``a named expr``."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in type(node).__name__)
    return f"a{'n' if words[1:2] in tuple('aeiou') else ''}{words}"


ARITHMETIC = frozenset({"Add", "Sub", "Mult", "Div", "FloorDiv", "Mod"})
ARITHMETIC_SIGNS = "+ - * / // %"
REMEDY = "use names, members, calls of functions, + - * / // %, comparisons, and, or, not, if else, [… for …]"
METHODS_REMEDY = "call a function by its name, such as lower(x)"
REMEDIES: Mapping[type[ast.AST], str] = MappingProxyType(
    {
        ast.NamedExpr: "give a name in let: {name: …, }, in: …",
        ast.Lambda: "write the expression itself",
        ast.DictComp: "write [… for …]",
        ast.SetComp: "write distinct(… for …)",
        ast.Set: "write a list, [a, b]",
    }
)
