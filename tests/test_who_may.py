"""The control plane answers programs and its own pages, no page of another origin, whatever trick it uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
