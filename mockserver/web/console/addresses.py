"""The addresses of the console's pages, and of what the control plane hands out to be kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from flask import request

from mockserver.web.guarding import PREFIX


def page_url(page: str, /, **query: Any) -> str:
    """The address of a page of the console, counted from the root this server is reached at."""
    root = f"{request.script_root}{PREFIX}/"
    address = root if page == "home" else f"{root}console/{page}"
    known = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{address}?{urlencode(known)}" if known else address


def control_url(*steps: str) -> str:
    """The address of what the control plane answers at a path of those steps."""
    return "/".join((f"{request.script_root}{PREFIX}", *(quote(step, safe="") for step in steps)))
