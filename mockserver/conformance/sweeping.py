"""What earlier runs left behind: found by the ledger and by the mark that every record of a run carries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from mockserver.conformance.created_records import CreatedRecord
from mockserver.conformance.findings import Broken, Inconclusive
from mockserver.conformance.ledger import PREFIX, Ledger
from mockserver.conformance.options import Options
from mockserver.conformance.session import Session
from mockserver.conformance.wire.fates import marked
from mockserver.contract import Kind

PASSES = 3
"""How often removing is tried: what another record refers to goes only after that one."""


def ledger_of(options: Options) -> Path:
    """The ledger of one tenant at one place."""
    name = f"{urlsplit(options.target).netloc}-{options.tenant}"
    return options.state / f"{re.sub(r'[^A-Za-z0-9.-]', '_', name)}.jsonl"


def leftovers(session: Session, ledger: Ledger, mark: str = PREFIX) -> list[CreatedRecord]:
    """What the ledger tells of, and what carries ``mark`` in either tenant; an unreadable list is passed over."""
    found = dict.fromkeys(ledger.left())
    for who in (one for one in (session.own, session.other) if one):
        for group in session.plan.groups.values():
            if group.has((Kind.CREATE, Kind.DELETE)):
                try:
                    found |= dict.fromkeys(marked(session, group, who, mark) or ())
                except (Broken, Inconclusive, LookupError):
                    continue
    return list(found)


def sweep_away(session: Session, ledger: Ledger, found: Iterable[CreatedRecord]) -> list[CreatedRecord]:
    """Delete ``found``; returns what would not go. The ledger is closed when nothing is left."""
    session.client.purpose = "sweeping"
    left = list(found)
    for _ in range(PASSES):
        left = [made for made in left if not _gone(session, ledger, made)]
    if not left:
        ledger.close()
    return left


def _gone(session: Session, ledger: Ledger, made: CreatedRecord) -> bool:
    group = session.plan.groups.get(made.resource)
    who = next((one for one in (session.own, session.other) if one and one.tenant == made.tenant), None)
    if group is None or who is None or Kind.DELETE not in group.operations:
        return False
    if session.client.before is not None:
        _allow(session, made)
    reply = session.at(group, Kind.DELETE, made.id, who=who)
    if reply.status in (200, 404):
        ledger.write("gone", session.mark, made)
        return True
    return False


def _allow(session: Session, made: CreatedRecord) -> None:
    """Count what an earlier run made as this run's own, so that it may be removed."""
    if session.records.listener:
        session.records.listener("adopted", made)
