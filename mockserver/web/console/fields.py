"""What the document says of a resource's members: their kinds, in words that a table and a form understand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mockserver.contract import Contract, Resource
from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes

LONG = 200
"""From how many allowed characters on a text gets more than one line."""


class Control(StrEnum):
    """How a member is entered."""

    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a record. ``leads_to`` is the resource whose record it names, empty for none."""

    name: str
    type: str
    control: Control
    description: str = ""
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_managed: bool = False
    rule: str = ""
    leads_to: str = ""


class Fields:
    """Knows the members of every resource, each looked up once."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._shapes = contract.maker.shapes if contract.maker else Shapes(contract.document)
        self._known: dict[str, Mapping[str, Field]] = {}

    def of(self, resource: Resource) -> Mapping[str, Field]:
        """The members that the record's schema declares, in its order; none where nothing is declared."""
        if resource.name not in self._known:
            node = resource.model.record if resource.model else resource.validator.node
            self._known[resource.name] = dict(self._read(resource, node)) if node is not None else {}
        return self._known[resource.name]

    def _read(self, resource: Resource, node: Node) -> list[tuple[str, Field]]:
        shape = self._shapes.shape(node)
        leads = {one.path: one.resource for one in resource.references} | dict(
            resource.model.foreign if resource.model else {}
        )
        return [
            (name, self._field(resource, name, place, name in shape.required, leads.get(name, "")))
            for name, place in shape.properties.items()
        ]

    def _field(self, resource: Resource, name: str, node: Node, is_required: bool, leads_to: str) -> Field:
        words = {**self._said(self._shapes.follow(node)), **self._said(node)}
        shape = self._shapes.shape(node)
        type_ = shape.type or ""
        choices = tuple(str(one) for one in words.get("enum", ()) if isinstance(one, str | int | float))
        return Field(
            name,
            " or ".join(one for one in shape.types if one != "null") or type_,
            _control(type_, {**words, **shape.words}, choices),
            str(words.get("description", "")).strip(),
            choices if type_ != "boolean" else ("true", "false"),
            is_required,
            name in resource.managed or name in resource.computed or words.get("readOnly") is True,
            _rule(words.get("x-mock")),
            leads_to,
        )

    def _said(self, node: Node) -> Mapping[str, Any]:
        return node.value if isinstance(node.value, Mapping) else {}


def on_lines(value: Any) -> str:
    """JSON for a person: objects and lists on lines of their own, anything else, and what is empty, on one."""
    return json.dumps(value, ensure_ascii=False, indent=2 if isinstance(value, dict | list) and value else None)


def _control(type_: str, words: Mapping[str, Any], choices: tuple[str, ...]) -> Control:
    if choices or type_ == "boolean":
        return Control.CHOICE
    if type_ in ("integer", "number"):
        return Control.NUMBER
    if type_ == "string" and words.get("format") == "date":
        return Control.DATE
    if type_ == "string":
        most = words.get("maxLength")
        return Control.LINES if isinstance(most, int) and most > LONG else Control.TEXT
    return Control.JSON


def _rule(marks: Any) -> str:
    """The expression behind a member that is worked out or filled in."""
    marks = marks if isinstance(marks, Mapping) else {}
    found = ((word, marks[word]) for word in ("computed", "filled") if isinstance(marks.get(word), str))
    return next((f"{word}: {' '.join(text.split())}" for word, text in found), "")
