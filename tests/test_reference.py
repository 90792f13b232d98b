"""What is known of every group of the vendor's page, held against the document and against what is served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from mockserver.contract.document import METHODS, Node
from mockserver.values.yaml_text import read_yaml
from mockserver.web.app import create_app
from over import over
from stock_document import DOCUMENT

ROOT = Path(__file__).parent.parent
REFERENCE = read_yaml((ROOT / "tests/data/reference.yaml").read_bytes())
GROUPS: dict[str, dict[str, Any]] = REFERENCE["groups"]
OPERATIONS = {
    f"{verb.upper()} {path}": node
    for path, item in DOCUMENT.node("paths").items()
    for verb, node in item.items()
    if verb in METHODS
}
KNOWN = {"documented", "catalogue", "inferred"}
EQUAL_PATTERNS = {
    r"^[\w|-]+$": "^[A-Za-z0-9_|-]+$",
    r"^[\w:|-]+$": "^[A-Za-z0-9_|:-]+$",
    r"^[\w|:-]+$": "^[A-Za-z0-9_|:-]+$",
    r"^[\w-|:]+$": "^[A-Za-z0-9_|:-]+$",
    "^certifications-course-registrations__.*": "^certifications-course-registrations__.*",
    "^certifications-exam-registrations__.*": "^certifications-exam-registrations__.*",
}
"""``\\w`` is spelt out, since engines differ on what else it means; the last is malformed to most of them."""
NO_FORMAT = {"file"}
"""The page's word for a link to a file, which names no format of a text."""
MANY_KINDS = {("billing-run-actions", "candidate_id")}
"""Points to records of many kinds, so there is no one resource to hold it to."""

each_operation = over((call, told) for one in GROUPS.values() for call, told in one.get("operations", {}).items())
each_field = over((f"{group} {name}", group, name) for group, one in GROUPS.items() for name in one.get("fields", {}))


def test_every_group_of_the_page_is_there_with_operations() -> None:
    assert len(REFERENCE["page"]) == 51
    served = [tag for node in OPERATIONS.values() for tag in node.value["tags"]]
    described = [tag["name"] for tag in DOCUMENT.root["tags"]]
    for title in REFERENCE["page"]:
        assert title in served, f"{title} has no operation"
        assert described.count(title) == 1
    assert {one["title"] for one in GROUPS.values()} | {"Certifications"} == set(REFERENCE["page"])


@each_operation
def test_every_operation_is_described_with_its_provenance(call: str, told: dict[str, str]) -> None:
    assert call in OPERATIONS, f"{call} is missing from the document"
    node = OPERATIONS[call]
    assert node.child("x-provenance", "status").value == told["known"]
    if "id" in told:
        assert node.value["operationId"] == told["id"]


def test_every_operation_says_where_it_is_known_from() -> None:
    for call, node in OPERATIONS.items():
        told = node.value["x-provenance"]
        assert told["status"] in KNOWN, call
        assert told["source"], call


@each_field
def test_every_field_is_described_as_known(_: str, group: str, name: str) -> None:
    told = GROUPS[group]["fields"][name]
    place = record(group).child("properties", name)
    assert place.value is not None, f"{group} has no field {name}"
    field = Node(place.pointer, {**follow(place).value, **place.value})
    assert field.value["description"]
    kind, _, item = told["type"].removesuffix(">").partition("<")
    assert field.value["type"] == kind
    if item:
        assert follow(field.child("items")).value["type"] == item
    for word in ("enum", "minItems", "minimum", "title"):
        if word in told:
            assert field.value.get(word) == told[word], word
    if told.get("format", "file") not in NO_FORMAT:
        assert field.value.get("format") == told["format"]
    if "pattern" in told:
        assert field.value["pattern"] == EQUAL_PATTERNS[told["pattern"]]


