"""Answering: what an operation works out or generates from what it is asked, worked out a second time."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from mockserver.conformance import (
    AsHeld,
    Ask,
    CannotTell,
    Furnisher,
    Group,
    Inconclusive,
    Kind,
    Node,
    NotApplicable,
    Operation,
    Requester,
    Session,
    agree,
    as_json,
    check,
    claims,
    example_body,
    moment_of,
    named_key,
    other,
    quoted,
    read_body,
    resources_read,
    shown,
    tree_of,
    trees,
    variants,
    walk,
)

CLOCK = ("today()", "now()")
"""What rules call whose outcome depends on when it is worked out."""


def reply_rules(operation: Operation) -> dict[str, Any]:
    """The rules of what is answered."""
    return {name: operation.meaning[name] for name in ("let", "reply") if name in operation.meaning}


def asked_with(session: Session, operation: Operation, ask: Ask, who: Requester) -> dict[str, Any]:
    """The names that rules know besides the body's members: the parameters, and who asks."""
    references = {one.name: one.references for one in operation.parameters}
    names: dict[str, Any] = {
        name: named_key(value, resource) if (resource := references.get(name)) else value
        for name, value in ask.values.items()
    }
    known = claims(who.token)
    claimed = {word: known.get(name) for word, name in session.plan.contract.security.claims.items()}
    return {**names, "caller": {**claimed, "subject": who.subject}}


def asks(session: Session, group: Group, operation: Operation) -> Iterator[Ask]:
    """What to ask: as usual where no body is taken, else with each body that its schema allows."""
    usual = session.usual(group, operation, {})
    if operation.body is None:
        yield usual
        yield from named(session, operation, usual)
        return
    takes = operation.body.validator.allows
    yield from (usual.but(body=body) for body in bodies(session, group, operation) if takes(body))


def named(session: Session, operation: Operation, usual: Ask, who: Requester | None = None) -> Iterator[Ask]:
    """For each text that the address takes, each text of a record that rules look for; again when changed and gone.

    The record is that of ``who`` (default: this tenant).
    """
    rules = reply_rules(operation)
    texts = [one.name for one in operation.parameters if one.location == "path" and one.name in str(rules)]
    for resource, _ in sorted(resources_read(rules)) if len(texts) == 1 else ():
        found = session.plan.groups[resource]
        if not found.has((Kind.CREATE, Kind.READ, Kind.DELETE)):
            continue
        known = {name: session.body(found).get(name) for name in found.of_type("string") if name in str(rules)}
        record = session.create(found, {name: f"a+b%2B%41{one}" for name, one in known.items() if one}, who=who)
        fields = [name for name in known if record.get(name)]
        yield from (usual.but(values={**usual.values, texts[0]: str(record[name])}) for name in fields)
        yield from (usual.but(values={**usual.values, texts[0]: str(record[name]).swapcase()}) for name in fields[:1])
        if Kind.PATCH in found.operations:
            step = {"op": "replace", "path": f"/{found.marker}", "value": f"{session.mark} once more"}
            session.at(found, Kind.PATCH, record[found.key], body=[step], who=who)
            left = [name for name in fields if name != found.marker]
            yield from (usual.but(values={**usual.values, texts[0]: str(record[name])}) for name in left[:1])
        session.at(found, Kind.DELETE, record[found.key], who=who)
        yield from (usual.but(values={**usual.values, texts[0]: str(record[name])}) for name in fields[:1])


def bodies(session: Session, group: Group, operation: Operation) -> Iterator[dict[str, Any]]:
    """What to ask with: the document's example, records made for it, and each word that a member may have."""
    base = example_body(group, operation)
    yield base
    declared = read_body(group.contract, operation).properties
    if Kind.CREATE in group.operations:
        made = Furnisher(session).body(group, reply_rules(operation))
        yield {**base, **{name: value for name, value in made.items() if name in declared}}
    named = {name: keys for name, node in declared.items() if (keys := made_for(session, node))}
    for name, node in declared.items():
        for word in group.contract.document.follow(node).value.get("enum") or []:
            yield {**base, **named, name: word}


def made_for(session: Session, node: Node) -> list[str]:
    """For a list of foreign keys, every other one of the records that the run has made."""
    resource = str((node.child("x-mock").value or {}).get("references"))
    if resource not in session.plan.groups or node.value.get("type") != "array":
        return []
    return sorted(session.ours(session.plan.groups[resource]))[::2]


