"""Shapes: errors that say what is wrong, methods and paths that are not there, browsers on other origins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeGuard

from mockserver.conformance import (
    CORS,
    Ask,
    Group,
    Inconclusive,
    Kind,
    NotApplicable,
    Received,
    Session,
    allowed,
    check,
    quoted,
    usable,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ORIGIN = "https://app.example.com"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"
MISTYPED = 3
"""How many members of one body have a wrong type."""
ACCEPTED = {
    "that accepts anything": "*/*",
    "that accepts JSON as its second choice": "text/html, application/json;q=0.9",
    "that does not say what it accepts": "",
}
"""What clients that take JSON say of it."""
LONG = 500
"""How often four letters make a very long id."""


def error_shape(session: Session, reply: Received, what: str) -> None:
    """Expect a message, and errors that each have a path and a message."""
    body = session.value(reply)
    session.expect(
        isinstance(body, dict) and isinstance(body.get("message"), str) and body["message"] != "",
        f"{what} has no message",
    )
    errors = body.get("errors", [])
    well = isinstance(errors, list) and all(isinstance(one, dict) and {"path", "message"} <= set(one) for one in errors)
    session.expect(well, f"{what} has errors without path or message", str(errors)[:200])


def refusals(
    session: Session, group: Group, headers: Mapping[str, str] | None = None
) -> Iterator[tuple[int, Received]]:
    """One reply for each status that a caller can provoke by reading."""
    missing, sent = {group.key: f"missing-{session.mark}"}, headers or {}
    for operation in group.all(Kind.READ):
        some = {operation.projection: group.key} if operation.projection else {}
        yield 404, session.send(session.usual(group, operation, missing).but(query=some), headers=sent)
    for operation in group.all(Kind.LIST):
        yield 401, session.send(Ask(operation), headers={"Authorization": "", **sent})
        yield 403, session.send(Ask(operation), tenant=f"{session.own.tenant}-of-somebody-else", headers=sent)
        if operation.page and operation.page.key:
            yield 400, session.send(Ask(operation, query={operation.page.key: "no key at all!"}), headers=sent)


@check()
def check_errors(session: Session, group: Group) -> None:
    """Every refusal has the one error shape, and is JSON."""
    for status, reply in refusals(session, group):
        with session.each():
            session.status(reply, status, f"a request to be refused with {status}")
            error_shape(session, reply, f"a {status}")


@check(Kind.CREATE, writes=True)
def check_errors_name_the_place(session: Session, group: Group) -> None:
    """A refused body is told every member that is wrong, by its path."""
    _all_mistyped(session, group)
    _inner_named(session, group)
    required = sorted(group.required - group.foreign_keys)
    if not required:
        raise NotApplicable("there is no required field")
    body = {name: value for name, value in session.body(group).items() if name not in required}
    reply = session.send(Ask(group.one(Kind.CREATE), body=body))
    session.status(reply, 400, "a create without its required fields", group.one(Kind.CREATE))
    _all_named(session, reply, required)
    if Kind.REPLACE in group.operations and group.bodies[Kind.REPLACE].required & set(required):
        with session.each(group.one(Kind.REPLACE)):
            key = session.create(group)[group.key]
            reply = session.at(group, Kind.REPLACE, key, body={**body, group.key: key})
            session.status(reply, 400, "a PUT without its required fields", group.one(Kind.REPLACE))
            _all_named(session, reply, sorted(group.bodies[Kind.REPLACE].required & set(required)))


def _all_mistyped(session: Session, group: Group) -> None:
    """Expect a create to name each of some members that have a wrong type."""
    operation = group.one(Kind.CREATE)
    names = [name for name in group.of_type("string") if name != group.key][:MISTYPED]
    body = {**session.body(group), **dict.fromkeys(names, 7)}
    with session.each(operation):
        reply = session.send(Ask(operation, body=body))
        session.status(reply, 400, f"{operation.id} with numbers for texts", operation)
        _all_named(session, reply, names, "mistyped")


def _inner_named(session: Session, group: Group) -> None:
    """Expect a create to name the very member of an object, in a list or not, that has a wrong type."""
    operation, body = group.one(Kind.CREATE), session.body(group)
    for name, value in body.items():
        inner = value[0] if isinstance(value, list) and value else value
        texts = [one for one, text in inner.items() if isinstance(text, str)] if _is_object(inner) else []
        member = next(iter(texts), None)
        if member is None or allowed(group, Kind.CREATE, wrong := {**body, name: _with(value, member, 7)}):
            continue
        with session.each(operation):
            reply = session.send(Ask(operation, body=wrong))
            session.status(reply, 400, f"{operation.id} with a number for a text inside {name}", operation)
            paths = " ".join(str(one.get("path", "")) for one in session.value(reply).get("errors") or [])
            place = f"{name}/0/{member}" if isinstance(value, list) else f"{name}/{member}"
            cause = f"a 400 does not name what is wrong inside {name}"
            session.prefer(place in paths, cause, f"{place}: {paths[:200]}")


def _escaped(step: str) -> str:
    """A step of a path with its first letter escaped, which changes nothing (RFC 3986, 6.2.2.2)."""
    return f"%{ord(step[0]):02X}{step[1:]}" if step[:1].isalnum() else step


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _with(value: Any, member: str, inner: object) -> Any:
    """An object, or a list whose first item that is, with another ``member``."""
    return [_with(value[0], member, inner), *value[1:]] if isinstance(value, list) else {**value, member: inner}


def _all_named(session: Session, reply: Received, wrong: list[str], how: str = "missing") -> None:
    """Expect a refusal to name each of the members that are ``wrong``."""
    error_shape(session, reply, "a 400")
    errors = session.value(reply).get("errors") or []
    paths = " ".join(str(one.get("path", "")) for one in errors)
    untold = [name for name in wrong if name not in paths]
    # A list of errors is complete; without one, the message says it all, for a person to read.
    hold = session.expect if errors else session.prefer
    hold(not untold, f"a 400 does not name every {how} field ({', '.join(untold)})", paths[:200])


@check(Kind.READ)
def check_odd_addresses(session: Session, group: Group) -> None:
    """An id is the same however it is escaped, but not escaped twice or too long; what is said twice does no harm."""
    record = session.sample(group)[0]
    for operation in group.all(Kind.READ):
        ask = session.usual(group, operation, record)
        plain = ask.request_target(session.plan.contract.tenant, session.own.tenant).partition("?")[0]
        start, _, record_id = plain.rpartition("/")
        escaped = f"{start}/{_escaped(record_id)}"
        wanted = session.read(group, record[group.key])
        for what, address in (
            ("whose id is escaped", escaped),
            ("all of whose path is escaped", "/".join(map(_escaped, plain.split("/")))),
            ("with an unknown parameter", f"{plain}?x-{session.mark}=1"),
        ):
            with session.each(operation):
                reply = session.raw("GET", address)
                if address != escaped:  # no document says what becomes of it
                    session.prefer_one_of(reply, (HTTPStatus.OK,), f"{operation.id} {what} is refused")
                session.status(reply, 200, f"{operation.id} {what}", operation)
                session.same(wanted, session.value(reply), f"{operation.id} {what} answers another record")
        if escaped != plain:
            with session.each(operation):
                reply = session.raw("GET", escaped.replace("%", "%25"))
                what = f"{operation.id} by an id that is escaped twice"
                session.expect(400 <= reply.status < 500, f"{what} is not refused", f"answered {reply.status}")
        with session.each(operation):
            reply = session.raw("GET", f"{start}/{'long' * LONG}")
            what = f"{operation.id} by a very long id"
            session.expect(400 <= reply.status < 500, f"{what} is not refused", f"answered {reply.status}")
        if operation.projection:
            names = [*record][:3]
            with session.each(operation):
                reply = session.raw("GET", f"{plain}?{operation.projection}={','.join(names)}")
                session.status(reply, 200, f"{operation.id} of fields with commas as they are", operation)
                some = {name: wanted[name] for name in {group.key, *names} if name in wanted}
                cause = f"{operation.id} does not take commas that are not escaped"
                session.same(some, session.value(reply), cause)
            twice = "&".join(f"{operation.projection}={name}" for name in [*record][:2])
            with session.each(operation):
                reply = session.raw("GET", f"{plain}?{twice}")
                what = f"{operation.id} with {operation.projection} twice"
                session.expect(
                    reply.status < 500, f"{what} is neither answered nor refused", f"answered {reply.status}"
                )


@check(Kind.READ)
def check_accepted(session: Session, group: Group) -> None:
    """Whoever accepts JSON, in whatever words, gets it."""
    record = session.sample(group)[0]
    for operation in group.all(Kind.READ):
        ask, wanted = session.usual(group, operation, record), session.read(group, record[group.key])
        for what, accepted in ACCEPTED.items():
            with session.each(operation):
                reply = session.send(ask, headers={"Accept": accepted, "User-Agent": BROWSER})
                session.status(reply, 200, f"{operation.id} {what}", operation)
                session.same(wanted, session.value(reply), f"{operation.id} {what} answers another record")
        with session.each(operation):
            reply = session.send(ask, headers={"Content-Type": "application/json"})
            session.prefer_one_of(reply, (HTTPStatus.OK,), f"{operation.id} with the media type of no body is refused")


@check(owns=True, code=110)
def check_methods(session: Session, group: Group) -> None:
    """A method that a path does not have is refused with 405 and exactly the methods it has."""
    if session.limits.reads_only:
        raise Inconclusive("other methods are not sent where only reading is allowed")
    paths = group.contract.paths
    for operation in {one.path: one for one in group.all()}.values():
        wanted = set(paths[operation.path])
        request_target = session.usual(group, operation, {group.key: f"missing-{session.mark}"}).request_target(
            session.plan.contract.tenant, session.own.tenant
        )
        for method in METHODS:
            if method in wanted:
                continue
            with session.each(operation):
                reply = session.raw(method, request_target)
                session.status(reply, 405, f"{method} where the document has {', '.join(sorted(wanted))}", operation)
                allowed = {one.strip() for one in (reply.header("Allow") or "").split(",")} - {"OPTIONS", "HEAD", ""}
                session.expect(
                    allowed == wanted, f"Allow does not list {', '.join(sorted(wanted))}", f"it lists {sorted(allowed)}"
                )
                error_shape(session, reply, "a 405")


@check(owns=True)
def check_unknown_paths(session: Session, group: Group) -> None:
    """A path that the document does not have gets the same denial as a foreign tenant."""
    if session.limits.reads_only:
        raise Inconclusive("paths outside the document are not asked for where only reading is allowed")
    known = group.all(Kind.LIST)[0].path if Kind.LIST in group.operations else group.all()[0].path
    base = Ask(group.all()[0]).request_target(session.plan.contract.tenant, session.own.tenant).split("?")[0]
    for request_target in ("/no-such-thing", f"{base}/no/such/thing/at/all", f"/{known.split('/')[1]}"):
        with session.each():
            reply = session.raw("GET", request_target)
            session.status(reply, 403, "a path that the document does not have")
            error_shape(session, reply, "a denial")
            lacking = [name for name in CORS if reply.header(name) is None]
            session.expect(not lacking, f"a denial lacks {', '.join(lacking)}")
    first, _, rest = base[1:].partition("/")
    for what, request_target in (
        ("ends in a slash", f"{base}/"),
        ("has another case", f"/{first[:1].swapcase()}{first[1:]}/{rest}"),
    ):
        with session.each():
            reply = session.raw("GET", request_target)
            session.prefer(reply.status == 403, f"a path that {what} is answered", f"answered {reply.status}")


@check()
def check_other_origins(session: Session, group: Group) -> None:
    """A page of another origin may read replies, refusals among them."""
    asked = {"Origin": ORIGIN}
    lists = [(200, session.send(Ask(one), headers=asked)) for one in group.all(Kind.LIST)]
    for _, reply in [*lists, *refusals(session, group, asked)]:
        with session.each():
            allowed = reply.header("Access-Control-Allow-Origin")
            session.expect(
                allowed in ("*", ORIGIN), f"a {reply.status} cannot be read by pages of other origins", quoted(allowed)
            )


@check(owns=True)
def check_preflights(session: Session, group: Group) -> None:
    """A browser's preflight passes without a token, on every path and for every method, with the headers it needs."""
    if session.limits.reads_only:
        raise Inconclusive("preflights are not operations of the document")
    for operation in usable(session, group):
        request_target = session.usual(group, operation, {group.key: "any"}).request_target(
            session.plan.contract.tenant, session.own.tenant
        )
        asked = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": operation.method,
            "Access-Control-Request-Headers": "authorization,content-type",
            "Authorization": "",
        }
        with session.each(operation):
            reply = session.raw("OPTIONS", request_target, headers=asked)
            session.expect(reply.status in (200, 204), f"a preflight is answered {reply.status}")
            session.expect(
                reply.header("Access-Control-Allow-Origin") in ("*", ORIGIN), "a preflight allows no other origin"
            )
            methods = (reply.header("Access-Control-Allow-Methods") or "").upper()
            session.expect(
                operation.method in methods or methods == "*", f"a preflight does not allow {operation.method}", methods
            )
            headers = (reply.header("Access-Control-Allow-Headers") or "").lower()
            session.expect(
                "authorization" in headers and ("content-type" in headers or "*" in headers),
                "a preflight does not allow the Authorization header",
                headers,
            )
