"""OpenAPI Overlays: what is to be changed in a document that itself stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonpath
from jsonpath.exceptions import JSONPathError

from mockserver.errors import Problem, SetupError
from mockserver.values.data_file import read_data_file
from mockserver.values.shown import quoted


def overlaid(root: dict[str, Any], overlays: tuple[Path, ...]) -> None:
    """Apply each overlay, in order, to ``root``, in place.

    Raises SetupError listing each file that cannot be read, each action that is not one, each target without a place.
    """
    problems = [problem for file in overlays for problem in _applied(root, file)]
    if problems:
        raise SetupError(problems)


def _applied(root: dict[str, Any], file: Path) -> Iterator[Problem]:
    try:
        overlay = read_data_file(file).value
    except SetupError as error:
        yield from error.problems
        return
    actions = overlay.get("actions") if isinstance(overlay, Mapping) and "overlay" in overlay else None
    if not isinstance(actions, list):
        yield Problem(str(file), "/actions", "not an overlay", "write overlay: 1.0.0 and actions: [{target, update}]")
        return
    for index, action in enumerate(actions):
        if problem := _act(root, action):
            yield Problem(str(file), f"/actions/{index}", *problem)


def _act(root: dict[str, Any], action: Any) -> tuple[str, str] | None:
    """What is wrong with an action, and what to do; None when it was done."""
    if not isinstance(action, Mapping) or not isinstance(action.get("target"), str):
        return "no target", "write target: $.paths['/pets'].get"
    if ("update" in action) == (action.get("remove") is True):
        return "neither an update nor a removal", "write update: {…} or remove: true"
    try:
        found = [match.parts for match in jsonpath.finditer(action["target"], root)]
    except JSONPathError as error:
        return f"{quoted(action['target'])} is not a JSONPath: {error}", "write $.paths['/pets'].get"
    if not found:
        return f"{quoted(action['target'])} is nowhere in the document", "name a place that is there"
    for steps in reversed(found):
        _change(root, steps, action)
    return None


def _change(root: dict[str, Any], steps: tuple[Any, ...], action: Mapping[str, Any]) -> None:
    if not steps:
        _merge(root, action.get("update"))
        return
    parent: Any = root
    for step in steps[:-1]:
        parent = parent[step]
    if action.get("remove") is True:
        del parent[steps[-1]]
    elif isinstance(parent[steps[-1]], list):
        parent[steps[-1]].append(action["update"])
    else:
        parent[steps[-1]] = _merge(parent[steps[-1]], action["update"])


def _merge(value: Any, update: Any) -> Any:
    """Objects member by member, lists one after the other, all else replaced."""
    if isinstance(value, dict) and isinstance(update, Mapping):
        for name, member in update.items():
            value[name] = _merge(value[name], member) if name in value else member
        return value
    if isinstance(value, list) and isinstance(update, list):
        return [*value, *update]
    return update
