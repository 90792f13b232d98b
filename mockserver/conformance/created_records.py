"""The records that a run has made and not yet removed: seen in the replies, whoever made them and however."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

from mockserver.conformance.rules.rule_text import tree_of
from mockserver.conformance.wire.traffic import Exchange, json_or_none
from mockserver.contract import Contract, Kind, Operation
from mockserver.messages import SUCCESSES
from mockserver.values.pointer import pointer_to


@dataclass(frozen=True, slots=True)
class CreatedRecord:
    """One record by where it is."""

    tenant: str
    resource: str
    id: str


Listener: TypeAlias = Callable[[str, CreatedRecord], None]


class CreatedRecords:
    """Watches the exchanges: what a create or a batch made is remembered until a delete is seen.

    ``listener`` is told ``made`` or ``gone`` with the record, at once.
    """

    def __init__(self, contract: Contract, listener: Listener | None = None) -> None:
        self._contract = contract
        self.listener = listener
        self._known: dict[CreatedRecord, None] = {}

    def left(self) -> list[CreatedRecord]:
        """What is still there, the newest first."""
        return list(reversed(self._known))

    def observe(self, exchange: Exchange, operation: Operation | None) -> None:
        """Remember what the exchange created, forget what it deleted."""
        reply = exchange.reply
        if operation is None or operation.plan is not None or reply is None or reply.status not in SUCCESSES:
            return
        tenant = path_value(operation, exchange.sent.path, self._contract.tenant) or ""
        if operation.kind is Kind.DELETE:
            self.forget(CreatedRecord(tenant, operation.resource.name, record_id(exchange.sent.path)))
        for found in created(operation, exchange):
            self._remember(CreatedRecord(tenant, operation.resource.name, found))
        for gone in _deleted(operation, exchange):
            self.forget(CreatedRecord(tenant, operation.resource.name, gone))

    def remember(self, tenant: str, found: Iterable[tuple[str, str]]) -> None:
        """Take records, by resource and id, for ones that this run has made."""
        for resource, record_id in found:
            self._remember(CreatedRecord(tenant, resource, record_id))

    def forget(self, made: CreatedRecord) -> None:
        if made in self._known:
            del self._known[made]
            self._tell("gone", made)

    def _remember(self, made: CreatedRecord) -> None:
        if made not in self._known:
            self._known[made] = None
            self._tell("made", made)

    def _tell(self, event: str, made: CreatedRecord) -> None:
        if self.listener:
            self.listener(event, made)


def path_value(operation: Operation, path: str, name: str | None) -> str | None:
    """What ``path`` holds where the operation's template has ``{name}``."""
    steps = zip(operation.path.split("/"), path.split("/"), strict=False)
    return next((unquote(found) for wanted, found in steps if wanted == f"{{{name}}}"), None)


def record_id(path: str) -> str:
    """What the path's last step names."""
    return unquote(path.rpartition("/")[2])


def created(operation: Operation, exchange: Exchange) -> list[str]:
    """The ids of the records that the reply tells were made."""
    if operation.kind not in (Kind.CREATE, Kind.GENERATE, Kind.BATCH):
        return []
    body = _body(exchange)
    key = operation.resource.key
    if operation.kind is Kind.CREATE and isinstance(body, dict):
        return [body[key]] if isinstance(body.get(key), str) else []
    if operation.kind is Kind.GENERATE and isinstance(body, dict):
        return [one[key] for one in (body.get(name) for name in _generated(operation)) if isinstance(one, dict)]
    return [one for one in _items(operation, body, "create") if one]


def made_at(operation: Operation, exchange: Exchange) -> tuple[str, str] | None:
    """The path of the record that a create made, where only inference tells of it, and the pointer to its key.

    None where the reply does not tell.
    """
    model, plan, reply = operation.resource.model, operation.plan, exchange.reply
    if operation.kind is not Kind.CREATE or plan is None or model is None or not model.key or reply is None:
        return None
    steps = (*(plan.record or ()), *model.key)
    value = _body(exchange)
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    if reply.status >= 300 or isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return f"{exchange.sent.path.rstrip('/')}/{quote(str(value), safe='')}", pointer_to(*steps)


def _generated(operation: Operation) -> list[str]:
    """The members of a reply that hold the record that was generated: ``dict(name=it)`` or ``{'name': it}``."""
    try:
        reply = tree_of(operation.meaning["reply"])
    except SyntaxError:
        return []
    members: list[tuple[object, ast.expr]] = []
    if isinstance(reply, ast.Call):
        members = [(one.arg, one.value) for one in reply.keywords]
    elif isinstance(reply, ast.Dict):
        members = [(getattr(key, "value", None), one) for key, one in zip(reply.keys, reply.values, strict=True)]
    return [name for name, one in members if isinstance(name, str) and isinstance(one, ast.Name) and one.id == "it"]


def _deleted(operation: Operation, exchange: Exchange) -> list[str]:
    if operation.kind is not Kind.BATCH:
        return []
    return [one for one in _items(operation, _body(exchange), "delete") if one]


def _items(operation: Operation, body: Any, verb: str) -> list[str]:
    """The ids that a batch reply tells for the items of one verb that went well."""
    words = operation.batch
    if operation.kind is not Kind.BATCH or not isinstance(body, dict) or not isinstance(body.get(words.results), list):
        return []
    results = [words.parts(one) for one in body[words.results] if isinstance(one, dict)]
    found = [one for one in results if one.get("verb") == verb]
    well = [one for one in found if isinstance(one.get("status"), int) and one["status"] < 300]
    return [one["key"] for one in well if isinstance(one.get("key"), str)]


def _body(exchange: Exchange) -> Any:
    return json_or_none(exchange.reply.body) if exchange.reply else None
