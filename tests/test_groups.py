"""A part of a document: some groups and what they refer to are answered and published, the rest works behind the scenes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver import create_app
from mockserver.commands.cli import main
from mockserver.contract.document import METHODS, objects
from mockserver.errors import SetupError
from mockserver.values.pointer import step_along, steps_of


@pytest.fixture(scope="module")
def client() -> Any:
    return create_app(groups=("examRegistrations",), auth="off", clock="frozen").test_client()


@pytest.fixture(scope="module")
def published(client: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json
    return found


def test_a_group_and_what_it_refers_to_are_answered_and_nothing_else(client: Any, published: dict[str, Any]) -> None:
    groups = {path.split("/")[1] for path in published["paths"]}
    assert {"examRegistrations", "exams", "examOfferings", "applications"} <= groups
    assert "coupons" not in groups
    assert client.get("/exams/acme").status_code == 200
    assert client.get("/coupons/acme").status_code == 403, "as any path that the document does not have"
    assert {tag["name"] for tag in published["tags"]} == {
        tag for item in published["paths"].values() for word in METHODS if word in item for tag in item[word]["tags"]
    }


def test_rules_go_on_reading_what_is_not_answered(client: Any) -> None:
    found = client.get("/applications/acme/application-ada").json
    assert [one["name"] for one in found["references"]] == ["Grace Hopper"], "of a resource that is not served"


def test_what_is_published_is_whole_and_no_more_than_that(published: dict[str, Any]) -> None:
    assert [*OpenAPIV31SpecValidator(published).iter_errors()] == []
    targets = {one["$ref"] for one in objects(published) if isinstance(one.get("$ref"), str)}
    assert all(step_along(published, steps_of(target.removeprefix("#"))) is not None for target in targets)
    there = {
        f"#/components/{section}/{name}"
        for section, named in published["components"].items()
        if section != "securitySchemes"
        for name in named
    }
    assert there == {"/".join(target.split("/")[:4]) for target in targets}
    ids = {item[word]["operationId"] for item in published["paths"].values() for word in METHODS if word in item}
    assert {link["operationId"] for link in published["components"]["links"].values()} <= ids
    assert not any("x-mock" in one for one in objects(published)), "words that may lead to what is left out"


def test_any_document_has_groups(tmp_path: Any) -> None:
    schema = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
    reply = {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/One"}}}}
    body = {"content": reply["content"]}
    verbs = {"post": {"requestBody": body, "responses": {"201": reply}}}
    one = {"get": {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                   "responses": {"200": reply}}}  # fmt: skip
    document = {
        "openapi": "3.0.3", "info": {"title": "Shop", "version": "1"}, "components": {"schemas": {"One": schema}},
        "paths": {"/shoes": verbs, "/shoes/{id}": one, "/hats": verbs, "/hats/{id}": one},
    }  # fmt: skip
    spec = tmp_path / "shop.json"
    spec.write_text(json.dumps(document))
    client = create_app(spec=spec, groups=("hats",)).test_client()
    made = client.post("/hats", json={"name": "bowler"}).json
    assert client.get(f"/hats/{made['id']}").json == made
    assert client.post("/shoes", json={"name": "boot"}).status_code == 404
    assert set(client.get("/openapi.json").json["paths"]) == {"/hats", "/hats/{id}"}


def test_an_unknown_group_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(SetupError) as refused:
        create_app(groups=("exam", "statistic"))
    told = "\n".join(map(str, refused.value.problems))
    assert "unknown group \"exam\"; did you mean 'exams'?" in told
    assert "unknown group \"statistic\"; did you mean 'statistics'?" in told
    result = CliRunner().invoke(main, ["serve", "--group", "exam"])
    assert (result.exit_code, "did you mean 'exams'?" in result.output) == (2, True), result.output
