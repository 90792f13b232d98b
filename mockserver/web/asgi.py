"""What ASGI hands an application: the scope of a request, what receives its body, what sends its reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

END = "mockserver.end"
"""Where a scope holds what closes the connection without another byte, ``by_reset`` if so."""
