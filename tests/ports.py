"""Ports for programs that cannot choose one themselves."""

from __future__ import annotations

import random
import socket

NEVER_GIVEN = range(20_000, 32_000)
"""Below those that systems give to whoever asks for any, which another test's server or client may be at any moment."""


def free_port() -> int:
    """One that nobody uses now, and that nobody is given by chance before it is used, nor while it is between uses."""
    for port in random.SystemRandom().sample(NEVER_GIVEN, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"a hundred ports of {NEVER_GIVEN.start} to {NEVER_GIVEN.stop} are all in use")
