"""A client's day with each of many documents: `tests/data/stories`, told in words, sent, and every reply judged."""

from __future__ import annotations

import json
import os
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from mockserver import create_app
from test_any_document import DOCUMENTS, independent, world_of

FOLDER = Path(__file__).parent / "data" / "stories"
STORIES = {file.stem: file for file in sorted(FOLDER.glob("*.yaml"))}
WORDS = {
    "say", "send", "json", "form", "multipart", "raw", "type", "headers", "without", "status",
    "has", "is", "lacks", "lists", "counts", "replied", "save", "at", "kind",
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str) -> None:
    story = yaml.safe_load(STORIES[name].read_text())
    documents = story["document"]
    for document in documents if isinstance(documents, list) else [documents]:
        Told({**story, "document": document}).tell()


class Told:
    """One story. With MOCKSERVER_DOCUMENTS, the whole documents in that folder take the place of excerpts."""

    def __init__(self, story: dict[str, Any]) -> None:
        assert story["story"].strip()
        self.story = story
        self.saved: dict[str, Any] = {}
        self.headers = story.get("headers", {})
        self.client = create_app(spec=self.file(), overlays=self.overlays(), **story.get("settings", {})).test_client(
            use_cookies=False
        )
        self.root = world_of(self.client).contract.document.root

    def file(self) -> Path:
        whole = Path(os.environ.get("MOCKSERVER_DOCUMENTS", "")) / self.story.get("whole", self.story["document"])
        return whole if whole.is_file() else DOCUMENTS / self.story["document"]

    def overlays(self) -> tuple[Path, ...]:
        return tuple(FOLDER.parent / "overlays" / name for name in [self.story.get("overlay")] if name)

    def tell(self) -> None:
        for step in self.story["steps"]:
            assert set(step) <= WORDS, f"unknown words in {step}"
            assert isinstance(step["say"], str)
            self.step(self.filled(step))

    def step(self, step: dict[str, Any]) -> None:
        got = self.send(step)
        told = f"{step['say']}\n{step['send']}\n-> {got.status_code} {got.text[:3000]}\n{got.headers}"
        assert got.status_code in (step["status"] if isinstance(step["status"], list) else [step["status"]]), told
        self.judge(got)
        for name, wanted in step.get("replied", {}).items():
            assert wanted in got.headers.get(name, ""), told
        assert got.headers.get("Mock-Kind") == step.get("kind"), told
        value = at(got.json if "json" in (got.content_type or "") else None, step.get("at", ""))
        assert covers(value, step["has"]) if "has" in step else True, told
        assert value == step["is"] if "is" in step else True, told
        assert not any(covers(one, step["lacks"]) for one in value) if "lacks" in step else True, told
        assert any(covers(one, step["lists"]) for one in value) if "lists" in step else True, told
        assert len(value) == step["counts"] if "counts" in step else True, told
        self.saved |= {name: at(got.json, pointer) for name, pointer in step.get("save", {}).items()}

    def send(self, step: dict[str, Any]) -> Any:
        method, path = step["send"].split(" ", 1)
        headers = {**self.headers, **step.get("headers", {})}
        headers = {name: value for name, value in headers.items() if name not in step.get("without", ())}
        body: dict[str, Any] = {}
        if "json" in step:
            body = {"data": json.dumps(step["json"]), "content_type": step.get("type", "application/json")}
        elif "form" in step:
            body = {"data": urlencode(step["form"]), "content_type": "application/x-www-form-urlencoded"}
        elif "multipart" in step:
            body = {"data": step["multipart"], "content_type": "multipart/form-data"}
        elif "raw" in step:
            body = {"data": step["raw"], "content_type": step["type"]}
        path = path if path.startswith("http://") else f"{self.story.get('base', '')}{path}"
        return self.client.open(path, method=method, headers=headers, **body)

    def judge(self, got: Any) -> None:
        """Hold the reply to what the document declares for it, by another's validator."""
        name = got.headers.get("Mock-Operation")
        operations = [one for one in world_of(self.client).contract.operations() if one.id == name]
        for operation in operations[:1]:
            said = operation.plan.success if got.status_code == operation.plan.status else None
            said = said or operation.plan.refusal(got.status_code)
            if said is None or said.schema is None or "json" not in (got.content_type or ""):
                continue
            independent(self.client, said.schema.pointer).validate(got.json)

    def filled(self, value: Any) -> Any:
        """``$name`` alone is what was saved, as it is; within a text it is written into it."""
        if isinstance(value, str):
            return (
                self.saved[value[1:]]
                if value[1:] in self.saved and value[0] == "$"
                else Template(value).safe_substitute(self.saved)
            )
        if isinstance(value, dict):
            return {name: self.filled(one) for name, one in value.items()}
        return [self.filled(one) for one in value] if isinstance(value, list) else value


def covers(value: Any, wanted: Any) -> bool:
    """Whether ``value`` holds at least ``wanted``; a list is compared item by item."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            name in value and covers(value[name], one) for name, one in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(map(covers, value, wanted))
    return bool(value == wanted)


def at(value: Any, pointer: str) -> Any:
    for step in filter(None, pointer.split("/")):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def test_every_story_is_told_on_the_page() -> None:
    page = (Path(__file__).parent.parent / "docs" / "any-document.md").read_text()
    assert [name for name in STORIES if f"../tests/data/stories/{name}.yaml" not in page] == []


def test_a_story_asks_for_what_it_names() -> None:
    """That the runner can fail: each word of a story that says what is expected, with what is not so."""
    wrong: list[dict[str, Any]] = [
        {"status": 201}, {"has": {"name": "Max"}}, {"is": {}}, {"replied": {"Content-Type": "xml"}}, {"kind": "stub"},
        {"at": "/tags", "lists": {"id": 1}}, {"at": "/photoUrls", "lacks": "a"}, {"at": "/photoUrls", "counts": 2},
    ]  # fmt: skip
    send = {"say": "x", "send": "POST /pet", "json": {"name": "Rex", "photoUrls": ["a"], "tags": []}, "status": 200}
    head = {"document": "petstore-3.0.yaml", "story": "x", "headers": {"Authorization": "Bearer any"}}
    Told({**head, "steps": [send]}).tell()
    for one in wrong:
        with pytest.raises(AssertionError):
            Told({**head, "steps": [{**send, **one}]}).tell()
