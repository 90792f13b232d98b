"""Which hosts are this machine, and which a mock may send something to."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from mockserver.values.shown import quoted

LONGEST = 2_000
"""How many characters an address may have."""


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach what listens on ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def refused_receiver(url: str, allowed: Collection[str], *, loopback: bool = True) -> tuple[str, str] | None:
    """Why nothing is sent to ``url``, and what to do; None where something may be.

    It may go to the hosts that are ``allowed`` and, with ``loopback``, to this machine: a mock sends nothing to
    where nobody let it.
    """
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return f"{quoted(url)} is not an address", "write https://receiver.example.com/hooks"
    if parts.scheme not in ("http", "https") or not host or len(url) > LONGEST or not url.isprintable():
        return f"{quoted(url)} is not an http or https address", "write https://receiver.example.com/hooks"
    if parts.username is not None or parts.password is not None:
        return "the address has a user name or a password in it", "leave it out"
    if host in allowed or (loopback and is_loopback(host)):
        return None
    return f"the host {quoted(host)} is not allowed", f"start the mock with --webhook-host {host[:80]}"
