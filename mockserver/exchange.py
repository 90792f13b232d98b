"""From request to reply: the eight stops of one exchange, in their order. The file to read first."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter

import orjson

from mockserver.change_events import publishing, queue_callbacks
from mockserver.contract import Input, Operation, check, read, read_inferred
from mockserver.contract.routing import answered_methods
from mockserver.errors import ContractBreach, Refusal, Violation, crowded, denied, excessive, unreachable
from mockserver.handlers import Call, dispatch, refused
from mockserver.handlers.showing import asked_for
from mockserver.messages import Identity, Reply, Request, header_text, say
from mockserver.runtime.fault import GATEWAY, FaultTarget
from mockserver.runtime.faults import ASKED_FOR, TWICE, Hit, later
from mockserver.runtime.journal import SHOWN_BODY, Entry
from mockserver.runtime.preferences import read_preferences
from mockserver.store import Moved, Overtaken, StoreUnreachable, TooManyTenants, WouldWait
from mockserver.world import World

log = logging.getLogger("mockserver")

OVERTAKEN = 3
"""How many times a unit of work is attempted that concurrent writers overtake, before the request is refused."""


@dataclass(slots=True)
class _ExchangeState:
    """What is known of one exchange so far, for the journal and the diagnostic headers, however it ends."""

    request: Request
    may_wait: bool
    is_second: bool = False
    began: float = field(default_factory=perf_counter)
    operation: Operation | None = None
    tenant: str | None = None
    identity: Identity | None = None
    reason: str = ""
    violations: tuple[Violation, ...] = ()
    breach: bool = False
    hit: Hit | None = None  # the fault that struck
    late: float = 0.0  # seconds by which the caller wants the reply delayed
    applied: Sequence[str] = ()  # preferences that were honoured


def answer(world: World, request: Request, *, may_wait: bool = True) -> Reply:
    """The reply to ``request``, whatever goes wrong.

    Raises WouldWait where answering would block and ``may_wait`` is False, and Moved where another world has taken this
    one's place. Nothing has happened then: the request can be answered again, after Moved by the other world.
    """
    state = _ExchangeState(request, may_wait)
    reply = _run(world, state)
    if state.hit and state.hit.fault.duplicate:
        _run(world, _ExchangeState(request, may_wait, is_second=True))
    return reply


def _run(world: World, state: _ExchangeState) -> Reply:
    """One exchange, from the request to its entry in the journal."""
    try:
        own = partial(_answer, world, state.request, state)
        own = own if world.steering is None else partial(world.steering.settled, own)
        reply = own() if world.onward is None else world.onward(world, state.request, own)
    except (WouldWait, Moved):
        raise
    except Refusal as refusal:
        reply = _refused(world, refusal, state)
    except ContractBreach as breach:
        reply = _breached(breach, state)
    except TooManyTenants:
        reply = _refused(world, crowded(world.settings.max_tenants), state)
    except StoreUnreachable as lost:
        reply = _refused(world, unreachable(str(lost), in_doubt=lost.in_doubt), state)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the caller gets a reply and the journal an entry
        reply = _failed(error, state)
    return _finish(world, reply, state)


def _answer(world: World, request: Request, state: _ExchangeState) -> Reply:
    operation = state.operation = _operation(world, request)
    tenant, is_change = world.contract.tenant_of(request.path_values), not operation.facts.is_safe
    world.refresh(tenant, may_wait=state.may_wait, is_change=is_change)
    if request.method == "HEAD" and operation.method == "GET":  # RFC 9110 9.3.2: all but the content is GET's
        request = replace(request, method="GET")
    if request.excess:
        raise excessive(request.excess, says_413="413" in operation.statuses)
    state.tenant = tenant
    state.identity = _identified(world, operation, request, state.tenant)
    _inject_fault(world, operation, state)
    if (preferred := _by_preference(world, operation, state)) is not None:
        return preferred
    sent = _read(world, operation, request)
    call = Call(operation, sent, state.identity, world.tools)
    reply = _carried_out(world, call, request, state)
    queue_callbacks(world, operation, request, reply)
    for breach in call.breaches:
        _note_breach(breach, state)
    if not (notes := call.notes) and not sent.notes:  # PERF: an eighth of the time that reading a record takes
        return reply
    return replace(reply, notes=(*sent.notes, *reply.notes, *notes))


def _carried_out(world: World, call: Call, request: Request, state: _ExchangeState) -> Reply:
    """The handler's reply, from one unit of work of the tenant; a long read takes a view instead, and blocks nobody."""
    operation, tenant = call.operation, state.tenant or "default"
    is_at_hand = world.store.is_at_hand and not world.faults.lag
    if state.may_wait and is_at_hand and operation.plan is None and operation.facts.reads_long:
        reply = dispatch(call, world.store.view(tenant, operation.resource.name))
        _check(world, call, request, reply)
        return reply
    for number in range(OVERTAKEN):
        try:
            return _in_one_unit(world, call, request, state, is_first=not number)
        except Overtaken:  # nothing has happened, and what it collected is told again
            call.forget()
    raise StoreUnreachable(f"others have changed {tenant[:80]} {OVERTAKEN} times meanwhile")


