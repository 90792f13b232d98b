"""Requests that may be sent twice: one with the ``Idempotency-Key`` of another is answered as that one was, once."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import blake2b
from http import HTTPStatus

import orjson

from mockserver.contract.plan import PlannedParameter
from mockserver.errors import Refusal, Violation
from mockserver.handlers import door
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.inference.vocabulary.names_beside import REPLIES, is_repeat_key
from mockserver.messages import REFUSALS, Reply
from mockserver.store import Tenant

MOST = 1_000
"""How many replies are kept: the oldest goes first."""
_REFUSALS = frozenset(map(str, REFUSALS))
_USUAL = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
_ALL = "-"
"""The record that says which there are, the oldest first."""


def once(call: Call, tenant: Tenant, answer: Callable[[Call, Tenant], Reply]) -> Reply:
    """The reply of ``answer``, or what the first request with the same key was answered, where that was a success.

    Raises Refusal: the key was sent with another request.
    """
    header, resource = repeat_key(call), call.tools.contract.resources.get(REPLIES)
    key = call.input.headers.get(header.name.lower()) if header is not None else None
    if header is None or not key or resource is None:
        return answer(call, tenant)
    name = _digest(call.operation.id, call.identity.subject, key)
    said = _digest(call.input.path, *_content(call))
    if (kept := tenant[resource.name].get(name)) is None:
        reply = answer(call, tenant)
        _keep(call, tenant, name, said, reply)
        return reply
    before = kept.data()
    if before["said"] != said:
        message = "was sent with another request; give each request its own, and repeat one unchanged"
        violation = Violation("header", f"/{header.name}", "idempotency", message)
        raise Refusal(_refusal(call), "Another request was sent with the same key.", violations=[violation])
    headers = tuple((one, text) for one, text in before["headers"])
    raw = b64decode(before["content"]) if before["content"] is not None else None
    return Reply(before["status"], raw=raw, headers=headers, notes=(("Kind", "repeated"),), content_type=before["type"])


def repeat_key(call: Call) -> PlannedParameter | None:
    """The header by which a request is known that is sent again. PERF: looked for once."""
    remembered = plan_of(call).remembered
    if "repeat key" not in remembered:
        is_write = call.operation.method not in ("GET", "HEAD")
        keys = (one for one in plan_of(call).parameters if is_repeat_key(one) and is_write)
        remembered["repeat key"] = next(keys, None)
    found: PlannedParameter | None = remembered["repeat key"]
    return found


def _content(call: Call) -> list[str]:
    """What the request says beside its path, files by their bytes."""
    files = [f"{name} {_digest(one.content)}" for name, one in sorted(call.input.files.items())]
    body = call.input.body if call.input.has_body else None
    return [orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode(), *files]


def _digest(*parts: str | bytes) -> str:
    whole = b"\0".join(one if isinstance(one, bytes) else one.encode(errors="surrogatepass") for one in parts)
    return blake2b(whole, digest_size=16).hexdigest()


def _keep(call: Call, tenant: Tenant, name: str, said: str, reply: Reply) -> None:
    resource = call.tools.contract.resources[REPLIES]
    raw = orjson.dumps(reply.value) if reply.has_value else reply.raw
    content = b64encode(raw).decode() if raw is not None else None
    kept = {"said": said, "status": reply.status, "content": content, "headers": [*map(list, reply.headers)]}
    door.keep(tenant, resource, name, {**kept, "type": reply.content_type})
    known = tenant[resource.name].get(_ALL)
    held = [*(known.data()["held"] if known is not None else ()), name]
    for oldest in held[:-MOST]:
        door.remove(tenant, resource, oldest)
    door.keep(tenant, resource, _ALL, {"held": held[-MOST:]})


def _refusal(call: Call) -> int:
    """The status of a key that was used for something else: the one that the document explains by it, or is usual."""
    document, replies = call.tools.maker.shapes.document, plan_of(call).replies
    declared = document.operation(call.operation.path, call.operation.method).child("responses")
    described = ((name, str(document.follow(one).child("description").value)) for name, one in declared.items())
    explained = [int(name) for name, text in described if name in _REFUSALS and "idempot" in text.lower()]
    usual = [one for one in _USUAL if str(one.value) in replies]
    return int([*explained, *usual, HTTPStatus.BAD_REQUEST][0])
