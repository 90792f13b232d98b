"""The published document says what the vendor's page says, no less; the rest is marked, described and exemplified."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import openapi_core
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import forked
from mockserver.contract import compile_contract
from mockserver.contract.document import METHODS, Node
from mockserver.expressions.record_functions import documented
from mockserver.spec_builder.publish import stale, write
from mockserver.values.form import read_form
from mockserver.web.app import create_app
from over import over
from stock_document import DOCUMENT

SPEC = Path(__file__).parent.parent / "spec"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Which is not ours; the quick one, where it is there."""
PAGE = yaml.safe_load((Path(__file__).parent / "data" / "vendor_page.yaml").read_text())
PUBLISHED = DOCUMENT.root
SCHEMAS = PUBLISHED["components"]["schemas"]
STATUSES = ("200", "400", "401", "403", "404", "405", "409", "429", "500")
TYPES = {
    "array of objects": ("array", "object"),
    "array of strings": ("array", "string"),
    "array of numbers": ("array", "number"),
}
UNSHOWN = {"fields", "fieldsToReturn", "exclusiveStartKey"}
"""Without an example, so that a request made of examples gets the reply that is shown: a first page of whole records."""
REGISTRY = Registry().with_resource("urn:document", DRAFT202012.create_resource(PUBLISHED))


def follow(node: Node) -> Node:
    return DOCUMENT.follow(node)


def operations() -> dict[str, Node]:
    found = {}
    for path, item in DOCUMENT.node("paths").items():
        found |= {f"{verb.upper()} {path}": node for verb, node in item.items() if verb in METHODS}
    return found


OPERATIONS = operations()


def parameters(name: str) -> dict[str, Node]:
    method, path = name.split(" ")
    item = DOCUMENT.node("paths", path)
    listed = [
        place.child("parameters", index)
        for place in (item, item.child(method.lower()))
        for index in range(len(place.child("parameters").value or []))
    ]
    return {follow(node).value["name"]: follow(node) for node in listed}


def body(name: str) -> Node:
    return follow(OPERATIONS[name].child("requestBody", "content", "application/json", "schema"))


def reply(name: str, status: str = "200") -> Node:
    return follow(OPERATIONS[name].child("responses", status))


def reply_schema(name: str) -> Node:
    """The schema of a full success reply."""
    return follow(reply(name).child("content", "application/json", "schema"))


def agrees(told: dict[str, Any], node: Node) -> None:
    """Whether a schema has the type, format, title, enum, pattern and length that the page has."""
    title = node.value.get("title")
    schema = follow(node).value
    type_, item_type = TYPES.get(told["type"], (told["type"], None))
    assert schema["type"] == type_
    items = follow(follow(node).child("items")).value if item_type else None
    assert items is None or items["type"] == item_type
    assert (items or schema).get("format") == told.get("format")
    assert (title or schema.get("title")) == told.get("title")
    assert schema.get("enum") == told.get("enum")
    assert schema.get("pattern") == told.get("pattern")
    assert schema.get("minItems") == told.get("items")
    assert schema.get("maxItems") == told.get("items", told.get("at_most"))


def validator(pointer: str) -> jsonschema.Draft202012Validator:
    escaped = pointer.replace("%", "%25").replace("{", "%7B").replace("}", "%7D").replace("$", "%24")
    return jsonschema.Draft202012Validator({"$ref": f"urn:document#{escaped}"}, registry=REGISTRY)


# What the page says.


def test_the_page_has_14_operations_and_59_fields() -> None:
    assert {name for name in OPERATIONS if " /certifications/" in name} == set(PAGE["operations"])
    assert (len(PAGE["operations"]), len(PAGE["record"])) == (14, 59)


@pytest.mark.parametrize("name", PAGE["operations"])
def test_parameters_are_those_of_the_page(name: str) -> None:
    told = PAGE["operations"][name]["parameters"]
    found = parameters(name)
    assert set(found) == set(told)
    for parameter, node in found.items():
        assert node.value["in"] == told[parameter]["in"]
        assert follow(node.child("schema")).value["type"] == told[parameter]["type"]
        assert node.value.get("required", False) == told[parameter]["required"]


