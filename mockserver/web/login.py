"""Logging in over HTTP: the endpoints of OAuth 2 and OpenID Connect, and the page on which a person is picked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote_plus

import orjson
from flask import Blueprint, Response, redirect, render_template_string, request
from werkzeug.wrappers import Response as AnyResponse

from mockserver.auth.claims import Person
from mockserver.errors import Refusal
from mockserver.oauth.authorization import Authorization, Choice, Redirect
from mockserver.oauth.error_replies import OAuthError
from mockserver.oauth.parameters import MAX_BODY, read_body, read_pairs
from mockserver.oauth.people import People
from mockserver.oauth.redirects import is_safe, with_answer
from mockserver.oauth.tokens import GRANTS, TokenEndpoint, profile_claims
from mockserver.web.path_match import Paths
from mockserver.web.shared_store import sharing
from mockserver.web.target import BROKEN
from mockserver.world import World

Reply = TypeVar("Reply", bound=AnyResponse)
DISCOVERY = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
KEY_SET = "/.well-known/jwks.json"


def login_pages(world: World, paths: Paths) -> Blueprint:
    """The endpoints, where the document says or at the usual paths; a path of the document itself wins."""
    pages = Blueprint("login", __name__)
    desk = _Desk(world)
    at = world.contract.security.login.paths
    views: tuple[tuple[str, str, tuple[str, ...], Callable[[], AnyResponse]], ...] = (
        ("token", at["token"], ("POST",), desk.token),
        ("revoke", at["revoke"], ("POST",), desk.revoke),
        ("authorize", at["authorize"], ("GET", "POST"), desk.authorize),
        ("userinfo", at["userinfo"], ("GET", "POST"), desk.userinfo),
        ("logout", at["logout"], ("GET",), desk.logout),
        *((f"discovery{number}", path, ("GET",), desk.discovery) for number, path in enumerate(DISCOVERY)),
    )
    for name, path, methods, view in views:
        if not paths.has(path):
            pages.add_url_rule(path, name, sharing(world, view), methods=[*methods])
    return pages


class _Desk:
    """One method an endpoint."""

    def __init__(self, world: World) -> None:
        security, login = world.contract.security, world.contract.security.login
        self._world = world
        self._people = People(world.store, login)
        self._tokens = TokenEndpoint(
            security=security,
            keys=world.keys,
            clock=world.clock,
            store=world.store,
            people=self._people,
            grants=world.grants,
            password=world.settings.control_token,
        )
        self._door = Authorization(self._tokens, world.store, self._people, world.grants, world.keys)
        self._page = (Path(__file__).parent / "login.html").read_text(encoding="utf-8")

    def token(self) -> AnyResponse:
        try:
            return _json(self._tokens.answer(_with_basic(_body()), request.root_url))
        except OAuthError as refusal:
            return _refused(refusal)

    def revoke(self) -> AnyResponse:
        """RFC 7009: whatever is not a refresh token of ours is as good as revoked."""
        try:
            self._world.grants.revoke(_with_basic(_body()).get("token", ""))
        except OAuthError as refusal:
            return _refused(refusal)
        return _json({})

    def authorize(self) -> AnyResponse:
        is_form = request.method == "POST"
        try:
            given = _body() if is_form else read_pairs(request.args.items(multi=True))
            answer = self._door.answer(given, is_form=is_form)
        except OAuthError as refusal:
            return self._rendered(None, refusal.description, refusal.status)
        if isinstance(answer, Redirect):
            return _redirected(answer.address)
        return self._rendered(answer, answer.problem, 400 if answer.problem else 200)

    def userinfo(self) -> AnyResponse:
        world = self._world
        try:
            identity = world.auth.bearer(request.headers.get("Authorization"), world.clock.wall_seconds)
        except Refusal as refusal:
            reply = _json({"error": "invalid_token", "error_description": refusal.reason}, 401)
            reply.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return reply
        claims = {name: identity.claims[name] for name in self._named() if name in identity.claims}
        scopes = str(identity.claims.get("scope", "")).split()
        person = self._person(identity.tenant, identity.claims)
        about = profile_claims(person, scopes) if person else {"sub": identity.subject}
        return _json({**claims, **about})

    def logout(self) -> AnyResponse:
        try:
            given = read_pairs(request.args.items(multi=True))
        except OAuthError as refusal:
            return self._rendered(None, refusal.description, refusal.status)
        address = given.get("returnTo") or given.get("post_logout_redirect_uri")
        if address is None:
            return self._rendered(None, "You are logged out.", 200)
        if not is_safe(address):
            return self._rendered(None, "The address to go on to is not an absolute http or https address.", 400)
        return _redirected(with_answer(address, {"state": given.get("state")}))

    def discovery(self) -> AnyResponse:
        """What OpenID Connect's discovery tells of this server, at the address by which it was asked."""
        root, at = request.root_url, self._world.contract.security.login.paths
        here = {name: f"{root}{path[1:]}" for name, path in at.items()}
        return _json(
            {
                "issuer": root,
                "authorization_endpoint": here["authorize"],
                "token_endpoint": here["token"],
                "revocation_endpoint": here["revoke"],
                "userinfo_endpoint": here["userinfo"],
                "end_session_endpoint": here["logout"],
                "jwks_uri": f"{root}{KEY_SET[1:]}",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": [*GRANTS],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
                "code_challenge_methods_supported": ["S256", "plain"],
                "prompt_values_supported": ["none", "login"],
                "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "email", "name", *self._named()],
            }
        )

    def _named(self) -> list[str]:
        """The document's own claims."""
        return [*self._world.contract.security.claims.values()]

    def _person(self, tenant: str | None, claims: Any) -> Person | None:
        if tenant is None or "gty" in claims:
            return None
        try:
            return self._people.find(tenant, self._tokens.person_in(claims))
        except OAuthError:
            return None

    def _rendered(self, choice: Choice | None, problem: str, status: int) -> Response:
        page = render_template_string(
            self._page,
            choice=choice,
            problem=problem,
            action=self._world.contract.security.login.paths["authorize"],
            title=self._world.contract.document.root.get("info", {}).get("title", "API"),
        )
        return _unkept(Response(page, status=status, content_type="text/html; charset=utf-8"))


