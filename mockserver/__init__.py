"""A stateful mock server driven by an OpenAPI document; its public names, each imported when first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.errors import ContractBreach, Problem, Refusal, SetupError, Violation
    from mockserver.settings import Settings
    from mockserver.testing.in_process import Client
    from mockserver.testing.mock import Mock
    from mockserver.web.app import create_app

    __version__: str

__all__ = [
    "Client",
    "ContractBreach",
    "Mock",
    "Problem",
    "Refusal",
    "Settings",
    "SetupError",
    "Violation",
    "__version__",
    "create_app",
]

_HOMES = (
    *((name, "mockserver.errors") for name in ("ContractBreach", "Problem", "Refusal", "SetupError", "Violation")),
    ("Client", "mockserver.testing.in_process"),
    ("Mock", "mockserver.testing.mock"),
    ("Settings", "mockserver.settings"),
    ("create_app", "mockserver.web.app"),
)


def __getattr__(name: str) -> Any:
    """Import ``name`` from its home: the pytest plugin is loaded in every run, Flask is not."""
    if name == "__version__":
        return import_module("mockserver.extensions").installed_version() or "0"
    for public, home in _HOMES:
        if public == name:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
