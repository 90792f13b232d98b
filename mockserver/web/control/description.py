"""The control plane described as an OpenAPI document, made from its routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import orjson

from mockserver.values.form import form_text
from mockserver.values.json_text import read_own
from mockserver.web.control.route import JSON, Route
from mockserver.web.journal_stream import MEDIA_TYPE

_PARAMETER = re.compile(r"<([a-z_]+)>")
_OTHER = re.compile(r'"\$ref": *"([a-z_]+)\.json"')
"""Where a schema of ours refers to another."""
_MOMENT = (
    r"^(?!0000)(\d{4}-((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    r"|(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
    r"([Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?$"
)
"""What the format ``moment`` of our forms takes, for whoever does not know it: a day, or a date-time of RFC 3339."""
_REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "400": "The request does not have the form described here; every problem is listed with its place.",
        "401": "The control token is missing.",
        "403": "Sent by a page of another origin, or to a host name that is not this machine's.",
        "404": "What the path names is not there.",
        "409": "The request contradicts itself, or what the mock holds: its document, its records, its limits.",
        "413": "The body is too large.",
        "415": "The body is not JSON.",
    }
)
_SCHEME = "controlToken"


def describe(routes: Iterable[Route], prefix: str, *, wants_token: bool) -> dict[str, Any]:
    """An OpenAPI 3.1 document of ``routes``, each below ``prefix``."""
    text = (files("mockserver.web.control") / "components.json").read_text(encoding="utf-8")
    components = read_own(text)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = prefix + _PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, wants_token=wants_token)
        if route.body:
            components["schemas"] |= _schemas(route.body)
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Control plane of the mock",
            "version": "1",
            "description": "Controls a running mock: its records, its clock, its faults and its journal.",
        },
        "paths": paths,
        "components": components,
    }
    if wants_token:
        components["securitySchemes"] = {_SCHEME: {"type": "http", "scheme": "bearer"}}
        described["security"] = [{_SCHEME: []}]
    return described


def _operation(route: Route, *, wants_token: bool) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": _name(route),
        "tags": [_noun(route)],
        "summary": route.summary,
        "parameters": [*_parameters(route)],
        "responses": {"200": _success(route)}
        | {status: _reply(_REFUSALS[status], "Refusal") for status in _refused(route, wants_token=wants_token)},
    }
    if route.body:
        described["requestBody"] = {"required": not route.fits({}), "content": _json(_title(route.body))}
    if wants_token and route.is_public:
        described["security"] = []
    return described


def _refused(route: Route, *, wants_token: bool) -> Iterator[str]:
    yield "400"
    if wants_token and not route.is_public:
        yield "401"
    yield "403"
    if "<" in route.path:
        yield "404"
    if "<" in route.path or route.body or route.media_type == MEDIA_TYPE:
        yield "409"
    if route.body:
        yield from ("413", "415")


def _success(route: Route) -> dict[str, Any]:
    if route.media_type == JSON:
        others = {route.also: {"schema": {"type": "string"}}} if route.also else {}
        return {"description": route.summary, "content": {**_json(route.reply), **others}}
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
    return f"{_noun(route)}_{verb}" if noun.endswith("Control") else verb


def _noun(route: Route) -> str:
    """``RecordControl.list`` as ``record``."""
    noun = route.view.__qualname__.partition(".")[0]
    return noun.removesuffix("Control").lower() if noun.endswith("Control") else "description"


def _title(schema: str) -> str:
    return "".join(word.capitalize() for word in schema.split("_"))


def _schemas(name: str) -> dict[str, Any]:
    """The schema of that name and those that it refers to, by their names in the description."""
    text = form_text(name)
    others = {title: schema for other in _OTHER.findall(text) for title, schema in _schemas(other).items()}
    text = text.replace('"format": "moment"', f'"pattern": {orjson.dumps(_MOMENT).decode()}')
    read = read_own(_OTHER.sub(lambda found: f'"$ref": "#/components/schemas/{_title(found[1])}"', text))
    return {**others, _title(name): {word: value for word, value in read.items() if word != "$schema"}}