@each_field
def test_every_field_is_required_or_says_when_it_is(_: str, group: str, name: str) -> None:
    schema = record(group)
    if GROUPS[group]["fields"][name].get("required"):
        conditional = schema.child("properties", name, "x-conditional").value
        assert name in schema.value["required"] or conditional, f"{group} {name} is neither required nor conditional"


@each_field
def test_every_reference_is_declared(_: str, group: str, name: str) -> None:
    told = GROUPS[group]["fields"][name]
    if "fk" not in told or (group, name) in MANY_KINDS:
        return
    field = record(group).child("properties", name)
    declared = list(targets(field))
    assert declared, f"{group} {name} refers to nothing"
    if ":" not in told["fk"] and "(" not in told["fk"]:
        assert told["fk"].split("|")[0] in declared


@each_field
def test_every_shape_is_there_or_marked_as_inferred(_: str, group: str, name: str) -> None:
    told = GROUPS[group]["fields"][name]
    field = record(group).child("properties", name)
    inner = follow(field)
    item = follow(inner.child("items"))
    if told.get("guessed"):
        assert any("inferred" in json.dumps(node.value) for node in (field, inner, item) if node.value)
    if "item_enum" in told:
        assert item.value["enum"] == told["item_enum"]
    named = told.get("members", [])
    for shape in (told.get("ref"), told.get("items")):
        named = [*named, *REFERENCE["shapes"].get(shape, [])]
    members = {**(inner.value.get("properties") or {}), **((item.value or {}).get("properties") or {})}
    assert set(named) <= set(members)


@over((name,) for name, one in GROUPS.items() if one.get("sys"))
def test_every_record_has_its_block_of_system_fields(group: str) -> None:
    count = {"full": 22, "short": 11}[GROUPS[group]["sys"]]
    present = [name for name in record(group).value["properties"] if name.startswith("sys_")]
    assert len(present) - ("sys_next_processing_date" in present) == count


@over((call,) for call in OPERATIONS)
def test_every_operation_is_served(call: str) -> None:
    """Each is reached under its own path and verb, with a body of the document's own, and answers by the contract."""
    node = OPERATIONS[call]
    method, path = call.split(" ")
    for parameter in map(follow, (*listed(node), *listed(DOCUMENT.node("paths", path)))):
        if parameter.value["in"] == "path":
            path = path.replace(f"{{{parameter.value['name']}}}", sample(parameter))
    content = (
        follow(node.child("requestBody")).child("content", "application/json")
        if node.value.get("requestBody")
        else None
    )
    body = example(content) if content else None
    answer = client().open(path, method=method, json=body) if content else client().open(path, method=method)
    assert answer.headers["Mock-Operation"] == node.value["operationId"], answer.text
    assert answer.status_code in {200, 404, 409}, answer.text


def record(group: str) -> Node:
    node = DOCUMENT.node("components", "schemas", GROUPS[group]["schema"])
    assert node.value, f"{group} has no record"
    return node


def follow(node: Node) -> Node:
    return DOCUMENT.follow(node)


def targets(field: Node) -> Iterator[str]:
    """The resources that a field, its items or its members refer to."""
    for node in (field, field.child("items")):
        references = (node.value or {}).get("x-mock", {}).get("references")
        told = references if isinstance(references, list) else [references] if references else []
        yield from (one["resource"] if isinstance(one, dict) else one for one in told)


def listed(place: Node) -> list[Node]:
    return [place.child("parameters", index) for index in range(len(place.child("parameters").value or []))]


def sample(parameter: Node) -> str:
    if parameter.value["name"] == "tenantId":
        return "acme"
    schema = follow(parameter.child("schema")).value
    return str(parameter.value.get("example") or schema.get("enum", ["any"])[0])


def example(content: Node) -> Any:
    if "example" in content.value:
        return content.value["example"]
    name = next(iter(content.value["examples"]))
    return follow(content.child("examples", name)).value["value"]


@cache
def client() -> FlaskClient:
    return create_app(auth="off", clock="frozen").test_client(use_cookies=False)
