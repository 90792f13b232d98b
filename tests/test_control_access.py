"""The control plane answers programs and its own pages, no page of another origin, whatever trick it uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.commands.serving import guarded
from mockserver.errors import SetupError
from mockserver.settings import Settings

Library = Callable[..., Any]
OTHERS = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "rebound.example"},
    {"Host": "rebound.example", "Origin": "http://rebound.example"},
]


@pytest.mark.parametrize("headers", OTHERS, ids=str)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/__mock__/reset"), ("POST", "/__mock__/token"), ("GET", "/__mock__/journal")]
)
def test_a_page_of_another_origin_is_not_answered(
    library: Library, method: str, path: str, headers: dict[str, str]
) -> None:
    client = library().test_client()
    kept = client.post("/books/t", json={"title": "kept"}).json["id"]
    reply = client.open(path, method=method, headers=headers, data='{"tenant": "t"}', content_type="text/plain")
    assert reply.status_code == 403
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert client.get(f"/books/t/{kept}").status_code == 200


def test_no_preflight_is_granted(library: Library) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    reply = library().test_client().options("/__mock__/reset", headers=asked)
    assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "127.0.0.1:8080"},
        {"Host": "[::1]:8080"},
        {"Host": "mock:8080"},
        {"Host": "localhost:8080", "Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_programs_and_own_pages_are_answered(library: Library, headers: dict[str, str]) -> None:
    reply = library().test_client().post("/__mock__/reset", headers=headers)
    assert reply.status_code == 200
    assert "Access-Control-Allow-Origin" not in reply.headers


TOKEN = "the-control-token-of-this-test"
STEERING = [("POST", "/__mock__/reset"), ("POST", "/__mock__/token"), ("GET", "/__mock__/journal")]


@pytest.mark.parametrize(("method", "path"), STEERING)
@pytest.mark.parametrize(
    "shown", [None, "Bearer wrong", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \xe9"]
)
def test_without_the_control_token_nothing_is_steered(
    library: Library, method: str, path: str, shown: str | None
) -> None:
    client = library(control_token=TOKEN).test_client()
    reply = client.open(path, method=method, headers={"Authorization": shown} if shown else {}, json={"tenant": "t"})
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert "control token" in reply.json["message"]
    assert TOKEN not in reply.text


def test_a_tenants_token_does_not_open_the_control_plane(library: Library) -> None:
    app = library(control_token=TOKEN, auth="verify")
    shown = {"Authorization": f"Bearer {TOKEN}"}
    client = app.test_client()
    minted = client.post("/__mock__/token", json={"tenant": "t"}, headers=shown).json["token"]
    assert client.get("/books/t", headers={"Authorization": f"Bearer {minted}"}).status_code == 200
    assert client.get("/__mock__/journal", headers={"Authorization": f"Bearer {minted}"}).status_code == 401
    assert client.get("/__mock__/journal", headers=shown).status_code == 200
    assert client.get("/books/t", headers=shown).status_code == 401


def test_a_probe_needs_no_control_token_and_a_page_gets_nothing(library: Library) -> None:
    client = library(control_token=TOKEN).test_client()
    assert client.get("/__mock__/health").status_code == 200
    assert client.get("/__mock__/health", headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [("Mock.Example.com:8080", 200), ("mock.example.com.", 200), ("x.mock.example.com", 403), ("example.com", 403)],
)
def test_host_names_may_be_allowed(library: Library, host: str, status: int) -> None:
    client = library(allow_hosts=("mock.EXAMPLE.com", "other.example")).test_client()
    assert client.post("/__mock__/reset", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("wrong", [{"control_token": "short"}, {"control_token": ""}, {"allow_hosts": ("a.b:80",)}])
def test_wrong_settings_are_told_at_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(SetupError, match=r"settings: /(control_token|allow_hosts)"):
        Settings(**wrong)


@pytest.mark.parametrize(
    ("host", "secret", "wanted"),
    [
        ("127.0.0.1", {}, False),
        ("localhost", {}, False),
        ("::1", {}, False),
        ("0.0.0.0", {}, True),
        ("::", {}, True),
        ("192.0.2.7", {}, True),
        ("127.0.0.1", {"secret": "a secret of one's own, long enough"}, True),
    ],
)
def test_a_control_token_is_made_where_others_may_come(host: str, secret: dict[str, str], wanted: bool) -> None:
    made = guarded(Settings(**secret), host)
    assert (made.control_token is not None) is wanted
    given = Settings(control_token=TOKEN, **secret)
    assert guarded(given, host).control_token == TOKEN
    assert TOKEN not in repr(given)
