"""Webhooks: who subscribed to which events, what waits to be delivered and when, and what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any, TypeAlias

from mockserver.errors import Problem, SetupError
from mockserver.runtime.determinism import stamp
from mockserver.runtime.ring_buffer import Ring
from mockserver.runtime.webhook_signing import new_secret, signed

MOST = 20
"""How many webhooks there may be."""
WAITING = 1_000
"""How many deliveries wait at once; later events are counted as lost."""
LARGEST = 256 * 2**10
"""Bytes of one payload."""
LOGGED, LOG_BYTES = 1_000, 8 * 2**20
"""How many attempts the log holds, and how much of them in all."""
BACK_OFF = (5, 300, 1_800, 7_200, 18_000)
"""Seconds of the mock's clock from one attempt to the next, as Standard Webhooks proposes."""
GONE = 410
"""The status by which a receiver says that it wants no more."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events go: those whose type matches one of ``events``, of one ``tenant`` or of all.

    ``delay``: seconds later; ``duplicate``: each is delivered twice; ``shuffle``: so many are gathered, for ten
    seconds at most, and delivered in an order drawn from the seed; without, in the order in which they happened.
    ``retries``: how often a failed delivery is tried again. All seconds are the mock's.
    """

    id: str
    url: str
    events: tuple[str, ...] = ("*",)
    tenant: str | None = None
    secret: str = field(default="", repr=False)
    delay: float = 0.0
    duplicate: bool = False
    shuffle: int = 1
    retries: int = len(BACK_OFF)
    enabled: bool = True

    def described(self) -> dict[str, Any]:
        """As JSON, without the secret."""
        described = {**asdict(self), "events": list(self.events)}
        del described["secret"]
        return described

    def wants(self, event: Event) -> bool:
        """Whether the event is to be delivered."""
        of_tenant = self.tenant in (None, event.tenant)
        return self.enabled and of_tenant and any(fnmatchcase(event.type, one) for one in self.events)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: its ``type`` as ``pets.created``, and its payload.

    ``url`` is where a callback goes, which nobody registered; ``method`` how it is sent. ``refused`` says why it is
    not sent.
    """

    type: str
    tenant: str
    payload: bytes
    method: str = "POST"
    url: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one address; ``number`` is its place in the order, ``attempt`` how often it was sent.

    One that ``is_shuffled`` waits for no others any more.
    """

    number: int
    message_id: str
    webhook: Webhook
    event: Event
    due: datetime
    attempt: int = 0
    is_shuffled: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one attempt: ``status`` is the receiver's, None where it did not answer."""

    at: str
    id: str
    webhook: str
    event: str
    tenant: str
    url: str
    attempt: int
    outcome: str
    status: int | None
    detail: str
    payload: str


Send: TypeAlias = Callable[[str, str, Mapping[str, str], bytes], int]
"""Sends method, URL, headers and content, and returns the status. Raises OSError saying why there is none."""
Draw: TypeAlias = Callable[..., int]


