"""Some fields only: what a caller gets who asked for names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.contract import Resource
from mockserver.messages import Headers, Reply, say
from mockserver.store import Record


def projected(resource: Resource, fields: str, record: Record) -> Reply:
    """``record`` reduced to the comma-separated ``fields`` and its key."""
    return say(select(resource, fields, record), notes=unknown(resource, fields))


def select(resource: Resource, fields: str, record: Record) -> dict[str, Any]:
    wanted = {resource.key, *fields.split(",")}
    return {name: value for name, value in record.data().items() if name in wanted}


def select_all(resource: Resource, fields: str, records: Iterable[Record]) -> list[dict[str, Any]]:
    return [select(resource, fields, record) for record in records]


def unknown(resource: Resource, fields: str) -> Headers:
    """A note that names what was asked for and no field has."""
    names = sorted(set(fields.split(",")) - resource.fields)
    return (("Ignored", ", ".join(f"fields/{name}" for name in names)),) if names else ()
