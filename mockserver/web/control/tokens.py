"""Tokens, as ``mockserver token`` prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.auth.authenticator import DEVELOPER, mint
from mockserver.web.control.route import ControlRequest, Route
from mockserver.world import World


@dataclass(frozen=True, slots=True)
class TokenControl:
    """Mints tokens that this mock takes."""

    world: World

    def routes(self) -> Iterable[Route]:
        yield Route("POST", "/token", self.token, "Token", body="token_request")

    def token(self, sent: ControlRequest) -> dict[str, Any]:
        """A token for a tenant."""
        asked = {"subject": DEVELOPER, "expires_in": 86_400, **sent.body}
        lifetime = timedelta(seconds=asked["expires_in"])
        token = mint(
            self.world.keys,
            self.world.contract.security,
            tenant=asked["tenant"],
            subject=asked["subject"],
            now=datetime.now(UTC),
            expires_in=lifetime,
        )
        return {"token": token, "token_type": "Bearer", "expires_in": asked["expires_in"]}
