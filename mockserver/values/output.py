"""Writing what a person asked for: what cannot be written is reported as a problem, not as a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mockserver.errors import Problem, SetupError
from mockserver.values.reasons import reason


@contextmanager
def writing(place: Path, remedy: str) -> Iterator[None]:
    """Around what writes to ``place`` or removes from it. Raises SetupError, with ``remedy``, for an OSError."""
    try:
        yield
    except FileNotFoundError:
        problem = "cannot be written: its folder is not there and cannot be made"
        raise SetupError([Problem(str(place), "", problem, remedy)]) from None
    except OSError as error:
        raise SetupError([Problem(str(place), "", f"cannot be written: {reason(error)}", remedy)]) from None
