"""What must not be shown: tokens, e-mail addresses and chosen fields, found and covered wherever they turn up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

COVER = "[redacted]"
SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"})

_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]*\.?[\w-]*")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+(?!\$)[\w\-.~+/=%]{6,}")
_EMAIL = re.compile(r"[A-Za-z0-9._+'-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SHORT = 3


class Redactor:
    """Covers the known ``tokens``, anything like a token or an e-mail address, and what stands in ``fields``.

    Values seen in such fields are remembered, so that they are covered in texts that quote them as well.
    """

    def __init__(self, tokens: Iterable[str] = (), fields: Iterable[str] = ()) -> None:
        self._fields = frozenset(name.lower() for name in fields)
        self._secrets: set[str] = set()
        for token in tokens:
            self._remember(token)
        self._pattern: re.Pattern[str] | None = None

    def learn(self, body: bytes | None) -> None:
        """Remember the values of the chosen fields in ``body``, if it is JSON."""
        if body and self._fields:
            try:
                self._collect(json.loads(body))
            except ValueError:
                self._collect_pairs(body.decode(errors="replace"))

    def learn_query(self, target: str) -> None:
        """Remember what a query says for the chosen fields."""
        self._collect_pairs(target.partition("?")[2])

    def text(self, text: str) -> str:
        """``text`` with every secret covered."""
        if self._pattern is None:
            self._pattern = _any_of(self._secrets)
        text = self._pattern.sub(COVER, text) if self._secrets else text
        return _EMAIL.sub(COVER, _BEARER.sub(rf"\1 {COVER}", _JWT.sub(COVER, text)))

    def value(self, value: Any) -> Any:
        """Any JSON with every secret covered, the chosen members as a whole."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.text(str(name)): COVER if self._is_secret(name) else self.value(one) for name, one in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(one) for one in value]
        return (
            COVER
            if isinstance(value, int | float) and not isinstance(value, bool) and str(value) in self._secrets
            else value
        )

    def body(self, body: bytes | None) -> str:
        """A body as text to show: JSON member by member, anything else as it reads."""
        if not body:
            return ""
        try:
            return json.dumps(self.value(json.loads(body)), ensure_ascii=False)
        except ValueError:
            return self.text(body.decode(errors="replace"))

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(name, COVER if name.lower() in SECRET_HEADERS else self.text(text)) for name, text in headers]

    def _is_secret(self, name: Any) -> bool:
        return str(name).lower() in self._fields

    def _collect(self, value: Any) -> None:
        if isinstance(value, Mapping):
            for name, one in value.items():
                self._remember_all(one) if self._is_secret(name) else self._collect(one)
            self._collect_steps(value)
        elif isinstance(value, list):
            for one in value:
                self._collect(one)

    def _collect_steps(self, value: Mapping[str, Any]) -> None:
        """A JSON Patch names its field in a pointer, not in a member."""
        path = value.get("path")
        if isinstance(path, str) and "value" in value and any(self._is_secret(step) for step in path.split("/")):
            self._remember_all(value["value"])

    def _collect_pairs(self, text: str) -> None:
        for pair in text.split("&"):
            name, _, value = pair.partition("=")
            if self._is_secret(unquote(name)):
                self._remember(unquote(value.replace("+", " ")))

    def _remember_all(self, value: Any) -> None:
        if isinstance(value, Mapping):
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                self._remember_all(one)
        elif value is not None and not isinstance(value, bool):
            self._remember(str(value))

    def _remember(self, secret: str) -> None:
        if len(secret) >= _SHORT:
            forms = {secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
            self._secrets |= forms | {json.dumps(secret, ensure_ascii=False)[1:-1]}
            self._pattern = None


def _any_of(secrets: set[str]) -> re.Pattern[str]:
    """Any of the texts, the longest first; a short one only where it stands by itself."""
    ordered = sorted(secrets, key=len, reverse=True)
    return re.compile(
        "|".join(re.escape(one) if len(one) > 5 else rf"(?<!\w){re.escape(one)}(?!\w)" for one in ordered)
    )