def _in_one_unit(world: World, call: Call, request: Request, state: _ExchangeState, *, is_first: bool) -> Reply:
    reading = is_first and request.method in ("GET", "HEAD")
    how = {"reading": reading, "may_wait": state.may_wait, "may_be_overtaken": is_first}
    with world.store.work(state.tenant or "default", **how) as tenant, publishing(world, tenant, reading=reading):
        visible = tenant
        if world.faults.lag:
            visible = world.looked_at(tenant, FaultTarget(call.operation, state.tenant, request), state.hit)
        reply = dispatch(call, visible)
        _check(world, call, request, reply)  # nothing is final before the reply is good
        for mail in call.mails:
            world.outbox.put(mail)
        return reply


def _inject_fault(world: World, operation: Operation, state: _ExchangeState) -> None:
    """Inject the fault that waits for this request, if one does. Raises Refusal with the fault's status."""
    if state.is_second:
        state.reason = TWICE
    elif hit := world.take_fault(FaultTarget(operation, state.tenant, state.request)):
        state.hit, state.reason = hit, ASKED_FOR
        world.faults.happen(hit)


def _by_preference(world: World, operation: Operation, state: _ExchangeState) -> Reply | None:
    """The reply that the request asks for by ``Prefer``; None where the operation is to answer. Raises Refusal."""
    if (header := state.request.headers.get("prefer")) is None:
        return None
    preferences = read_preferences(header)
    state.applied = preferences.applied
    state.late = preferences.late()
    if found := preferences.answer(operation, world.contract.document):
        state.reason = found[1]
    return found[0] if found else None


def _check(world: World, call: Call, request: Request, reply: Reply) -> None:
    """Raises ContractBreach."""
    operation = call.operation
    if operation.plan is None:  # with a plan each value was held to its schema when the reply was made
        check(operation, reply, projected=asked_for(call) is not None)
    is_file = reply.status in operation.replies and operation.replies[reply.status].is_file(reply.content_type)
    if world.reference and not is_file and asked_for(call) is None:  # the document declares whole records
        world.reference.agree_on_reply(operation, request, reply.status, _serialised(reply))


def _identified(world: World, operation: Operation, request: Request, tenant: str | None) -> Identity:
    if operation.plan is not None:
        return world.auth.admit(operation.plan, request)
    return world.auth.identify(operation, request.headers.get("authorization"), tenant, world.clock.wall_seconds)


def _read(world: World, operation: Operation, request: Request) -> Input:
    """The request as typed values; with the reference validator, only if both validators agree."""
    if operation.plan is not None:
        return read_inferred(operation, request, world.settings.max_depth)
    if world.reference is None:
        return read(operation, request, world.settings.max_depth)
    try:
        sent = read(operation, request, world.settings.max_depth)
    except Refusal as refusal:
        world.reference.agree_on_request(operation, request, refusal.violations)
        raise
    world.reference.agree_on_request(operation, request, ())
    return sent


def _operation(world: World, request: Request) -> Operation:
    """Raises Refusal: as the document says where nothing answers the path, 405 with its verbs where something does."""
    if (verbs := world.contract.paths.get(request.template)) is None:
        if malformed := [one for one in request.excess if one.keyword == "encoding"]:
            raise Refusal(400, "The path is not validly percent-encoded.", violations=malformed)
        raise _unknown_path(world, request)
    operation = verbs.get(request.method) or (verbs.get("GET") if request.method == "HEAD" else None)
    if operation is None:
        allow = ", ".join(answered_methods(verbs))
        raise Refusal(405, f"{request.method[:20]} is not allowed here, use {allow}.", headers=[("Allow", allow)])
    return operation


