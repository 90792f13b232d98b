"""Who is asking: bearer tokens minted here or elsewhere, judged by signature, times, audience and claims."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from mockserver.auth.claims import claims_of_subject
from mockserver.auth.own_tokens import HEADER
from mockserver.contract.operation import Operation, Security
from mockserver.contract.plan import Credential, OperationPlan
from mockserver.errors import Refusal, denied, unauthorized
from mockserver.messages import Identity, Request
from mockserver.values.shown import quoted

if TYPE_CHECKING:  # PERF: keys bring the JWT library, 30 ms that most commands do not need
    from mockserver.auth.signing_keys import Keys

MAX_TOKEN = 8_192
REMEMBERED = 1_024
"""How many verified tokens are remembered."""
LEEWAY = 5
"""Seconds by which clocks may differ."""
Wall: TypeAlias = Callable[[float | None], float]
"""The time by which a token is judged that was issued at so many seconds, both since 1970."""
ISSUED = "issued"
"""The claim that tells to the microsecond when a token of ours was issued."""
DEVELOPER = "auth0|developer"
"""Whom a token is for unless somebody is named."""
_CREDENTIAL = re.compile(r"auth|token|secret|session|credential|(?<!idempotency-)key$")
"""What the name of a header or parameter says that is meant to show who asks."""
ANONYMOUS = Identity("anonymous", None)


class Mode(StrEnum):
    """``verify`` signature and claims; ``decode`` claims only; ``off``: everyone may do everything."""

    VERIFY = "verify"
    DECODE = "decode"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class _Seen:
    identity: Identity
    expires: float
    issued: float | None
    scopes: frozenset[str]


class Authenticator:
    """Turns the Authorization header into an Identity.

    PERF: a token's signature is verified once and the verdict remembered by the header until the token expires or
    other keys are known: an RS256 verification costs as much as the rest of a request.
    """

    def __init__(self, mode: Mode, security: Security, keys: Keys) -> None:
        self._mode = mode
        self._security = security
        self._keys = keys
        self._known: tuple[int, OrderedDict[str, _Seen]] = keys.edition, OrderedDict()
        """An edition of the keys, and the verdicts by them: one pair, as threads put another in its place."""

    def identify(self, operation: Operation, header: str | None, tenant: str | None, wall: Wall) -> Identity:
        """The caller, allowed to use ``operation`` on ``tenant``; ``wall`` is Clock.wall_seconds.

        Raises Refusal: 401 without a good token, 403 for another tenant or a missing scope.
        """
        if self._mode is Mode.OFF or not operation.secured:
            return ANONYMOUS
        seen = self._verdict(header, wall)
        identity = seen.identity
        if tenant is not None and identity.tenant != tenant:
            raise denied(f"the token is for the tenant {quoted(identity.tenant)}, the path names {quoted(tenant)}")
        if not operation.scopes <= seen.scopes:
            missing = operation.scopes - seen.scopes
            raise denied(f"the token lacks the scope {', '.join(sorted(missing))}")
        return identity

    def bearer(self, header: str | None, wall: Wall) -> Identity:
        """Whose token the Authorization header shows, whatever it is for. Raises Refusal(401)."""
        return self._verdict(header, wall).identity

    def admit(self, plan: OperationPlan, request: Request) -> Identity:
        """The caller of an operation whose document says which credentials it takes: any is as good as another.

        Whoever shows a token that a login of this mock was answered with is the one who logged in.
        Raises Refusal(401) when none is there though one is needed.
        """
        shown = request.headers.get("authorization", "").rpartition(" ")[2]
        if shown.startswith(HEADER) and (known := self._keys.own(shown)) is not None:
            return Identity(str(known.get("sub")), None, known)
        if self._mode is Mode.OFF or not plan.needs:
            return ANONYMOUS
        if "authorization" in request.headers or any(
            all(_is_shown(one, request) for one in need) for need in plan.needs
        ):
            return Identity("caller", None)
        wanted = " or ".join(" and ".join(map(_told, need)) for need in plan.needs)
        scheme = next((one.scheme for need in plan.needs for one in need if one.scheme in ("basic", "bearer")), None)
        headers = [("WWW-Authenticate", scheme.capitalize())] if scheme else []
        reason = f"no credential, wanted {wanted}{_likely(request)}"
        raise Refusal(401, f"Unauthorized: {reason}.", headers=headers, reason=reason)

    def _verdict(self, header: str | None, wall: Wall) -> _Seen:
        edition = self._keys.edition
        known_with, remembered = self._known
        if known_with != edition:
            # Another mapping: a request that judged by the keys of before keeps its verdict in the one of before.
            remembered = OrderedDict()
            self._known = edition, remembered
        seen = remembered.get(header) if header is not None else None
        if seen is None:
            token = _token(header)
            remembered[str(header)] = seen = self._judge(token, wall)
            while len(remembered) > REMEMBERED:
                remembered.popitem(last=False)
        if seen.expires + LEEWAY <= wall(seen.issued):
            raise unauthorized("the token has expired")
        return seen

    def _judge(self, token: str, wall: Wall) -> _Seen:
        claims = self._keys.claims(token, verify=self._mode is Mode.VERIFY)
        expires, audience = claims.get("exp"), claims.get("aud")
        if not _is_moment(expires):
            raise unauthorized("the token has no expiry (exp)")
        issued = claims.get(ISSUED, claims.get("iat"))
        if issued is not None and not _is_moment(issued):
            raise unauthorized("the token's time of issue (iat) is not a number of seconds")
        begins = claims.get("nbf", 0)
        if not _is_moment(begins) or begins > wall(issued) + LEEWAY:
            raise unauthorized("the token is not valid yet (nbf)")
        wanted = self._security.audience
        if wanted is not None and wanted not in (audience if isinstance(audience, list) else [audience]):
            raise unauthorized(f"the token's audience (aud) is {quoted(audience)}, wanted {quoted(wanted)}")
        scopes = frozenset(str(claims.get("scope", "")).split())
        return _Seen(self._read(claims), float(expires), issued, scopes)

    def _read(self, claims: Mapping[str, Any]) -> Identity:
        name = self._security.claims.get("tenant")
        tenant = claims.get(name) if name else None
        if name and not (isinstance(tenant, str) and tenant):
            raise unauthorized(f"the token has no tenant claim ({name})")
        subject = claims.get("sub")
        if not (isinstance(subject, str) and subject):
            raise unauthorized("the token has no subject (sub)")
        return Identity(subject, tenant, claims)


def _is_shown(one: Credential, request: Request) -> bool:
    """Whether the request has something where that credential stands."""
    if one.location == "query":
        return any(name == one.name for name, _ in request.query)
    if one.location == "cookie":
        return f"{one.name}=" in request.headers.get("cookie", "")
    return request.header(one.name) is not None


def mint(
    keys: Keys,
    security: Security,
    *,
    tenant: str,
    now: datetime,
    subject: str = DEVELOPER,
    claims: Mapping[str, Any] | None = None,
    expires_in: timedelta = timedelta(hours=24),
    scope: str | None = None,
    algorithm: str = "HS256",
) -> str:
    """A token that any server with the same keys takes: for ``tenant``, from ``now``, for ``expires_in``.

    ``claims`` say whom it is for, where that is more than a ``subject``: see auth.claims.
    """
    made: dict[str, Any] = {
        "iss": "mockserver",
        "aud": security.audience,
        **lifetime(now, expires_in),
        "scope": scope,
    }
    made |= claims or claims_of_subject(security, tenant, subject)
    return keys.sign({name: value for name, value in made.items() if value is not None}, algorithm)


def lifetime(now: datetime, expires_in: timedelta) -> dict[str, float]:
    """The times of a token. ``iat`` in whole seconds, since libraries take a fraction of the running one for the
    future; and to the microsecond, since an advance of the clock within the same second came before or after."""
    exact = now.timestamp()
    return {"iat": int(exact), ISSUED: exact, "exp": int((now + expires_in).timestamp())}


def _is_moment(value: Any) -> TypeGuard[float]:
    """Whether ``value`` is seconds since 1970, below the year 10000: no boolean, no infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 253_402_300_800


def _told(one: Credential) -> str:
    """A credential as a client has to show it: ``header Authorization: Bearer <token>``, ``query api_key``."""
    is_scheme = one.name == "Authorization" and one.scheme != "apiKey"
    shown = f": {one.scheme.capitalize()} <{'token' if one.scheme == 'bearer' else 'credentials'}>"
    return f"{one.location} {one.name}{shown if is_scheme else ''}"


def _likely(request: Request) -> str:
    """What the request has that may have been meant as a credential, by its name."""
    sent = [*(("header", name) for name in request.headers), *(("query", name) for name, _ in request.query)]
    found = [f"{where} {quoted(name)}" for where, name in sent if _CREDENTIAL.search(name.lower())]
    return f"; found {', '.join(found[:3])}" if found else ""


def _token(header: str | None) -> str:
    if header is None:
        raise unauthorized("no Authorization header; wanted 'Bearer <token>'")
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("the Authorization header is not of the form 'Bearer <token>'")
    if len(token) > MAX_TOKEN:
        raise unauthorized(f"the token is longer than {MAX_TOKEN} characters")
    return token.strip()
