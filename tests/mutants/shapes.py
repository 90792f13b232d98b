"""Mutants in the shape of replies: statuses, headers, content types, and what is in the body."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Kind
from mutants.mutant import Area, named
from mutants.planting import Planting, Record
from mutants.wire import Wire

TRACE = b'Traceback (most recent call last):\n  File "/srv/app/store.py", line 41, in load\nKeyError: 7\n'


def _read_lacks_number(planting: Planting) -> None:
    planting.records(lambda record: record.pop("number", None), Kind.READ)


def _version_as_text(planting: Planting) -> None:
    def change(record: Record) -> None:
        if "sys_version" in record:
            record["sys_version"] = str(record["sys_version"])

    planting.records(change, Kind.LIST)


def _dates_as_numbers(planting: Planting) -> None:
    def change(record: Record) -> None:
        if "sys_created_at" in record:
            record["sys_created_at"] = 1_744_977_600

    planting.records(change, Kind.SEARCH)


def _null_for_absent(planting: Planting) -> None:
    planting.records(lambda record: record.setdefault("job_title", None), Kind.LOOKUP)


def _created(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        wire.status = 201

    planting.replies(change, Kind.CREATE)


def _no_content(planting: Planting) -> None:
    planting.replies(lambda wire: wire.say_nothing(204), Kind.DELETE)


def _errors_left_out(planting: Planting) -> None:
    planting.replies(lambda wire: wire.say({"message": wire.value["message"]}), status=400)


def _errors_as_texts(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        told = wire.value
        wire.say({**told, "errors": [one["message"] for one in told["errors"]]})

    planting.replies(change, status=400)


def _empty_message(planting: Planting) -> None:
    planting.replies(lambda wire: wire.say({**wire.value, "message": ""}), status=404)


def _plain_text(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        wire.body = b"Not Found"
        wire.headers["Content-Type"] = "text/plain"

    planting.replies(change, status=404)


def _html_content_type(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        wire.headers["Content-Type"] = "text/html; charset=utf-8"

    planting.replies(change, Kind.DOCUMENT)


def _without_cors(wire: Wire) -> None:
    wire.headers.remove("Access-Control-Allow-Origin")


def _cors_only_on_success(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        if wire.status >= 400:
            _without_cors(wire)

    planting.replies(change, status=None)


def _cors_not_on_denials(planting: Planting) -> None:
    planting.replies(_without_cors, status=403)


def _preflight_wants_token(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        if wire.environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_AUTHORIZATION" not in wire.environ:
            wire.say({"message": "Unauthorized", "errors": []}, 401)

    planting.replies(change, status=None)


def _stack_trace(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        wire.status, wire.body = 500, TRACE
        wire.headers["Content-Type"] = "text/plain"

    planting.replies(change, Kind.READ, status=404)


def _lower_case_members(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        wire.say({name[0].lower() + name[1:]: one for name, one in wire.value.items()})

    planting.replies(change, Kind.LOOKUP)


def _null_next_key(planting: Planting) -> None:
    planting.replies(lambda wire: wire.say({"LastEvaluatedKey": None, **wire.value}), Kind.SEARCH)


def _wrapped_record(planting: Planting) -> None:
    planting.replies(lambda wire: wire.say({"data": wire.value}), Kind.READ)


def _enveloped_list(planting: Planting) -> None:
    planting.replies(lambda wire: wire.say({"Items": wire.value, "Count": len(wire.value)}), Kind.LIST)


def _internal_field(planting: Planting) -> None:
    def change(record: Record) -> None:
        record["_partition_key"] = f"cert#{record.get('id')}"

    planting.records(change, Kind.CREATE, Kind.READ, Kind.LIST)


def _no_allow(planting: Planting) -> None:
    planting.replies(lambda wire: wire.headers.remove("Allow"), status=405)


def _unknown_path(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        if wire.operation is None and wire.status == 403:
            wire.say({"message": "Not found.", "errors": []}, 404)

    planting.replies(change, status=403)


def _wrong_verb(planting: Planting) -> None:
    def change(wire: Wire) -> None:
        told: Any = wire.value
        wire.say(told, 404)

    planting.replies(change, status=405)


MUTANTS = named(
    Area.SHAPE,
    ("read-lacks-number", "getCertification leaves out the required field `number`", _read_lacks_number),
    ("list-version-as-text", "the list sends `sys_version` as a text, the others as a number", _version_as_text),
    ("search-dates-as-numbers", "search sends `sys_created_at` as seconds since 1970", _dates_as_numbers),
    ("lookup-null-for-absent", "look-ups send null for a field that has no value", _null_for_absent),
    ("create-answers-201", "a create is answered 201, the document says 200", _created),
    ("delete-answers-204", "a delete is answered 204 without the id", _no_content),
    ("errors-left-out", "a 400 says that something is wrong, but not what", _errors_left_out),
    ("errors-as-texts", "a 400 lists its errors as texts without a path", _errors_as_texts),
    ("empty-error-message", "a 404 has an empty message", _empty_message),
    ("not-found-as-plain-text", "a 404 is plain text", _plain_text),
    ("certificate-as-html", "the certificate says text/html, though it is a JSON string", _html_content_type),
    ("cors-only-on-success", "pages of other origins cannot read any error", _cors_only_on_success),
    ("cors-not-on-denials", "pages of other origins cannot read a 403", _cors_not_on_denials),
    ("preflight-wants-a-token", "a browser's preflight is refused, since it brings no token", _preflight_wants_token),
    ("stack-trace-for-missing-record", "reading a missing record shows a stack trace", _stack_trace),
    ("lookup-members-in-lower-case", "look-ups answer items and count for Items and Count", _lower_case_members),
    ("null-next-key", "the last page of a search has a next key that is null", _null_next_key),
    ("read-wrapped-in-data", "a record read is wrapped in a member `data`", _wrapped_record),
    ("list-in-an-envelope", "the list answers an envelope, the document says a bare array", _enveloped_list),
    ("internal-field-shown", "records show a field of the data base's", _internal_field),
    ("no-allow-on-405", "a 405 does not tell which methods there are", _no_allow),
    ("unknown-path-404", "a path that does not exist is told from a forbidden one", _unknown_path),
    ("wrong-method-404", "a method that a path does not have is answered 404", _wrong_verb),
)
