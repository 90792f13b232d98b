"""A request to any document as values: parameters by their schemas, JSON, form and multipart bodies by theirs (A9)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mockserver.contract.document import Node
from mockserver.contract.form_bodies import bracketed, formed, holds_objects, nested, sent_texts, typed
from mockserver.contract.operation import Operation
from mockserver.contract.plan import OperationPlan, PlannedParameter
from mockserver.contract.read_only import completed
from mockserver.contract.reading import Input, SentFile
from mockserver.contract.samples.sample_maker import Maker
from mockserver.contract.xml_text import BadXml, is_xml, read_xml, unwrapped
from mockserver.errors import Refusal, Violation
from mockserver.messages import Json, Request
from mockserver.values.absent import ABSENT
from mockserver.values.json_text import BadJson, decode
from mockserver.values.media_types import carries_json, without_parameters
from mockserver.values.shown import quoted

JSON_PATCH = "application/json-patch+json"
MAX_FIELDS = 1_000
"""How many fields of a form are read."""
EXACT = 2**53
"""From here on a number may be another than the one that was written."""


def read_inferred(operation: Operation, request: Request, max_depth: int) -> Input:
    """Raises Refusal listing every way in which the request breaks the document: 422 where that is declared, or 400.

    A path parameter is never judged: a value that cannot be a key is the key of nothing.
    """
    plan = operation.plan
    assert plan is not None
    reader = _RequestReader(plan, request, max_depth)
    values, body, has_body = reader.values(), *reader.body()
    if reader.violations:
        is_told = "422" in plan.replies and not (reader.is_unreadable and "400" in plan.replies)
        status = 422 if is_told else 400
        raise Refusal(status, "The request breaks the contract.", violations=reader.violations)
    ignored = reader.ignored
    notes = (("Ignored", ", ".join(ignored)),) if ignored else ()
    return Input(
        values={**values, **request.path_values},
        body=body,
        has_body=has_body,
        notes=notes,
        path=request.path,
        headers=request.headers,
        files=reader.files,
    )


class _RequestReader:
    def __init__(self, plan: OperationPlan, request: Request, max_depth: int) -> None:
        self._plan = plan
        self._maker: Maker = plan.maker
        self._request = request
        self._max_depth = max_depth
        self.violations: list[Violation] = []
        self.ignored: list[str] = []
        self.files: dict[str, SentFile] = {}
        self.is_unreadable = False
        self._held: dict[str, dict[str, Any]] = {}

    def values(self) -> dict[str, Json]:
        found: dict[str, Json] = {}
        own = [one for one in self._plan.parameters if one.location == "query"]
        known = {name for one in own for name in (one.name, one.name.removesuffix("="), one.also)}
        for taken in self._plan.parameters:
            if taken.location in ("query", "header"):
                texts = [*self._texts(taken)]
                if (whole := self._whole(taken, texts)) is not ABSENT:
                    found[taken.name] = whole
                elif texts:
                    self._read(taken, texts, found)
                elif taken.required:
                    self._broken(taken.location, f"/{taken.name}", "required", "is required and missing")
        sent = dict.fromkeys(name.partition("[")[0] for name, _ in self._request.query)
        bases = {name.partition("[")[0] for name in known} | {one.holder for one in self._plan.parameters}
        self.ignored = sorted(f"query/{name}" for name in sent if name not in known and name not in bases)
        return found

    def _texts(self, taken: PlannedParameter) -> Iterator[str]:
        yield from sent_texts(self._maker, taken, self._request)
        if taken.holder:
            said = self._held_by(taken).get(taken.name, ABSENT)
            said = said if isinstance(said, list) else [] if said is ABSENT else [said]
            yield from (one if isinstance(one, str) else json.dumps(one) for one in said)

    def _whole(self, taken: PlannedParameter, texts: list[str]) -> Any:
        """An object or list of objects that is not told by one text; ABSENT where it is, or nothing is told."""
        if not holds_objects(self._maker, taken):
            return ABSENT
        is_within = taken.holder and taken.name in self._held_by(taken)
        if is_within or texts:
            return self._held_by(taken)[taken.name] if is_within else ABSENT
        return bracketed(self._maker, taken, self._request.query)

    def _held_by(self, taken: PlannedParameter) -> dict[str, Any]:
        """What the JSON of the parameter says that holds this one; nothing where it was not sent, or is no object."""
        if taken.holder not in self._held:
            self._held[taken.holder] = {}
            for text in (text for name, text in self._request.query if name == taken.holder):
                value = self._json(taken.location, taken.holder, text)
                if isinstance(value, dict):
                    self._held[taken.holder] = value
                elif value is not ABSENT:
                    self._broken(taken.location, f"/{taken.holder}", "type", "is no object")
        return self._held[taken.holder]

    def _json(self, location: str, name: str, text: str) -> Any:
        """The value of a parameter whose text is JSON; ABSENT where it is none, which is a violation."""
        try:
            return decode(text.encode(), self._max_depth)
        except BadJson as bad:
            self._broken(location, f"/{name}", "json", str(bad))
            return ABSENT

    def _read(self, taken: PlannedParameter, texts: list[str], found: dict[str, Json]) -> None:
        kind = self._maker.shapes.type(taken.schema)
        value: Json = texts[-1]
        if len(texts) > 1 and kind in ("integer", "number", "boolean"):
            self._broken(taken.location, f"/{taken.name}", "repeated", "is given more than once")
            return
        if taken.is_json:
            value = self._json(taken.location, taken.name, texts[-1])
            if value is ABSENT:
                return
        elif kind == "array":
            items = self._maker.shapes.items(taken.schema)
            split = {"pipeDelimited": "|", "spaceDelimited": " "}.get(taken.style, ",")
            pieces = texts if len(texts) > 1 or taken.explode else [one for one in texts[0].split(split) if one]
            if len(pieces) == 1 and split in pieces[0]:
                pieces = pieces[0].split(split)
            value = [typed(self._maker, items, one) if items else one for one in pieces]
            if items and self._maker.shapes.type(items) in ("object", "array"):
                kind = "object"  # no text has such a list in a way that OpenAPI describes, so that none is judged
        elif kind != "object":
            value = typed(self._maker, taken.schema, value)
        found[taken.name] = value
        is_told = (kind != "object" or taken.is_json) and isinstance(taken.schema.value, dict)  # an enum needs no type
        if is_told and not (texts[-1] == "" and taken.may_be_empty):
            self._judge(taken.schema, value, taken.location, f"/{taken.name}")

    def body(self) -> tuple[Json, bool]:
        """The body as a value, and whether there was one."""
        content, request = self._request.body, self._request
        if not content:
            if self._is_text(request.headers.get("content-type", "")):
                return "", True
            if self._plan.body_required and not self._is_nothing_enough():
                self._broken("body", "", "required", "is required and missing")
            return None, False
        if not self._plan.bodies:
            self.ignored.append("body")
            return None, False
        sent = request.headers.get("content-type", next(iter(self._plan.bodies)))
        media_type = self._media_type(sent)
        if media_type is None:
            wanted = ", ".join(self._plan.bodies)
            violation = Violation("header", "/Content-Type", "contentType", f"is {quoted(sent)}, wanted {wanted}")
            raise Refusal(415, "The body's media type is not accepted here.", violations=[violation])
        schema = self._plan.bodies[media_type]
        value = self._decoded(sent, schema)
        if self.is_unreadable or isinstance(value, bytes):
            return None if self.is_unreadable else value.decode("utf-8", "replace"), True
        if not (media_type.startswith(JSON_PATCH) and is_steps(value)):  # RFC 6902 says what such a body is
            self._judge_body(schema, value)
        return value, True

    def _is_nothing_enough(self) -> bool:
        """Whether DELETE of one record may come without a body that need not say anything: few clients send one."""
        is_delete = self._request.method == "DELETE" and self._plan.key is not None
        return is_delete and any(self._maker.allows(schema, {}) for schema in self._plan.bodies.values())

    def _is_text(self, sent: str) -> bool:
        """Whether nothing is an empty text of the media type that was named."""
        media_type = self._media_type(sent) if sent.startswith("text/") else None
        return media_type is not None and self._maker.shapes.type(self._plan.bodies[media_type]) == "string"

    def _media_type(self, sent: str) -> str | None:
        """The declared media type that the body's one is, or is a kind of."""
        name = without_parameters(sent)
        declared = {without_parameters(one): one for one in self._plan.bodies}
        if name in declared:
            return declared[name]
        for one, written in declared.items():
            if one == "*/*" or (one.endswith("/*") and name.startswith(one[:-1])):
                return written
            if carries_json(name) and carries_json(one):
                return written
        return None

    def _decoded(self, sent: str, schema: Node) -> Json:
        name = without_parameters(sent)
        is_form = "form-data" in name and "boundary" not in sent  # nothing but JSON can be meant by a brace
        if carries_json(name) or (is_form and self._request.body.lstrip()[:1] == b"{"):
            try:
                return _as_integers(decode(self._request.body, self._max_depth))
            except BadJson as bad:
                self.is_unreadable = True
                self._broken("body", bad.pointer, "json", str(bad))
                return None
        if is_xml(name):
            return self._xml(schema)
        if "form-urlencoded" in name:
            pairs = parse_qsl(self._request.body.decode("utf-8", "replace"), keep_blank_values=True)
            return nested(self._maker, schema, [*pairs][:MAX_FIELDS])
        if "form-data" in name and not is_form:
            return nested(self._maker, schema, [*self._parts(sent)][:MAX_FIELDS])
        return self._unknown(sent, schema)

    def _xml(self, schema: Node) -> Json:
        try:
            read = read_xml(self._request.body, self._max_depth)
        except BadXml as bad:
            self.is_unreadable = True
            self._broken("body", "", "xml", str(bad))
            return None
        return formed(self._maker, schema, unwrapped(self._maker.shapes, schema, read))

    def _unknown(self, sent: str, schema: Node) -> Json:
        """A body of a media type that nobody here reads: JSON where an object or a list is wanted and it is one."""
        if self._maker.shapes.type(schema) in ("object", "array") and self._request.body.lstrip()[:1] in (b"{", b"["):
            try:
                return decode(self._request.body, self._max_depth)
            except BadJson:
                return self._request.body
        self.files[""] = SentFile("", without_parameters(sent), self._request.body)
        return self._request.body

    def _parts(self, sent: str) -> Iterator[tuple[str, Json]]:
        """The fields of a multipart body; a file is its name."""
        from werkzeug.formparser import FormDataParser  # PERF: few requests have such a body

        options = {"boundary": match[1]} if (match := re.search(r'boundary="?([^";]+)', sent)) else {}
        try:
            parser = FormDataParser(stream_factory=_in_memory, max_form_parts=MAX_FIELDS)
            stream = io.BytesIO(self._request.body)
            _, fields, files = parser.parse(stream, "multipart/form-data", len(self._request.body), options)
        except Exception as error:  # noqa: BLE001 -- whatever the parser finds wrong, the caller sent it
            self.is_unreadable = True
            self._broken("body", "", "multipart", f"is not a multipart body: {type(error).__name__}")
            return
        yield from fields.items(multi=True)
        for name, file in files.items(multi=True):
            found = SentFile(file.filename or "file", file.mimetype, file.read())
            self.files.setdefault(name.partition("[")[0], found)
            yield name, found.name

    def _judge_body(self, schema: Node, value: Json) -> None:
        broken = self._violations(schema, value, "body")
        if broken and not self._maker.allows(schema, whole := completed(self._maker, schema, value)):
            self.violations += self._violations(schema, whole, "body")

    def _judge(self, schema: Node, value: Json, location: str, pointer: str) -> None:
        self.violations += self._violations(schema, value, location, pointer)

    def _violations(self, schema: Node, value: Json, location: str, pointer: str = "") -> tuple[Violation, ...]:
        if self._maker.allows(schema, value):
            return ()
        return self._maker.validator(schema).violations(value, location, pointer)

    def _broken(self, location: str, pointer: str, keyword: str, message: str) -> None:
        self.violations.append(Violation(location, pointer, keyword, message))


def _as_integers(value: Json) -> Json:
    """Whole numbers without their fraction: before 3.1 ``1.0`` is not an integer, but to JSON it is ``1``."""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    if isinstance(value, dict):
        return {name: _as_integers(one) for name, one in value.items()}
    return [_as_integers(one) for one in value] if isinstance(value, list) else value


def _in_memory(*_: Any, **__: Any) -> io.BytesIO:
    """Where a file of a form is written while it is read: its request is in memory anyhow, and nothing is left open."""
    return io.BytesIO()


def is_steps(body: Json) -> bool:
    """Whether a body has the form of a JSON Patch."""
    return isinstance(body, list) and all(isinstance(one, dict) and "op" in one and "path" in one for one in body)


def is_merge(headers: Mapping[str, str], body: Json) -> bool:
    """Whether a PATCH is to be merged: by its media type, and by what it is where that leaves it open (O5)."""
    name = without_parameters(headers.get("content-type", ""))
    return isinstance(body, dict) or (name != JSON_PATCH and not is_steps(body))
