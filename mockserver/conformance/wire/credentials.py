"""The run's own tokens: which one to send now, renewed before they expire and when they are refused."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote

from mockserver.conformance.reporters.reproduction import basic
from mockserver.conformance.wire.identity import Requester, claims
from mockserver.conformance.wire.traffic import Sent
from mockserver.errors import SetupError

EARLY = 30.0
"""Seconds before its expiry at which a token is renewed."""
BEARER = "Bearer "


@dataclass(slots=True)
class _Held:
    """One identity's token: the ``first`` one stands for all that came after it."""

    first: str
    current: str
    renew: Callable[[], str] | None
    expires: float | None


class Credentials:
    """Knows a request with a good token of the run by its first token, and sends the current one in its place.

    ``clock`` gives seconds since 1970.
    """

    def __init__(self, identities: Iterable[Requester | None], clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held = {
            one.token: _Held(one.token, one.token, one.renew, _expiry(one.token))
            for one in identities
            if one is not None and one.token
        }

    def secrets(self) -> list[str]:
        """Every token that was sent, the first of each identity first."""
        return list(dict.fromkeys([*self._held, *(one.current for one in self._held.values())]))

    def current(self, sent: Sent) -> Sent:
        """``sent`` with the token to use now, a new one where the known one is about to expire."""
        held = self._of(sent)
        if held is None:
            return sent
        if held.expires is not None and held.expires - self._clock() < EARLY:
            self._renew(held)
        if held.current == held.first:
            return sent
        headers = ((name, _in_place(text, held)) for name, text in sent.headers)
        return replace(sent, headers=tuple(headers))

    def renewed(self, sent: Sent) -> bool:
        """Whether there is a new token for ``sent``, which was refused with the one it had."""
        held = self._of(sent)
        return held is not None and self._renew(held)

    def _renew(self, held: _Held) -> bool:
        with self._lock:
            if held.renew is None:
                return False
            try:
                fresh = held.renew()
            except SetupError:
                held.expires = None
                return False
            is_new = fresh != held.current
            held.current, held.expires = fresh, _expiry(fresh)
            if held.expires is not None and held.expires - self._clock() < EARLY:
                held.expires = None  # it lives too short to be renewed before each request: once it is refused
            return is_new

    def _of(self, sent: Sent) -> _Held | None:
        header = sent.header("Authorization") or ""
        return self._held.get(header.removeprefix(BEARER)) if header.startswith(BEARER) else None


def carries(sent: Sent, token: str) -> bool:
    """Whether a request shows ``token``, in whichever scheme: as it is, and not as a part of another one."""
    for name, text in sent.headers:
        if name.lower() == "authorization" and text in (f"{BEARER}{token}", f"Basic {basic(token)}"):
            return True
        if name.lower() == "cookie" and quote(token, safe="") in re.split("[=;]", text):
            return True
        if text == token:
            return True
    return token in (value for _, value in parse_qsl(sent.target.partition("?")[2]))


def _in_place(text: str, held: _Held) -> str:
    return f"{BEARER}{held.current}" if text == f"{BEARER}{held.first}" else text


def _expiry(token: str) -> float | None:
    """Seconds since 1970, None where the token does not tell."""
    expires = claims(token).get("exp")
    return float(expires) if isinstance(expires, int | float) else None
