"""Addresses of the API itself: in the examples of its document they lead to the mock, however it is reached."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from mockserver.contract.routing import Router
from mockserver.contract.sources.servers import hosts_of
from mockserver.messages import Json

HERE = "http://mock.invalid"
"""Scheme and host of the mock in what is kept; a reply has those by which its caller reaches it (RFC 6761, 6.4)."""
_ADDRESS = re.compile(r"https?://(?P<host>[^/?#@\s:]+)(?::\d+)?(?P<path>/[^?#{\s]*)(?P<rest>\S*)")


class OwnAddresses:
    """Tells which texts are addresses that a document's paths answer, below one of its servers."""

    def __init__(self, root: Json, paths: Iterable[str], prefixes: Iterable[str]) -> None:
        self._hosts = frozenset(hosts_of(root))
        self._paths, self._prefixes = paths, tuple(prefixes)

    @cached_property
    def _router(self) -> Router:
        return Router(self._paths, self._prefixes)

    def brought_here(self, value: Json) -> Json:
        """``value`` with such addresses, wherever they stand in it, led to ``HERE``; itself where it has none."""
        return self._brought(value) if self._hosts else value

    def _brought(self, value: Json) -> Json:
        if isinstance(value, dict):
            members = {name: self._brought(one) for name, one in value.items()}
            return members if any(members[name] is not one for name, one in value.items()) else value
        if isinstance(value, list):
            items = [self._brought(one) for one in value]
            return items if any(new is not one for new, one in zip(items, value, strict=True)) else value
        found = self._match(value) if isinstance(value, str) else None
        if found is None or self._router.match(found["path"].rstrip("/")) is None:
            return value
        return HERE + found["path"] + found["rest"]

    def path_of(self, text: str) -> tuple[str, str] | None:
        """The path of an address of the API, below its server's prefix, and what follows; None for any other text."""
        found = self._match(text)
        if found is None:
            return None
        fitting = (one for one in sorted(self._prefixes, key=len, reverse=True) if found["path"].startswith(f"{one}/"))
        prefix = next(fitting, "")
        path = found["path"].removeprefix(prefix)
        return path.rstrip("/"), ("/" if path.endswith("/") else "") + found["rest"]

    def has(self, path: str) -> bool:
        """Whether a text is a path of the document's, below its server or not, and no whole address."""
        is_path = path.startswith("/") and not path.startswith("//")
        return is_path and self._router.match(path.partition("?")[0].rstrip("/")) is not None

    def _match(self, text: str) -> re.Match[str] | None:
        found = _ADDRESS.fullmatch(text) if text.startswith("http") else None
        return found if found is not None and found["host"].lower() in self._hosts else None


def led(value: Json, start: str, end: str) -> Json:
    """``value`` in which each text that is an address below ``start`` is the same below ``end``."""
    if isinstance(value, dict):
        return {name: led(one, start, end) for name, one in value.items()}
    if isinstance(value, list):
        return [led(one, start, end) for one in value]
    return end + value[len(start) :] if isinstance(value, str) and value.startswith(f"{start}/") else value
