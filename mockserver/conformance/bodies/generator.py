"""Values that keep a schema, whatever its keywords: drawn by Schemathesis, the same ones for the same seed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract import Document

DRAWN = 24
"""How many values are drawn for one schema; they are used in turn."""
LARGEST = 2**53
"""From here on readers differ in what they make of a number."""
_PATH = "/value"


class Generator:
    """Draws values for the schemas of one document. PERF: once for each place, and only where it is asked."""

    def __init__(self, document: Document, seed: int = 1) -> None:
        self._root = {name: part for name, part in document.root.items() if name not in ("paths", "webhooks")}
        self._seed = seed
        self._drawn: dict[str, tuple[Any, ...]] = {}

    def values(self, pointer: str, schema: Mapping[str, Any]) -> tuple[Any, ...]:
        """Different values for the ``schema`` at ``pointer``, the simplest first; none where none can be drawn."""
        if pointer not in self._drawn:
            self._drawn[pointer] = self._draw(schema)
        return self._drawn[pointer]

    def _draw(self, schema: Mapping[str, Any]) -> tuple[Any, ...]:
        # PERF: a second of imports, which most documents never need.
        import hypothesis
        import schemathesis
        from hypothesis.errors import HypothesisException
        from schemathesis.config import SchemathesisConfig
        from schemathesis.errors import SchemathesisError

        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        operation = {"requestBody": body, "responses": {"200": {"description": "taken"}}}
        root = {**self._root, "paths": {_PATH: {"post": operation}}, "security": []}
        config = {"generation": {"database": "none", "mode": "positive", "allow-x00": False, "codec": "ascii"}}
        found: dict[str, Any] = {}

        @hypothesis.seed(self._seed)
        @hypothesis.settings(
            database=None,
            deadline=None,
            max_examples=DRAWN,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(hypothesis.strategies.data())
        def draw(data: Any) -> None:
            value = data.draw(strategy).body
            found.setdefault(json.dumps(value, sort_keys=True), value)

        try:
            loaded = schemathesis.openapi.from_dict(root, config=SchemathesisConfig.from_dict(config))
            strategy = loaded[_PATH]["POST"].as_strategy()
            draw()
        except (HypothesisException, SchemathesisError, ValueError, TypeError):
            pass  # a schema that it cannot read, or that nothing keeps: what was drawn until then has to do
        return _most_ordinary(found.values())


def _most_ordinary(found: Iterable[Any]) -> tuple[Any, ...]:
    """Those that any reader of JSON takes as they are, if there are such: odd values are for checks that mean them."""
    drawn = tuple(found)
    return tuple(value for value in drawn if _is_ordinary(value)) or drawn


def _is_ordinary(value: Any) -> bool:
    if isinstance(value, dict):
        return all(name and name.isprintable() and _is_ordinary(one) for name, one in value.items())
    if isinstance(value, list):
        return all(map(_is_ordinary, value))
    if isinstance(value, float):
        return not value.is_integer() and abs(value) < LARGEST
    return value.isprintable() if isinstance(value, str) else not isinstance(value, int) or abs(value) < LARGEST
