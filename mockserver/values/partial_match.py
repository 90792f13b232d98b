"""A JSON value held against what is wanted of it, where more may be there than is wanted: each place that differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from mockserver.values.equality import same_json

Differing: TypeAlias = tuple[str, Any, Any]
"""A place such as ``body/city``, what is wanted there, and what is there."""


class _Nothing:
    """Stands where nothing is, since null is a value."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING: Final = _Nothing()


def differing(place: str, wanted: Any, found: Any) -> Iterator[Differing]:
    """Where ``found`` differs: objects may have more members than are wanted, lists may not.

    A compiled pattern is to be found in the text, any other object says in ``==`` what it takes.
    """
    if isinstance(wanted, Mapping) and isinstance(found, dict):
        for name, value in wanted.items():
            if name in found:
                yield from differing(f"{place}/{name}", value, found[name])
            else:
                yield f"{place}/{name}", value, NOTHING
    elif isinstance(wanted, list | tuple) and isinstance(found, list) and len(wanted) == len(found):
        for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differing(f"{place}/{index}", one, other)
    elif not meets(wanted, found):
        yield place, wanted, found


def differing_texts(place: str, wanted: Any, found: Sequence[str]) -> Iterator[Differing]:
    """Whether the values of one parameter are those wanted: a list wants them all, in their order, None wants none."""
    texts = [] if wanted is None else list(wanted) if isinstance(wanted, list | tuple) else [wanted]
    if len(texts) != len(found) or not all(map(meets, map(_text, texts), found)):
        value = found[0] if len(found) == 1 else found or NOTHING
        yield place, NOTHING if wanted is None else wanted, value


def meets(wanted: Any, found: Any) -> bool:
    """Whether one value is what is wanted; see ``differing``."""
    if isinstance(wanted, re.Pattern):
        return isinstance(found, str) and wanted.search(found) is not None
    if isinstance(wanted, bool | int | float) and isinstance(found, bool | int | float):
        return same_json(wanted, found)
    return bool(wanted == found)


def _text(value: Any) -> Any:
    """A number or boolean as a query says it; what is a pattern or a matcher stays what it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value
