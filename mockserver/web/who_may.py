"""Who may use the control plane: programs, and pages that this server itself has served; no page of another origin."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Request

_LOCAL_NAMES = frozenset({"localhost", "host.docker.internal"})


def refusal(request: Request) -> str | None:
    """Why ``request`` may not steer the mock; None when it may.

    A browser names the page's origin, or its relation to this server, and no page can stop it. A host name that
    was rebound to this address is told by Host, which must be an address, a name of this machine, or one without
    a dot (a container's), since only these cannot be somebody else's.
    """
    host = request.host
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        return f"a page of another origin (Sec-Fetch-Site: {site[:20]})"
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{host}":
        return f"a page of another origin ({origin[:80]})"
    if not _is_own(host):
        return f"a page of the host {host[:80]}, which is not this machine's"
    return None


def _is_own(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in _LOCAL_NAMES or name.endswith(".localhost") or ("." not in name.rstrip(".") and ":" not in name):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