@pytest.mark.parametrize("name", PAGE["operations"])
def test_bodies_and_replies_are_those_of_the_page(name: str) -> None:
    told = PAGE["operations"][name]
    assert bool(OPERATIONS[name].child("requestBody").value) is told["body"]
    if told["body"]:
        assert OPERATIONS[name].child("requestBody", "required").value is True
    schema = reply_schema(name)
    if told["reply"] == "none":
        assert "content" not in reply(name).value
    elif told["reply"] == "array of records":
        assert schema.value["type"] == "array"
        assert follow(schema.child("items")).pointer == "/components/schemas/Certification"
    elif told["reply"] == "record":
        assert schema.pointer == "/components/schemas/Certification"
    else:
        assert schema.value["type"] == told["reply"]
    for member, line in told.get("members", {}).items():
        agrees(line, schema.child("properties", member))
    assert set(schema.value.get("properties", {}) if told.get("members") else {}) == set(told.get("members", {}))


@pytest.mark.parametrize("name", PAGE["operations"])
def test_headers_are_those_of_the_page(name: str) -> None:
    for status in STATUSES:
        headers = reply(name, status).child("headers")
        found = {header: follow(node).value["schema"]["type"] for header, node in headers.items()}
        own = {"405": {"Allow"}, "429": {"Retry-After"}}.get(status, set())
        assert set(found) == set(PAGE["operations"][name]["headers"]) | own
        assert set(found.values()) == {"string"}


@pytest.mark.parametrize("field", PAGE["record"])
def test_fields_are_those_of_the_page(field: str) -> None:
    agrees(PAGE["record"][field], DOCUMENT.node("components", "schemas", "Certification", "properties", field))


def test_the_record_is_that_of_the_page() -> None:
    record = SCHEMAS["Certification"]
    assert list(record["properties"]) == sorted(PAGE["record"])
    assert record["required"] == sorted(name for name, line in PAGE["record"].items() if line.get("required"))


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, lines in PAGE["bodies"].items() for field in lines]
)
def test_request_bodies_are_those_of_the_page(name: str, field: str) -> None:
    schema = body(name)
    schema = follow(schema.child("items")) if schema.value["type"] == "array" else schema
    told = PAGE["bodies"][name][field]
    if "oneOf" in schema.value:
        return steps_are_those_of_the_page(schema, field, told)
    assert (field in schema.value.get("required", [])) is told.get("required", False)
    agrees(told, schema.child("properties", field))
    return None


def steps_are_those_of_the_page(schema: Node, field: str, told: dict[str, Any]) -> None:
    """The page has one form for all steps of a patch; the alternatives together hold just its fields and words."""
    forms = [one.child("properties", field) for _, one in items(schema.child("oneOf"))]
    there = [node for node in forms if node.value is not None]
    assert there
    assert (len(there) == len(forms)) is told.get("required", False)
    if field == "value":
        return  # wider than on the page, on purpose: see spec/README.md
    words = sorted(word for node in there for word in node.value.get("enum", []))
    assert words == sorted(told.get("enum", []))
    for node in there:
        # The page calls the path a text and gives no pattern; RFC 6902 says what it is.
        pattern = {"pattern": "^(/([^/~]|~[01])*)*$"} if field == "path" else {}
        agrees({**told, **pattern, **({"enum": node.value["enum"]} if words else {})}, node)


def items(node: Node) -> list[tuple[int, Node]]:
    return [(index, node.child(index)) for index in range(len(node.value))]


# What the builder makes of it.


def test_request_schemas_hold_what_a_client_may_set() -> None:
    record = SCHEMAS["Certification"]
    writable = {name for name, field in record["properties"].items() if not field.get("readOnly")}
    assert {name for name in writable if name.startswith("sys_")} == {
        "sys_directive",
        "sys_external_id",
        "sys_snapshot_base_version",
    }
    assert set(SCHEMAS["CertificationCreate"]["properties"]) == writable
    assert set(SCHEMAS["CertificationUpdate"]["properties"]) == writable | {"id"}
    sent = writable & set(record["required"]) - {"number"}  # which the server fills in
    assert SCHEMAS["CertificationCreate"]["required"] == sorted(sent)
    assert SCHEMAS["CertificationUpdate"]["required"] == sorted(sent | {"id"})


def as_compiled() -> dict[str, Any]:
    """What the engine makes of all of it: to be called by ``forked.result``, as every validator takes much memory."""
    contract = compile_contract(DOCUMENT)
    contract.compile_all()
    return {
        "stamps": sorted(contract.resources["certifications"].stamps),
        "holds_records": {one.id: (one.kind, one.holds_records) for one in contract.operations()},
    }


