"""How OAuth 2 words a refusal."""

from __future__ import annotations


class OAuthError(Exception):
    """``error`` is one of the names of RFC 6749, 6750, 8707 or OpenID Connect; ``description`` is for a person."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.status = error, description, status

    def as_json(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}


def invalid_request(description: str) -> OAuthError:
    return OAuthError("invalid_request", description)
