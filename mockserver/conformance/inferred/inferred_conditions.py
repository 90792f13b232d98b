"""Headers that mean something for one request alone: the version that it changes, and the key that no other has."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

from mockserver.conformance.inferred.inferred_bodies import NOW
from mockserver.conformance.inferred.inferred_contents import planned
from mockserver.contract import Operation
from mockserver.contract.plan import PlannedParameter
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.samples.scalars import Draw, uuid_from
from mockserver.values.name_words import flat

VERSIONS: Mapping[str, str] = {"ifmatch": "ETag", "ifunmodifiedsince": "Last-Modified"}
"""Headers that a change is made on condition of, by flat name, and those of a read that tell what they want."""
ANY_VERSION = "*"
PRECONDITION_FAILED = 412
PRECONDITION_REQUIRED = 428
REQUEST_KEYS = ("requestid", "correlationid", "transactionid")
"""How headers end that name one request; those with ``idempoten`` in them do, too."""


def is_request_key(one: PlannedParameter) -> bool:
    """Whether a parameter is a header that no two requests have alike."""
    name = flat(one.name)
    return one.location == "header" and ("idempoten" in name or name.endswith(REQUEST_KEYS))


def repeat_key(operation: Operation) -> PlannedParameter | None:
    """The header by which a target knows a request that is sent again, if it has one."""
    keys = (one for one in planned(operation).parameters if is_request_key(one) and "idempoten" in flat(one.name))
    return next(keys, None)


def version_header(operation: Operation) -> PlannedParameter | None:
    """The header that says which version of a record a change is for, where one is wanted."""
    plan = planned(operation)
    named = (one for one in plan.parameters if one.location == "header" and flat(one.name) in VERSIONS)
    is_wanted = str(PRECONDITION_REQUIRED) in plan.replies
    return next((one for one in named if one.required or is_wanted), None)


def guard_header(operation: Operation) -> PlannedParameter | None:
    """The same, and where none is wanted that which a client may say: the document declares what a wrong one meets."""
    named = (one for one in planned(operation).parameters if one.location == "header" and flat(one.name) in VERSIONS)
    may_fail = str(PRECONDITION_FAILED) in planned(operation).replies
    return version_header(operation) or next((one for one in named if may_fail), None)


def fresh_key(maker: Maker, one: PlannedParameter, mark: str, number: int) -> str:
    """A key of a request: ``mark`` tells this run from others, ``number`` this request from others of the run."""
    draw = Draw.of(crc32(f"{mark}/{number}".encode()), NOW, full=True, varies=True)
    made = uuid_from(draw.random)
    is_uuid = maker.shapes.says(one.schema, "format") == "uuid"
    tried = (made if is_uuid else f"{mark}-{number}", made, str(maker.make(one.schema, draw)))
    return next((text for text in tried if maker.allows(one.schema, text)), made)
