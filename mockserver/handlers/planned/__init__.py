"""Meaning where no annotation says how: one function a kind over records as the document's schemas imply them.

``answer_planned`` is what happens to each request; the modules beside this one hold the kinds that it dispatches to.
What those are made of are packages, each of which imports only from those named before it: ``addressing`` (which record
is meant), ``derived_members``, ``initial_data`` (first records), ``accounts`` (who asks), ``stored_records`` (how they
are found and built), ``preconditions``, ``lists``, ``expansion`` (related records on request), ``declared_errors`` (how
a refusal is worded) and ``reply_bodies``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mockserver.contract import Kind
from mockserver.contract.sources.silent_replies import GUESSED
from mockserver.handlers.call import Call
from mockserver.handlers.planned import bulk, conversions, many, record_actions, single, stubs
from mockserver.handlers.planned.addressing.addresses import reached
from mockserver.handlers.planned.addressing.named_resource import meant
from mockserver.handlers.planned.addressing.path_values import require_possible
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.handlers.planned.entries import entries
from mockserver.handlers.planned.expansion.expanding import expanded
from mockserver.handlers.planned.importing import imported
from mockserver.handlers.planned.repeating import once
from mockserver.handlers.planned.stored_records.scope import require_parents
from mockserver.messages import Reply
from mockserver.store import Tenant

PLANNED: Mapping[Kind, Callable[[Call, Tenant], Reply]] = {
    Kind.LIST: many.list_,
    Kind.SEARCH: many.search,
    Kind.LOOKUP: many.lookup,
    Kind.CREATE: conversions.create,
    Kind.READ: single.read,
    Kind.REPLACE: single.replace,
    Kind.PATCH: single.patch,
    Kind.DELETE: single.delete,
    Kind.SINGLETON: record_actions.singleton,
    Kind.ACTION: conversions.act,
    Kind.MEMBERSHIP: record_actions.membership,
    Kind.BULK: bulk.bulk,
    Kind.STUB: stubs.stub,
}


_SAID: Mapping[str, Callable[[Call, Tenant], Reply]] = {"within": entries, "each_of": imported}
"""What a word of the plan says that an operation does, whatever its kind."""


def answer_planned(call: Call, tenant: Tenant) -> Reply:
    """What the operation means, once the records above it are there. Raises Refusal."""
    call = meant(call)
    require_possible(call)
    require_parents(call, tenant)
    plan = plan_of(call)
    said = (does for word, does in _SAID.items() if word in plan.words)
    does = next(said, PLANNED.get(call.operation.kind, stubs.stub))
    reply = expanded(call, tenant, once(call, tenant, does))
    if not plan.declares(reply.status):  # a document of refusals alone
        reply = replace(reply, notes=(*reply.notes, ("Undeclared", str(reply.status))))
    elif plan.success.media is not None and GUESSED in plan.success.media.value and reply.has_value:
        reply = replace(reply, notes=(*reply.notes, ("Undeclared", "content")))
    return reached(call, reply)


__all__ = ["PLANNED", "answer_planned"]
