"""The control plane described as an OpenAPI document, made from its routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

from mockserver.values.form import form_text
from mockserver.values.json_text import read_own
from mockserver.web.control.route import JSON, Route

_PARAMETER = re.compile(r"<([a-z_]+)>")
_OTHER = re.compile(r'"\$ref": *"([a-z_]+)\.json"')
"""Where a schema of ours refers to another."""
_DENIED = (
    ("400", "What is wrong with the request, each problem with its place."),
    ("401", "The control token is missing."),
    ("403", "Asked by a page of another origin, or by a host name that is not this machine's."),
)
_MISSING = (("404", "What the path names is not there."),)


def describe(routes: Iterable[Route], prefix: str) -> dict[str, Any]:
    """An OpenAPI 3.1 document of ``routes``, each below ``prefix``."""
    text = (files("mockserver.web.control") / "components.json").read_text(encoding="utf-8")
    components = read_own(text)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = prefix + _PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route)
        if route.body:
            components["schemas"] |= _schemas(route.body)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Control plane of the mock", "version": "1"},
        "paths": paths,
        "components": components,
    }


def _operation(route: Route) -> dict[str, Any]:
    replies = {status: _reply(text, "Refusal") for status, text in (*_DENIED, *(_MISSING if "<" in route.path else ()))}
    described: dict[str, Any] = {
        "operationId": _name(route),
        "summary": route.summary,
        "parameters": [*_parameters(route)],
        "responses": {"200": _success(route), **replies},
    }
    if route.body:
        described["requestBody"] = {"required": True, "content": _json(_title(route.body))}
    return described


def _success(route: Route) -> dict[str, Any]:
    if route.media_type == JSON:
        return _reply(route.summary, route.reply)
    media_type = route.media_type.partition(";")[0]
    return {"description": route.summary, "content": {media_type: {"schema": {"type": "string"}}}}


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    for name in _PARAMETER.findall(route.path):
        yield {"$ref": f"#/components/parameters/path-{name}"}
    for name in route.query:
        yield {"$ref": f"#/components/parameters/{name}"}


def _reply(text: str, schema: str) -> dict[str, Any]:
    return {"description": text, "content": _json(schema)}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _name(route: Route) -> str:
    """``RecordControl.list`` as ``record_list``."""
    noun, _, verb = route.view.__qualname__.rpartition(".")
    return f"{noun.removesuffix('Control').lower()}_{verb}" if noun.endswith("Control") else verb


def _title(schema: str) -> str:
    return "".join(word.capitalize() for word in schema.split("_"))


def _schemas(name: str) -> dict[str, Any]:
    """The schema of that name and those that it refers to, by their names in the description."""
    text = form_text(name)
    others = {title: schema for other in _OTHER.findall(text) for title, schema in _schemas(other).items()}
    told = read_own(_OTHER.sub(lambda found: f'"$ref": "#/components/schemas/{_title(found[1])}"', text))
    return {**others, _title(name): {word: value for word, value in told.items() if word != "$schema"}}
