"""The payloads of webhooks and callbacks: the changes of a unit of work, in the form the document declares for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, NamedTuple

import orjson

from mockserver.auth.authenticator import ANONYMOUS
from mockserver.contract import Input, Operation
from mockserver.contract.document import METHODS, Node
from mockserver.contract.samples.fitting import fit
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw
from mockserver.contract.schema import Schemas
from mockserver.contract.schema_shape import Shapes
from mockserver.handlers import Call
from mockserver.handlers.planned.initial_data.initial_records import begin
from mockserver.messages import Reply, Request
from mockserver.runtime.determinism import stamp
from mockserver.runtime.subscription import Event
from mockserver.runtime.webhooks import LARGEST
from mockserver.store import Tenant
from mockserver.store.tenant_diff import ChangedRecord, differing
from mockserver.values.hosts import LONGEST, refused_receiver
from mockserver.values.json_text import BadJson, decode
from mockserver.values.name_words import flat, singular
from mockserver.values.pointer import resolve
from mockserver.world import World

MOST = 100
"""How many records of one unit of work become events."""
MOST_CALLBACKS = 10
"""How many callbacks one request brings about."""
HAPPENINGS: Mapping[str, tuple[str, ...]] = {
    "created": ("created", "create", "new", "added", "add", "made"),
    "changed": ("changed", "change", "updated", "update", "modified", "edited"),
    "deleted": ("deleted", "delete", "removed", "remove", "gone"),
}
"""The words by which the names of a document's webhooks say what happened."""
_EXPRESSION = re.compile(r"\{([^{}]+)\}")


def changes_between(world: World, before: Tenant, tenant: Tenant) -> list[ChangedRecord]:
    """Each record that differs; what ``before`` lacks of first records is put there."""
    for name, *keys in tenant.begun - before.begun:  # first records have always been there
        about = next((one for one in world.operations.values() if one.plan and one.resource.name == name), None)
        if about is not None:
            begin(Call(about, Input({}), ANONYMOUS, world.tools), before, about.resource, tuple(keys))
    return [*differing(before, tenant, world.contract.resources)]


def events_of(world: World, tenant: Tenant, changes: list[ChangedRecord]) -> list[Event]:
    """One event for each record that differs."""
    return [_event(world, tenant, one) for one in changes[:MOST]]


def callbacks(world: World, operation: Operation, request: Request, reply: Reply) -> list[Event]:
    """The callbacks that an operation declares, each to where the request says."""
    document, content = world.contract.document, _Content(request, reply)
    declared = document.operation(operation.path, operation.method).child("callbacks")
    found = (
        _callback(world, _Callback(name, verb, place), url, content)
        for name, callback in declared.items()
        for address, item in document.follow(callback).items()
        if (url := content.address(address)) is not None
        for verb, place in item.items()
        if verb in METHODS
    )
    return [*islice(found, MOST_CALLBACKS)]


def _event(world: World, tenant: Tenant, change: ChangedRecord) -> Event:
    happened = "created" if change.before is None else "deleted" if change.after is None else "changed"
    name = f"{change.resource}.{happened}"
    record = change.after or change.before
    assert record is not None
    resource = world.contract.resources[change.resource]
    seen = record.data()
    if resource.model is None:
        seen = world.rules.seen(resource, record, world.rules.context(tenant, world.clock.now()))
    data = {"tenant": tenant.name, "resource": change.resource, "id": change.id, "record": seen}
    envelope = {"type": name, "timestamp": stamp(world.clock.now()), "data": data}
    declared = _declared(world, change.resource, happened)
    if declared is None:
        return _sized(Event(name, tenant.name, orjson.dumps(envelope)))
    method, place = declared
    value, refused = _kept(world, place, seen, envelope)
    return _sized(Event(name, tenant.name, orjson.dumps(value), method, refused=refused))


def _sized(event: Event) -> Event:
    if len(event.payload) <= LARGEST:
        return event
    return Event(event.type, event.tenant, b"", event.method, event.url, f"the payload is larger than {LARGEST} bytes")


def _declared(world: World, resource: str, happened: str) -> tuple[str, Node] | None:
    """The document's webhook for this event: method and operation; None without one."""
    document = world.contract.document
    for name, item in document.node("webhooks").items():
        if _is_about(name, resource, happened):
            for verb, place in document.follow(item).items():
                if verb in METHODS:
                    return verb.upper(), place
    return None


