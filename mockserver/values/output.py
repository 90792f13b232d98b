"""Writing what a person asked for: a file or folder that cannot be written is a problem told, not a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mockserver.errors import Problem, SetupError


@contextmanager
def writing(place: Path, remedy: str) -> Iterator[None]:
    """Around what writes to ``place`` or removes from it. Raises SetupError, with ``remedy``, for an OSError."""
    try:
        yield
    except OSError as error:
        raise SetupError([Problem(str(place), "", f"cannot be written: {error}", remedy)]) from None
