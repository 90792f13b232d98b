"""Records with all that a rule looks at: those they name, those that name them, the values its conditions ask for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.conformance.asking import Ask
from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.rule_text import tree_of
from mockserver.conformance.session import Session
from mockserver.contract import Kind

DEEPEST = 4
"""How many records away from the first one records are still made whole."""
MOST = 6
"""How many records are made that name one."""


class Furnisher:
    """Makes records for one check; of a resource that others name, one for all of them.

    ``answers``: values of fields of the records that are named, by resource and the path there.
    """

    def __init__(self, session: Session, answers: Mapping[tuple[str, tuple[str, ...]], Any] | None = None) -> None:
        self.session = session
        self._answers = answers or {}
        self._made: dict[str, dict[str, Any]] = {}
        self._rules: Any = None

    def make(self, group: Group, rules: Any, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A record of ``group`` that has what ``rules`` name; where that is refused, a plain one.

        Fields that are None are left out.
        """
        fields = fields or {}
        whole = {**self.body(group, rules), **fields}
        body = {name: value for name, value in whole.items() if value is not None}
        reply = self.session.send(Ask(group.one(Kind.CREATE), body=body))
        if reply.status == 200 and isinstance(self.session.value(reply), dict):
            return dict(self.session.value(reply))
        return self.session.create(group, {name: value for name, value in fields.items() if value is not None})

    def body(self, group: Group, rules: Any, depth: int = 0) -> dict[str, Any]:
        """What a create would send."""
        body = self.session.body(group)
        chains = list(named_in(rules))
        roots = {chain[0] for chain in chains}
        self._rules = self._rules if depth else rules
        for reference in group.references:
            if reference.field in roots | set(body) and depth < DEEPEST and not reference.is_elsewhere:
                further = [chain[1:] for chain in chains if chain[0] == reference.field and len(chain) > 1]
                if made := self._referred(reference.resource, further, depth + 1, is_named=reference.field in roots):
                    is_list = group.values.type_of(group.field(reference.field)) == "array"
                    body[reference.field] = [made] if is_list else made
        for field in roots & set(group.writable) - set(body):
            if (value := self.items(group, field)) and group.values.allows(group.writable[field], value):
                body[field] = value
        for field in sorted(roots & body.keys()):
            items = [*body[field], *self._odd(group, field, body[field])] if isinstance(body[field], list) else None
            if items and group.values.allows(group.writable[field], items):
                body[field] = items
        for (resource, path), value in self._answers.items():
            if depth and resource == group.name:
                body |= _answered(group, body, path, value)
        return body

    def _odd(self, group: Group, field: str, items: list[Any]) -> Iterator[dict[str, Any]]:
        """Items beside ``items`` that rules may tell from them: at and below a bound, in parts, without a key."""
        if not items or not isinstance(items[0], dict):
            return
        first, text, bounds = items[0], str(self._rules), compared(self._rules)
        node = group.contract.document.follow(group.writable[field]).child("items")
        declared = dict(group.contract.document.follow(node).child("properties").items())
        kinds = {name: group.values.type_of(one) for name, one in declared.items() if name in text}
        for name in (name for name, kind in kinds.items() if kind in ("number", "integer")):
            known = [one for one in bounds.get(name, ()) if isinstance(one, int | float)]
            yield from ({**first, name: value} for value in (*known, self.session.ordinal() + 0.25, 0))
        for name in (name for name, kind in kinds.items() if kind == "boolean"):
            yield from ({**first, name: value} for value in (True, False))
        keys = {one.names[1] for one in group.resource.references if one.field == field and len(one.names) == 2}
        for name in sorted(keys & kinds.keys() & first.keys()):
            yield {one: value for one, value in first.items() if one != name}

    def _referred(self, resource: str, chains: list[tuple[str, ...]], depth: int, *, is_named: bool) -> str | None:
        group = self.session.plan.groups[resource]
        if Kind.CREATE not in group.operations:
            return None
        if resource not in self._made:
            if not is_named or not chains:
                return str(self.session.referenced(group)[group.key])
            body = self.body(group, chains, depth)
            reply = self.session.send(Ask(group.one(Kind.CREATE), body=body))
            made = self.session.value(reply) if reply.status == 200 else self.session.referenced(group)
            self._made[resource] = dict(made)
        return str(self._made[resource][group.key])

    def items(self, group: Group, field: str) -> list[dict[str, Any]]:
        """A list with one item for each value of its items' first enum, foreign keys filled in."""
        document, node = group.contract.document, group.field(field)
        place = document.follow(node.child("items"))
        declared = dict(place.child("properties").items())
        options = {name: document.follow(one).value.get("enum") for name, one in declared.items()
                   if isinstance(document.follow(one).value, Mapping)}  # fmt: skip
        chosen = next((name for name, known in options.items() if known), None)
        made: list[dict[str, Any]] = []
        for ordinal, value in enumerate(options[chosen] if chosen else (None, None)):
            item = group.values.make(place, field, ordinal + 1)
            if not isinstance(item, dict):
                return []
            keys = {one.names[1]: self._referred(one.resource, [], DEEPEST, is_named=False)
                    for one in group.resource.references if one.field == field and len(one.names) == 2}  # fmt: skip
            item |= {name: key for name, key in keys.items() if key}
            made.append({**item, **({chosen: value} if chosen else {})})
        return made

    def beside(self, rules: Any, record: Mapping[str, Any]) -> None:
        """Make what ``rules`` look for by a key that ``record`` has: a record that meets their conditions."""
        chains = list(named_in(rules))
        for resource, by, own in sorted(looked_through(rules)):
            other = self.session.plan.groups.get(resource.rpartition(":")[2])
            if other is None or Kind.CREATE not in other.operations or not isinstance(record.get(own), str):
                continue
            fields = {name: value for name, values in compared(rules).items() if name in other.writable
                      for value in values[::-1] if other.values.allows(other.writable[name], value)}  # fmt: skip
            fields |= {name: True for name in other.of_type("boolean") if name in {chain[-1] for chain in chains}}
            keys = {one.field for one in other.references}
            tails = [chain[place:] for chain in chains for place, name in enumerate(chain) if place and name in keys]
            self.make(other, tails, {**fields, by: record[own]})

    def dependants(self, rules: Any, group: Group, record: Mapping[str, Any]) -> list[tuple[Group, dict[str, Any]]]:
        """Records that name ``record`` where ``rules`` look for some, with each value that those are compared with."""
        made: list[tuple[Group, dict[str, Any]]] = []
        for resource, path in sorted(resources_read(rules)):
            other = self.session.plan.groups.get(resource.rpartition(":")[2])
            if other is None or Kind.CREATE not in other.operations:
                continue
            tried = [{}, *variants(rules, other)][: MOST // 2]
            for fields in [*tried, *tried[1:]]:  # two of a kind, where one alone might be taken for all
                named = {path: record[group.key]} if path and "." not in path else {}
                if path and "." in path:
                    outer, inner = path.split(".", 1)
                    items = self.items(other, outer)[:1]
                    named = {outer: [{**one, inner: record[group.key]} for one in items]}
                try:
                    body = self.session.body(other, {**fields, **named})
                    own = (
                        frozenset() if fields else other.filled - named.keys() - other.required
                    )  # once as it is filled
                    body = {name: value for name, value in body.items() if name not in own}
                    made.append((other, self.session.put_in(other, body)))
                except Inconclusive:
                    continue
        return made[:MOST]


def _answered(group: Group, body: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The field of ``body`` with ``value`` at ``path``; nothing where the schema does not allow it."""
    first, *rest = path
    changed: Any = value
    if rest:
        inner = body.get(first)
        changed = {**(inner if isinstance(inner, dict) else {}), rest[0]: value}
    allows = first in group.writable and group.values.allows(group.writable[first], changed)
    return {first: changed} if allows and len(path) <= len(("field", "member")) else {}


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
    """The names that rules compare with what is no plain value, and the expressions of that."""
    nodes = [node for tree in trees(rules) for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    pairs = [(node.left, node.comparators[0]) for node in nodes if len(node.comparators) == 1]
    plain = ast.Constant | ast.List | ast.Tuple
    return {one.id: ast.unparse(two) for one, two in pairs if isinstance(one, ast.Name) and not isinstance(two, plain)}


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
