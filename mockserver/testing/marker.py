"""What a test asks of its world: the marker's keywords, read into settings; everything wrong is reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mockserver.contract.sources.bundling import is_address
from mockserver.errors import SetupError
from mockserver.settings import CLOCKS, Settings
from mockserver.values.data_file import DataFile
from mockserver.values.form import check_form
from mockserver.values.moment import read_datetime

FILE = "mark mockserver"
"""What a problem names as its file."""
OWN = frozenset({"tenant", "strict"})
"""The options that are not settings."""


@dataclass(frozen=True, slots=True)
class MockOptions:
    """``moment``: where a frozen clock stands, None for the scenario's. ``tenant``: the default tenant, None for
    the scenario's first. ``strict``: refusals that the test does not expect fail it."""

    settings: Settings
    moment: datetime | None
    tenant: str | None
    strict: bool


def read_options(given: Mapping[str, Any], root: Path) -> MockOptions:
    """The options in ``given``: any field of Settings, and ``tenant`` and ``strict``. The clock is frozen unless
    they say otherwise; its value may be a moment. Relative paths count from ``root``. Raises SetupError."""
    if problems := check_form("options", DataFile(FILE, _json(given))):
        raise SetupError(problems)
    settings = {name: value for name, value in given.items() if name not in OWN}
    settings |= {
        name: _below(root, settings[name])
        for name in ("spec", "fixtures", "key_file", "cache")
        if settings.get(name) is not None
    }
    settings |= {"overlays": tuple(root / one for one in settings.get("overlays", ()))}
    clock, moment = _clock(settings.get("clock", "frozen"))
    return MockOptions(
        settings=Settings(**{**settings, "clock": clock}),
        moment=moment,
        tenant=given.get("tenant"),
        strict=bool(given.get("strict", False)),
    )


def _json(value: Any) -> Any:
    """An option as JSON has it: a path and a timestamp as their text. Whatever else it may be is left as it is."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _json(member) for name, member in value.items()}
    if isinstance(value, tuple | list):
        return [*map(_json, value)]
    return str(value) if isinstance(value, Path) else value


def _below(root: Path, named: Any) -> Any:
    """A path, or each of several, counted from ``root``; an address as it is."""
    if isinstance(named, list | tuple):
        return tuple(_below(root, one) for one in named)
    return named if is_address(str(named)) else root / named


def _clock(value: str | datetime) -> tuple[str, datetime | None]:
    """The clock, and where it stands; a timestamp without a time zone is meant in UTC."""
    return (str(value), None) if value in CLOCKS else ("frozen", read_datetime(_json(value)))
