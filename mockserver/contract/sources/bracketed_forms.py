"""Members of forms that are declared by the names which they are sent by: ``pet[name]``, ``ids[]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_BRACKETED = re.compile(r"[^\[\]]+(\[[^\[\]]*\])+")
_STEPS = re.compile(r"[^\[\]]+|\[\]")


def nest_members(media: dict[str, Any], follow: Callable[[Any], Any]) -> None:
    """Declare such members as what they mean, in place: ``pet: {name}``, and a list ``ids``; forms are read so."""
    schema = follow(media.get("schema"))
    members = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(members, dict) or not any(isinstance(one, str) and _BRACKETED.fullmatch(one) for one in members):
        return
    listed = schema.get("required")
    required = {one for one in listed if isinstance(one, str)} if isinstance(listed, list) else set()
    made: dict[str, Any] = {**schema, "properties": {}, "required": []}
    for name, member in members.items():
        steps = _STEPS.findall(name) if _BRACKETED.fullmatch(name) else [name]
        _put(made, steps, member, is_required=name in required)
    media["schema"] = made


def _put(holder: dict[str, Any], steps: list[str], member: Any, *, is_required: bool) -> None:
    name, *rest = steps
    within = holder["properties"]
    if is_required and name not in holder["required"]:
        holder["required"].append(name)
    if not rest:
        within[name] = member
    elif rest == ["[]"]:
        is_list = isinstance(member, dict) and member.get("type") == "array"
        within[name] = member if is_list else {"type": "array", "items": member}
    else:
        below = within.get(name)
        if not isinstance(below, dict) or not isinstance(below.get("properties"), dict):
            below = within[name] = {"type": "object", "properties": {}}
        below.setdefault("required", [])
        _put(below, rest, member, is_required=is_required)
