"""The address of another page of a list, and what the parameters are for that it is asked for with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.inference.vocabulary.words import CURSORS, OFFSETS, PAGES
from mockserver.values.name_words import flat

_PREFIXES = ("pagination", "pageable", "paging")


def role(name: str) -> str:
    """What a parameter is for: ``pagination[pageSize]`` what ``pageSize`` is."""
    word = flat(name)
    return next((rest for one in _PREFIXES if (rest := word.removeprefix(one)) not in ("", word)), word)


def onward_address(call: Call, onward: dict[str, str]) -> str:
    """The address of the next page: with all that was asked for beside."""
    plan, asked = plan_of(call), call.input.values
    places = CURSORS | PAGES | OFFSETS
    others = [one.name for one in plan.parameters if one.location == "query" and role(one.name) not in places]
    names = [name for name in others if name in asked and name not in onward]
    said = {name: asked[name] for name in names if not isinstance(asked[name], dict)}
    texts = {name: _written(one) for name, one in said.items()}
    return f"{call.input.address}?{urlencode({**texts, **onward}, doseq=True)}"


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return [_written(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else value
