"""The vendor's own fourteen curl samples against the mock: only scheme, host and token change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from flask import Flask

from mockserver.web.app import create_app

SAMPLES = yaml.safe_load((Path(__file__).parent / "data/vendor_samples.yaml").read_text())
FILLED = {"tenantId": "acme", "id": "cert-ada", "contact_id": "contact-ada", "organization_id": "org-harbor", "notice_id": "notice-renewal"}  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(clock="frozen")


@pytest.fixture
def fresh(app: Flask) -> Iterator[Flask]:
    app.extensions["mockserver"].reset()
    yield app


def send(app: Flask, sample: dict[str, Any], values: dict[str, str], body: Any = None) -> Any:
    method, target = sample["request"].split(" ")
    for name, value in values.items():
        target = target.replace(f"{{{name}}}", value)
    client = app.test_client()
    tenant = unquote(target.split("-v1/certifications/")[1].split("/")[0].split("?")[0])
    token = client.post("/__mock__/token", json={"tenant": tenant}).json["token"]
    path, _, query = target.partition("?")
    sent = sample.get("body") if body is None else body
    return client.open(path, method=method, query_string=query, json=sent, headers={"Authorization": f"Bearer {token}"})


def test_there_are_fourteen() -> None:
    assert len(SAMPLES) == 14


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["request"].split("?")[0].replace("/_mock/apis/certifications/certifications-v1", ""))  # fmt: skip
def test_a_sample_as_it_stands_and_filled(fresh: Flask, sample: dict[str, Any]) -> None:
    response = send(fresh, sample, {})
    assert response.status_code == sample["answer"], response.get_data(as_text=True)
    for path, reason in sample.get("because", {}).items():
        [found] = [error["message"] for error in response.json["errors"] if error["path"] == path]
        assert reason in found
    filled = send(fresh, sample, FILLED)
    assert filled.status_code == sample["filled"], filled.get_data(as_text=True)


def test_the_placeholder_create_is_stored_once_it_is_valid(fresh: Flask) -> None:
    [sample] = [one for one in SAMPLES if one["request"].endswith("/certifications/{tenantId}") and "body" in one]
    body = {name: value for name, value in sample["body"].items() if name != "id"}
    dangling = send(fresh, sample, FILLED, body)
    assert dangling.status_code == 409
    named = [error["path"].removeprefix("body/") for error in dangling.json["errors"]]
    assert named == [
        "issuing_training_provider_id", "last_application_id", "notices/0/notice_id", "program_id",
        "renewal_training_provider_id", "status_reason_id", "transferred_from_id",
    ]  # fmt: skip
    body["program_id"] = "prog-pmc"
    for name in {name.partition("/")[0] for name in named} - {"program_id"}:
        del body[name]
    stored = send(fresh, sample, FILLED, body)
    assert stored.status_code == 200
    assert stored.json["name"] == "string"
    assert stored.json["sys_version"] == 1
    assert stored.json["sys_created_by_id"] != "string"
