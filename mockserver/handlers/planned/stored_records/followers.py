"""Lists of people that follow from what single accounts do: who likes a post, who follows somebody, and whom (R9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.contract import Resource
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import caller_key
from mockserver.handlers.planned.addressing.places import key_of, keys_of, model_of
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.messages import Json
from mockserver.store import Record, Tenant
from mockserver.values.members import value_at
from mockserver.values.name_words import flat, singular, words_of
from mockserver.values.verb_stems import stem_of

_DOERS = ("er", "or")
"""How those are called that do it: ``followers``."""


def keep_followers(call: Call, tenant: Tenant, record: Record, sets: Mapping[str, Json]) -> None:
    """Let the lists of people show what the account that asks has begun or ended: ``liked``, ``isFollowing``."""
    accounts = call.tools.contract.accounts
    account = caller_key(call, accounts.home) if accounts is not None else None
    if accounts is None or account is None:
        return
    home = Scope(call, tenant, call.tools.contract.resources[accounts.home], ())
    if (mine := home.find(account)) is None:
        return
    for name, is_true in sets.items():
        stem = stem_of("".join(words_of(name)[-1:]))
        for child, is_of_doers in _lists_of_people(call, stem):
            above, member = (record, mine) if is_of_doers else (mine, record)
            _keep(Scope(call, tenant, child, tuple(keys_of(above.id))), member, is_there=is_true is True)


def _lists_of_people(call: Call, stem: str) -> Iterator[tuple[Resource, bool]]:
    """The lists of people below the record, or below the account, that are called like the deed; whose doers first."""
    accounts, resources = call.tools.contract.accounts, call.tools.contract.resources
    people = model_of(resources[accounts.home]).record if accounts is not None else None
    for child in resources.values():
        model = child.model
        if model is None or model.record is None or people is None or child.is_single or len(model.parents) != 1:
            continue
        shapes, parent = call.tools.maker.shapes, model.parents[0].resource
        if shapes.name(model.record) is None or shapes.name(model.record) != shapes.name(people):
            continue
        many = flat(child.name.rpartition(".")[2])
        is_active = many.endswith("ing")
        called = next((many[: -len(f"{one}s")] for one in _DOERS if many.endswith(f"{one}s")), singular(many))
        if stem_of(called) == stem and parent == (accounts.home if is_active and accounts else call.resource.name):
            yield child, not is_active


def _keep(scope: Scope, member: Record, *, is_there: bool) -> None:
    data = member.data()
    key = value_at(data, scope.model.key) if scope.model.key else None
    known = scope.find(str(key if key is not None else key_of(member.id)))
    if is_there and known is None:
        scope.put(str(key if key is not None else key_of(member.id)), data)
    elif not is_there and known is not None:
        scope.remove(known)