def _body() -> dict[str, str]:
    if broken := request.environ.get(BROKEN):
        raise OAuthError("invalid_request", f"the body {broken}")
    return read_body(request.headers.get("Content-Type", ""), request.stream.read(MAX_BODY + 1))


def _with_basic(parameters: dict[str, str]) -> dict[str, str]:
    """The parameters, with the client's id and secret where these came in the Authorization header (RFC 6749 2.3.1)."""
    header = request.headers.get("Authorization", "")
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return parameters
    try:
        client, _, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise OAuthError("invalid_client", "the Authorization header is not Basic credentials", 401) from None
    shown = {"client_id": unquote_plus(client), "client_secret": unquote_plus(secret)}
    if "client_secret" in parameters or parameters.get("client_id", shown["client_id"]) != shown["client_id"]:
        raise OAuthError("invalid_request", "the header and the body name different clients")
    return {**parameters, **{name: text for name, text in shown.items() if text}}


def _json(value: Any, status: int = 200) -> Response:
    return _unkept(Response(orjson.dumps(value), status=status, content_type="application/json"))


def _refused(refusal: OAuthError) -> Response:
    reply = _json(refusal.as_json(), refusal.status)
    if refusal.status == 401:
        reply.headers["WWW-Authenticate"] = 'Basic realm="token"'
    return reply


def _redirected(address: str) -> AnyResponse:
    return _unkept(redirect(address, 302))


def _unkept(response: Reply) -> Reply:
    """Nothing of a log-in is cached, or shown to the page that it leads to."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response
