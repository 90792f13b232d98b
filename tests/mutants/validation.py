"""Mutants in what requests are held to: rules that are not checked, and rules that nobody agreed on."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from mockserver.contract import Input, Kind, Operation, Resource
from mockserver.errors import Refusal
from mockserver.handlers import Call
from mockserver.messages import Request
from mockserver.store import Record, Tenant
from mutants.mutant import Area, Plant, named
from mutants.planting import Planting, engine
from mutants.wire import Environ, Wire, put_body, read_body

BODIES = ("CertificationCreate", "CertificationUpdate", "Certification")


def _schemas(edit: Callable[[dict[str, Any]], object], *names: str) -> Plant:
    """Let the mock follow other schemas than the document's."""

    def change(root: dict[str, Any]) -> None:
        for name in names or BODIES:
            edit(root["components"]["schemas"][name])

    return lambda planting: planting.document(change)


def _required_not_checked(schema: dict[str, Any]) -> None:
    schema["required"] = [name for name in schema["required"] if name != "program_id"]


def _enum_not_checked(schema: dict[str, Any]) -> None:
    schema["properties"]["status"] = {"type": "string"}


def _type_not_checked(schema: dict[str, Any]) -> None:
    schema["properties"]["forecasted_renewal_amount"] = {}


def _null_accepted(schema: dict[str, Any]) -> None:
    schema["properties"]["city"] = {"type": ["string", "null"]}


def _items_not_checked(schema: dict[str, Any]) -> None:
    schema["properties"]["custom_field_values"] = {"type": "array"}


def _city_demanded(schema: dict[str, Any]) -> None:
    schema["required"] = [*schema["required"], "city"]


def _no_limit(schema: dict[str, Any]) -> None:
    del schema["properties"]["operations"]["maxItems"]


def _low_limit(schema: dict[str, Any]) -> None:
    schema["properties"]["operations"]["maxItems"] = 50


def _own_id_accepted(schema: dict[str, Any]) -> None:
    del schema["not"]


def _put_not_checked(planting: Planting) -> None:
    def change(root: dict[str, Any]) -> None:
        schemas = root["components"]["schemas"]
        stored = schemas["Certification"]
        schemas["CertificationCreate"]["properties"] = copy.deepcopy(stored["properties"])
        schemas["CertificationUpdate"] = {"type": "object"}
        stored["required"] = ["id"]
        stored["properties"] = {
            name: one if one.get("readOnly") else {"x-mock": one["x-mock"]} if "x-mock" in one else {}
            for name, one in stored["properties"].items()
        }

    planting.document(change)


def _patch_result_not_checked(planting: Planting) -> None:
    planting.around(Resource, "violations", lambda *_: ())


def _unknown_op_passed_over(planting: Planting) -> None:
    def change(root: dict[str, Any]) -> None:
        forms = root["components"]["schemas"]["PatchDirective"]["oneOf"]
        forms[:] = [{**forms[-1], "properties": {**forms[-1]["properties"], "op": {"type": "string"}}}]

    def apply(original: Callable[..., Any], document: Any, directive: dict[str, Any]) -> Any:
        known = directive["op"] in {"add", "remove", "replace", "move", "copy", "test"}
        return original(document, directive) if known else document

    planting.document(change)
    planting.around(engine("handlers.patching"), "_apply", apply)


def _lenient(kind: Kind, instead: Input) -> Plant:
    """Take ``instead`` for what a malformed request of ``kind`` says."""

    def read(original: Callable[..., Input], operation: Operation, request: Request, depth: int) -> Input:
        try:
            return original(operation, request, depth)
        except Refusal:
            if operation.kind is kind:
                return instead
            raise

    return lambda planting: planting.around(engine("exchange"), "read", read)


def _first_violation_only(planting: Planting) -> None:
    def read(original: Callable[..., Input], *arguments: Any) -> Input:
        try:
            return original(*arguments)
        except Refusal as refusal:
            raise Refusal(refusal.status, refusal.message, violations=refusal.violations[:1]) from None

    planting.around(engine("exchange"), "read", read)


def _emoji_refused(planting: Planting) -> None:
    def create(original: Callable[..., Any], call: Call, tenant: Tenant) -> Any:
        if any(ord(letter) > 0xFFFF for letter in str(call.input.body)):
            raise Refusal(400, "Incorrect string value.")
        return original(call, tenant)

    planting.handler(create, Kind.CREATE)


