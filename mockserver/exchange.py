"""From request to reply: the eight stops of one exchange, in their order. The file to read first."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter

import orjson

from mockserver.contract import Input, Operation, check, read, take
from mockserver.contract.routing import answered_methods
from mockserver.errors import ContractBreach, Refusal, Violation, crowded, denied, unreachable
from mockserver.handlers import Call, dispatch, refused
from mockserver.handlers.showing import asked_for
from mockserver.messages import Identity, Reply, Request, header_text, say
from mockserver.noticing import called_back, noticed
from mockserver.runtime.fault import GATEWAY, FaultTarget
from mockserver.runtime.faults import ASKED_FOR, TWICE, Hit, later
from mockserver.runtime.journal import SHOWN_BODY, Entry
from mockserver.runtime.preferences import read_preferences
from mockserver.store import Moved, Overtaken, StoreUnreachable, TooManyTenants, WouldWait
from mockserver.world import World

log = logging.getLogger("mockserver")


OVERTAKEN = 3
"""How often a unit of work is begun that others overtake."""


@dataclass(slots=True)
class _Trail:
    """What becomes known on the way: for the journal and the diagnostics, whatever way the exchange ends."""

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
    hit: Hit | None = None
    late: float = 0.0
    applied: Sequence[str] = ()


def answer(world: World, request: Request, *, may_wait: bool = True) -> Reply:
    """The reply to ``request``; never raises. One that may not wait raises WouldWait where it would have to.

    Then nothing has happened yet, and it can be asked for again. So it can of the world that took this one's place,
    where Moved is raised.
    """
    trail = _Trail(request, may_wait)
    reply = _exchanged(world, trail)
    if trail.hit and trail.hit.fault.duplicate:
        _exchanged(world, _Trail(request, may_wait, is_second=True))
    return reply


def _exchanged(world: World, trail: _Trail) -> Reply:
    """One exchange, from the request to its entry in the journal."""
    try:
        own = partial(_answer, world, trail.request, trail)
        reply = own() if world.onward is None else world.onward(world, trail.request, own)
    except (WouldWait, Moved):
        raise
    except Refusal as refusal:
        reply = _refused(world, refusal, trail)
    except ContractBreach as breach:
        reply = _breached(breach, trail)
    except TooManyTenants:
        reply = _refused(world, crowded(world.settings.max_tenants), trail)
    except StoreUnreachable as lost:
        reply = _refused(world, unreachable(str(lost), in_doubt=lost.in_doubt), trail)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the caller gets a reply and the journal an entry
        reply = _failed(error, trail)
    return _finished(world, reply, trail)


def _answer(world: World, request: Request, trail: _Trail) -> Reply:
    operation = trail.operation = _operation(world, request)
    world.refresh(tenant := world.contract.tenant_of(request.path_values), may_wait=trail.may_wait)
    if request.method == "HEAD" and operation.method == "GET":  # RFC 9110 9.3.2: all but the content is GET's
        request = replace(request, method="GET")
    if request.excess:
        too_large = all(one.keyword == "maxLength" for one in request.excess)
        message = "The request is larger than this server accepts." if too_large else "The request cannot be read."
        raise Refusal(400, message, violations=request.excess)
    trail.tenant = tenant
    trail.identity = _identified(world, operation, request, request.headers.get("authorization"), trail.tenant)
    _strike(world, operation, trail)
    if (preferred := _preferred(world, operation, trail)) is not None:
        return preferred
    sent = _read(world, operation, request)
    call = Call(operation, sent, trail.identity, world.tools)
    reply = called_back(world, operation, request, _carried_out(world, call, request, trail))
    for breach in call.breaches:
        _note_breach(breach, trail)
    notes = call.notes
    if not sent.notes and not notes:  # PERF: an eighth of the time that reading a record takes
        return reply
    return replace(reply, notes=(*sent.notes, *reply.notes, *notes))


def _carried_out(world: World, call: Call, request: Request, trail: _Trail) -> Reply:
    """What a handler says, in one unit of work of the tenant; one that reads long does so beside the others."""
    operation, tenant = call.operation, trail.tenant or "default"
    is_at_hand = world.store.is_at_hand and not world.faults.lag
    if trail.may_wait and is_at_hand and operation.plan is None and operation.facts.reads_long:
        holder = world.store.view(tenant, operation.resource.name)
        reply = dispatch(call, holder)
        _check(world, call, request, reply)
        return reply
    for number in range(OVERTAKEN):
        try:
            return _in_one_unit(world, call, request, trail, is_first=not number)
        except Overtaken:  # nothing has happened, and what it collected is told again
            call.forget()
    raise StoreUnreachable(f"others have changed {tenant[:80]} {OVERTAKEN} times meanwhile")


def _in_one_unit(world: World, call: Call, request: Request, trail: _Trail, *, is_first: bool) -> Reply:
    reading = is_first and request.method in ("GET", "HEAD")
    how = {"reading": reading, "may_wait": trail.may_wait, "may_be_overtaken": is_first}
    with world.store.work(trail.tenant or "default", **how) as tenant, noticed(world, tenant, reading=reading):
        seen = tenant
        if world.faults.lag:
            seen = world.looked_at(tenant, FaultTarget(call.operation, trail.tenant, request), trail.hit)
        reply = dispatch(call, seen)
        _check(world, call, request, reply)  # nothing is final before the reply is good
        for mail in call.mails:
            world.outbox.put(mail)
        return reply


def _strike(world: World, operation: Operation, trail: _Trail) -> None:
    """Let the fault happen that waits for this request, if one does. Raises Refusal with the fault's status."""
    if trail.is_second:
        trail.reason = TWICE
    elif hit := world.take_fault(FaultTarget(operation, trail.tenant, trail.request)):
        trail.hit, trail.reason = hit, ASKED_FOR
        world.faults.happen(hit)


