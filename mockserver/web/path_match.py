"""Which path of the document a request is for, and which methods that path answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from mockserver.contract import Contract, Router
from mockserver.contract.routing import answered_methods
from mockserver.contract.sources.paths_by_host import host_named, paths_by_host
from mockserver.errors import Problem, SetupError
from mockserver.values.lazy_mapping import LazyMapping
from mockserver.web.target import decoded, has_escapes, raw_path

if TYPE_CHECKING:  # PERF: the document's paths are answered without Flask
    from flask import Request

Match: TypeAlias = tuple[str, Mapping[str, str]]
Methods: TypeAlias = "Callable[[Request], str | None]"
"""Tells the methods that a request's path answers."""
CONTROL = "/__mock__/"
"""Below it only a path that the document spells out is the document's: a parameter there never means our pages."""
BESIDE = "/__mock__/api"
"""Below it our pages are found whatever paths the document has."""
_FOUND = "mockserver.path"
"""Where the environ keeps what was found, so that a request is routed once."""


class Paths:
    """The paths of a contract, each also below the prefixes of the document's servers.

    ``by_host``: under a host that the document names, only the paths of that host are found; any other finds all.
    Raises SetupError where it names none.
    """

    def __init__(self, contract: Contract, *, by_host: bool = False) -> None:
        self._router = Router(contract.paths, contract.prefixes, contract.spanning)
        self.hosts = paths_by_host(contract.document, contract.paths) if by_host else {}
        if by_host and not self.hosts:
            remedy = "name hosts under servers, or leave the setting out"
            raise SetupError([Problem("settings", "/hosts", "no server of the document has a host", remedy)])
        self._methods = LazyMapping(
            contract.paths, lambda template: ", ".join(answered_methods(contract.paths[template]))
        )

    def match(self, environ: dict[str, Any]) -> Match | None:
        """The template that the request's path fits, and the values of its parameters; None when it fits none."""
        if _FOUND not in environ:
            environ[_FOUND] = self.find(raw_path(environ), environ.get("HTTP_HOST", ""))
        found: Match | None = environ[_FOUND]
        return found

    def find(self, raw: str, host: str = "") -> Match | None:
        """The same for a path as it was sent, to a ``host`` as the header names it."""
        found = self._own(raw, decoded if has_escapes(raw) else None)
        if found is None or not self.hosts:
            return found
        known = self.hosts.get(host_named(host))
        return found if known is None or found[0] in known else None

    def answered(self, template: str) -> str | None:
        """The methods that a path of the document answers; None for one that it does not have."""
        return self._methods.get(template)

    def has(self, path: str) -> bool:
        """Whether ``path`` is one of the contract's own."""
        return self._own(path) is not None

    def page(self, path: str) -> str:
        """Where our page ``path`` is found: below another prefix where the document has a path of its own there."""
        return f"{BESIDE}{path}" if self.has(path) else path

    def _own(self, path: str, decode: Callable[[str], str] | None = None) -> Match | None:
        found = self._router.match(path, decode)
        is_ours = found is not None and path.startswith(CONTROL) and not found[0].startswith(CONTROL)
        return None if is_ours else found

    def methods(self, request: Request) -> str | None:
        """The methods that the request's path answers, ``GET, HEAD``; None where nothing answers it."""
        if found := self.match(request.environ):
            return self._methods[found[0]]
        if request.url_rule is not None:  # a page of the application
            return ", ".join(sorted({*(request.url_rule.methods or ())} - {"OPTIONS"}))
        return None
