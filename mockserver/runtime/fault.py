"""One fault: which requests it is for, how often and how surely it happens, and what happens then."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from mockserver.contract import Operation
from mockserver.messages import Damage, Request
from mockserver.values.json_text import read_own
from mockserver.values.partial_match import differing, differing_texts

LONGEST_DELAY = 30.0
"""Seconds by which a reply is late at most, or over which it is sent."""
GATEWAY = frozenset({429, 502, 503, 504})
"""What a gateway before the API answers: possible whatever the document declares."""


class FaultTarget(NamedTuple):
    """The request that a fault may be for."""

    operation: Operation
    tenant: str | None
    request: Request

    @property
    def is_read(self) -> bool:
        return self.operation.facts.is_safe or self.request.method in ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Fault:
    """What to do to the next ``times`` matching requests (None: to all, until cleared).

    These narrow what matches: ``operation``, ``tenant``, ``method``, ``path`` (as it was sent, ``*`` stands for
    anything), ``query`` and ``headers`` (by name, None: it is not there), ``body`` (objects may have more members).
    Of the requests that match ``after`` pass first, and of the others each is hit with ``probability``.

    ``status`` replaces the answer (None: the request is carried out, and only the rest happens); ``retry_after`` is
    sent with it, in seconds. ``delay`` is in seconds, or drawn: ``{lower, upper}`` evenly, ``{median, sigma}``
    log-normally. ``limit``, ``{requests, seconds}``: hits what goes beyond that, counted by tenant and window of the
    mock's clock. ``stale``: reads see the records as they were so many seconds ago. ``duplicate``: a write is
    delivered twice. ``damage`` is what happens to the reply on its way, one of DAMAGES; ``slow`` spreads its content
    over ``delay``, ``silent`` holds the connection for it. ``bytes_per_second`` sends the content at that rate.
    """

    operation: str | None = None
    tenant: str | None = None
    method: str | None = None
    path: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    times: int | None = 1
    after: int = 0
    probability: float = 1.0
    status: int | None = None
    delay: float | Mapping[str, float] = 0.0
    retry_after: int | None = None
    message: str | None = None
    damage: str | None = None
    bytes_per_second: int | None = None
    limit: Mapping[str, float] | None = None
    stale: float = 0.0
    duplicate: bool = False

    def matches(self, asked: FaultTarget) -> bool:
        """Whether it is for this request."""
        return (
            self.operation in (None, asked.operation.id)
            and self.tenant in (None, asked.tenant)
            and (not self.stale or asked.is_read)
            and (not self.duplicate or not asked.is_read)
            and self._matches_message(asked.request)
        )

    def _matches_message(self, request: Request) -> bool:
        return (
            (self.method is None or self.method.upper() == request.method)
            and (self.path is None or fnmatchcase(request.path, self.path))
            and not any(_query_differs(request, *one) for one in self.query.items())
            and not any(_header_differs(request, *one) for one in self.headers.items())
            and (self.body is None or not any(differing("body", self.body, _json(request.body))))
        )

    def delay_at(self, draw: float) -> float:
        """The seconds of one reply; ``draw`` is from 0 to 1."""
        if not isinstance(self.delay, Mapping):
            return self.delay
        if "median" in self.delay:
            from statistics import NormalDist  # PERF: few delays are drawn so

            normal = NormalDist().inv_cdf(min(max(draw, 1e-9), 1 - 1e-9))
            return min(self.delay["median"] * math.exp(self.delay["sigma"] * normal), LONGEST_DELAY)
        return self.delay["lower"] + draw * (self.delay["upper"] - self.delay["lower"])

    def on_its_way(self, delay: float) -> Damage | None:
        """What happens to the reply while it is sent, when it is ``delay`` seconds late."""
        if self.damage == "silent":
            return Damage("silent", delay or LONGEST_DELAY)
        if self.damage == "slow":
            return Damage("slow", delay)
        if self.bytes_per_second:
            return Damage("slow", rate=self.bytes_per_second, late=delay)
        return Damage(self.damage or "", late=delay) if self.damage or delay else None


def _query_differs(request: Request, name: str, wanted: Any) -> bool:
    return any(differing_texts(name, wanted, [text for one, text in request.query if one == name]))


def _header_differs(request: Request, name: str, wanted: Any) -> bool:
    found = request.header(name)
    return any(differing_texts(name, wanted, [] if found is None else [found]))


def _json(body: bytes) -> Any:
    try:
        return read_own(body) if body else None
    except ValueError:
        return body.decode(errors="replace")
