"""The authorization endpoint: a client asks, a person is picked, a code goes back to where the client said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.auth.claims import Person
from mockserver.auth.signing_keys import Keys
from mockserver.errors import Refusal
from mockserver.oauth.error_replies import OAuthError, invalid_request
from mockserver.oauth.grants import Grants
from mockserver.oauth.parameters import needed, short
from mockserver.oauth.people import People
from mockserver.oauth.redirects import is_safe, with_answer
from mockserver.oauth.tenants import tenant_of
from mockserver.oauth.tokens import TokenEndpoint, check_scope
from mockserver.store import Store
from mockserver.values.shown import quoted

SHOWN = 50
"""How many persons the page offers; others are told by id or e-mail address."""
PASSED_ON = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "audience", "code_challenge",
    "code_challenge_method", "response_mode",
)  # fmt: skip
"""The parameters that the page's form sends on."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the browser goes next."""

    address: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page lets a person pick from; ``problem`` tells what was wrong with what was picked."""

    client: str
    tenant: str
    tenants: list[str]
    people: list[Person]
    parameters: Mapping[str, str]
    wants_password: bool
    problem: str = ""


class Authorization:
    """Answers what a browser brings from a client."""

    def __init__(self, tokens: TokenEndpoint, store: Store, people: People, grants: Grants, keys: Keys) -> None:
        self._tokens, self._store, self._people, self._grants, self._keys = tokens, store, people, grants, keys

    def answer(self, parameters: Mapping[str, str], *, is_form: bool = False) -> Redirect | Choice:
        """The way back to the client, or the page. ``is_form``: the page's form was sent.

        Raises OAuthError where the client cannot be told, since where it is cannot be trusted.
        """
        short("client_id", needed(parameters, "client_id"))
        address = needed(parameters, "redirect_uri")
        if not is_safe(address):
            raise invalid_request("redirect_uri is not an absolute http or https address without fragment")
        try:
            return self._answer(parameters, is_form=is_form)
        except OAuthError as refusal:
            return Redirect(with_answer(address, {**refusal.as_json(), "state": parameters.get("state")}))

    def _answer(self, parameters: Mapping[str, str], *, is_form: bool) -> Redirect | Choice:
        self._check(parameters)
        tenant = tenant_of(parameters, self._store.names())
        if parameters.get("prompt") == "none":
            return self._granted(parameters, *self._silently(parameters, tenant))
        if not is_form or "person" not in parameters:
            return self._choice(parameters, tenant)
        if not self._tokens.proves(parameters.get("password", "")):
            problem = "That is not the control token, which the mock printed when it started."
            return self._choice(parameters, tenant, problem)
        person = self._people.find(tenant, short("person", parameters["person"]))
        if person is None:
            return self._choice(parameters, tenant, f"Nobody with that id or e-mail address in the tenant {tenant}.")
        return self._granted(parameters, tenant, person)

    def _check(self, parameters: Mapping[str, str]) -> None:
        if needed(parameters, "response_type") != "code":
            raise OAuthError("unsupported_response_type", "use code")
        if parameters.get("response_mode", "query") != "query":
            raise invalid_request("response_mode: use query")
        if parameters.get("code_challenge_method", "plain") not in ("S256", "plain"):
            raise invalid_request("code_challenge_method: use S256")
        if "code_challenge_method" in parameters and "code_challenge" not in parameters:
            raise invalid_request("code_challenge is missing")
        for name in ("nonce", "code_challenge"):
            short(name, parameters.get(name, ""))
        check_scope(parameters.get("scope", ""))
        self._tokens.check_audience(parameters)

    def _silently(self, parameters: Mapping[str, str], tenant: str) -> tuple[str, Person]:
        """Who it is without a page: the person of the ID token that is shown or, where any password will do, the hint.

        No session is kept, so nobody else is known.
        """
        if token := parameters.get("id_token_hint"):
            return self._shown(token, tenant)
        hint = parameters.get("login_hint")
        if hint is None or not self._tokens.proves(""):
            raise OAuthError("login_required", "no session is kept: show an id_token_hint, or name a login_hint")
        person = self._people.find(tenant, short("login_hint", hint))
        if person is None:
            raise OAuthError("login_required", f"nobody with that id or e-mail address in the tenant {quoted(tenant)}")
        return tenant, person

    def _shown(self, token: str, tenant: str) -> tuple[str, Person]:
        try:
            claims = self._keys.claims(token, verify=True)
        except Refusal:
            raise OAuthError("login_required", "the id_token_hint is not a token of this mock") from None
        tenant = self._tokens.tenant_in(claims) or tenant
        person = self._people.find(tenant, self._tokens.person_in(claims))
        if person is None:
            raise OAuthError("login_required", "the person in the id_token_hint was not found")
        return tenant, person

    def _granted(self, parameters: Mapping[str, str], tenant: str, person: Person) -> Redirect:
        code = self._grants.new_code(self._tokens.grant(parameters, tenant, person))
        answer = {"code": code, "state": parameters.get("state")}
        return Redirect(with_answer(parameters["redirect_uri"], answer))

    def _choice(self, parameters: Mapping[str, str], tenant: str, problem: str = "") -> Choice:
        return Choice(
            client=parameters["client_id"],
            tenant=tenant,
            tenants=self._store.names(),
            people=self._people.some(tenant, SHOWN),
            parameters={name: parameters[name] for name in PASSED_ON if name in parameters},
            wants_password=not self._tokens.proves(""),
            problem=problem,
        )