class Webhooks:
    """All webhooks of one mock. ``draw`` orders what is shuffled: the same events, the same order."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._lock, self._delivering = Lock(), Lock()
        self._hooks: dict[str, Webhook] = {}
        self._waiting: deque[Delivery] = deque()
        self._log: Ring[Attempt] = Ring(LOGGED, LOG_BYTES)
        self._count = self._events = self.lost = 0
        self.wake: Callable[[], None] = lambda: None
        """Told when there is something to deliver."""

    @property
    def are_wanted(self) -> bool:
        """Whether anybody subscribed to anything."""
        return bool(self._hooks)

    def register(self, url: str, secret: str | None = None, **options: Any) -> Webhook:
        """A new webhook with a secret, made here where none is given. Raises SetupError when there are too many."""
        with self._lock:
            if len(self._hooks) >= MOST:
                raise SetupError([Problem("webhook", "", f"there are {MOST} webhooks already", "delete one first")])
            self._count += 1
            made = Webhook(f"wh-{self._count}", url, secret=secret or new_secret(), **options)
            self._hooks[made.id] = made
            return made

    def all(self) -> list[Webhook]:
        with self._lock:
            return [*self._hooks.values()]

    def remove(self, webhook_id: str) -> None:
        """Forget a webhook, and what waits for it."""
        with self._lock:
            self._hooks.pop(webhook_id, None)
            self._waiting = deque(one for one in self._waiting if one.webhook.id != webhook_id)

    def clear(self, tenant: str | None = None) -> None:
        """Forget all, or what waits to be delivered of one tenant."""
        with self._lock:
            if tenant is not None:
                self._waiting = deque(one for one in self._waiting if one.event.tenant != tenant)
                return
            self._hooks.clear()
            self._waiting.clear()
            self._count = self._events = self.lost = 0
        self._log.clear()

    def happened(self, events: Iterable[Event], now: datetime) -> None:
        """Have events delivered to whoever wants them; callbacks to where they go."""
        with self._lock:
            for event in events:
                self._events += 1
                wanting = [one for one in self._hooks.values() if one.wants(event)]
                for hook in [_callback(event)] if event.url else wanting:
                    self._queue(hook, event, now)
            is_waiting = bool(self._waiting)
        if is_waiting:
            self.wake()

    def waiting(self) -> int:
        """How many deliveries wait."""
        return len(self._waiting)

    def deliver(self, now: datetime, wall: datetime, send: Send, *, at_once: bool = False) -> int:
        """Send what is due at ``now``, or all ``at_once``, each webhook's in its order; returns how many were sent.

        ``wall`` is the receivers' time, which signatures carry. Each is sent once, though it fails.
        """
        sent: set[tuple[str, int]] = set()
        with self._delivering:
            while (delivery := self._next(now, sent, at_once=at_once)) is not None:
                sent.add((delivery.webhook.id, delivery.number))
                self._settle(delivery, now, *_sent(delivery, wall, send))
        return len(sent)

    def attempts(self, since: int = 0) -> list[dict[str, Any]]:
        """The attempts after the one of that number, oldest first."""
        return [{"number": number, **asdict(one)} for number, one in self._log.all() if number > since]

    def _queue(self, hook: Webhook, event: Event, now: datetime) -> None:
        for copy in range(2 if hook.duplicate else 1):
            if len(self._waiting) >= WAITING:
                self.lost += 1
                continue
            message_id = f"msg_{self._draw('webhook', self._events):032x}"
            due = now + timedelta(seconds=hook.delay)
            self._waiting.append(Delivery(2 * self._events + copy, message_id, hook, event, due))

    def _next(self, now: datetime, sent: set[tuple[str, int]], *, at_once: bool) -> Delivery | None:
        """Take the delivery that is sent next out of those that wait."""
        with self._lock:
            passed: set[str] = set()
            for one in self._waiting:
                if one.webhook.id in passed:
                    continue
                group = [other for other in self._waiting if other.webhook.id == one.webhook.id]
                chosen = self._chosen(group, now, at_once=at_once)
                if chosen is not None and (chosen.webhook.id, chosen.number) not in sent:
                    self._waiting.remove(chosen)
                    return chosen
                passed.add(one.webhook.id)
            return None

    def _chosen(self, group: list[Delivery], now: datetime, *, at_once: bool) -> Delivery | None:
        first = group[0]
        if first.webhook.shuffle > 1 and not first.is_shuffled:
            batch = group[: first.webhook.shuffle]
            if not (len(batch) == first.webhook.shuffle or now >= first.due + GATHERED or at_once):
                return None
            first = self._shuffle(batch)
        return first if at_once or now >= first.due else None

    def _shuffle(self, batch: list[Delivery]) -> Delivery:
        """Have those that were gathered wait in another order; the first of it."""
        places = [at for at, one in enumerate(self._waiting) if one in batch]
        drawn = sorted(batch, key=lambda one: self._draw("shuffle", one.number))
        for at, one in zip(places, drawn, strict=True):
            self._waiting[at] = replace(one, is_shuffled=True)
        return self._waiting[places[0]]

    def _settle(self, delivery: Delivery, now: datetime, status: int | None, detail: str) -> None:
        """Log an attempt, and have it tried again where it failed and may be."""
        hook, tried = delivery.webhook, delivery.attempt + 1
        is_done = status is not None and 200 <= status < 300
        may_try = not is_done and delivery.event.refused is None and status != GONE and tried <= hook.retries
        outcome = (
            "delivered" if is_done else "refused" if delivery.event.refused else "retried" if may_try else "failed"
        )
        self._note(delivery, now, outcome, status, detail)
        with self._lock:
            if status == GONE and hook.id in self._hooks:
                self._hooks[hook.id] = replace(hook, enabled=False)
                self._waiting = deque(one for one in self._waiting if one.webhook.id != hook.id)
            elif may_try and (delivery.event.url or hook.id in self._hooks):
                pause = BACK_OFF[min(tried, len(BACK_OFF)) - 1]
                again = replace(delivery, attempt=tried, due=now + timedelta(seconds=pause))
                self._waiting.appendleft(again)  # what came later waits for it

    def _note(self, delivery: Delivery, now: datetime, outcome: str, status: int | None, detail: str) -> None:
        hook, event = delivery.webhook, delivery.event
        payload = event.payload[:2_000].decode(errors="replace")
        attempt = Attempt(
            stamp(now), delivery.message_id, hook.id, event.type, event.tenant, hook.url, delivery.attempt + 1,
            outcome, status, detail[:300], payload,
        )  # fmt: skip
        self._log.add(attempt, 500 + len(payload))


GATHERED = timedelta(seconds=10)
"""How long events are gathered to be shuffled."""


def _callback(event: Event) -> Webhook:
    return Webhook("callback", event.url or "", (event.type,), event.tenant)


def _sent(delivery: Delivery, wall: datetime, send: Send) -> tuple[int | None, str]:
    """The receiver's status and, where it did not answer or was not asked, why."""
    event = delivery.event
    if event.refused is not None:
        return None, event.refused
    headers = {"content-type": "application/json", "user-agent": "mockserver"}
    secret = delivery.webhook.secret
    if secret:
        headers |= signed(secret, delivery.message_id, wall, event.payload)
    else:
        headers["webhook-id"] = delivery.message_id
    try:
        return send(event.method, delivery.webhook.url, headers, event.payload), ""
    except OSError as error:
        return None, str(error)
