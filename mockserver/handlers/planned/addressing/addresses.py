"""Where a record is found: its path, its address, and the members of a record that tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from mockserver.contract.document import Node
from mockserver.contract.plan import Model
from mockserver.contract.samples.own_addresses import HERE
from mockserver.contract.samples.record_examples import media_examples, record_examples
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.messages import Json, Reply
from mockserver.values.name_words import flat

ADDRESSES = frozenset({"url", "self", "href", "uri", "selflink", "selfurl"})
LINKS = frozenset({"_links", "links"})
"""Members that hold a record's own address as ``self``, in the way of HAL and JSON:API."""
_HERE = HERE.encode()
_PARAMETER = re.compile(r"\{([^{}]+)\}")


def address_of(call: Call, model: Model, keys: tuple[str, ...]) -> str:
    """The path of the record of those keys, its parents' first, as the caller reaches it: with the server's prefix."""
    plan, path = plan_of(call), call.input.written_path
    if plan.key is not None and plan.key in call.input.values:
        return path
    if own := _path_of(model, keys, call.input.values):
        return _prefix(call) + own
    return f"{path.rstrip('/').removesuffix('.json')}/{quote(keys[-1], safe='')}{model.ending}"


def brought_here(call: Call, place: Node, made: Json) -> Json:
    """What was made from a document's examples, with the addresses of the API itself led to the mock."""
    own, maker = call.tools.contract.own_addresses, call.tools.maker
    here = own.brought_here(made) if own is not None else made
    return here if here is made or maker.allows(place, here) or not maker.allows(place, made) else made


def reached(call: Call, reply: Reply) -> Reply:
    """``reply`` with the addresses of the mock as its caller reaches it."""
    raw = orjson.dumps(reply.value) if reply.has_value else reply.raw
    raw = with_host(call, raw) if raw is not None else None
    return Reply(reply.status, None, False, raw, reply.headers, reply.notes, reply.content_type, None, reply.stream)


def with_host(call: Call, raw: bytes) -> bytes:
    """JSON with the addresses of the mock as its caller reaches it."""
    return raw.replace(_HERE, orjson.dumps(host_of(call))[1:-1]) if _HERE in raw else raw


def named_by(model: Model) -> str:
    """The path parameter that names a record, empty where none does."""
    return next(reversed(_PARAMETER.findall(model.path)), "")


def first_address_of(call: Call, model: Model, keys: tuple[str, ...]) -> str:
    """The path of a record that is there from the beginning: the same, whoever looks first."""
    own = _path_of(model, keys, {})
    return "".join(call.tools.contract.prefixes[1:2]) + own if own else ""