def compared(session: Session, group: Group, operation: Operation, ask: Ask, who: Requester | None = None) -> None:
    """Expect what is answered to be what the rule gives over what the target holds. Raises CannotTell."""
    reply = session.send(ask, who=who)
    held, rules = AsHeld(session), reply_rules(operation)
    this, names = held.view(group, ask.body), asked_with(session, operation, ask, who or session.own)
    names |= held.reader.named(rules.get("let") or {}, this, names)
    if reply.status == 404 and operation.body is None:
        there = as_json(held.reader.value(rules["reply"], this, names))
        session.expect(there is None, f"{operation.id} answers 404 for what its rule finds", shown(there, 150))
        return
    session.status(reply, 200, f"{operation.id} of existing records", operation)
    judged, unknown = 0, CannotTell("nothing in the reply can be computed independently")
    for name, rule in members_of_reply(rules["reply"]).items():
        try:
            wanted = as_json(held.reader.value(rule, this, names))
        except CannotTell as reason:  # one member looks at what cannot be listed: the others are judged all the same
            unknown = reason
            continue
        answer = session.value(reply)
        found = answer.get(name) if name and isinstance(answer, dict) else answer
        judged += 1
        session.expect(
            agree(wanted, found, ordered="records(" not in str(rules)),
            f"{operation.id} does not answer what its rule gives{f' ({name})' if name else ''}",
            f"wanted {shown(wanted, 150)}, found {shown(found, 150)}",
        )
    if not judged:
        raise unknown


def members_of_reply(rule: Any) -> dict[str, Any]:
    """The rules of a reply's members where it is ``dict(name=rule, …)``; else its own, under no name."""
    with suppress(SyntaxError):
        tree = tree_of(str(rule))
        if isinstance(tree, ast.Call) and ast.unparse(tree.func) == "dict" and tree.keywords and not tree.args:
            return {str(one.arg): ast.unparse(one.value) for one in tree.keywords}
    return {"": rule}


def worked_out(session: Session, group: Group) -> None:
    judged = False
    for operation in group.all(Kind.COMPUTE):
        if any(call in str(reply_rules(operation)) for call in CLOCK):
            continue
        for ask in asks(session, group, operation):
            try:
                with session.each(operation):
                    compared(session, group, operation, ask)
                    judged = True
            except CannotTell:
                continue
    if not judged:
        # What cannot be listed cannot be counted; what another tenant's records do to it is looked at elsewhere.
        raise Inconclusive("nothing computed could be computed independently")


@check(Kind.COMPUTE, writes=True)
def check_worked_out(session: Session, group: Group) -> None:
    """What an operation works out is what its rule gives over what is there"""
    furnisher = Furnisher(session)
    for operation in group.all(Kind.COMPUTE):
        furnisher.dependants(reply_rules(operation), group, {group.key: ""})
    worked_out(session, group)


@check(Kind.COMPUTE, writes=True)
def check_of_who_asks(session: Session, group: Group) -> None:
    """What an operation works out about whoever asks is about them, and about nobody else"""
    found = [(one, word, resource) for one in group.all(Kind.COMPUTE) for word, resource in about_caller(session, one)]
    if not found or session.own.mint is None:
        raise NotApplicable("nothing is computed about the caller, or the run makes no tokens")
    for operation, word, resource in found:
        target = session.plan.groups[resource]
        for record in (session.create(target), session.create(target)):
            token = session.own.mint(**{session.plan.contract.security.claims[word]: record[target.key]})
            with session.each(operation):
                who = replace(session.own, token=token)
                compared(session, group, operation, session.usual(group, operation, record), who)


def about_caller(session: Session, operation: Operation) -> Iterator[tuple[str, str]]:
    """The claims that rules find a record by, with its resource: ``find('contacts', caller.contact)``."""
    for tree in trees(reply_rules(operation)):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "find" and len(node.args) == 2:
                resource, word = (ast.unparse(one).strip("'").removeprefix("caller.") for one in node.args)
                known = session.plan.groups.get(resource)
                if word in session.plan.contract.security.claims and known and Kind.CREATE in known.operations:
                    yield word, resource


