"""From a request's text to typed values: every violation is collected, none hides another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from mockserver.contract.operation import Operation, Parameter
from mockserver.errors import Refusal, Violation
from mockserver.messages import Headers, Json, Request
from mockserver.values.json_text import BadJson, decode
from mockserver.values.shown import how_many, quoted, shown

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
_BOOLEANS: Mapping[str, bool] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a request: its name ("" where none is told), its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class Input:
    """What a request says once it is read: parameters by name, the body, and what was passed over (``notes``).

    ``path`` is the request's path, ``headers`` are by lower-case name, ``files`` by the name of their field: "" where
    the body is one.
    """

    values: Final[Mapping[str, Json]]
    body: Final[Json] = None
    has_body: Final[bool] = False
    notes: Final[Headers] = field(default=())
    path: Final[str] = ""
    headers: Final[Mapping[str, str]] = field(default_factory=dict)
    files: Final[Mapping[str, SentFile]] = field(default_factory=dict)

    @property
    def server(self) -> str:
        """Scheme and host, as the client calls this server, or a proxy before it that says so."""
        asked = self.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
        return f"{'https' if asked == 'https' else 'http'}://{self.headers.get('host', 'localhost')}"

    @property
    def address(self) -> str:
        """The path with scheme and host, as an address writes it."""
        return f"{self.server}{self.written_path}"

    @property
    def written_path(self) -> str:
        """The path as an address writes it: escaped where it must be, as ``%2F`` is already."""
        return quote(self.path, safe="/:@!$&'()*+,;=").replace("%252F", "%2F")


def read(operation: Operation, request: Request, max_depth: int) -> Input:
    """Raises Refusal(400) listing every way in which the request breaks the contract."""
    violations: list[Violation] = []
    sent = {"path": request.path_values, "query": _query(operation, request, violations)}
    values: dict[str, Json] = {}
    for parameter in operation.parameters:
        where = sent[parameter.location] if parameter.location in sent else _other(parameter, request)
        _read_parameter(parameter, where, values, violations)
    body, has_body = _read_body(operation, request, max_depth, violations)
    if violations:
        raise Refusal(400, "The request breaks the contract.", violations=violations)
    unknown = sorted(set(sent["query"]) - operation.parameter_names("query")) if sent["query"] else ()
    notes = (("Ignored", ", ".join(f"query/{name}" for name in unknown)),) if unknown else ()
    return Input(values, body, has_body, notes, request.path, headers=request.headers)


def _query(operation: Operation, request: Request, violations: list[Violation]) -> dict[str, str]:
    """Query parameters by name; one that may not repeat and does is a violation."""
    found: dict[str, str] = {}
    if not request.query:
        return found
    arrays = {parameter.name for parameter in operation.parameters if parameter.type == "array"}
    for name, text in request.query:
        if name not in found:
            found[name] = text
        elif name in arrays:
            found[name] += f",{text}"
        else:
            violations.append(Violation("query", f"/{name}", "repeated", "is given more than once"))
    return found


def _other(parameter: Parameter, request: Request) -> Mapping[str, str]:
    if parameter.location == "header":
        text = request.header(parameter.name)
        return {} if text is None else {parameter.name: text}
    from http.cookies import CookieError, SimpleCookie  # PERF: few documents have cookies

    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in cookies.items()}


def _read_parameter(
    parameter: Parameter, sent: Mapping[str, str], values: dict[str, Json], violations: list[Violation]
) -> None:
    text = sent.get(parameter.name)
    if text is None and not parameter.required:
        return
    pointer = f"/{parameter.name}"
    if text is None:
        violations.append(Violation(parameter.location, pointer, "required", "is required and missing"))
        return
    if not text and not parameter.may_be_empty:
        violations.append(Violation(parameter.location, pointer, "allowEmptyValue", "is given without a value"))
        return
    if parameter.type == "boolean" and text not in _BOOLEANS:
        message = f"is {shown(text)}, wanted true or false"
        violations.append(Violation(parameter.location, pointer, "boolean", message))
        return
    value = _typed(parameter.type, text)
    broken = parameter.validator.violations(value, parameter.location, pointer)
    violations += broken
    if not broken:
        values[parameter.name] = value


def _typed(type_: str, text: str) -> Json:
    """``text`` as its parameter's type; as it is when it does not read as one (its validator then says so)."""
    if type_ == "string":
        return text
    if type_ == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if type_ in ("number", "integer") and _NUMBER.fullmatch(text):
        return float(text)
    if type_ == "boolean":
        return _BOOLEANS[text]
    if type_ == "array":
        return text.split(",") if text else []
    return text


def _read_body(
    operation: Operation, request: Request, max_depth: int, violations: list[Violation]
) -> tuple[Json, bool]:
    """The decoded body and whether there was one."""
    expected = operation.body
    if not request.body:
        if expected and expected.required:
            violations.append(Violation("body", "", "required", "is required and missing"))
        return None, False
    if expected is None:
        message = f"is not expected here, found {how_many(len(request.body), 'byte')}"
        violations.append(Violation("body", "", "unexpected", message))
        return None, False
    if wrong := _wrong_type(request.headers.get("content-type"), expected.media_types):
        violations.append(Violation("header", "/Content-Type", "contentType", wrong))
        return None, False
    try:
        body = decode(request.body, max_depth)
    except BadJson as bad:
        violations.append(Violation("body", bad.pointer, "json", str(bad)))
        return None, False
    violations += expected.validator.violations(body, "body")
    return body, True


def _wrong_type(sent: str | None, taken: tuple[str, ...]) -> str | None:
    """Why the content type is refused; None when it is fine."""
    wanted = " or ".join(taken)
    if sent is None:
        return f"is missing, wanted {wanted}"
    name, _, parameters = sent.partition(";")
    if name.strip().lower() not in taken:
        return f"is {quoted(sent)}, wanted {wanted}"
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", parameters, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        return f"names the charset {quoted(charset[1])}, wanted utf-8"
    return None
