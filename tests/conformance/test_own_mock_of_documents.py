"""What a mock makes of a document, its own check finds right: small documents of kinds that once were accused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.provenance import Provenance
from mockserver.contract.sources.source import read_document

TEXT, WHOLE, ID = {"type": "string"}, {"type": "integer"}, {"type": "string", "readOnly": True}
NONE = {"404": {"description": "There is none."}}


def shape(required: str = "", **members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members, **({"required": required.split()} if required else {})}


def path(name: str, of: dict[str, Any] = TEXT) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": of}


def query(name: str, of: dict[str, Any] = TEXT) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": of}


def answer(schema: dict[str, Any] | None, status: str = "200", **more: Any) -> dict[str, Any]:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {status: {"description": "So it is.", **content, **more}}


def takes(schema: dict[str, Any], media: str = "application/json") -> dict[str, Any]:
    return {"required": True, "content": {media: {"schema": schema}}}


def listed(schema: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": [*parameters], "responses": answer({"type": "array", "items": schema})}


def creating(sent: dict[str, Any], record: dict[str, Any], **refusals: Any) -> dict[str, Any]:
    return {"requestBody": takes(sent), "responses": {**answer(record, "201"), **refusals}}


def changing(sent: dict[str, Any], record: dict[str, Any], **refusals: Any) -> dict[str, Any]:
    return {"requestBody": takes(sent), "responses": {**answer(record), **NONE, **refusals}}


def reading(record: dict[str, Any]) -> dict[str, Any]:
    return {"responses": {**answer(record), **NONE}}


GONE = {"delete": {"responses": {**answer(None, "204"), **NONE}}}
REFUSED = {"400": {"description": "This is not possible."}}
BOX = shape("id name", id=ID, name=TEXT)
NEW = shape("name", name=TEXT)
BEGUN = shape("id name period_start", id=ID, name=TEXT, period_start=WHOLE)


def boxes(sent: Any = NEW, record: Any = BOX, key: Any = TEXT, **more: Any) -> dict[str, Any]:
    """Boxes that are listed, made, read and deleted; ``more``: further methods of one of them."""
    one = {"parameters": [path("boxId", key)], "get": reading(record), **GONE, **more}
    return {"/boxes": {"get": listed(record), "post": creating(sent, record)}, "/boxes/{boxId}": one}


def below(name: str, sent: Any, record: Any, key: str) -> dict[str, Any]:
    """What stands below boxes."""
    above = f"/boxes/{{boxId}}/{name}"
    one = {"parameters": [path("boxId"), path(key)], "get": reading(record), **GONE}
    return {
        above: {"parameters": [path("boxId")], "get": listed(record), "post": creating(sent, record)},
        f"{above}/{{{key}}}": one,
    }


def named(words: str) -> dict[str, Any]:
    record = shape("id name", id=ID, name={**TEXT, "description": words})
    sent = shape("name", name={**TEXT, "description": words})
    made = boxes(sent, record, put=changing(sent, record, **REFUSED))
    made["/boxes"]["post"] = creating(sent, record, **REFUSED)
    return made


def said_apart(list_says: str, read_says: str) -> dict[str, Any]:
    """Boxes of which each reply has an ``object`` of its own."""
    record = shape("id name object", id=ID, name=TEXT, object={"enum": [read_says], **TEXT})
    other = shape("id name object", id=ID, name=TEXT, object={"enum": [list_says], **TEXT})
    made = boxes(NEW, record)
    return {**made, "/boxes": {"get": listed(other, query("object")), "post": creating(NEW, record)}}


def of_words() -> dict[str, Any]:
    record = shape("id name commit", id=ID, name=TEXT, commit={"type": "boolean"})
    action = {"parameters": [path("boxId")], "post": changing(shape("commit", commit={"enum": [False]}), record)}
    return {**boxes(NEW, record), "/boxes/{boxId}/commit": action}


def spanning() -> dict[str, Any]:
    record = shape("name", name={**TEXT, "enum": ["north", "south"]}, size=WHOLE)
    every = {"get": listed(record, query("limit", {**WHOLE, "minimum": 1, "maximum": 100}))}
    return {**boxes(), **below("services", record, record, "name"), "/services": every}


def of_the_path() -> dict[str, Any]:
    post = shape("id box message", id=ID, message=TEXT, box=shape("id", id=TEXT))
    sent = shape("box message", message=TEXT, box=shape("id", id=TEXT), state=shape("id", id=TEXT))
    return {**boxes(), **below("posts", sent, post, "postId")}


def beside() -> dict[str, Any]:
    """Products that are made below an organization, which nothing makes, and found without it."""
    owner = shape("organizationId name", organizationId=ID, name=TEXT)
    product = shape("productId name organization", productId=ID, name=TEXT, organization=owner)
    one = {"parameters": [path("productId")], "get": reading(product), **GONE}
    made = {"parameters": [path("organizationId")], "post": creating(NEW, product, **NONE)}
    return {
        "/organizations": {"get": listed(owner)},
        "/organizations/{organizationId}/products": made,
        "/products": {"get": listed(product)},
        "/products/{productId}": one,
    }


def resources() -> dict[str, Any]:
    attributes = shape("type title", type={"enum": ["walk", "rest"], **TEXT}, title=TEXT)
    data = shape("id type", id=TEXT, type={"enum": ["data"], **TEXT}, attributes=attributes)
    return boxes(
        shape("data", data=data),
        shape("data", data=data),
        patch=changing(shape("data", data=data), shape("data", data=data)),
    )


def uploads() -> dict[str, Any]:
    record = shape("id purpose", id=ID, bytes=WHOLE, purpose={"enum": ["one", "two"], **TEXT})
    sent = shape("file purpose", file={**TEXT, "format": "binary"}, purpose={"enum": ["one", "two", "three"], **TEXT})
    made = boxes(sent, record)
    made["/boxes"]["post"]["requestBody"] = takes(sent, "multipart/form-data")
    return {**made, "/boxes/{boxId}/content": {"get": {"parameters": [path("boxId")], "responses": {
        "200": {"description": "The file.", "content": {"application/octet-stream": {"schema": {**TEXT, "format": "binary"}}}},
        **NONE}}}}  # fmt: skip


def put_makes() -> dict[str, Any]:
    moved = {"headers": {"Location": {"schema": TEXT}}}
    record = shape("name", name=TEXT, size=WHOLE, updated_on={**TEXT, "format": "date-time"})
    put = {"requestBody": takes(record), "responses": {**answer(record, **moved), **answer(record, "201", **moved)}}
    one = {"parameters": [path("name")], "get": reading(record), "put": put, **GONE}
    return {"/boxes": {"get": listed(record)}, "/boxes/{name}": one}


def led_by(cursor: dict[str, Any], **beside: Any) -> dict[str, Any]:
    """Boxes in pages that a cursor leads to."""
    page = shape("items", items={"type": "array", "items": BOX}, **beside)
    taken = [query("limit", {**WHOLE, "minimum": 1, "maximum": 100}), cursor]
    return {**boxes(), "/boxes": {"get": {"parameters": taken, "responses": answer(page)}, "post": creating(NEW, BOX)}}


def accounts() -> dict[str, Any]:
    person = shape("id email", id=ID, email=TEXT, token=TEXT, date_updated={**TEXT, "format": "date-time"})
    login = takes(shape("email password", email=TEXT, password=TEXT))
    sent = shape("email password", email=TEXT, password=TEXT, token=TEXT)
    one = {"parameters": [path("userId")], "get": reading(person), "patch": changing(shape(email=TEXT), person), **GONE}
    return {
        "/auth/login": {"post": {"requestBody": login, "responses": answer(shape("token", token=TEXT))}},
        "/users": {"get": listed(person), "post": creating(sent, person)},
        "/users/{userId}": one,
    }


def asked_for() -> dict[str, Any]:
    """Boxes whose options are shown where a parameter asks for them."""
    options = {"type": "array", "items": shape("id value", id=ID, value=TEXT)}
    record = shape("id name", id=ID, name=TEXT, options=options)
    made = boxes(shape("name", name=TEXT, options=options), record)
    asking = query("include[]", {"type": "array", "items": {"enum": ["options"], **TEXT}})
    made["/boxes/{boxId}"]["get"]["parameters"] = [asking]
    return {**made, **below("options", shape("value", value=TEXT), shape("id value", id=ID, value=TEXT), "optionId")}


def held_by_another() -> dict[str, Any]:
    """Cards that are made of themselves, and read below the box that has them, too."""
    card = shape("id name", id=ID, name=TEXT, box=TEXT)
    one = {"get": reading(card)}
    return {
        **boxes(),
        "/boxes/{boxId}/cards": {"parameters": [path("boxId")], "get": listed(card)},
        "/boxes/{boxId}/cards/{cardId}": {"parameters": [path("boxId"), path("cardId")], **one},
        "/cards": {"get": listed(card), "post": creating(NEW, card)},
        "/cards/{cardId}": {"parameters": [path("cardId")], **one, **GONE},
    }


def answered_as_reference() -> dict[str, Any]:
    """Boxes whose create answers a reference to one, of a type of its own."""
    of = {name: shape("id type name", id=ID, type={"enum": [name], **TEXT}, name=TEXT) for name in ("box", "reference")}
    sent = shape("type name", type={"enum": ["box"], **TEXT}, name=TEXT)
    return {**boxes(sent, of["box"]), "/boxes": {"get": listed(of["box"]), "post": creating(sent, of["reference"])}}


def endless() -> dict[str, Any]:
    held = {"$ref": "#/components/schemas/Held"}
    return boxes(shape("name", name=TEXT, held=held), shape("id name", id=ID, name=TEXT, held=held))


WRITE_ONLY = {**TEXT, "writeOnly": True}
UUID = {**TEXT, "format": "uuid"}
EXPIRING = shape("id name", id=ID, name=TEXT, expiry={**TEXT, "format": "date", "readOnly": True})
ADDRESS = {**TEXT, "format": "uri"}
PICTURE = shape("id address", id=ID, address=ADDRESS)
SINK = shape("sink_id name", sink_id={**TEXT, "example": "dfcc9f57"}, name=TEXT)
FULL = shape("id name", id=ID, name=TEXT, note=TEXT)
LINKED = shape("id name uri", id=ID, name=TEXT, uri={**TEXT, "readOnly": True, "pattern": "^/boxes/[a-f]{6}$"})
LOOSE = shape("name", id=TEXT, name=TEXT)
SAYS_ALL = shape(name=TEXT, password=TEXT, note=TEXT)
EVENT = shape("id name", id=ID, name=TEXT, at={**TEXT, "format": "date-time"})
SECRET = shape("id name secret", id=ID, name=TEXT, secret=WRITE_ONLY)
SITED = shape("id name site", id=ID, name=TEXT, site=shape("id", id=TEXT))
KINDS: dict[str, dict[str, Any]] = {
    "a record that must hold another of its kind": endless(),
    "a body that names what its path names": of_the_path(),
    "what is said to be unique without a declared conflict": named("The name must be unique."),
    "what is said to be unique of some": named("When there is a template, the name must be unique in the account."),
    "what must be there and is not to be shown": boxes(shape("name secret", name=TEXT, secret=WRITE_ONLY), SECRET),
    "an action that is told otherwise than it is called": of_words(),
    "a key that may be null": boxes(record=LOOSE, patch=changing(shape(id={"type": ["string", "null"]}, name=TEXT), LOOSE)),
    "a search of what holds addresses alone": {
        **boxes(shape("address", address=ADDRESS), PICTURE),
        "/boxes": {"get": listed(PICTURE, query("search")), "post": creating(shape("address", address=ADDRESS), PICTURE)},
    },
    "a read that is declared as a list": boxes(get=reading(shape("boxes", boxes={"type": "array", "items": BOX}))),
    "a key that is called by the end of its name": {**boxes(), **below("logsink", shape("name", name=TEXT), SINK, "logsink_id")},
    "a list of what stands below many": spanning(),
    "a list without keys": {**boxes(), "/boxes": {"get": listed(NEW), "post": creating(NEW, BOX)}},
    "a replacement that has to say what no reply shows": boxes({**SAYS_ALL, "required": ["name", "password"]}, FULL, put=changing(SAYS_ALL, FULL)),
    "a key of which the path alone tells the form": {
        "/admin/boxes": {"post": creating(NEW, BOX)},
        "/boxes": {"get": listed(BOX)},
        "/boxes/{id}": {"parameters": [path("id", UUID)], "get": reading(BOX), "put": changing(NEW, BOX)},
    },
    "attributes that have a type": resources(),
    "what a create alone may say": boxes(shape("name", name=TEXT, expiry={**TEXT, "format": "date"}), EXPIRING),
    "a day called like an offset": {
        **boxes(NEW, EVENT),
        "/boxes": {"get": listed(EVENT, query("start_at", {**TEXT, "format": "date-time"}), query("limit", WHOLE)), "post": creating(NEW, EVENT)},
    },
    "replies of which each is called otherwise": said_apart("list.box", "box"),
    "a form that takes more than a record can be": uploads(),
    "a path with a record that only others show": beside(),
    "a PUT that makes and changes": put_makes(),
    "what is shown where it is asked for": asked_for(),
    "a create that answers a reference": answered_as_reference(),
    "an address whose pattern fits no key": boxes(NEW, LINKED),
    "a read below what need not have the record": held_by_another(),
    "a search of a list that shows a part of each": {
        **boxes(shape("name note", name=TEXT, note=TEXT), FULL),
        "/boxes": {"get": listed(shape("id", id=ID), query("search")), "post": creating(shape("name note", name=TEXT, note=TEXT), FULL)},
    },
    "a person whose token a client says": accounts(),
    "a cursor that cannot be a key": led_by(query("starting_after", WHOLE), hasMore={"type": "boolean"}),
    "a token that continues": led_by(query("continuationToken"), hasNextPage={"type": "boolean"}, continuationToken=TEXT),
    "a bound beyond a member whose own name begins one": {
        **boxes(shape("name period_start", name=TEXT, period_start=WHOLE), BEGUN),
        "/boxes": {"get": listed(BEGUN, query("period_start[gt]", WHOLE), query("period_start[lt]", WHOLE)),
                   "post": creating(shape("name period_start", name=TEXT, period_start=WHOLE), BEGUN)},
    },
    "a filter with a default of its own": {
        **boxes(NEW, SITED),
        "/boxes": {"get": listed(SITED, query("site_id", {**TEXT, "default": "All sites"})), "post": creating(NEW, SITED)},
    },
}  # fmt: skip


def document(paths: dict[str, Any]) -> dict[str, Any]:
    held = shape("name inner", name=TEXT, inner={"$ref": "#/components/schemas/Held"})
    info = {"title": "Boxes", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": {"Held": held}}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_mock_passes_its_own_check(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "boxes.json"
    file.write_text(json.dumps(document(KINDS[kind])))
    assert read_document(file)
    verdict, _ = run(Options(spec=file, fuzzed=False, strictness=Provenance.INFERRED))
    assert [(one.check, one.operation, one.cause, one.detail) for one in verdict.findings] == []
    assert [(one.check, one.reason) for one in verdict.results if one.outcome.value == "crashed"] == []
    assert len([one for one in verdict.results if one.outcome.value == "passed"]) > 2


def test_what_a_path_needs_is_looked_for_where_others_show_it(tmp_path: Path) -> None:
    file = tmp_path / "boxes.json"
    file.write_text(json.dumps(document(beside())))
    verdict, _ = run(Options(spec=file, fuzzed=False, strictness=Provenance.INFERRED))
    lost = [one for one in verdict.results if one.outcome.value == "not covered" and one.reason and "404" in one.reason]
    assert lost == []