def _cut(planting: Planting) -> None:
    def store(
        original: Callable[..., Record], call: Call, tenant: Tenant, record: dict[str, Any], previous: Any
    ) -> Record:
        short = {name: one[:255] if isinstance(one, str) else one for name, one in record.items()}
        return original(call, tenant, short, previous)

    planting.around(engine("handlers.records"), "store", store)


def _trimmed(planting: Planting) -> None:
    def store(
        original: Callable[..., Record], call: Call, tenant: Tenant, record: dict[str, Any], previous: Any
    ) -> Record:
        trimmed = {name: one.strip() if isinstance(one, str) else one for name, one in record.items()}
        return original(call, tenant, trimmed, previous)

    planting.around(engine("handlers.records"), "store", store)


def _rounded(planting: Planting) -> None:
    def store(
        original: Callable[..., Record], call: Call, tenant: Tenant, record: dict[str, Any], previous: Any
    ) -> Record:
        round_ = {name: round(one) if isinstance(one, float) else one for name, one in record.items()}
        return original(call, tenant, round_, previous)

    planting.around(engine("handlers.records"), "store", store)


def _any_media_type(planting: Planting) -> None:
    def change(environ: Environ) -> None:
        if environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = "application/json"

    planting.requests(change)


def _bad_json_as_empty(planting: Planting) -> None:
    def change(environ: Environ) -> None:
        body = read_body(environ)
        try:
            json.loads(body or b"{}")
        except ValueError:
            put_body(environ, b"{}")

    planting.requests(change)


def _malformed_id(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        if any(one["path"].startswith("path") for one in wire.value["errors"]):
            wire.say({"message": "There is no such record.", "errors": []}, 404)

    planting.replies(change, Kind.READ, status=400)


def _unprocessable(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        wire.status = 422

    planting.replies(change, Kind.CREATE, Kind.REPLACE, status=400)


MUTANTS = named(
    Area.VALIDATION,
    ("required-not-checked", "a record without the required `program_id` is accepted", _schemas(_required_not_checked)),
    ("enum-not-checked", "any word is accepted for `status`", _schemas(_enum_not_checked)),
    ("type-not-checked", "a text is accepted for an amount", _schemas(_type_not_checked)),
    ("null-accepted", "null is accepted for `city` and stored", _schemas(_null_accepted)),
    ("items-not-checked", "a list of custom fields may hold anything", _schemas(_items_not_checked)),
    ("optional-field-demanded", "a create without the optional `city` is refused",
     _schemas(_city_demanded, "CertificationCreate")),
    ("batch-limit-not-enforced", "a batch of more than a hundred operations is carried out",
     _schemas(_no_limit, "BatchRequest")),
    ("batch-limit-too-low", "a batch of a hundred operations is refused, fifty are the most",
     _schemas(_low_limit, "BatchRequest")),
    ("own-id-accepted", "a create that brings its own id is accepted",
     _schemas(_own_id_accepted, "CertificationCreate")),
    ("put-not-checked", "PUT stores whatever it is sent", _put_not_checked),
    ("patch-result-not-checked", "a patch may leave a record that breaks the schema", _patch_result_not_checked),
    ("unknown-patch-op-passed-over", "a patch step with an unknown `op` is passed over", _unknown_op_passed_over),
    ("malformed-search-finds-all", "a search with a malformed parameter finds everything",
     _lenient(Kind.SEARCH, Input({}, {}, has_body=True))),
    ("malformed-key-passed-over", "a list with a malformed key begins at the start", _lenient(Kind.LIST, Input({}))),
    ("first-violation-only", "of several violations a 400 tells only the first", _first_violation_only),
    ("emoji-refused", "a create with an emoji in a text is refused", _emoji_refused),
    ("long-text-cut", "texts are silently cut after 255 characters", _cut),
    ("text-trimmed", "spaces around a text are lost", _trimmed),
    ("amounts-rounded", "amounts lose what is behind the point", _rounded),
    ("any-media-type-taken", "a body of any media type is read as JSON", _any_media_type),
    ("bad-json-taken-as-empty", "a body that is not JSON is taken for an empty object", _bad_json_as_empty),
    ("malformed-id-404", "an id against its pattern is answered 404", _malformed_id),
    ("invalid-answered-422", "an invalid record is answered 422", _unprocessable),
)  # fmt: skip
