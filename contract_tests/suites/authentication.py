"""Authentication: no operation answers without a good token, and nothing happens meanwhile."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from contract_tests.asking import Ask
from contract_tests.kit import Identity, Kit, claims
from contract_tests.plan import Group
from contract_tests.suites.isolation import usable
from contract_tests.verdicts import NotApplicable, NotJudged, check
from contract_tests.walking import walk
from mockserver.contract import Kind


def bad_headers(kit: Kit) -> Iterator[tuple[str, str]]:
    """Authorization headers that must not pass: what is wrong, and the header (empty: none at all)."""
    token = kit.own.token or ""
    yield "without a token", ""
    yield "with an empty token", "Bearer "
    yield "with another scheme", f"Basic {base64.b64encode(b'user:password').decode()}"
    yield "with the bare token", token
    yield "with a token that is none", "Bearer not-a-token"
    yield from _forged(token)
    yield from _minted(kit.own)


def _forged(token: str) -> Iterator[tuple[str, str]]:
    """What anybody can make of a token without its key."""
    head, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    if not signature:
        return
    yield "without its signature", f"Bearer {head}.{payload}."
    yield "with a broken signature", f"Bearer {head}.{payload}.{signature[::-1]}"
    yield "that is cut short", f"Bearer {token[: len(token) // 2]}"
    altered = _encoded({**claims(token), "sub": "someone-else"})
    yield "with altered claims", f"Bearer {head}.{altered}.{signature}"
    yield "that is not signed", f"Bearer {_encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}."


def _minted(identity: Identity) -> Iterator[tuple[str, str]]:
    """Tokens of the right issuer with claims that must not do."""
    if identity.mint is None:
        return
    yield "that has expired", f"Bearer {identity.mint(exp=1_000_000_000)}"
    yield "that is not valid yet", f"Bearer {identity.mint(nbf=4_000_000_000)}"
    yield "for another audience", f"Bearer {identity.mint(aud='https://elsewhere.example')}"
    yield "without an expiry", f"Bearer {identity.mint(exp=None)}"


def _encoded(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@check(code=311)
def check_every_operation(kit: Kit, group: Group) -> None:
    """Every operation refuses a missing, malformed, forged or outdated token with 401."""
    record = kit.sample(group)[0]
    for operation in usable(kit, group):
        if operation.secured:
            ask = kit.usual(group, operation, record)
            for what, header in bad_headers(kit):
                with kit.each(operation):
                    reply = kit.send(ask, headers={"Authorization": header})
                    kit.status(
                        reply,
                        401,
                        f"{operation.id} {what if 'token' in what or 'scheme' in what else 'with a token ' + what}",
                        operation,
                    )
    if Kind.READ in group.operations:
        kit.same(record, kit.read(group, record[group.key]), "a request with a bad token changed a record")


@check(code=311)
def check_claims(kit: Kit, group: Group) -> None:
    """A token that does not tell its tenant, or whose it is, opens nothing."""
    if kit.own.mint is None:
        raise NotJudged("no tokens with other claims can be made in this run")
    named = kit.plan.contract.security.claims.get("tenant")
    record = kit.sample(group)[0]
    for what, claim in (("its tenant", named), ("its subject", "sub")):
        for operation in usable(kit, group) if claim else ():
            if operation.secured:
                with kit.each(operation):
                    header = f"Bearer {kit.own.mint(**{str(claim): None})}"
                    reply = kit.send(kit.usual(group, operation, record), headers={"Authorization": header})
                    told = f"{operation.id} with a token that does not tell {what}: answered {reply.status}"
                    kit.expect(reply.status in (401, 403), f"{told}, wanted 401 or 403")


@check(Kind.CREATE, writes=True, code=308)
def check_nothing_happens(kit: Kit, group: Group) -> None:
    """A create with a bad token makes nothing."""
    create = group.one(Kind.CREATE)
    if not create.secured or Kind.LIST not in group.operations:
        raise NotApplicable("the create takes no token, or there is no list to look into")
    before = {one[group.key] for one in walk(kit, group, Ask(group.one(Kind.LIST)))}
    body = kit.body(group)
    allowed = before | kit.ours(group)
    for _, header in bad_headers(kit):
        kit.send(Ask(create, body=body), headers={"Authorization": header})
    after = {one[group.key] for one in walk(kit, group, Ask(group.one(Kind.LIST)))}
    kit.expect(
        after <= allowed | {made.id for made in kit.records.left() if made.resource != group.name},
        "a create with a bad token made a record",
    )


@check(Kind.LIST)
def check_token_elsewhere(kit: Kit, group: Group) -> None:
    """A token in the query is no token."""
    operation = group.one(Kind.LIST)
    if not operation.secured:
        raise NotApplicable("the list takes no token")
    reply = kit.send(Ask(operation, query={"access_token": kit.own.token or "x"}), headers={"Authorization": ""})
    kit.status(reply, 401, f"{operation.id} with its token in the query", operation)


@check(Kind.LIST)
def check_order(kit: Kit, group: Group) -> None:
    """Who asks is judged before what is asked: a bad token with a bad request is a bad token."""
    operation = group.one(Kind.LIST)
    if not operation.secured or operation.page is None or not operation.page.key:
        raise NotApplicable("the list takes no token or no key")
    reply = kit.send(Ask(operation, query={operation.page.key: "no key at all!"}), headers={"Authorization": ""})
    kit.status(reply, 401, f"a malformed {operation.id} without a token", operation)
