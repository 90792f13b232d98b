"""How public clients talk to the API (`tests/data/client_habits.yaml`), replayed: each gets what it expects, or is told why not."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from jsonschema import Draft202012Validator

from mockserver import create_app
from mockserver.settings import stock_specs
from test_document_stories import Told

DATA = Path(__file__).parent / "data"
HABITS: list[dict[str, Any]] = yaml.safe_load((DATA / "client_habits.yaml").read_text())


@cache
def app() -> Any:
    return create_app(spec=stock_specs(), clock="frozen", page_size=10)


class Client(Told):
    """One client: it has a token of the tenant, reads pages to their end and waits when it is told to."""

    def __init__(self, habit: dict[str, Any]) -> None:
        app().extensions["mockserver"].reset()
        self.story = habit
        self.client = app().test_client(use_cookies=False)
        minted: Any = self.client.post("/__mock__/token", json={"tenant": "acme"}).json
        token = minted["token"]
        self.saved: dict[str, Any] = {"token": token}
        self.headers = {"Authorization": f"Bearer {token}"}

    def judge(self, got: Any) -> None:
        """The mock checks its replies against the document itself."""

    def send(self, step: dict[str, Any]) -> Any:
        for status in step.get("retry", {}).get("after", ()):
            refused = super().send(step)
            assert refused.status_code == status, refused.text
            assert refused.headers.get("Retry-After", "1") == step["retry"].get("waits", "1")
        got = super().send(step)
        return self.read_on(step, got) if "pages" in step else got

    def read_on(self, step: dict[str, Any], got: Any) -> Any:
        """The first reply, with the items of all pages for its content."""
        items, requests = [*got.json["Items"]], 1
        while key := got.json.get("LastEvaluatedKey"):
            assert requests < 20, "the pages do not end"
            got = super().send(with_key(step, key))
            assert got.status_code == 200, got.text
            items, requests = [*items, *got.json["Items"]], requests + 1
        assert requests == step["pages"].get("requests", requests)
        ids = [one["id"] for one in items]
        assert len(set(ids)) == len(ids), "a record comes twice"
        got.set_data(json.dumps(items))
        return got


def with_key(step: dict[str, Any], key: str) -> dict[str, Any]:
    if step["pages"]["key"] == "body":
        return {**step, "json": {**step["json"], "exclusiveStartKey": key}}
    return {**step, "send": f"{step['send']}?exclusiveStartKey={quote(key)}"}


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit["habit"])
def test_a_habit_is_met(habit: dict[str, Any]) -> None:
    client = Client(habit)
    for step in habit["steps"]:
        client.step(client.filled(step))


def test_the_file_is_of_its_form() -> None:
    schema = json.loads((DATA / "client_habits.schema.json").read_text())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(HABITS)] == []


def test_a_client_that_does_not_get_what_it_expects_fails() -> None:
    """That the replay can fail: in what is asked of it beside the words of a story."""
    search = {"say": "x", "send": "POST /contacts/acme/search", "json": {}, "status": 200}
    listed = {"say": "x", "send": "GET /programs/acme", "status": 200}
    for wrong in (
        {**search, "pages": {"key": "body", "requests": 3}},
        {**search, "pages": {"key": "body"}, "counts": 3},
        {**listed, "retry": {"after": [429]}},
    ):
        with pytest.raises(AssertionError):
            Client({"steps": []}).step(wrong)
