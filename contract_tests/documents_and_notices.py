"""Documents and notices: made from the record as it is now, each with exactly the effect it is for."""

from __future__ import annotations

import html
from contextlib import suppress
from datetime import timedelta
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Operation,
    Session,
    check,
    moving,
    patch,
    preview_body,
    quoted,
    read_datetime,
    walk,
)

RECORD = (Kind.CREATE, Kind.READ)
OUTBOX = "/__mock__/outbox"


def texts_of(group: Group, record: dict[str, Any]) -> list[str]:
    return [name for name in group.free_texts if isinstance(record.get(name), str) and record[name]]


@check(*RECORD, Kind.DOCUMENT, writes=True)
def check_document_shows_the_record(session: Session, group: Group) -> None:
    """A document is HTML with the record's own words, and changes with them."""
    for operation in group.all(Kind.DOCUMENT):
        with session.each(operation):
            record = session.create(group)
            page = _page(session, group, operation, record)
            shown = [name for name in texts_of(group, record) if record[name] in html.unescape(page)]
            session.expect("<" in page, f"{operation.id} does not answer HTML", page[:100])
            session.expect(bool(shown), f"{operation.id} shows nothing of the record")
            session.expect(
                page == _page(session, group, operation, record),
                f"{operation.id} answers differently the second time",
            )
            another = _page(session, group, operation, session.create(group))
            session.expect(another != page, f"{operation.id} answers the same for two records")
            if Kind.PATCH in group.operations:
                _follows(session, group, operation, record, shown)


def _follows(session: Session, group: Group, operation: Operation, record: dict[str, Any], shown: list[str]) -> None:
    """Expect the document to show what the record says after a change, as text and not as markup."""
    steps = [{"op": "replace", "path": f"/{name}", "value": f"{session.mark} & <b>{name}</b>"} for name in shown]
    patch(session, group, record, steps, "replaces texts")
    page = _page(session, group, operation, record)
    names = [name for name in shown if f"{session.mark} & <b>{name}</b>" in html.unescape(page)]
    session.expect(bool(names), f"{operation.id} does not show what the record now says")
    session.expect(
        not any(f"<b>{name}</b>" in page for name in shown), f"{operation.id} lets a record's text become markup"
    )


def _page(session: Session, group: Group, operation: Operation, record: dict[str, Any]) -> str:
    reply = session.send(session.usual(group, operation, record))
    session.status(reply, 200, f"{operation.id} of a record that exists", operation)
    page = session.value(reply)
    session.expect(isinstance(page, str), f"{operation.id} does not answer text")
    return str(page)


@check(*RECORD, Kind.NOTICE, writes=True)
def check_notice_is_logged_once(session: Session, group: Group) -> None:
    """A notice adds one entry to the record's log, with its name and moment, and changes nothing else."""
    for operation in group.all(Kind.NOTICE):
        with session.each(operation):
            log, before = operation.meaning["log"], session.create(group)
            bystander = session.create(group)
            known = before.get(log["field"]) or []
            for ask in (session.usual(group, operation, before), another_notice(session, group, operation, before)):
                session.status(session.send(ask), 200, f"{operation.id} of a record that exists", operation)
                after = session.read(group, before[group.key])
                entries = after.get(log["field"]) or []
                session.expect(
                    len(entries) == len(known) + 1,
                    f"{operation.id} logs a different number of notices from those sent",
                    f"{len(entries)} after {len(known)} and one more",
                )
                session.same(known, entries[:-1], f"{operation.id} changes the log of earlier notices")
                known, last = entries, entries[-1]
                session.expect(
                    last.get(log["notice"]) == ask.values[operation.meaning["notice"]],
                    f"{operation.id} logs another notice",
                )
                session.expect(
                    isinstance(last.get(log["date"]), str) and last[log["date"]] != "",
                    f"{operation.id} logs no timestamp",
                )
                _dated(
                    session, group, after, str(last[log["date"]]), f"{operation.id} logs another moment than its own"
                )
            moved = frozenset({log["field"], *moving(group)})
            session.same(before, after, f"{operation.id} changes more than the log", without=moved)
            session.same(bystander, session.read(group, bystander[group.key]), f"{operation.id} changed another record")


def _dated(session: Session, group: Group, record: dict[str, Any], moment: str, cause: str) -> None:
    """Expect ``moment`` to be about that of the record's last change, where it tells that."""
    changed = str(record.get(group.resource.stamps.get("modified-at", "")))
    with suppress(ValueError):  # a day alone, or words
        apart = abs(read_datetime(moment) - read_datetime(changed))
        session.expect(apart <= timedelta(days=1), cause, f"{moment}, {changed}")
        session.prefer(apart <= timedelta(minutes=1), cause, f"{moment}, {changed}")


def another_notice(session: Session, group: Group, operation: Operation, record: dict[str, Any]) -> Ask:
    """The same request with another notice than usual, where the document says which records are notices."""
    ask, name = session.usual(group, operation, record), operation.meaning["notice"]
    parameter = operation.parameter(name)
    if parameter is None or parameter.references is None:
        return ask
    notices = session.plan.groups[parameter.references]
    return ask.but(values={**ask.values, name: str(session.create(notices)[notices.key])})


