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
from mockserver.expressions.standard import STANDARD, as_json

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
        return as_json(context.evaluate(self._reader.read(Node(self._node.pointer, value)), this))


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


@dataclass(frozen=True, slots=True)
class DueExplanation:
    """What happens on the date that a field holds: when by it, what in a sentence, under which condition, and how."""

    moment: str
    about: str
    when: str
    steps: tuple[str, ...]


def explain_due(contract: Contract, resource: Resource, field: str) -> list[DueExplanation]:
    """The effects that are due on the date in a field, in the document's order."""
    listed = contract.document.node("components", "schemas", resource.schema, "x-mock", "effects").value or []
    return [_due(one) for one in listed if one.get("due") == field]


def _due(effect: Mapping[str, Any]) -> DueExplanation:
    spans = [f"{_span(effect[word])} {word}" for word in ("before", "after") if word in effect]
    when = effect.get("when", "")
    condition = when.get("in", "") if isinstance(when, Mapping) else when
    return DueExplanation(
        " and ".join(spans) or "on that date",
        str(effect["about"]),
        _one_line(str(condition)),
        tuple(_step(one) for one in effect["do"]),
    )


def _span(span: Mapping[str, Any]) -> str:
    return ", ".join(f"{number} {unit}" for unit, number in span.items())


def _step(step: Mapping[str, Any]) -> str:
    """One step of an effect on a line: what it does to which records."""
    word = next(one for one in ("set", "create", "change", "mail") if one in step)
    if word == "mail":
        return f"mail {_one_line(str(step['mail']))}: {_one_line(str(step['subject']))}"
    values = step["set"] if word == "set" else step.get("values", {})
    given = ", ".join(f"{name} = {_one_line(str(one))}" for name, one in values.items())
    return f"set {given}" if word == "set" else f"{word} {_one_line(str(step[word]))}: {given}"


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
