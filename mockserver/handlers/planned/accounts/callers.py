"""The account of the document that a request is made by: its key, and what a new record says of its maker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.plan import ACCOUNT_NAMES, PASSWORDS, Steps
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import model_of, record_id
from mockserver.handlers.planned.addressing.sendable import is_servers_alone
from mockserver.handlers.planned.initial_data.initial_keys import first_key
from mockserver.handlers.planned.initial_data.initial_records import begin
from mockserver.handlers.planned.initial_data.initial_states import MAKERS
from mockserver.inference.vocabulary.words import DOERS, PEOPLE
from mockserver.messages import Json
from mockserver.store import Record, Tenant
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular

_PEOPLE = frozenset({*PEOPLE, "customer", "client"})
ACCOUNT = "account"
"""The claim that says of which resource the account is."""


def caller_key(call: Call, resource: str) -> str | None:
    """The key of the account that logged in, where accounts are records of ``resource``; None for everybody else."""
    accounts, claims = call.tools.contract.accounts, call.identity.claims
    is_one = accounts is not None and accounts.home == resource and claims.get(ACCOUNT) == resource
    return str(claims["sub"]) if is_one else None


def caller_in(call: Call, tenant: Tenant, resource: str) -> str | None:
    """The key under which a resource has whoever logged in: that of the account, or a name that it shows it by."""
    accounts = call.tools.contract.accounts
    if accounts is None or (key := caller_key(call, accounts.home)) is None or resource == accounts.home:
        return caller_key(call, resource)
    record: Record | None = tenant[accounts.home].get(record_id((), key))
    model = model_of(call.tools.contract.resources[resource])
    name = value_at(record.data(), model.key) if record is not None and resource in accounts.views else None
    return None if name is None else str(name)


def maker_in(call: Call, tenant: Tenant, resource: str, made: Json) -> str | None:
    """The key of whoever makes a record: of the account that logged in, else of the record that ``me`` then shows.

    None where that is gone, where people stand below something else, and where nobody is known and
    the record would go without: ``made`` is None.
    """
    key, other = caller_in(call, tenant, resource), call.tools.contract.resources[resource]
    if key is not None or made is None or other.model is None or other.is_single or other.model.parents:
        return key
    begin(call, tenant, other, ())
    first = first_key(call, other, ())
    return first if record_id((), first) in tenant[resource] else None


def by_caller(call: Call, tenant: Tenant, value: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` with the caller's key in each member that says who made the record, where nobody said another."""
    model = model_of(call.resource)
    if model.record is None:
        return value
    members, allows = call.tools.maker.shapes.properties(model.record), call.tools.maker.allows
    for name, other in model.foreign.items():
        said, is_unsaid = {flat(name), flat(name).removesuffix("id")}, is_servers_alone(call, model.record, name)
        is_maker = MAKERS & said or (DOERS & said and is_unsaid)
        if not is_maker or name not in members or name in sent:
            continue
        made = value.get(name, is_unsaid or None)  # what no client can say, the server does
        if (key := maker_in(call, tenant, other, made)) is None:
            continue
        options = (int(key) if key.isascii() and key.isdigit() else key, key)
        value = next(({**value, name: one} for one in options if allows(members[name], one)), value)
    return value


def callers_own(call: Call, tenant: Tenant) -> dict[str, Json]:
    """What the records say that are the caller's: her key, in the member that names who made them or whose they are."""
    model = model_of(call.resource)
    people = {name: other for name, other in model.foreign.items() if flat(singular(other)) in _PEOPLE}
    makers = [name for name in people if {flat(name), flat(name).removesuffix("id")} & (MAKERS | DOERS)]
    name = next(iter(makers), next(iter(people)) if len(people) == 1 else None)
    key = maker_in(call, tenant, people[name], made=True) if name is not None else None
    return {} if name is None or key is None else {name: key}


def is_kept_apart(call: Call, name: str) -> bool:
    """Whether what was sent is kept beside the record: the password of an account."""
    accounts = call.tools.contract.accounts
    is_account = accounts is not None and call.resource.name == accounts.home and not accounts.names
    return is_account and flat(name) in PASSWORDS


def is_name_of_account(key: Steps) -> bool:
    """Whether the key of people's records is what they log in with, so that they say it when they register."""
    return len(key) == 1 and flat(key[0]) in ACCOUNT_NAMES


def names_of_account(value: Json) -> dict[str, str]:
    """What a person may log in with, of a record or of what was sent: the texts that tell one from another."""
    if not isinstance(value, dict):
        return {}
    return {name: one for name, one in value.items() if flat(name) in ACCOUNT_NAMES and isinstance(one, str) and one}
