"""What the pages look at: tenants, resources and records as a client sees them, and exchanges that meet a filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import NotFound

from mockserver.contract import Resource
from mockserver.errors import SetupError
from mockserver.planting import begin, seen_now
from mockserver.runtime.journal import Entry
from mockserver.runtime.journal_filter import FILTERS, meets
from mockserver.store import Record, Tenant
from mockserver.store.collection import Collection
from mockserver.values.json_text import BadJson, decode
from mockserver.values.shown import cut, shown
from mockserver.web.control.tenants import known_resource, known_tenant
from mockserver.world import World

USUAL = "default"
"""The tenant of documents that have none."""
BEGUN = 40
"""Up to how many resources of a document without annotations get their first records for a list of them."""
CELL = 60
"""How many characters a cell of a table shows."""


TELLING = ("message", "detail", "error_description", "error", "title", "reason")
"""Members of a refusal that may say why, the plainest first."""


class Looking:
    """Reads a world; what is not there is a page that is not there."""

    def __init__(self, world: World) -> None:
        self._world = world

    def usual_tenant(self) -> str:
        return next(iter(self._world.store.names()), USUAL)

    def tenant(self, name: str) -> Tenant:
        """Raises NotFound; the usual one of a document without tenants appears."""
        if name == USUAL and self._world.contract.tenant is None:
            return self._world.store.tenant(USUAL)
        try:
            return known_tenant(self._world, name)
        except SetupError as error:
            raise NotFound(str(error)) from None

    def sizes(self, holder: Tenant) -> dict[str, int | None]:
        """How many records each resource has; None where the first ones are made when somebody looks."""
        resources = [one for one in self._world.contract.resources.values() if one.model is not None]
        with holder.work():
            for one in resources if len(resources) <= BEGUN else ():
                begin(self._world, holder, one)
            later = {one.name for one in resources if not one.is_single and (one.name,) not in holder.begun}
            return {name: None if name in later and not size else size for name, size in holder.sizes().items()}

    def resource(self, name: str) -> Resource:
        """Raises NotFound."""
        try:
            return known_resource(self._world, name)
        except SetupError as error:
            raise NotFound(str(error)) from None

    def collection(self, holder: Tenant, resource: Resource) -> Collection:
        """The records as they are now, apart from what becomes of them: nobody waits while they are read."""
        with holder.work():
            begin(self._world, holder, resource)
            return holder[resource.name].copy()

    def record(self, holder: Tenant, resource: Resource, record_id: str) -> Any:
        """The record as a client sees it; None where there is none."""
        with holder.work():
            begin(self._world, holder, resource)
            found = holder[resource.name].get(record_id)
            return None if found is None else self.seen(holder, resource, found)

    def seen(self, holder: Tenant, resource: Resource, record: Record) -> Any:
        with holder.work():
            return seen_now(self._world, holder, resource, record)

    def offered(self, holder: Tenant, resource: str, most: int) -> list[tuple[str, str]]:
        """Keys of a resource for an input to suggest, each with a label."""
        known = self._world.contract.resources.get(resource)
        if known is None:
            return []
        found: list[tuple[str, str]] = []
        for record in self.collection(holder, known).scan():
            if len(found) == most:
                break
            data = record.data()
            labels = [data[name] for name in ("name", "title", "label") if isinstance(data, dict) and name in data]
            found.append((record.id, self.cell(labels[0]) if labels else ""))
        return found

    def exchanges(
        self, query: Mapping[str, str], most: int, *, since: int = 0
    ) -> tuple[list[tuple[int, Entry]], dict[str, str]]:
        """The newest exchanges that meet the filters of ``query``, newest first, and these filters."""
        wanted = {name: query[name].strip() for name in (*FILTERS, "q") if query.get(name, "").strip()}
        filters = {name: text for name, text in wanted.items() if name != "q"}
        found: list[tuple[int, Entry]] = []
        for number, entry in reversed(self._world.journal.entries()):
            if number <= since or len(found) == most:
                break
            if meets(entry, filters) and _holds(entry, wanted.get("q", "")):
                found.append((number, _explained(entry)))
        return found, wanted

    def cell(self, value: Any) -> str:
        """A value in a cell of a table."""
        return cut(value, CELL) if isinstance(value, str) else "" if value is None else shown(value, CELL)


def _explained(entry: Entry) -> Entry:
    """With what the reply says of a refusal as its reason, where nothing else tells it."""
    if entry.status < 400 or entry.reason or entry.violations:
        return entry
    try:
        reply = decode(entry.reply, max_depth=64)
    except BadJson:
        return entry
    texts = [reply[name] for name in TELLING if isinstance(reply.get(name), str)] if isinstance(reply, dict) else []
    return entry._replace(reason=cut(texts[0], CELL * 2)) if texts else entry


def _holds(entry: Entry, text: str) -> bool:
    """Whether a text stands anywhere in an entry that a person would look for it, in whatever case."""
    places = (entry.path, entry.operation or "", entry.reason, entry.body.decode(errors="replace"))
    return any(text.lower() in place.lower() for place in places)
