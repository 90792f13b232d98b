"""RFC 6902 on one record: atomic, strict about JSON equality, safe against patches made to grow without end."""

from __future__ import annotations

import copy
from typing import Any

import jsonpatch
import jsonpointer
import orjson

from mockserver.errors import Refusal, Violation
from mockserver.messages import Json
from mockserver.values.equality import same_json
from mockserver.values.json_text import depth
from mockserver.values.shown import shown


def apply_patch(
    record: dict[str, Any], directives: list[dict[str, Any]], max_bytes: int, max_depth: int
) -> dict[str, Any]:
    """What ``record`` becomes. It is used up: the caller gives a copy of its own.

    Raises Refusal(400) naming the first directive that does not apply.
    """
    result: Json = record
    for index, directive in enumerate(directives):
        try:
            result = _apply(result, directive)
        except _DOES_NOT_APPLY as error:
            raise _inapplicable(index, directive, str(error)) from None
        if directive["op"] == "copy" and len(orjson.dumps(result)) > max_bytes:  # only copies can double and double
            raise _inapplicable(index, directive, f"the record would grow beyond {max_bytes} bytes")
    if not isinstance(result, dict):
        raise _inapplicable(len(directives) - 1, directives[-1], f"the record would become {shown(result)}")
    if depth(result, max_depth) > max_depth:
        raise _inapplicable(len(directives) - 1, directives[-1], f"the record would nest deeper than {max_depth}")
    return result


_DOES_NOT_APPLY = (
    jsonpatch.JsonPatchException,
    jsonpointer.JsonPointerException,
    orjson.JSONEncodeError,
    # The library lets these through when a path walks into a string, a number or null.
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ValueError,
)


def _apply(document: Json, directive: Any) -> Json:
    if directive["op"] == "test":
        _test(document, directive)
        return document
    if directive["op"] == "copy":  # the library cannot copy the whole document
        value = copy.deepcopy(jsonpointer.JsonPointer(directive["from"]).resolve(document))
        directive = {"op": "add", "path": directive["path"], "value": value}
    return jsonpatch.JsonPatch([directive], pointer_cls=jsonpointer.JsonPointer).apply(document, in_place=True)


def _test(document: Json, directive: dict[str, Any]) -> None:
    """Equality as RFC 6902 means it: the library takes Python's, for which true equals 1."""
    found = jsonpointer.JsonPointer(directive["path"]).resolve(document)
    if not same_json(found, directive["value"]):
        raise jsonpatch.JsonPatchTestFailed(f"found {shown(found)}, wanted {shown(directive['value'])}")


def _inapplicable(index: int, directive: dict[str, Any], why: str) -> Refusal:
    message = f"{directive['op']} {directive['path'][:120]!r} does not apply: {why[:300]}"
    violation = Violation("body", f"/{index}", str(directive["op"]), message)
    return Refusal(400, "The patch does not apply; nothing was changed.", violations=[violation])
