"""Where the run's tokens come from: given, printed by a command, or fetched with OAuth2 client credentials."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TypeAlias

from urllib3 import exceptions

from mockserver.conformance.options import Options
from mockserver.conformance.wire.traffic import json_or_none
from mockserver.conformance.wire.transports import TIMEOUT, Trust, pool_for, unreachable
from mockserver.errors import Problem, SetupError

COMMAND_TIME = 60
"""Seconds that a token command may take."""
Source: TypeAlias = Callable[[], str]
"""Fetches a token. Raises SetupError."""


def own_source(options: Options) -> Source | None:
    """What fetches a token for the tenant; None where none was named."""
    if command := options.token_command:
        return lambda: printed(command, options.tenant)
    return (lambda: fetched(options)) if options.token_url else None


def other_source(options: Options) -> Source | None:
    """The same for the other tenant: a command must ask for it by name."""
    command, tenant = options.token_command, options.other_tenant
    return (lambda: printed(command, tenant)) if command and tenant and "{tenant}" in command else None


def printed(command: str, tenant: str | None) -> str:
    """What ``command`` prints. Its output is never shown: it may hold the token."""
    line = command.replace("{tenant}", tenant or "")
    try:
        done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=COMMAND_TIME, check=False)  # noqa: S602 -- the user's own command line
    except subprocess.TimeoutExpired:
        raise _cannot("--token-command", f"took longer than {COMMAND_TIME} seconds", "run it by hand") from None
    token = done.stdout.strip()
    if done.returncode:
        raise _cannot("--token-command", f"ended with {done.returncode}", "let it print the token and nothing else")
    if len(token.split()) != 1:
        problem = f"ended with 0 and {'no' if not token else 'more than one'} word on its output"
        raise _cannot("--token-command", problem, "let it print the token and nothing else")
    return token


def fetched(options: Options) -> str:
    """A token by the client credentials grant (RFC 6749 4.4), the client named as in section 2.3.1's body."""
    url = options.token_url or ""
    wanted = {
        "grant_type": "client_credentials",
        "client_id": options.client_id,
        "client_secret": options.client_secret,
        "scope": options.scope,
        "audience": options.audience,
    }
    form = [(name, text) for name, text in wanted.items() if text]
    try:
        pool = pool_for(url, Trust(options.ca, options.insecure))
        reply = pool.request(
            "POST", url, fields=form, encode_multipart=False, redirect=False, retries=False, timeout=TIMEOUT
        )
    except exceptions.HTTPError as error:
        failed = unreachable(error, url)
        raise _cannot("--token-url", f"does not answer ({failed})", failed.remedy) from None
    body = json_or_none(reply.data)
    token = body.get("access_token") if isinstance(body, dict) else None
    if reply.status != 200 or not isinstance(token, str) or not token:
        why = body.get("error") if isinstance(body, dict) else None
        problem = f"answers {reply.status} without an access_token" + (f" ({str(why)[:60]})" if why else "")
        raise _cannot("--token-url", problem, "correct --client-id, --scope, --audience and the secret")
    return token


def _cannot(pointer: str, problem: str, remedy: str) -> SetupError:
    return SetupError([Problem("options", pointer, problem, remedy)])
