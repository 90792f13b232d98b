"""From text to a function: parsed, checked, bounded, lowered, and compiled by RestrictedPython."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from mockserver.expressions.context import Context
from mockserver.expressions.functions import Complain, Functions
from mockserver.expressions.lowering import Lowering
from mockserver.expressions.operators import OPERATORS
from mockserver.expressions.otherwise import with_else
from mockserver.expressions.standard import STANDARD
from mockserver.expressions.value_shape import ANY, Shape
from mockserver.values.absent import ABSENT
from mockserver.values.shown import quoted

LONGEST_TEXT = 4_000
"""How many characters an expression may have."""
MOST_NODES = 1_000
"""Of how many names, operators and so on it may consist."""
DEEPEST = 60
"""How deep they may stand in each other."""
DIVIDE = "divide it, by let: or by fields of its own"


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: call it with a context and what it is about; ABSENT where it gives nothing."""

    text: str
    shape: Shape
    evaluate: Callable[[Any, Any, Any], Any]

    def __call__(self, context: Context, this: Any, it: Any = ABSENT) -> Any:
        return self.evaluate(context, this, it)


def compile_expression(
    text: str,
    *,
    this: Shape = ANY,
    it: Shape | None = None,
    let: Mapping[str, str] | None = None,
    functions: Functions = STANDARD,
    complain: Complain,
    site: str = "",
    operators: Mapping[str, Any] = OPERATORS,
    has_lazy: bool = True,
) -> Expression:
    """The expression ``text`` over ``this``, whose members are its names.

    ``it`` is the shape of a second value, where there is one; ``let`` names values, each of which may use those
    before it. ``site`` sets the random draws of one expression apart from those of another; ``operators`` are what its
    operators do; without ``has_lazy`` no member and no function gives what is made one by one. What is wrong goes to
    ``complain``, each with its remedy; the expression then gives ABSENT.
    """
    wrong: list[tuple[str, str]] = []

    def keep(problem: str, remedy: str) -> None:
        if (problem, remedy) not in wrong:
            wrong.append((problem, remedy))
            complain(problem, remedy)

    lowering = Lowering(this, it, functions, keep, site)
    trees = {name: _parsed(one, keep) for name, one in (let or {}).items()}
    tree = _parsed(text, keep)
    if wrong or tree is None:
        return Expression(text, ANY, _absent)
    is_lazy = has_lazy or any(isinstance(one, ast.ListComp | ast.GeneratorExp) for one in ast.walk(tree))
    wrap = _result if is_lazy else _as_it_is
    body, shape = _lowered(lowering, {name: one for name, one in trees.items() if one}, tree, wrap)
    return Expression(text, shape, _absent if wrong else _compiled(body, {**operators, **lowering.used}, keep))


def constant(value: Any) -> Expression:
    """What gives ``value`` whatever it is about."""
    return Expression(repr(value), ANY, lambda _context, _this, _it: value)


def _parsed(text: str, complain: Complain) -> ast.expr | None:
    """The tree of ``text``; None after a complaint."""
    if len(text) > LONGEST_TEXT:
        complain(f"is longer than {LONGEST_TEXT:,} characters", DIVIDE)
        return None
    try:
        # Brackets around it let it take several lines.
        whole = with_else(text.strip())
        tree = ast.parse(f"({whole}\n)" if "\n" in whole else whole, mode="eval").body
    except (ValueError, MemoryError, RecursionError, SyntaxError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "nested too deep, or not a string"
        complain(f"is not an expression: {reason} in {quoted(text)}", "write one as in Python, such as a.b + 1")
        return None
    problem = _too_large(tree)
    if problem:
        complain(problem, DIVIDE)
    return None if problem else tree


def _too_large(tree: ast.expr) -> str:
    parts = depth = 0
    level: list[ast.AST] = [tree]
    while level:
        parts, depth = parts + len(level), depth + 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if parts > MOST_NODES:
        return f"has more than {MOST_NODES:,} parts"
    return f"is nested more than {DEEPEST} levels deep" if depth > DEEPEST else ""


def _lowered(
    lowering: Lowering, let: Mapping[str, ast.expr], tree: ast.expr, wrap: Callable[[ast.expr], ast.expr]
) -> tuple[ast.expr, Shape]:
    """The body, with a function around it for each name that it gives to a value."""
    values: list[tuple[str, ast.expr]] = []
    with ExitStack() as names:
        for name, value in let.items():
            made, shape = lowering.lower(value)
            values.append((name, made))
            names.enter_context(lowering.local(name, shape))
        body, shape = lowering.lower(tree)
    body = wrap(body)
    for name, value in reversed(values):
        if not any(isinstance(node, ast.Name) and node.id == f"v_{name}" for node in ast.walk(body)):
            continue  # PERF: what several expressions share is evaluated by those that use it
        body = ast.Call(_function([f"v_{name}"], body), [wrap(value)], [])
    return body, shape


def _result(value: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("op_result", ast.Load()), [value], [])


def _as_it_is(value: ast.expr) -> ast.expr:
    return value


def _function(names: list[str], body: ast.expr) -> ast.Lambda:
    given = [ast.arg(name) for name in names]
    arguments = ast.arguments(
        posonlyargs=[], args=given, vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[]
    )
    return ast.Lambda(arguments, body)


def _compiled(body: ast.expr, known: dict[str, Any], complain: Complain) -> Callable[[Any, Any, Any], Any]:
    tree = ast.fix_missing_locations(ast.Expression(_function(["context", "this", "it"], body)))
    from RestrictedPython.compile import compile_restricted_eval  # PERF: 10 ms, for whoever evaluates anything

    compiled = compile_restricted_eval(tree, filename="<expression>")
    if compiled.code is None:
        for error in compiled.errors:
            complain(f"is not allowed: {error}", "write it differently")
        return _absent
    made: Callable[[Any, Any, Any], Any] = eval(compiled.code, known)  # noqa: S307  # checked above
    return made


def _absent(_context: Any, _this: Any, _it: Any) -> Any:
    return ABSENT
