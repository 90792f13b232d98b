"""What a look-up adds to its template: the path below the collection, its parameters, and the sample that is found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.problems import Problems
from mockserver.spec_builder.fields import FieldLines
from mockserver.spec_builder.lines import DROPPED, Tree, capital
from mockserver.spec_builder.templates import fill
from mockserver.values.pointer import steps_of
from mockserver.values.shown import quoted

_PARAMETER = re.compile(r"\{([^{}]+)\}")


def lookup_values(said: Node, fields: FieldLines, samples: Tree, template: Node, problems: Problems) -> dict[str, Any]:
    """The values of ``<key.…>`` and ``<found.…>`` for the look-up of a group that is ``said``.

    Its name is the field that is looked up by, or any name where ``by`` says which parameter stands for which
    field; ``record`` names the sample record to be found, if not the usual one. ``template`` is that of a
    parameter.
    """
    name = steps_of(said.pointer)[-1]
    found = fields.sample(samples.get(said.child("record").value or "record") or {})
    by = said.child("by").value or {name: name}
    for field in by.values():
        if isinstance(field, str) and field not in fields.lines:
            problems.add(said, f"looks up by the unknown field {quoted(field)}", "name a field of the record")
    path = _path(name, said, by)
    named = [_parameter(one, by.get(one), fields, found, said) for one in _PARAMETER.findall(path)]
    for parameter in named:
        if parameter["example"] is None:
            remedy = "give the sample record a value for it, or name another one"
            problems.add(said, f"no sample for {quoted(parameter['name'])}", remedy)
    parameters = [_filled(template, parameter) for parameter in named]
    of = {
        "name": name,
        "Name": "".join(map(capital, name.split("_"))) + ("" if name.endswith("_id") or name in by else "Id"),
        "fields": " and ".join(map(_field_words, by.values())),
        "path": path,
        "parameters": parameters,
        "by": name if by == {name: name} else dict(by),
    }
    return {"key": of, "found": {"record": found, **fields.samples(found)}}


def _path(name: str, said: Node, by: Mapping[str, Any]) -> str:
    """``contact/{contact_id}`` for the field ``contact_id``; a path that is told may leave the parameters out."""
    first, *others = name.removesuffix("_id").split("_")
    path = str(said.child("path").value or first + "".join(map(capital, others)))
    return path if "{" in path else "/".join([path, *(f"{{{parameter}}}" for parameter in by)])


def _parameter(name: str, field: Any, fields: FieldLines, found: Mapping[str, Any], said: Node) -> dict[str, Any]:
    """What fills the template of the parameter ``name``, which stands for ``field`` (None: for none)."""
    options = fields.lines.get(field, {}).get("enum") if isinstance(field, str) else None
    return {
        "name": name,
        "example": said.child("examples", name).value if field is None else _found(field, found),
        "options": options or DROPPED,
        "about": f"The {_field_words(field)} to look for."
        if field is not None
        else "Whose view it is; it makes no difference here.",
    }


def _filled(template: Node, parameter: Mapping[str, Any]) -> Any:
    """The template of a parameter with its values; one of few options is nothing else: generators trip over a
    reference with an ``enum`` beside it.
    """
    made, options = fill(template, {"parameter": parameter}, lambda _: None), parameter["options"]
    return made if options is DROPPED else {**made, "schema": {"type": "string", "enum": options}}


def _found(field: Any, found: Mapping[str, Any]) -> Any:
    """The sample's value of a field, or of the field that another one chooses."""
    if isinstance(field, Mapping):
        field = (field.get("cases") or {}).get(found.get(str(field.get("by"))))
    return found.get(field) if isinstance(field, str) else None


def _field_words(field: Any) -> str:
    """The field, or the fields that another one chooses between, in prose."""
    if isinstance(field, Mapping):
        return " or ".join(map(str, dict.fromkeys((field.get("cases") or {}).values())))
    return str(field)
