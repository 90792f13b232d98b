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
from mockserver.contract.source import read_document
from mockserver.contract.taking import take

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
    "kind",
    "proven_contract",
    "read",
    "read_document",
    "take",
]
