"""Our own files and requests, held to our JSON Schemas: every problem at once, with its place and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, TypeAlias

import jsonschema_rs

from mockserver.errors import Problem
from mockserver.values.data_file import DataFile
from mockserver.values.json_text import read_own
from mockserver.values.moment import read_datetime
from mockserver.values.pointer import pointer_to
from mockserver.values.shown import named, quoted, shown, type_name
from mockserver.values.suggestions import meant, nearest

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from jsonschema import FormatChecker, ValidationError
    from referencing import Resource

SCHEMAS = "mockserver.schemas"
MOST = 50
"""How many unknown members of an object, and how many problems of a file, are named."""
Fault: TypeAlias = tuple[str, str, str]
"""An RFC 6901 pointer, what is wrong there, and what to do."""
_ZONED = re.compile(r"\d[Tt ].*(?:[Zz]|[+-]\d\d:?\d\d)\Z", re.ASCII)


def check_form(schema: str, data: DataFile) -> list[Problem]:
    """Everything by which ``data`` is not of the form ``schema``, a file of ``mockserver/schemas`` without its suffix.

    What to do is the ``description`` of the schema that failed, so that an editor says the same.
    """
    return [data.problem(*fault) for fault in Form(read_form(schema)).faults(data.value)]


class Form:
    """A JSON Schema of ours, compiled once: for files, and for the words of a document."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._compiled = jsonschema_rs.Draft202012Validator(
            dict(schema),
            validate_formats=True,
            formats={"date-time": _is_zoned_moment, "moment": _is_moment},
            retriever=lambda address: read_form(address.rpartition("/")[2].removesuffix(".json")),
            base_uri="form:///",
        )

    def faults(self, value: Any) -> list[Fault]:
        """Where ``value`` is not of this form, sorted by place; at most ``MOST``, and one that says so."""
        if self._fits(value):
            return []
        from jsonschema import Draft202012Validator  # PERF: 60 ms that only the one pays whose file is wrong
        from referencing import Registry

        registry: Registry[Any] = Registry(retrieve=_retrieved)  # type: ignore[call-arg]
        validator = Draft202012Validator(self._schema, registry=registry, format_checker=_formats())
        errors = [*islice(validator.iter_errors(value), MOST + 1)]
        found = sorted({fault for error in errors for fault in _faults(error)})
        more = len(found) > MOST or len(errors) > MOST
        return [*found[:MOST], *([("", "has more problems than are listed", "correct these first")] if more else [])]

    def _fits(self, value: Any) -> bool:
        """The quick verdict; False where only the slow one can tell. PERF: a world that starts reads fifty files."""
        try:
            return self._compiled.is_valid(value)
        except ValueError:  # what JSON cannot carry
            return False


def read_form(schema: str) -> dict[str, Any]:
    """The JSON Schema of that name, a file of ``mockserver/schemas`` without its suffix."""
    rules: dict[str, Any] = read_own(form_text(schema))
    return rules


def form_text(schema: str) -> str:
    """The text of the JSON Schema of that name, as it is published."""
    return (_folder() / f"{schema}.json").read_text(encoding="utf-8")


def forms() -> list[str]:
    """The names of all forms."""
    found = (file.name.removesuffix(".json") for file in _folder().iterdir() if file.name.endswith(".json"))
    return sorted(found)


def _folder() -> Traversable:
    from importlib.resources import files  # PERF: a start that goes on from the last one reads none

    return files(SCHEMAS)


def _retrieved(address: str) -> Resource[Any]:
    from referencing.jsonschema import DRAFT202012

    return DRAFT202012.create_resource(read_form(address.removesuffix(".json")))


def _formats() -> FormatChecker:
    """Dates as Python reads them; a ``date-time`` has a time zone, a ``moment`` may be without."""
    from jsonschema import FormatChecker

    checker = FormatChecker(("date",))
    checker.checks("date-time")(_is_zoned_moment)
    checker.checks("moment")(_is_moment)
    return checker


def _is_moment(text: object) -> bool:
    try:
        return not isinstance(text, str) or bool(read_datetime(text))
    except ValueError:
        return False


def _is_zoned_moment(text: object) -> bool:
    return not isinstance(text, str) or (_ZONED.search(text) is not None and _is_moment(text))