def _is_about(name: str, resource: str, happened: str) -> bool:
    """Whether ``petAdded``, ``new_pet`` or ``pets.created`` is the webhook of a resource's event."""
    words = flat(name)
    return any(
        words in (subject + verb, verb + subject)
        for subject in {flat(resource), flat(singular(resource))}
        for verb in HAPPENINGS[happened]
    )


def _kept(world: World, place: Node, record: Any, envelope: Any) -> tuple[Any, str | None]:
    """The content that a declared request takes: the record, our own form, or what comes nearest; and why not."""
    content = world.contract.document.follow(place.child("requestBody")).child("content")
    schemas = [media.child("schema") for name, media in content.items() if "json" in name.lower()]
    if not schemas or schemas[0].value is None:
        return envelope, None
    maker, schema = _maker(world), schemas[0]
    for value in (record, envelope):
        if maker.allows(schema, value):
            return value, None
    draw = Draw.of(world.ids.draw("webhook", place.pointer), world.clock.now(), full=True)
    made = fit(maker, schema, _within(maker, schema, record, envelope), draw)
    if maker.allows(schema, made):
        return made, None
    return made, f"nothing was made that keeps the schema at {schema.pointer}"


def _within(maker: Maker, schema: Node, record: Any, envelope: Mapping[str, Any]) -> Any:
    """The record with the envelope's other members, or in the member of the schema that takes it."""
    members = maker.shapes.properties(schema)
    place = next(
        (name for name, one in members.items() if maker.allows(one, record) and one.value not in ({}, True)), None
    )
    known = {name: one for name, one in envelope.items() if name in members}
    if place is not None and isinstance(record, dict) and not set(members) & set(record) - {place}:
        return {**known, place: record}
    return {**known, **record} if isinstance(record, dict) else record


def _maker(world: World) -> Maker:
    document = world.contract.document
    return world.contract.maker or Maker(Schemas(document, loose=True), Shapes(document))


class _Content:
    """What runtime expressions of a callback's address look at."""

    def __init__(self, request: Request, reply: Reply) -> None:
        self.request = request
        self._reply = reply

    def address(self, template: str) -> str | None:
        """The address that a callback's key denotes; None where the request does not say one."""
        if template.startswith("$"):
            return self.value(template)
        values = {name: self.value(name) for name in _EXPRESSION.findall(template)}
        if not values or None in values.values():
            return None
        return _EXPRESSION.sub(lambda found: values[found[1]] or "", template)

    def value(self, expression: str) -> str | None:
        """What ``$request.body#/url`` and the like denote; None where that is nothing."""
        if expression == "$method":
            return self.request.method
        source, _, place = expression.partition("#")
        if source in ("$request.body", "$response.body"):
            return _text(resolve(self._body(source), place) if place else self._body(source))
        for prefix, values in (
            ("$request.query.", dict(self.request.query)),
            ("$request.path.", self.request.path_values),
            ("$request.header.", self.request.headers),
            ("$response.header.", {name.lower(): text for name, text in self._reply.headers}),
        ):
            if expression.startswith(prefix):
                name = expression[len(prefix) :]
                return values.get(name.lower() if "header" in prefix else name)
        return None

    def _body(self, source: str) -> Any:
        raw = self.request.body if source == "$request.body" else self._reply.raw
        if source == "$response.body" and self._reply.has_value:
            return self._reply.value
        try:
            return decode(raw or b"null", 40)
        except BadJson:
            return None

    @property
    def record(self) -> Any:
        """What the operation answered, or what it was sent."""
        body = self._body("$response.body")
        return body if body is not None else self._body("$request.body")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


class _Callback(NamedTuple):
    name: str
    verb: str
    place: Node


def _callback(world: World, callback: _Callback, url: str, content: _Content) -> Event:
    """A callback on its way, or why it is not sent."""
    envelope = {"type": callback.name, "timestamp": stamp(world.clock.now()), "data": content.record}
    value, refused = _kept(world, callback.place, content.record, envelope)
    is_open = world.settings.control_token is not None  # others reach this mock, and by it this machine
    if refused is None and (why := refused_receiver(url, world.settings.webhook_hosts, loopback=not is_open)):
        refused = "; ".join(why)
    tenant = content.request.path_values.get(world.contract.tenant or "", "default")
    return _sized(Event(callback.name, tenant, orjson.dumps(value), callback.verb.upper(), url[:LONGEST], refused))
