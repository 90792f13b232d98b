"""What earlier runs left behind: found by the ledger and by the mark that every record of a run carries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from contract_tests.asking import Ask
from contract_tests.kit import Kit
from contract_tests.made import Made
from contract_tests.plan import Group
from contract_tests.verdicts import Broken, NotJudged
from contract_tests.walking import walk
from mockserver.check.ledger import PREFIX, Ledger
from mockserver.check.options import Options
from mockserver.contract import Kind
from mockserver.contract.operation import How

PASSES = 3
"""How often removing is tried: what another record refers to goes only after that one."""


def ledger_of(options: Options) -> Path:
    """The ledger of one tenant at one place."""
    name = f"{urlsplit(options.target).netloc}-{options.tenant}"
    return options.state / f"{re.sub(r'[^A-Za-z0-9.-]', '_', name)}.jsonl"


def leftovers(kit: Kit, ledger: Ledger) -> list[Made]:
    """What the ledger tells of, and what carries a mark. A resource whose list cannot be read is passed over."""
    found = dict.fromkeys(ledger.left())
    for group in kit.plan.groups.values():
        if Kind.CREATE in group.operations and Kind.DELETE in group.operations:
            try:
                found |= dict.fromkeys(_marked(kit, group))
            except (Broken, NotJudged, LookupError):
                continue
    return list(found)


def sweep_away(kit: Kit, ledger: Ledger, found: Iterable[Made]) -> list[Made]:
    """Delete ``found``; returns what would not go. The ledger is closed when nothing is left."""
    kit.client.purpose = "sweeping"
    left = list(found)
    for _ in range(PASSES):
        left = [made for made in left if not _gone(kit, ledger, made)]
    if not left:
        ledger.close()
    return left


def _gone(kit: Kit, ledger: Ledger, made: Made) -> bool:
    group = kit.plan.groups.get(made.resource)
    who = next((one for one in (kit.own, kit.other) if one and one.tenant == made.tenant), None)
    if group is None or who is None or Kind.DELETE not in group.operations:
        return False
    if kit.client.before is not None:
        _allow(kit, made)
    reply = kit.at(group, Kind.DELETE, made.id, who=who)
    if reply.status in (200, 404):
        ledger.write("gone", kit.mark, made)
        return True
    return False


def _allow(kit: Kit, made: Made) -> None:
    """Count what an earlier run made as this run's own, so that it may be removed."""
    if kit.records.listener:
        kit.records.listener("adopted", made)


def _marked(kit: Kit, group: Group) -> list[Made]:
    """Records whose mark says that a run like this made them: by search where there is one, else by the whole list."""
    marker = group.marker()
    for operation in group.all(Kind.SEARCH):
        for name, criterion in operation.criteria.items():
            if criterion.field == marker and criterion.how is How.CONTAINS:
                records = walk(kit, group, Ask(operation, body={name: PREFIX}))
                return _ours(kit, group, records)
    return _ours(kit, group, walk(kit, group, Ask(group.one(Kind.LIST))))


def _ours(kit: Kit, group: Group, records: Iterable[dict[str, object]]) -> list[Made]:
    marker = group.marker()
    marked = [one for one in records if isinstance(one.get(marker), str) and PREFIX in str(one[marker])]
    return [Made(kit.own.tenant, group.name, str(one[group.key])) for one in marked]
