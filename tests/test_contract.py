"""From document to contract: what is read from it, what is inferred, and every way in which a document is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import Contract, Document, Kind, check, compile_contract, read_document
from mockserver.errors import ContractBreach, SetupError
from mockserver.messages import hand_out, say
from tiny import document, operation

BOOKS = "/books/{tenant}"
BOOK = "/books/{tenant}/{id}"


def compiled(change: Callable[[dict[str, Any]], None] | None = None) -> Contract:
    told = document()
    if change:
        change(told)
    return compile_contract(Document(told, "doc.yaml"))


def problems(change: Callable[[dict[str, Any]], None]) -> list[str]:
    with pytest.raises(SetupError) as caught:
        compiled(change).compile_all()
    return [str(problem) for problem in caught.value.problems]


def test_what_a_document_says_is_what_the_contract_holds() -> None:
    contract = compiled()
    read = contract.paths[BOOK]["GET"]
    assert (read.kind, read.resource.name, read.projection) == (Kind.READ, "books", "fields")
    assert [(p.name, p.location, p.required, p.type) for p in read.parameters][:3] == [
        ("tenant", "path", True, "string"),
        ("id", "path", True, "string"),
        ("fields", "query", False, "string"),
    ]
    books = contract.resources["books"]
    assert books.managed == {"id", "made_at", "made_by", "changed_at", "changed_by", "version", "locked"}
    assert contract.indexes == {"books": ("author_id",), "authors": ()}
    assert contract.prefixes == ("", "/_mock/library")
    assert contract.tenant == "tenant"


def test_plain_crud_is_inferred_from_the_shape_of_path_and_verb() -> None:
    contract = compiled()
    assert contract.paths["/authors/{tenant}"]["GET"].kind is Kind.LIST
    assert contract.paths["/authors/{tenant}"]["POST"].kind is Kind.CREATE
    assert contract.paths["/authors/{tenant}/{id}"]["GET"].kind is Kind.READ
    assert contract.paths["/authors/{tenant}/{id}"]["DELETE"].kind is Kind.DELETE


def test_a_document_without_tenants_has_one() -> None:
    def single(told: dict[str, Any]) -> None:
        del told["x-mock"]
        told["paths"] = {
            "/authors": told["paths"]["/authors/{tenant}"],
            "/authors/{id}": told["paths"]["/authors/{tenant}/{id}"],
        }
        for item in told["paths"].values():
            item["parameters"] = item["parameters"][1:]

    contract = compiled(single)
    assert contract.tenant is None
    assert contract.paths["/authors/{id}"]["GET"].kind is Kind.READ


def test_stored_bytes_are_trusted_only_where_the_document_promises_just_those_records() -> None:
    def summarise(told: dict[str, Any]) -> None:
        summary = {"type": "object", "required": ["summary"]}
        told["paths"][BOOK]["put"]["responses"]["200"]["content"]["application/json"]["schema"] = summary

    trusted = {operation.id: operation.holds_records for operation in compiled(summarise).operations()}
    assert trusted["listBooks"] and trusted["readBook"] and trusted["booksByAuthor"] and trusted["searchBooks"]
    assert not trusted["replaceBook"]
    replace = compiled(summarise).paths[BOOK]["PUT"]
    with pytest.raises(ContractBreach, match="/summary"):
        check(replace, hand_out(b'{"id": "x"}'), projected=False)


def unknown_kind(told: dict[str, Any]) -> None:
    told["paths"][BOOKS]["get"]["x-mock"]["kind"] = "lsit"


def missing_word(told: dict[str, Any]) -> None:
    del told["paths"]["/books/{tenant}/author/{author_id}"]["get"]["x-mock"]["by"]


def unknown_word(told: dict[str, Any]) -> None:
    told["paths"][BOOK]["put"]["x-mock"]["projektion"] = "fields"


def unknown_resource(told: dict[str, Any]) -> None:
    told["paths"][BOOK]["put"]["x-mock"]["resource"] = "boks"


def no_meaning(told: dict[str, Any]) -> None:
    told["paths"]["/books/{tenant}/lend"] = {"post": operation("lend", None)}


def undeclared_status(told: dict[str, Any]) -> None:
    del told["paths"][BOOK]["delete"]["responses"]["409"]


def dangling_reference(told: dict[str, Any]) -> None:
    told["paths"][BOOKS]["post"]["requestBody"] = {"$ref": "#/components/requestBodies/Nope"}


def circle(told: dict[str, Any]) -> None:
    told["components"]["responses"]["Error"] = {"$ref": "#/components/responses/Error"}


def outside(told: dict[str, Any]) -> None:
    told["components"]["responses"]["Error"] = {"$ref": "other.yaml#/Error"}


def no_json(told: dict[str, Any]) -> None:
    told["paths"][BOOKS]["post"]["requestBody"]["content"] = {"text/csv": {"schema": {}}}


def bad_key(told: dict[str, Any]) -> None:
    told["components"]["schemas"]["Book"]["x-mock"]["key"] = "isbn"


def bad_stamp(told: dict[str, Any]) -> None:
    told["components"]["schemas"]["Book"]["properties"]["version"]["x-mock"] = {"stamp": "edition"}


def bad_reference(told: dict[str, Any]) -> None:
    told["components"]["schemas"]["Book"]["properties"]["author_id"]["x-mock"] = {"references": "people"}


def claimed_twice(told: dict[str, Any]) -> None:
    told["components"]["schemas"]["NewBook"]["x-mock"] = {"resource": "books"}


def bad_page(told: dict[str, Any]) -> None:
    told["paths"][BOOKS]["get"]["x-mock"]["page"] = {"items": "Items"}


def bad_search(told: dict[str, Any]) -> None:
    body = told["paths"]["/books/{tenant}/search"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["mood"]["x-mock"] = {"field": "feeling"}


def bad_parameter(told: dict[str, Any]) -> None:
    told["paths"][BOOK]["get"]["parameters"][1]["schema"] = {"type": "object"}


def bad_schema(told: dict[str, Any]) -> None:
    told["components"]["schemas"]["Author"]["properties"]["name"] = {"type": "strnig"}


def bad_pattern(told: dict[str, Any]) -> None:
    told["components"]["schemas"]["Author"]["properties"]["name"] = {"pattern": "^[\\w-|:]+$"}


def no_paths(told: dict[str, Any]) -> None:
    told["paths"] = {}


@pytest.mark.parametrize(
    ("change", "pointer", "problem"),
    [
        (unknown_kind, "/paths/~1books~1{tenant}/get/x-mock/kind", "did you mean 'list'?"),
        (missing_word, "/paths/~1books~1{tenant}~1author~1{author_id}/get/x-mock/by", "is missing; name a field"),
        (unknown_word, "/paths/~1books~1{tenant}~1{id}/put/x-mock/projektion", "is unknown"),
        (unknown_resource, "/paths/~1books~1{tenant}~1{id}/put/x-mock/resource", "unknown resource 'boks'; did you mean 'books'?"),
        (no_meaning, "/paths/~1books~1{tenant}~1lend/post", "no x-mock, and path and method do not show"),
        (undeclared_status, "/paths/~1books~1{tenant}~1{id}/delete/responses", "can answer 409, not declared"),
        (dangling_reference, "/paths/~1books~1{tenant}/post/requestBody", "leads nowhere"),
        (circle, "/paths/~1books~1{tenant}/get/responses/400", "references form a circle"),
        (outside, "/components/responses/Error", "leaves the document; name a file"),
        (no_json, "/paths/~1books~1{tenant}/post/requestBody", "no JSON media type"),
        (bad_key, "/components/schemas/Book", "the key 'isbn' is not a property"),
        (bad_stamp, "/components/schemas/Book/properties/version/x-mock/stamp", 'is "edition", wanted one of "created-at"'),
        (bad_reference, "/components/schemas/Book/properties/author_id/x-mock/references", "unknown resource 'people'"),
        (claimed_twice, "/components/schemas/NewBook", "has two record schemas"),
        (bad_page, "/paths/~1books~1{tenant}/get/x-mock/page/key", "is missing; name the parameter"),
        (bad_search, "/paths/~1books~1{tenant}~1search/post", "searches the unknown field 'feeling'"),
        (bad_parameter, "/paths/~1books~1{tenant}~1{id}/get/parameters/1", "has no simple type"),
        (bad_schema, "/components/schemas/Author", "not a usable JSON Schema"),
        (bad_pattern, "/components/schemas/Author", "not a usable JSON Schema"),
        (no_paths, "/paths", "no paths"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)  # fmt: skip
def test_a_broken_document_says_where_and_what_to_do(change: Callable[..., None], pointer: str, problem: str) -> None:
    found = problems(change)
    assert any(f"doc.yaml: {pointer}" in one and problem in one and "; " in one for one in found), found


def test_all_problems_are_told_at_once() -> None:
    def many(told: dict[str, Any]) -> None:
        unknown_kind(told)
        bad_stamp(told)
        undeclared_status(told)
        no_json(told)

    assert len(problems(many)) == 4


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("missing.yaml", None, "no such file"),
        ("broken.yaml", "a: [", "cannot be read"),
        ("broken.json", "{", "is not JSON: unexpected end of data at line 1, column 2"),
        ("list.json", "[]", "wanted an OpenAPI document of version 2.0, 3.0, 3.1 or 3.2, found a list"),
        ("empty.yaml", "", "found an empty file; name an OpenAPI document"),
        ("word.yaml", "word", "found a plain value"),
        ("old.yaml", "swagger: '1.2'", "version 2.0, 3.0, 3.1 or 3.2, found 1.2"),
        ("other.yaml", "title: a letter", "found no version"),
        ("other.json", '{"info": {"_postman_id": "1"}, "item": []}', "found a Postman collection"),
        ("other.yaml", "asyncapi: 2.6.0", "found an AsyncAPI document"),
        (
            "tagged.yaml",
            "openapi: !!python/object/apply:os.system [true]",
            "the tag tag:yaml.org,2002:python/object/apply",
        ),
    ],
)
def test_a_file_that_is_not_a_document_is_refused(tmp_path: Path, name: str, text: str | None, problem: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SetupError, match=problem):
        read_document(tmp_path / name)


def test_a_reply_is_held_to_what_its_status_declares() -> None:
    contract = compiled()
    create, preview = contract.paths[BOOKS]["POST"], contract.paths["/books/{tenant}/preview"]["POST"]
    good = {"id": "b", "title": "A", "made_at": "2025-01-01T00:00:00Z", "version": 1}
    check(create, say(good), projected=False)
    with pytest.raises(ContractBreach, match=r"createBook.*body/version.*required"):
        check(create, say({"id": "b", "title": "A", "made_at": "2025-01-01T00:00:00Z"}), projected=False)
    with pytest.raises(ContractBreach, match="201 is not declared"):
        check(create, say(good, 201), projected=False)
    with pytest.raises(ContractBreach, match="content where none is declared"):
        check(preview, say({}), projected=False)


def test_a_projection_excuses_only_where_one_was_asked_for() -> None:
    read = compiled().paths[BOOK]["GET"]
    check(read, say({"id": "b"}), projected=True)
    with pytest.raises(ContractBreach, match="body/title"):
        check(read, say({"id": "b"}), projected=False)
    with pytest.raises(ContractBreach, match="body/title"):
        check(read, say({"id": "b", "title": 5}), projected=True)
