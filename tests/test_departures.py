"""Where a document departs from the OpenAPI specification: told all at once, each with its place and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.commands.cli import main

DOCUMENT = """
openapi: {version}
info: {{title: a, version: '1', licence: {{}}}}
tags: [{{name: x}}, {{name: x}}]
security: [{{keyy: []}}]
paths:
  b: {{}}
  /a/{{id}}:
    parameters: [{{name: idd, in: path, required: true, schema: {{type: string}}}}]
    get:
      operationId: one
      parameters:
        - {{name: q, in: query, schema: {{type: integer, default: many}}}}
        - {{name: q, in: query, schema: {{type: integer}}}}
        - {{name: z, in: qery, schema: {{}}}}
        - {{name: w, in: query}}
      responses:
        '2000': {{description: x}}
        '200': {{descripton: y}}
    post:
      operationId: one
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses: {{default: {{description: ok, content: {{application/json: {{schema: {{$ref: '#/components/schemas/N'}}}}}}}}}}
components:
  securitySchemes: {{key: {{type: apiKey, in: header, name: k}}, other: {{type: apikey, in: header, name: k}}}}
  schemas: {{Pet: {{type: strng, properties: {{a: {{type: integer, default: '1'}}}}}}, A b: {{}}}}
"""
A, GET = "/paths/~1a~1{id}", "/paths/~1a~1{id}/get"
KEEPS, CORRECT = "does not match its own schema:", "correct the default, or the schema"
PLACES = '"query", "header", "path", "cookie"'
TYPES = '"apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"'
OWN = "give each operation an id of its own"
NOWHERE = "the reference '#/components/schemas/N' leads nowhere; it is taken for 'anything'; define what it names, or correct it"
WANTED = {
    "/info/licence: warning: is unknown; did you mean 'license'?",
    "/tags/1/name: warning: is 'x', as an earlier tag is; keep one of them",
    "/security/0/keyy: warning: is not a security scheme of components/securitySchemes; did you mean 'key'?",
    "/paths/b: warning: is not a path; begin it with a slash",
    f"{A}/parameters/0: warning: describes 'idd', which is not in the path /a/{{id}}; did you mean 'id'?",
    f"{GET}/parameters: warning: does not describe the path's parameter 'id'; add it, with in: path and required: true",
    f'{GET}/parameters/0/schema/default: warning: {KEEPS} "many" is not of type "integer"; {CORRECT}',
    f"{GET}/parameters/1: warning: describes the query parameter 'q' a second time; keep one of them",
    f"{GET}/parameters/2/in: warning: is \"qery\", wanted one of {PLACES}; did you mean 'query'?",
    f"{GET}/parameters/3: warning: needs one of schema, content; add the one that is meant",
    f"{GET}/responses/2000: warning: is not a status; write one of 100 to 599, 1XX to 5XX, or default",
    f"{GET}/responses/200/descripton: warning: is unknown; did you mean 'description'?",
    f"{GET}/responses/200/description: warning: is missing; add it",
    f"{A}/post/operationId: warning: is 'one', which is the operationId of GET /a/{{id}}; {OWN}",
    f"{A}/post/responses/default/content/application~1json/schema: warning: {NOWHERE}",
    f"/components/securitySchemes/other/type: warning: is \"apikey\", wanted one of {TYPES}; did you mean 'apiKey'?",
    "/components/schemas/Pet/type: warning: the schema's 'type' is not usable ('strng'); it is left out; correct it",
    f'/components/schemas/Pet/properties/a/default: warning: {KEEPS} "1" is not of type "integer"; {CORRECT}',
    "/components/schemas/A b: warning: is not a name for a component; use letters, digits, '.', '_', '-'",
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_every_departure_is_told_with_its_place(tmp_path: Path, version: str) -> None:
    (tmp_path / "a.yaml").write_text(DOCUMENT.format(version=version))
    first, *told = validated(tmp_path / "a.yaml")
    assert {line.partition(": ")[2] for line in told} == WANTED
    assert all(re.match(rf"{tmp_path}/a.yaml:\d+: /", line) for line in told)
    assert len(told) == len(WANTED)
    assert first.endswith(f": can be served, with {len(WANTED)} warnings")


def test_places_are_those_of_the_file_though_it_is_of_version_2(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "swagger: '2.0'\ninfo: {title: a, version: '1'}\npaths: {/a: {get: {responses: {200: {description: ok}}}}}\n"
        "definitions: {Pet: {properties: {a: {type: strng}, b: {type: integer, default: x}}}}\n"
    )
    _, *told = validated(tmp_path / "a.yaml")
    assert [line.removeprefix(f"{tmp_path}/").rpartition(": warning")[0] for line in told] == [
        "a.yaml:4: /definitions/Pet/properties/a/type",
        "a.yaml:4: /definitions/Pet/properties/b/default",
    ]


def test_an_annotated_document_departs_in_nothing(tmp_path: Path) -> None:
    stock = (Path(__file__).parent.parent / "spec" / "openapi.json").read_text()
    (tmp_path / "a.json").write_text(stock.replace('"title"', '"titel"', 1))
    told = CliRunner().invoke(main, ["validate", str(tmp_path / "a.json")])
    assert told.exit_code == 2
    assert "/info/titel: is unknown; did you mean 'title'?" in told.stderr
    assert "/info/title: is missing; add it" in told.stderr


def validated(file: Path) -> list[str]:
    told = CliRunner().invoke(main, ["validate", str(file)])
    assert told.exit_code == 0, told.output
    return told.output.splitlines()
