"""What a document calls the parts of a batch: the word ``members`` of the kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class BatchWords:
    """The document's name of each part.

    A body holds its ``items`` in a list. An item has a ``verb`` (create, read, update, patch or delete), the ``key``
    of a record, a whole ``record`` or the steps of a ``patch``. A reply holds the ``results`` in the order of the
    items, and how many ``succeeded`` and ``failed``; a result has the item's verb and key, the ``status`` it would
    have got alone, and the record or the ``error``.
    """

    items: str = "items"
    verb: str = "verb"
    key: str = "key"
    record: str = "record"
    patch: str = "patch"
    results: str = "results"
    status: str = "status"
    error: str = "error"
    succeeded: str = "succeeded"
    failed: str = "failed"
    names: Mapping[str, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Find each part by its name in the document."""
        object.__setattr__(self, "names", {getattr(self, part): part for part in PARTS})

    def item(self, **parts: Any) -> dict[str, Any]:
        """An item or a result, in the document's words: ``item(verb="read", key="x")``."""
        return {getattr(self, part): value for part, value in parts.items()}

    def parts(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """An item or a result, in the words of this class; members that they do not name keep their name."""
        return {self.names.get(name, name): value for name, value in item.items()}

    def body(self, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """The body of a request for ``items``, which are told in the words of this class."""
        return {self.items: [self.item(**one) for one in items]}


PARTS = tuple(one.name for one in fields(BatchWords) if one.init)
PLAIN = BatchWords()
"""Each part under its own name: what holds unless the document says another."""
