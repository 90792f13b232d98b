"""Webhooks: who subscribed to which events, what waits to be delivered and when, and what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeAlias

import orjson

from mockserver.errors import Problem, SetupError
from mockserver.messages import SUCCESSES
from mockserver.runtime.attempts import Attempt, Attempts
from mockserver.runtime.determinism import stamp
from mockserver.runtime.subscription import BACK_OFF, Delivery, Event, Webhook
from mockserver.runtime.webhook_signing import new_secret, signed
from mockserver.values.json_text import read_own
from mockserver.values.reasons import reason

MOST = 20
"""How many webhooks there may be."""
WAITING = 1_000
"""How many deliveries wait at once; later events are counted as lost."""
LARGEST = 256 * 2**10
"""Bytes of one payload."""
GONE = 410
"""The status by which a receiver says that it wants no more."""


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
        self._count = self._events = self.lost = 0
        self.log, self.origin = Attempts(), ""
        """What became of deliveries; and what tells this process's messages from those of others, if there are any."""
        self.changing: Callable[[], AbstractContextManager[object]] = nullcontext
        """Entered to change who subscribed when no request does: alone among all processes that share a store."""
        self.wake: Callable[[], None] = lambda: None
        """Told when there is something to deliver."""

    def state(self) -> bytes:
        """Who subscribed to what, for another process to ``be`` it."""
        with self._lock:
            return orjson.dumps([self._count, [*self._hooks.values()]])

    def be(self, state: bytes) -> None:
        """Be what ``state`` told; what waits for a webhook that is gone goes with it."""
        with self._lock:
            self._count, registered = read_own(state)
            hooks = [Webhook(**{**one, "events": tuple(one["events"])}) for one in registered]
            self._hooks = {one.id: one for one in hooks}
            self._waiting = deque(one for one in self._waiting if one.event.url or self._is_enabled(one.webhook.id))

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
        self.log.clear()

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
        gone: set[str] = set()
        with self._delivering:
            while (delivery := self._next(now, sent, at_once=at_once)) is not None:
                sent.add((delivery.webhook.id, delivery.number))
                status, detail = _sent(delivery, wall, send)
                self._settle(delivery, now, status, detail)
                gone |= {delivery.webhook.id} if status == GONE else set()
        for one in gone:  # whoever changes webhooks may wait for what is being delivered
            self._disable(one)
        return len(sent)

    def attempts(self, since: int = 0) -> list[dict[str, Any]]:
        """The attempts after the one of that number, oldest first."""
        return self.log.after(since)

    def _queue(self, hook: Webhook, event: Event, now: datetime) -> None:
        for copy in range(2 if hook.duplicate else 1):
            if len(self._waiting) >= WAITING:
                self.lost += 1
                continue
            message_id = f"msg_{self._draw('webhook', self.origin, self._events):032x}"
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
        is_done = status is not None and status in SUCCESSES
        may_try = not is_done and delivery.event.refused is None and status != GONE and tried <= hook.retries
        outcome = (
            "delivered" if is_done else "refused" if delivery.event.refused else "retried" if may_try else "failed"
        )
        self._note(delivery, now, outcome, status, detail)
        with self._lock:
            if status == GONE:
                self._waiting = deque(one for one in self._waiting if one.webhook.id != hook.id)
            elif may_try and (delivery.event.url or self._is_enabled(hook.id)):
                pause = BACK_OFF[min(tried, len(BACK_OFF)) - 1]
                again = replace(delivery, attempt=tried, due=now + timedelta(seconds=pause))
                self._waiting.appendleft(again)  # what came later waits for it

    def _disable(self, webhook_id: str) -> None:
        with self.changing(), self._lock:
            if webhook_id in self._hooks:
                self._hooks[webhook_id] = replace(self._hooks[webhook_id], enabled=False)
                self._waiting = deque(one for one in self._waiting if one.webhook.id != webhook_id)

    def _is_enabled(self, webhook_id: str) -> bool:
        hook = self._hooks.get(webhook_id)
        return hook is not None and hook.enabled

    def _note(self, delivery: Delivery, now: datetime, outcome: str, status: int | None, detail: str) -> None:
        hook, event = delivery.webhook, delivery.event
        payload = event.payload[:2_000].decode(errors="replace")
        self.log.put(
            Attempt(
                stamp(now), delivery.message_id, hook.id, event.type, event.tenant, hook.url, delivery.attempt + 1,
                outcome, status, detail[:300], payload,
            )
        )  # fmt: skip


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
        return None, reason(error)
