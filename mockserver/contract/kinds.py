"""What an operation can mean, and all that is known of each kind of it: the one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What an operation means: the word in ``x-mock: {kind: …}``."""

    LIST = "list"
    CREATE = "create"
    READ = "read"
    REPLACE = "replace"
    PATCH = "patch"
    DELETE = "delete"
    LOOKUP = "lookup"
    SEARCH = "search"
    BATCH = "batch"
    DOCUMENT = "document"
    PREVIEW = "preview"
    NOTICE = "notice"
    COMPUTE = "compute"
    GENERATE = "generate"
    QUERY = "query"
    DESCRIBE = "describe"
    TABLE = "table"
    STUB = "stub"
    ACTION = "action"
    SINGLETON = "singleton"
    MEMBERSHIP = "membership"
    BULK = "bulk"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for every operation of a kind.

    ``line`` says in a sentence what it does. ``needs`` and ``allows`` are the words beside ``kind`` and ``resource``
    that its ``x-mock`` must and may have. ``statuses`` are those it can answer beyond ``ANY_STATUSES``; the document
    must declare them. ``is_safe``: it changes nothing and sends nothing, wherever it is implemented. ``makes_records``:
    a record may be there afterwards that was not before. ``reads_long``: it may look at many records, of which it
    changes none. ``is_inferred``: it is found in documents without annotations alone, and no ``x-mock`` can say it.
    """

    line: str
    needs: frozenset[str] = frozenset()
    allows: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    is_safe: bool = False
    makes_records: bool = False
    is_inferred: bool = False
    reads_long: bool = False


ANY_STATUSES = frozenset({200, 400, 403, 405, 500})
"""What every operation can answer; a secured one also 401."""

_PROJECTED = frozenset({"projection"})
_GONE = frozenset({404})
_CONFLICT = frozenset({404, 409})

KINDS: Mapping[Kind, Facts] = MappingProxyType(
    {
        Kind.LIST: Facts(
            "A page of the resource's records, in the order of their keys.",
            needs=frozenset({"page"}),
            allows=_PROJECTED,
            is_safe=True,
        ),
        Kind.CREATE: Facts("Stores a new record.", statuses=frozenset({409, 429}), makes_records=True),
        Kind.READ: Facts("One record.", allows=_PROJECTED, statuses=_GONE, is_safe=True),
        Kind.REPLACE: Facts("Stores a whole record in place of another.", statuses=_CONFLICT),
        Kind.PATCH: Facts("Applies a JSON Patch to a record.", statuses=_CONFLICT),
        Kind.DELETE: Facts("Removes a record.", statuses=_CONFLICT),
        Kind.LOOKUP: Facts(
            "A page of the records whose fields have the values that the path names.",
            needs=frozenset({"by", "page"}),
            allows=_PROJECTED,
            is_safe=True,
        ),
        Kind.SEARCH: Facts(
            "A page of the records that meet all criteria of the body.",
            needs=frozenset({"page"}),
            allows=_PROJECTED,
            is_safe=True,
            reads_long=True,
        ),
        Kind.BATCH: Facts(
            "Carries out several of the others, each on its own.", allows=frozenset({"members"}), makes_records=True
        ),
        Kind.DOCUMENT: Facts(
            "A template filled in from a record.",
            needs=frozenset({"template"}),
            statuses=_GONE,
            is_safe=True,
            reads_long=True,
        ),
        Kind.PREVIEW: Facts(
            "Sends to the outbox what a mail would look like.",
            needs=frozenset({"record"}),
            allows=frozenset({"to", "email", "body"}),
            statuses=_GONE,
        ),
        Kind.NOTICE: Facts(
            "Sends a notice about a record to the outbox, and notes it in the record.",
            needs=frozenset({"notice", "log", "to", "template"}),
            allows=frozenset({"set", "mail"}),
            statuses=_CONFLICT,
        ),
        Kind.COMPUTE: Facts(
            "A computed answer; nothing is stored.",
            needs=frozenset({"reply"}),
            allows=frozenset({"body", "let"}),
            statuses=_GONE,
            is_safe=True,
            reads_long=True,
        ),
        Kind.GENERATE: Facts(
            "Computes a record, stores it, and answers about it.",
            needs=frozenset({"values", "reply"}),
            allows=frozenset({"let"}),
            statuses=frozenset({404, 409, 429}),
            makes_records=True,
        ),
        Kind.QUERY: Facts(
            "Runs a query over a resource and keeps it with its result.",
            needs=frozenset({"type", "module", "results", "rows", "values"}),
            allows=frozenset({"columns"}),
            statuses=frozenset({404, 429}),
            makes_records=True,
        ),
        Kind.DESCRIBE: Facts(
            "The fields that a query may ask for.",
            needs=frozenset({"type", "module", "reply"}),
            statuses=_GONE,
            is_safe=True,
        ),
        Kind.TABLE: Facts(
            "The rows of a query as a file: JSON, CSV or a spreadsheet.",
            needs=frozenset({"results", "rows", "columns", "format"}),
            statuses=_GONE,
            is_safe=True,
        ),
        Kind.STUB: Facts("A reply made from its schema; nothing is stored.", is_inferred=True),
        Kind.ACTION: Facts("Performs an action on one record that is not a plain change.", is_inferred=True),
        Kind.SINGLETON: Facts("The one record there is: read, replaced, merged or reset.", is_inferred=True),
        Kind.MEMBERSHIP: Facts("Puts a record into a collection by its key.", makes_records=True, is_inferred=True),
        Kind.BULK: Facts("Makes, changes or removes several records at once.", makes_records=True, is_inferred=True),
        Kind.CUSTOM: Facts("Defined by an installed package, which brings the word, its facts and its handler."),
    }
)
"""Each kind's facts; a kind without a row cannot be."""

ANNOTATED = tuple(kind for kind, facts in KINDS.items() if not facts.is_inferred and kind is not Kind.CUSTOM)
"""The kinds that ``x-mock`` can say; beside them the words of ``custom_kinds``."""
