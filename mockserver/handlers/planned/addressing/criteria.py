"""What a member has to be where a path or a parameter says it as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType

from mockserver.contract.plan import Steps
from mockserver.inference.vocabulary.words import LOGINS
from mockserver.messages import Json
from mockserver.store import All, AnyOf, Condition

KEYS_WITHIN = ("id", "gid", "uuid", "sid", "key", "name", "value", *LOGINS, "slug", "email")
"""What of an object is compared where a parameter gives a text."""
_WORDS: Mapping[str, Json] = MappingProxyType({"true": True, "false": False, "None": None})
"""What is written so, and is not text."""


def condition(wanted: Mapping[str, Json]) -> Condition | None:
    """What every record meets whose members have the texts asked for, or values that are written so, or objects."""
    if not wanted:
        return None
    parts = [(name, value if isinstance(value, list) else [value]) for name, value in wanted.items()]
    return All(
        [AnyOf(name, [one for option in options for one in _written_as(written(option))]) for name, options in parts]
    )


def with_values(values: Iterable[tuple[Steps, Json]]) -> Condition | None:
    """What every record meets that has all these values, as far as an index can tell it."""
    plain = {steps[0]: value for steps, value in values if len(steps) == 1 and not isinstance(value, dict | list)}
    return condition(plain)


def written(value: Json) -> str:
    """A value as a parameter writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def meets(value: Json, wanted: Json) -> bool:
    """Whether a member has the value, or one of the values, asked for: itself, in its list, as what identifies it."""
    options, texts = wanted if isinstance(wanted, list) else [wanted], texts_of(value)
    return any(written(one) in texts for one in options)


def texts_of(value: Json) -> set[str]:
    """How what is asked for may be written of a member: itself, what its list has, what identifies an object there."""
    values = value if isinstance(value, list) else [value]
    texts = {written(one) for one in values}
    return texts | {
        written(one[name]) for one in values if isinstance(one, dict) for name in KEYS_WITHIN if name in one
    }


def _written_as(text: str) -> list[Json]:
    """The values that may be written as ``text``: itself, a number, a boolean, null, any object or list."""
    found: list[Json] = [text, {}]
    for kind in (int, float):
        with suppress(ValueError):
            found.append(kind(text))
    return [*found, _WORDS[text]] if text in _WORDS else found
