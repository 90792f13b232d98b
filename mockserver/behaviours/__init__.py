"""Meaning: one function per kind, ``(Call, Tenant) -> Reply``, run while the tenant's lock is held."""

from collections.abc import Callable, Mapping

from mockserver.behaviours.batch import batch
from mockserver.behaviours.call import Call, Templates, Tools
from mockserver.behaviours.computing import compute, generate
from mockserver.behaviours.documents import document, notice, preview
from mockserver.behaviours.listing import list_, lookup, search
from mockserver.behaviours.querying import describe, query
from mockserver.behaviours.records import create, delete, find_named, patch, read, replace
from mockserver.contract import Kind
from mockserver.messages import Reply
from mockserver.store import Tenant

BEHAVIOURS: Mapping[Kind, Callable[[Call, Tenant], Reply]] = {
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
}


def behave(call: Call, tenant: Tenant) -> Reply:
    """What the operation means, once all that its parameters name is there. Raises Refusal, ContractBreach."""
    find_named(call, tenant)
    return BEHAVIOURS[call.operation.kind](call, tenant)


__all__ = ["BEHAVIOURS", "Call", "Templates", "Tools", "behave"]
