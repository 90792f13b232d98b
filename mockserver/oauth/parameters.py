"""The parameters of a request, from a query, a form or a JSON object; each a text, given once, of bounded length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from mockserver.oauth.error_replies import invalid_request
from mockserver.values.json_text import BadJson, decode
from mockserver.values.media_types import without_parameters

LONGEST = 4_096
"""Characters that a parameter may have."""
MOST = 40
"""How many parameters are read."""
MAX_BODY = 65_536
"""Bytes that a body may have."""


def read_body(content_type: str, body: bytes) -> dict[str, str]:
    """The parameters of a form (RFC 6749), or of a JSON object, which many clients send. Raises OAuthError."""
    if len(body) > MAX_BODY:
        raise invalid_request(f"the body is larger than {MAX_BODY} bytes")
    media_type = without_parameters(content_type)
    if media_type == "application/json":
        return _read_json(body)
    if media_type != "application/x-www-form-urlencoded":
        raise invalid_request("send a form (application/x-www-form-urlencoded) or JSON (application/json)")
    try:
        return read_pairs(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST, errors="strict"))
    except ValueError:
        raise invalid_request(f"the form cannot be read, or has more than {MOST} fields") from None


def read_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters by name; one without a value counts as absent (RFC 6749 3.1). Raises OAuthError."""
    found: dict[str, str] = {}
    for name, text in pairs:
        if name in found:
            raise invalid_request(f"{name[:40]} is given more than once")
        if len(found) >= MOST:
            raise invalid_request(f"more than {MOST} parameters")
        if len(text) > LONGEST:
            raise invalid_request(f"{name[:40]} is longer than {LONGEST} characters")
        found[name] = text
    return {name: text for name, text in found.items() if text}


def needed(parameters: Mapping[str, str], name: str) -> str:
    """Raises OAuthError when the parameter is missing."""
    if name not in parameters:
        raise invalid_request(f"{name} is missing")
    return parameters[name]


def short(name: str, text: str, limit: int = 200) -> str:
    """A name of bounded length that can be printed. Raises OAuthError."""
    if len(text) > limit or not text.isprintable():
        raise invalid_request(f"{name} is longer than {limit} characters, or has some that cannot be printed")
    return text


def _read_json(body: bytes) -> dict[str, str]:
    try:
        value = decode(body, max_depth=4)
    except BadJson as bad:
        raise invalid_request(f"the body {bad}") from None
    if not isinstance(value, dict):
        raise invalid_request("the body is not a JSON object")
    wrong = [name for name, one in value.items() if one is not None and not isinstance(one, str)]
    if wrong:
        raise invalid_request(f"{wrong[0][:40]} is not a string")
    return read_pairs((name, one) for name, one in value.items() if isinstance(one, str))
