"""The module by the Host header: each document's paths under the hosts of its own servers, all of them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from flask import Flask

from mockserver import create_app
from mockserver.errors import SetupError
from server import Running, serving

CERTIFICATIONS, CONTACTS, SYSTEM, MOCKS = (
    "certifications.api.rhythmsoftware.com",
    "rolodex.api.rhythmsoftware.com",
    "system.api.rhythmsoftware.com",
    "docs.api.rhythmsoftware.com",
)
ASKED = {
    "/certifications/acme/cert-ada": {CERTIFICATIONS},
    "/contacts/acme/contact-ada": {CONTACTS},
    "/queries/acme/public/description/rolodex:contacts": {SYSTEM},
    "/_mock/apis/certifications/certifications-v1/programs/acme": {MOCKS, CERTIFICATIONS},
    "/_mock/apis/rolodex/rolodex-v1/contacts/acme": {MOCKS, CONTACTS},
}
ELSEWHERE = ("localhost:8080", "127.0.0.1", "mock.example.com", "nothing.api.rhythmsoftware.com", "", "[")


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(auth="off", clock="frozen", hosts=True)


@pytest.mark.parametrize("path", ASKED)
def test_under_a_host_of_the_document_only_its_paths_are_answered(app: Flask, path: str) -> None:
    client = app.test_client()
    found = {
        host: client.get(path, headers={"Host": host}).status_code for host in (CERTIFICATIONS, CONTACTS, SYSTEM, MOCKS)
    }
    answered = {host for host, status in found.items() if status == 200}
    assert answered - {MOCKS} == ASKED[path] - {MOCKS}
    assert MOCKS not in ASKED[path] or MOCKS in answered
    assert {status for status in found.values() if status != 200} <= {403}, "as for any path that is not there"


@pytest.mark.parametrize("host", ELSEWHERE)
def test_under_any_other_host_all_modules_are_at_the_root(app: Flask, host: str) -> None:
    client = app.test_client()
    assert {client.get(path, headers={"Host": host}).status_code for path in ASKED} == {200}


@pytest.mark.parametrize("host", [f"{CONTACTS}:443", CONTACTS.upper(), f"{CONTACTS}."])
def test_a_host_is_known_whatever_its_case_and_port(app: Flask, host: str) -> None:
    headers = {"Host": host, "Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    client = app.test_client()
    assert client.get("/contacts/acme/contact-ada", headers=headers).status_code == 200
    assert client.get("/programs/acme", headers=headers).status_code == 403
    assert "GET" in client.options("/contacts/acme", headers=headers).headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("host", [CERTIFICATIONS, CONTACTS, MOCKS, f"evil.{CONTACTS}"])
def test_no_host_of_a_module_steers_the_mock(app: Flask, host: str) -> None:
    """A name that was rebound to this machine is told by Host; those of the modules are somebody else's like any other."""
    client = app.test_client()
    assert client.post("/__mock__/reset", headers={"Host": host}).status_code == 403
    assert client.get("/__mock__/", headers={"Host": host}).status_code == 403


def test_a_host_that_is_allowed_by_name_steers_it() -> None:
    allowed = create_app(auth="off", hosts=True, allow_hosts=(CONTACTS,), scenario="empty").test_client()
    answered = {host: allowed.post("/__mock__/reset", headers={"Host": host}).status_code for host in (CONTACTS, MOCKS)}
    assert answered == {CONTACTS: 200, MOCKS: 403}


def test_without_the_setting_the_host_says_nothing() -> None:
    client = create_app(auth="off", clock="frozen", scenario="empty").test_client()
    assert client.get("/certifications/acme", headers={"Host": CONTACTS}).status_code == 200


def document(name: str, servers: list[dict[str, str]]) -> str:
    """An API of one list."""
    paths = {f"/{name}": {"get": {"responses": {"200": {"description": "All."}}}}}
    return yaml.safe_dump(
        {"openapi": "3.1.0", "info": {"title": name, "version": "1"}, "servers": servers, "paths": paths}
    )


def test_any_documents_are_told_apart(tmp_path: Any) -> None:
    for name in ("pets", "bills"):
        (tmp_path / f"{name}.yaml").write_text(document(name, [{"url": f"https://{name}.example/v1"}]))
    files = (str(tmp_path / "pets.yaml"), str(tmp_path / "bills.yaml"))
    client = create_app(spec=files, hosts=True).test_client()
    found = {
        (host, path): client.get(path, headers={"Host": host}).status_code
        for host in ("pets.example", "bills.example", "localhost")
        for path in ("/v1/pets", "/v1/bills")
    }
    assert [place for place, status in found.items() if status != 200] == [
        ("pets.example", "/v1/bills"), ("bills.example", "/v1/pets")
    ]  # fmt: skip


def test_a_document_that_names_no_host_cannot_be_told_by_it(tmp_path: Any) -> None:
    file = tmp_path / "none.yaml"
    file.write_text(document("pets", [{"url": "/v1"}]))
    with pytest.raises(SetupError, match="no server of the document has a host"):
        create_app(spec=str(file), hosts=True)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving("--hosts", "--auth", "off") as one:
        yield one


def test_over_a_socket_it_is_the_same(running: Running) -> None:
    statuses = [
        running.send("GET", path, Host=host).status
        for host in (CERTIFICATIONS, CONTACTS)
        for path in ("/programs/acme", "/contacts/acme")
    ]
    assert statuses == [200, 403, 403, 200]
