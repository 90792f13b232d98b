"""Hypothesis by its seed alone: without the constants that it reads in source files which happen to be imported.

These differ between a checkout and an installed package, and to read them takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

READS = "_get_local_constants"


@contextmanager
def by_seed_alone() -> Iterator[None]:
    """Leave the constants out for as long as the context is open; a Hypothesis that has none stays as it is."""
    try:
        providers = import_module("hypothesis.internal.conjecture.providers")
        usual, nothing = getattr(providers, READS), providers.Constants()
    except (ImportError, AttributeError):
        yield
        return
    try:
        setattr(providers, READS, lambda: nothing)
        yield
    finally:
        setattr(providers, READS, usual)