def test_the_engine_can_serve_it() -> None:
    compiled = forked.result(as_compiled)
    assert compiled["stamps"] == ["created-at", "created-by", "lock", "modified-at", "modified-by", "version"]
    plain = {"list", "create", "read", "replace", "patch", "lookup", "search", "query"}
    for operation, (kind, holds_records) in compiled["holds_records"].items():
        assert holds_records is (kind in plain), operation


@pytest.mark.parametrize(
    ("id_", "allowed"),
    [("cert-ada", True), ("a|b:c-d_e", True), ("", False), ("é", False), ("a b", False), ("a/b", False)],
)
def test_the_id_pattern(id_: str, allowed: bool) -> None:
    assert validator("/components/schemas/Id").is_valid(id_) is allowed


@pytest.mark.parametrize(
    ("directive", "allowed"),
    [
        ({"op": "add", "path": "/notices/-", "value": {"notice_id": "n"}}, True),
        ({"op": "add", "path": "/notes", "value": None}, True),
        ({"op": "add", "path": "/notes"}, False),
        ({"op": "test", "path": "/notes"}, False),
        ({"op": "remove", "path": "/notes"}, True),
        ({"op": "move", "path": "/notes", "from": "/name"}, True),
        ({"op": "move", "path": "/notes", "value": 1}, False),
        ({"op": "copy", "path": "", "from": "/a~1b~0c"}, True),
        ({"op": "replace", "path": "notes", "value": 1}, False),
        ({"op": "replace", "path": "/~2", "value": 1}, False),
        ({"op": "merge", "path": "/notes", "value": 1}, False),
        ({"path": "/notes", "value": 1}, False),
    ],
)
def test_patch_directives(directive: Any, allowed: bool) -> None:
    assert validator("/components/schemas/PatchDirective").is_valid(directive) is allowed


@pytest.mark.parametrize(
    ("item", "allowed"),
    [
        (
            {
                "id": None,
                "object": {},
                "operation": "create",
                "patch_directives": {"0": {"op": "add", "path": "string", "value": "string"}},
            },
            True,
        ),
        ({"operation": "patch", "id": "a", "patch_directives": [{"anything": 1}]}, True),
        ({"operation": "delete"}, True),
        ({"operation": "patch", "patch_directives": {"first": {}}}, False),
        ({"operation": "patch", "patch_directives": [{}] * 101}, False),
        ({"operation": "upsert"}, False),
        ({"id": "a"}, False),
    ],
)
def test_batch_items_take_the_vendors_sample_and_are_lenient(item: Any, allowed: bool) -> None:
    batch = validator("/components/schemas/BatchRequest")
    assert batch.is_valid({"operations": [item]}) is allowed
    assert not batch.is_valid({"operations": [item] * 101})


def test_an_id_on_create_is_an_error_and_anything_else_unknown_is_not() -> None:
    good = {"contact_id": "c", "name": "n", "number": 1, "program_id": "p", "status": "active"}
    create = validator("/components/schemas/CertificationCreate")
    assert create.is_valid({**good, "sys_version": "whatever", "unknown": 1})
    assert not create.is_valid({**good, "id": "mine"})
    assert not create.is_valid({name: value for name, value in good.items() if name != "program_id"})


# What holds for the whole document.


def freshness() -> dict[str, Any]:
    """What of the published is stale, and whether the YAML says what the JSON does: for ``forked.result``."""
    return {"stale": stale(SPEC), "alike": yaml.load((SPEC / "openapi.yaml").read_bytes(), LOADER) == PUBLISHED}


def test_published_files_are_fresh_and_say_the_same() -> None:
    assert forked.result(freshness) == {"stale": [], "alike": True}


def test_no_generator_meets_a_parameter_twice_or_options_beside_a_reference() -> None:
    for path, item in PUBLISHED["paths"].items():
        shared = [one["name"] for one in item.get("parameters", [])]
        for verb in {*METHODS} & {*item}:
            own = [one.get("name") for one in item[verb].get("parameters", [])]
            assert not {*shared} & {*own}, f"{verb} {path} has a parameter of its path once more"
            schemas = [one["schema"] for one in item[verb].get("parameters", []) if "schema" in one]
            assert not [one for one in schemas if {"allOf", "enum"} <= {*one}], f"{verb} {path}"


def test_validators_take_it() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(PUBLISHED).iter_errors()] == []
    openapi_core.OpenAPI.from_dict(PUBLISHED)


