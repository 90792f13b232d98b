"""The builder's rules, on parts small enough to read: what a line becomes, what is derived, what is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from checking import THOROUGH
from mockserver.commands.cli import main
from mockserver.errors import SetupError
from mockserver.spec_builder import publish as publishing
from mockserver.spec_builder.group import merged
from mockserver.spec_builder.lines import title

FRAME = {
    "openapi": "3.1.0",
    "info": {"title": "Library", "version": "1"},
    "components": {
        "parameters": {"shelf": {"name": "shelf", "in": "path", "required": True, "schema": {"type": "string"}}},
        "responses": {"Wrong": {"description": "No."}},
        "schemas": {"Stamp": {"type": "object"}},
        "headers": {"Age": {"schema": {"type": "string"}}},
    },
}
TEMPLATES = {
    "common": {
        "operation": {"tags": ["<title>"], "responses": {400: {"$ref": "#/components/responses/Wrong"}}},
        "response": {"headers": {"Age": {"$ref": "#/components/headers/Age"}}},
    },
    "shapes": {"texts": {"type": "array", "items": {"type": "string"}}, "stamps": {"type": "array", "items": "Stamp"}},
    "group": {"key": "id", "components": {"schemas": {"<Record>": {"type": "object", "description": "<about>", "members": "record"}}}},
    "operations": {
        "create": {
            "path": "/<segment>/{shelf}",
            "method": "post",
            "operation": {
                "operationId": "create<Record>",
                "summary": "Create a <record> among <records>",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New<Record>"}, "example": "<example.create>"}}},
                "responses": {200: {"description": "Done.", "content": {"application/json": {"example": "<example.record>"}}}},
            },
            "components": {"schemas": {"New<Record>": {"type": "object", "members": "writable", "not": {"required": ["id"]}}}},
        },
        "replace": {
            "path": "/<segment>/{shelf}/{id}",
            "method": "put",
            "operation": {"operationId": "replace<Record>", "responses": {200: {"description": "Done."}}},
            "components": {"schemas": {"Whole<Record>": {"members": "replaceable"}}},
        },
        "lookup": {
            "path": "/<segment>/{shelf}/<key.path>",
            "method": "get",
            "parameter": {"name": "<parameter.name>", "in": "path", "schema": {"type": "string"}, "example": "<parameter.example>"},
            "operation": {
                "operationId": "list<Records>By<key.Name>",
                "parameters": ["<key.parameters>"],
                "responses": {200: {"description": "Found.", "content": {"application/json": {"example": ["<found.record>"]}}}},
            },
        },
        "search": {
            "path": "/<segment>/{shelf}/search",
            "method": "post",
            "operation": {"operationId": "search<Records>", "responses": {200: {"description": "Found."}}},
            "components": {"schemas": {"Wanted<Record>": {"properties": {"after": {"type": "string"}}, "members": "search"}}},
        },
    },
}  # fmt: skip
BLOCKS = {
    "system": {"sys_made_at": {"type": "string", "readOnly": True, "required": True}, "sys_hint": {"type": "string"}},
    "short system": ["sys_hint"],
}
OBJECTS: dict[str, Any] = {"objects": {}}
BOOK = {
    "title": "Big Books",
    "segment": "bigBooks",
    "record": "BigBook",
    "about": "A book.",
    "sources": {"documented": "the page", "inferred": "a guess"},
    "provenance": "documented",
    "operations": {"create": "documented"},
    "include": "system",
    "fields": {
        "title": {"type": "string", "required": True, "description": "Its name."},
        "id": {"type": "string", "required": True, "readOnly": True},
        "main_author_id": {"type": "string", "from": "inferred"},
        "tag_ids": {"shape": "texts"},
        "stamps": {"type": "array", "items": "Stamp", "title": None},
        "log": {"shape": "stamps"},
    },
    "examples": {
        "record": {"id": "b1", "title": "One", "main_author_id": "a1", "sys_made_at": "t"},
        "other": {"id": "b2", "title": "Two", "main_author_id": "a2"},
    },
}
Parts = Callable[..., Path]


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Writes the tiny parts; ``change`` edits them first: frame, templates, blocks, objects, and groups by file name."""

    def make(change: Callable[[dict[str, Any]], Any] | None = None) -> Path:
        said: dict[str, Any] = copy.deepcopy(
            {"frame": FRAME, "templates": TEMPLATES, "blocks": BLOCKS, "objects": OBJECTS, "groups": {"books": BOOK}}
        )
        if change:
            change(said)
        (tmp_path / "resources").mkdir()
        files = {"api.yaml": said["frame"], "operations.yaml": said["templates"]}
        files |= {"blocks.yaml": said["blocks"], "objects.yaml": said["objects"]}
        files |= {f"resources/{name}.yaml": part for name, part in said["groups"].items()}
        for name, part in files.items():
            (tmp_path / name).write_text(part if isinstance(part, str) else yaml.safe_dump(part, sort_keys=False))
        return tmp_path

    return make


