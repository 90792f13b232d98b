"""HTTPS: the certificate that a user gives, and connections that say by which scheme they came."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from mockserver.errors import Problem, SetupError
from mockserver.values.reasons import reason
from mockserver.web.connection import Connection

WITHIN = 10.0
"""Seconds in which a client has to agree on keys."""
_SCHEME = (b"x-forwarded-proto", b"https")


def certified(cert: Path, key: Path | None) -> ssl.SSLContext:
    """What serves HTTPS with the certificate in ``cert`` and its ``key``, which may stand in the same file.

    Raises SetupError where they are not a pair that can be used.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except OSError as error:
        why = (error.reason or "no certificate with its key") if isinstance(error, ssl.SSLError) else reason(error)
        problem = f"{cert}{f' and {key}' if key else ''} cannot be used: {why.lower().replace('_', ' ')}"
        remedy = "give PEM files of one certificate and its key, without a password: --cert FILE --key FILE"
        raise SetupError([Problem("settings", "/cert", problem, remedy)]) from None
    return context


class SecureConnection(Connection):
    """A connection by TLS: what it asks says so, as requests do that a proxy passes on."""

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._incoming is not None:
            self._incoming.headers.append(_SCHEME)

    def eof_received(self) -> bool:
        """The client says nothing more, and TLS has no half that stays open."""
        super().eof_received()
        return False


async def greet(
    made: Callable[[], Connection], taken: socket.socket, tls: ssl.SSLContext, room: asyncio.Semaphore
) -> None:
    """Agree on keys with a client who was taken, and serve it."""
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_accepted_socket(made, taken, ssl=tls, ssl_handshake_timeout=WITHIN)
    except OSError:  # it speaks no TLS, does not trust the certificate, or is gone
        room.release()
        taken.close()