def examples() -> Iterator[tuple[str, Node, str]]:
    """Every example, its name first, with the pointer of the schema it must keep."""
    for name, node in OPERATIONS.items():
        for parameter, place in parameters(name).items():
            yield f"{name} {parameter}", place, place.child("schema").pointer
        media = [node.child("requestBody", "content", "application/json")] if node.value.get("requestBody") else []
        media += [
            place
            for status in STATUSES
            for place in [reply(name, status).child("content", "application/json")]
            if place.value
        ]
        for place in media:
            yield f"{name} {place.pointer}", place, place.child("schema").pointer
    for header, node in DOCUMENT.node("components", "headers").items():
        yield header, node, node.child("schema").pointer


@over(examples())
def test_everything_has_examples_that_keep_its_schema(_: str, node: Node, pointer: str) -> None:
    values = [follow(place).value["value"] for _, place in node.child("examples").items()]
    values += [node.value["example"]] if "example" in node.value else []
    assert values or node.value.get("name") in UNSHOWN, f"{node.pointer} has no example"
    for value in values:
        validator(pointer).validate(value)


def marked() -> dict[str, Any]:
    """Everything that must tell where it is known from."""
    found = {name: node.value for name, node in OPERATIONS.items()}
    for kind in ("schemas", "responses"):
        found |= {f"{kind} {name}": value for name, value in PUBLISHED["components"][kind].items()}
    unseen = {
        "Error": None,
        "BatchOperation": None,
        "CertificationSearchRequest": ["exclusiveStartKey"],
    }
    for name, properties in unseen.items():
        for field in properties or SCHEMAS[name]["properties"]:
            found[f"{name}.{field}"] = SCHEMAS[name]["properties"][field]
    with_value, from_place, _ = SCHEMAS["PatchDirective"]["oneOf"]
    found["PatchDirective.value"] = with_value["properties"]["value"]
    found["PatchDirective.from"] = from_place["properties"]["from"]
    items = SCHEMAS["CertificationBatchResponse"]["properties"]["results"]["items"]["properties"]
    return found | {f"results.{field}": value for field, value in items.items()}


@over(marked().items())
def test_everything_tells_where_it_is_known_from(_: str, value: Any) -> None:
    provenance = value["x-provenance"]
    assert set(provenance) == {"status", "source"}
    assert provenance["status"] in {"documented", "catalogue", "inferred"}
    assert len(provenance["source"]) > 10


def described() -> Iterator[tuple[str, Any]]:
    for name, node in OPERATIONS.items():
        yield name, node.value
        for parameter, place in parameters(name).items():
            yield f"{name} {parameter}", place.value
        if "requestBody" in node.value:
            yield f"{name} body", node.value["requestBody"]
    for kind in ("schemas", "responses", "headers", "links", "securitySchemes"):
        for name, value in PUBLISHED["components"][kind].items():
            yield f"{kind} {name}", value
            for field, schema in value.get("properties", {}).items():
                # A bare reference is described where it leads.
                yield f"{name}.{field}", schema if set(schema) != {"$ref"} else {"description": "there"}
    for tag in PUBLISHED["tags"]:
        yield tag["name"], tag


@over(described())
def test_everything_is_described(_: str, value: Any) -> None:
    assert value["description"].strip()


def test_descriptions_are_our_own_words() -> None:
    vendors = set(PAGE["prose"].split())
    for name, value in described():
        for text in (value["description"], value.get("summary", "")):
            words = re.findall(r"[a-z0-9']+", text.lower())
            for start in range(len(words) - 7):
                eight = " ".join(words[start : start + 8])
                assert hashlib.sha256(eight.encode()).hexdigest()[:8] not in vendors, f"{name}: {eight}"


def test_no_pattern_depends_on_the_engine() -> None:
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(PUBLISHED))
    assert patterns
    assert not [pattern for pattern in patterns if re.search(r"\\\\[wdsb]", pattern)]


def test_links_lead_from_what_was_created_to_all_that_can_be_done_with_it() -> None:
    links = reply("POST /certifications/{tenantId}").child("links")
    led = {follow(link).value["operationId"] for _, link in links.items()}
    assert led == {
        "getCertification",
        "updateCertification",
        "patchCertification",
        "deleteCertification",
        "downloadCertificate",
        "sendCertificationNotice",
    }
    for _, link in links.items():
        assert follow(link).value["parameters"] == {"tenantId": "$request.path.tenantId", "id": "$response.body#/id"}


# What the README says.


