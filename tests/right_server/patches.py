"""JSON Patch after RFC 6902, on a copy: the caller's record stays as it is."""

from __future__ import annotations

import copy
from typing import Any

from right_server.refusals import Refused

MISSING = object()


def alike(one: Any, other: Any) -> bool:
    """Equality of JSON: numbers by value, and true is not a number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


def patched(record: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, Any]:
    """``record`` after all ``steps``. Raises Refused(409) where one of them does not apply."""
    root = [copy.deepcopy(record)]
    for step in steps:
        _apply(root, step)
    if not isinstance(root[0], dict):
        raise Refused(400, "what is left is not a record")
    return root[0]


def _apply(root: list[Any], step: dict[str, Any]) -> None:
    verb, path = step["op"], step["path"]
    if verb == "test":
        if not alike(_get(root, path), step["value"]):
            _conflict(f"the test of {path} fails")
    elif verb == "remove":
        _take(root, path)
    elif verb == "add":
        _put(root, path, copy.deepcopy(step["value"]))
    elif verb == "replace":
        _get(root, path)
        holder, last = _holder(root, path)
        holder[_index(holder, last) if isinstance(holder, list) else last] = copy.deepcopy(step["value"])
    elif verb == "copy":
        _put(root, path, copy.deepcopy(_get(root, step["from"])))
    else:
        if (path + "/").startswith(step["from"] + "/") and path != step["from"]:
            _conflict("a value cannot be moved into itself")
        _get(root, step["from"])
        if path != step["from"]:
            _put(root, path, _take(root, step["from"]))


def _conflict(why: str) -> None:
    raise Refused(409, f"The patch does not apply: {why}")


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _holder(root: list[Any], path: str) -> tuple[Any, Any]:
    """What holds the value that ``path`` names, and under which name; the root is held by a list of one."""
    parts = _parts(path)
    if not parts:
        return root, "0"
    holder = root[0]
    for part in parts[:-1]:
        holder = _child(holder, part)
    return holder, parts[-1]


def _child(holder: Any, part: str) -> Any:
    if isinstance(holder, dict) and part in holder:
        return holder[part]
    if isinstance(holder, list):
        return holder[_index(holder, part)]
    _conflict(f"nothing is at {part}")
    return None


def _index(holder: list[Any], part: str, *, may_end: bool = False) -> int:
    if may_end and part == "-":
        return len(holder)
    if not part.isdecimal() or not part.isascii() or (part[0] == "0" and part != "0"):
        _conflict(f"{part} is not an index")
    if len(part) > 9 or int(part) >= len(holder) + may_end:
        _conflict(f"there is no item {part[:9]}")
    return int(part)


def _get(root: list[Any], path: str) -> Any:
    return _child(*_holder(root, path))


def _take(root: list[Any], path: str) -> Any:
    holder, last = _holder(root, path)
    value = _child(holder, last)
    if holder is root:
        root[0] = None
        return value
    if isinstance(holder, list):
        return holder.pop(_index(holder, last))
    del holder[last]
    return value


def _put(root: list[Any], path: str, value: Any) -> None:
    holder, last = _holder(root, path)
    if holder is root:
        root[0] = value
    elif isinstance(holder, list):
        holder.insert(_index(holder, last, may_end=True), value)
    elif isinstance(holder, dict):
        holder[last] = value
    else:
        _conflict(f"nothing can be put into {path}")
