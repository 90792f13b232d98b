"""Names and members in expressions: each is checked, and a foreign key leads on to its record."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockserver.expressions.functions import Complain, Functions
from mockserver.expressions.syntax import (
    ABSENT_NODE,
    IT,
    REMEDIES,
    REMEDY,
    THIS,
    WIDEST,
    Lowered,
    call,
    constant,
    name_of,
    spelt,
)
from mockserver.expressions.value_shape import ANY, Shape, Struct
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant


class Names(ast.NodeVisitor):
    """One expression; complaints go to ``complain``, and what is wrong becomes absent."""

    def __init__(self, this: Shape, it: Shape | None, functions: Functions, complain: Complain, site: str) -> None:
        self.this = this
        self.it = it
        self.functions = functions
        self.complain = complain
        self.site = site
        self.used: dict[str, Any] = {}
        self._drawn = 0
        self._loops = 0
        self._locals: dict[str, Shape] = {}

    def lower(self, node: ast.expr) -> Lowered:
        found: Lowered = self.visit(node)
        return found

    def generic_visit(self, node: ast.AST) -> Lowered:
        """Syntax that no method takes is refused."""
        problem = f"{quoted(ast.unparse(node))}: {spelt(node)} cannot be used here"
        return self._wrong(problem, REMEDIES.get(type(node), REMEDY))

    def whole(self, node: ast.expr) -> Lowered:
        """As ``lower``, where all of the value is looked at."""
        found, shape = self.lower(node)
        shape.whole()
        return found, shape

    @contextmanager
    def local(self, name: str, shape: Shape) -> Iterator[None]:
        """A name that an expression gives to a value itself."""
        before = dict(self._locals)
        if name in (THIS, IT) or name.startswith("_"):
            self._wrong(f"{quoted(name)} cannot be the name of a value", "give it another name")
        self._locals[name] = shape
        yield
        self._locals = before

    # Names and members.

    def visit_Name(self, node: ast.Name) -> Lowered:
        name = node.id
        if name in self._locals:
            return name_of(f"v_{name}"), self._locals[name]
        if name == THIS:
            return name_of(THIS), self.this
        if name == IT and self.it is not None:
            return name_of(IT), self.it
        return self._member(name_of(THIS), self.this, name, bare=True)

    def visit_Attribute(self, node: ast.Attribute) -> Lowered:
        return self._member(*self._record(node.value), node.attr)

    def _record(self, node: ast.expr) -> Lowered:
        """The value of ``node``; of a foreign key, the record that it leads to."""
        value, shape = self.lower(node)
        referenced = shape.leads_to()
        if referenced is None or shape.is_list:
            return value, shape
        name, record = referenced
        if isinstance(value, ast.Attribute):
            return call("op_follow", name_of("context"), value.value, constant(value.attr), constant(name)), record
        return call("op_find", name_of("context"), constant(name), value), record

    def _member(self, value: ast.expr, shape: Shape, name: str, *, bare: bool = False) -> Lowered:
        if name.startswith("_"):
            return self._wrong(f"{quoted(name)} begins with an underscore", "name a field")
        found = None if shape.is_list else shape.member(name)
        if found is not None:
            return ast.Attribute(value, name, ast.Load()), found
        if shape.is_list:
            path = ast.unparse(value).removeprefix("this.")
            return self._wrong(
                f"{path} is a list, and has no {quoted(name)} itself", f"write [x.{name} for x in {path}]"
            )
        known = [*shape.names(), *(self._locals if bare else ())]
        if bare and name in self.functions.by_name:
            return self._wrong(f"{quoted(name)} is a function", f"call it: {name}(…)")
        return self._wrong(f"{shape.about()} has no field {quoted(name)}", meant(name, known))

    def visit_Subscript(self, node: ast.Subscript) -> Lowered:
        index = node.slice
        negative = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)
        constant = index.operand if negative and isinstance(index, ast.UnaryOp) else index
        if isinstance(constant, ast.Constant) and type(constant.value) is int and constant.value < WIDEST:
            value, shape = self.lower(node.value)
            place = -constant.value if negative else constant.value
            return call("op_at", value, ast.Constant(place)), shape.item()
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
            value, shape = self._record(node.value)
            found = self._member(value, shape, constant.value)
            return call("op_member", value, constant), found[1]
        return self._wrong(
            f"{quoted(ast.unparse(node))}: an index must be a number or a string", "write x[0] or x['name']"
        )

    def _object(self, members: Mapping[str, Lowered]) -> Lowered:
        names = ast.Tuple([constant(name) for name in members], ast.Load())
        values = ast.Tuple([value for value, _ in members.values()], ast.Load())
        return call("op_paired", names, values), Struct({name: shape for name, (_, shape) in members.items()})

    def _wrong(self, problem: str, remedy: str) -> Lowered:
        self.complain(problem, remedy)
        return ABSENT_NODE, ANY
