"""A stateful mock server driven by an OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.web.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """``create_app``, imported when it is first asked for: the pytest plugin is loaded in every run, Flask is not."""
    if name == "create_app":
        from mockserver.web.app import create_app

        return create_app
    raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
