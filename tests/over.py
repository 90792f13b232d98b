"""One test over many cases: every case that fails is named, and thousands of them cost no more than their work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

SHOWN = 20


def over(cases: Iterable[tuple[Any, ...]]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Make one test of a function that judges one case; a failure is told by the case's first member.

    What ``pytest.mark.parametrize`` does for cases that are data of one document: as tests of their own, thousands of
    them would fill each worker's memory with names.
    """
    listed = list(cases)

    def decorate(judge: Callable[..., None]) -> Callable[[], None]:
        def test() -> None:
            assert listed, "there is no case"
            failed = [told for one in listed if (told := _failure(judge, one))]
            more = [f"and {len(failed) - SHOWN} more"] if len(failed) > SHOWN else []
            assert not failed, "\n".join([f"{len(failed)} of {len(listed)} cases fail:", *failed[:SHOWN], *more])

        test.__name__, test.__doc__, test.__module__ = judge.__name__, judge.__doc__, judge.__module__
        return test

    return decorate


def _failure(judge: Callable[..., None], case: tuple[Any, ...]) -> str:
    try:
        judge(*case)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the case has failed
        return f"{case[0]}: {type(error).__name__}: {error}"
    return ""


def python_files(folder: Path) -> Iterator[Path]:
    """Those of this project: to look through all that node installed takes a second."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "node_modules"]
        yield from (Path(root, name) for name in names if name.endswith(".py"))