def _unknown_path(world: World, request: Request) -> Refusal:
    """The refusal of a path that the document does not have."""
    reason = f"no path of the document matches {request.path[:200]}"
    status = world.contract.unknown_path
    return denied(reason) if status == 403 else Refusal(status, f"Unknown path {request.path[:200]}.", reason=reason)


def _refused(world: World, refusal: Refusal, state: _ExchangeState) -> Reply:
    state.reason, state.violations = refusal.reason, refusal.violations
    usual = world.contract.usual_refusal
    if plan := state.operation.plan if state.operation else usual:
        reply = refused(plan, refusal, state.request, world.clock.now(), usual)
        state.reason = refusal.reason or refusal.untold_by(_serialised(reply) or b"")
        return reply
    reply = say(_error(refusal.message, refusal.violations), refusal.status, headers=refusal.headers)
    if state.operation is None or (refusal.status in GATEWAY and refusal.status not in state.operation.replies):
        return reply  # a path that is not there, or what a gateway says: no operation declares it
    try:
        check(state.operation, reply, projected=False)
    except ContractBreach as breach:
        return _breached(breach, state)
    return reply


def _breached(breach: ContractBreach, state: _ExchangeState) -> Reply:
    _note_breach(breach, state)
    return say(_error(f"The mock broke its own contract in {breach.operation}.", breach.violations), 500)


def _note_breach(breach: ContractBreach, state: _ExchangeState) -> None:
    state.breach, state.reason, state.violations = True, "contract breach", breach.violations
    log.error("%s", breach)


def _failed(error: Exception, state: _ExchangeState) -> Reply:
    state.breach, state.reason = True, f"internal error: {type(error).__name__}"
    log.error("unexpected failure in %s %s", state.request.method, state.request.template, exc_info=error)
    return say(_error("The mock failed unexpectedly; its log has the details.", ()), 500)


def _error(message: str, violations: Iterable[Violation]) -> dict[str, object]:
    return {"message": message, "errors": [{"path": one.path, "message": one.message} for one in violations]}


def _finish(world: World, reply: Reply, state: _ExchangeState) -> Reply:
    """Serialise, add the diagnostics, write the journal: the only way out."""
    damage = later(state.hit.damage if state.hit else None, state.late) if state.hit or state.late else None
    raw, seconds = _serialised(reply), perf_counter() - state.began + (damage.late if damage else 0.0)
    world.store.settle()
    number = world.journal.record(_entry(world, reply, raw or b"", state, seconds))
    operation = state.operation.id if state.operation else None
    world.metrics.count(operation, state.request.method, reply.status, seconds, breach=state.breach)
    headers = [*reply.headers, ("Mock-Request", str(number))]
    headers += [(f"Mock-{name}", header_text(text)) for name, text in reply.notes]
    if operation:
        headers.append(("Mock-Operation", header_text(operation)))
    if state.reason:
        headers.append(("Mock-Reason", header_text(state.reason)))
    if state.applied:
        headers.append(("Preference-Applied", header_text(", ".join(state.applied))))
    # PERF: in the order of the fields
    return Reply(reply.status, None, False, raw, tuple(headers), (), reply.content_type, damage, reply.stream)


def _serialised(reply: Reply) -> bytes | None:
    return orjson.dumps(reply.value) if reply.has_value else reply.raw


def _entry(world: World, reply: Reply, raw: bytes, state: _ExchangeState, seconds: float) -> Entry:
    request = state.request
    return Entry(  # PERF: in the order of the fields; by name it takes twice as long
        world.clock.now(),
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body[:SHOWN_BODY],
        state.operation.id if state.operation else None,
        state.tenant,
        state.identity.subject if state.identity else None,
        reply.status,
        raw[:SHOWN_BODY],
        reply.notes,
        state.reason,
        state.violations,
        state.breach,
        seconds * 1000 if world.clock.running else 0.0,
        reply.content_type,
    )
