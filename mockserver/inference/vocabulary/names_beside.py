"""What the resources are called that no path leads to: of files, of kept replies, of what single accounts like."""

from __future__ import annotations

from mockserver.contract.plan import FILES, PlannedParameter
from mockserver.contract.resource import Resource
from mockserver.values.name_words import flat

REPLIES = "replies.kept"
"""The name of the resource that keeps what requests were answered that may be sent again."""


def files_of(resource: Resource) -> str:
    """The name of the resource that keeps the bytes of what was sent for records of another."""
    return f"{resource.name}.{FILES}"


def truths_of(name: str) -> str:
    """The name of the resource that keeps what single accounts like or follow of the records of another."""
    return f"{name}.truths"


def is_repeat_key(one: PlannedParameter) -> bool:
    """Whether a parameter is the header by which a request is known that is sent again."""
    return one.location == "header" and "idempoten" in flat(one.name)
