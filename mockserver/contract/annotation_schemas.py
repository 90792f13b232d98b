"""The words of ``x-mock`` as JSON Schemas: an operation's, built from the table of kinds; a record's and a field's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.custom_kinds import CustomKind
from mockserver.contract.document import Document, Node
from mockserver.contract.kinds import ANNOTATED, KINDS, Facts
from mockserver.contract.problems import Problems
from mockserver.errors import Problem
from mockserver.values.form import Form, read_form

WORDS = "x_mock_words"
"""The file that says what each word takes, whatever the kind."""
READ_FOR_ALL = frozenset({"page", "projection", "members"})
"""Words that mean the same for the kinds of packages, whose other words are their own."""


def operation_marks(custom_kinds: Mapping[str, CustomKind]) -> dict[str, Any]:
    """The JSON Schema of an operation's ``x-mock``: which words each kind needs and takes."""
    known = read_form(WORDS)["$defs"]
    kinds: dict[str, Mapping[str, Any]] = {
        **{kind.value: _words(kind.value, KINDS[kind], known) for kind in ANNOTATED},
        **{name: _words(name, one.facts, _shared(known)) for name, one in custom_kinds.items()},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "x-mock of an operation",
        "description": "write x-mock: {kind: …, resource: …}",
        "type": "object",
        "required": ["kind", "resource"],
        "properties": {
            "kind": {"description": f"use one of {', '.join(kinds)}", "enum": [*kinds]},
            "resource": {"description": "name a resource", "type": "string"},
        },
        "allOf": [
            *(
                {"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": words}
                for name, words in kinds.items()
            ),
            _of_no_kind(kinds),
        ],
    }


def _of_no_kind(kinds: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Where the kind is not one, its words are those of all kinds, so that a misspelt one is told in the same go."""
    words: dict[str, Any] = {word: {} for one in kinds.values() for word in one["properties"]}
    known = {"properties": {"kind": {"enum": [*kinds]}}, "required": ["kind"]}
    return {"if": known, "else": {"properties": words, "additionalProperties": False}}


def mark_problems(form: Form, document: Document, marks: Node) -> list[Problem]:
    """Everything by which the words at ``marks`` are not of the form."""
    return [
        document.problem(Node(marks.pointer + pointer, None), problem, remedy)
        for pointer, problem, remedy in form.faults(marks.value)
    ]


def read_root(document: Document, problems: Problems) -> Mapping[str, Any]:
    """The words of the root; none where one of them is wrong, which is told."""
    marks = document.node("x-mock")
    if marks.value is None:
        return {}
    found = mark_problems(Form(read_form("x_mock_root")), document, marks)
    problems.add_all(found)
    return {} if found else dict(marks.value)


def _words(kind: str, facts: Facts, known: Mapping[str, Any]) -> dict[str, Any]:
    said = {word: known.get(word, {"description": f"add it: {kind} needs it"}) for word in facts.needs | facts.allows}
    return {
        "description": facts.line,
        "required": sorted(facts.needs),
        "properties": {"kind": {}, "resource": {}, **dict(sorted(said.items()))},
        "additionalProperties": False,
    }


def _shared(known: Mapping[str, Any]) -> dict[str, Any]:
    return {word: schema for word, schema in known.items() if word in READ_FOR_ALL}