def _faults(error: ValidationError) -> Iterator[Fault]:
    """Pointer, problem and remedy of one error; of several names that are unknown or missing, each."""
    at, keyword = tuple(error.absolute_path), str(error.validator)
    schema: Any = error.schema
    found: Any = error.instance
    wanted: Any = error.validator_value
    properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
    if keyword == "additionalProperties":
        yield from _unknown(at, found, schema, properties)
    elif keyword == "required":
        for name in (name for name in wanted if name not in found):
            yield pointer_to(*at, name), "is missing", _remedy(properties.get(name, {}), "add it")
    elif keyword == "dependentRequired":
        for present, needed in wanted.items():
            for name in needed if present in found else ():
                if name not in found:
                    problem = f"is missing beside {quoted(present)}"
                    yield pointer_to(*at, name), problem, _remedy(properties.get(name), "add it")
    elif keyword in ("anyOf", "oneOf") and error.context:
        yield from _alternatives(error, at)
    elif list(error.absolute_schema_path)[-2:-1] == ["propertyNames"]:
        remedy = meant(found, wanted) if keyword == "enum" else _remedy(schema, "choose another name")
        yield pointer_to(*at, found), "is not an accepted name here", remedy
    else:
        yield (
            pointer_to(*at),
            _problem(keyword, wanted, found),
            _near(keyword, wanted, found) or _remedy(schema, "correct it"),
        )


def _unknown(at: tuple[str | int, ...], found: Any, schema: Any, properties: Any) -> Iterator[Fault]:
    patterns = schema.get("patternProperties", {})
    unknown = sorted(
        str(name)
        for name in found
        if name not in properties and not any(re.search(pattern, str(name)) for pattern in patterns)
    )
    for name in unknown[:MOST]:
        yield pointer_to(*at, name), "is unknown", meant(name, properties)
    if (more := len(unknown) - MOST) > 0:
        yield pointer_to(*at), f"has {more} more members that are unknown", "leave them out"


def _alternatives(error: ValidationError, at: tuple[str | int, ...]) -> Iterator[Fault]:
    """What is wrong with the one alternative whose type the value has; if that is not one, which types there are."""
    if names := _any_of_them(error.validator_value):
        some = "one of" if error.validator == "oneOf" else "at least one of"
        yield pointer_to(*at), f"needs {some} {', '.join(names)}", "add what is meant"
        return
    branches = [[*branch] for _, branch in groupby(error.context or (), key=lambda one: one.schema_path[0])]
    fitting = [branch for branch in branches if not any(map(partial(_is_of_another_type, error), branch))]
    if len(fitting) == 1:
        for below in fitting[0]:
            yield from _faults(below)
        return
    types = [one.validator_value for branch in branches for one in branch if one.validator == "type"]
    kinds = [kind for one in types for kind in (one if isinstance(one, list) else [one])]
    is_typed = bool(kinds) and not fitting
    problem = "matches none of the accepted forms"
    if is_typed:
        problem = _problem("type", list(dict.fromkeys(kinds)), error.instance)
    yield pointer_to(*at), problem, _remedy(error.schema, "correct it")


def _any_of_them(branches: Any) -> list[str]:
    """The members of which one is required, where the alternatives are about nothing else."""
    names = [name for branch in branches if isinstance(branch, dict) for name in branch.get("required", ())]
    return names if len(names) == len(branches) else []


def _is_of_another_type(choice: ValidationError, error: ValidationError) -> bool:
    return error.validator in ("type", "const", "enum") and error.absolute_path == choice.absolute_path


_BOUNDS: Mapping[str, str] = {
    "minimum": "{} or more",
    "maximum": "{} or less",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
}


def _problem(keyword: str, wanted: Any, found: Any) -> str:
    if keyword == "type":
        kinds = " or ".join(wanted if isinstance(wanted, list) else [wanted])
        return f"is {shown(found)} ({type_name(found)}), wanted {kinds}"
    if keyword == "enum":
        return f"is {shown(found)}, wanted one of {named(map(shown, wanted))}"
    if keyword in ("anyOf", "oneOf"):
        return "matches more than one of the accepted forms"
    if keyword in ("minItems", "minLength", "minProperties"):
        return f"is {shown(found)}, wanted {wanted} or more {_COUNTED[keyword]}"
    if keyword in _BOUNDS:
        return f"is {shown(found)}, wanted {_BOUNDS[keyword].format(wanted)}"
    rule = f"{keyword} {shown(wanted)}" if wanted is not None else keyword
    return f"is {shown(found)}, wanted {_FORMATS.get(wanted, rule) if keyword == 'format' else rule}"


_FORMATS: Mapping[str, str] = {
    "date": "a date", "moment": "a date or a timestamp", "date-time": "a timestamp with its time zone",
}  # fmt: skip
_COUNTED: Mapping[str, str] = {"minItems": "items", "minLength": "characters", "minProperties": "members"}


def _near(keyword: str, wanted: Any, found: Any) -> str:
    """The word that was probably meant, where only some are taken; else nothing."""
    if keyword != "enum" or not isinstance(found, str):
        return ""
    close = nearest(found, [one for one in wanted if isinstance(one, str)], most=1)
    return f"did you mean {quoted(close[0])}?" if close else ""


def _remedy(schema: Any, otherwise: str) -> str:
    return str(schema.get("description", otherwise)) if isinstance(schema, dict) else otherwise
