"""The object that a test holds: its own mock, to send to, to prepare and to question."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mockserver.auth.authenticator import mint
from mockserver.errors import Problem, SetupError
from mockserver.messages import Json
from mockserver.planting import all_now, plant, resource_of
from mockserver.runtime.fault_profiles import read_profile
from mockserver.runtime.fault_reader import read_fault
from mockserver.testing.in_process import Client
from mockserver.testing.lease import Lease
from mockserver.testing.marker import MockOptions
from mockserver.testing.mock_clock import MockClock
from mockserver.testing.stage import Stage
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant
from mockserver.verification import near_misses
from mockserver.verification.request_matcher import UNSAID, RecordedCall, Wanted
from mockserver.verification.wording import exchange
from mockserver.world import World

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

TOLD = 10
"""How many exchanges a failed test's report shows."""


class Mock:
    """One test's mock. After the test it refuses to be used: the world is the next test's then."""

    def __init__(self, stage: Stage, lease: Lease, options: MockOptions) -> None:
        self._stage = stage
        self._lease = lease
        self._options = options
        self.client = Client(lease, self.headers)

    # Where it is.

    @property
    def url(self) -> str:
        """``http://127.0.0.1:<port>``, the same for all tests of a process; asked for first, it starts the server."""
        return self._stage.url if self.world else ""

    @property
    def app(self) -> WSGIApplication:
        """The mock as a WSGI application, for clients that take one."""
        return self._lease

    @property
    def world(self) -> World:
        """All the mock's state. Raises RuntimeError after the test."""
        if not self._lease.is_open:
            raise RuntimeError("this mock belongs to a test that is over; the running test has one of its own")
        return self._lease.world

    @property
    def tenant(self) -> str:
        """The tenant that tokens and records are for unless another is named."""
        return self._options.tenant or next(iter(self.world.scenario.tenants), "acme")

    # Who asks.

    def token(
        self,
        *,
        tenant: str | None = None,
        subject: str = "auth0|developer",
        expires_in: float | timedelta = timedelta(hours=24),
        scope: str | None = None,
        algorithm: str = "HS256",
    ) -> str:
        """A bearer token that this mock accepts, for ``tenant`` (default: the mock's own).

        ``subject`` is who asks, ``expires_in`` seconds or a timedelta (below 0: expired already), ``scope`` the OAuth
        scopes, separated by spaces, ``algorithm`` HS256 or RS256.
        """
        lifetime = expires_in if isinstance(expires_in, timedelta) else timedelta(seconds=expires_in)
        world = self.world
        return mint(
            world.keys,
            world.contract.security,
            tenant=tenant or self.tenant,
            now=datetime.now(UTC),
            subject=subject,
            expires_in=lifetime,
            scope=scope,
            algorithm=algorithm,
        )

    def headers(self, **token: Any) -> dict[str, str]:
        """The Authorization header with a token; ``token`` are the keywords of ``Mock.token``."""
        return {"Authorization": f"Bearer {self.token(**token)}"}

    def client_for(self, **token: Any) -> Client:
        """A client like ``client`` with other tokens; ``token`` are the keywords of ``Mock.token``."""
        return Client(self._lease, lambda: self.headers(**token))

    # What there is, and what happens next.

    def records(self, resource: str, tenant: str | None = None) -> list[dict[str, Any]]:
        """The records of ``resource`` that ``tenant`` (default: the mock's own) has now, by id, as a client sees them.

        Raises SetupError for an unknown resource.
        """
        found = self.world.store.tenant(tenant or self.tenant)
        with found.work():
            world = self.world
            return [*all_now(world, found, resource_of(world, resource))]

    def put(self, resource: str, record: Mapping[str, Json], tenant: str | None = None) -> dict[str, Any]:
        """Put ``record`` among those of ``resource`` of ``tenant`` (default: the mock's own) and return it whole.

        What the server manages is filled in; a record with the same id is replaced. Raises SetupError for an unknown
        resource, and for a record that breaks the contract.
        """
        __tracebackhide__ = True
        world = self.world
        return plant(world, world.store.tenant(tenant or self.tenant), resource_of(world, resource), record)

    @property
    def clock(self) -> MockClock:
        """The mock's clock, to be read, advanced and set."""
        return MockClock(self.world.clock, self.world.due.catch_up)

    def fail(self, operation: str | None = None, **fault: Any) -> None:
        """Inject a fault into the next requests, those of ``operation`` if one is named.

        ``fault``: ``status``, ``times`` (1; None: all), ``delay`` and ``retry_after`` in seconds, ``tenant``,
        ``message``, ``damage`` (drop, reset, silent, cut, garbled, html, mistyped, slow), and whatever else
        docs/control.md lists. Raises SetupError for a status that the document does not declare.
        """
        __tracebackhide__ = True
        world = self.world
        world.faults.add(read_fault({"operation": operation, **fault}, world.operations))

    def fail_like(self, profile: str) -> None:
        """Inject the faults of a ``profile``, such as ``slow-3g``, ``flaky``, ``outage``, in place of all others.

        Raises SetupError for an unknown profile.
        """
        __tracebackhide__ = True
        found = read_profile(profile, self.world.settings.fault_folders)
        self.world.faults.replace(found.made(self.world.operations))

    def reset(self) -> None:
        """As at the start of the test: for one that runs many examples."""
        self.world.reset()
        if self._options.moment:
            self.world.clock.set(self._options.moment)

    # What happened.

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """The mails that would have been sent, oldest first: to, subject, body, kind, about, tenant, details."""
        return self.world.due.mails()

    @property
    def journal(self) -> list[RecordedCall]:
        """Every request since the test began, oldest first."""
        return self._lease.calls()

    def calls(self, operation: str | None = None, **wanted: Any) -> list[RecordedCall]:
        """The requests since the test began that are as ``wanted``, as for ``assert_called``; there may be none."""
        return list(self._ask(operation, wanted).met)

    def assert_called(
        self, operation: str | None = None, *, times: int | None = None, within: float = 0.0, **wanted: Any
    ) -> list[RecordedCall]:
        """Such a request was made (exactly ``times`` times), at the latest ``within`` so many seconds from now.

        ``wanted``: method, path, tenant, status, query, headers, body, as ``verification.request_matcher.Wanted``
        explains. Returns the requests that were meant. Raises AssertionError with the nearest and what differed.
        """
        __tracebackhide__ = True
        self._lease.wait_for(lambda: self._ask(operation, wanted).count_is(times), within)
        answer = self._ask(operation, wanted)
        unsure = near_misses.unknown(answer, self.world.settings.journal) if times is not None else None
        if unsure or not answer.count_is(times):
            raise AssertionError(unsure or near_misses.not_called(answer, times))
        return list(answer.met)

    def assert_not_called(self, operation: str | None = None, **wanted: Any) -> None:
        """No request as ``wanted`` was made, as for ``assert_called``. Raises AssertionError with those that were."""
        __tracebackhide__ = True
        answer = self._ask(operation, wanted)
        if answer.met:
            raise AssertionError(near_misses.called(answer))
        if unsure := near_misses.unknown(answer, self.world.settings.journal):
            raise AssertionError(unsure)

    def allow(self, *statuses: int) -> None:
        """Let a strict mock refuse with these ``statuses`` in this test, before and after this call."""
        self._lease.watch.allow(statuses)

    def expect_refusals(self, *statuses: int) -> AbstractContextManager[list[RecordedCall]]:
        """``with mock.expect_refusals(404) as refused:`` some request of the block is refused with one of ``statuses``.

        Without statuses any refusal will do. ``refused`` lists the refused requests afterwards. Raises AssertionError
        if there are none.
        """
        return self._lease.watch.expecting(frozenset(statuses))

    def transcript(self) -> str:
        """The last exchanges as text, without secrets; also after the test."""
        calls = self._lease.calls()
        more = [f"({len(calls) - TOLD} earlier exchanges are not shown)"] if len(calls) > TOLD else []
        return "\n".join([*more, *(exchange(call.number, call.entry) for call in calls[-TOLD:])])

    def verdict(self) -> str | None:
        """What the test overlooked and was not told yet: a breach, or a refusal that a strict test did not expect."""
        return self._lease.watch.verdict()

    def _ask(self, operation: str | None, wanted: Mapping[str, Any]) -> near_misses.Answer:
        __tracebackhide__ = True
        world = self.world
        if operation is not None and operation not in world.operations:
            problem = f"{quoted(operation)} is not an operation"
            raise SetupError([Problem("the document", "/paths", problem, meant(operation, world.operations))])
        wish = Wanted(operation=UNSAID if operation is None else operation, **wanted)
        return near_misses.ask(wish, self._lease.calls())
