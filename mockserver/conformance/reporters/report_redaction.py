"""What must not be shown: tokens, e-mail addresses and chosen fields, found and covered wherever they turn up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from mockserver.conformance.wire.traffic import NotJson, read_json
from mockserver.values.redaction import EMAIL, HIDDEN, is_secret, redact_tokens

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What steers a terminal or turns a line around."""
_SHORT = 3


def escaped(text: str) -> str:
    """``text`` with control characters shown, not sent: a target may not steer a terminal or a page."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class Redactor:
    """Covers ``tokens``, ``secrets``, anything like a token or an e-mail address, and what stands in ``fields``.

    Values that the target was seen to keep in such fields are remembered, so that they are covered in texts
    that quote them as well; values that a run made up itself are no secrets and are covered in place only.
    """

    def __init__(self, tokens: Iterable[str] = (), fields: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        self.tokens = tuple(tokens)
        self._fields = frozenset(name.lower() for name in fields)
        self._secrets: set[str] = set()
        self._values: set[str] = set()
        self._own: set[str] = set()
        for secret in (*self.tokens, *secrets):
            self._remember(secret)
        self._pattern: re.Pattern[str] | None = None

    def sent(self, target: str, body: bytes | None) -> None:
        """Take note of a request of the run: what it says, unless it was learned before, is of its own making."""
        if self._fields:
            self._own |= {*self._in_body(body), *self._in_pairs(target.partition("?")[2])} - self._values

    def learn(self, body: bytes | None) -> None:
        """Remember what a reply says in the chosen fields, but for what the run itself had sent."""
        if self._fields:
            for value in set(self._in_body(body)) - self._own - self._values:
                self._values.add(value)
                self._remember(value)

    def text(self, text: str) -> str:
        """``text`` with every secret covered."""
        if self._pattern is None:
            self._pattern = _any_of(self._secrets)
        text = self._pattern.sub(HIDDEN, text) if self._secrets else text
        return escaped(EMAIL.sub(HIDDEN, redact_tokens(text)))

    def value(self, value: Any) -> Any:
        """A body's JSON with every secret covered, the chosen members as a whole."""
        if isinstance(value, Mapping):
            return {
                self.text(str(name)): HIDDEN if self._is_secret(name) else self.value(one)
                for name, one in self._steps(value).items()
            }
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return HIDDEN if str(value) in self._values else value
        return self.texts(value)

    def texts(self, value: Any) -> Any:
        """Data of our own with every secret covered that a text in it quotes."""
        if isinstance(value, Mapping):
            return {name: self.texts(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.texts(one) for one in value]
        return self.text(value) if isinstance(value, str) else value

    def body(self, body: bytes | None) -> str:
        """A body as text to show: JSON member by member, anything else as it reads."""
        if not body:
            return ""
        try:
            return escaped(json.dumps(self.value(read_json(body)), ensure_ascii=False))
        except NotJson:
            return self.text(body.decode(errors="replace"))

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(name, HIDDEN if is_secret(name) else self.text(text)) for name, text in headers]

    def _is_secret(self, name: Any) -> bool:
        return str(name).lower() in self._fields

    def _steps(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """A step of a JSON Patch names its field in a pointer, not in a member: its value is covered too."""
        return {**value, "value": HIDDEN} if self._is_secret_step(value) else value

    def _is_secret_step(self, value: Mapping[str, Any]) -> bool:
        path = value.get("path")
        return isinstance(path, str) and "value" in value and any(self._is_secret(step) for step in path.split("/"))

    def _in_body(self, body: bytes | None) -> Iterator[str]:
        """What ``body`` says in the chosen fields."""
        try:
            yield from self._in_value(read_json(body or b"null"))
        except NotJson:
            yield from self._in_pairs((body or b"").decode(errors="replace"))

    def _in_value(self, value: Any) -> Iterator[str]:
        if isinstance(value, Mapping):
            for name, one in value.items():
                yield from _scalars(one) if self._is_secret(name) else self._in_value(one)
            if self._is_secret_step(value):
                yield from _scalars(value["value"])
        elif isinstance(value, list):
            for one in value:
                yield from self._in_value(one)

    def _in_pairs(self, text: str) -> Iterator[str]:
        for pair in text.split("&"):
            name, _, value = pair.partition("=")
            if self._is_secret(unquote(name)):
                yield unquote(value.replace("+", " "))

    def _remember(self, secret: str) -> None:
        if len(secret) >= _SHORT:
            forms = {secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
            self._secrets |= forms | {json.dumps(secret, ensure_ascii=False)[1:-1]}
            self._pattern = None


def _scalars(value: Any) -> Iterator[str]:
    """Every text and number in ``value``."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _scalars(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _any_of(secrets: set[str]) -> re.Pattern[str]:
    """Any of the texts, the longest first; a short one only where it stands by itself."""
    ordered = sorted(secrets, key=len, reverse=True)
    return re.compile(
        "|".join(re.escape(one) if len(one) > 5 else rf"(?<!\w){re.escape(one)}(?!\w)" for one in ordered)
    )
