"""The reference verdict: openapi-core judges the same messages; where the two disagree, ours is in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from mockserver.contract.document import Document, without_servers
from mockserver.contract.operation import Operation
from mockserver.errors import ContractBreach, Violation
from mockserver.messages import Request

HOST = "http://reference.invalid"

BEYOND_SCHEMAS = frozenset({"json", "repeated", "unexpected", "contentType", "maxLength", "boolean", "allowEmptyValue"})
"""Rules of ours that no schema states (limits, duplicate keys, stray bodies): openapi-core has no opinion on them, and
it takes more words than true and false for booleans, and has a sense of its own for what is empty."""


class ReferenceValidator:
    """openapi-core over the same document, its servers replaced by one."""

    def __init__(self, document: Document) -> None:
        paths = {path: without_servers(item) for path, item in document.root.get("paths", {}).items()}
        self._api = OpenAPI.from_dict({**document.root, "servers": [{"url": HOST}], "paths": paths})

    def agree_on_request(self, operation: Operation, request: Request, violations: tuple[Violation, ...]) -> None:
        """``violations`` are what the compiled validators found, none for an accepted request.

        Raises ContractBreach when openapi-core's verdict differs.
        """
        if violations and all(violation.keyword in BEYOND_SCHEMAS for violation in violations):
            return
        found = self.request_errors(operation, request)
        if bool(found) != bool(violations):
            ours = "; ".join(f"{one.path}: {one.message}" for one in violations) or "accepted"
            raise _disagreement(operation, f"request: compiled {ours}; openapi-core {'; '.join(found) or 'accepted'}")

    def agree_on_reply(self, operation: Operation, request: Request, status: int, raw: bytes | None) -> None:
        """Raises ContractBreach when openapi-core refuses a reply that the compiled validators let pass."""
        if found := self.reply_errors(request, status, raw):
            raise _disagreement(operation, f"reply {status}: compiled accepted; openapi-core {'; '.join(found)}")

    def request_errors(self, operation: Operation, request: Request) -> list[str]:
        """What openapi-core has against the request; texts without a character, which it never takes, left out."""
        texts = {one.name for one in operation.parameters if one.location == "query" and one.validator.allows("")}
        query = tuple((name, text) for name, text in request.query if text or name not in texts)
        return [_message_of(error) for error in self._api.iter_request_errors(_Asked(replace(request, query=query)))]

    def reply_errors(self, request: Request, status: int, raw: bytes | None) -> list[str]:
        """What openapi-core has against the reply."""
        return [
            _message_of(error) for error in self._api.iter_response_errors(_Asked(request), _OpenapiReply(status, raw))
        ]


class _Asked:
    """A Request as openapi-core wants to see it."""

    def __init__(self, request: Request) -> None:
        self._request = request
        path: Mapping[str, Any] = dict(request.path_values)
        query = ImmutableMultiDict(request.query)
        # A request without a token is judged no further; whether the token is good is decided elsewhere.
        headers = Headers({**request.headers, "authorization": "Bearer judged-elsewhere"})
        self.parameters = RequestParameters(query=query, header=headers, path=path)
        self.host_url = HOST
        self.method = request.method.lower()
        self.body = request.body or None
        self.content_type = request.headers.get("content-type", "")

    @property
    def path(self) -> str:
        """The template with its values, quoted so that no value looks like two segments."""
        path = self._request.template
        for name, value in self._request.path_values.items():
            path = path.replace(f"{{{name}}}", value.replace("/", "%2F") or "-")
        return path


@dataclass(frozen=True)
class _OpenapiReply:
    """A reply as openapi-core wants to see it."""

    status_code: int
    data: bytes | None

    @property
    def content_type(self) -> str:
        return "application/json" if self.data is not None else ""

    @property
    def headers(self) -> Headers:
        return Headers()


def _message_of(error: Exception) -> str:
    causes: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(causes) < 4:
        schema_errors = getattr(seen, "schema_errors", ())
        causes.append(str(seen).splitlines()[0][:200])
        causes += [str(one.message)[:200] for one in schema_errors]
        seen = seen.__cause__
    return " <- ".join(causes)


def _disagreement(operation: Operation, message: str) -> ContractBreach:
    return ContractBreach(operation.id, [Violation("reference", "", "disagreement", message)])
