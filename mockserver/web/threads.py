"""The threads on which requests are answered: one at a time where that is possible, beside one that is slow."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

THREADS = 64
"""Requests that are answered or pause at once; more wait their turn. Bodies that arrive take no thread."""
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

    def pause(self, seconds: float) -> None:
        """Wait while others are answered; called on one of the threads."""
        self._gate.pause(seconds)

    def _alone(self, answer: Callable[[], Answer]) -> Answer:
        with self._gate.entered():
            return answer()


class Gate:
    """Lets requests in one by one, unless one is slow.

    PERF: Python runs one thread at a time anyway. Threads that wait here wait without fighting for the
    interpreter's lock, which gives 1.4 times the requests a second. After ``patience`` seconds the next goes in
    all the same, and a fault's delay passes outside, so nobody shuts the gate.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._here = threading.local()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Inside, alone if that is possible."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def pause(self, seconds: float) -> None:
        """Wait outside."""
        self._leave()
        try:
            time.sleep(seconds)
        finally:
            self._enter()

    def _enter(self) -> None:
        self._here.alone = self._lock.acquire(timeout=self._patience)

    def _leave(self) -> None:
        if getattr(self._here, "alone", False):
            self._here.alone = False
            self._lock.release()
