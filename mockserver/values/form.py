"""Our own files and requests, held to our JSON Schemas: every problem at once, with its place and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mockserver.errors import Problem
from mockserver.values.data_file import DataFile
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import named, shown, type_name
from mockserver.values.suggestions import meant

if TYPE_CHECKING:
    from jsonschema import ValidationError


MOST = 50
"""How many unknown members of an object are named."""


def check_form(schema: str, said: DataFile) -> list[Problem]:
    """Everything by which ``said`` is not of the form ``schema``, a file of ``mockserver/schemas`` without its suffix.

    What to do is the ``description`` of the schema that failed, so that an editor tells the same.
    """
    from jsonschema import Draft202012Validator  # PERF: 60 ms that only the one pays who reads such a file

    validator = Draft202012Validator(read_form(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)
    faults = sorted({one for error in validator.iter_errors(said.value) for one in _told(error)})
    return [said.problem(*one) for one in faults]


def read_form(schema: str) -> dict[str, Any]:
    """The JSON Schema of that name, a file of ``mockserver/schemas`` without its suffix."""
    rules: dict[str, Any] = json.loads((files("mockserver.schemas") / f"{schema}.json").read_text(encoding="utf-8"))
    return rules


def _told(error: ValidationError) -> Iterator[tuple[str, str, str]]:
    """Pointer, problem and remedy of one error; of several names that are unknown, each."""
    at, rule = tuple(error.absolute_path), str(error.validator)
    schema: Any = error.schema
    found: Any = error.instance
    wanted: Any = error.validator_value
    properties = schema.get("properties", {})
    if rule == "additionalProperties":
        unknown = sorted(set(found) - set(properties))
        for name in unknown[:MOST]:
            yield pointer_to(*at, name), "is unknown", meant(name, properties)
        if (more := len(unknown) - MOST) > 0:
            yield pointer_to(*at), f"has {more} more members that are unknown", "leave them out"
    elif rule == "required":
        name = next(name for name in wanted if f"'{name}' is a required" in error.message)
        yield pointer_to(*at, name), "is missing", _remedy(properties.get(name, {}), "add it")
    else:
        yield pointer_to(*at), _problem(rule, wanted, found), _remedy(schema, "correct it")


def _problem(rule: str, wanted: Any, found: Any) -> str:
    if rule == "type":
        kinds = " or ".join(wanted if isinstance(wanted, list) else [wanted])
        return f"is {shown(found)} ({type_name(found)}), wanted {kinds}"
    if rule == "enum":
        return f"is {shown(found)}, wanted one of {named(map(shown, wanted))}"
    return f"is {shown(found)}, wanted {rule} {shown(wanted)}"


def _remedy(schema: Any, otherwise: str) -> str:
    return str(schema.get("description", otherwise)) if isinstance(schema, dict) else otherwise
