"""Explains a rule: what it says, which fields it reads and, for one record, what each part of it gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Contract, Resource
from mockserver.contract.document import Node
from mockserver.contract.problems import Problems
from mockserver.expressions.functions import installed_functions
from mockserver.expressions.record_proxy import EvaluationContext, RecordProxy
from mockserver.expressions.record_shapes import Field, RecordShape
from mockserver.expressions.rule_reader import RuleReader
from mockserver.expressions.standard import STANDARD, plain

WORDS = ("computed", "filled")
LOOPS = (ast.ListComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule of one field: its word, the names it gives (with their texts) and its own text, and what it reads."""

    resource: Resource
    field: str
    word: str
    names: Mapping[str, str]
    text: str
    reads: tuple[Field, ...]
    _reader: RuleReader
    _node: Node

    def steps(self, context: EvaluationContext, this: RecordProxy) -> Iterator[tuple[str, Any]]:
        """Each part and what it gives, in the order in which they need each other; ABSENT where it gives nothing.

        What stands in a loop depends on the loop's items, so the loop is told as one.
        """
        known: dict[str, str] = {}
        for name, text in self.names.items():
            for part in (*_parts(text, known), text):
                yield f"{name} = {_one_line(text)}" if part == text else part, self._value(known, part, context, this)
            known[name] = text
        for part in _parts(self.text, known):
            yield part, self._value(known, part, context, this)
        yield _one_line(self.text), self._value(known, self.text, context, this)

    def _value(self, names: Mapping[str, str], part: str, context: EvaluationContext, this: RecordProxy) -> Any:
        value = {"let": dict(names), "in": part} if names else part
        return plain(context.evaluate(self._reader.read(Node(self._node.pointer, value)), this))


def explain(contract: Contract, resource: Resource, field: str) -> Explanation | None:
    """The rule of a field; None where it has none."""
    document = contract.document
    place = document.node("components", "schemas", resource.schema, "properties", field, "x-mock")
    word = next((one for one in WORDS if place.child(one).value is not None), None)
    if word is None:
        return None
    node, needs = place.child(word), set[Field]()
    record = RecordShape(resource, contract.resources, document, needs)
    functions = STANDARD.also(*installed_functions())
    reader = RuleReader(record, Problems(document), record, field, functions=functions)
    reader.read(node)
    names = node.child("let").value or {}
    text = str(node.child("in").value if names else node.value)
    return Explanation(resource, field, word, names, text, tuple(sorted(needs)), reader, node)


def _parts(text: str, names: Mapping[str, str]) -> list[str]:
    """The parts of an expression that can be evaluated by themselves, innermost first, each once."""
    tree = ast.parse(f"({text}\n)", mode="eval").body
    found = [ast.unparse(node) for node in _inner(tree) if node is not tree]
    return [one for one in dict.fromkeys(found) if one not in names]


def _inner(node: ast.AST) -> Iterator[ast.expr]:
    loop = node.generators if isinstance(node, LOOPS) else None
    children = [loop[0].iter] if loop else list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        children = [*node.args, *(one.value for one in node.keywords)]
    if isinstance(node, ast.Attribute):
        children = []  # a path is told as one
    for child in children:
        yield from _inner(child)
    if isinstance(node, ast.expr) and not isinstance(node, ast.Constant | ast.GeneratorExp):
        yield node


def _one_line(text: str) -> str:
    return " ".join(text.split())
