"""Accounts of the document itself: whoever registered logs in with the password, and is known by the token (R9)."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from mockserver.contract.plan import ACCOUNT_NAMES, PASSWORDS, TOKENS
from mockserver.errors import Refusal, Violation
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.accounts.callers import ACCOUNT, names_of_account
from mockserver.handlers.planned.addressing.criteria import condition
from mockserver.handlers.planned.addressing.places import key_of, keys_of, plan_of, record_id
from mockserver.handlers.planned.reply_bodies.replying import made
from mockserver.handlers.planned.stored_records.record_building import changed, composed
from mockserver.handlers.planned.stored_records.scope import Scope
from mockserver.inference.vocabulary.words import KEYS, OUTCOMES
from mockserver.messages import Json, Reply
from mockserver.store import Record, Tenant
from mockserver.values.members import value_at
from mockserver.values.name_words import flat
from mockserver.values.shown import quoted

LASTS_UNTIL = 4_102_444_800
"""When a token ends, in seconds since 1970: whatever clock a client reads, it is good."""
_TAKEN = ("409", "422", "400")
_REFUSALS = ("401", "400", "403", "422", "404")
_DEEPEST = 3


def log_in(call: Call, tenant: Tenant) -> Reply | None:
    """The reply to who is known; None for somebody whom nobody registered. Raises Refusal: another password is hers."""
    found = _known(call, tenant)
    if found is None:
        return None
    kept = _passwords(call, tenant).get(_secret_id(found))
    if kept is not None and not compare_digest(_digest(found, _password(_told(call))), kept.data()["password"]):
        said = plan_of(call).replies
        status = next((int(one) for one in _REFUSALS if one in said), 401)
        raise Refusal(status, "The password is not right.", reason="another password was registered")
    return _answered(call, found)


def welcome(call: Call, record: Record) -> Reply | None:
    """The reply to who registered, where it is not a record itself but gives a token, say, with the account beside it.

    None where it is.
    """
    accounts, schema = call.tools.contract.accounts, plan_of(call).success.schema
    if accounts is None or call.resource.name != accounts.home or schema is None or plan_of(call).record != ():
        return None
    members = call.tools.maker.shapes.properties(schema)
    is_record = not members or any(flat(name) in ACCOUNT_NAMES for name in members)
    return None if is_record else _answered(call, record)


def remember(call: Call, scope: Scope, record: Record, body: Json, *, before: Record | None = None) -> None:
    """Keep what was said of an account, which was ``before`` so far: its password, and how others see it."""
    accounts = call.tools.contract.accounts
    if accounts is None or scope.resource.name != accounts.home:
        return
    if (password := _password(body)) is not None:
        resource = call.tools.contract.resources[accounts.passwords]
        unshown = _casefolded(_said(body)) - _casefolded(record.data())
        kept = {"password": _digest(record, password), "names": sorted(unshown)}
        door.keep(scope.tenant, resource, _secret_id(record), kept)
    for name in accounts.views:
        _show(call, Scope(call, scope.tenant, call.tools.contract.resources[name], ()), record, before)


def require_unregistered(call: Call, scope: Scope, body: Json, *, but: Record | None = None) -> None:
    """Raises Refusal: somebody else registered with that email, or whatever she logs in with."""
    accounts, said = call.tools.contract.accounts, plan_of(call).replies
    if accounts is None or scope.resource.name != accounts.home:
        return
    own, passwords = but.id if but is not None else None, _passwords(call, scope.tenant)
    mine = _secret_id(but) if but is not None else None
    names = {name: one for name, one in names_of_account(_said(body)).items() if name in (accounts.names or {name})}
    for name, value in names.items():
        same = [one for one in scope.all(condition({name: value})) if value_at(one.data(), (name,)) == value]
        is_kept = any(value.casefold() in _kept_names(one) for one in passwords.narrowed(None, "") if one.id != mine)
        if is_kept or any(one.id != own and _secret_id(one) in passwords for one in same):
            status = next((int(one) for one in _TAKEN if one in said), 409)
            violation = Violation("body", f"/{name}", "unique", f"{quoted(value)} is taken")
            raise Refusal(status, f"{quoted(value)} is registered already.", violations=[violation])


def with_own_token(call: Call, scope: Scope, record: Record) -> Record:
    """A new account with a token of its own, and with a key where nothing but the token finds it, if it holds them."""
    accounts, model = call.tools.contract.accounts, scope.model
    if accounts is None or scope.resource.name != accounts.home or model.record is None:
        return record
    value: Any = record.data()
    if not isinstance(value, dict):
        return record
    members, allows = call.tools.maker.shapes.properties(model.record), call.tools.maker.allows
    token, said = _token(call, record), _tokens_said(call)
    held: dict[str, Json] = {
        name: token
        for name, node in members.items()
        if flat(name) in TOKENS and name not in said and allows(node, token)
    }
    for name in [one for one in members if one in KEYS and one not in value][: not model.key]:
        keys = (key_of(record.id), scope.tenant.ordinal("accounts", scope.resource.name))
        likely = [one for one in keys if allows(members[name], one)]
        held |= dict.fromkeys([name][: len(likely)], likely[-1] if likely else None)
    return scope.replace(record, {**value, **held}) if held else record


def with_token(call: Call, reply: Reply, record: Record) -> Reply:
    """The reply with a token that leads to the account, wherever it has one."""
    accounts, schema = call.tools.contract.accounts, plan_of(call).success.schema
    if accounts is None or call.resource.name != accounts.home or schema is None or not reply.has_value:
        return reply
    token, said = _token(call, record), _tokens_said(call)
    if isinstance(reply.value, str):  # a bare text is the token, if anything is
        return replace(reply, value=token) if call.tools.maker.allows(schema, token) else reply
    body = _replaced(
        reply.value,
        lambda name, one: token if flat(name) in TOKENS and isinstance(one, str) and said.get(name) != one else one,
    )
    return replace(reply, value=body) if call.tools.maker.allows(schema, body) else reply


def _tokens_said(call: Call) -> dict[str, str]:
    """The tokens that a client gives the account itself, and that it has then."""
    body = call.input.body if isinstance(call.input.body, dict) else {}
    return {name: one for name, one in body.items() if isinstance(one, str) and flat(name) in TOKENS}


def _answered(call: Call, record: Record) -> Reply:
    plan, value = plan_of(call), record.data()
    reply = made(call, plan.success, plan.status, value=value, full=True)
    return with_token(call, _showing(call, reply, value), record)


def _known(call: Call, tenant: Tenant) -> Record | None:
    """The account that a request names by its email or whatever it logs in with: the newest of them."""
    names = _casefolded(_said(_told(call)))
    records = [*Scope(call, tenant, call.resource, ()).all()] if not call.resource.is_single else [
        *tenant[call.resource.name].narrowed(None, "")]  # fmt: skip
    passwords = _passwords(call, tenant)
    for record in reversed(records):
        kept = passwords.get(_secret_id(record))
        if names & (_casefolded(record.data()) | (_kept_names(kept) if kept is not None else set())):
            return record
    return None


def _casefolded(said: Json) -> set[str]:
    """The names by which somebody logs in, as they are compared."""
    return {one.casefold() for one in names_of_account(said).values()}


def _kept_names(kept: Record) -> set[str]:
    """What an account logs in with that its record does not show: the email of a public profile."""
    return {*kept.data().get("names", ())}


def _told(call: Call) -> Json:
    """What logs in: the body or, where none is taken, the query."""
    return call.input.body if plan_of(call).bodies else dict(call.input.values)


def _said(body: Json) -> dict[str, Any]:
    """What a body says of an account, in its envelope or without one."""
    if not isinstance(body, dict):
        return {}
    inner = [one for one in body.values() if isinstance(one, dict)]
    return next((one for one in (body, *inner) if {flat(name) for name in one} & PASSWORDS), body)


def _password(body: Json) -> str | None:
    found = (one for name, one in _said(body).items() if flat(name) in PASSWORDS)
    return next((one for one in found if isinstance(one, str)), None)


def _passwords(call: Call, tenant: Tenant) -> Any:
    accounts = call.tools.contract.accounts
    assert accounts is not None
    return tenant[accounts.passwords]


def _digest(record: Record, password: str | None) -> str:
    """What is kept in place of the password: people type real ones into mocks, and stores are copied and looked at."""
    return sha256(f"{record.id} {password}".encode(errors="surrogatepass")).hexdigest()


def _secret_id(record: Record) -> str:
    return record_id(keys_of(record.id), "-")


def _token(call: Call, record: Record) -> str:
    """A token of the usual form, which clients read; it says who logged in."""
    now = int(call.tools.clock.now().timestamp())
    claims = {"sub": key_of(record.id), ACCOUNT: call.resource.name, **names_of_account(record.data())}
    return call.tools.sign({**claims, "iat": now, "exp": LASTS_UNTIL})


def _showing(call: Call, reply: Reply, value: Json) -> Reply:
    """The reply with the account where it shows one: an object with a name that somebody logs in with."""
    schema = plan_of(call).success.schema
    if not isinstance(value, dict) or schema is None:
        return reply
    likely = (_shown(reply.value, value, _DEEPEST, is_whole=is_whole) for is_whole in (True, False))
    body = next((one for one in likely if call.tools.maker.allows(schema, one)), reply.value)
    return replace(reply, value=body)


def _shown(at: Json, value: dict[str, Any], left: int, *, is_whole: bool) -> Json:
    """``at`` with the account where it has one; ``is_whole``: with nothing there that the account has not."""
    if not isinstance(at, dict) or not left:
        return at
    if not names_of_account(at):
        return {name: _shown(one, value, left - 1, is_whole=is_whole) for name, one in at.items()}
    kept = {name: one for name, one in at.items() if not is_whole or name in value or flat(name) in TOKENS | OUTCOMES}
    return {**kept, **{name: one for name, one in value.items() if name in at and flat(name) not in OUTCOMES}}


def _replaced(at: Json, by: Any, left: int = _DEEPEST) -> Json:
    if not isinstance(at, dict) or not left:
        return at
    return {name: _replaced(by(name, one), by, left - 1) for name, one in at.items()}


def _show(call: Call, view: Scope, record: Record, before: Record | None) -> None:
    """Let others see the account as it is now, under the name that they find it by."""
    value, model = record.data(), view.model
    key = value_at(value, model.key) if isinstance(value, dict) else None
    if not isinstance(key, str) or not key or model.record is None or not isinstance(value, dict):
        return
    members = call.tools.maker.shapes.properties(model.record)
    public = {name: one for name, one in value.items() if name in members}
    known = view.find(str((before and value_at(before.data(), model.key)) or key))
    if known is None:
        view.put(key, composed(call, view, key, public)[0])
        return
    if key_of(known.id) != key:
        known = view.rename(known, key)
    view.replace(known, changed(call, view, known, public, whole=False)[0])
