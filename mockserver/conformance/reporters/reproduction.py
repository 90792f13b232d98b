"""A request as a command line of curl that can be run as it stands, once the tokens are in the environment."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import quote

from mockserver.conformance.reporters.report_redaction import Redactor
from mockserver.conformance.wire.traffic import Exchange
from mockserver.values.curl import CurlHeader, curl_command
from mockserver.values.redaction import is_secret

TOKENS = ("TOKEN", "OTHER_TOKEN")
"""The environment variables of the run's own tokens, in the order in which a redactor knows them."""
BAD = "BAD_TOKEN"
"""The environment variable of a token that must be refused: which one it was, is not shown."""
USER = "check"
"""The name that a token is the password of, where the document asks for Basic credentials."""
UNTOLD = frozenset(
    {"host", "user-agent", "accept-encoding", "connection", "content-length", "x-schemathesis-testcaseid"}
)
"""Headers that curl says by itself, or that are the fuzzer's own."""


def curl(step: Exchange, base_url: str, redactor: Redactor, body: str | None) -> str:
    """The command; ``body`` is what is shown of the request's."""
    sent, url = step.sent, base_url + step.sent.target
    options: list[str] = ["-i"]
    headers: list[CurlHeader] = []
    options += ["-g"] if set("[]{}") & set(url) else []
    options += ["--path-as-is"] if "/." in sent.path else []
    for name, text in sent.headers:
        if name.lower() == "authorization" and (pair := _basic(text, redactor)):
            options += ["-u", f'"{pair}"']
        else:
            headers += _header(name, text, redactor)
    if body and not any(name.lower() == "content-type" for name, _ in sent.headers):
        options += ["-H", "Content-Type:"]  # else curl would say that it is a form
    text, is_filled_in = _with_variables(url, redactor)
    return curl_command(text, sent.method, headers, body or None, options=options, is_url_filled_in=is_filled_in)


def basic(token: str) -> str:
    """The credentials that say ``token`` in the scheme Basic."""
    return base64.b64encode(f"{_user(token)}{token}".encode()).decode()


def _user(token: str) -> str:
    """What stands before a token that is a password; nothing where it is a user's name and password already."""
    return "" if ":" in token else f"{USER}:"


def _basic(text: str, redactor: Redactor) -> str:
    """The user and the variable of the token that is said in the scheme Basic; empty where none of the run's is."""
    shown = text.partition(" ")[2]
    known = (f"{_user(token)}${name}" for token, name in _variables(redactor) if basic(token) == shown)
    return next(known, "")


def _header(name: str, text: str, redactor: Redactor) -> Iterator[CurlHeader]:
    scheme, _, credentials = text.partition(" ")
    shown, is_filled_in = _with_variables(text, redactor)
    if is_filled_in:
        yield CurlHeader(name, shown, is_filled_in=True)
    elif name.lower() == "authorization" and credentials:
        yield CurlHeader(name, f"{re.sub('[^A-Za-z0-9-]', '', scheme)} ${BAD}", is_filled_in=True)
    elif name.lower() not in UNTOLD and not is_secret(name):
        yield CurlHeader(name, shown)


def _variables(redactor: Redactor) -> Iterator[tuple[str, str]]:
    yield from zip(redactor.tokens, TOKENS, strict=False)


def _with_variables(text: str, redactor: Redactor) -> tuple[str, bool]:
    """``text`` with the run's tokens as variables of the shell and all else covered, and whether there are any."""
    forms = {form: name for token, name in reversed([*_variables(redactor)]) for form in (quote(token, safe=""), token)}
    pattern = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    parts = re.split(f"({pattern})", text) if pattern else [text]
    if len(parts) == 1:
        return redactor.text(text), False
    shown = [f"${{{forms[part]}}}" if at % 2 else redactor.text(part) for at, part in enumerate(parts)]
    return re.sub(r"\$\{(\w+)\}(?!\w)", r"$\1", "".join(shown)), True
