"""What a record is after a merge: by RFC 7396, and list by list where the document says what tells entries apart."""

from __future__ import annotations

from typing import Any

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.messages import Json

_BY_ENTRY = "strategic-merge-patch"
"""The media type of a patch whose lists are merged entry by entry."""
_ENTRY = "patch-merge-key"
"""How the word of a schema ends that names the member by which entries of its list are one."""
_DIRECTIVE = "$patch"


def by_entry(content_type: str) -> bool:
    return _BY_ENTRY in content_type


def merged(previous: Json, one: Json, shapes: Shapes | None = None, place: Node | None = None) -> Json:
    """``previous`` after a merge of ``one``. With ``shapes``, lists that ``place`` says a key of are merged by it."""
    if isinstance(one, list) and isinstance(previous, list) and shapes is not None and (key := _key(place)):
        return _by_key(previous, one, key, shapes, shapes.items(place) if place is not None else None)
    if not isinstance(one, dict) or not isinstance(previous, dict):
        return one
    members = shapes.properties(place) if shapes is not None and place is not None else {}
    changed = {name: merged(previous.get(name), value, shapes, members.get(name))
               for name, value in one.items() if value is not None}  # fmt: skip
    return {**{name: value for name, value in previous.items() if name not in one}, **changed}


def _key(place: Node | None) -> str:
    words = place.value.items() if place is not None and isinstance(place.value, dict) else ()
    return next((str(one) for word, one in words if word.startswith("x-") and word.endswith(_ENTRY)), "")


def _by_key(previous: list[Any], sent: list[Any], key: str, shapes: Shapes, item: Node | None) -> list[Json]:
    """The entries after the patch: those of one key are merged, new ones added, and those taken out that it says."""
    kept = [*previous]
    for one in sent:
        known = one.get(key) if isinstance(one, dict) else None
        index = next((at for at, other in enumerate(kept) if isinstance(other, dict) and other.get(key) == known), None)
        if not isinstance(one, dict) or known is None or index is None:
            if not isinstance(one, dict) or _DIRECTIVE not in one:
                kept.append(one)
        elif one.get(_DIRECTIVE) == "delete":
            del kept[index]
        else:
            kept[index] = merged(kept[index], one, shapes, item)
    return kept
