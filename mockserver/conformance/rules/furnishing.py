"""Records with all that a rule looks at: those they name, those that name them, the values its conditions ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Inconclusive
from mockserver.conformance.rules.rule_reading import (
    compared,
    contrasts,
    looked_through,
    named_in,
    resources_read,
    variants,
)
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask
from mockserver.contract import Kind
from mockserver.contract.resource import Reference

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
        self._apart: dict[str, str] = {}
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
        self._refer(group, body, chains, depth)
        for field in roots & set(group.writable) - set(body):
            if (value := self.items(group, field)) and group.values.allows(group.writable[field], value):
                body[field] = value
        self._tell_apart(group, body, roots)
        for field in sorted(roots & body.keys()):
            for item in self._odd(group, field, body[field]) if isinstance(body[field], list) else ():
                start, end = body[field][:-1] or body[field], body[field][1:][-1:]  # the last stays unlike the first
                if group.values.allows(group.writable[field], [*start, item, *end]):
                    body[field] = [*start, item, *end]
        for (resource, path), value in self._answers.items():
            if depth and resource == group.name:
                body |= _answered(group, body, path, value)
                if value is None:
                    body.pop(path[0], None)
        return body

    def _refer(self, group: Group, body: dict[str, Any], chains: list[tuple[str, ...]], depth: int) -> None:
        """Let ``body`` name what rules read through it: fields that name records of one resource different ones."""
        roots, named = {chain[0] for chain in chains}, set[str]()
        for reference in group.references:
            if reference.field in roots | set(body) and depth < DEEPEST and not reference.is_elsewhere:
                further = [chain[1:] for chain in chains if chain[0] == reference.field and len(chain) > 1]
                is_read = reference.field in roots
                made = self._another(reference) if is_read and not further and reference.resource in named else None
                if made := made or self._referred(reference.resource, further, depth + 1, is_named=is_read):
                    is_list = group.values.type_of(group.field(reference.field)) == "array"
                    body[reference.field] = [made] if is_list else made
                    named |= {reference.resource} if is_read else set()

    def _tell_apart(self, group: Group, body: dict[str, Any], roots: set[str]) -> None:
        """Give fields that rules read, and that are alike, different values; what ends is later than what begins."""
        seen: list[Any] = []
        for name in sorted(roots & body.keys() & group.writable.keys(), key=lambda one: ("end" in one, one)):
            if name not in group.foreign_keys and isinstance(body[name], str | dict) and body[name] in seen:
                other = group.values.make(group.writable[name], name, self.session.ordinal() + len(seen))
                body[name] = other if group.values.allows(group.writable[name], other) else body[name]
            seen.append(body[name])

    def _odd(self, group: Group, field: str, items: list[Any]) -> Iterator[dict[str, Any]]:
        """Items beside ``items`` that rules may tell from them: at and below a bound, in parts, without a key, with
        another one.
        """
        if not items or not isinstance(items[0], dict):
            return
        first, text, bounds = items[0], str(self._rules), compared(self._rules)
        yield first
        node = group.contract.document.follow(group.writable[field]).child("items")
        declared = dict(group.contract.document.follow(node).child("properties").items())
        kinds = {name: group.values.type_of(one) for name, one in declared.items() if name in text}
        for name in (name for name, kind in kinds.items() if kind in ("number", "integer")):
            known = [one for one in bounds.get(name, ()) if isinstance(one, int | float)]
            yield from ({**first, name: value} for value in (*known, self.session.ordinal() + 0.25, 0, -1.5))
        for name in (name for name, kind in kinds.items() if kind == "boolean"):
            yield from ({**first, name: value} for value in (True, False))
        keys = {one.names[1]: one for one in group.resource.references if one.field == field and len(one.names) == 2}
        for name in sorted(keys.keys() & kinds.keys() & first.keys()):
            yield {one: value for one, value in first.items() if one != name}
            if another := self._another(keys[name]):
                yield {**first, name: another}

    def _another(self, reference: Reference) -> str | None:
        """The key of a record that ``reference`` may name, and that nothing else which is made here does."""
        group = self.session.plan.groups.get(reference.resource)
        if reference.is_elsewhere or group is None or Kind.CREATE not in group.operations:
            return None
        if reference.resource not in self._apart:
            self._apart[reference.resource] = str(self.session.create(group)[group.key])
        return self._apart[reference.resource]

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
            flags = [name for name in other.of_type("boolean") if name in {chain[-1] for chain in chains}]
            fields |= dict.fromkeys(flags, True)
            for name in flags:  # one that does not meet them, and may come first
                self.session.create(other, {**fields, name: False, by: record[own]})
            keys = {one.field for one in other.references}
            tails = [chain[place:] for chain in chains for place, name in enumerate(chain) if place and name in keys]
            self.make(other, tails, {**fields, by: record[own]})

    def _naming(self, group: Group, path: str, key: Any) -> dict[str, Any]:
        """The field of ``path`` with two items that name ``key``, of other numbers, and one that names another record;
        with fewer where these are too many.
        """
        outer, inner = path.split(".", 1)
        items = [{**one, inner: key} for one in self.items(group, outer)[:1]]
        more = [{**one, **{name: value + 1 for name, value in one.items() if _is_number(value)}} for one in items]
        reference = next((one for one in group.resource.references if one.path == path), None)
        another = self._another(reference) if reference else None
        strange = [{**one, inner: another} for one in items if another]
        tried = ([*items, *more, *strange], [*items, *more])
        return {outer: next((one for one in tried if group.values.allows(group.writable[outer], one)), items)}

    def dependants(
        self, rules: Any, group: Group, record: Mapping[str, Any], *, in_each_state: bool = False
    ) -> list[tuple[Group, dict[str, Any]]]:
        """Records that name ``record`` where ``rules`` look for some, with each value that those are compared with.

        ``in_each_state``: where they are compared with none, one in each state that the schema has words for.
        """
        made: list[tuple[Group, dict[str, Any]]] = []
        for resource, path in sorted(resources_read(rules)):
            other = self.session.plan.groups.get(resource.rpartition(":")[2])
            if other is None or Kind.CREATE not in other.operations:
                continue
            known = variants(rules, other)
            tried = [{}, *known][: MOST // 2] if known else [{}, *((in_each_state and _states(other)) or [{}])]
            tried = [*tried[:2], *apart] if (apart := contrasts(rules, other)) else tried
            for fields in islice(cycle(tried), MOST):  # two of a kind, where one might be taken for all
                named = {path: record[group.key]} if path and "." not in path else {}
                if path and "." in path:
                    named = self._naming(other, path, record[group.key])
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


def _states(group: Group) -> list[dict[str, Any]]:
    """The field that has the most words, with each of them: rules may ask for none. None that brings anything about."""
    known = {name: (group.field(name).value or {}).get("enum") or [] for name in sorted(group.writable)}
    words = {name: few for name, few in known.items() if few and name not in group.triggers}
    name = max(words, key=lambda one: len(words[one]), default="")
    return [{name: word} for word in words.get(name, ())][: MOST - 1]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _answered(group: Group, body: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The field of ``body`` with ``value`` at ``path``; nothing where the schema does not allow it."""
    first, *rest = path
    if value is None:
        return {}
    changed: Any = value
    if rest:
        inner = body.get(first)
        changed = {**(inner if isinstance(inner, dict) else {}), rest[0]: value}
    allows = first in group.writable and group.values.allows(group.writable[first], changed)
    return {first: changed} if allows and len(path) <= len(("field", "member")) else {}
