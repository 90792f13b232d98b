"""How values, parameters and credentials are written into a request whose document has no annotations."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

from mockserver.contract.plan import Credential, Taken


def text_of(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(text_of, value))
    return value if isinstance(value, str) else json.dumps(value)


def flat(value: Any) -> list[str]:
    return [text_of(one) for one in value] if isinstance(value, list) else [text_of(value)]


def query_pairs(one: Taken, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, list) and one.explode:
        return [(one.name, text_of(each)) for each in value]
    if isinstance(value, dict):
        is_deep = one.style == "deepObject"
        return [(f"{one.name}[{name}]" if is_deep else name, text_of(each)) for name, each in value.items()]
    return [(one.name, text_of(value))]


def show(one: Credential, token: str, pairs: list[tuple[str, str]], headers: dict[str, str]) -> None:
    """Show the run's token as this credential."""
    if one.location == "query":
        pairs.append((one.name, token))
    elif one.location == "cookie":
        cookie(headers, one.name, token)
    elif one.scheme == "apiKey":
        headers[one.name] = token
    elif one.scheme == "basic":
        headers["Authorization"] = f"Basic {base64.b64encode(f'check:{token}'.encode()).decode()}"
    else:
        headers["Authorization"] = f"Bearer {token}"


def cookie(headers: dict[str, str], name: str, value: str) -> None:
    pair = f"{name}={quote(value, safe='')}"
    headers["Cookie"] = f"{headers['Cookie']}; {pair}" if "Cookie" in headers else pair
