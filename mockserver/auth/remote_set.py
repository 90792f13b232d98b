"""Another issuer's key set at an address, fetched beside the requests, so that none of them waits for it."""

from __future__ import annotations

import http.client
import time
from threading import Event, Lock, Thread
from typing import Any
from urllib.request import urlopen

import jwt

from mockserver.values.json_text import DEEPEST, decode
from mockserver.values.reasons import reason
from mockserver.values.shown import quoted

SECONDS = 10.0
"""How long fetching a set may take."""
LARGEST = 512 * 1024
"""Bytes that a set may have."""
FRESH = 300.0
"""Seconds after which a set that serves well is fetched anew."""
PAUSE = 10.0
"""Seconds between the ends and starts of fetches, however many tokens name keys that are not there."""


class RemoteSet:
    """The keys at ``address``. One thread at most fetches them; what went well before is kept until it is replaced."""

    def __init__(self, address: str, *, seconds: float = SECONDS) -> None:
        self._address = address
        self._seconds = seconds
        self._content = b""
        self._keys: dict[str | None, Any] = {}
        self._edition = 0
        self._why = "it is being fetched; ask again"
        self._lock = Lock()
        self._fetched = float("-inf")
        self.settled = Event()
        """Set while no fetch is under way."""
        self.settled.set()
        self._refresh()

    @property
    def edition(self) -> int:
        """How many times the keys became others; they are fetched anew now and then by whoever looks here."""
        edition = self._edition  # of before the fetch, which may be over before this returns
        if time.monotonic() - self._fetched > FRESH:
            self._refresh()
        return edition

    def find(self, key_id: str | None) -> Any:
        """The key of that id. Raises jwt.InvalidKeyError, with the reason, when it is not there or not there yet."""
        key = self._keys.get(key_id)
        if time.monotonic() - self._fetched > (FRESH if key else PAUSE):
            self._refresh()
        if key is None:
            raise jwt.InvalidKeyError(f"no key {quoted(key_id)} from {self._address}: {self._why}")
        return key

    def _refresh(self) -> None:
        with self._lock:
            if self.settled.is_set():
                self.settled.clear()
                Thread(target=self._fetch, daemon=True, name="key set").start()

    def _fetch(self) -> None:
        try:
            content = self._read()
            found = jwt.PyJWKSet.from_dict(decode(content, DEEPEST))
            self._keys = {key.key_id: key.key for key in found.keys}
            if content != self._content:
                self._content, self._edition = content, self._edition + 1
            self._why = "the set has no such key"
        except (OSError, http.client.HTTPException, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
            self._why = f"no usable key set: {reason(error)}"
        finally:
            self._fetched = time.monotonic()
            self.settled.set()

    def _read(self) -> bytes:
        """The body, within the bounds. Raises OSError, HTTPException, or ValueError beyond them."""
        until = time.monotonic() + self._seconds
        content = bytearray()
        with urlopen(self._address, timeout=self._seconds) as reply:  # noqa: S310 -- http and https only, by Keys
            while part := reply.read1(65_536):
                content += part
                if len(content) > LARGEST:
                    raise ValueError(f"it is larger than {LARGEST} bytes")
                if time.monotonic() > until:
                    raise ValueError(f"it took longer than {self._seconds:g} seconds")
        return bytes(content)
