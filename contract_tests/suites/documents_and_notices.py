"""Documents and notices: made from the record as it is now, each with exactly the effect it is for."""

from __future__ import annotations

import html
import json
from typing import Any

from contract_tests.asking import Ask, preview_body
from contract_tests.kit import Kit
from contract_tests.plan import Group
from contract_tests.suites.patching import patch
from contract_tests.verdicts import NotApplicable, NotJudged, check
from mockserver.contract import Kind, Operation

RECORD = (Kind.CREATE, Kind.READ)
STAMPS = ("modified-at", "modified-by", "version")
OUTBOX = "/__mock__/outbox"


def texts_of(group: Group, record: dict[str, Any]) -> list[str]:
    return [name for name in group.free_texts if isinstance(record.get(name), str) and record[name]]


@check(*RECORD, Kind.DOCUMENT, writes=True)
def check_document_shows_the_record(kit: Kit, group: Group) -> None:
    """A document is HTML with the record's own words, and changes with them."""
    for operation in group.all(Kind.DOCUMENT):
        with kit.each(operation):
            record = kit.create(group)
            page = _page(kit, group, operation, record)
            shown = [name for name in texts_of(group, record) if record[name] in html.unescape(page)]
            kit.expect("<" in page, f"{operation.id} answers no HTML", page[:100])
            kit.expect(bool(shown), f"{operation.id} shows nothing of the record")
            kit.expect(
                page == _page(kit, group, operation, record), f"{operation.id} answers something else the second time"
            )
            another = _page(kit, group, operation, kit.create(group))
            kit.expect(another != page, f"{operation.id} answers the same for two records")
            if Kind.PATCH in group.operations:
                _follows(kit, group, operation, record, shown)


def _follows(kit: Kit, group: Group, operation: Operation, record: dict[str, Any], shown: list[str]) -> None:
    """Expect the document to show what the record says after a change, as text and not as markup."""
    steps = [{"op": "replace", "path": f"/{name}", "value": f"{kit.mark} & <b>{name}</b>"} for name in shown]
    patch(kit, group, record, steps, "replaces texts")
    page = _page(kit, group, operation, record)
    told = [name for name in shown if f"{kit.mark} & <b>{name}</b>" in html.unescape(page)]
    kit.expect(bool(told), f"{operation.id} does not show what the record now says")
    kit.expect(
        not any(f"<b>{name}</b>" in page for name in shown), f"{operation.id} lets a record's text become markup"
    )


def _page(kit: Kit, group: Group, operation: Operation, record: dict[str, Any]) -> str:
    reply = kit.send(kit.usual(group, operation, record))
    kit.status(reply, 200, f"{operation.id} of a record that exists", operation)
    page = kit.value(reply)
    kit.expect(isinstance(page, str), f"{operation.id} answers no text")
    return str(page)


@check(*RECORD, Kind.NOTICE, writes=True)
def check_notice_is_logged_once(kit: Kit, group: Group) -> None:
    """A notice adds one entry to the record's log, with its name and moment, and changes nothing else."""
    for operation in group.all(Kind.NOTICE):
        with kit.each(operation):
            log, before = operation.meaning["log"], kit.create(group)
            bystander = kit.create(group)
            known = before.get(log["field"]) or []
            for ask in (kit.usual(group, operation, before), another_notice(kit, group, operation, before)):
                kit.status(kit.send(ask), 200, f"{operation.id} of a record that exists", operation)
                after = kit.read(group, before[group.key])
                entries = after.get(log["field"]) or []
                kit.expect(
                    len(entries) == len(known) + 1,
                    f"{operation.id} logs another number of notices than were sent",
                    f"{len(entries)} after {len(known)} and one more",
                )
                kit.same(known, entries[:-1], f"{operation.id} changes the log of earlier notices")
                known, last = entries, entries[-1]
                kit.expect(
                    last.get(log["notice"]) == ask.values[operation.meaning["notice"]],
                    f"{operation.id} logs another notice",
                )
                kit.expect(
                    isinstance(last.get(log["date"]), str) and last[log["date"]] != "", f"{operation.id} logs no moment"
                )
            moving = frozenset({log["field"], *(group.resource.stamps.get(name, "") for name in STAMPS)})
            kit.same(before, after, f"{operation.id} changes more than the log", without=moving)
            kit.same(bystander, kit.read(group, bystander[group.key]), f"{operation.id} changed another record")


def another_notice(kit: Kit, group: Group, operation: Operation, record: dict[str, Any]) -> Ask:
    """The same request with another notice than usual, where the document says which records are notices."""
    ask, name = kit.usual(group, operation, record), operation.meaning["notice"]
    target = next((one.references for one in operation.parameters if one.name == name), None)
    if target is None:
        return ask
    notices = kit.plan.groups[target]
    return ask.but(values={**ask.values, name: str(kit.create(notices)[notices.key])})


