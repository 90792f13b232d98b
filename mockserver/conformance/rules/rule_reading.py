"""What rules read and compare, by their texts: names, values that make a difference, records looked through."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.rules.rule_text import tree_of

MOMENTS = ("2094-05-06T07:08:09.000Z", "2011-02-03T04:05:06.000Z")
"""Moments of which one is earlier and one later than any that a document shows."""


def texts_in(rules: Any) -> Iterator[str]:
    """Every expression in rules, however they are nested."""
    if isinstance(rules, str):
        yield rules
    elif isinstance(rules, Mapping):
        for name, one in rules.items():
            if name not in ("about", "on", "link", "create", "changes"):
                yield from texts_in(one)
    elif isinstance(rules, list) and not (rules and isinstance(rules[0], tuple)):
        for one in rules:
            yield from texts_in(one)


def trees(rules: Any) -> Iterator[ast.AST]:
    """The syntax trees of all expressions in ``rules``; those that cannot be parsed are passed over."""
    for text in texts_in(rules):
        try:
            yield tree_of(text)
        except SyntaxError:
            continue


def named_in(rules: Any) -> Iterator[tuple[str, ...]]:
    """The names that rules read, each with the members read of it: ``process_id.fee_id`` is two."""
    if isinstance(rules, list) and rules and isinstance(rules[0], tuple):
        yield from rules
        return
    let = rules.get("let") if isinstance(rules, Mapping) else None
    known = {name: chain for name, text in (let or {}).items() if (chain := chain_of(str(text)))}
    for chain in _chains(trees(rules)):
        while chain[0] in known and chain[0] != known[chain[0]][0]:
            chain = (*known[chain[0]], *chain[1:])  # noqa: PLW2901 -- a name of a name
        yield chain


def chain_of(text: str) -> tuple[str, ...]:
    """The names of an expression that is nothing but a name with members: ``a.b``; empty for any other."""
    names = tuple(text.strip().split("."))
    return names if all(one.isidentifier() for one in names) else ()


def negated(rules: Any) -> set[str]:
    """The names that rules want not to be there, or not to be true."""
    found = (node for tree in trees(rules) for node in ast.walk(tree) if isinstance(node, ast.UnaryOp))
    return {node.operand.id for node in found if isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Name)}


def _chains(found: Iterable[ast.AST]) -> Iterator[tuple[str, ...]]:
    for tree in found:
        for node in ast.walk(tree):
            chain: list[str] = []
            one = node
            while isinstance(one, ast.Attribute):
                chain.insert(0, one.attr)
                one = one.value
            if isinstance(one, ast.Name):
                yield (one.id, *chain)


def resources_read(rules: Any) -> set[tuple[str, str]]:
    """The resources whose records rules look through, with the foreign key by which they do (empty: all)."""
    found = set()
    for tree in trees(rules):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "records":
                by = next((one.value for one in node.keywords if one.arg == "by"), None)
                found.add((str(ast.literal_eval(node.args[0])), str(ast.literal_eval(by)) if by else ""))
    return found


def compared(rules: Any) -> dict[str, list[Any]]:
    """The plain values that rules compare each name, or member of one, with."""
    found: dict[str, list[Any]] = {}
    for tree in trees(rules):
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name | ast.Attribute):
                name = node.left.id if isinstance(node.left, ast.Name) else node.left.attr
                for one in node.comparators:
                    known = one.elts if isinstance(one, ast.List | ast.Tuple) else [one]
                    found.setdefault(name, []).extend(e.value for e in known if isinstance(e, ast.Constant))
    return found


def limits(rules: Any) -> dict[str, str]:
    """The names that rules compare with something other than a plain value, and those expressions."""
    nodes = [node for tree in trees(rules) for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    pairs = [(node.left, node.comparators[0]) for node in nodes if len(node.comparators) == 1]
    plain = ast.Constant | ast.List | ast.Tuple
    return {one.id: ast.unparse(two) for one, two in pairs if isinstance(one, ast.Name) and not isinstance(two, plain)}


def read_of_it(rules: Any) -> set[str]:
    """The fields that rules read of a record that is to be changed: ``it.status``."""
    return {chain[1] for chain in named_in(rules) if chain[0] == "it" and len(chain) > 1}


def behind(group: Group, fields: Iterable[str]) -> list[Any]:
    """The rules of those of ``fields`` that are computed, and of what these read in turn, each once."""
    found: dict[str, Any] = {}
    left = list(fields)
    while left:
        name = left.pop()
        if name in group.resource.computed and name not in found:
            found[name] = group.marks(name)["computed"]
            left += [chain[0] for chain in named_in(found[name])]
    return list(found.values())


def fallbacks(rules: Any) -> set[tuple[str, ...]]:
    """The names that rules take another value for where they are not there: ``first(a.b, 0)``, ``a or now()``."""
    found = set[tuple[str, ...]]()
    for tree in trees(rules):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "first" and len(node.args) > 1:
                found |= {chain for one in node.args[:-1] if (chain := chain_of(ast.unparse(one)))}
            elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
                found |= {chain for one in node.values[:-1] if (chain := chain_of(ast.unparse(one)))}
    return found


def shunned(rules: Any) -> dict[str, list[Any]]:
    """The plain values that rules want each name not to have."""
    nodes = [node for tree in trees(rules) for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    return {
        node.left.id: [one.value for one in ast.walk(node.comparators[0]) if isinstance(one, ast.Constant)]
        for node in nodes
        if isinstance(node.left, ast.Name) and isinstance(node.ops[0], ast.NotEq | ast.NotIn)
    }


def looked_through(rules: Any) -> set[tuple[str, str, str]]:
    """The resources of which rules look through the records that name what an own field names: ``of=program_id``."""
    found = set()
    for tree in trees(rules):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "records":
                given = {one.arg: one.value for one in node.keywords}
                by, of = given.get("by"), given.get("of")
                if isinstance(by, ast.Constant) and isinstance(of, ast.Name):
                    found.add((str(ast.literal_eval(node.args[0])), str(by.value), of.id))
    return found


def variants(rules: Any, group: Group) -> list[dict[str, Any]]:
    """Fields of ``group`` with the values that make a difference to ``rules``, one field at a time."""
    made: list[dict[str, Any]] = []
    for name, values in compared(rules).items():
        if name in group.writable:
            options = group.contract.document.follow(group.writable[name]).value.get("enum") or []
            wanted = dict.fromkeys([*values, *options[:4]])
            made += [{name: value} for value in wanted if group.values.allows(group.writable[name], value)]
    asked = {chain[-1] for chain in named_in(rules)}
    return made + [{name: value} for name in group.of_type("boolean") if name in asked for value in (True, False)]


def contrasts(rules: Any, group: Group) -> list[dict[str, Any]]:
    """Fields of which two are alike in one thing that ``rules`` look at and differ in another; or moments, if any."""
    document = group.contract.document
    enums = {name: (document.follow(group.writable[name]).value or {}).get("enum") or [] for name in compared(rules)
             if name in group.writable}  # fmt: skip
    words = [(name, known) for name, known in enums.items() if len(known) > 1]
    if len(words) > 1:
        (one, ones), (two, twos) = words[:2]
        return [{one: ones[0], two: twos[0]}, {one: ones[0], two: twos[1]}, {one: ones[1], two: twos[0]}]
    asked = {chain[-1] for chain in named_in(rules) if len(chain) > 1}
    moments = [name for name in sorted(asked & group.writable.keys())
               if (group.field(name).value or {}).get("format") == "date-time"]  # fmt: skip
    return [dict.fromkeys(moments, moment) for moment in MOMENTS] if moments and not words else []
