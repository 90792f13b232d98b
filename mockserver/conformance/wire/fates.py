"""What became of a write of which nothing was heard: found out by reading, so that none is carried out twice unseen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from mockserver.conformance.check_plan import Group
from mockserver.conformance.created_records import CreatedRecord, path_value
from mockserver.conformance.findings import Broken, Inconclusive
from mockserver.conformance.pagination import walk, ways
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask, is_valid, record_name
from mockserver.conformance.wire.client import Fate
from mockserver.conformance.wire.identity import Requester
from mockserver.conformance.wire.traffic import Exchange, Received, Sent, json_or_none
from mockserver.contract import Kind, Operation
from mockserver.contract.operation import How
from mockserver.values.equality import same_json

ON_ONE = frozenset({Kind.CREATE, Kind.READ, Kind.REPLACE, Kind.PATCH})
"""The meanings whose answer is one record."""
KEPT = 500
"""How many records are remembered, those last seen."""


class Fates:
    """Asked by the client about each write that got no answer; a record that such a create made is removed."""

    def __init__(self, session: Session) -> None:
        self._kit = session
        self._known: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        session.client.after.append(self.observe)

    def observe(self, exchange: Exchange, operation: Operation | None) -> None:
        """Remember each record as it was last seen. PERF: unread, since hardly one is ever looked up."""
        reply = exchange.reply
        if operation is None or reply is None or reply.status != 200 or operation.kind not in ON_ONE:
            return
        named = path_value(operation, exchange.sent.path, record_name(operation))
        place = (operation.resource.name, _id(reply, operation) if operation.kind is Kind.CREATE else str(named))
        self._known[place] = reply.body
        self._known.move_to_end(place)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def __call__(self, sent: Sent, operation: Operation) -> Fate:
        group = self._kit.plan.groups[operation.resource.name]
        if group.is_single or not group.has((Kind.READ, Kind.DELETE)):
            return Fate.UNKNOWN
        who, body = self._sender(sent), json_or_none(sent.body)
        match operation.kind:
            case Kind.CREATE:
                return self._of_creates([body] if is_valid(operation, body) else [], group, who)
            case Kind.DELETE | Kind.REPLACE | Kind.PATCH:
                record_id = path_value(operation, sent.path, record_name(operation))
                return self._of_change(operation.kind is Kind.DELETE, record_id, group, who)
            case Kind.BATCH if isinstance(body, dict) and isinstance(body.get("operations"), list):
                return self._of_batch([one for one in body["operations"] if isinstance(one, dict)], group, who)
        return Fate.UNKNOWN

    def _of_batch(self, items: list[dict[str, Any]], group: Group, who: Requester) -> Fate:
        """Not done when no item was: an item that reads does nothing."""
        creates = [one.get("object") for one in items if one.get("operation") == "create"]
        changes = [one for one in items if one.get("operation") not in ("create", "read")]
        fates = [self._of_change(one.get("operation") == "delete", one.get("id"), group, who) for one in changes]
        fates += [self._of_creates(creates, group, who)] if creates else []
        return Fate.NOT_DONE if all(one is Fate.NOT_DONE for one in fates) else Fate.UNKNOWN

    def _of_creates(self, bodies: list[Any], group: Group, who: Requester) -> Fate:
        """Looked for by the text that each body carries; what is refused anyway is taken for not done."""
        texts = {str(one.get(group.marker)): one for one in bodies if isinstance(one, dict)}
        asks = {text: _ask(group, body) for text, body in texts.items() if self._kit.mark in text}
        if len(asks) < len(bodies) or not all(asks.values()):
            return Fate.UNKNOWN
        several = {repr((one.operation.id, one.values, one.body)): one for one in asks.values() if one}
        try:
            found = [made for ask in several.values() for made in walk(self._kit, group, ask, who=who)]
        except (Broken, Inconclusive):
            return Fate.UNKNOWN
        known = set(self._kit.records.left())  # replies told of these: what was made of the same body before
        mine = (
            CreatedRecord(who.tenant, group.name, one[group.key]) for one in found if one.get(group.marker) in texts
        )
        made = [one for one in mine if one not in known]
        self._kit.records.remember(who.tenant, [(group.name, one.id) for one in made])
        gone = [self._kit.at(group, Kind.DELETE, one.id, who=who).status in (200, 404) for one in made]
        return Fate.NOT_DONE if all(gone) else Fate.UNKNOWN

    def _of_change(self, is_delete: bool, record_id: Any, group: Group, who: Requester) -> Fate:
        known = self._known.get((group.name, str(record_id)))
        reply = self._kit.at(group, Kind.READ, str(record_id), who=who)
        if is_delete:
            return Fate.DONE if reply.status == 404 else Fate.NOT_DONE
        before, now = json_or_none(known), json_or_none(reply.body)
        is_same = reply.status == 200 and known is not None and same_json(before, now)
        return Fate.NOT_DONE if is_same or reply.status in (400, 404) else Fate.UNKNOWN

    def _sender(self, sent: Sent) -> Requester:
        header = sent.header("Authorization")
        other = self._kit.other
        return other if other and header == f"Bearer {other.token}" else self._kit.own


def marked(session: Session, group: Group, who: Requester, mark: str) -> dict[CreatedRecord, str] | None:
    """The records whose text carries ``mark``, with it: by search, else by the whole list; None where neither is.

    Raises Broken or Inconclusive when they cannot be read.
    """
    marker = group.marker
    asks = [
        Ask(operation, body={name: mark})
        for operation in group.all(Kind.SEARCH)
        for name, criterion in operation.criteria.items()
        if criterion.field == marker and criterion.how is How.CONTAINS
    ]
    asks += [Ask(operation) for operation in group.all(Kind.LIST)]
    if not asks:
        return None
    texts = {str(one[group.key]): str(one.get(marker)) for one in walk(session, group, asks[0], who=who)}
    return {CreatedRecord(who.tenant, group.name, record_id): text for record_id, text in texts.items() if mark in text}


def _ask(group: Group, body: Mapping[str, Any]) -> Ask | None:
    """What finds a record that was made of ``body``: a search, else a look-up or the list; None where nothing."""
    found = [one for one in ways(group, body) if one.operation.kind is not Kind.SEARCH or one.body]
    rank = (Kind.SEARCH, Kind.LOOKUP, Kind.LIST)
    return min(found, key=lambda one: rank.index(one.operation.kind), default=None)


def _id(reply: Received, operation: Operation) -> str:
    value = json_or_none(reply.body)
    return str(value.get(operation.resource.key)) if isinstance(value, dict) else ""
