"""Who asks: a tenant, the token for it, and what else is known of both."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mockserver.values.json_text import read_own

NOBODYS_CREDENTIAL = "no-such-credential"
"""What nobody issued to anybody, so not a secret: a story may show it."""


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: a tenant and the token for it.

    ``subject`` is what writes are stamped with, where that is known; ``mint`` makes other tokens of the
    same issuer (keywords are claims to replace), where the run can; ``renew`` fetches the same token anew.
    """

    tenant: str
    token: str | None = field(default=None, repr=False)
    subject: str | None = None
    mint: Callable[..., str] | None = field(default=None, repr=False)
    renew: Callable[[], str] | None = field(default=None, repr=False)


def claims(token: str | None) -> dict[str, Any]:
    """What a JSON Web Token claims, unverified; nothing for anything else."""
    try:
        payload = (token or "").split(".")[1]
        value = read_own(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
