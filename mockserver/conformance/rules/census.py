"""Which records there are of the resources that effects make: asked for only where that can have changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from mockserver.conformance.check_plan import Group
from mockserver.conformance.pagination import walk
from mockserver.conformance.rules.as_held import AsHeld, View
from mockserver.conformance.rules.effect_rules import effects_of, followers, made_by
from mockserver.conformance.session import Session
from mockserver.conformance.valid_requests import Ask
from mockserver.conformance.wire.client import is_safe
from mockserver.conformance.wire.traffic import Exchange, Sent
from mockserver.contract import Kind, Operation


class Census:
    """The records of the resources that effects make: as they were at first, and as they were the last time.

    What changes of ``group`` have made is asked for by ``new``. A list is read once more (``refresh``) only after a
    write whose consequences nobody judged: to another resource, or of the group's own and not told by ``was_judged``.
    """

    def __init__(self, session: Session, group: Group) -> None:
        self.session, self.group = session, group
        groups = session.plan.groups
        self.makers = {
            name: {one for one in groups if name in followers(groups, [one])}
            for name in sorted(made_by([effect for one in groups.values() for effect in effects_of(one)]))
        }
        self._first: dict[str, set[str]] = {}
        self._ids: dict[str, set[str]] = {}
        self._written: set[str] = set()
        self._ever: set[str] = set()
        self._owed: set[str] = set()
        self._is_change = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Which records there are at first, and an ear for each write meanwhile."""
        own = made_by(effects_of(self.group))
        self._first = {name: self._listed(name) for name in self.makers if name in own}
        self._ids = {name: set(known) for name, known in self._first.items()}
        client, before = self.session.client, self.session.client.before
        client.before = lambda sent, operation: self._settled(before(sent, operation) if before else sent, operation)
        client.after.append(self._look)
        try:
            yield
        finally:
            client.after.remove(self._look)
            client.before = before

    def _settled(self, sent: Sent, operation: Operation | None) -> Sent:
        """``sent``, once all is judged of which a write that nobody judges may make records as well."""
        name = operation.resource.name if operation else ""
        is_judged = self._is_change and name == self.group.name
        if self._owed and not is_judged and not is_safe(sent, operation):
            self.settle(name)
        return sent

    @contextmanager
    def change(self) -> Iterator[None]:
        """What is written to the group meanwhile is going to be judged."""
        self._is_change = True
        try:
            yield
        finally:
            self._is_change = False

    def _look(self, exchange: Exchange, operation: Operation | None) -> None:
        was_taken = exchange.reply is not None and exchange.reply.status < HTTPStatus.MULTIPLE_CHOICES
        if operation is not None and was_taken and not is_safe(exchange.sent, operation):
            self._written.add(operation.resource.name)
            self._ever.add(operation.resource.name)

    def _is_in_doubt(self, name: str) -> bool:
        return bool(self.makers[name] & self._written)

    def refresh(self) -> None:
        """Know again which records there are, whatever has made them; then a change may follow that is judged."""
        for name in filter(self._is_in_doubt, self._ids):
            self._ids[name] = self._listed(name)
        self._owed = {name for name in self._owed if not self._is_in_doubt(name)}
        self._written.clear()

    def was_judged(self) -> list[str]:
        """The last change of the group is accounted for; returns the resources of which it alone may have made some."""
        self._written.discard(self.group.name)
        return [name for name in self._ids if not self._is_in_doubt(name)]

    def owe(self, name: str) -> None:
        """Nothing was to be made of ``name``; that nothing was is to be judged later, by ``settle``."""
        self._owed.add(name)

    def settle(self, maker: str = "") -> None:
        """Expect nothing to have been made where nothing was to be; ``maker``: only of what this resource makes."""
        for name in sorted(self._owed):
            if not maker or maker in self.makers[name]:
                found = self.new(name)
                self.session.expect(not found, miscounted(name), f"wanted 0, found {len(found)}")

    def new(self, name: str) -> list[View]:
        """The records of ``name`` that were not there the last time, without those that a reply told of."""
        self._owed.discard(name)
        answered = {one.id for one in self.session.records.left()}
        found = self._listed(name) - self._ids[name] - answered
        self._ids[name] |= found
        return self._whole(name, found)

    def left(self) -> Iterator[tuple[str, View]]:
        """What was made of any resource since the beginning and is still there, but for what replies told of."""
        answered = {one.id for one in self.session.records.left()}
        for name in (name for name, makers in self.makers.items() if makers & self._ever):
            known = self._first.get(name)
            found = self._all(name) if known is None else self._whole(name, self._listed(name) - known)
            yield from ((name, one) for one in found if one.id not in answered)

    def _listed(self, name: str) -> set[str]:
        """The ids of all records of ``name``, no more of each where the document lets one ask for so little."""
        group = self.session.plan.groups[name]
        for operation in group.all(Kind.LIST):
            query = {operation.projection: group.key} if operation.projection else {}
            return {str(one[group.key]) for one in walk(self.session, group, Ask(operation, query=query))}
        return {one.id for one in self._all(name)}

    def _whole(self, name: str, ids: set[str]) -> list[View]:
        """The records with these ``ids``. Raises CannotTell."""
        if not ids or not self.session.plan.groups[name].has([Kind.READ]):
            return [one for one in self._all(name) if one.id in ids] if ids else []
        held = AsHeld(self.session)
        return [one for one in (held.find(name, key) for key in sorted(ids)) if one is not None]

    def _all(self, name: str) -> list[View]:
        return AsHeld(self.session).records(name, None, None)


def miscounted(resource: str, about: str = "no effect happens") -> str:
    return f"a different number of {resource} from what follows ({about})"
