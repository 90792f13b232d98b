"""Authentication: no operation answers without a good token, and nothing happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.conformance import (
    Ask,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Session,
    bad_headers,
    check,
    claims,
    quoted,
    usable,
    walk,
)


@check(code=311, every=6, divides=True)
def check_every_operation(session: Session, group: Group) -> None:
    """Every operation refuses a missing, malformed, forged or outdated token with 401."""
    record = session.sample(group)[0]
    for operation in usable(session, group):
        if operation.secured:
            ask = session.usual(group, operation, record)
            for what, header in session.some(bad_headers(session), operation.id):
                with session.each(operation):
                    reply = session.send(ask, headers={"Authorization": header})
                    session.status(
                        reply,
                        401,
                        f"{operation.id} {what if 'token' in what or 'scheme' in what else 'with a token ' + what}",
                        operation,
                    )
                    challenge = reply.header("WWW-Authenticate")
                    session.prefer(bool(challenge), "a 401 does not say how to authenticate (RFC 9110, 15.5.2)")
    if Kind.READ in group.operations:
        session.same(record, session.read(group, record[group.key]), "a request with a bad token changed a record")


@check()
def check_good_tokens(session: Session, group: Group) -> None:
    """A token is as good with one audience of several, without what nobody needs, and with more than that."""
    mint, operation = session.own.mint, next((one for one in usable(session, group) if one.secured), None)
    if mint is None or operation is None:
        raise Inconclusive("no tokens with other claims can be made in this run")
    ask = session.usual(group, operation, session.sample(group)[0])
    words, audience = session.plan.contract.security.claims, claims(session.own.token).get("aud")
    spare = {claim: None for word, claim in words.items() if word != "tenant"}
    cases: dict[str, dict[str, Any]] = {"of nobody in particular": spare, "that says more": {"more": ["than", "that"]}}
    if isinstance(expiry := claims(session.own.token).get("exp"), int):
        cases["that expires within a second"] = {"exp": expiry + 0.5}  # RFC 7519, 2: a moment may have a fraction
    cases |= {"for several audiences": {"aud": ["urn:other", audience]}} if isinstance(audience, str) else {}
    for what, changed in cases.items():
        with session.each(operation):
            good = session.send(ask).status
            reply = session.send(ask, headers={"Authorization": f"Bearer {mint(**changed)}"})
            session.prefer(reply.status == good, f"a token {what} is refused", f"answered {reply.status}")


@check(code=311, every=6, divides=True)
def check_claims(session: Session, group: Group) -> None:
    """A token that does not tell its tenant, or whose it is, or tells it in another form, opens nothing."""
    if session.own.mint is None:
        raise Inconclusive("no tokens with other claims can be made in this run")
    named = session.plan.contract.security.claims.get("tenant")
    record = session.sample(group)[0]
    wrong: list[tuple[str, str | None, Any]] = [
        (what, claim, value) for what, claim in (("its tenant", named), ("its subject", "sub")) for value in (None, "")
    ]
    wrong.append(("one tenant", named, [session.own.tenant]))
    known = [one for one in wrong if one[1]]
    for operation in usable(session, group):
        if operation.secured:
            for what, claim, value in session.some(known, operation.id):
                with session.each(operation):
                    header = f"Bearer {session.own.mint(**{str(claim): value})}"
                    reply = session.send(session.usual(group, operation, record), headers={"Authorization": header})
                    cause = f"{operation.id} with a token that does not give {what}: answered {reply.status}"
                    session.expect(reply.status in (401, 403), f"{cause}, wanted 401 or 403")


@check(code=311, every=6, divides=True)
def check_types_of_claims(session: Session, group: Group) -> None:
    """A token with a claim of a wrong JSON type opens nothing, however near to a good one (RFC 7519, 4.1)."""
    mint, operation = session.own.mint, next((one for one in usable(session, group) if one.secured), None)
    if mint is None or operation is None:
        raise Inconclusive("no tokens with other claims can be made in this run")
    ask = session.usual(group, operation, session.sample(group)[0])
    for claim, value in session.some(mistyped_claims(session)):
        with session.each(operation):
            reply = session.send(ask, headers={"Authorization": f"Bearer {mint(**{claim: value})}"})
            cause = f"{operation.id} with a token whose {claim} is of a wrong type"
            detail = f"{claim} is {quoted(value)}"
            session.expect(reply.status in (401, 403), f"{cause}: answered {reply.status}, wanted 401", detail)


def mistyped_claims(session: Session) -> Iterator[tuple[str, Any]]:
    """Claims with values that only a lenient reader takes for good ones: of other types, or around a good one."""
    known, named = claims(session.own.token), session.plan.contract.security.claims
    later = known.get("exp", 4_000_000_000)  # as a text it is a number to widespread readers of tokens
    wrong: dict[str, tuple[Any, ...]] = {
        "exp": (True, [later], {"value": later}),
        "nbf": ([1], {"value": 1}),
    }
    for claim in ("sub", str(named.get("tenant"))):
        good = known.get(claim, "someone")
        wrong[claim] = (4_711, True, [good], {str(good): good})
    if isinstance(audience := known.get("aud"), str):
        around = (f"{audience}x", audience[:-1], audience.upper())
        wrong["aud"] = (4_711, True, {audience: audience}, [[audience]], *around)
    for claim, values in wrong.items():
        yield from ((claim, value) for value in values)


@check(Kind.CREATE, writes=True, code=308, every=3, divides=True)
def check_nothing_happens(session: Session, group: Group) -> None:
    """A create with a bad token makes nothing."""
    create = group.one(Kind.CREATE)
    if not create.secured or Kind.LIST not in group.operations:
        raise NotApplicable("the create takes no token, or there is no list to look into")
    before = {one[group.key] for one in walk(session, group, Ask(group.one(Kind.LIST)))}
    body = session.body(group)
    allowed = before | session.ours(group)
    for _, header in session.some(bad_headers(session)):
        session.send(Ask(create, body=body), headers={"Authorization": header})
    after = {one[group.key] for one in walk(session, group, Ask(group.one(Kind.LIST)))}
    session.expect(
        after <= allowed | {made.id for made in session.records.left() if made.resource != group.name},
        "a create with a bad token made a record",
    )


@check()
def check_open_to_all(session: Session, group: Group) -> None:
    """What takes no token is answered without one as it is with one"""
    found = [one for one in usable(session, group) if not one.secured]
    if not found:
        raise NotApplicable("everything takes a token")
    for operation in found:
        with session.each(operation):
            ask = session.usual(group, operation, {})
            wanted = session.send(ask).status
            reply = session.send(ask, headers={"Authorization": ""})
            session.status(reply, wanted, f"{operation.id}, which takes none, without a token", operation)


@check(Kind.LIST)
def check_token_elsewhere(session: Session, group: Group) -> None:
    """A token in the query or in a cookie is not a token."""
    operation = group.one(Kind.LIST)
    if not operation.secured:
        raise NotApplicable("the list takes no token")
    reply = session.send(
        Ask(operation, query={"access_token": session.own.token or "x"}), headers={"Authorization": ""}
    )
    session.status(reply, 401, f"{operation.id} with its token in the query", operation)
    cookies = "; ".join(f"{name}={session.own.token or 'x'}" for name in ("token", "access_token", "Authorization"))
    reply = session.send(Ask(operation), headers={"Authorization": "", "Cookie": cookies})
    session.status(reply, 401, f"{operation.id} with its token in a cookie", operation)


@check()
def check_order(session: Session, group: Group) -> None:
    """Who asks is judged before what is asked: a bad token with a bad request is a bad token."""
    lists = [one for one in group.all(Kind.LIST) if one.secured and one.page and one.page.key and session.may(one)]
    taking = [one for one in group.all(Kind.CREATE, Kind.PATCH) if one.secured and session.may(one)]
    if not lists and not taking:
        raise NotApplicable("nothing that takes a token takes a key or a body")
    for operation in lists:
        ask = Ask(operation, query={operation.page.key if operation.page else "": "no key at all!"})
        reply = session.send(ask, headers={"Authorization": ""})
        session.status(reply, 401, f"a malformed {operation.id} without a token", operation)
    for operation in taking:
        ask = session.usual(group, operation, {group.key: f"missing-{session.mark}"})
        target = ask.request_target(session.plan.contract.tenant, session.own.tenant)
        headers = {"Authorization": "", "Content-Type": "application/json"}
        with session.each(operation):
            reply = session.raw(operation.method, target, b'{"cut": off', headers=headers)
            session.status(reply, 401, f"{operation.id} with a body that is not JSON and without a token", operation)
