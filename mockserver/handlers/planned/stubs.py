"""What no rule knows a meaning of: the declared success, from example or schema; nothing is stored (O12)."""

from __future__ import annotations

from dataclasses import replace

from mockserver.contract.document import Node
from mockserver.contract.form_bodies import typed
from mockserver.contract.plan import OperationPlan
from mockserver.errors import Refusal
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.asked_values import asked_values
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.logging_in import log_in
from mockserver.handlers.planned.reply_bodies.replying import enveloped, made
from mockserver.handlers.planned.stored_records.embedding import presented
from mockserver.handlers.planned.stored_records.scope import scope_of
from mockserver.handlers.planned.stored_records.stored_files import given_back
from mockserver.handlers.planned.stored_records.summaries import counted
from mockserver.messages import Json, Reply
from mockserver.store import Tenant
from mockserver.values.name_words import flat, singular
from mockserver.values.shown import quoted

_SAID_AGAIN = frozenset(
    {"email", "emailaddress", "mail", "username", "login", "name", "firstname", "lastname", "fullname", "displayname",
     "nickname", "phone", "phonenumber", "mobile", "amount", "currency", "quantity", "title", "description", "subject",
     "content", "comment", "note", "reference"}
)  # fmt: skip
"""Members of what is sent that a reply says again, wherever it has one of that name."""
_DEEPEST = 3


def stub(call: Call, tenant: Tenant) -> Reply:
    """``Mock-Kind: stub`` tells that no state of its own stands behind it. Raises Refusal: see ``_above``."""
    plan = plan_of(call)
    if plan.words.get("login") and (reply := log_in(call, tenant)) is not None:
        return reply
    if "file" in plan.words and (reply := given_back(call, tenant)) is not None:
        return reply
    above = _above(call, tenant)
    whose = _whose(call, str(call.input.values[plan.key])) if isinstance(above, dict) and plan.key is not None else {}
    value = {
        **(above if isinstance(above, dict) else {}),
        **whose,
        **asked_values(call, _about(call)),
        **_repeated(call),
    } or above
    reply = made(call, plan.success, plan.status, value=value, full=True, notes=(("Kind", "stub"),))
    return _said_again(call, plan, counted(call, tenant, reply))


def _about(call: Call) -> Node | None:
    """What a reply is about: itself, or the one object that it holds."""
    schema, shapes = plan_of(call).success.schema, call.tools.maker.shapes
    inner = enveloped(shapes, schema) if schema is not None else None
    return shapes.properties(schema)[inner] if schema is not None and inner is not None else schema


def _whose(call: Call, key: str) -> dict[str, Json]:
    """The key of the record that the path stands below, where the reply names it: ``order_id``."""
    maker, place = call.tools.maker, _about(call)
    wanted = f"{flat(singular(call.resource.name.rpartition('.')[2]))}id"
    members = maker.shapes.properties(place) if place is not None else {}
    named = [name for name in members if flat(name) == wanted]
    return {name: typed(maker, members[name], key) for name in named}


def _repeated(call: Call) -> dict[str, Json]:
    """What the body says that the reply is to say as well: members of one schema, but for lists and objects."""
    plan, body = plan_of(call), call.input.body
    if not isinstance(body, dict) or (reply := _about(call)) is None:
        return {}
    shapes = call.tools.maker.shapes
    shared = {name for schema in plan.bodies.values() for name in shapes.in_common(schema, reply)}
    return {name: one for name, one in body.items() if name in shared and not isinstance(one, dict | list)}


def _said_again(call: Call, plan: OperationPlan, reply: Reply) -> Reply:
    """The reply with what was sent of the same thing: whoever logs in is the one who is answered."""
    body, schema = call.input.body, plan.success.schema
    if not isinstance(body, dict) or schema is None or not isinstance(reply.value, dict):
        return reply
    inner = next(iter(body.values())) if len(body) == 1 else None  # an envelope holds nothing else
    sent = inner if isinstance(inner, dict) else body
    said = {name: one for name, one in sent.items() if flat(name) in _SAID_AGAIN and isinstance(one, str | int | float)}
    whole = _with(reply.value, said, _DEEPEST) if said else reply.value
    return replace(reply, value=whole) if whole != reply.value and plan.maker.allows(schema, whole) else reply


def _with(value: Json, said: dict[str, Json], left: int) -> Json:
    if not isinstance(value, dict):
        return value
    return {
        name: _with(one, said, left - 1) if isinstance(one, dict) and left
        else said[name] if name in said and type(said[name]) is type(one)
        else one
        for name, one in value.items()
    }  # fmt: skip


def _above(call: Call, tenant: Tenant) -> Json:
    """The record that the path stands below: its members are shown where the reply has them, too.

    Raises Refusal(404) where a client could have known that it is not there.
    """
    plan = plan_of(call)
    if call.resource.model is None or plan.key is None:
        return None
    key, scope = str(call.input.values[plan.key]), scope_of(call, tenant)
    if (found := scope.find(key)) is not None:
        return presented(call, tenant, found)
    if plan.words.get("must_exist"):
        raise Refusal(404, f"No record {quoted(key)} in {scope.resource.name}.")
    return None
