"""Tokens, as ``mockserver token`` prints them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.auth.authenticator import DEVELOPER, mint
from mockserver.auth.claims import Person, claims_of_machine, claims_of_person
from mockserver.oauth.people import People
from mockserver.web.control.route import ControlRequest, Route, refusal
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class TokenControl:
    """Mints tokens that this mock takes."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/token", self.token, "Token", body="token_request")

    def token(self, sent: ControlRequest) -> dict[str, Any]:
        """A token for a tenant: a developer's, a person's or a machine's."""
        asked = {"subject": DEVELOPER, "expires_in": 86_400, **sent.body}
        if len({"subject", "contact", "machine"} & set(sent.body)) > 1:
            raise refusal("/subject", "only one of subject, contact and machine can be given", "leave the others out")
        lifetime = timedelta(seconds=asked["expires_in"])
        token = mint(
            self.world.keys,
            self.world.contract.security,
            tenant=asked["tenant"],
            subject=asked["subject"],
            claims=self._claims(sent.body),
            now=datetime.now(UTC),
            expires_in=lifetime,
        )
        return {"token": token, "token_type": "Bearer", "expires_in": asked["expires_in"]}

    def _claims(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the token says of a person or a machine; None for a developer's."""
        security, tenant = self.world.contract.security, asked["tenant"]
        if "contact" in asked:
            return claims_of_person(security, tenant, self._person(tenant, asked["contact"]))
        return claims_of_machine(security, tenant, asked["machine"]) if "machine" in asked else None

    def _person(self, tenant: str, identifier: str) -> Person:
        """Who is on record by that id or e-mail address; who is not, is taken at her id. No tenant is made for it."""
        store, login = self.world.store, self.world.contract.security.login
        is_kept = login.people is not None and tenant in store.names()
        return (People(store, login).find(tenant, identifier) if is_kept else None) or Person(identifier, {})
