"""An exchange of the journal as something to use: a command, a test, a fault, a pinned record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from mockserver.contract import Operation, Resource
from mockserver.runtime.journal import Entry
from mockserver.values.curl import CurlHeader, curl_command
from mockserver.values.json_text import BadJson, decode
from mockserver.values.redaction import HIDDEN, is_secret
from mockserver.verification.archiving import target
from mockserver.web.console.fields import on_lines

UNSENT = frozenset(
    {"host", "user-agent", "accept-encoding", "connection", "content-length", "accept", "referer", "origin"}
)
"""Headers that a client adds by itself."""
DEEPEST = 64


def pretty(body: bytes) -> str:
    """JSON on lines, anything else as it is."""
    try:
        return on_lines(decode(body, DEEPEST))
    except BadJson:
        return body.decode(errors="replace")


def as_curl(entry: Entry, base_url: str) -> str:
    """The command that sends the request again; credentials are for whoever runs it to fill in, as ``$TOKEN``."""
    headers = [
        CurlHeader(name, *_credential(name, text))
        for name, text in entry.headers.items()
        if not name.startswith("sec-") and name not in UNSENT
    ]
    return curl_command(
        base_url + target(entry), entry.method, headers, entry.body.decode(errors="replace"), on_lines=True
    )


def _credential(name: str, text: str) -> tuple[str, bool]:
    """The text of a header, a secret as the variable that holds it; and whether it is one."""
    is_hidden = name == "authorization" or is_secret(name) or HIDDEN in text
    return ("Bearer $TOKEN" if name == "authorization" else "$TOKEN" if is_hidden else text), is_hidden


def as_test(entry: Entry) -> str:
    """A test of the pytest plugin that wants this call."""
    if entry.operation is None:
        return "# the document has no such operation"
    body = _json_or_none(entry.body)
    wanted = f", body={_python(body)}" if isinstance(body, dict | list) else ""
    name = re.sub(r"\W+|(?<=[a-z0-9])(?=[A-Z])", "_", entry.operation).lower().strip("_")
    return (
        f"def test_it_calls_{name}(mock):\n"
        "    ...  # what your code does with mock.url and mock.token()\n"
        f'    mock.assert_called("{entry.operation}", status={entry.status}{wanted}, times=1)'
    )


def as_pinned(entry: Entry, operation: Operation | None) -> str:
    """The record that the reply shows, as a scenario pins it; empty where it shows none."""
    record = _json_or_none(entry.reply)
    if operation is None or entry.status >= 300 or not isinstance(record, Mapping) or not operation.resource.name:
        return ""
    if operation.resource.key and operation.resource.key not in record:
        return ""
    return pinned(operation.resource, record)


def pinned(resource: Resource, record: Mapping[str, Any]) -> str:
    """A record as a scenario pins it."""
    kept = {name: value for name, value in record.items() if name not in resource.computed}
    return yaml.safe_dump({"pinned": {resource.name: [kept]}}, sort_keys=False, allow_unicode=True, width=120)


def _json_or_none(body: bytes) -> Any:
    try:
        return decode(body, DEEPEST)
    except BadJson:
        return None


def _python(value: Any) -> str:
    """A JSON value as Python writes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(name)}: {_python(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_python, value))}]"
    if isinstance(value, bool) or value is None:
        return str(value)
    return json.dumps(value, ensure_ascii=False)
