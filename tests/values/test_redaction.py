"""Redaction: one list of secret names for journal and reports."""

from __future__ import annotations

import json

import orjson
import pytest

from mockserver.values.redaction import HIDDEN, is_secret, redact_body, redact_pairs, redact_text, redact_value

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "name",
    ["access_token", "api_key", "apiKey", "password", "X-Auth-Token", "X-Auth", "Cookie", "set-cookie", "Authorization",
     "client_secret", "X-API-Key", "sessionId", "refresh_token", "tokens", "X-CSRF", "private_key", "jwt", "pwd"],
)  # fmt: skip
def test_secret_names(name: str) -> None:
    assert is_secret(name)
    assert is_secret(name.upper())
    assert redact_pairs([(name, "hush")]) == ((name, HIDDEN),)
    assert redact_value({"a": [{name: {"b": "hush"}}]}) == {"a": [{name: HIDDEN}]}
    assert "hush" not in redact_text(f"/x?y=1&{name}=hush&z=2")
    assert "hush" not in redact_text(f'{{"{name}":"hu\\"hush')
    assert b"hush" not in redact_body(json.dumps({name: "hush", "n": 1}).encode())


@pytest.mark.parametrize("name", ["name", "key", "id", "author", "sub", "session", "pass_letter", "number"])
def test_other_names_are_shown(name: str) -> None:
    assert not is_secret(name)
    body = b'{"%s":  "plain"}' % name.encode()
    assert redact_body(body) is body


def test_a_token_is_hidden_wherever_it_stands() -> None:
    for text in (TOKEN, f"Bearer {TOKEN}", "the header was 'Bearer abc.def'", "basic dXNlcjpwYXNz"):
        assert HIDDEN in redact_text(text)
        assert HIDDEN in redact_value([text])[0]
    assert TOKEN.encode() not in redact_body(f"seen: {TOKEN}".encode())


def test_a_hint_is_not_a_secret() -> None:
    for hint in ("no Authorization header; wanted 'Bearer <token>'", "set it to Bearer $TOKEN"):
        assert redact_text(hint) == hint


def test_a_body_with_an_escaped_name_or_cut_off_is_covered() -> None:
    assert b"hush" not in redact_body(b'{"pass\\u0077ord": "hush"}')
    assert b"hush" not in redact_body(b'{"a": 1, "password": "hush')
    assert orjson.loads(redact_body(b'{"token": 1, "n": 1}')) == {"token": HIDDEN, "n": 1}
