"""Steps that several checks take: change a record, send a batch, name what the run may use."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from itertools import count
from typing import Any

from mockserver.conformance.batch_items import update_item
from mockserver.conformance.check_plan import Group
from mockserver.conformance.expected_refusals import expect_refusal
from mockserver.conformance.findings import NotApplicable
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.identity import Requester, claims
from mockserver.conformance.wire.traffic import Received
from mockserver.contract import Kind, Operation
from mockserver.contract.operation import How
from mockserver.contract.resource import Reference
from mockserver.values.equality import same_json

LONG_AGO = 1_000_000_000
"""September 2001, in seconds since 1970."""


def other(session: Session) -> Requester:
    """The second identity of the run, which only checks of a ``pair`` may ask for."""
    assert session.other
    return session.other


def usable(session: Session, group: Group) -> Iterator[Operation]:
    """The operations this run may use."""
    return (one for one in group.all() if session.may(one))


def put(session: Session, group: Group, record_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Replace and return what was answered; Broken when it is refused."""
    operation = group.one(Kind.REPLACE)
    reply = session.at(group, Kind.REPLACE, record_id, body={**body, group.key: record_id})
    session.status(reply, 200, f"{operation.id} of a valid record", operation)
    return dict(session.value(reply))


def patch(
    session: Session, group: Group, record: Mapping[str, Any], steps: list[dict[str, Any]], what: str
) -> dict[str, Any]:
    """Apply ``steps`` and return what is then read; Broken when they are refused or the answer differs."""
    operation = group.one(Kind.PATCH)
    reply = session.at(group, Kind.PATCH, record[group.key], body=steps)
    session.status(reply, 200, f"a patch that {what}", operation)
    found = session.read(group, record[group.key])
    session.same(session.value(reply), found, "PATCH answers a different record from read")
    return found


def refused(
    session: Session,
    group: Group,
    record: Mapping[str, Any],
    steps: list[dict[str, Any]],
    what: str,
    *,
    status: int = 400,
) -> None:
    """Expect ``steps`` to be refused and the record to be just what it was, stamps included."""
    operation = group.one(Kind.PATCH)
    with session.each(operation):
        reply = session.at(group, Kind.PATCH, record[group.key], body=steps)
        session.same(record, session.read(group, record[group.key]), f"a patch that {what} changed the record")
        _answered(session, group, reply, what, status)


def all_refused(
    session: Session, group: Group, record: Mapping[str, Any], cases: Mapping[str, Any], *, status: int = 400
) -> None:
    """Expect each of the patches ``cases``, by what it does, to be refused, and all together to change nothing.

    The record is read once they were all tried; if it has changed, each is tried again, to tell which does it.
    """
    for what, steps in cases.items():
        with session.each(group.one(Kind.PATCH)):
            _answered(session, group, session.at(group, Kind.PATCH, record[group.key], body=steps), what, status)
    left = session.read(group, record[group.key])
    for what, steps in cases.items() if not same_json(left, dict(record)) else ():
        refused(session, group, session.read(group, record[group.key]), steps, what, status=status)
    session.same(record, left, "a refused patch changed the record")


def _answered(session: Session, group: Group, reply: Received, what: str, status: int) -> None:
    operation = group.one(Kind.PATCH)
    if status == HTTPStatus.BAD_REQUEST:
        expect_refusal(session, group, operation, reply, f"a patch that {what}")
    else:
        session.status(reply, status, f"a patch that {what}", operation)


Change = Callable[[dict[str, Any]], object]


def stamp(group: Group, name: str) -> str:
    """The field of a stamp. Raises NotApplicable where the resource has none."""
    if name not in group.resource.stamps:
        raise NotApplicable(f"there is no {name} stamp")
    return group.resource.stamps[name]


def moving(group: Group) -> frozenset[str]:
    """The fields that every change of a record moves: who changed it, when, and how many times."""
    names = ("modified-at", "modified-by", "version")
    return frozenset(group.resource.stamps[name] for name in names if name in group.resource.stamps)


