"""Who may use the control plane: programs, and pages that this server itself has served; no page of another origin."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:  # PERF: 70 ms that commands which only ask do not need
    from flask import Request

_LOCAL_NAMES = frozenset({"localhost", "host.docker.internal"})


def refusal(request: Request, allowed: Collection[str] = ()) -> str | None:
    """Why ``request`` may not steer the mock; None when it may.

    A browser names the page's origin, or its relation to this server, and no page can stop it. A host name that
    was rebound to this address is told by Host, which must be an address, a name of this machine, or one without
    a dot (a container's), since only these cannot be somebody else's; or one of the names that are ``allowed``.
    """
    if "Webhook-Id" in request.headers:
        return "a webhook, which a client may have had sent here"
    host = request.host
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        return f"a page of another origin (Sec-Fetch-Site: {site[:20]})"
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{host}":
        return f"a page of another origin ({origin[:80]})"
    if not is_own(host, allowed):
        return f"a page of the host {host[:80]}, which is not this machine's (see --allow-host)"
    return None


def lacks(request: Request, control_token: str | None) -> str | None:
    """Why ``request`` does not show the control token; None when it does, or when none is wanted."""
    if control_token is None:
        return None
    header = request.headers.get("Authorization")
    if header is None:
        return "no Authorization header"
    scheme, _, shown = header.strip().partition(" ")
    if scheme.lower() == "basic":  # a browser that asked a person for a password
        shown = (request.authorization.password if request.authorization else None) or ""
    elif scheme.lower() != "bearer":
        return "one of another scheme"
    return None if hmac.compare_digest(shown.strip().encode(), control_token.encode()) else "another token"


def is_own(host: str, allowed: Collection[str]) -> bool:
    """Whether a Host header names this machine, or one of the names that are ``allowed``."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if (
        name.rstrip(".") in allowed
        or name in _LOCAL_NAMES
        or name.endswith(".localhost")
        or ("." not in name.rstrip(".") and ":" not in name)
    ):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
