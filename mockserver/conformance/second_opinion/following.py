"""What effects of the document bring about on one server when a step is taken there: looked at before and after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.findings import Blocked, Broken, Inconclusive
from mockserver.conformance.rules.census import Census
from mockserver.conformance.rules.consequences import Consequences
from mockserver.conformance.rules.effect_rules import effects_of
from mockserver.conformance.rules.naive_values import CannotTell
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask
from mockserver.contract import Kind


def followed(session: Session, group: Group, ask: Ask, key: str, send: Callable[[], Any]) -> tuple[str, ...]:
    """Send what changes a record, or makes one where there is no ``key``: what does not follow as the document tells.

    Raises what sending does. Where the target does not let one see what follows, nothing is missed.
    """
    census = Census(session, group)
    following = Consequences(census, effects_of(group)[0])
    with census.taken():
        before = _shown(session, group, key) if key else None
        ready = _quietly(lambda: following.remember(before or dict(ask.body), {}))
        with census.change():
            after = send()
        if ready is not None or not isinstance(after, Mapping):
            return ()
        missed = _quietly(lambda: following.judge(before, after))
        session.records.remember(session.own.tenant, [(name, one.id) for name, one in census.left()])
    return (missed,) if missed else ()


def _quietly(look: Callable[[], Any]) -> str | None:
    """What was found wrong, empty where one cannot tell; None where nothing was."""
    try:
        look()
    except Broken as wrong:
        return wrong.cause
    except (Inconclusive, Blocked, CannotTell):
        return ""
    return None


def _shown(session: Session, group: Group, key: str) -> dict[str, Any] | None:
    reply = session.at(group, Kind.READ, key)
    value = session.value(reply) if reply.status == 200 else None
    return value if isinstance(value, dict) else None
