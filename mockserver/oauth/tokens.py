"""The token endpoint: who asks, by which grant, and what is handed out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from mockserver.auth.authenticator import lifetime
from mockserver.auth.claims import SUBJECT, Person, claims_of_machine, claims_of_person
from mockserver.auth.signing_keys import Keys
from mockserver.contract.operation import Security
from mockserver.oauth.error_replies import OAuthError
from mockserver.oauth.grants import Grant, Grants
from mockserver.oauth.parameters import needed, short
from mockserver.oauth.people import People
from mockserver.oauth.tenants import tenant_of
from mockserver.runtime.determinism import Clock
from mockserver.store import Store
from mockserver.values.shown import quoted

LIFETIME = 86_400
"""Seconds that a token is good for."""
CODE_LIFETIME = 60
"""Seconds in which a code must be redeemed."""
REFRESH_LIFETIME = 30 * 86_400
"""Seconds in which a refresh token must be used."""
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class TokenEndpoint:
    """Hands out tokens. ``password``: what every secret and password must be; None takes any.

    Tokens live by the machine's time, and age by each advance of the mock's clock, as all tokens do.
    """

    def __init__(
        self,
        *,
        security: Security,
        keys: Keys,
        clock: Clock,
        store: Store,
        people: People,
        grants: Grants,
        password: str | None = None,
    ) -> None:
        self._security, self._keys, self._clock = security, keys, clock
        self._store, self._people, self._grants = store, people, grants
        self._password = password

    def answer(self, parameters: Mapping[str, str], issuer: str) -> dict[str, Any]:
        """What a client is given. Raises OAuthError."""
        kind = needed(parameters, "grant_type")
        if kind not in GRANTS:
            raise OAuthError("unsupported_grant_type", f"use one of {', '.join(GRANTS)}")
        if "client_id" not in parameters:
            raise OAuthError("invalid_client", "client_id is missing; any will do", 401)
        short("client_id", parameters["client_id"])
        self.check_audience(parameters)
        check_scope(parameters.get("scope", ""))
        return GRANTS[kind](self, parameters, issuer)

    def check_audience(self, parameters: Mapping[str, str]) -> None:
        """Raises OAuthError for another audience than the document's (RFC 8707)."""
        wanted, given = self._security.audience, parameters.get("audience")
        if wanted is not None and given not in (None, wanted):
            raise OAuthError(
                "invalid_target",
                f"the audience {quoted(short('audience', str(given)))} is unknown; use {quoted(wanted)}",
            )

    def proves(self, given: str | None) -> bool:
        """Whether a secret or password will do."""
        return given is not None and (
            self._password is None or hmac.compare_digest(given.encode(), self._password.encode())
        )

    def machine(self, parameters: Mapping[str, str], issuer: str) -> dict[str, Any]:
        """Client credentials: a token for a machine, without any person."""
        client = parameters["client_id"]
        if not self.proves(parameters.get("client_secret")):
            wanted = "any will do" if self._password is None else "the control token is required"
            raise OAuthError("invalid_client", f"client_secret is missing or wrong; {wanted}", 401)
        tenant, scope = tenant_of(parameters, self._store.names()), parameters.get("scope", "")
        claims = claims_of_machine(self._security, tenant, client)
        return self._tokens(claims, issuer, scope)

    def code(self, parameters: Mapping[str, str], issuer: str) -> dict[str, Any]:
        """Authorization code, with PKCE where it was asked for."""
        grant = self._grants.redeem_code(needed(parameters, "code"))
        if grant is None or grant.client != parameters["client_id"] or self._is_over(grant, CODE_LIFETIME):
            raise OAuthError("invalid_grant", "the code is unknown, used up, too old, or another client's")
        if grant.redirect_uri != parameters.get("redirect_uri", grant.redirect_uri):
            raise OAuthError("invalid_grant", "the redirect_uri is not the one that the code was sent to")
        _check_verifier(grant, parameters.get("code_verifier"))
        return self._person(grant, issuer)

    def refresh(self, parameters: Mapping[str, str], issuer: str) -> dict[str, Any]:
        """Refresh token, which is replaced by another."""
        grant = self._grants.redeem_refresh_token(needed(parameters, "refresh_token"))
        if grant is None or grant.client != parameters["client_id"] or self._is_over(grant, REFRESH_LIFETIME):
            raise OAuthError("invalid_grant", "the refresh token is unknown, used up, too old, or another client's")
        scope = parameters.get("scope", grant.scope)
        if more := sorted(set(scope.split()) - set(grant.scope.split())):
            raise OAuthError("invalid_scope", f"{more[0]} was not granted")
        return self._person(replace(grant, scope=scope, nonce=None), issuer, renewable=grant.scope)

    def password(self, parameters: Mapping[str, str], issuer: str) -> dict[str, Any]:
        """Resource owner password: the person's id or e-mail address."""
        tenant = tenant_of(parameters, self._store.names())
        name, given = needed(parameters, "username"), needed(parameters, "password")
        person = self._people.find(tenant, short("username", name)) if self.proves(given) else None
        if person is None:
            raise OAuthError(
                "invalid_grant", f"nobody with that name in the tenant {quoted(tenant)}, or the wrong password"
            )
        return self._person(self.grant(parameters, tenant, person), issuer)

    def grant(self, parameters: Mapping[str, str], tenant: str, person: Person) -> Grant:
        """What a person allows the client that asks."""
        return Grant(
            client=parameters["client_id"],
            tenant=tenant,
            person=person,
            scope=parameters.get("scope", ""),
            issued=datetime.now(UTC).timestamp(),
            redirect_uri=parameters.get("redirect_uri"),
            nonce=parameters.get("nonce"),
            challenge=parameters.get("code_challenge"),
            method=parameters.get("code_challenge_method", "plain"),
        )

    def tenant_in(self, claims: Mapping[str, Any]) -> str | None:
        """The tenant that a token of ours names."""
        found = claims.get(self._security.claims.get("tenant", ""))
        return found if isinstance(found, str) else None

    def person_in(self, claims: Mapping[str, Any]) -> str:
        """The id of the person that a token of ours is about."""
        return str(claims.get("sub", "")).removeprefix(SUBJECT)

    def _person(self, grant: Grant, issuer: str, renewable: str | None = None) -> dict[str, Any]:
        scopes = grant.scope.split()
        claims = claims_of_person(self._security, grant.tenant, grant.person) | {"azp": grant.client}
        given = self._tokens(claims, issuer, grant.scope)
        if "openid" in scopes:
            about = {**claims, **profile_claims(grant.person, scopes), "nonce": grant.nonce, "aud": grant.client}
            given["id_token"] = self._signed(about, issuer)
        if "offline_access" in (renewable or grant.scope).split():
            kept = replace(grant, scope=renewable or grant.scope, issued=datetime.now(UTC).timestamp())
            given["refresh_token"] = self._grants.new_refresh_token(kept)
        return given

    def _tokens(self, claims: dict[str, Any], issuer: str, scope: str) -> dict[str, Any]:
        audience: Any = self._security.audience or issuer
        if "openid" in scope.split():
            audience = [audience, f"{issuer}userinfo"]
        token = self._signed({**claims, "aud": audience, "scope": scope or None}, issuer)
        given = {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME}
        return {**given, "scope": scope} if scope else given

    def _signed(self, claims: Mapping[str, Any], issuer: str) -> str:
        made = {"iss": issuer, **claims, **lifetime(datetime.now(UTC), timedelta(seconds=LIFETIME))}
        return self._keys.sign({name: value for name, value in made.items() if value is not None}, "RS256")

    def _is_over(self, grant: Grant, lifetime: int) -> bool:
        return self._clock.wall_seconds(grant.issued) > grant.issued + lifetime


