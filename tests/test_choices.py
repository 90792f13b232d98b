"""What a refusal tells of a body that fits no alternative: what all of them miss, or what is wrong with the one meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from test_any_document import body, client, document, reply

TEXT = {"type": "string"}


def thing(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": properties}


ONE_OR_MORE = [thing("name", "size", name=TEXT), thing("names", "size", names={"type": "array"})]
TEXT_OR_LIST = [TEXT, {"type": "array", "items": TEXT}]
BY_KIND = [thing("kind", "bark", kind={"const": "dog"}, bark=TEXT), thing("kind", "hunts", kind={"enum": ["cat"]})]
LOOSE = {"Dog": thing("kind", "bark", kind=TEXT), "Cat": thing("kind", "hunts", kind=TEXT)}
MAPPED = {"propertyName": "kind", "mapping": {"d": "#/components/schemas/Dog", "c": "#/components/schemas/Cat"}}
NAMED = {"propertyName": "kind"}

CASES: list[tuple[Any, Any, dict[str, str]]] = [
    (ONE_OR_MORE, {"name": "web"}, {"/size": "is required and missing"}),
    (ONE_OR_MORE, {}, {"/size": "is required and missing", "": "needs name, or names"}),
    (ONE_OR_MORE, {"name": "web", "size": 1, "names": []}, {"": "and may fit only one"}),
    (ONE_OR_MORE, 3, {"": '3 is not of type "object"'}),
    (TEXT_OR_LIST, 3, {"": '3 is not of type "string" or "array"'}),
    (TEXT_OR_LIST, ["a", 3], {"/1": '3 is not of type "string"'}),
    (BY_KIND, {"kind": "dog"}, {"/bark": "is required and missing"}),
    (BY_KIND, {"kind": "bird"}, {"/kind": '"bird" is not one of "dog", "cat"'}),
    (BY_KIND, {"hunts": 1}, {"/kind": "is required and missing"}),
    ([{"minLength": 9}, {"pattern": "^x"}], "a", {"": '"a" fits none of the alternatives'}),
    (MAPPED, {"kind": "c"}, {"/hunts": "is required and missing"}),
    (MAPPED, {"kind": "bird"}, {"/kind": '"bird" is not one of "d", "c"'}),
    (MAPPED, {"bark": ""}, {"/kind": 'is required and missing, one of "d", "c"'}),
    (NAMED, {"kind": "Dog"}, {"/bark": "is required and missing"}),
    (NAMED, {"kind": "bird"}, {"/kind": '"bird" is not one of "Dog", "Cat"'}),
]


@pytest.mark.parametrize(("choice", "value", "told"), CASES)
def test_a_refusal_below_a_choice_says_what_to_send(
    tmp_path: Path, choice: Any, value: Any, told: dict[str, str]
) -> None:
    options = choice if isinstance(choice, list) else [{"$ref": f"#/components/schemas/{name}"} for name in LOOSE]
    schema = {"oneOf": options, **({} if isinstance(choice, list) else {"discriminator": choice})}
    paths = {"/things": {"post": {"requestBody": body(schema), "responses": {"201": reply()}}}}
    caller = client({**document(paths), "components": {"schemas": LOOSE}}, tmp_path)
    found = {one["path"]: one["message"] for one in caller.post("/things", json=value).json["errors"]}
    assert found.keys() == {f"body{place}" for place in told}
    assert all(message in found[f"body{place}"] for place, message in told.items())


def test_a_refusal_that_has_one_text_only_tells_all_that_is_wrong(tmp_path: Path) -> None:
    refused = reply({"type": "object", "required": ["message"], "properties": {"message": TEXT}})
    schema = thing("a", "b", "c", "d", "e", "f", "g")
    paths = {"/things": {"post": {"requestBody": body(schema), "responses": {"201": reply(), "400": refused}}}}
    said = client(document(paths), tmp_path).post("/things", json={"b": 1}).json["message"]
    assert "body/a: is required and missing; body/c: is required and missing; " in said
    assert said.endswith("and 1 more")