@check(*RECORD, Kind.NOTICE, writes=True)
def check_notice_sets_fields(session: Session, group: Group) -> None:
    """What a notice is asked to set is set, and only where it is asked."""
    for operation in group.all(Kind.NOTICE):
        for field, parameter in operation.meaning.get("set", {}).items():
            with session.each(operation):
                record = session.create(group)
                ask = session.usual(group, operation, record)
                session.send(ask)
                session.same(
                    record.get(field),
                    session.read(group, record[group.key]).get(field),
                    f"{operation.id} sets {field} unasked",
                )
                referenced = next((one.resource for one in group.references if one.field == field), None)
                wanted = (
                    session.create(session.plan.groups[referenced])[session.plan.groups[referenced].key]
                    if referenced
                    else "set-by-notice"
                )
                session.send(ask.but(query={parameter: wanted}))
                found = session.read(group, record[group.key]).get(field)
                session.expect(found == wanted, f"{operation.id} does not set {field}", quoted(found))


@check(*RECORD, Kind.PREVIEW, writes=True)
def check_preview_changes_nothing(session: Session, group: Group) -> None:
    """A preview is answered without content and leaves all records as they are."""
    for operation in group.all(Kind.PREVIEW):
        with session.each(operation):
            record = session.create(group)
            before, others = session.ours(group), _all_records(session, group)
            reply = session.send(session.usual(group, operation, record))
            session.status(reply, 200, f"{operation.id} of a record that exists", operation)
            session.same(record, session.read(group, record[group.key]), f"{operation.id} changed the record")
            session.expect(session.ours(group) == before, f"{operation.id} made records")
            session.expect(_all_records(session, group) == others, f"{operation.id} changed other records")


def _all_records(session: Session, group: Group) -> list[dict[str, Any]]:
    """What the list shows; nothing where there is none, or others may be at work meanwhile."""
    is_alone = session.limits.owns_all and Kind.LIST in group.operations
    return walk(session, group, Ask(group.one(Kind.LIST))) if is_alone else []


def outbox(session: Session) -> list[dict[str, Any]]:
    """What would have been mailed to anybody, where the target lets one look. Raises Inconclusive."""
    reply = session.raw("GET", OUTBOX)
    try:
        body = reply.json() if reply.status == 200 else None
    except ValueError:
        body = None
    if not isinstance(body, list):
        raise Inconclusive("the target has no outbox to look into")
    return [one for one in body if one.get("tenant") == session.own.tenant]


@check(*RECORD, writes=True, owns=True)
def check_mails(session: Session, group: Group) -> None:
    """A notice or preview sends exactly one mail: to the right address, about the right record."""
    if not group.all(Kind.NOTICE, Kind.PREVIEW):
        raise NotApplicable("there is nothing that sends mails")
    outbox(session)
    for operation in group.all(Kind.NOTICE, Kind.PREVIEW):
        with session.each(operation):
            record = session.create(group)
            before = len(outbox(session))
            ask = session.usual(group, operation, record)
            session.send(ask)
            mails = outbox(session)[before:]
            session.expect(len(mails) == 1, f"{operation.id} does not send exactly one mail", f"{len(mails)}")
            session.expect(
                mails[0].get("about") == record[group.key],
                f"{operation.id} mails about another record",
                quoted(mails[0].get("about")),
            )
            wanted = _recipient(operation, ask, record)
            session.expect(
                wanted is None or mails[0].get("to") == wanted,
                f"{operation.id} mails to another address",
                quoted(mails[0].get("to")),
            )
            before = len(outbox(session))
            session.send(session.usual(group, operation, {group.key: f"missing-{session.mark}"}))
            session.expect(len(outbox(session)) == before, f"{operation.id} mails about a record that does not exist")


def _recipient(operation: Operation, ask: Ask, record: dict[str, Any]) -> Any:
    to = operation.meaning.get("to")
    if to is None:
        return None
    return record.get(to) if operation.kind is Kind.NOTICE else ask.body.get(to)


@check(*RECORD, Kind.PREVIEW, writes=True, owns=True)
def check_previews_are_merged(session: Session, group: Group) -> None:
    """A preview's text is filled in from the record it names."""
    record = session.create(group)
    marker = group.marker
    for operation in group.all(Kind.PREVIEW):
        with session.each(operation):
            body = preview_body(group, operation, record[group.key])
            words = operation.meaning
            text = f"Dear {{{{{marker}}}}}!"
            body = (
                {**body, words["email"]: {**body.get(words["email"], {}), "body": text}}
                if "email" in words
                else {**body, words["body"]: text}
            )
            session.send(Ask(operation, body=body))
            mails = outbox(session)
            session.expect(
                bool(mails) and record[marker] in mails[-1].get("body", ""),
                f"{operation.id} does not fill in the record's words",
            )
