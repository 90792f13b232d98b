"""Codes and refresh tokens: good once, kept in bounds, and with all that came of one log-in when one is used twice."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any

import orjson

from mockserver.auth.claims import Person
from mockserver.values.json_text import read_own

MOST = 2_000
"""How many codes, and how many refresh tokens, are kept; the oldest fall out."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed a client. ``issued``: seconds since 1970 by the machine; ``family`` is one log-in's."""

    client: str
    tenant: str
    person: Person
    scope: str
    issued: float
    redirect_uri: str | None = None
    nonce: str | None = None
    challenge: str | None = None
    method: str = "plain"
    family: str = field(default_factory=lambda: secrets.token_urlsafe(12))


class Grants:
    """What is still to be redeemed. Not part of a world's records: a reset logs everybody out."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._codes: OrderedDict[str, Grant] = OrderedDict()
        self._refresh: OrderedDict[str, Grant] = OrderedDict()
        self._spent: OrderedDict[str, str] = OrderedDict()
        self._ended: OrderedDict[str, None] = OrderedDict()
        """Families that are over: what is still being given out to one of them redeems nothing."""

    def new_code(self, grant: Grant) -> str:
        return self._keep(self._codes, grant)

    def new_refresh_token(self, grant: Grant) -> str:
        return self._keep(self._refresh, grant)

    def redeem_code(self, code: str) -> Grant | None:
        """The grant behind the code, which is spent by that; None for any other text."""
        return self._take(self._codes, code)

    def redeem_refresh_token(self, token: str) -> Grant | None:
        """The grant behind the refresh token, which is spent by that; None for any other text."""
        return self._take(self._refresh, token)

    def revoke(self, token: str) -> None:
        """Forget the refresh token, and what came of the same log-in."""
        if (grant := self._refresh.get(token)) is not None:
            self._end(grant.family)

    def state(self) -> bytes:
        """All that is still to be redeemed, for another process to ``be`` it."""
        with self._lock:
            grants = [{name: asdict(one) for name, one in kept.items()} for kept in (self._codes, self._refresh)]
            return orjson.dumps([*grants, self._spent])

    def be(self, state: bytes) -> None:
        """Be what ``state`` told."""
        codes, refresh, spent = read_own(state)
        with self._lock:
            self._codes = OrderedDict((name, _grant(one)) for name, one in codes.items())
            self._refresh = OrderedDict((name, _grant(one)) for name, one in refresh.items())
            self._spent = OrderedDict(spent)

    def clear(self) -> None:
        with self._lock:
            for kept in (self._codes, self._refresh, self._spent, self._ended):
                kept.clear()

    def _keep(self, kept: OrderedDict[str, Grant], grant: Grant) -> str:
        made = secrets.token_urlsafe(32)
        with self._lock:
            if grant.family not in self._ended:
                kept[made] = grant
            while len(kept) > MOST:
                kept.popitem(last=False)
        return made

    def _take(self, kept: OrderedDict[str, Grant], text: str) -> Grant | None:
        with self._lock:
            grant = kept.pop(text, None)
            if grant is not None:
                self._spent[text] = grant.family
                while len(self._spent) > MOST:
                    self._spent.popitem(last=False)
            family = self._spent.get(text)
        if grant is None and family is not None:  # RFC 6749 10.5: whoever uses it twice may have stolen it
            self._end(family)
        return grant

    def _end(self, family: str) -> None:
        with self._lock:
            self._ended[family] = None
            while len(self._ended) > MOST:
                self._ended.popitem(last=False)
            for kept in (self._codes, self._refresh):
                for one in [name for name, grant in kept.items() if grant.family == family]:
                    del kept[one]


def _grant(stored: dict[str, Any]) -> Grant:
    return Grant(**{**stored, "person": Person(**stored["person"])})