def _preferred(world: World, operation: Operation, trail: _Trail) -> Reply | None:
    """What the request prefers to what the operation would answer; None without such a wish. Raises Refusal."""
    if (header := trail.request.headers.get("prefer")) is None:
        return None
    preferences = read_preferences(header)
    trail.applied = preferences.applied
    trail.late = preferences.late()
    if found := preferences.answer(operation, world.contract.document):
        trail.reason = found[1]
    return found[0] if found else None


def _check(world: World, call: Call, request: Request, reply: Reply) -> None:
    """Raises ContractBreach."""
    operation = call.operation
    if operation.plan is None:  # with a plan each value was held to its schema when the reply was made
        check(operation, reply, projected=asked_for(call) is not None)
    is_file = reply.status in operation.replies and operation.replies[reply.status].is_file(reply.content_type)
    if world.reference and not is_file and asked_for(call) is None:  # the document declares whole records
        world.reference.agree_on_reply(operation, request, reply.status, _serialised(reply))


def _identified(
    world: World, operation: Operation, request: Request, header: str | None, tenant: str | None
) -> Identity:
    if operation.plan is not None:
        return world.auth.admit(operation.plan, request)
    return world.auth.identify(operation, header, tenant, world.clock.wall)


def _read(world: World, operation: Operation, request: Request) -> Input:
    """The request as typed values; with a reference verdict, only if both judges agree."""
    if operation.plan is not None:
        return take(operation, request, world.settings.max_depth)
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
    verbs = world.contract.paths.get(request.template)
    if verbs is None:
        malformed = [one for one in request.excess if one.keyword == "encoding"]
        if malformed:
            raise Refusal(400, "The path is not validly percent-encoded.", violations=malformed)
        raise _stray(world, request)
    operation = verbs.get(request.method) or (verbs.get("GET") if request.method == "HEAD" else None)
    if operation is None:
        allow = ", ".join(answered_methods(verbs))
        raise Refusal(405, f"{request.method[:20]} is not allowed here, use {allow}.", headers=[("Allow", allow)])
    return operation


