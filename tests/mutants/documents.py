"""Mutants in documents and notices: what is rendered, what is mailed, what is written down about it."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from mockserver.contract import Kind
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.handlers.document_templates import DocumentTemplates
from mockserver.handlers.records import find
from mockserver.handlers.storing import store
from mockserver.messages import Reply, Request, say
from mockserver.runtime.determinism import stamp
from mockserver.store import Record, Tenant
from mockserver.world import World
from mutants.mutant import Area, Plant, named
from mutants.planting import Behaviour, Planting, engine

Mail = Callable[..., None]


def _rendered(change: Callable[[Callable[..., str], str, dict[str, Any]], str]) -> Plant:
    """Render a document by ``change(render, template, values)``."""

    def render(original: Callable[..., str], self: DocumentTemplates, name: str, values: dict[str, Any]) -> str:
        return change(lambda *given: original(self, *given), name, values)

    return lambda planting: planting.around(DocumentTemplates, "render", render)


def _unescaped(render: Callable[..., str], name: str, values: dict[str, Any]) -> str:
    return html.unescape(render(name, values))


def _without_number(render: Callable[..., str], name: str, values: dict[str, Any]) -> str:
    return render(name, {**values, "record": {**values["record"], "number": ""}})


def _remembered(planting: Planting) -> None:
    known: dict[str, Reply] = {}

    def document(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        reply = original(call, tenant)
        return known.setdefault(call.record_id, reply)

    planting.handler(document, Kind.DOCUMENT)


def _of_another(planting: Planting) -> None:
    def document(_: Behaviour, call: Call, tenant: Tenant) -> Reply:
        find(call.resource, tenant, call.record_id)
        first = next(tenant[call.resource.name].scan()).data()
        template = call.operation.meaning["template"]
        return say(call.tools.templates.render(template, {"record": first, "now": first["sys_created_at"]}))

    planting.handler(document, Kind.DOCUMENT)


def _blank(*kinds: Kind) -> Plant:
    """Operations of ``kinds`` are answered 200 about a record that does not exist."""

    def answer(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        try:
            return original(call, tenant)
        except Refusal as refusal:
            if refusal.status == 404:
                return say("<!DOCTYPE html>") if call.operation.kind is Kind.DOCUMENT else Reply()
            raise

    return lambda planting: planting.handler(answer, *kinds)


def _preview_stores(planting: Planting) -> None:
    def preview(original: Behaviour, call: Call, tenant: Tenant) -> Reply:
        about = (call.input.body or {}).get(call.operation.meaning["record"])
        reply = original(call, tenant)
        if about:
            previous = find(call.resource, tenant, about).data()
            store(call, tenant, {**previous, "last_reminder_date": "today"}, previous)
        return reply

    planting.handler(preview, Kind.PREVIEW)


def _preview_answers(planting: Planting) -> None:
    planting.replies(lambda wire: wire.say({"sent": True}), Kind.PREVIEW)


def _mailed(kind: str, change: Callable[[Mail, dict[str, Any]], object]) -> Plant:
    """Mail by ``change(mail, keywords)``; other kinds of mail as ever."""

    def mail(original: Mail, call: Call, tenant: Tenant, **told: Any) -> None:
        if told["kind"] == kind:
            change(lambda **changed: original(call, tenant, **changed), told)
        else:
            original(call, tenant, **told)

    return lambda planting: planting.around(engine("handlers.documents"), "_mail", mail)


def _twice(mail: Mail, told: dict[str, Any]) -> None:
    mail(**told)
    mail(**told)


def _to_the_office(mail: Mail, told: dict[str, Any]) -> None:
    mail(**{**told, "to": "office@example.com"})


def _about_nothing(mail: Mail, told: dict[str, Any]) -> None:
    mail(**{**told, "about": None})


def _not_at_all(_: Mail, __: dict[str, Any]) -> None:
    return None


def _mailed_though_refused(planting: Planting) -> None:
    def answer(original: Callable[..., Reply], world: World, request: Request, trail: Any) -> Reply:
        try:
            return original(world, request, trail)
        except Refusal:
            operation = trail.operation
            if operation is not None and operation.kind is Kind.NOTICE and trail.identity is not None:
                about = request.path_values.get("id")
                mail = (trail.tenant, operation.id, "notice", "someone@example.com", "Notice", "", about, {})
                world.outbox.put(engine("runtime.outbox").Mail(stamp(world.clock.now()), *mail))
            raise

    planting.around(engine("exchange"), "_answer", answer)


def _not_merged(planting: Planting) -> None:
    planting.around(engine("handlers.documents"), "merged", lambda _, text, __: text)


def _logged(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> Plant:
    """Change what a notice leaves in the record: ``change(record, previous)``."""

    def stored(
        original: Callable[..., Record], call: Call, tenant: Tenant, record: dict[str, Any], previous: dict[str, Any]
    ) -> Record:
        changed = {**record, "notices": [dict(one) for one in record["notices"]]}
        change(changed, previous)
        return original(call, tenant, changed, previous)

    return lambda planting: planting.around(engine("handlers.documents"), "store", stored)


def _log_twice(record: dict[str, Any], _: dict[str, Any]) -> None:
    record["notices"].append(record["notices"][-1])


def _log_not(record: dict[str, Any], previous: dict[str, Any]) -> None:
    record["notices"] = previous.get("notices", [])


def _log_last_only(record: dict[str, Any], _: dict[str, Any]) -> None:
    del record["notices"][:-1]


def _log_in_front(record: dict[str, Any], _: dict[str, Any]) -> None:
    record["notices"].insert(0, record["notices"].pop())


def _log_no_date(record: dict[str, Any], _: dict[str, Any]) -> None:
    del record["notices"][-1]["date"]


def _reason_not_set(record: dict[str, Any], previous: dict[str, Any]) -> None:
    record["status_reason_id"] = previous.get("status_reason_id", "none")


def _reason_always_set(record: dict[str, Any], previous: dict[str, Any]) -> None:
    if record.get("status_reason_id") == previous.get("status_reason_id"):
        record["status_reason_id"] = record["notices"][-1]["notice_id"]


def _reminded(record: dict[str, Any], _: dict[str, Any]) -> None:
    record["last_reminder_date"] = record["notices"][-1]["date"]


MUTANTS = named(
    Area.DOCUMENTS,
    ("certificate-of-another", "every certificate is that of the first record", _of_another),
    ("certificate-unescaped", "a name with markup gets into the certificate's HTML", _rendered(_unescaped)),
    ("certificate-without-number", "the certificate lacks its number", _rendered(_without_number)),
    ("certificate-remembered", "a certificate does not follow changes of its record", _remembered),
    ("certificate-of-nothing", "the certificate of a missing record is an empty page", _blank(Kind.DOCUMENT)),
    ("preview-of-nothing", "a preview about a missing record is answered 200", _blank(Kind.PREVIEW)),
    ("preview-changes-record", "a preview changes the record that it is about", _preview_stores),
    ("preview-answers-content", "a preview is answered with content", _preview_answers),
    ("preview-not-merged", "a preview shows the merge fields instead of the values", _not_merged),
    ("preview-to-the-office", "a preview goes to another address than it names", _mailed("preview", _to_the_office)),
    ("preview-not-sent", "a preview is answered 200 and not sent", _mailed("preview", _not_at_all)),
    ("notice-logged-twice", "a notice is logged twice", _logged(_log_twice)),
    ("notice-not-logged", "a notice is not logged", _logged(_log_not)),
    ("notice-drops-log", "a notice drops the log of those before", _logged(_log_last_only)),
    ("notice-logged-in-front", "a notice is logged in front of the earlier ones", _logged(_log_in_front)),
    ("notice-without-moment", "a notice is logged without its moment", _logged(_log_no_date)),
    ("reason-not-set", "a notice does not set the status reason that it is told", _logged(_reason_not_set)),
    ("reason-always-set", "a notice sets the status reason unasked", _logged(_reason_always_set)),
    ("notice-sets-reminder", "a notice changes a field that it has nothing to do with", _logged(_reminded)),
    ("notice-mailed-twice", "a notice is mailed twice", _mailed("notice", _twice)),
    ("notice-not-mailed", "a notice is logged and not mailed", _mailed("notice", _not_at_all)),
    ("notice-to-the-office", "a notice goes to another address than the record's", _mailed("notice", _to_the_office)),
    ("notice-about-nothing", "a notice's mail does not say which record it is about",
     _mailed("notice", _about_nothing)),
    ("notice-mailed-though-refused", "a notice about a missing record is mailed all the same", _mailed_though_refused),
)  # fmt: skip
