"""Where requests go and who sends them: a mock in this process or a server behind a URL, with two tenants' tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from mockserver.auth.authenticator import mint
from mockserver.auth.signing_keys import Keys
from mockserver.conformance.options import MOCK, Options
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.modules import leave_unserved
from mockserver.conformance.wire.own_mock import of_mock
from mockserver.conformance.wire.target_tokens import other_source, own_source
from mockserver.conformance.wire.transports import Transport, Trust, in_process, over_http
from mockserver.contract import Contract
from mockserver.errors import Problem, SetupError
from mockserver.settings import Settings, from_environment
from mockserver.world import contract_of

SUBJECT = "auth0|contract-checks"
OWN, OTHER = "acme", "globex"
PAGE_SIZE = 5
"""Small pages make paging cheap to check in a mock of our own."""
SHOWN_MOCK = "http://127.0.0.1:8080"
"""Where a finding's curl goes when the mock was in this process: to one started with ``mockserver serve``."""


@dataclass(frozen=True, slots=True)
class Target:
    """``base_url`` is what a curl is shown with; ``is_own`` tells a mock that was made for this run alone.

    ``unserved`` are the titles of modules that are left out, since the target does not serve them.
    """

    contract: Contract
    transport: Transport
    own: Requester
    other: Requester | None
    base_url: str
    is_own: bool = False
    unserved: tuple[str, ...] = ()

    def secrets(self) -> list[str]:
        return [one.token for one in (self.own, self.other) if one and one.token]


def settings_of(options: Options) -> Settings:
    """Those by which the document is read."""
    return Settings(**from_environment(), spec=options.spec, overlays=options.overlays)  # type: ignore[arg-type]


def find_target(options: Options, app: Any = None) -> Target:
    """The target that ``options`` name; ``app`` is a WSGI application to check in place of a fresh mock.

    Raises SetupError for a document that cannot be read, or a token that cannot be had.
    """
    settings = settings_of(options)
    contract = contract_of(settings)
    keys = Keys(settings.secret, settings.key_file)
    if options.target != MOCK:
        target = _remote(options, contract, keys)
        chosen, unserved = leave_unserved(settings, target.transport, target.own)
        return replace(target, contract=contract_of(chosen), unserved=unserved) if unserved else target
    transport = in_process(app) if app else _mock(options, settings, contract)
    own, other = (_minted(contract, keys, name) for name in (options.tenant or OWN, options.other_tenant or OTHER))
    return Target(contract, transport, own, other, SHOWN_MOCK, is_own=app is None)


def _remote(options: Options, contract: Contract, keys: Keys) -> Target:
    if problems := [Problem("options", *one) for one in _lacking(options, contract)]:
        raise SetupError(problems)
    base, trust = options.target.rstrip("/"), Trust(options.ca, options.insecure)
    transport = over_http(base, trust=trust)
    own_name, other_name = options.tenant or OWN, options.other_tenant
    renew, renew_other = own_source(options), other_source(options)
    own_token = options.token or (renew() if renew else None)
    if own_token is None and not options.chosen.local:
        return Target(contract, transport, Requester(own_name), None, base)
    if own_token is None:
        minted = (_minted(contract, keys, own_name), _minted(contract, keys, other_name or OTHER))
        return Target(contract, transport, *minted, base)
    other_token = options.other_token or (renew_other() if renew_other else None)
    other = Requester(other_name, other_token, renew=renew_other) if other_name and other_token else None
    return Target(contract, transport, Requester(own_name, own_token, renew=renew), other, base)


def _lacking(options: Options, contract: Contract) -> Iterator[tuple[str, str, str]]:
    """What has to be named of another's server: a tenant where its document has any, a token where it asks for one."""
    if options.chosen.local:
        return
    operations = contract.operations()
    if options.tenant is None and contract.tenant is not None:
        yield "--tenant", "no tenant is named", "name the tenant, one that is set aside for tests if they write"
    asks = any(one.plan.needs if one.plan else one.secured for one in operations)
    if asks and options.token is None and options.token_command is None and options.token_url is None:
        yield "--token", "no token is given", "give --token (or MOCKSERVER_TOKEN), --token-command or --token-url"


def _mock(options: Options, settings: Settings, contract: Contract) -> Transport:
    """A mock with the scenario's world, its clock running so that moments move, its pages small."""
    from mockserver.web.app import create_app  # PERF: only where a mock is made

    size = settings.page_size if contract.is_inferred else PAGE_SIZE
    return of_mock(create_app(replace(settings, seed=options.seed, clock="scenario", page_size=size)))


def _minted(contract: Contract, keys: Keys, tenant: str) -> Requester:
    """An identity whose tokens are made here, as ``mockserver token`` makes them."""

    def sign(**changes: Any) -> str:
        token = mint(keys, contract.security, tenant=tenant, now=datetime.now(UTC), subject=SUBJECT)
        claims = {**keys.claims(token, verify=True), **changes}
        return keys.sign({name: value for name, value in claims.items() if value is not None}, "HS256")

    return Requester(tenant, sign(), SUBJECT, sign, sign)
