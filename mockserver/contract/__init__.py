"""The contract: from an OpenAPI document to a frozen table of operations that reads requests and checks replies."""

from mockserver.contract.compile import Contract, Outline, compile_contract, proven_contract
from mockserver.contract.custom_kinds import CustomKind, kind
from mockserver.contract.document import Document
from mockserver.contract.kinds import KINDS, Facts, Kind
from mockserver.contract.operation import Operation
from mockserver.contract.reading import Input, read
from mockserver.contract.reply_validation import check
from mockserver.contract.resource import Reference, Resource
from mockserver.contract.routing import Router
from mockserver.contract.sources.source import is_as_written, proven_document, read_document
from mockserver.messages import Request


def read_inferred(operation: Operation, request: Request, max_depth: int) -> Input:
    """The same for an operation whose meaning was inferred: see ``inferred_reading``."""
    from mockserver.contract.inferred_reading import (
        read_inferred as read_request,  # PERF: for documents without annotations only
    )

    return read_request(operation, request, max_depth)


__all__ = [
    "KINDS",
    "Contract",
    "CustomKind",
    "Document",
    "Facts",
    "Input",
    "Kind",
    "Operation",
    "Outline",
    "Reference",
    "Resource",
    "Router",
    "check",
    "compile_contract",
    "is_as_written",
    "kind",
    "proven_contract",
    "proven_document",
    "read",
    "read_document",
    "read_inferred",
]
