"""JSON values as XML and back, by the ``xml`` words of their schemas: names, attributes, wrapped lists."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.parsers import expat

from mockserver.contract.document import Node
from mockserver.contract.schema_shape import Shapes
from mockserver.messages import Json
from mockserver.values.media_types import without_parameters
from mockserver.values.reasons import reason

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_UNSAID = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML can hold."""


class BadXml(ValueError):
    """A text that is not XML, or more of it than is taken."""


def is_xml(media_type: str) -> bool:
    name = without_parameters(media_type)
    return name in ("application/xml", "text/xml") or name.endswith("+xml")


def write_xml(shapes: Shapes, schema: Node, value: Json) -> bytes:
    """``value`` as a document; its root is called as the schema is."""
    name = (shapes.name(schema) or "").rpartition("/")[2] or "root"
    root = Element(_said(shapes, schema, "name", name))
    _fill(shapes, schema, root, value)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _fill(shapes: Shapes, schema: Node | None, element: Element, value: Json) -> None:
    if isinstance(value, dict):
        members = shapes.properties(schema) if schema is not None else {}
        for name, one in value.items():
            _add(shapes, members.get(name), element, name, one)
    elif isinstance(value, list):
        items = shapes.items(schema) if schema is not None else None
        for one in value:
            _fill(shapes, items, SubElement(element, _said(shapes, items, "name", "item")), one)
    elif value is not None:
        element.text = _text(value)


def _add(shapes: Shapes, schema: Node | None, parent: Element, name: str, value: Json) -> None:
    """A member as an attribute, an element, or one element for each item of a list that is not wrapped."""
    said = _said(shapes, schema, "name", name)
    if isinstance(value, list) and schema is not None and not _word(shapes, schema, "wrapped"):
        items = shapes.items(schema)
        for one in value:
            _fill(shapes, items, SubElement(parent, _said(shapes, items, "name", said)), one)
    elif _word(shapes, schema, "attribute") and not isinstance(value, dict | list):
        parent.set(said, _text(value))
    elif value is not None:
        _fill(shapes, schema, SubElement(parent, said), value)


def _word(shapes: Shapes, schema: Node | None, word: str) -> Any:
    words = shapes.says(schema, "xml") if schema is not None else None
    return words.get(word) if isinstance(words, dict) else None


def _said(shapes: Shapes, schema: Node | None, word: str, usual: str) -> str:
    """A name that XML allows."""
    name = str(_word(shapes, schema, word) or usual)
    return name if _NAME.fullmatch(name) else f"_{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}"


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else _UNSAID.sub("", "" if value is None else str(value))


def read_xml(content: bytes, max_depth: int) -> Json:
    """Elements and attributes as members, repeated ones as lists, all values as texts; the root's name is not told.

    A root that holds nothing else is its text.

    Raises BadXml. A document type is refused: with one, a few lines can stand for gigabytes.
    """
    stack: list[tuple[dict[str, Any], list[str]]] = []
    found: list[Json] = []

    def begin(_: str, attributes: dict[str, str]) -> None:
        if len(stack) >= max_depth:
            raise BadXml(f"nests deeper than {max_depth} levels")
        stack.append((dict(attributes), []))

    def end(name: str) -> None:
        members, texts = stack.pop()
        value: Json = members or "".join(texts).strip()
        if not stack:
            found.append(value or {})
            return
        above = stack[-1][0]
        known = above.get(name)
        if isinstance(known, list):  # only what is repeated is one
            known.append(value)
        else:
            above[name] = value if known is None else [known, value]

    def add(text: str) -> None:
        stack[-1][1].append(text)

    def refuse(*_: Any) -> None:
        raise BadXml("has a document type, which is not accepted")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begin, end, refuse
    parser.CharacterDataHandler = add
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeError) as error:
        raise BadXml(f"is not XML: {reason(error)}") from None
    return found[0] if found else {}


def unwrapped(shapes: Shapes, schema: Node, value: Json) -> Json:
    """What was read as the schema has it: ``<tags><tag/></tags>`` is a list, and one item is a list of one."""
    if value == "" and shapes.type(schema) == "object":
        return {}
    if isinstance(value, dict) and shapes.type(schema) == "object":
        members = shapes.properties(schema)
        spelled: dict[str, str] = {}
        for name, below in members.items():
            spelled[_said(shapes, below, "name", name)] = name
            if (items := shapes.items(below)) is not None and not _word(shapes, below, "wrapped"):
                spelled.setdefault(_said(shapes, items, "name", name), name)
        named: dict[str, Json] = {spelled.get(str(name), str(name)): one for name, one in value.items()}
        return {name: unwrapped(shapes, members[name], one) if name in members else one for name, one in named.items()}
    if shapes.type(schema) == "array" and (items := shapes.items(schema)) is not None:
        if _word(shapes, schema, "wrapped"):
            value = next(iter(value.values()), []) if isinstance(value, dict) else []
        return [unwrapped(shapes, items, one) for one in (value if isinstance(value, list) else [value])]
    return value
