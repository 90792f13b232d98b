"""OpenAPI 2.0 in the words of 3.x: bodies, media types, servers, security; schemas are raised by ``normalising``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import METHODS, referring
from mockserver.values.pointer import behind, chain, pointed, steps_of

_MOVED = (
    ("#/definitions/", "#/components/schemas/"),
    ("#/responses/", "#/components/responses/"),
)
_OF_SCHEMAS = frozenset(
    {"type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
     "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf", "x-nullable"}
)  # fmt: skip
_FLOWS: Mapping[str, str] = {"accessCode": "authorizationCode", "application": "clientCredentials"}


def upgraded(root: dict[str, Any]) -> None:
    """Make ``root``, a document of 2.0, one of 3.0, in place."""
    shared = root.pop("parameters", None) or {}
    consumes = root.pop("consumes", None) or ["application/json"]
    produces = root.pop("produces", None) or ["application/json"]
    for item in _items(root):
        common = [_resolved(root, shared, one) for one in item.get("parameters") or []]
        item["parameters"] = [_parameter(one) for one in common if one.get("in") not in ("body", "formData")]
        for method in METHODS:
            if isinstance(operation := item.get(method), dict):
                _operation(root, shared, operation, common, consumes)
                _responses(root, operation, produces)
    root["components"] = {
        **(root.get("components") or {}),
        "schemas": root.pop("definitions", None) or {},
        "responses": root.pop("responses", None) or {},
        "securitySchemes": {
            name: _scheme(scheme) for name, scheme in (root.pop("securityDefinitions", None) or {}).items()
        },
    }
    for response in root["components"]["responses"].values():
        _response(response, produces)
    root["servers"] = [*_servers(root)]
    root.pop("swagger")
    root["openapi"] = "3.0.0"
    _move(root)


def _items(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in (root.get("paths") or {}).values():
        if isinstance(found := behind(root, item), dict):
            yield found


def _resolved(root: dict[str, Any], shared: Mapping[str, Any], parameter: Any) -> dict[str, Any]:
    for _ in range(10):
        reference = parameter.get("$ref") if isinstance(parameter, dict) else None
        if not isinstance(reference, str):
            break
        is_shared = reference.startswith("#/parameters/")
        parameter = shared.get(steps_of(reference[12:])[0]) if is_shared else pointed(root, reference)
    return parameter if isinstance(parameter, dict) else {}


def _operation(
    root: dict[str, Any],
    shared: Mapping[str, Any],
    operation: dict[str, Any],
    common: list[dict[str, Any]],
    consumes: list[str],
) -> None:
    own = [_resolved(root, shared, one) for one in operation.get("parameters") or []]
    named = {(one.get("name"), one.get("in")) for one in own}
    every = [*own, *(one for one in common if (one.get("name"), one.get("in")) not in named)]
    takes = operation.pop("consumes", None) or consumes
    operation["parameters"] = [_parameter(one) for one in own if one.get("in") not in ("body", "formData")]
    bodies = [one for one in every if one.get("in") == "body"]
    form = [one for one in every if one.get("in") == "formData"]
    if bodies:
        body = bodies[0] if len(bodies) == 1 else _whole(bodies)
        content = {media: {"schema": body.get("schema", {})} for media in takes}
        operation["requestBody"] = {"required": bool(body.get("required")), "content": content}
    elif form:
        operation["requestBody"] = _form(form, takes)


def _whole(bodies: list[dict[str, Any]]) -> dict[str, Any]:
    """Several bodies, which 2.0 forbids and documents have all the same, are the members of one."""
    required = [one["name"] for one in bodies if one.get("required") and "name" in one]
    schema = {"type": "object", "properties": {one["name"]: one.get("schema", {}) for one in bodies if "name" in one}}
    return {"required": bool(required), "schema": {**schema, **({"required": required} if required else {})}}


def _form(fields: list[dict[str, Any]], takes: list[str]) -> dict[str, Any]:
    has_file = any(one.get("type") == "file" for one in fields)
    forms = [media for media in takes if "form" in media]
    default = ["multipart/form-data"] if has_file else ["application/x-www-form-urlencoded", "multipart/form-data"]
    required = [one["name"] for one in fields if one.get("required")]
    schema = {
        "type": "object",
        "properties": {one["name"]: _value_schema(one) for one in fields if "name" in one},
        **({"required": required} if required else {}),
    }
    return {"required": bool(required), "content": {media: {"schema": schema} for media in forms or default}}


def _value_schema(described: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter, header or form field, whose words stand beside its name in 2.0."""
    schema = {name: value for name, value in described.items() if name in _OF_SCHEMAS}
    if schema.get("type") == "file":
        schema = {"type": "string", "format": "binary"}
    if "description" in described:
        schema["description"] = described["description"]
    return schema


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    if "schema" in parameter or "in" not in parameter:
        return parameter
    made = {name: value for name, value in parameter.items() if name not in _OF_SCHEMAS and name != "collectionFormat"}
    made["schema"] = _value_schema(parameter)
    if parameter.get("type") == "array":
        made["explode"] = parameter.get("collectionFormat") == "multi"
    return made


def _responses(root: dict[str, Any], operation: dict[str, Any], produces: list[str]) -> None:
    gives = operation.pop("produces", None) or produces
    for response in (operation.get("responses") or {}).values():
        *references, found = chain(root, response)
        is_shared = any(one["$ref"].startswith("#/responses/") for one in references)
        if isinstance(found, dict) and not is_shared:
            _response(found, gives)


def _response(response: dict[str, Any], gives: list[str]) -> None:
    examples = response.pop("examples", None) or {}
    if "schema" in response:
        schema = response.pop("schema")
        media = [*dict.fromkeys([*gives, *examples])]
        response["content"] = {
            one: {"schema": schema, **({"example": examples[one]} if one in examples else {})} for one in media
        }
    elif isinstance(examples, dict) and examples:  # what has examples has content
        response["content"] = {one: {"example": example} for one, example in examples.items() if "/" in one}
    headers = response.get("headers")
    if isinstance(headers, dict):
        response["headers"] = {
            name: header if "schema" in header else {"schema": _value_schema(header)}
            for name, header in headers.items()
            if isinstance(header, dict)
        }


def _scheme(scheme: Mapping[str, Any]) -> dict[str, Any]:
    if scheme.get("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    if scheme.get("type") != "oauth2":
        return dict(scheme)
    flow = str(scheme.get("flow", "implicit"))
    known = {name: scheme[name] for name in ("authorizationUrl", "tokenUrl", "scopes") if name in scheme}
    return {"type": "oauth2", "flows": {_FLOWS.get(flow, flow): known}}


def _servers(root: dict[str, Any]) -> Iterator[dict[str, str]]:
    host, base = root.pop("host", None), root.pop("basePath", None) or "/"
    schemes = root.pop("schemes", None) or ["https"]
    if host:
        yield from ({"url": f"{scheme}://{host}{base}"} for scheme in schemes)
    else:
        yield {"url": base}


def _move(root: dict[str, Any]) -> None:
    """References to what has moved follow it."""
    for node in referring(root):
        node["$ref"] = _moved(node["$ref"])


def _moved(reference: str) -> str:
    return next((new + reference[len(old) :] for old, new in _MOVED if reference.startswith(old)), reference)
