"""Names that both servers share for what each of them calls otherwise: ids, numbers, people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

PREFIX = "shared."
_SERVER = re.compile(r"^https?://[^/]*", re.IGNORECASE)
_PARTS = re.compile(r"([/?&=#])")


class Unbound(LookupError):
    """A step names a record that one of the two servers does not have."""


def shared_name(*parts: object) -> str:
    """A name that no server gives anything; letters, digits, dots and dashes alone, so that it may stand for any id."""
    return PREFIX + "-".join(str(part) for part in parts)


def names_in(value: Any) -> Iterator[str]:
    """The shared names that stand in a JSON value."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from names_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from names_in(one)
    elif isinstance(value, str) and value.startswith(PREFIX):
        yield value


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with every scalar in it changed."""
    if isinstance(value, Mapping):
        return {name: mapped(one, change) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(one, change) for one in value]
    return change(value)


class SharedNames:
    """What one server calls what both know by a shared name."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._all_names: dict[str, set[str]] = {}

    def bind(self, name: str, value: str) -> None:
        """From now on ``name`` stands for ``value``; what it stood for before is known by it still."""
        self._values[name] = value
        self._names[value] = name
        self._all_names.setdefault(value, set()).add(name)

    def forget(self, name: str) -> str | None:
        """``name`` stands for nothing now, nor is what it stood for known by it: the value, None where it had none."""
        value = self._values.pop(name, None)
        if value is not None:
            self._names.pop(value, None)
            self._all_names.get(value, set()).discard(name)
        return value

    def kept(self) -> SharedNames:
        """All names as they are now, for ``restore``."""
        copy = SharedNames()
        copy.restore(self)
        return copy

    def restore(self, kept: SharedNames) -> None:
        self._values, self._names = dict(kept._values), dict(kept._names)
        self._all_names = {value: set(names) for value, names in kept._all_names.items()}

    def knows(self, name: str) -> bool:
        return name in self._values

    def names_of(self, value: Any) -> set[str]:
        """What both servers call ``value``, a text or a number: several where resources count for themselves."""
        is_key = isinstance(value, str | int) and not isinstance(value, bool)
        return self._all_names.get(str(value), set()) if is_key else set()

    def named_address(self, text: str) -> str:
        """A URL or path without its server, the parts that both have a name for called by it."""
        bare = _SERVER.sub("", text)
        return "".join(self._names.get(part, part) for part in _PARTS.split(bare))

    def shared(self, value: Any) -> Any:
        """``value`` as both servers would say it."""
        return mapped(value, lambda one: self._names.get(one, one) if isinstance(one, str) else one)

    def own(self, value: Any) -> Any:
        """``value`` as this server says it. Raises Unbound for a shared name that it has nothing for."""
        return mapped(value, self._own)

    def _own(self, one: Any) -> Any:
        if not isinstance(one, str) or not one.startswith(PREFIX):
            return one
        if one not in self._values:
            raise Unbound(one)
        return self._values[one]
