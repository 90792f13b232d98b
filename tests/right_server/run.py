"""Checks the right server as any other on this machine is checked, on a clock that waits for nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mockserver.conformance.invocation import run
from mockserver.conformance.options import Options
from mockserver.conformance.verdict import Verdict, Word
from mockserver.conformance.wire.targets import Target, find_target
from mockserver.conformance.wire.traffic import Received, Sent
from mockserver.conformance.wire.transports import in_process
from mockserver.settings import DEVELOPMENT_SECRET, stock_specs
from right_server.front import Manners, RightServer
from right_server.keeping import Keeping

CERTIFICATIONS = stock_specs()[0]
"""The one document that this server answers."""
HURRIED = Manners(lag=0.15, limit=40, habits=frozenset(Keeping))


@dataclass
class Time:
    """Moves with each request, and when somebody waits."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


def checked(groups: tuple[str, ...], seed: int, manners: Manners | None = None, **options: Any) -> Verdict:
    """The verdict on a fresh right server, with the strictness of the profile ``http``."""
    time = Time()
    server = in_process(RightServer(DEVELOPMENT_SECRET, manners, time))
    chosen = Options(
        spec=CERTIFICATIONS, groups=groups, seed=seed, profile="http", target="http://127.0.0.1:1", **options
    )

    def transport(sent: Sent) -> Received:
        time.now += 0.002
        return server(sent)

    verdict, _ = run(chosen, target=replace(mock(), transport=transport), clock=time, pause=time.pause)
    return verdict


def hurried(groups: list[str], seed: int, **options: Any) -> dict[str, Any]:
    """What a run in a hurry says, as data: to be called by ``forked.result``, as the run takes much memory."""
    verdict = checked(tuple(groups), seed, HURRIED, **options)
    return {
        "findings": [(one.key, one.detail) for one in verdict.findings],
        "is_clean": verdict.word is Word.CLEAN,
        "noted": sorted({one.provenance.value for one in verdict.noted}),
        "lag": str(verdict.lag or ""),
        "troubles": [str(one) for one in verdict.troubles],
    }


def mock() -> Target:
    """The document and the two identities of a run."""
    return find_target(Options(spec=CERTIFICATIONS))


def told(verdict: Verdict) -> dict[str, Any]:
    """What two runs must have in common. How much was asked depends on ids, which are random on purpose."""
    return {
        "word": str(verdict.word),
        "findings": sorted(one.key for one in verdict.findings),
        "noted": sorted(one.key for one in verdict.noted),
        "results": [(one.check.name, one.resource, str(one.outcome)) for one in verdict.results],
    }
