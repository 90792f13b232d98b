"""References to schemas by a name: by an anchor or an ``$id``, as pointers into the document, which all else reads."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from mockserver.values.absent import ABSENT
from mockserver.values.pointer import places_below, resolve

NAMES = re.compile(rb"""\$(?:id|anchor|dynamicAnchor|dynamicRef|recursiveRef|recursiveAnchor)["']?\s*:""")
"""In the text of a document: some schema has a name, or is referred to by one."""
_ANCHORS = ("$anchor", "$dynamicAnchor")


def point_to_names(root: dict[str, Any]) -> None:
    """Rewrite each reference by a name in ``root``, in place; names that nothing has stay, and are told as such.

    A dynamic reference is taken for one to the anchor of its name that is nearest: what a schema that includes
    another puts in the place of that anchor is not followed.
    """
    places = [(pointer, node) for pointer, node in places_below(root) if isinstance(node, dict)]
    resources = {pointer: node["$id"] for pointer, node in places if isinstance(node.get("$id"), str)}
    names = _Names(root, resources)
    for pointer, node in places:
        names.learn(pointer, node)
    for pointer, node in places:
        found = next((node[word] for word in ("$ref", "$dynamicRef", "$recursiveRef") if word in node), None)
        if isinstance(found, str) and (target := names.found(pointer, found, node)) is not None:
            for word in ("$dynamicRef", "$recursiveRef"):
                node.pop(word, None)
            node["$ref"] = f"#{target}"
    for _, node in places:
        for word in ("$id", *_ANCHORS, "$recursiveAnchor"):
            if isinstance(node.get(word), str | bool):
                del node[word]


class _Names:
    """Where the schema of each name is. A resource is a schema with an ``$id``: names and pointers count within it."""

    def __init__(self, root: dict[str, Any], resources: dict[str, str]) -> None:
        self._root = root
        self._resources = resources
        self._known: dict[str, str] = {}
        self._recursive: set[str] = set()
        for pointer in resources:
            self._known.setdefault(self._base(pointer), pointer)

    def learn(self, pointer: str, node: dict[str, Any]) -> None:
        for word in _ANCHORS:
            if isinstance(name := node.get(word), str):
                self._known.setdefault(f"{self._base(pointer)}#{name}", pointer)
                self._known.setdefault(f"#{name}", pointer)
        if node.get("$recursiveAnchor") is True:
            self._recursive.add(pointer)

    def found(self, pointer: str, reference: str, node: dict[str, Any]) -> str | None:
        """Where a reference at ``pointer`` leads, if it is by a name or within a resource; else None."""
        if "$recursiveRef" in node:
            return max(
                (one for one in (*self._recursive, *self._resources) if _holds(one, pointer)), key=len, default=""
            )
        base, fragment = urldefrag(urljoin(self._base(pointer), reference))
        home = self._known.get(base, "" if not base else None)
        if fragment and not fragment.startswith("/"):
            return self._known.get(f"{base}#{fragment}", self._known.get(f"#{fragment}"))
        if home is None or not (base or reference.startswith("#")):
            return None
        within = home + unquote(fragment)
        return within if home and resolve(self._root, within) is not ABSENT else None

    def _base(self, pointer: str) -> str:
        """The address of the resource that ``pointer`` is in; empty for the document itself."""
        holders = sorted((one for one in self._resources if _holds(one, pointer)), key=len)
        base = ""
        for one in holders:
            base = urldefrag(urljoin(base, self._resources[one]))[0]
        return base


def _holds(place: str, pointer: str) -> bool:
    return pointer == place or pointer.startswith(place + "/")
