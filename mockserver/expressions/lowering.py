"""From the syntax of an expression, node by node, to plain calls of operators, each name checked on the way."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from mockserver.expressions.calls import Calls
from mockserver.expressions.operators import MANY
from mockserver.expressions.syntax import (
    ABSENT_NODE,
    ARITHMETIC,
    ARITHMETIC_SIGNS,
    IT,
    REMEDY,
    THIS,
    WIDEST,
    Lowered,
    alike,
    call,
    called,
    constant,
    name_of,
)
from mockserver.expressions.value_shape import ANY, ListOf, Shape
from mockserver.values.shown import quoted

PLAIN = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
LOOPS = 3
"""How many loops may stand in each other."""


class Lowering(Calls):
    """One expression; complaints go to ``complain``, and what is wrong becomes absent."""

    # Values written out.

    def visit_Constant(self, node: ast.Constant) -> Lowered:
        value = node.value
        if value is None:
            return ABSENT_NODE, ANY
        if isinstance(value, bool | str):
            return constant(value), ANY
        if isinstance(value, int | float) and abs(value) < (WIDEST if isinstance(value, int) else float("inf")):
            return constant(value), ANY
        if isinstance(value, int | float):
            return self._wrong("a number too large for JSON", f"stay below {WIDEST}")
        return self._wrong(
            f"{type(value).__name__} is not a JSON value", "write a string, a number, True, False or None"
        )

    def visit_List(self, node: ast.List | ast.Tuple) -> Lowered:
        found = [self.whole(item) for item in node.elts]
        shape = found[0][1] if len(found) == 1 else ANY
        return call("op_list", ast.List([one for one, _ in found], ast.Load())), ListOf(shape)

    visit_Tuple = visit_List

    def visit_Dict(self, node: ast.Dict) -> Lowered:
        members: dict[str, Lowered] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return self._wrong("an object's members need names that are written out", "write {'name': value}")
            members[key.value] = self.whole(value)
        return self._object(members)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Lowered:
        parts: list[ast.expr] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                if part.format_spec is not None or part.conversion != -1:
                    return self._wrong("a format in a string", "write {name} alone; round() and text() shape values")
                parts.append(self.whole(part.value)[0])
            else:
                parts.append(part)
        return call("op_text", *parts), ANY

    # Operators.

    def visit_BinOp(self, node: ast.BinOp) -> Lowered:
        word = type(node.op).__name__
        if word not in ARITHMETIC:
            return self._wrong(f"{quoted(ast.unparse(node))}: the operator is not one of {ARITHMETIC_SIGNS}", REMEDY)
        one, shape = self.whole(node.left)
        other, beside = self.whole(node.right)
        added = ListOf(shape.item()) if shape.is_list and shape.item() is beside.item() else ANY
        return call(f"op_{word}", one, other), added

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Lowered:
        value, _ = self.lower(node.operand)
        if isinstance(node.op, ast.Not):
            return ast.UnaryOp(ast.Not(), value), ANY
        if isinstance(node.op, ast.USub):
            return call("op_USub", value), ANY
        return self._wrong(f"{quoted(ast.unparse(node))}: no such operator", "use not or -")

    def visit_BoolOp(self, node: ast.BoolOp) -> Lowered:
        found = [self.lower(value) for value in node.values]
        shapes = [shape for _, shape in found]
        return ast.BoolOp(node.op, [value for value, _ in found]), self._either(shapes)

    def visit_Compare(self, node: ast.Compare) -> Lowered:
        tests: list[ast.expr] = []
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            tests.append(self._compared(left, op, right))
        return (tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)), ANY

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
        if plain := self._plainly(left, op, right):
            return plain
        one, other = self.whole(left)[0], self.whole(right)[0]
        if isinstance(op, ast.Is | ast.IsNot):
            if not isinstance(right, ast.Constant) or right.value is not None:
                return self._wrong("'is' compares with None only", "use ==")[0]
            test = call("op_Is", one)
            return ast.UnaryOp(ast.Not(), test) if isinstance(op, ast.IsNot) else test
        context = [name_of("context")] if isinstance(op, ast.In | ast.NotIn) else []
        return call(f"op_{type(op).__name__}", *context, one, other)

    def _plainly(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr | None:
        """A comparison with texts that are written out. PERF: Python's own, for only the same text is equal to one."""
        texts = [right] if isinstance(op, ast.Eq | ast.NotEq) else getattr(right, "elts", [])
        if not texts or not isinstance(op, PLAIN) or not all(map(_is_text, texts)):
            return None
        others = right if isinstance(op, ast.Eq | ast.NotEq) else ast.Tuple(texts, ast.Load())
        return ast.Compare(self.whole(left)[0], [op], [others])

    def visit_IfExp(self, node: ast.IfExp) -> Lowered:
        test, _ = self.lower(node.test)
        (body, one), (otherwise, other) = self.lower(node.body), self.lower(node.orelse)
        return ast.IfExp(test, body, otherwise), self._either([one, other])

    def _either(self, shapes: Sequence[Shape]) -> Shape:
        """The one shape that all of them have, if there is one."""
        known = [shape for shape in shapes if shape is not ANY]
        if len(known) == 1 or (known and all(one is known[0] or alike(one, known[0]) for one in known)):
            return known[0]
        for shape in shapes:
            shape.whole()
        return ANY

    # Loops.

    def visit_ListComp(self, node: ast.ListComp) -> Lowered:
        found, shape = self._loop(node.elt, node.generators)
        records = isinstance(node.generators[0].iter, ast.Call) and called(node.generators[0].iter) == "records"
        return call("op_list", found, *([constant(MANY)] if records else [])), shape

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Lowered:
        return self._loop(node.elt, node.generators)

    def _loop(self, element: ast.expr, loops: list[ast.comprehension]) -> Lowered:
        before = dict(self._locals)
        self._loops += len(loops)
        try:
            if self._loops > LOOPS:
                remedy = "look things up with records(…, by=…) instead"
                return self._wrong(f"more than {LOOPS} nested loops", remedy)
            made = [self._one_loop(loop) for loop in loops]
            value, shape = self.lower(element)
        finally:
            self._locals, self._loops = before, self._loops - len(loops)
        return ast.GeneratorExp(value, made), ListOf(shape)

    def _one_loop(self, loop: ast.comprehension) -> ast.comprehension:
        items, shape = self.lower(loop.iter)
        name = loop.target.id if isinstance(loop.target, ast.Name) and not loop.is_async else THIS
        if name in (THIS, IT):
            self._wrong("a loop needs one name for its items", "write for x in …")
        elif name.startswith("_"):
            self._wrong(f"{quoted(name)} begins with an underscore", "give it another name")
        if narrowing := self._narrowing(loop, name):
            word, field, wanted = narrowing
            items = call(word, name_of("context"), items, constant(field), self.whole(wanted)[0])
        self._locals = {**self._locals, name: shape.item()}
        tests = [self.lower(test)[0] for test in loop.ifs][1 if narrowing else 0 :]
        target = ast.Name(f"v_{name}", ast.Store())
        return ast.comprehension(target, call("op_each", name_of("context"), items), tests, 0)

    @staticmethod
    def _narrowing(loop: ast.comprehension, name: str) -> tuple[str, str, ast.expr] | None:
        """The operator that finds by a field's value what the loop is about, where its first condition says that.

        PERF: of 100,000 records those alone are read that meet it; for a count none is.
        """
        if not isinstance(loop.iter, ast.Call) or called(loop.iter) != "records" or not loop.ifs:
            return None
        match loop.ifs[0]:
            case ast.Compare(ast.Attribute(ast.Name(id=item), field), [ast.Eq() | ast.In() as sign], [wanted]):
                kinds = (ast.Constant, ast.Name, ast.Attribute, ast.List, ast.Load)
                nodes = [*ast.walk(wanted)]
                is_apart = all(isinstance(one, kinds) and getattr(one, "id", "") != name for one in nodes)
                word = "op_where" if isinstance(sign, ast.Eq) else "op_where_in"
                return (word, field, wanted) if item == name and is_apart else None
        return None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
