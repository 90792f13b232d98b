"""Calls in expressions: the function is looked up, its arguments are held to it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from mockserver.expressions.functions import Function, Site, Written
from mockserver.expressions.names import Names
from mockserver.expressions.syntax import (
    ABSENT_NODE,
    METHODS_REMEDY,
    THIS,
    Lowered,
    called,
    constant,
    deferred,
    name_of,
)
from mockserver.expressions.value_shape import ANY
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant


class Calls(Names):
    """Names, members and calls."""

    # Calls.

    def visit_Call(self, node: ast.Call) -> Lowered:
        function = self._function(node)
        if function is None:
            return ABSENT_NODE, ANY
        if any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords):
            return self._wrong("arguments cannot be unpacked", "write each argument out")
        if function.name == "dict" and not node.args:
            return self._object({str(one.arg): self.whole(one.value) for one in node.keywords})
        read = self.whole if function.whole else self.lower
        given = [read(one) for one in node.args]
        named = {str(one.arg): read(one.value) for one in node.keywords}
        if function.name == "count" and given:
            given[0] = _counted(node.args[0], given[0])
        shapes = {name: shape for name, (_, shape) in named.items()}
        site = Site(function.name, node, tuple(shape for _, shape in given), shapes, self.this, self.complain)
        shape = function.check(site)
        if problem := function.misuse(len(given), [*named, *site.bound]):
            return self._wrong(f"{quoted(ast.unparse(node))}: {problem}", "see the table of functions")
        return self._emitted(
            function, [one for one, _ in given], {n: one for n, (one, _) in named.items()}, site
        ), shape

    def _emitted(self, function: Function, given: list[ast.expr], named: dict[str, ast.expr], site: Site) -> ast.expr:
        where = f"{self.site}#{self._drawn}" if function.draws else ""
        self._drawn += function.draws
        if (written := function.write(Written(site.node, given, named, where, self._use))) is not None:
            return written
        callee = self._use(function.call)
        if function.lazy:
            given = [deferred(one) for one in given]
        more: dict[str, ast.expr] = {name: constant(value) for name, value in site.bound.items()}
        if function.draws:
            more["site"] = constant(where)
        context = [name_of(name) for name, wanted in (("context", function.context), (THIS, function.this)) if wanted]
        keywords = [ast.keyword(name, value) for name, value in {**named, **more}.items()]
        return ast.Call(callee, [*context, *given], keywords)

    def _use(self, function: Callable[..., Any]) -> ast.expr:
        name = f"f_{len(self.used)}"
        self.used[name] = function
        return name_of(name)

    def _function(self, node: ast.Call) -> Function | None:
        name = called(node)
        space, dot, inner = name.rpartition(".")
        is_inner = bool(dot) and space in self.functions.namespaces
        found = self.functions.namespaces[space](inner) if is_inner else self.functions.by_name.get(name)
        if found is None:
            self.complain(f"unknown function {quoted(name or ast.unparse(node.func))}", self._remedy(name, is_inner))
        return found

    def _remedy(self, name: str, is_inner: bool) -> str:
        """What to do about a function that nobody knows. PERF: looked for only then."""
        if is_inner:
            return f"see what {name.rpartition('.')[0]} has"
        return meant(name, self.functions.by_name) if name.isidentifier() else METHODS_REMEDY


def _counted(node: ast.expr, given: Lowered) -> Lowered:
    """What a loop finds by a field's value and gives as it is, without the loop: such can be counted unread."""
    match node, given[0]:
        case (
            ast.GeneratorExp(ast.Name(id=name), [ast.comprehension(ast.Name(id=item), ifs=[_])]),
            ast.GeneratorExp(
                _, [ast.comprehension(iter=ast.Call(args=[_, ast.Call(ast.Name(id=word)) as found]), ifs=[])]
            ),
        ) if name == item and word.startswith("op_where"):
            return found, given[1]
    return given
