"""Schemas that are referred to by a name: an anchor, a dynamic one, an ``$id``, as JSON Schema has them since 2019."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main
from mockserver.contract import read_document
from mockserver.contract.schema import Schemas
from test_any_document import document

NODE = {"type": "object", "required": ["name"], "properties": {"children": {"type": "array"}}}
GOOD = {"name": "a", "children": [{"name": "b"}]}
BAD = {"name": "a", "children": [{"name": "b", "children": [{}]}]}


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ({"$dynamicRef": "#node"}, {"$dynamicAnchor": "node"}),
        ({"$ref": "#node"}, {"$anchor": "node"}),
        ({"$ref": "#node"}, {"$anchor": "node", "$id": "https://example.com/node"}),
        ({"$dynamicRef": "#node"}, {"$dynamicAnchor": "node", "$id": "https://example.com/node"}),
        ({"$ref": "https://example.com/node"}, {"$id": "https://example.com/node"}),
        ({"$ref": "/node#"}, {"$id": "https://example.com/node"}),
        ({"$ref": "#"}, {"$id": "https://example.com/node"}),
        ({"$ref": "#/$defs/again"}, {"$id": "https://example.com/node", "$defs": {"again": {"$ref": "#"}}}),
        ({"$recursiveRef": "#"}, {"$recursiveAnchor": True}),
        ({"$recursiveRef": "#"}, {"$id": "https://example.com/node"}),
    ],
    ids=str,
)
def test_a_reference_by_name_is_followed(tmp_path: Path, reference: dict[str, str], name: dict[str, Any]) -> None:
    node = json.loads(json.dumps({**NODE, **name}))
    node["properties"]["children"]["items"] = reference
    holder = {"type": "object", "properties": {"top": {"$ref": "#/components/schemas/Node"}}}
    told = document({}, components={"schemas": {"Holder": holder, "Node": node}})
    (tmp_path / "a.json").write_text(json.dumps(told))
    read = read_document(tmp_path / "a.json")
    schema = Schemas(read).validator(read.node("components", "schemas", "Holder"))
    assert (schema.allows({"top": GOOD}), schema.allows({"top": BAD})) == (True, False)
    assert read.warnings == ()


def test_a_name_that_nothing_has_is_told(tmp_path: Path) -> None:
    told = document({}, components={"schemas": {"A": {"$dynamicRef": "#gone"}, "B": {"$ref": "#away"}}})
    (tmp_path / "a.json").write_text(json.dumps(told))
    output = CliRunner().invoke(main, ["validate", str(tmp_path / "a.json")]).output
    assert "/components/schemas/A: warning: is not a usable JSON Schema, and forbids nothing: Anchor 'gone'" in output
    assert "/components/schemas/B: warning: the reference '#away' leads nowhere" in output