@check(*RECORD, Kind.NOTICE, writes=True)
def check_notice_sets_fields(kit: Kit, group: Group) -> None:
    """What a notice is asked to set is set, and only where it is asked."""
    for operation in group.all(Kind.NOTICE):
        for field, parameter in operation.meaning.get("set", {}).items():
            with kit.each(operation):
                record = kit.create(group)
                ask = kit.usual(group, operation, record)
                kit.send(ask)
                kit.same(
                    record.get(field),
                    kit.read(group, record[group.key]).get(field),
                    f"{operation.id} sets {field} unasked",
                )
                target = next((one.resource for one in group.references if one.field == field), None)
                wanted = kit.create(kit.plan.groups[target])[kit.plan.groups[target].key] if target else "set-by-notice"
                kit.send(ask.but(query={parameter: wanted}))
                found = kit.read(group, record[group.key]).get(field)
                kit.expect(found == wanted, f"{operation.id} does not set {field}", repr(found))


@check(*RECORD, Kind.PREVIEW, writes=True)
def check_preview_changes_nothing(kit: Kit, group: Group) -> None:
    """A preview is answered without content and leaves all records as they are."""
    for operation in group.all(Kind.PREVIEW):
        with kit.each(operation):
            record = kit.create(group)
            before = kit.ours(group)
            reply = kit.send(kit.usual(group, operation, record))
            kit.status(reply, 200, f"{operation.id} of a record that exists", operation)
            kit.same(record, kit.read(group, record[group.key]), f"{operation.id} changed the record")
            kit.expect(kit.ours(group) == before, f"{operation.id} made records")


def outbox(kit: Kit) -> list[dict[str, Any]]:
    """What would have been mailed to anybody, where the target lets one look. Raises NotJudged."""
    reply = kit.raw("GET", OUTBOX)
    try:
        told = json.loads(reply.body) if reply.status == 200 else None
    except ValueError:
        told = None
    if not isinstance(told, list):
        raise NotJudged("the target has no outbox to look into")
    return [one for one in told if one.get("tenant") == kit.own.tenant]


@check(*RECORD, writes=True, owns=True)
def check_mails(kit: Kit, group: Group) -> None:
    """A notice or preview sends exactly one mail: to the right address, about the right record."""
    if not group.all(Kind.NOTICE, Kind.PREVIEW):
        raise NotApplicable("there is nothing that sends mails")
    outbox(kit)
    for operation in group.all(Kind.NOTICE, Kind.PREVIEW):
        with kit.each(operation):
            record = kit.create(group)
            before = len(outbox(kit))
            ask = kit.usual(group, operation, record)
            kit.send(ask)
            mails = outbox(kit)[before:]
            kit.expect(len(mails) == 1, f"{operation.id} sends another number of mails than one", f"{len(mails)}")
            kit.expect(
                mails[0].get("about") == record[group.key],
                f"{operation.id} mails about another record",
                repr(mails[0].get("about")),
            )
            wanted = _recipient(operation, ask, record)
            kit.expect(
                wanted is None or mails[0].get("to") == wanted,
                f"{operation.id} mails to another address",
                repr(mails[0].get("to")),
            )
            before = len(outbox(kit))
            kit.send(kit.usual(group, operation, {group.key: f"missing-{kit.mark}"}))
            kit.expect(len(outbox(kit)) == before, f"{operation.id} mails about a record that does not exist")


def _recipient(operation: Operation, ask: Ask, record: dict[str, Any]) -> Any:
    to = operation.meaning.get("to")
    if to is None:
        return None
    return record.get(to) if operation.kind is Kind.NOTICE else ask.body.get(to)


@check(*RECORD, Kind.PREVIEW, writes=True, owns=True)
def check_previews_are_merged(kit: Kit, group: Group) -> None:
    """A preview's text is filled in from the record it names."""
    record = kit.create(group)
    marker = group.marker
    for operation in group.all(Kind.PREVIEW):
        with kit.each(operation):
            body = preview_body(group, operation, record[group.key])
            words = operation.meaning
            text = f"Dear {{{{{marker}}}}}!"
            body = (
                {**body, words["email"]: {**body.get(words["email"], {}), "body": text}}
                if "email" in words
                else {**body, words["body"]: text}
            )
            kit.send(Ask(operation, body=body))
            mails = outbox(kit)
            kit.expect(
                bool(mails) and record[marker] in mails[-1].get("body", ""),
                f"{operation.id} does not fill in the record's words",
            )
