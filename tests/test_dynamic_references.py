"""Generic types of OpenAPI 3.1: a schema with a dynamic reference is completed by each schema that includes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import create_app
from mockserver.contract import read_document
from mockserver.contract.schema import Schemas
from mockserver.contract.sources.dynamic_references import bind
from mockserver.errors import SetupError
from test_any_document import document

PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
USER = {"type": "object", "required": ["mail"], "properties": {"mail": {"type": "string"}}}
PAGE = {
    "type": "object", "required": ["items"],
    "$defs": {"slot": {"$dynamicAnchor": "item", "not": {}}},
    "properties": {"items": {"type": "array", "items": {"$dynamicRef": "#item"}}},
}  # fmt: skip
ENVELOPE = {"type": "object", "required": ["data"], "properties": {"data": {"$dynamicRef": "#data"}}}


def bound(template: str, name: str, schema: str) -> dict[str, Any]:
    slot = {"$dynamicAnchor": name, "$ref": f"#/components/schemas/{schema}"}
    return {"$ref": f"#/components/schemas/{template}", "$defs": {name: slot}}


PAGES = {
    "Pet": PET, "User": USER, "Page": PAGE, "Envelope": ENVELOPE,
    "Pets": bound("Page", "item", "Pet"), "Users": bound("Page", "item", "User"),
    "UsersInAnEnvelope": bound("Envelope", "data", "Users"),
    "PetsOrUsers": {"anyOf": [{"$ref": "#/components/schemas/Pets"}, {"$ref": "#/components/schemas/Users"}]},
    "PetsBesideTheTemplate": {"allOf": [
        {"$ref": "#/components/schemas/Page"}, {"$dynamicAnchor": "item", "$ref": "#/components/schemas/Pet"},
    ]},
}  # fmt: skip
BY_ADDRESS = {
    "User": USER,
    "Page": {**PAGE, "$id": "https://example.com/page"},
    "Users": {**bound("", "item", "User"), "$ref": "page", "$id": "https://example.com/users"},
}
TREE = {
    "Tree": {
        "type": "object", "$dynamicAnchor": "node",
        "properties": {"data": {}, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    },
    "StrictTree": {
        "$dynamicAnchor": "node", "$ref": "#/components/schemas/Tree", "required": ["data"],
        "unevaluatedProperties": False,
    },
}  # fmt: skip
LEAF, BRANCH = {"data": 1}, {"data": 1, "children": [{"data": 2, "children": [{"data": 3}]}]}
ODD = {"data": 1, "children": [{"data": 2, "children": [{"daat": 3}]}]}


@pytest.mark.parametrize(
    ("schemas", "name", "good", "bad"),
    [
        (PAGES, "Pets", {"items": [{"name": "Rex"}]}, {"items": [{"mail": "a@b"}]}),
        (PAGES, "Users", {"items": [{"mail": "a@b"}]}, {"items": [{"name": "Rex"}]}),
        (PAGES, "Page", {"items": []}, {"items": [{"name": "Rex"}]}),
        (PAGES, "UsersInAnEnvelope", {"data": {"items": [{"mail": "a@b"}]}}, {"data": {"items": [{"name": "Rex"}]}}),
        (PAGES, "PetsOrUsers", {"items": [{"name": "Rex"}]}, {"items": [{"name": "Rex"}, {"mail": "a@b"}]}),
        (PAGES, "PetsBesideTheTemplate", {"items": [{"name": "R"}], "name": "p"}, {"items": [{}], "name": "p"}),
        (BY_ADDRESS, "Users", {"items": [{"mail": "a@b"}]}, {"items": [{"name": "Rex"}]}),
        (TREE, "Tree", ODD, {"children": [{"children": [3]}]}),
        (TREE, "StrictTree", BRANCH, ODD),
        (TREE, "StrictTree", LEAF, {"children": []}),
    ],
)
def test_whoever_includes_a_schema_says_what_completes_it(
    tmp_path: Path, schemas: dict[str, Any], name: str, good: object, bad: object
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(document({}, components={"schemas": schemas})))
    read = read_document(tmp_path / "a.json")
    schema = Schemas(read).validator(read.node("components", "schemas", name))
    assert (schema.allows(good), schema.allows(bad)) == (True, False)
    assert read.warnings == ()


def test_the_template_and_what_completes_it_may_be_in_files_of_their_own(tmp_path: Path) -> None:
    """Inline at an operation, by the name of an anchor in another file."""
    (tmp_path / "page.json").write_text(json.dumps({"$anchor": "page", **PAGE}))
    (tmp_path / "kinds.json").write_text(json.dumps({"Pet": PET, "User": USER}))

    def listing(kind: str) -> dict[str, Any]:
        slot = {"$dynamicAnchor": "item", "$ref": f"kinds.json#/{kind}"}
        schema = {"$ref": "page.json#page", "$defs": {"slot": slot}}
        return {"get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}}

    (tmp_path / "a.json").write_text(json.dumps(document({"/pets": listing("Pet"), "/users": listing("User")})))
    client = create_app(spec=tmp_path / "a.json").test_client()
    assert {*client.get("/pets").get_json()["items"][0]} == {"name"}
    assert {*client.get("/users").get_json()["items"][0]} == {"mail"}


def test_each_list_of_a_generic_type_is_one_of_its_own_records(tmp_path: Path) -> None:
    """What is created is found in the list whose items the dynamic reference leads to."""

    def at(name: str, status: str) -> dict[str, Any]:
        schema = {"schema": {"$ref": f"#/components/schemas/{name}"}}
        return {"responses": {status: {"description": "", "content": {"application/json": schema}}}}

    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    paths = {"/pets": {"get": at("Pets", "200"), "post": {**at("Pet", "201"), "requestBody": body}}}
    pet = {**PET, "properties": {"id": {"type": "string", "readOnly": True}, "name": {"type": "string"}}}
    schemas = {**PAGES, "Pet": pet}
    (tmp_path / "a.json").write_text(json.dumps(document(paths, components={"schemas": schemas})))
    client = create_app(spec=tmp_path / "a.json").test_client()
    made = client.post("/pets", json={"name": "Rex"}).get_json()
    assert made in client.get("/pets").get_json()["items"]


def combined(layers: int) -> dict[str, Any]:
    """Each layer binds one name in two ways and leads to both schemas of the next: two to the ``layers`` meanings."""
    schemas: dict[str, Any] = {}
    for layer in range(layers):
        for kind in ("string", "integer"):
            following = [f"{layer + 1}{one}" for one in ("string", "integer")] if layer < layers - 1 else ["End"]
            schemas[f"{layer}{kind}"] = {
                "$defs": {"d": {"$dynamicAnchor": f"x{layer}", "type": kind}},
                "anyOf": [{"$ref": f"#/components/schemas/{one}"} for one in following],
            }
    slots = {f"d{layer}": {"$dynamicAnchor": f"x{layer}"} for layer in range(layers)}
    return {**schemas, "End": {"$defs": slots, "prefixItems": [{"$dynamicRef": f"#x{one}"} for one in range(layers)]}}


def test_more_combinations_than_can_be_written_out_are_refused() -> None:
    root: dict[str, Any] = {"components": {"schemas": combined(12)}}
    with pytest.raises(SetupError, match=r"more than 1,000 combinations; write out the schemas that are meant"):
        bind(root, "api.yaml")


def test_generic_types_may_stand_in_a_long_line() -> None:
    last = 600
    schemas: dict[str, Any] = {
        f"S{one}": {"items": {"$ref": f"#/components/schemas/S{one + 1}"}} for one in range(last)
    }
    schemas["S0"]["$defs"] = {"d": {"$dynamicAnchor": "T", "type": "string"}}
    schemas[f"S{last}"] = {"$defs": {"d": {"$dynamicAnchor": "T"}}, "items": {"$dynamicRef": "#T"}}
    bind(root := {"components": {"schemas": schemas}}, "api.yaml")
    assert len(root["components"]["schemas"]) == 2 * last + 1
