"""The WSGI side: who may ask, how often, and how an answer is worded."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

import jwt

from right_server.keeping import Keeping
from right_server.published import Operation, Published, published
from right_server.refusals import Refused
from right_server.service import EMPTY, Call, Service
from right_server.shelves import Tenant

AUDIENCE = "https://api.rhythmsoftware.com"
TENANT = "http://rhythmsoftware.com/tenant_id"
Answer = tuple[int, Any, dict[str, str]]


@dataclass(frozen=True)
class Manners:
    """What this server does in its own way: ``lag`` in seconds, every how many requests one comes too often, and what
    becomes of values.
    """

    lag: float = 0.0
    limit: int = 0
    habits: frozenset[Keeping] = frozenset()
    sizes: Mapping[str, int] = field(default_factory=lambda: {"list": 7, "lookup": 4, "search": 6})


class RightServer:
    """A WSGI application. Tokens are signed with ``secret`` (HS256); ``clock`` tells seconds."""

    def __init__(
        self, secret: str, manners: Manners | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._secret, self._manners, self._clock = secret, manners or Manners(), clock
        self._document: Published = published()
        self._service = Service(self._document, self._manners.sizes, self._manners.habits)
        self._tenants: dict[str, Tenant] = {}
        self._lock, self._numbers = threading.RLock(), itertools.count(1)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        number = next(self._numbers)
        try:
            status, value, headers = self._answer(environ, number)
        except Refused as refused:
            status, headers = refused.status, refused.headers
            value = {"requestId": f"{number:08x}-req", "message": refused.message, "type": "about:blank"}
        headers = {**self._usual(environ, number), **headers}
        content = b"" if value is EMPTY else json.dumps(value, separators=(" , ", " : ")).encode()
        if value is not EMPTY:
            headers |= {"Content-Type": "application/json;charset=UTF-8"}
        headers |= {"ETag": f'W/"{number:x}"', "Cache-Control": "private, no-cache"}
        start(f"{status} Said", [(name.lower(), text) for name, text in (headers | _length(content)).items()])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else content]

    def _usual(self, environ: Mapping[str, Any], number: int) -> dict[str, str]:
        """The headers of every reply: origins are named back one by one."""
        return {
            "Access-Control-Allow-Origin": environ.get("HTTP_ORIGIN", "https://admin.example.com"),
            "Access-Control-Allow-Headers": "content-type, authorization, accept",
            "Access-Control-Allow-Methods": "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT",
            "Vary": "Origin",
            "X-Amzn-RequestId": f"{number:08x}-req",
            "Strict-Transport-Security": "max-age=63072000",
        }

    def _answer(self, environ: Mapping[str, Any], number: int) -> Answer:
        path = _path(environ)
        verb = environ["REQUEST_METHOD"]
        if verb == "OPTIONS":
            return 204, EMPTY, {}
        if self._manners.limit and number % self._manners.limit == 0:
            raise Refused(429, "Too Many Requests", Retry_After="1")
        claims = self._claims(environ)
        found = self._document.at(path)
        if not found or found[0][1].get("tenantId") != claims[TENANT]:
            raise Refused(403, "User is not authorized to access this resource with an explicit deny")
        chosen = next((one for one in found if one[0].verb == ("GET" if verb == "HEAD" else verb)), None)
        if chosen is None:
            raise Refused(405, "No", Allow=", ".join(sorted((one.verb for one, _ in found), reverse=True)))
        operation, values = chosen
        query = self._query(operation, values, environ)
        body = self._body(operation, environ)
        with self._lock:
            return 200, self._service.carry_out(self._call(operation, values, query, body, claims)), {}

    def _call(self, operation: Operation, values: Any, query: Any, body: Any, claims: Mapping[str, Any]) -> Call:
        tenant_id = values["tenantId"]
        tenant = self._tenants.setdefault(tenant_id, Tenant(self._clock))
        resource = self._document.resources[operation.meaning["resource"]]
        return Call(operation, resource, tenant, tenant_id, values, query, body, claims["sub"], self._manners.lag)

    def _claims(self, environ: Mapping[str, Any]) -> dict[str, Any]:
        scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        needed = {"require": ["exp", "aud", "sub"], "strict_aud": True}
        try:
            claims = jwt.decode(token, self._secret, ["HS256"], audience=AUDIENCE, options=needed)  # type: ignore[arg-type]
        except jwt.PyJWTError:
            raise Refused(401, "Unauthorized") from None
        named = claims.get(TENANT)
        if scheme.lower() != "bearer" or not claims["sub"] or not named or not isinstance(named, str):
            raise Refused(401, "Unauthorized")
        return claims

    def _query(self, operation: Operation, values: Mapping[str, str], environ: Mapping[str, Any]) -> dict[str, str]:
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        for one in operation.parameters:
            known = values if one["in"] == "path" else query
            if one["name"] in known:
                value = _typed(known[one["name"]], one["schema"])
                if self._document.problems(one["schema"], value):
                    raise Refused(400, "A parameter is not what it should be")
        return query

    def _body(self, operation: Operation, environ: Mapping[str, Any]) -> Any:
        if operation.body is None:
            return None
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if "json" not in environ.get("CONTENT_TYPE", ""):
            raise Refused(400, "JSON is what this server reads")
        try:
            body = json.loads(content, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise Refused(400, "The body is not JSON") from None
        if problems := self._document.problems(operation.body, body):
            raise Refused(400, "Not acceptable: " + "; ".join(problems[:3]))
        return body


def _length(content: bytes) -> dict[str, str]:
    return {"Content-Length": str(len(content))}


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _path(environ: Mapping[str, Any]) -> str:
    """The path as it was sent, undecoded where the server tells."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    return str(raw).split("?")[0] if raw else quote(environ["PATH_INFO"], safe="/|:~!$&'()*+,;=@")


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    return {"true": True, "false": False}.get(text, text) if schema.get("type") == "boolean" else text
