"""Reads that ask to see every earlier write, where the document has a parameter for that."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

from mockserver.conformance.wire.traffic import Sent
from mockserver.contract import Operation
from mockserver.values.name_words import flat

NAMES = frozenset({"consistentread", "consistent", "strongread", "readconsistent"})


def parameter_of(operation: Operation) -> str | None:
    """The query parameter of ``operation`` that asks for a consistent read; None where it has none."""
    taken = operation.plan.parameters if operation.plan else operation.parameters
    found = (one.name for one in taken if one.location == "query")
    return next((one for one in found if flat(one) in NAMES), None)


def consistent(sent: Sent, operation: Operation) -> Sent:
    """``sent`` as a consistent read, if it can be one and does not say itself what it is."""
    name = parameter_of(operation)
    _, _, query = sent.target.partition("?")
    if name is None or name in parse_qs(query, keep_blank_values=True):
        return sent
    return replace(sent, target=f"{sent.target}{'&' if query else '?'}{name}=true")
