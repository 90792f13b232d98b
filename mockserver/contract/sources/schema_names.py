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

    Dynamic references to dynamic anchors stay as well, until all files are there: what they lead to depends on who
    includes them.
    """
    places = [(pointer, node) for pointer, node in places_below(root) if isinstance(node, dict)]
    resources = {pointer: node["$id"] for pointer, node in places if isinstance(node.get("$id"), str)}
    names = _Names(root, resources)
    for pointer, node in places:
        names.learn(pointer, node)
    for pointer, node in places:
        for word in ("$ref", "$dynamicRef", "$recursiveRef"):
            found = node.get(word)
            if not isinstance(found, str) or (word == "$dynamicRef" and names.is_dynamic(found)):
                continue
            if (target := names.found(pointer, found, word)) is not None:
                del node[word]
                node["$ref"] = f"#{target}"


def anchors(root: Any) -> dict[str, str]:
    """The pointer to the schema that each anchor of a file names."""
    return {
        node[word]: pointer
        for pointer, node in places_below(root)
        if isinstance(node, dict)
        for word in _ANCHORS
        if isinstance(node.get(word), str)
    }


class _Names:
    """Where the schema of each name is. A resource is a schema with an ``$id``: names and pointers count within it."""

    def __init__(self, root: dict[str, Any], resources: dict[str, str]) -> None:
        self._root = root
        self._resources = resources
        self._known: dict[str, str] = {}
        self._recursive: set[str] = set()
        self._dynamic: set[str] = set()
        for pointer in resources:
            self._known.setdefault(self._base(pointer), pointer)

    def learn(self, pointer: str, node: dict[str, Any]) -> None:
        if isinstance(name := node.get("$dynamicAnchor"), str):
            self._dynamic.add(f"#{name}")
        for word in _ANCHORS:
            if isinstance(name := node.get(word), str):
                self._known.setdefault(f"{self._base(pointer)}#{name}", pointer)
                self._known.setdefault(f"#{name}", pointer)
        if node.get("$recursiveAnchor") is True:
            self._recursive.add(pointer)

    def is_dynamic(self, reference: str) -> bool:
        """Whether a ``$dynamicRef`` is to a dynamic anchor of whatever includes its schema."""
        return reference in self._dynamic

    def found(self, pointer: str, reference: str, word: str) -> str | None:
        """Where the reference ``word`` at ``pointer`` leads, if it is by a name or within a resource; else None."""
        if word == "$recursiveRef":
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