@pytest.fixture(scope="module")
def with_badges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parts, and the README's worked example among the groups, as they are published."""
    tmp_path = tmp_path_factory.mktemp("badges")
    readme = (SPEC / "README.md").read_text()
    example = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert example
    shutil.copytree(SPEC, tmp_path / "spec")
    (tmp_path / "spec/resources/badges.yaml").write_text(example[1])
    write(tmp_path / "spec")
    return tmp_path / "spec"


def test_the_readmes_worked_example_is_a_whole_group(with_badges: Path) -> None:
    assert (
        "| `badges` | D | D | D | I | I | D | I | I | listBadgesByCertificationId D, listBadgesByProgramId I |"
        in (with_badges / "README.md").read_text()
    )
    client = create_app(spec=with_badges / "openapi.json", auth="off").test_client()
    body = {"certification_id": "cert-ada", "kind": "picture"}
    made = client.post("/badges/acme", json=body).json
    expires = client.get("/certifications/acme/cert-ada").json["expiration_date"]
    assert (made["number"], made["expires"]) == (2, expires)  # the first is the document's own example
    shown = client.patch(f"/badges/acme/{made['id']}", json=[{"op": "add", "path": "/shown", "value": True}])
    assert shown.headers["Mock-Effects"] == "changed certifications/cert-ada"
    assert client.get("/certifications/acme/cert-ada").json["notes"] == "Shows badge 2."
    found = client.get("/badges/acme/certification/cert-ada").json
    assert {one["id"] for one in found["Items"]} == {"badge-ada", made["id"]}
    assert client.delete("/certifications/acme/cert-ada").status_code == 409


def test_the_tables_in_the_guides_are_fresh(with_badges: Path, tmp_path: Path) -> None:
    """They count as published: changed by hand, they are stale."""
    changed = shutil.copytree(with_badges, tmp_path / "spec")
    for name in ("README.md", "RULES.md"):
        text = (changed / name).read_text()
        assert "| `badges` |" in text
        (changed / name).write_text(text.replace("| `badges` |", "| `badgers` |", 1))
    assert stale(changed) == ["README.md", "RULES.md"]


def test_the_readme_knows_every_word() -> None:
    readme = (SPEC / "README.md").read_text()
    words = {word for node in OPERATIONS.values() for word in node.value["x-mock"]} | {
        node.value["x-mock"]["kind"] for node in OPERATIONS.values()
    }
    words |= {word for schema in SCHEMAS.values() for word in schema.get("x-mock", {})}
    words |= {
        w for schema in SCHEMAS.values() for one in schema.get("properties", {}).values() for w in one.get("x-mock", {})
    }
    assert not [word for word in words if not re.search(rf"\b{word}\b", readme)]


def test_the_rules_have_every_word() -> None:
    rules = (SPEC / "RULES.md").read_text()
    told = set(re.findall(r"\b[a-z_]+\b", rules[: rules.index("## All rules")]))
    assert {one.name for one in documented()} <= told
    forms = read_form("effects")["$defs"]
    steps = {word for branch in forms["step"]["allOf"] for word in branch["then"]["properties"]}
    assert {"let", "in", "this", "it", *forms["effect"]["properties"], *steps} <= told


def every(value: Any) -> Iterator[dict[str, Any]]:
    """Each mapping in the document, but for what stands in examples and in our own words."""
    if isinstance(value, dict):
        yield value
        for name, below in value.items():
            if name not in ("example", "examples", "default", "const", "enum", "x-mock"):
                yield from every(below)
    elif isinstance(value, list):
        for below in value:
            yield from every(below)


def test_nothing_trips_tools_that_read_narrowly() -> None:
    for one in every(PUBLISHED):
        kind = one.get("type")
        is_list = kind == "array" or (isinstance(kind, list) and "array" in kind)
        assert not is_list or "items" in one, f"a list of nothing: {one}"
        assert not isinstance(one.get("$ref"), str) or len(one) == 1, f"a reference that says more: {one}"
        assert not {"if", "then", "else", "dependentSchemas"} & one.keys(), f"a condition: {one}"


@pytest.mark.parametrize("fields", ["name,%20status", "name%2C+status", "", "%20", "no such, name"])
def test_a_projection_is_any_text(fields: str) -> None:
    client = create_app(auth="off").test_client()
    reply = client.get(f"/certifications/acme/cert-ada?fields={fields}")
    assert reply.status_code == 200
    assert {"id", "name"} <= reply.json.keys()
