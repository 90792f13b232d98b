"""The engine knows OpenAPI: no name of the showpiece's document stands in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from over import over
from stock_document import DOCUMENT

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted((ROOT / "mockserver").rglob("*.py"))
each_module = over((module.relative_to(ROOT).as_posix(), module) for module in MODULES)
GENERAL = frozenset({"page_size", "profiles", "settings"})
"""Names of the document that are words of ours as well, in another sense."""


def _properties(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value["properties"] if isinstance(value.get("properties"), dict) else ()
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _properties(one)


def _resources(schemas: dict[str, Any]) -> Iterator[str]:
    marks = (schema.get("x-mock", {}) for schema in schemas.values())
    return (one["resource"] for one in marks if "resource" in one)


NAMES = {name for name in _properties(DOCUMENT.root) if "_" in name}
"""A single small word, such as status, is anybody's."""
OWN = NAMES.union(_resources(DOCUMENT.root["components"]["schemas"])) - GENERAL


@each_module
def test_no_member_or_resource_of_the_document_is_named(_: str, module: Path) -> None:
    literals = (node.value for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Constant))
    assert {text for text in literals if isinstance(text, str)} & OWN == set()


@each_module
def test_the_vendor_is_not_named(_: str, module: Path) -> None:
    assert not re.search(r"rhythm|knox", module.read_text(), re.IGNORECASE)