def built(parts: Parts, **words: Any) -> dict[str, Any]:
    """The document of the tiny parts, the group's words replaced by ``words``."""
    return publishing.publish(parts(lambda said: said["groups"]["books"].update(words)))


def problems(parts: Parts, change: Callable[[dict[str, Any]], Any]) -> list[str]:
    """What is told of the changed parts, file names without their folder."""
    with pytest.raises(SetupError) as caught:
        publishing.publish(parts(change))
    return [f"{Path(told.file).name} {told.pointer}: {told.problem}; {told.remedy}" for told in caught.value.problems]


# What a line becomes.


def test_a_line_becomes_a_property_and_fields_are_in_order(parts: Parts) -> None:
    record = built(parts)["components"]["schemas"]["BigBook"]
    assert list(record["properties"]) == [
        "id",
        "log",
        "main_author_id",
        "stamps",
        "sys_hint",
        "sys_made_at",
        "tag_ids",
        "title",
    ]
    assert record["required"] == ["id", "sys_made_at", "title"]
    assert record["properties"]["title"] == {"type": "string", "title": "Title", "description": "Its name."}


def test_a_shape_is_spelt_out_and_items_may_name_a_schema(parts: Parts) -> None:
    fields = built(parts)["components"]["schemas"]["BigBook"]["properties"]
    assert fields["tag_ids"] == {"type": "array", "title": "Tags", "items": {"type": "string"}}
    assert fields["stamps"] == {"type": "array", "items": {"$ref": "#/components/schemas/Stamp"}}
    assert fields["log"]["items"] == {"$ref": "#/components/schemas/Stamp"}


def test_a_line_may_tell_where_it_is_known_from(parts: Parts) -> None:
    fields = built(parts)["components"]["schemas"]["BigBook"]["properties"]
    assert fields["main_author_id"]["x-provenance"] == {"status": "inferred", "source": "a guess"}
    assert "x-provenance" not in fields["title"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("id", "ID"), ("program_id", "Program"), ("fee_ids", "Fees"), ("sys_has_files_in_s3", "Sys Has Files In S3")],
)
def test_titles_follow_from_names(name: str, wanted: str) -> None:
    assert title(name) == wanted


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("system", {"sys_hint", "sys_made_at"}),
        ("short system", {"sys_hint"}),
        (["short system", "system"], {"sys_hint", "sys_made_at"}),
        (None, set()),
    ],
)
def test_a_block_comes_with_a_word(parts: Parts, word: Any, wanted: set[str]) -> None:
    fields = built(parts, include=word)["components"]["schemas"]["BigBook"]["properties"]
    assert {name for name in fields if name.startswith("sys_")} == wanted


# What is derived.


def test_a_new_record_has_the_writable_fields(parts: Parts) -> None:
    schema = built(parts)["components"]["schemas"]["NewBigBook"]
    assert list(schema["properties"]) == ["log", "main_author_id", "stamps", "sys_hint", "tag_ids", "title"]
    assert schema["properties"]["title"] == {"type": "string", "title": "Title", "description": "Its name."}
    assert schema["required"] == ["title"]
    assert schema["not"] == {"required": ["id"]}


def test_a_whole_record_has_the_key_as_well_and_it_may_be_written(parts: Parts) -> None:
    schema = built(parts, operations={"replace": "documented"})["components"]["schemas"]["WholeBigBook"]
    assert schema["required"] == ["id", "title"]
    assert schema["properties"]["id"] == {"type": "string", "title": "ID"}
    assert "sys_made_at" not in schema["properties"]


