"""A webhook that somebody registered, an event, and the one on its way to the other."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

BACK_OFF = (5, 300, 1_800, 7_200, 18_000)
"""Seconds of the mock's clock from one attempt to the next, as Standard Webhooks proposes."""


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

    One that ``is_shuffled`` no longer waits for others.
    """

    number: int
    message_id: str
    webhook: Webhook
    event: Event
    due: datetime
    attempt: int = 0
    is_shuffled: bool = False
