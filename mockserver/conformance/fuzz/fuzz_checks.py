"""Checks of our own for Schemathesis, which carries them out on each reply beside its own.

For ``schemathesis run`` too: name this file as ``hooks`` in schemathesis.toml.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import schemathesis
from schemathesis import Case, CheckContext
from schemathesis.core.transport import Response

from mockserver.conformance.wire.traffic import json_or_none

KINDS_OF_ONE_RECORD = frozenset({"read", "replace", "patch"})
PEOPLE = frozenset({"created-by", "modified-by"})
"""Stamps whose true value a caller can know: sending it proves nothing."""
TELLING = 8
"""From how many characters on a text that was sent and comes back is not coincidence."""


def _meaning(case: Case[Any]) -> dict[str, Any]:
    """The operation's x-mock words."""
    words = case.operation.definition.raw.get("x-mock")
    return words if isinstance(words, dict) else {}


def _record_schema(case: Case[Any]) -> dict[str, Any]:
    """The schema whose records the operation is about."""
    schemas = case.operation.schema.raw_schema.get("components", {}).get("schemas", {})
    wanted = _meaning(case).get("resource")
    return next((one for one in schemas.values() if one.get("x-mock", {}).get("resource") == wanted), {})


@schemathesis.check
def over_posting(_: CheckContext, response: Response, case: Case[Any]) -> None:
    """What only the server sets is not taken from a body (Web Fuzzing Commons 303)."""
    body = json_or_none(response.content)
    if _meaning(case).get("kind") != "create" or not isinstance(case.body, dict) or not isinstance(body, dict):
        return
    sent = {name: case.body[name] for name in _managed(case) if name in case.body}
    taken = [
        name for name, one in sent.items() if isinstance(one, str) and len(one) >= TELLING and body.get(name) == one
    ]
    if response.status_code < 300 and taken:
        raise AssertionError(f"the server accepted {', '.join(sorted(taken))} from the body")


def _managed(case: Case[Any]) -> list[str]:
    fields = _record_schema(case).get("properties", {})
    return [
        name for name, one in fields.items() if one.get("readOnly") and one.get("x-mock", {}).get("stamp") not in PEOPLE
    ]


@schemathesis.check
def right_record(_: CheckContext, response: Response, case: Case[Any]) -> None:
    """The record in a reply is the one that the path names."""
    body = json_or_none(response.content)
    key = _record_schema(case).get("x-mock", {}).get("key", "id")
    if (
        response.status_code != 200
        or _meaning(case).get("kind") not in KINDS_OF_ONE_RECORD
        or not isinstance(body, dict)
    ):
        return
    name = case.operation.path.rpartition("{")[2].rstrip("}")
    wanted = str((case.path_parameters or {}).get(name))
    # An id that a link put into a path stands there percent-encoded.
    if key in body and body[key] not in (wanted, unquote(wanted)):
        raise AssertionError("the reply holds a different record from the one in the path")


@schemathesis.check
def refusals_tell_why(_: CheckContext, response: Response, __: Case[Any]) -> None:
    """A request that breaks the contract is told why: by a list of errors, or in words."""
    body = json_or_none(response.content)
    if response.status_code == 400 and isinstance(body, dict) and not (body.get("errors") or body.get("message")):
        raise AssertionError("a 400 does not say what is wrong")
