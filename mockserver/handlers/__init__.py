"""Meaning: one function per kind, ``(Call, Tenant) -> Reply``, run while the tenant's lock is held."""

from collections.abc import Callable, Mapping
from datetime import datetime

from mockserver.contract import Kind
from mockserver.contract.plan import OperationPlan
from mockserver.errors import Refusal
from mockserver.handlers.batch import batch
from mockserver.handlers.call import Call, Templates, Tools
from mockserver.handlers.computing import compute, generate
from mockserver.handlers.custom import custom
from mockserver.handlers.documents import document, notice, preview
from mockserver.handlers.listing import list_, lookup, search
from mockserver.handlers.query_files import table
from mockserver.handlers.querying import describe, query
from mockserver.handlers.records import create, delete, find_named, patch, read, replace
from mockserver.messages import Reply, Request
from mockserver.store import Tenant

HANDLERS: Mapping[Kind, Callable[[Call, Tenant], Reply]] = {
    Kind.LIST: list_,
    Kind.CREATE: create,
    Kind.READ: read,
    Kind.REPLACE: replace,
    Kind.PATCH: patch,
    Kind.DELETE: delete,
    Kind.LOOKUP: lookup,
    Kind.SEARCH: search,
    Kind.BATCH: batch,
    Kind.DOCUMENT: document,
    Kind.PREVIEW: preview,
    Kind.NOTICE: notice,
    Kind.COMPUTE: compute,
    Kind.GENERATE: generate,
    Kind.QUERY: query,
    Kind.DESCRIBE: describe,
    Kind.TABLE: table,
    Kind.CUSTOM: custom,
}


def dispatch(call: Call, tenant: Tenant) -> Reply:
    """What the operation means, once all that its parameters name is there. Raises Refusal, ContractBreach."""
    call.effects.extend(tenant.fell_due)
    if call.operation.plan is not None:
        from mockserver.handlers.planned import answer_planned  # PERF: for documents without annotations only

        return answer_planned(call, tenant)
    find_named(call, tenant)
    return HANDLERS[call.operation.kind](call, tenant)


def refused(
    plan: OperationPlan, refusal: Refusal, request: Request, moment: datetime, usual: OperationPlan | None
) -> Reply:
    """The reply to a refusal of an operation whose document has no annotations; see ``planned.refusing``."""
    from mockserver.handlers.planned.declared_errors.error_members import RefusedRequest  # PERF: as above
    from mockserver.handlers.planned.declared_errors.refusing import refused as planned

    return planned(plan, refusal, RefusedRequest(request.method, request.path, moment), usual)


__all__ = ["HANDLERS", "Call", "Templates", "Tools", "dispatch", "refused"]
