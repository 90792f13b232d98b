"""The request examples of all documents that are served: each can be sent to the default world as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from flask import Flask
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mockserver.contract import Document
from mockserver.contract.document import METHODS, Node
from mockserver.settings import Settings
from mockserver.web.app import create_app
from mockserver.world import contract_of

DOCUMENT = Document(dict(contract_of(Settings()).published))
REGISTRY = Registry().with_resource("urn:document", DRAFT202012.create_resource(DOCUMENT.root))
DRAFT = jsonschema.Draft202012Validator


def follow(node: Node) -> Node:
    return DOCUMENT.follow(node)


def example(parameter: Node) -> Any:
    """What the document shows for the parameter, or for its schema; None where it shows nothing."""
    named = [follow(one).child("value").value for _, one in parameter.child("examples").items()]
    schema = follow(parameter.child("schema"))
    listed = schema.child("examples").value or []
    found = [parameter.child("example").value, *named, schema.child("example").value, *listed]
    return next((one for one in found if one is not None), None)


def parameters(item: Node, operation: Node) -> list[Node]:
    """Those of the path and of the operation, whose own count where both have one."""
    found: dict[tuple[str, str], Node] = {}
    for place in (item, operation):
        for index in range(len(place.child("parameters").value or [])):
            one = follow(place.child("parameters", index))
            found[one.value["name"], one.value["in"]] = one
    return list(found.values())


def bodies(operation: Node) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each example of a body by its name, as arguments of the test client; one without any where there is no body."""
    body = follow(operation.child("requestBody"))
    if body.value is None:
        yield "", {}
    for content_type, media in body.child("content").items():
        named = {name: follow(one).child("value").value for name, one in media.child("examples").items()}
        if "example" in media.value:
            named["example"] = media.child("example").value
        for name, value in named.items():
            yield name, {"data": json.dumps(value), "content_type": content_type}


def arguments_of(path: str, method: str, shown: list[Node]) -> dict[str, Any]:
    """The arguments of the test client that make the request, without a body."""
    texts: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for one in shown:
        if (value := example(one)) is not None:
            text = value if isinstance(value, str) else json.dumps(value)
            texts[one.value["in"]][one.value["name"]] = text
    for name, text in texts["path"].items():
        path = path.replace(f"{{{name}}}", quote(text, safe=""))
    return {"path": path, "method": method.upper(), "query_string": texts["query"], "headers": texts["header"]}


def operations() -> Iterator[tuple[str, str, Node, Node]]:
    """Path, method, path item and operation, of each operation."""
    for path, item in DOCUMENT.node("paths").items():
        yield from ((path, method, item, operation) for method, operation in item.items() if method in METHODS)


def requests() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each request that the examples of an operation make: the operation's id, the body's name, the arguments."""
    for path, method, item, operation in operations():
        arguments = arguments_of(path, method, parameters(item, operation))
        for name, sent in bodies(operation):
            yield operation.value["operationId"], name, {**arguments, **sent}


OPERATIONS = {operation.value["operationId"]: operation for *_, operation in operations()}
REQUESTS = [*requests()]


@pytest.fixture(scope="module")
def app() -> Flask:
    """The default world, to be reset before each write."""
    return create_app(auth="off", clock="frozen")


def shown_statuses(reply: Node) -> list[list[int]]:
    """Of each example of a batch's reply: what became of the items."""
    shown = [follow(one).child("value").value for _, one in reply.child("examples").items()]
    return [[item["status"] for item in one["results"]] for one in shown]


def problems(reply: Any, operation: Node) -> Iterator[str]:
    """What is wrong with the answer to an example: its status, its type, its content, the outcome of a batch's items."""
    if reply.status_code != 200:
        yield f"{reply.status_code} {reply.get_data(as_text=True)[:200]}"
        return
    content = follow(operation.child("responses", "200")).child("content")
    if content.value is None:
        if reply.data:
            yield "the document shows no content"
    elif reply.mimetype not in content.value:
        yield f"the document shows no {reply.mimetype}"
    elif reply.is_json:
        media = content.child(reply.mimetype)
        checked = DRAFT({"$ref": f"urn:document#{media.child('schema').pointer}"}, registry=REGISTRY)
        yield from (error.message for error in checked.iter_errors(reply.json))
        if operation.child("x-mock", "kind").value == "batch":
            statuses = [item["status"] for item in reply.json["results"]]
            if statuses not in shown_statuses(media):
                yield f"the items are {statuses}, the document shows {shown_statuses(media)}"


def test_every_operation_has_requests_without_gaps() -> None:
    assert {name for name, _, arguments in REQUESTS if "{" not in arguments["path"]} == {*OPERATIONS}


def test_each_request_succeeds_as_it_stands(app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    wrong = []
    for name, body, arguments in REQUESTS:
        if name == "getCurrentContact":
            continue  # whose record it shows stands in the token
        if arguments["method"] != "GET":
            app.extensions["mockserver"].reset()
        reply = client.open(**arguments)
        wrong += [f"{name} {body}: {problem}" for problem in problems(reply, OPERATIONS[name])]
    assert not wrong
