"""Delivering webhooks: one thread while something waits, each request bounded, no redirect followed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

from mockserver.runtime.determinism import Clock
from mockserver.runtime.webhooks import Draw, Webhooks
from mockserver.store import StoreUnreachable

log = logging.getLogger("mockserver")

SECONDS = 10.0
"""How long a receiver may take."""
EVERY = 0.1
"""Seconds from one look at the clock to the next while something waits."""
IGNORED = 65_536
"""Bytes of a reply that are read, to be thrown away."""


class Deliverer:
    """Sends what waits in ``webhooks`` when it is due by ``clock``; ``draw`` is theirs."""

    def __init__(self, draw: Draw, clock: Clock) -> None:
        self.webhooks, self._clock = Webhooks(draw), clock
        self.webhooks.wake = self.start
        self._lock = threading.Lock()
        self._is_running = False

    def start(self) -> None:
        """Have a thread deliver until nothing waits."""
        with self._lock:
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="webhooks", daemon=True).start()

    def flush(self) -> int:
        """Send all that waits now, due or not; returns how many were sent, which is each once."""
        return self.webhooks.deliver(self._clock.now(), self._clock.wall(), send, at_once=True)

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            try:
                self.webhooks.deliver(self._clock.now(), self._clock.wall(), send)
            except StoreUnreachable as lost:
                log.warning("webhooks: cannot record that a receiver wants no more events: %s", lost)
            with self._lock:
                if not self.webhooks.waiting():
                    self._is_running = False
                    return
            pause.wait(EVERY)


def send(method: str, url: str, headers: Mapping[str, str], content: bytes) -> int:
    """One request; returns the status. Raises OSError saying in a few words why there is none."""
    import urllib3  # PERF: only who sends pays for it

    pool = urllib3.PoolManager(retries=False)  # the proxy of the machine is not asked: receivers are near
    try:
        response = pool.request(
            method, url, body=content, headers=dict(headers), redirect=False, timeout=SECONDS, preload_content=False
        )
        try:
            response.read(IGNORED)
        finally:
            response.close()
    except urllib3.exceptions.HTTPError as error:
        raise OSError(f"{urlsplit(url).hostname} {_failure(type(error).__name__)}") from None
    finally:
        pool.clear()
    return int(response.status)


def _failure(name: str) -> str:
    """What happened instead of a reply, by the name that the library has for it."""
    failures = {
        "NewConnectionError": "refuses the connection",
        "NameResolutionError": "is not a known host",
        "ConnectTimeoutError": f"cannot be reached within {SECONDS:g} seconds",
        "ReadTimeoutError": f"did not answer within {SECONDS:g} seconds",
        "ProtocolError": "closed the connection without a reply",
        "SSLError": "does not speak TLS as the URL asks",
    }
    return failures.get(name, f"did not answer ({name})")
