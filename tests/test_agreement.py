"""Two judges, one verdict: openapi-core and the compiled validators over hundreds of good and broken messages."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.contract import Contract, Operation, check, read
from mockserver.contract.reference import BEYOND_SCHEMAS, ReferenceValidator
from mockserver.errors import ContractBreach, Refusal
from mockserver.messages import Request, say
from mockserver.settings import Settings
from mockserver.world import contract_of

ODD = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "a b", "2019-08-24T14:15:22Z", "2019-13-24T14:15:22Z", "active", [], ["x"], {}, {"x": 1}, ["a"] * 101, "é", "/a/b", "~"]
).map(copy.deepcopy)  # fmt: skip
TEXTS = st.sampled_from(
    ["", "x", "a b", "name", "name,status", "name,,status", "cert-ada", "é", "1", "true", "a|b:c_d-e", "~"]
)
"""No text ends in a newline: Python's `$` matches before one, other engines' does not (see spec/README.md on patterns)."""
MANY = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@cache
def contract() -> Contract:
    return contract_of(Settings())


@cache
def reference() -> ReferenceValidator:
    return ReferenceValidator(contract().document)


OPERATIONS = st.deferred(lambda: st.sampled_from(sorted((one.method, one.path) for one in contract().operations())))


def operation_at(key: tuple[str, str]) -> tuple[Operation, dict[str, Any]]:
    method, path = key
    return contract().paths[path][method], contract().document.root["paths"][path][method.lower()]


def example(content: dict[str, Any]) -> Any:
    media = content["application/json"]
    if "example" in media:
        return copy.deepcopy(media["example"])
    told = next(iter(media["examples"].values()))
    if "$ref" in told:
        told = contract().document.node(*told["$ref"].split("/")[1:]).value
    return copy.deepcopy(told["value"])


@st.composite
def bent(draw: st.DrawFn, value: Any) -> Any:
    """``value`` with up to three places, anywhere in it, replaced or removed."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(0, 3))):
        holder, key = None, None
        place = value
        while isinstance(place, dict | list) and place and (holder is None or draw(st.booleans())):
            holder = place
            key = (
                draw(st.sampled_from(sorted(place)))
                if isinstance(place, dict)
                else draw(st.integers(0, len(place) - 1))
            )
            place = holder[key]
        if holder is None:
            value = draw(ODD)
        elif isinstance(holder, dict) and draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(ODD)
    return value


def good_value(operation: Operation, name: str) -> str:
    """What the document gives as an example of a path parameter."""
    document = contract().document
    item = document.node("paths", operation.path)
    for place in (item.child("parameters"), item.child(operation.method.lower(), "parameters")):
        for index in range(len(place.value or [])):
            told = document.follow(place.child(index)).value
            if (told["in"], told["name"]) == ("path", name):
                return str(told["example"])
    raise AssertionError(name)


@MANY
@given(data=st.data(), key=OPERATIONS)
def test_requests(data: st.DataObject, key: tuple[str, str]) -> None:
    operation, told = operation_at(key)
    names = [parameter.name for parameter in operation.parameters if parameter.location == "path"]
    path_values = {
        name: data.draw(TEXTS.filter(bool)) if data.draw(st.integers(0, 5)) == 0 else good_value(operation, name)
        for name in names
    }
    optional = sorted(operation.parameter_names("query"))
    query = tuple((name, data.draw(TEXTS)) for name in optional if data.draw(st.booleans()))
    body = b""
    if operation.body:
        body = orjson.dumps(data.draw(bent(example(told["requestBody"]["content"]))))
    headers = {"content-type": "application/json"} if body else {}
    request = Request(operation.method, "", operation.path, path_values, query, headers, body)
    try:
        read(operation, request, max_depth=32)
        violations: tuple[Any, ...] = ()
    except Refusal as refusal:
        violations = refusal.violations
        if all(one.keyword in BEYOND_SCHEMAS for one in violations):
            return  # openapi-core has no opinion on these
    theirs = reference().request_errors(operation, request)
    assert bool(theirs) == bool(violations), (theirs, violations, query, body)


@MANY
@given(data=st.data(), key=OPERATIONS)
def test_replies(data: st.DataObject, key: tuple[str, str]) -> None:
    operation, _ = operation_at(key)
    status = data.draw(st.sampled_from(sorted(operation.replies)))
    declared = (
        contract()
        .document.follow(contract().document.node("paths", key[1], key[0].lower(), "responses", str(status)))
        .value
    )
    if "content" not in declared:
        return
    value = data.draw(bent(example(declared["content"])))
    request = Request(
        operation.method, "", operation.path, dict.fromkeys(operation.parameter_names("path"), "x"), (), {}, b""
    )
    theirs = reference().reply_errors(request, status, orjson.dumps(value))
    assert bool(theirs) == broken(operation, status, value), (theirs, value)


def broken(operation: Operation, status: int, value: Any) -> bool:
    try:
        check(operation, say(value, status), projected=False)
    except ContractBreach:
        return True
    return False
