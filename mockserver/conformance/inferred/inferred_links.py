"""Addresses that replies of any document tell: which record they lead to, and what a record says of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from mockserver.conformance.created_records import path_value
from mockserver.conformance.session import Session
from mockserver.contract import Operation
from mockserver.contract.plan import Steps
from mockserver.values.members import value_at as within
from mockserver.values.name_words import flat

ADDRESSES = ("href", "uri", "url")
"""What the address is called in a link that is an object."""
OWN = frozenset({"self", "selflink", "selfurl", "selfuri", "selfhref", "odataid", *ADDRESSES})
HOLDERS: tuple[Steps, ...] = ((), ("_links",), ("links",), ("meta",))
"""Where a record tells its own address, and how it is called there."""


def led_to(session: Session, read: Operation, address: str) -> str | None:
    """The key of the record that an address leads to by ``read``, whatever stands before the document's own paths.

    None where it leads elsewhere.
    """
    key = read.plan.key if read.plan else None
    if f"{{{key}}}" not in read.path:
        return None
    path = "/" + "/".join(urlsplit(address).path.split("/")[-read.path.count("/") :])
    found = session.client.routes.operation("GET", path)
    return path_value(read, path, key) if found is not None and found.id == read.id else None


def own_links(record: Any) -> Iterator[tuple[Steps, str]]:
    """The addresses that a record tells of itself, and where."""
    for holder in HOLDERS:
        part = within(record, holder)
        for name, one in part.items() if isinstance(part, dict) else ():
            if flat(name) not in OWN:
                continue
            inner = next((each for each in one if flat(each) in ADDRESSES), None) if isinstance(one, dict) else None
            steps = (*holder, name, *((inner,) if inner is not None else ()))
            if isinstance(address := within(record, steps), str) and "/" in address:
                yield steps, address
