"""Which tenant a log-in is for: the one that is named, else the client id's, else the first there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.oauth.parameters import short

DEFAULT = "default"


def tenant_of(parameters: Mapping[str, str], known: Sequence[str]) -> str:
    """``tenant`` of the request; or the longest known name that its ``client_id`` is, or begins with (``acme-app``)."""
    if "tenant" in parameters:
        return short("tenant", parameters["tenant"])
    client = parameters.get("client_id", "")
    named = [name for name in known if client == name or (client.startswith(name) and not client[len(name)].isalnum())]
    return max(named, key=len, default=known[0] if known else DEFAULT)