def changes(session: Session, group: Group) -> Iterator[tuple[str, Change]]:
    """Each way to change a record, as far as the document has it."""
    turns = count(1)

    def step() -> list[dict[str, Any]]:
        """A patch that changes the record, however often it was changed before: one change of two steps."""
        value, path = f"{session.mark} changed {next(turns)}", f"/{group.marker}"
        return [{"op": "replace", "path": path, "value": one} for one in (f"{value}, nearly", value)]

    if Kind.REPLACE in group.operations:
        yield "PUT", lambda record: put(session, group, record[group.key], session.body(group))
    if Kind.PATCH in group.operations:
        yield "PATCH", lambda record: patch(session, group, record, step(), "replaces a field")
    for operation in group.all(Kind.NOTICE):
        yield "a notice", lambda record, one=operation: session.send(session.usual(group, one, record))  # type: ignore[misc]
    for operation in group.all(Kind.BATCH):
        for name, item in (
            ("patch", lambda record_id: {"verb": "patch", "key": record_id, "patch": step()}),
            ("update", lambda record_id: update_item(group, record_id, session.body(group))),
        ):
            yield (
                f"a batch's {name}",
                lambda record, one=operation, made=item: session.send(
                    Ask(one, body=one.batch.body([made(record[group.key])]))
                ),  # type: ignore[misc]
            )


def marked(session: Session, group: Group, operation_id: str) -> dict[str, Any]:
    """Search parameters that this run's records meet, and no others where the mark can be searched for."""
    operation = next(one for one in group.all(Kind.SEARCH) if one.id == operation_id)
    for name, criterion in operation.criteria.items():
        if criterion.field == group.marker and criterion.how is How.CONTAINS:
            return {name: session.mark}
    return {}


A_KEY = "b81d4fae-7dec-41d0-a765-00a0c91e6bf6"
"""What the key of a record that is made may look like: a field that takes no such key names no record of a check."""


def references(session: Session, group: Group) -> list[Reference]:
    """Foreign keys of this resource whose records this run can make. Raises NotApplicable where there are none."""
    made = [one for one in group.references if Kind.CREATE in session.plan.groups[one.resource].operations]
    found = [
        one for one in made if group.values.allows(group.writable[one.field], naming(group, one, A_KEY)[one.field])
    ]
    if not found:
        raise NotApplicable("there is no foreign key into this document")
    return found


def required_references(session: Session, group: Group) -> list[Reference]:
    """Of ``references``, those whose records must be there: a key into another module may be refused or kept.

    Raises NotApplicable.
    """
    found = [one for one in references(session, group) if not one.crosses]
    if not found:
        raise NotApplicable("there is no foreign key within the module")
    return found


def naming(group: Group, reference: Reference, record_id: str) -> dict[str, Any]:
    """The field of ``reference`` that names the record ``record_id``, in a list where the field is one."""
    is_list = group.values.type_of(group.field(reference.field)) == "array"
    return {reference.field: [record_id] if is_list else record_id}


def bad_headers(session: Session) -> Iterator[tuple[str, str]]:
    """Authorization headers that must not pass: what is wrong, and the header (empty: none at all)."""
    token = session.own.token or ""
    yield "without a token", ""
    yield "with an empty token", "Bearer "
    yield "with another scheme", f"Basic {base64.b64encode(b'user:password').decode()}"
    yield "with the bare token", token
    yield "with an unknown scheme", f"Token {token}"
    yield "with a malformed token", "Bearer not-a-token"
    yield "with more behind its token", f"Bearer {token}more"
    yield "with more before its token", f"Bearer more{token}"
    yield from _forged(token)
    yield from _minted(session.own)


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


def _minted(identity: Requester) -> Iterator[tuple[str, str]]:
    """Tokens of the right issuer with claims that must not do."""
    if identity.mint is None:
        return
    yield "that has expired", f"Bearer {identity.mint(exp=LONG_AGO)}"
    yield "that is not valid yet", f"Bearer {identity.mint(nbf=4_000_000_000)}"
    yield "for another audience", f"Bearer {identity.mint(aud='https://elsewhere.example')}"
    yield "without an expiry", f"Bearer {identity.mint(exp=None)}"
    yield "whose expiry is a string", f"Bearer {identity.mint(exp='soon')}"
    yield "whose start is a string", f"Bearer {identity.mint(nbf='soon')}"
    yield "for several other audiences", f"Bearer {identity.mint(aud=['https://elsewhere.example', 'urn:other'])}"
    known = claims(identity.token or "")
    if isinstance(began := known.get("iat"), int | float):
        # Counted from the run's own token, since the target's clock may be another than ours.
        yield "that expired two minutes ago", f"Bearer {identity.mint(exp=int(began) - 120)}"
        yield "that is not valid for another hour", f"Bearer {identity.mint(nbf=int(began) + 3_600)}"
    if "aud" in known:
        yield "without an audience", f"Bearer {identity.mint(aud=None)}"


def expired(token: str) -> str:
    """A JSON Web Token that nobody signed and that has expired, with what ``token`` claims if it is one."""
    said = {**claims(token), "exp": LONG_AGO, "iat": LONG_AGO - 60}
    return ".".join((_encoded({"alg": "HS256", "typ": "JWT"}), _encoded(said), "bm90LXNpZ25lZA"))


def _encoded(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
