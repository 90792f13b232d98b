"""The wire cases of ``tests/wire``: requests and what must come back, over the tiny library API."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml

from asgi import Answer, front_of, replay

CASES = [
    pytest.param(case["steps"], id=f"{file.stem}: {case['name']}")
    for file in sorted(Path(__file__).parent.glob("wire/*.yaml"))
    for case in yaml.safe_load(file.read_text())
]
KNOWN = {
    "send", "status", "body", "exactly", "errors", "headers", "save", "length", "at", "sorted", "each", "found", "statuses",
    "first", "empty", "sent", "raw", "hex", "type", "pad", "nest", "long_query", "long_header", "repeat",
    "same",
}  # fmt: skip


@pytest.mark.parametrize("judge", ["compiled", "reference"])
@pytest.mark.parametrize("steps", CASES)
def test_wire(steps: list[dict[str, Any]], judge: str, library) -> None:
    app = library(validator=judge)
    client = app.test_client(use_cookies=False)
    saved: dict[str, str] = {}
    sent, answers = [], []
    for told_step in steps:
        assert set(told_step) <= KNOWN, f"unknown words in {told_step}"
        step = _filled(told_step, saved)
        sent.append(_request(step))
        response = client.open(**sent[-1])
        answers.append(Answer(response.status_code, _lower(response.headers), response.data))
        told = f"{step['send']}\n-> {response.status_code} {response.get_data(as_text=True)}\n{response.headers}"
        _check(step, response, told)
        for name, pointer in step.get("save", {}).items():
            saved[name] = _at(response.json, pointer)
    if judge == "compiled":
        assert client.post("/__mock__/reset").status_code == 200
        replayed = [_timeless(one) for one in replay(front_of(app), sent)]
        assert replayed == [_timeless(one) for one in answers], "the two fronts answer differently"


def _lower(headers: Any) -> list[tuple[str, str]]:
    return [(name.lower(), text) for name, text in headers]


def _timeless(one: Answer) -> Answer:
    """The second may end between two answers, and pages of the application tell it."""
    return one._replace(headers=[(name, "" if name == "date" else text) for name, text in one.headers])


def _filled(value: Any, saved: dict[str, str]) -> Any:
    if isinstance(value, str):
        return Template(value).safe_substitute(saved)
    if isinstance(value, dict):
        return {_filled(name, saved): _filled(item, saved) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, saved) for item in value]
    return value


def _request(step: dict[str, Any]) -> dict[str, Any]:
    method, path, *body = step["send"].split(" ", 2)
    headers = {"User-Agent": "wire cases", **step.get("sent", {})}
    data: bytes | None = body[0].encode() if body else None
    if "raw" in step:
        data = step["raw"].encode() + b" " * step.get("pad", 0)
    if "hex" in step:
        data = bytes.fromhex(step["hex"])
    if "nest" in step:
        data = b"[" * step["nest"] + b"]" * step["nest"]
    if "repeat" in step:
        how = step["repeat"]
        items = [*([how["first"]] if "first" in how else []), *[how["item"]] * how["times"]]
        data = json.dumps({how["under"]: items} if "under" in how else items).encode()
    if "long_query" in step:
        path += "?q=" + "x" * step["long_query"]
    if "long_header" in step:
        headers["X-Long"] = "x" * step["long_header"]
    content_type = step.get("type", "application/json" if data is not None else None)
    return {"path": path, "method": method, "data": data, "content_type": content_type, "headers": headers}


def _check(step: dict[str, Any], response: Any, told: str) -> None:  # noqa: C901 -- one line a word
    assert response.status_code == step.get("status", 200), told
    for name, wanted in step.get("headers", {}).items():
        assert wanted in response.headers.get(name, ""), told
    for name, wanted in step.get("same", {}).items():
        assert response.headers.get(name) == wanted, told
    if "errors" in step:
        found = {error["path"]: error["message"] for error in response.json["errors"]}
        assert found.keys() == step["errors"].keys(), told
        for path, wanted in step["errors"].items():
            assert wanted in found[path], told
    if "body" in step:
        assert {name: response.json.get(name) for name in step["body"]} == step["body"], told
    if "exactly" in step:
        assert response.json == step["exactly"], told
    if step.get("empty"):
        assert response.get_data() == b"", told
    if "found" in step:
        assert [item["id"] for item in response.json["Items"]] == step["found"], told
    if "statuses" in step:
        assert [result["status"] for result in response.json["results"]] == step["statuses"], told
    if "length" in step:
        assert len(_at(response.json, step.get("at", ""))) == step["length"], told
    if "sorted" in step:
        values = [_at(item, step["sorted"]) for item in response.json]
        assert values == sorted(values), told
    for item in response.json if "each" in step else ():
        assert sorted(item) == sorted(step["each"]), told
    if "first" in step:
        item = response.json[0]
        assert {name: item.get(name) for name in step["first"]} == step["first"], told


def _at(value: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value
