"""What would have been mailed: kept in order, bounded, for a person and a test to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from mockserver.messages import Json
from mockserver.runtime.ring_buffer import Log, Ring


@dataclass(frozen=True, slots=True)
class Mail:
    """One message that a real server would have sent.

    ``kind`` is ``preview`` or ``notice``; ``to`` is an address, or the subject of the token where the
    API takes no address, or None; ``about`` is the id of the record it speaks of; ``details`` holds
    what else the sender said (from, cc, reply_to, notice_id …).
    """

    at: str
    tenant: str
    operation: str
    kind: str
    to: str | None
    subject: str
    body: str
    about: str | None
    details: Mapping[str, Json]

    def size(self) -> int:
        return OVERHEAD + len(orjson.dumps(asdict(self)))


MAX_BYTES = 16 * 2**20
"""How much text the outbox keeps in all."""
OVERHEAD = 500
"""How many bytes a mail takes beside its text, about."""


class Outbox:
    """The last ``limit`` mails; older ones fall out."""

    def __init__(self, limit: int, log: Log[Mail] | None = None) -> None:
        """Those of ``log``, where one is given."""
        self._mails = log or Ring[Mail](limit, MAX_BYTES)

    def put(self, mail: Mail) -> None:
        """Keep ``mail``; its number counts from 1 since the last reset."""
        self._mails.add(mail)

    def mails(self, tenant: str | None = None) -> list[dict[str, Any]]:
        """The mails kept, oldest first, each with its ``number``; of one tenant if named."""
        return [
            {"number": number, **asdict(mail)} for number, mail in self._mails.all() if tenant in (None, mail.tenant)
        ]

    def clear(self) -> None:
        self._mails.clear()
