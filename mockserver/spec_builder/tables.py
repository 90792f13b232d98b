"""Tables about a document, for people: what there is of each resource, how sure we are, what the server works out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson

from mockserver.contract.document import METHODS, Document, Node
from mockserver.expressions.record_functions import documented

USUAL = ("list", "create", "read", "replace", "patch", "delete", "batch", "search")
"""The kinds of operations with a column of their own."""
LETTERS = MappingProxyType({"documented": "D", "catalogue": "C", "inferred": "I"})
NONE = "·"
COMPUTED = MappingProxyType({"computed": "on every read", "filled": "when omitted"})


def coverage(document: Document) -> str:
    """Which operations each resource has, and where each is known from, as a Markdown table."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for node in _operations(document):
        kind, resource = (str(node.child("x-mock", word).value) for word in ("kind", "resource"))
        known = LETTERS.get(str(node.child("x-provenance", "status").value), "?")
        found.setdefault(resource, {}).setdefault(kind, []).append((str(node.child("operationId").value), known))
    fields = {str(schema.child("x-mock", "resource").value): _known(schema) for schema in _records(document)}
    rows = [
        [
            f"`{resource}`",
            *("".join(known for _, known in kinds.get(kind, [])) or NONE for kind in USUAL),
            ", ".join(f"{name} {known}" for kind, some in kinds.items() if kind not in USUAL for name, known in some),
            fields.get(resource, ""),
        ]
        for resource, kinds in sorted(found.items())
    ]
    total = sum(len(some) for kinds in found.values() for some in kinds.values())
    letters = ", ".join(f"{letter} {status}" for status, letter in LETTERS.items())
    heading = f"{len(found)} resources, {total} operations. {letters}; {NONE} none.\n\n"
    return heading + _table(["resource", *USUAL, "others", "fields"], rows)


def rules(document: Document) -> str:
    """What the server computes, fills in, and changes elsewhere, as Markdown tables."""
    fields: list[list[str]] = []
    effects: list[list[str]] = []
    for schema in _records(document):
        resource = f"`{schema.child('x-mock', 'resource').value}`"
        for name, place in schema.child("properties").items():
            for word, when in COMPUTED.items():
                rule = place.child("x-mock", word).value
                if rule is not None:
                    about = str(place.child("description").value or document.follow(place).child("description").value)
                    followed = ", and follows" if place.child("x-mock", "follows").value is True else ""
                    fields.append([resource, f"`{name}`", when + followed, about, f"`{_short(rule)}`"])
        effects += [
            [resource, _occasion(one), str(one.get("about"))] for one in schema.child("x-mock", "effects").value or []
        ]
    return (
        _table(["resource", "field", "computed", "description", "rule"], fields)
        + "\n"
        + _table(["resource", "when a record", "what follows"], effects)
    )


def functions() -> str:
    """The functions that expressions may call, as a Markdown table."""
    return _table(["function", "gives"], [[f"`{one.signature}`", one.about.replace("``", "`")] for one in documented()])


def told_in(text: str, tables: Mapping[str, str]) -> str:
    """``text`` with each table between ``<!-- name: … -->`` and ``<!-- end of name -->``, in place of what is there."""
    for name, table in tables.items():
        between = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text = between.sub(lambda found, table=table: f"{found[1]}{table}{found[2]}", text)  # type: ignore[misc]
    return text


def _operations(document: Document) -> Iterator[Node]:
    verbs = (verb for _, item in document.node("paths").items() for verb in item.items())
    return (node for verb, node in verbs if verb in METHODS and node.child("x-mock").value)


def _records(document: Document) -> list[Node]:
    """The schemas of records, by resource."""
    found = [
        node for _, node in document.node("components", "schemas").items() if node.child("x-mock", "resource").value
    ]
    return sorted(found, key=lambda node: str(node.child("x-mock", "resource").value))


def _known(schema: Node) -> str:
    """How many fields are known from where."""
    own = schema.child("x-provenance", "status").value
    counts = Counter(
        node.child("x-provenance", "status").value or own for _, node in schema.child("properties").items()
    )
    return ", ".join(f"{counts[status]} {letter}" for status, letter in LETTERS.items() if counts[status])


def _occasion(effect: Mapping[str, Any]) -> str:
    """``is created or changed; status: activated``."""
    if due := effect.get("due"):
        return _date(due, effect)
    on = " or ".join(f"{occasion}d" for occasion in sorted(effect.get("on") or ["change"], reverse=True))
    condition = effect.get("when")
    return f"is {on}" + (f"; `{_short(condition)}`" if condition else "")


def _date(field: str, effect: Mapping[str, Any]) -> str:
    """``reaches 30 days before expiration_date; status == 'active'``."""
    spans = [
        f"{', '.join(f'{number} {unit}' for unit, number in effect[word].items())} {word} "
        for word in ("before", "after")
        if word in effect
    ]
    condition = effect.get("when")
    return f"reaches {''.join(spans)}`{field}`" + (f"; `{_short(condition)}`" if condition else "")


def _short(rule: Any) -> str:
    """A rule on one line, in YAML's short form, fit for a table's cell."""
    if isinstance(rule, Mapping):
        return "{" + ", ".join(f"{name}: {_short(value)}" for name, value in rule.items()) + "}"
    if isinstance(rule, list):
        return "[" + ", ".join(map(_short, rule)) + "]"
    text = " ".join(rule.split()) if isinstance(rule, str) else orjson.dumps(rule).decode()
    return text.replace("|", "\\|")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