GRANTS: Mapping[str, Callable[[TokenEndpoint, Mapping[str, str], str], dict[str, Any]]] = MappingProxyType(
    {
        "client_credentials": TokenEndpoint.machine,
        "authorization_code": TokenEndpoint.code,
        "refresh_token": TokenEndpoint.refresh,
        "password": TokenEndpoint.password,
    }
)


def check_scope(scope: str) -> None:
    """Raises OAuthError for what is not a list of scopes."""
    if scope and (len(scope) > 1_000 or not _SCOPE.fullmatch(scope)):
        raise OAuthError("invalid_scope", "scopes are words of printable ASCII with one space between them")


def profile_claims(person: Person, scopes: list[str]) -> dict[str, Any]:
    """What OpenID Connect tells of a person, as far as the scopes allow."""
    claims: dict[str, Any] = {"sub": person.subject}
    if "email" in scopes and "email" in person.profile:
        claims |= {"email": person.profile["email"], "email_verified": True}
    if "profile" in scopes:
        claims |= {name: text for name, text in person.profile.items() if name != "email"}
    return claims


def _check_verifier(grant: Grant, verifier: str | None) -> None:
    """Proof Key for Code Exchange (RFC 7636). Raises OAuthError."""
    if grant.challenge is None:
        return
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_grant", "code_verifier is missing, or not 43 to 128 letters, digits, - . _ ~")
    shown = verifier
    if grant.method == "S256":
        shown = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    if not hmac.compare_digest(shown.encode(), grant.challenge.encode()):
        raise OAuthError("invalid_grant", "the code_verifier does not fit the code_challenge")
