"""Ctrl-C and SIGTERM end a command in good order, wherever in the program they are heard."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SOON = 0.05
"""Seconds after which a signal is sent again that was lost."""


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM raises KeyboardInterrupt meanwhile, as Ctrl-C does, and neither is lost."""
    heard, shown = signal.signal(signal.SIGTERM, _interrupt), sys.unraisablehook

    def again(raised: Any) -> None:
        if issubclass(raised.exc_type, KeyboardInterrupt):
            _send_soon()
        else:
            shown(raised)

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = shown
        signal.signal(signal.SIGTERM, heard)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _send_soon() -> None:
    """Send SIGINT in a moment: in a callback of the garbage collector or a finalizer an exception ends nothing."""
    timer = threading.Timer(SOON, os.kill, (os.getpid(), signal.SIGINT))
    timer.daemon = True
    timer.start()
