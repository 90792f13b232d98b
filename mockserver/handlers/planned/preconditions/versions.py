"""Requests on condition of a version: what ``ETag`` tells, ``If-Match`` asks for, and ``If-None-Match`` knows."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from mockserver.contract.plan import Model, OperationPlan
from mockserver.errors import Refusal, Violation
from mockserver.handlers.call import Call
from mockserver.handlers.planned.addressing.places import plan_of
from mockserver.inference.vocabulary.words import VERSIONS
from mockserver.messages import Headers, Json
from mockserver.store import Record
from mockserver.values.members import value_at
from mockserver.values.name_words import flat
from mockserver.values.shown import quoted


def version_of(record: Record) -> str:
    """The version of a record, as a strong ``ETag`` writes it: the same as long as its content is."""
    return f'"{hashlib.blake2b(record.raw, digest_size=8).hexdigest()}"'


def etag_header(call: Call, record: Record) -> Headers:
    """The record's version, where the document's success declares that it is told."""
    success = plan_of(call).success
    schema = next((one for name, one in success.needed if name.lower() == "etag"), None)
    version = version_of(record)
    is_told = "etag" in success.headers and (schema is None or call.tools.maker.allows(schema, version))
    return (("ETag", version),) if is_told else ()


def require_version(call: Call, record: Record) -> None:
    """Raises Refusal(412): the request is for another version of the record than the one that is there."""
    asked = _asked(call, "if-match")
    if asked and version_of(record) not in asked and "*" not in asked:
        raise Refusal(HTTPStatus.PRECONDITION_FAILED, "The record has been changed since: its version differs.")


def require_newest(model: Model, record: Record, body: Json) -> None:
    """Raises Refusal(409): what was sent says that it is of another version than the one that is there."""
    for steps in dict.fromkeys(((), model.key[:-1])):
        said, own = (value_at(one, steps) if steps else one for one in (body, record.data()))
        for name, value in said.items() if isinstance(said, dict) and isinstance(own, dict) else ():
            if flat(name) in VERSIONS and value not in (None, "") and str(own.get(name, value)) != str(value):
                pointer = "".join(f"/{one}" for one in (*steps, name))
                message = f"is {quoted(str(value))}, and the record's is {quoted(str(own[name]))}"
                violation = Violation("body", pointer, "version", message)
                raise Refusal(HTTPStatus.CONFLICT, "The record has been changed since.", violations=[violation])


def is_known(call: Call, record: Record) -> bool:
    """Whether whoever reads a record has the version that is there, where the document declares a reply to that."""
    asked = _asked(call, "if-none-match")
    return str(HTTPStatus.NOT_MODIFIED.value) in plan_of(call).replies and (version_of(record) in asked or "*" in asked)


def _asked(call: Call, name: str) -> list[str]:
    """The versions that a header of the document's names; none where it names no version."""
    text = call.input.headers.get(name) if _takes(plan_of(call), name) else None
    return [one.strip().removeprefix("W/") for one in text.split(",")] if text else []


def _takes(plan: OperationPlan, name: str) -> bool:
    return any(one.location == "header" and one.name.lower() == name for one in plan.parameters)
