"""Mutants in who is let in: tokens that must not pass and do, and refusals that come too late."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import jwt

from mockserver.auth.authenticator import Authenticator, Wall
from mockserver.auth.signing_keys import Keys
from mockserver.contract import Kind, Operation, read
from mockserver.errors import Refusal
from mockserver.handlers import HANDLERS, Call
from mockserver.messages import Identity, Reply, Request
from mockserver.world import World
from mutants.mutant import Area, Plant, named
from mutants.planting import Planting, engine
from mutants.wire import Environ, Wire

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
FAR_AHEAD = 4_102_444_800
"""The year 2100, in seconds since 1970."""

Identify = Callable[..., Identity]
Claims = Callable[..., dict[str, Any]]


def _expired(planting: Planting) -> None:
    def identify(
        original: Identify, self: Authenticator, operation: Operation, header: str, tenant: str, _: Wall
    ) -> Identity:
        return original(self, operation, header, tenant, lambda _: LONG_AGO)

    planting.around(Authenticator, "identify", identify)


def _claims(change: Callable[[Planting, dict[str, Any]], dict[str, Any]]) -> Plant:
    """Change what a token claims before it is judged."""

    def plant(planting: Planting) -> None:
        def claims(original: Claims, self: Keys, token: str, *, verify: bool) -> dict[str, Any]:
            return change(planting, original(self, token, verify=verify))

        planting.around(Keys, "claims", claims)

    return plant


def _any_audience(planting: Planting, claims: dict[str, Any]) -> dict[str, Any]:
    return {**claims, "aud": planting.world.contract.security.audience}


def _unsigned(unsigned_only: bool) -> Plant:
    def plant(planting: Planting) -> None:
        def claims(original: Claims, self: Keys, token: str, *, verify: bool) -> dict[str, Any]:
            with suppress(jwt.PyJWTError):
                if not unsigned_only or jwt.get_unverified_header(token).get("alg") == "none":
                    return original(self, token, verify=False)
            return original(self, token, verify=verify)

        planting.around(Keys, "claims", claims)

    return plant


def _bare_token(planting: Planting) -> None:
    def bare(original: Any, header: str | None) -> Any:
        return header.split()[-1] if header else original(header)

    planting.around(engine("auth.authenticator"), "_token", bare)


def _token_in_query(planting: Planting) -> None:
    def change(environ: Environ) -> None:
        if found := parse_qs(environ.get("QUERY_STRING", "")).get("access_token"):
            environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {found[0]}")

    planting.requests(change)


def _open(kind: Kind) -> Plant:
    """Let operations of ``kind`` be used without a good token."""

    def identify(
        original: Identify, self: Authenticator, operation: Operation, header: str | None, tenant: str, now: Wall
    ) -> Identity:
        try:
            return original(self, operation, header, tenant, now)
        except Refusal as refusal:
            if operation.kind is kind and refusal.status == 401:
                return Identity("anonymous", tenant)
            raise

    return lambda planting: planting.around(Authenticator, "identify", identify)


def _tenant_claim_missing(planting: Planting) -> None:
    def read_claims(original: Identify, self: Authenticator, claims: dict[str, Any]) -> Identity:
        name = planting.world.contract.security.claims["tenant"]
        return original(self, {name: "*", **claims})

    def identify(
        original: Identify, self: Authenticator, operation: Operation, header: str, tenant: str, now: Wall
    ) -> Identity:
        known = original(self, operation, header, None, now)
        return known if known.tenant == "*" else original(self, operation, header, tenant, now)

    planting.around(Authenticator, "_read", read_claims)
    planting.around(Authenticator, "identify", identify)


def _forbidden(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        wire.status = 403

    planting.replies(change, status=401)


def _judged_late(planting: Planting) -> None:
    def answer(original: Callable[..., Reply], world: World, request: Request, trail: Any) -> Reply:
        operation = world.contract.paths.get(request.template, {}).get(request.method)
        if operation:
            read(operation, request, world.settings.max_depth)
        return original(world, request, trail)

    planting.around(engine("exchange"), "_answer", answer)


def _stored_though_refused(planting: Planting) -> None:
    def answer(original: Callable[..., Reply], world: World, request: Request, trail: Any) -> Reply:
        try:
            return original(world, request, trail)
        except Refusal as refusal:
            if refusal.status == 401 and trail.operation.kind is Kind.CREATE:
                sent = read(trail.operation, request, world.settings.max_depth)
                call = Call(trail.operation, sent, Identity("nobody", trail.tenant), world.tools)
                HANDLERS[Kind.CREATE](call, world.store.tenant(trail.tenant))
            raise

    planting.around(engine("exchange"), "_answer", answer)


def _crash_without_token(planting: Planting) -> None:
    def token(original: Callable[..., str], header: str | None) -> str:
        return original(header) if header is not None else original("Bearer undefined")

    def change(wire: Wire) -> None:
        if "HTTP_AUTHORIZATION" not in wire.environ:
            wire.say({"message": "Bad request: Authorization is undefined.", "errors": []}, 400)

    planting.around(engine("auth.authenticator"), "_token", token)
    planting.replies(change, status=401)


MUTANTS = named(
    Area.AUTH,
    ("expired-token-accepted", "a token that has expired is accepted", _expired),
    ("early-token-accepted", "a token that is not valid yet is accepted",
     _claims(lambda _, claims: {name: one for name, one in claims.items() if name != "nbf"})),
    ("token-without-expiry-accepted", "a token that never expires is accepted",
     _claims(lambda _, claims: {"exp": FAR_AHEAD, **claims})),
    ("audience-not-checked", "a token for another API is accepted", _claims(_any_audience)),
    ("signature-not-checked", "a token's signature is not verified", _unsigned(unsigned_only=False)),
    ("unsigned-token-accepted", "a token with the algorithm `none` is accepted", _unsigned(unsigned_only=True)),
    ("tenant-claim-not-needed", "a token that names no tenant opens all of them", _tenant_claim_missing),
    ("bare-token-accepted", "a token passes under any scheme, and without one", _bare_token),
    ("token-in-query-accepted", "a token in the query passes", _token_in_query),
    ("search-open-to-all", "search answers without a token", _open(Kind.SEARCH)),
    ("certificate-open-to-all", "a certificate can be had without a token", _open(Kind.DOCUMENT)),
    ("notice-open-to-all", "a notice can be sent without a token", _open(Kind.NOTICE)),
    ("missing-token-403", "no token, or a bad one, is answered 403", _forbidden),
    ("missing-token-400", "a request without a token is answered 400", _crash_without_token),
    ("request-judged-before-token", "without a token, a malformed request is told what is wrong with it", _judged_late),
    ("stored-though-refused", "a create with a bad token is refused and stored", _stored_though_refused),
)  # fmt: skip