def with_address(call: Call, model: Model, value: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    """The record with the address of another one in a member: with the host, where its format wants it."""
    maker = call.tools.maker
    place = maker.shapes.properties(model.record)[name] if model.record is not None else None
    if place is None:
        return value
    address = path if str(maker.shapes.says(place, "format")).endswith("-reference") else HERE + path
    return {**value, name: address} if maker.allows(place, address) else value


def addresses_of(call: Call, model: Model, asked: str) -> list[str]:
    """What a member may hold that leads to the record which a parameter names, by its key or by its address."""
    path = asked.removeprefix(host_of(call))
    if "://" in path:
        return [asked]
    path = path if path.startswith("/") else first_address_of(call, model, (path,))
    return [asked, path, host_of(call) + path, HERE + path]


def host_of(call: Call) -> str:
    """Scheme and host by which the caller reaches the mock."""
    return call.input.server


def as_shown(call: Call, name: str, address: str) -> str:
    """The address that stands beside a list as ``name``: a path where the reply's examples show one, there or beside.

    An example of the last page has no next one: ``first_page_uri`` beside it then tells the form of all.
    """
    known = plan_of(call).remembered
    if (shown := known.get("addresses")) is None:  # PERF: worked out once
        media, document = plan_of(call).success.media, call.tools.maker.shapes.document
        examples = media_examples(document, media) if media is not None else ()
        shown = known["addresses"] = {name: is_path for one in examples for name, is_path in _texts_in(call, one)}
    return address.removeprefix(host_of(call)) if shown.get(name, any(shown.values())) else address


def _texts_in(call: Call, example: Json) -> Iterator[tuple[str, bool]]:
    """The members that hold a text, at any depth but below a list, and whether it is a path of the document's."""
    own = call.tools.contract.own_addresses
    for name, one in example.items() if isinstance(example, dict) else ():
        if isinstance(one, str):
            yield name, own is not None and own.has(one)
        yield from _texts_in(call, one)


def _own_paths(call: Call, model: Model) -> frozenset[str]:
    """The members in which the document's examples of such a record show its address as a path."""
    known = plan_of(call).remembered.setdefault("own_paths", {})
    if model.path not in known:  # PERF: worked out once
        examples = record_examples(call.tools.maker.shapes.document, model.sources)
        shown = [(name, is_path) for one in examples for name, is_path in _texts_in(call, one)]
        known[model.path] = frozenset(name for name, is_path in shown if is_path and flat(name) in ADDRESSES)
    return frozenset(known[model.path])


def addressed(
    call: Call, model: Model, value: dict[str, Any], sent: Mapping[str, Any], keys: tuple[str, ...]
) -> dict[str, Any]:
    """The record with its own address, where it has one and nobody said another."""
    if model.record is None or not call.input.address:
        return value
    maker = call.tools.maker
    path, paths = address_of(call, model, keys), _own_paths(call, model)
    address = host_of(call) + path
    for name, place in maker.shapes.properties(model.record).items():
        is_own = (
            (name in value or name in paths) and name not in sent and (name,) != model.key and flat(name) in ADDRESSES
        )
        own = path if name in paths else address
        if is_own and maker.shapes.type(place) == "string" and maker.allows(place, own):
            value = {**value, name: own}
    return linked(call, model, _with_links(call, model, value, address, sent), address, sent)


def _with_links(
    call: Call, model: Model, value: dict[str, Any], address: str, sent: Mapping[str, Any]
) -> dict[str, Any]:
    """The record with the links that the document's examples show, where it has them and nobody said another."""
    members = call.tools.maker.shapes.properties(model.record) if model.record is not None and not model.ending else {}
    for name, link in model.links().items() if members else ():
        text = address.rsplit("/", link.up)[0] + link.rest
        if name in value and name not in sent and name in members and call.tools.maker.allows(members[name], text):
            value = {**value, name: text}
    return value


def self_addressed(call: Call, model: Model, value: dict[str, Any], address: str) -> dict[str, Any]:
    """A first record with its own address in the members that only the server writes or examples show as a path."""
    paths = _own_paths(call, model)
    shapes, members = call.tools.maker.shapes, dict[str, Node]()
    if address and model.record is not None:
        members = {name: one for name, one in shapes.properties(model.record).items() if flat(name) in ADDRESSES}
    own = {
        name: address if name in paths else HERE + address
        for name, one in members.items()
        if name in value and (name in paths or shapes.is_servers(one))
    }
    value = {**value, **{name: one for name, one in own.items() if call.tools.maker.allows(members[name], one)}}
    return _with_links(call, model, value, HERE + address, {}) if address else value


def linked(
    call: Call, model: Model, value: dict[str, Any], address: str, sent: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The record with a link to itself, where its schema has a place for one."""
    members = call.tools.maker.shapes.properties(model.record) if model.record is not None and address else {}
    value = _as_linked_data(call, model, value, urlsplit(address).path, sent or {}) if "@id" in members else value
    for name in LINKS & (members.keys() - (sent or {}).keys()):
        held = value.get(name, {})
        place = _self(call, members[name], name)
        options = [_whole(call, place, one) for one in ({"href": address}, address)]
        for one in options if isinstance(held, dict) else ():
            tried = {**held, "self": one}
            if (place is None or call.tools.maker.allows(place, one)) and call.tools.maker.allows(members[name], tried):
                value = {**value, name: tried}
                break
    return value


def _as_linked_data(
    call: Call, model: Model, value: dict[str, Any], path: str, sent: Mapping[str, Any]
) -> dict[str, Any]:
    """The record with what JSON-LD says of it: its address, what it is, where the words are explained."""
    maker = call.tools.maker
    members = maker.shapes.properties(model.record) if model.record is not None else {}
    called = maker.shapes.name(model.record) if model.record is not None else None
    kind = re.split(r"[.-]", (called or "").rpartition("/")[2])[0]
    own = {"@id": path, "@type": kind, "@context": f"{path.rsplit('/', 2)[0]}/contexts/{kind}" if kind else ""}
    own = {name: one for name, one in own.items() if one and name in members and name not in sent}
    return {**value, **{name: one for name, one in own.items() if maker.allows(members[name], one)}}


def _whole(call: Call, place: Node | None, link: Any) -> Any:
    """The link with scheme and host where its format asks for these."""
    shapes = call.tools.maker.shapes
    text = link["href"] if isinstance(link, dict) else link
    target = shapes.properties(place).get("href", place) if place is not None and isinstance(link, dict) else place
    if target is None or shapes.says(target, "format") != "uri" or not text.startswith("/"):
        return link
    return {"href": HERE + text} if isinstance(link, dict) else HERE + text


def _self(call: Call, links: Node, name: str) -> Node | None:
    """The schema of the link to itself. None: any will do, which only HAL's own name for links tells."""
    shape = call.tools.maker.shapes.shape(links)
    place = shape.properties.get("self", shape.additional)
    return Node("", {"type": "null"}) if place is None and name != "_links" else place


def _path_of(model: Model, keys: tuple[str, ...], values: Mapping[str, Any]) -> str:
    """The record's path, each parameter filled in: parents in their order, the key, others as the request has them."""
    above = {parent.parameter for parent in model.parents}
    names = _PARAMETER.findall(model.path)
    texts = [*keys[: model.reach], keys[-1]]
    known = [name for name in names[:-1] if name in above or name not in values]
    if not names or len(known) != model.reach:
        return ""
    text_of = {**{name: str(one) for name, one in values.items()}, **dict(zip([*known, names[-1]], texts, strict=True))}
    return _PARAMETER.sub(
        lambda found: quote(text_of[found[1]], safe="/" if found[1] == names[-1] and model.is_open else ""), model.path
    )


def _prefix(call: Call) -> str:
    """The prefix of the server below which the request came."""
    head = call.operation.path.partition("{")[0]
    found = [one for one in call.tools.contract.prefixes if call.input.path.startswith(one + head.rstrip("/"))]
    return max(found, key=len, default="")
