"""What OpenAPI 3.2 says of parameters that 3.1 does not: a whole query as one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.values.pointer import behind


def spread_queries(root: dict[str, Any]) -> None:
    """Let each member of a form in the query (``in: querystring``) be a parameter of its own, in place."""
    for item in root["paths"].values():
        if not isinstance(item, dict):
            continue
        more = item.get("additionalOperations")
        for holder in (item, *item.values(), *(more.values() if isinstance(more, dict) else ())):
            if isinstance(holder, dict) and isinstance(taken := holder.get("parameters"), list):
                holder["parameters"] = [one for each in taken for one in _spread(root, each)]


def _spread(root: dict[str, Any], parameter: Any) -> Iterator[Any]:
    found = behind(root, parameter)
    content = found.get("content") if isinstance(found, dict) and found.get("in") == "querystring" else None
    form = content.get("application/x-www-form-urlencoded") if isinstance(content, dict) else None
    schema = behind(root, form.get("schema")) if isinstance(form, dict) else None
    members = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(members, dict) or not isinstance(schema, dict):
        yield parameter
        return
    required = schema.get("required")
    for name, one in members.items():
        needed = isinstance(required, list) and name in required
        yield {"name": name, "in": "query", "required": needed, "schema": one}
