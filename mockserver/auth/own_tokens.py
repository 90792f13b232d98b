"""Tokens that this mock signs with its shared secret: HS256 in the compact form of RFC 7515, made and known again."""

from __future__ import annotations

import binascii
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from mockserver.values.json_text import read_own

HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
"""``{"alg":"HS256","typ":"JWT"}``."""
_HMAC_SECRET = re.compile(r"(?!.*(?:BEGIN|ssh|ecdsa))[A-Za-z0-9 :;,_.~+/=-]{32,}")
"""A secret that no library takes for a key of another kind."""


def can_sign_with(secret: str) -> bool:
    """Whether tokens can be signed with it here. PERF: without PyJWT, which takes a seventh of a start to import."""
    return _HMAC_SECRET.fullmatch(secret) is not None


def sign(claims: Mapping[str, Any], secret: str) -> str:
    """The token with these claims."""
    payload = _coded(json.dumps(claims, separators=(",", ":")).encode())
    return f"{HEADER}.{payload}.{_signature(payload, secret)}"


def known_claims(token: str, secret: str) -> dict[str, Any] | None:
    """What a token of the form that ``sign`` makes claims, if this secret signed it.

    None for every other one: whether that is good, and what is wrong with it, is for PyJWT to judge.
    """
    if not token.isascii() or token.count(".") != 2:
        return None
    header, payload, signature = token.split(".")
    if header != HEADER or not hmac.compare_digest(signature, _signature(payload, secret)):
        return None
    try:
        claims = read_own(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(claims, dict) or not all(isinstance(claims.get(name, ""), str) for name in ("sub", "jti")):
        return None
    return claims


def _signature(payload: str, secret: str) -> str:
    return _coded(hmac.digest(secret.encode(), f"{HEADER}.{payload}".encode(), "sha256"))


def _coded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
