"""What is true of a record for one account alone: that she likes, starred or follows it (R9, O11)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from mockserver.contract import Resource
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import caller_key
from mockserver.handlers.planned.addressing.places import keys_of, record_id
from mockserver.inference.vocabulary.names_beside import truths_of
from mockserver.messages import Json
from mockserver.store import Record, Tenant


def as_asked(call: Call, tenant: Tenant, resource: Resource, record: Record) -> dict[str, Json]:
    """Those members of a record, as they are for the account that asks; none where no account logged in."""
    kept, key = _kept(call, resource), _asking(call)
    if kept is None or key is None:
        return {}
    own, value = tenant[kept.name].get(record_id(keys_of(record.id), key)), record.data()
    said = own.data() if own is not None else {}
    return {name: said.get(name, False) for name in kept.fields if name in value}


def viewed_members(call: Call, resource: Resource) -> frozenset[str]:
    """The members of records that the account that asks sees as they are for her alone; none where nobody logged in."""
    kept = _kept(call, resource)
    return kept.fields if kept is not None and _asking(call) is not None else frozenset()


def keep_own(
    call: Call, tenant: Tenant, resource: Resource, record: Record, sets: Mapping[str, Json]
) -> dict[str, Json]:
    """Keep what of ``sets`` is true for the account that asks alone, and return it as it is for everybody together.

    That is what whoever is not known is shown: true where it is true for any account.
    """
    kept, key = _kept(call, resource), _asking(call)
    own = {name: one for name, one in sets.items() if kept is not None and name in kept.fields}
    if kept is None or key is None or not own:
        return {}
    mine, above = record_id(keys_of(record.id), key), record_id(keys_of(record.id), "")
    before = tenant[kept.name].get(mine)
    door.keep(tenant, kept, mine, {**(before.data() if before is not None else {}), **own})
    every = takewhile(lambda one: one.id.startswith(above), tenant[kept.name].narrowed(None, above))
    said = [one.data() for one in every]
    return {name: any(one.get(name) for one in said) for name in own}


def _kept(call: Call, resource: Resource) -> Resource | None:
    """Where it is kept what accounts say of the records of ``resource``, its ``fields`` what they say."""
    contract = call.tools.contract
    return contract.resources.get(truths_of(resource.name)) if contract.accounts is not None else None


def _asking(call: Call) -> str | None:
    accounts = call.tools.contract.accounts
    return caller_key(call, accounts.home) if accounts is not None else None