def test_a_reference_that_says_more_is_put_as_all_tools_read_it(parts: Parts) -> None:
    def nested(said: dict[str, Any]) -> None:
        said["groups"]["books"]["fields"]["stamp"] = {"object": "Stamp", "description": "The first one."}

    document = publishing.publish(parts(nested))
    found = document["components"]["schemas"]["BigBook"]["properties"]["stamp"]
    assert found["allOf"] == [{"$ref": "#/components/schemas/Stamp"}]
    assert found["description"] == "The first one."


def test_search_parameters_join_those_of_the_template(parts: Parts) -> None:
    search = {"tag_ids": {"shape": "texts"}, "age": {"type": "number"}}
    schema = built(parts, operations={"search": "documented"}, search=search)["components"]["schemas"]["WantedBigBook"]
    assert list(schema["properties"]) == ["after", "tag_ids", "age"]
    assert schema["properties"]["age"] == {"type": "number", "title": "Age"}


def test_samples_follow_from_the_sample_record(parts: Parts) -> None:
    document = built(parts)
    body = document["paths"]["/bigBooks/{shelf}"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"] == {"title": "One", "main_author_id": "a1"}
    reply = document["components"]["responses"]["CreateBigBookReply"]["content"]["application/json"]
    assert reply["example"] == BOOK["examples"]["record"]


# Operations.


def test_an_operation_is_its_template_filled_in(parts: Parts) -> None:
    operation = built(parts)["paths"]["/bigBooks/{shelf}"]["post"]
    assert operation["operationId"] == "createBigBook"
    assert operation["summary"] == "Create a big book among big books"
    assert operation["tags"] == ["Big Books"]
    assert operation["x-provenance"] == {"status": "documented", "source": "the page"}


def test_replies_move_to_the_components_and_have_what_is_common(parts: Parts) -> None:
    document = built(parts)
    replies = document["paths"]["/bigBooks/{shelf}"]["post"]["responses"]
    assert list(replies) == ["200", "400"]
    assert replies["200"] == {"$ref": "#/components/responses/CreateBigBookReply"}
    responses = document["components"]["responses"]
    assert responses["CreateBigBookReply"]["x-provenance"]["status"] == "documented"
    assert [reply["headers"] for reply in responses.values()] == [{"Age": {"$ref": "#/components/headers/Age"}}] * 2


def test_a_shared_parameter_stands_with_the_paths_that_name_it(parts: Parts) -> None:
    item = built(parts)["paths"]["/bigBooks/{shelf}"]
    assert [one["name"] for one in item["parameters"]] == ["shelf"]


def test_a_group_may_lay_more_over_a_template(parts: Parts) -> None:
    how = {
        "from": "inferred",
        "operation": {"summary": "Buy one", "deprecated": True, "responses": {409: {"description": "Taken."}}},
    }
    document = built(parts, operations={"create": how})
    operation = document["paths"]["/bigBooks/{shelf}"]["post"]
    assert (operation["summary"], operation["deprecated"]) == ("Buy one", True)
    assert operation["x-provenance"] == {"status": "inferred", "source": "a guess"}
    assert list(operation["responses"]) == ["200", "400", "409"]
    assert document["components"]["responses"]["CreateBigBook409"]["description"] == "Taken."


def test_provenance_may_be_written_out(parts: Parts) -> None:
    known = {"status": "documented", "source": "another page"}
    assert (
        built(parts, operations={"create": {"from": known}})["paths"]["/bigBooks/{shelf}"]["post"]["x-provenance"]
        == known
    )


def test_lookups_take_their_path_from_the_field_and_a_sample_of_their_own(parts: Parts) -> None:
    paths = built(parts, lookups={"main_author_id": {"from": "documented", "record": "other"}})["paths"]
    operation = paths["/bigBooks/{shelf}/mainAuthor/{main_author_id}"]["get"]
    assert operation["operationId"] == "listBigBooksByMainAuthorId"
    assert operation["parameters"][0]["example"] == "a2"


def test_a_lookup_may_have_a_path_of_its_own(parts: Parts) -> None:
    assert (
        "/bigBooks/{shelf}/by/{main_author_id}"
        in built(parts, lookups={"main_author_id": {"from": "documented", "path": "by"}})["paths"]
    )


def test_special_operations_get_what_is_common(parts: Parts) -> None:
    special = {
        "/bigBooks/{shelf}/burn": {
            "post": {"operationId": "burn", "responses": {200: {"description": "Gone."}}, "x-provenance": "inferred"}
        }
    }
    document = built(parts, special=special)
    operation = document["paths"]["/bigBooks/{shelf}/burn"]["post"]
    assert operation["x-provenance"] == {"status": "inferred", "source": "a guess"}
    assert operation["responses"]["400"] == {"$ref": "#/components/responses/Wrong"}
    assert document["components"]["responses"]["BurnReply"]["headers"]


def test_groups_stand_side_by_side_in_order(parts: Parts) -> None:
    def second(said: dict[str, Any]) -> None:
        said["groups"]["authors"] = {
            **BOOK,
            "title": "Authors",
            "segment": "authors",
            "record": "Author",
            "tag": "Who writes.",
        }

    document = publishing.publish(parts(second))
    assert [tag["name"] for tag in document["tags"]] == ["Authors", "Big Books"]
    assert list(document["paths"]) == ["/authors/{shelf}", "/bigBooks/{shelf}"]
    assert document["tags"][0]["description"] == "Who writes."


# What is refused.


def test_every_problem_of_every_part_is_told_at_once(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["groups"]["books"] |= {
            "operations": {"burn": "documented", "create": "rumoured"},
            "include": "medium",
            "lookups": {"colour": "documented"},
        }
        said["groups"]["books"]["fields"]["title"]["shape"] = "round"
        said["groups"]["novels"] = {**BOOK, "segment": "novels", "record": "Novel", "provenance": "rumoured"}

    assert {line.partition("; ")[0] for line in problems(parts, spoil)} == {
        "books.yaml /include: unknown block 'medium'",
        "books.yaml /operations/burn: unknown operation 'burn'",
        "books.yaml /operations/create: the status 'rumoured' has no source",
        "books.yaml /fields/title/shape: unknown shape 'round'",
        "books.yaml /lookups/colour: looks up by the unknown field 'colour'",
        "books.yaml /lookups/colour: no sample for 'colour'",
        "novels.yaml /provenance: the status 'rumoured' has no source",
    }


def test_parts_of_the_wrong_form_are_all_told(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["groups"]["authors"] = {
            "title": "Authors",
            "colour": "red",
            "fields": ["name"],
            "operations": "list",
            "special": {"/a": {"get": 1}},
        }
        said["templates"]["operations"]["create"].pop("path")
        said["blocks"]["system"] = 1

    assert set(problems(parts, spoil)) == {
        "operations.yaml /operations/create/path: is missing; write a path with <…> in it",
        (
            "blocks.yaml /system: is 1 (integer), wanted object or array; "
            "write field: {…} lines, or a list of fields of other blocks"
        ),
        (
            "authors.yaml /colour: is unknown; use one of about, components, effects, examples, fields, include, lookups, "
            "objects, operations, provenance, record, search, segment, single, sources, special, tag, title"
        ),
        "authors.yaml /about: is missing; say in a sentence what a record is",
        "authors.yaml /examples: is missing; write record: {…}, and change: {…} where it is changed",
        "authors.yaml /provenance: is missing; name one of the sources, or write {status: …, source: …}",
        "authors.yaml /record: is missing; write the name of its records' schema",
        "authors.yaml /segment: is missing; write the first segment of its paths, which is the resource's name",
        'authors.yaml /fields: is ["name"] (array), wanted object; write name: {…} lines',
        'authors.yaml /operations: is "list" (string), wanted object; write operation: source lines',
        "authors.yaml /special/~1a/get: is 1 (integer), wanted object; write an operation as OpenAPI has it",
    }


def test_a_slip_in_a_line_or_an_effect_is_told_with_its_line_and_what_was_meant(parts: Parts) -> None:
    lines = "fields:\n  id: {type: string}\n  colour: {type: string, descripton: Red., required: yes}\n"
    effects = "effects:\n  - about: It fades.\n    'on': [chnage]\n    do: [{change: id, value: {colour: grey}}]\n"
    rest = yaml.safe_dump({name: word for name, word in BOOK.items() if name != "fields"})
    with pytest.raises(SetupError) as caught:
        publishing.publish(parts(lambda said: said["groups"].update(books=lines + effects + rest)))
    told = [str(problem).partition("books.yaml")[2] for problem in caught.value.problems]
    assert told == [
        ":7: /effects/0/do/0/value: is unknown; did you mean 'values'?",
        ":7: /effects/0/do/0/values: is missing; write field: expression lines",
        ':6: /effects/0/on/0: is "chnage", wanted one of "change", "create"; did you mean \'change\'?',
        ":3: /fields/colour/descripton: is unknown; did you mean 'description'?",
        (
            ':3: /fields/colour/required: is "yes" (string), wanted boolean; '
            "write true where every record has it; a client must send it unless the server sets it"
        ),
    ]


def test_what_the_builder_finds_has_its_line_too(parts: Parts) -> None:
    with pytest.raises(SetupError) as caught:
        publishing.publish(parts(lambda said: said["groups"]["books"].update(include="medium")))
    (told,) = caught.value.problems
    assert (told.pointer, told.line is not None) == ("/include", True)


def test_a_short_block_may_only_pick_what_exists(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["blocks"]["short system"] = ["sys_hint", "sys_nothing"]
        said["groups"]["books"]["include"] = "short system"

    (told,) = problems(parts, spoil)
    assert told.startswith("books.yaml /include: 'short system' in ")
    assert "picks 'sys_nothing'" in told


def test_unreadable_parts_are_all_told(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["frame"] = "a: [1"
        said["blocks"] = "- system"
        said["groups"]["books"] = (
            f"{yaml.safe_dump(BOOK)}search: {{age: {{default: 2025-04-18, description: How old, in years}}}}"
        )

    told = problems(parts, spoil)
    assert told[0].startswith("api.yaml /a/1: cannot be read")
    assert told[1].startswith('blocks.yaml : is ["system"] (array), wanted object; write name: {field: {…}} lines')
    assert (
        told[2] == "books.yaml /search/age: the text is cut at a comma, before 'in years'; put the whole text in quotes"
    )
    assert len(told) == 3  # a date is text, as YAML 1.2 has it


def test_a_field_given_twice_is_told(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["groups"]["books"] = f"{yaml.safe_dump(BOOK)}search: {{age: {{enum: [NO, YES]}}, age: {{enum: [on]}}}}"

    (told,) = problems(parts, spoil)
    assert told.startswith("books.yaml /search/age: the key age is given twice, first on line")


def test_words_of_a_part_are_words(parts: Parts) -> None:
    said: dict[str, Any] = {**BOOK, "fields": {**BOOK["fields"], "sold": "SOLD"}}
    text = yaml.safe_dump(said).replace(
        "SOLD", "{type: string, enum: [NO, YES, 007], description: Whether it is sold.}"
    )
    document = publishing.publish(parts(lambda all_: all_["groups"].update(books=text)))
    (sold,) = [
        one["properties"]["sold"]
        for one in document["components"]["schemas"].values()
        if "sold" in one.get("properties", {})
    ][:1]
    assert sold["enum"] == ["NO", "YES", "007"]


def test_missing_parts_are_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        publishing.publish(tmp_path)
    assert [Path(told.file).name for told in caught.value.problems] == [
        "resources",
        "api.yaml",
        "operations.yaml",
        "blocks.yaml",
        "objects.yaml",
    ]


def test_a_template_that_asks_for_more_than_there_is(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["templates"]["operations"]["create"]["operation"]["description"] = "<colour> and <colour>"
        said["templates"]["group"]["components"]["schemas"]["<Record>"]["members"] = "some"

    told = problems(parts, spoil)
    assert len(told) == 2
    assert "unknown members 'some'" in told[0]
    assert "nothing here fills <colour>" in told[1]


def test_references_and_links_must_lead_somewhere(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["groups"]["books"]["fields"]["log"] = {"type": "array", "items": "Nobody"}
        said["frame"]["components"]["links"] = {"Next": {"operationId": "nowhere"}}

    told = problems(parts, spoil)
    assert [line.split(":")[0] for line in told] == [
        "openapi.yaml /components/schemas/BigBook/properties/log/items",
        "openapi.yaml /components/schemas/NewBigBook/properties/log/items",
        "openapi.yaml /components/links/Next",
    ]


def test_operation_ids_must_differ(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        reply = {200: {"$ref": "#/components/responses/Wrong"}}
        again = {"operationId": "createBigBook", "responses": reply, "x-provenance": "inferred"}
        said["groups"]["books"]["special"] = {"/more": {"post": again}}

    told = problems(parts, spoil)
    assert len(told) == 2
    assert all("operationId 'createBigBook' is used more than once" in line for line in told)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in ``value``."""
    yield at
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[step], (*at, step))


JUNK: tuple[Any, ...] = (None, 3, "x", [1], {"a": 1}, {})
TURNS = 1 if THOROUGH else 3
"""Of so many places one meets a kind of junk, and each place meets one in so many kinds."""


@pytest.mark.parametrize("number", range(len(JUNK)), ids=[repr(junk) for junk in JUNK])
def test_whatever_is_wrong_is_told_as_a_problem(number: int, parts: Parts) -> None:
    full = {
        **BOOK,
        "operations": {
            "create": "documented",
            "replace": {"from": "inferred", "operation": {}},
            "search": "documented",
        },
        "lookups": {"main_author_id": "documented"},
        "search": {"age": {"type": "number"}},
        "components": {"schemas": {"Page": {"type": "object"}}},
        "special": {
            "/x": {
                "post": {"operationId": "x", "responses": {200: {"description": "Yes."}}, "x-provenance": "inferred"}
            }
        },
    }
    folder = parts()
    good = {
        "api.yaml": FRAME,
        "operations.yaml": TEMPLATES,
        "blocks.yaml": BLOCKS,
        "objects.yaml": OBJECTS,
        "resources/books.yaml": full,
    }
    for name, part in good.items():
        for *way, last in islice(filter(None, places(part)), number % TURNS, None, TURNS):
            spoilt = copy.deepcopy(part)
            place = spoilt
            for step in way:
                place = place[step]
            place[last] = JUNK[number]
            (folder / name).write_text(json.dumps(spoilt))
            with suppress(SetupError):
                publishing.publish(folder)
        (folder / name).write_text(yaml.safe_dump(part))


def test_two_parts_may_not_describe_one_thing_differently(parts: Parts) -> None:
    def spoil(said: dict[str, Any]) -> None:
        said["groups"]["books"]["components"] = {"schemas": {"Stamp": {"type": "string"}}}
        said["groups"]["novels"] = {**BOOK, "title": "Novels"}

    told = problems(parts, spoil)
    assert [line.split(" is described differently in ")[0] for line in told] == [
        "books.yaml : components schemas Stamp",
        "novels.yaml : paths /bigBooks/{shelf} post",
    ]


# Files.


def test_files_are_stale_until_written(parts: Parts) -> None:
    folder = parts()
    assert publishing.stale(folder) == ["openapi.yaml", "openapi.json"]
    publishing.write(folder)
    assert publishing.stale(folder) == []
    (folder / "openapi.json").write_text("{}")
    assert publishing.stale(folder) == ["openapi.json"]


def test_nothing_is_written_when_a_part_is_wrong(parts: Parts) -> None:
    folder = parts(lambda said: said["groups"]["books"].pop("title"))
    with pytest.raises(SetupError):
        publishing.write(folder)
    assert not (folder / "openapi.json").exists()


def test_both_files_hold_the_same_and_yaml_has_no_aliases(parts: Parts) -> None:
    document = publishing.publish(parts())
    told = publishing.to_yaml(document)
    assert yaml.safe_load(told) == document == yaml.safe_load(publishing.to_json(document))
    assert "&id" not in told
    assert told.startswith("# ")


def test_building_twice_is_the_same(parts: Parts) -> None:
    folder = parts()
    assert publishing.to_json(publishing.publish(folder)) == publishing.to_json(publishing.publish(folder))


def test_the_command_builds_what_is_stale_and_says_so(parts: Parts) -> None:
    folder = str(parts())
    looked = CliRunner().invoke(main, ["publish", folder, "--check"])
    assert looked.exit_code == 1
    assert looked.output.count("is out of date; run: mockserver publish") == 2
    built = CliRunner().invoke(main, ["publish", folder])
    assert built.exit_code == 0
    assert built.output.count("written") == 2
    again = CliRunner().invoke(main, ["publish", folder, "--check"])
    assert again.exit_code == 0
    assert "up to date" in again.output


def test_merged() -> None:
    assert merged({"a": {"b": 1, "c": [1]}, "d": 1}, {"a": {"c": [2], "e": 2}}) == {
        "a": {"b": 1, "c": [2], "e": 2},
        "d": 1,
    }
