"""What no journal, report or log may hold: one list of secret names, and what a secret looks like in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from mockserver.values.equality import same_json
from mockserver.values.json_text import read_own

HIDDEN = "(kept secret)"
SHORT = 64
"""How long a name may be that is remembered."""
DEEPEST = 30
"""How many levels of a value are looked into; what lies deeper is left out."""

_NAME = (
    r"(?:[\w.-]{0,64}(?:password|passwd|passphrase|secret|token|api[_-]?key|authorization|credential|cookie"
    r"|session[_-]?id|private[_-]?key)[\w.-]{0,64}|x-auth[\w-]{0,64}|x-csrf[\w-]{0,64}|jwt|pwd)"
)
"""Names of members, parameters and headers whose values are secret, whatever their case."""
_IS_SECRET = re.compile(_NAME, re.IGNORECASE)
_JWT = re.compile(r"(?<![\w-])eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*")
_SCHEME = re.compile(r"\b(bearer|basic|digest)\s+(?![<$(…])[^\s\"'\\,;]+", re.IGNORECASE)
"""A credential with its scheme; ``Bearer <token>`` and ``Bearer $TOKEN`` are hints, and stay."""
_MEMBER = re.compile(rf'("{_NAME}"\s*:\s*)("(?:[^"\\]|\\.)*"?|[{{\[].*|[^\s,}}\]]+)', re.IGNORECASE | re.DOTALL)
_PAIR = re.compile(rf"((?:^|[?&;\s]){_NAME}=)[^&\s]*", re.IGNORECASE)
EMAIL = re.compile(r"[A-Za-z0-9._+'-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
"""An e-mail address: personal data where the records are of real people."""


def is_secret(name: object) -> bool:
    """Whether the value of a member, parameter or header of this name is never shown."""
    text = str(name)
    return _names_a_secret(text) if len(text) <= SHORT else _IS_SECRET.fullmatch(text) is not None


@lru_cache(1_024)
def _names_a_secret(name: str) -> bool:
    """PERF: the same few names come with every request, and a pattern takes over a microsecond for each."""
    return _IS_SECRET.fullmatch(name) is not None


def redact_tokens(text: str) -> str:
    """``text`` without what looks like a token or a credential, wherever it stands."""
    if "eyJ" in text:
        text = _JWT.sub(HIDDEN, text)
    is_one_word = " " not in text and text.isprintable()  # PERF: a scheme has a credential behind a space
    return text if is_one_word else _SCHEME.sub(HIDDEN, text)


def redact_text(text: str) -> str:
    """``text`` without tokens, and without the values of members and parameters whose names tell of a secret.

    For text that is not JSON: of a member that is an object or a list, all that follows is left out.
    """
    if not text or (text.isascii() and not _may_hold_one(text.encode())):
        return text
    return redact_tokens(_MEMBER.sub(rf'\1"{HIDDEN}"', _PAIR.sub(rf"\1{HIDDEN}", text)))


def redact_value(value: Any, levels: int = DEEPEST) -> Any:
    """A JSON value without secrets: members by their names, tokens in any text."""
    if isinstance(value, Mapping | list | tuple) and levels == 0:
        return "…"
    if isinstance(value, Mapping):
        members = {redact_tokens(str(name)): (name, one) for name, one in value.items()}
        return {
            name: HIDDEN if is_secret(said) else redact_value(one, levels - 1) for name, (said, one) in members.items()
        }
    if isinstance(value, list | tuple):
        return [redact_value(one, levels - 1) for one in value]
    return redact_tokens(value) if isinstance(value, str) else value


def redact_pairs(pairs: Any) -> tuple[tuple[str, str], ...]:
    """Headers or query parameters, each (name, text), without secrets."""
    return tuple([(name, HIDDEN if is_secret(name) else redact_tokens(text)) for name, text in pairs])


def redact_body(body: bytes) -> bytes:
    """A body without secrets: JSON by its members, anything else as it reads. One without any is left as it is."""
    if not body or not _may_hold_one(body):
        return body
    try:
        value = read_own(body)
    except ValueError:
        return redact_text(body.decode(errors="replace")).encode()
    kept = redact_value(value)
    return body if same_json(kept, value) else orjson.dumps(kept)


_HINTS: tuple[bytes, ...] = (
    b"password", b"passwd", b"passphrase", b"pwd", b"secret", b"token", b"apikey", b"api_key", b"api-key",
    b"authorization", b"credential", b"cookie", b"sessionid", b"session_id", b"session-id", b"privatekey",
    b"private_key", b"private-key", b"x-auth", b"x-csrf", b"jwt", b"eyj", b"bearer", b"basic", b"digest", b"\\u00",
)  # fmt: skip
"""What every name and text that is hidden has in it, in lower case, or may have by an escape."""


@lru_cache(128)
def _may_hold_one(body: bytes) -> bool:
    """PERF: a few looks through the bytes spare most bodies being read as JSON, 20 µs a kilobyte where a pattern took
    260; the same reply again costs its hash.
    """
    lowered = body.lower()
    for hint in _HINTS:  # noqa: SIM110 -- PERF: a generator takes twice as long
        if hint in lowered:
            return True
    return False
