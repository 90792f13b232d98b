"""What every reply of the API carries for browsers on other origins; see ``preflights`` for what they ask before."""

from __future__ import annotations

from mockserver.messages import Headers

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
"""Offered where nothing answers the path, so that a page can read the denial."""
ALLOW_HEADERS, ALLOW_METHODS = "Access-Control-Allow-Headers", "Access-Control-Allow-Methods"
"""Sent with every reply, not only with a preflight's, as documents declare them."""
CONTROL = "/__mock__/"
"""Below it no page of another origin reads anything."""
EXPOSED = (
    "Allow",
    "Retry-After",
    "WWW-Authenticate",
    "Mock-Effects",
    "Mock-Ignored",
    "Mock-Kind",
    "Mock-Next",
    "Mock-Operation",
    "Mock-Reason",
    "Mock-Request",
    "Mock-Undeclared",
    "Mock-Unknown",
    "Preference-Applied",
)
ORIGIN = "Access-Control-Allow-Origin"
_ORDINARY: Headers = ((ORIGIN, "*"), ("Access-Control-Expose-Headers", ", ".join(sorted(EXPOSED))))
"""PERF: as flask-cors makes them, which takes 80 ms to import; a test compares."""
DENIED = ", ".join(METHODS)


def cors_headers(answered: str | None, *, names_origin: bool = False) -> Headers:
    """The headers of a reply where the path answers these methods; None: where nothing does.

    ``names_origin``: the origin is told beside these, by ``origin_headers``.
    """
    allowed = (ALLOW_HEADERS, "Authorization, Content-Type"), (ALLOW_METHODS, answered or DENIED)
    return (*(_ORDINARY[1:] if names_origin else _ORDINARY), *allowed)


def origin_headers(origin: str) -> Headers:
    """What lets a page of that origin read a reply that it asked for with its cookies: ``*`` is not enough for that."""
    return ((ORIGIN, origin), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin"))
