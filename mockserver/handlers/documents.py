"""Documents and mails: a certificate rendered from its record; what a real server would send lands in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.handlers.call import Call
from mockserver.handlers.merge_fields import merged
from mockserver.handlers.records import changeable, find
from mockserver.handlers.showing import seen
from mockserver.handlers.storing import store
from mockserver.messages import Json, Reply, say
from mockserver.runtime.determinism import stamp
from mockserver.runtime.outbox import Mail
from mockserver.store import Tenant

_TOLD = frozenset({"subject", "body"})
"""What a mail tells by itself; the rest of what was sent goes into its details."""


def document(call: Call, tenant: Tenant) -> Reply:
    record = seen(call, tenant, find(call.resource, tenant, call.record_id))
    return say(_render(call, call.operation.meaning["template"], record))


def preview(call: Call, tenant: Tenant) -> Reply:
    """What was to be previewed, merged with the record it names, goes to the outbox; the reply has no content."""
    words, body = call.operation.meaning, call.input.body or {}
    about = body.get(words["record"])
    record = seen(call, tenant, find(call.resource, tenant, about)) if about is not None else {}
    email = body.get(words.get("email")) or {}
    text = email.get("body", "") if "email" in words else body.get(words.get("body"), "")
    _mail(
        call,
        tenant,
        kind="preview",
        to=body.get(words.get("to"), call.identity.subject),
        subject=merged(email.get("subject", f"Preview: {call.operation.summary}"), record),
        body=merged(text, record),
        about=about,
        details={name: value for name, value in {**body, **email}.items() if name not in _TOLD},
    )
    return Reply()


def notice(call: Call, tenant: Tenant) -> Reply:
    """Log the notice on the record, set what the query asks to be set, and put the mail into the outbox."""
    words, resource = call.operation.meaning, call.resource
    previous = changeable(resource, tenant, call.record_id)
    now, notice_id = stamp(call.tools.clock.now()), call.value(words["notice"])
    log = words["log"]
    named = {log["notice"]: notice_id}
    entry = {log["date"]: now, **named}
    changes = {field: call.value(name) for field, name in words.get("set", {}).items() if call.value(name) is not None}
    changed = {**previous, **changes, log["field"]: [*previous.get(log["field"], []), entry]}
    record = seen(call, tenant, store(call, tenant, changed, previous))
    mail = {name: merged(text, record) for name, text in _mail_of(call, tenant, notice_id).items()}
    _mail(
        call,
        tenant,
        kind="notice",
        to=record.get(words["to"]),
        subject=mail.get("subject", f"Notice {notice_id}"),
        body=mail["body"] if "body" in mail else _render(call, words["template"], record, **named),
        about=call.record_id,
        details={**{name: one for name, one in mail.items() if name not in _TOLD}, **named, **changes},
    )
    return say({})


def _mail_of(call: Call, tenant: Tenant, notice_id: str) -> dict[str, str]:
    """The mail, before it is filled in, that the notice's own record holds; empty where the document tells no place."""
    field, name = call.operation.meaning.get("mail"), call.operation.meaning["notice"]
    parameter = call.operation.parameter(name)
    if field is None or parameter is None or parameter.references is None:
        return {}
    record = find(call.tools.contract.resources[parameter.references], tenant, notice_id).data()
    return {member: text for member, text in (record.get(field) or {}).items() if isinstance(text, str)}


def _render(call: Call, template: str, record: Mapping[str, Any], **more: Json) -> str:
    values = {"record": record, "now": stamp(call.tools.clock.now()), **more}
    return call.tools.templates.render(template, values)


def _mail(
    call: Call,
    tenant: Tenant,
    *,
    kind: str,
    to: str | None,
    subject: str,
    body: str,
    about: str | None,
    details: Mapping[str, Json],
) -> None:
    at = stamp(call.tools.clock.now())
    call.mails.append(Mail(at, tenant.name, call.operation.id, kind, to, subject, body, about, details))
