"""Reads expressions where a document has them: text, or ``{let: {name: text}, in: text}``, or a value as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mockserver.contract.document import Node
from mockserver.contract.problems import Problems
from mockserver.expressions.compiling import Expression, compile_expression, constant
from mockserver.expressions.functions import Complain, Functions
from mockserver.expressions.record_functions import record_functions
from mockserver.expressions.record_shapes import RecordShape
from mockserver.expressions.standard import STANDARD
from mockserver.expressions.value_shape import Shape
from mockserver.values.absent import ABSENT


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Where expressions are read: about ``this``, among the resources of ``record``, with the names of ``let``."""

    record: RecordShape
    problems: Problems
    this: Shape
    own_field: str | None = None
    let: Mapping[str, str] = field(default_factory=dict)
    functions: Functions = STANDARD

    def with_names(self, node: Node) -> RuleReader:
        """The same with the names given at ``node``, on top of those that there are."""
        if node.value is None:
            return self
        if not isinstance(node.value, Mapping) or not all(isinstance(one, str) for one in node.value.values()):
            self.problems.add(node, "is not a list of names", "write let: {name: expression}")
            return self
        return replace(self, let={**self.let, **{str(name): one for name, one in node.value.items()}})

    def read(self, node: Node, it: Shape | None = None) -> Expression:
        """The expression at ``node``; what is wrong with it goes to the problems."""
        value = node.value
        if isinstance(value, Mapping) and set(value) == {"let", "in"}:
            return self.with_names(node.child("let")).read(node.child("in"), it)
        if isinstance(value, Mapping | list):
            self.problems.add(node, "is not an expression", "write a string, or {let: {name: text}, in: text}")
            return constant(ABSENT)
        if not isinstance(value, str):
            return constant(ABSENT if value is None else value)
        return compile_expression(
            value, this=self.this, it=it, let=self.let, functions=self._functions(), complain=self._complain(node)
        )

    def condition(self, node: Node, it: Shape | None = None) -> Expression | None:
        """The condition at ``node``; None where there is none."""
        return None if node.value is None else self.read(node, it)

    def _functions(self) -> Functions:
        return record_functions(self.record, self.own_field, self.functions)

    def _complain(self, node: Node) -> Complain:
        return lambda problem, remedy: self.problems.add(node, problem, remedy)
