"""What a world is made of when it outlives its process: store, outbox, journal and steering, all in one database."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

import orjson

from mockserver.contract import Contract
from mockserver.errors import Problem, SetupError
from mockserver.runtime import attempts, due_log
from mockserver.runtime.attempts import Attempt, Attempts
from mockserver.runtime.due_log import DueLog, Happened
from mockserver.runtime.outbox import Mail, Outbox
from mockserver.runtime.persistent_journal import PersistentJournal
from mockserver.runtime.persistent_lines import PersistentLines
from mockserver.runtime.steering import SharedSteering, SteeringPart
from mockserver.runtime.webhooks import Webhooks
from mockserver.store.sql.database import Database
from mockserver.store.sql.location import read_location
from mockserver.store.sql.persistent_store import PersistentStore

log = logging.getLogger("mockserver")

DOCUMENT = "document"
"""The fact that tells for which document the records were made."""
TOLD = 20
"""How many records that a document forbids are told."""


class Persistence:
    """One database, and the parts of a world that are kept there."""

    def __init__(self, location: str) -> None:
        """Raises SetupError when there is no such database, or it cannot be used."""
        self.database = Database(read_location(location))

    def store(self, *args: Any, **options: Any) -> PersistentStore:
        """As ``Store``."""
        return PersistentStore(self.database, *args, **options)

    def outbox(self, limit: int, store: PersistentStore) -> Outbox:
        return Outbox(limit, PersistentLines("outbox", limit, store, Mail))

    def due_log(self, store: PersistentStore) -> DueLog:
        return DueLog(PersistentLines("due", due_log.KEPT, store, Happened))

    def share(
        self, webhooks: Webhooks, store: PersistentStore, changing: Callable[[], AbstractContextManager[None]]
    ) -> None:
        """Have what became of deliveries kept; a receiver tells the messages of each process from those of others."""
        webhooks.log = Attempts(PersistentLines("deliveries", attempts.KEPT, store, Attempt))
        webhooks.origin, webhooks.changing = secrets.token_hex(8), changing

    def journal(self, limit: int, store: PersistentStore) -> PersistentJournal:
        return PersistentJournal(limit, self.database, store.lines)

    def steering(self, parts: Mapping[str, SteeringPart], store: PersistentStore) -> SharedSteering:
        return SharedSteering(self.database, store, parts)

    def close(self, journal: PersistentJournal) -> None:
        """Write what waits, and let go of the database."""
        journal.close()
        self.database.close()

    def hold_to(self, contract: Contract, store: PersistentStore) -> None:
        """See that the records that are there are good for the document, when it is not the one they were made for.

        Raises SetupError listing those that are not.
        """
        digest = hashlib.sha256(orjson.dumps(contract.document.root, option=orjson.OPT_SORT_KEYS)).hexdigest()
        known = self.database.fact(DOCUMENT)
        if known == digest:
            return
        shown = self.database.location.shown
        if known is not None:
            if problems := list(islice(_unfit(contract, store, shown), TOLD)):
                raise SetupError(problems)
            log.warning("store %s: the document has changed; what is kept is good for the new one too", shown)
        self.database.set_fact(DOCUMENT, digest)


def _unfit(contract: Contract, store: PersistentStore, shown: str) -> Iterator[Problem]:
    remedy = "serve the document it was made for, or empty it: mockserver store empty"
    for name in store.names():
        with store.work(name, reading=True) as tenant:
            for resource in contract.resources.values() if contract.maker is None else ():
                for record in tenant[resource.name].scan():
                    for broken in resource.violations(record.data()):
                        place = f"/{name}/{resource.name}/{record.id}{broken.pointer}"
                        yield Problem(shown, place, f"{broken.message}, says the document", remedy)
