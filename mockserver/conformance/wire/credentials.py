"""The run's own tokens: which one to send now, renewed before they expire and when they are refused."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_plus

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
        return _shown_anew(sent, held.first, held.current)

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
        if header.startswith(BEARER):
            return self._held.get(header.removeprefix(BEARER))
        return next((held for first, held in self._held.items() if carries(sent, first)), None)


def carries(sent: Sent, token: str) -> bool:
    """Whether a request shows ``token``, in whichever scheme: as it is, and not as a part of another one."""
    return _shown_anew(sent, token, f"not {token}") != sent


def _shown_anew(sent: Sent, token: str, fresh: str) -> Sent:
    """The request with ``fresh`` wherever it shows ``token``: in a header, a cookie or the query."""
    headers = tuple((name, _in_header(name.lower(), text, token, fresh)) for name, text in sent.headers)
    path, mark, query = sent.target.partition("?")
    pairs = (pair.partition("=") for pair in query.split("&"))
    shown = (f"{name}={quote(fresh, safe='')}" if unquote_plus(text) == token else name + equals + text
             for name, equals, text in pairs)  # fmt: skip
    return replace(sent, headers=headers, target=path + mark + "&".join(shown))


def _in_header(name: str, text: str, token: str, fresh: str) -> str:
    if name == "authorization":
        schemes = {f"{BEARER}{token}": f"{BEARER}{fresh}", f"Basic {basic(token)}": f"Basic {basic(fresh)}"}
        text = schemes.get(text, text)
    elif name == "cookie":
        said = quote(token, safe="")
        text = "".join(quote(fresh, safe="") if one == said else one for one in re.split("([=;])", text))
    return fresh if text == token else text


def _expiry(token: str) -> float | None:
    """Seconds since 1970, None where the token does not tell."""
    expires = claims(token).get("exp")
    return float(expires) if isinstance(expires, int | float) else None