@check(Kind.COMPUTE, pair=True, writes=True)
def check_of_one_tenant(session: Session, group: Group) -> None:
    """What an operation works out depends on nothing that another tenant has"""
    for operation in group.all(Kind.COMPUTE):
        strangers = theirs(session, reply_rules(operation))
        for ask in asks(session, group, operation):
            with session.each(operation):
                reply = session.send(ask)
                shown = [one for one in strangers if one in str(session.value(reply))]
                session.expect(not shown, f"{operation.id} answers with another tenant's data", str(shown)[:200])
        for ask in named(session, operation, session.usual(group, operation, {}), other(session)):
            with session.each(operation), suppress(CannotTell):
                compared(session, group, operation, ask)
    with suppress(Inconclusive):
        worked_out(session, group)


def theirs(session: Session, rules: Any) -> list[str]:
    """The ids of records made in the other tenant, of each resource that ``rules`` look through."""
    made: list[str] = []
    for resource, _ in sorted(resources_read(rules)):
        one = session.plan.groups[resource]
        flags = {name: True for name in one.of_type("boolean") if name in str(rules)}
        wanted = [{}, *variants(rules, one)][:4] if Kind.CREATE in one.operations else []
        records = (session.create(one, {**flags, **fields}, who=other(session)) for fields in wanted)
        made += [str(record[one.key]) for record in records]
    return made


@check(Kind.GENERATE, Kind.READ, Kind.LIST, writes=True, owns=True)
def check_generated(session: Session, group: Group) -> None:
    """What is generated is stored once, as its rules give it, and is in the answer as it is stored"""
    for operation in group.all(Kind.GENERATE):
        for values in paths(session, group, operation):
            with session.each(operation):
                generated(session, group, operation, Ask(operation, values))


def paths(session: Session, group: Group, operation: Operation) -> Iterator[Mapping[str, str]]:
    """Values for the path: the usual ones, again (which makes another), and each word that a parameter may have."""
    usual = session.usual(group, operation, {}).values
    yield usual
    yield usual
    for parameter in operation.parameters:
        for word in (parameter.validator.node.value or {}).get("enum") or [] if parameter.location == "path" else ():
            if word != usual.get(parameter.name):
                yield {**usual, parameter.name: word}
        if parameter.location == "path" and parameter.references:
            other = session.plan.groups[parameter.references]
            for fields in variants(operation.meaning.get("values"), other) if Kind.CREATE in other.operations else ():
                yield {**usual, parameter.name: str(session.create(other, fields)[other.key])}


def ids(session: Session, group: Group) -> set[str]:
    return {one[group.key] for one in walk(session, group, Ask(group.one(Kind.LIST)))}


def generated(session: Session, group: Group, operation: Operation, ask: Ask) -> None:
    before = ids(session, group)
    reply = session.send(ask)
    session.status(reply, 200, f"{operation.id} from existing records", operation)
    new = sorted(ids(session, group) - before)
    session.records.remember(session.own.tenant, [(group.name, one) for one in new if one not in session.ours(group)])
    session.expect(len(new) == 1, f"{operation.id} does not leave exactly one record", f"{len(new)} new ones")
    record = session.read(group, new[0])
    held = AsHeld(session, moment_of(group, record))
    names = asked_with(session, operation, ask, session.own)
    names |= held.reader.named(operation.meaning.get("let") or {}, None, names)
    if creator := group.resource.stamps.get("created-by"):
        cause = f"{operation.id} stores a record of which {creator} is not who asked for it"
        session.prefer(record.get(creator) == session.create(group).get(creator), cause, quoted(record.get(creator)))
    for name, rule in operation.meaning["values"].items():
        wanted = as_json(held.reader.value(rule, None, names))
        cause = f"{group.name}.{name} is not what {operation.id} generates by its rule"
        session.expect(
            wanted is None or agree(wanted, record.get(name)),
            cause,
            f"wanted {shown(wanted, 150)}, found {shown(record.get(name), 150)}",
        )
    if rule := operation.meaning.get("reply"):
        wanted = as_json(held.reader.value(rule, None, {**names, "it": held.view(group, record)}))
        found = session.value(reply)
        session.expect(
            agree(wanted, found, ordered=False),
            f"{operation.id} does not answer what its rule gives",
            f"wanted {shown(wanted, 150)}, found {shown(found, 150)}",
        )