def _stray(world: World, request: Request) -> Refusal:
    """The refusal of a path that the document does not have."""
    reason = f"no path of the document matches {request.path[:200]}"
    status = world.contract.unknown_path
    return denied(reason) if status == 403 else Refusal(status, f"Unknown path {request.path[:200]}.", reason=reason)


def _refused(world: World, refusal: Refusal, trail: _Trail) -> Reply:
    trail.reason, trail.violations = refusal.reason, refusal.violations
    usual = world.contract.stray
    if plan := trail.operation.plan if trail.operation else usual:
        reply = refused(plan, refusal, trail.request, world.clock.now(), usual)
        trail.reason = refusal.reason or refusal.untold_by(_serialised(reply) or b"")
        return reply
    reply = say(_error(refusal.message, refusal.violations), refusal.status, headers=refusal.headers)
    if trail.operation is None or (refusal.status in GATEWAY and refusal.status not in trail.operation.replies):
        return reply  # a path that is not there, or what a gateway says: no operation declares it
    try:
        check(trail.operation, reply, projected=False)
    except ContractBreach as breach:
        return _breached(breach, trail)
    return reply


def _breached(breach: ContractBreach, trail: _Trail) -> Reply:
    _note_breach(breach, trail)
    return say(_error(f"The mock broke its own contract in {breach.operation}.", breach.violations), 500)


def _note_breach(breach: ContractBreach, trail: _Trail) -> None:
    trail.breach, trail.reason, trail.violations = True, "contract breach", breach.violations
    log.error("%s", breach)


def _failed(error: Exception, trail: _Trail) -> Reply:
    trail.breach, trail.reason = True, f"internal error: {type(error).__name__}"
    log.error("unexpected failure in %s %s", trail.request.method, trail.request.template, exc_info=error)
    return say(_error("The mock failed unexpectedly; its log has the details.", ()), 500)


def _error(message: str, violations: Iterable[Violation]) -> dict[str, object]:
    errors = [{"path": violation.path, "message": violation.message} for violation in violations]
    return {"message": message, "errors": errors}


def _finished(world: World, reply: Reply, trail: _Trail) -> Reply:
    """Serialise, add the diagnostics, write the journal: the only way out."""
    damage = later(trail.hit.damage if trail.hit else None, trail.late)
    raw, seconds = _serialised(reply), perf_counter() - trail.began + (damage.late if damage else 0.0)
    world.store.settle()
    number = world.journal.record(_entry(world, reply, raw or b"", trail, seconds))
    operation = trail.operation.id if trail.operation else None
    world.metrics.count(operation, trail.request.method, reply.status, seconds, breach=trail.breach)
    headers = [*reply.headers, ("Mock-Request", str(number))]
    headers += [(f"Mock-{name}", header_text(text)) for name, text in reply.notes]
    if operation:
        headers.append(("Mock-Operation", header_text(operation)))
    if trail.reason:
        headers.append(("Mock-Reason", header_text(trail.reason)))
    if trail.applied:
        headers.append(("Preference-Applied", header_text(", ".join(trail.applied))))
    # PERF: in the order of the fields
    return Reply(reply.status, None, False, raw, tuple(headers), (), reply.content_type, damage)


def _serialised(reply: Reply) -> bytes | None:
    return orjson.dumps(reply.value) if reply.has_value else reply.raw


def _entry(world: World, reply: Reply, raw: bytes, trail: _Trail, seconds: float) -> Entry:
    request = trail.request
    return Entry(  # PERF: in the order of the fields; by name it takes twice as long
        world.clock.now(),
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body[:SHOWN_BODY],
        trail.operation.id if trail.operation else None,
        trail.tenant,
        trail.identity.subject if trail.identity else None,
        reply.status,
        raw[:SHOWN_BODY],
        reply.notes,
        trail.reason,
        trail.violations,
        trail.breach,
        seconds * 1000 if world.clock.running else 0.0,
        reply.content_type,
    )
