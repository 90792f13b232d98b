"""What a test asks of its world: the marker's keywords, read into settings; everything wrong is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mockserver.contract.bundling import is_address
from mockserver.errors import Problem, SetupError
from mockserver.settings import CLOCKS, Settings
from mockserver.values.suggestions import meant

FILE = "mark mockserver"
"""What a problem names as its file."""


@dataclass(frozen=True, slots=True)
class Options:
    """``moment``: where a frozen clock stands, None for the scenario's. ``tenant``: the default tenant, None for
    the scenario's first. ``strict``: refusals that the test does not expect fail it."""

    settings: Settings
    moment: datetime | None
    tenant: str | None
    strict: bool


def read_options(given: Mapping[str, Any], root: Path) -> Options:
    """The options in ``given``: any field of Settings, and ``tenant`` and ``strict``. The clock is frozen unless
    they say otherwise; its value may be a moment. Relative paths count from ``root``. Raises SetupError."""
    if problems := [*_problems(given)]:
        raise SetupError(problems)
    settings = {name: value for name, value in given.items() if name in _TYPES and name not in _OWN}
    settings |= {
        name: root / settings[name]
        for name in ("spec", "fixtures", "key_file")
        if name in settings and not is_address(str(settings[name]))
    }
    clock, moment = _clock(settings.get("clock", "frozen"))
    return Options(
        settings=Settings(**{**settings, "clock": clock}),
        moment=moment,
        tenant=given.get("tenant"),
        strict=bool(given.get("strict", False)),
    )


_OWN: Mapping[str, tuple[type, ...]] = {"tenant": (str,), "strict": (bool,)}
_ANNOTATED: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,),
    "float": (int, float),
    "int": (int,),
    "int | None": (int, type(None)),
    "str": (str,),
    "str | None": (str, type(None)),
    "Mode": (str,),
    "Path": (str, Path),
    "Path | str": (str, Path),
    "tuple[Path, ...]": (tuple,),
    "tuple[str, ...]": (tuple,),
    "Mapping[str, int]": (Mapping,),
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    **{one.name: _ANNOTATED[str(one.type)] for one in fields(Settings)},
    "clock": (str, datetime),
    **_OWN,
}


def _problems(given: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in given.items():
        types = _TYPES.get(name)
        if types is None:
            yield Problem(FILE, f"/{name}", "is not known", meant(name, _TYPES))
        elif not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            yield Problem(FILE, f"/{name}", f"is {value!r}", f"give {' or '.join(one.__name__ for one in types)}")
        elif name == "clock" and value not in CLOCKS and _moment(value) is None:
            yield Problem(FILE, "/clock", f"is {value!r}", f"give {', '.join(CLOCKS)} or an ISO 8601 timestamp")


def _clock(value: str | datetime) -> tuple[str, datetime | None]:
    return (str(value), None) if value in CLOCKS else ("frozen", _moment(value))


def _moment(value: Any) -> datetime | None:
    """The moment in UTC, which is also meant where no zone is given; None if it is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
