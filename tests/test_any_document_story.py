"""Documents drawn at random, said in each version of OpenAPI: in all of them a client's story holds, start to end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mockserver import create_app

EXAMPLES = int(os.environ.get("STORY_EXAMPLES", "60"))
MARK = "title"
"""The member that tells one record from the others: each record has it, in every document."""


@dataclass(frozen=True)
class Member:
    """One member of the record: its schema in the words of 3.1, and two values that keep it."""

    name: str
    schema: Mapping[str, Any]
    values: tuple[Any, Any]

    @property
    def takes_null(self) -> bool:
        return "null" in self.schema.get("type", ()) or {"type": "null"} in self.schema.get("anyOf", ())


MEMBERS = [
    Member("colour", {"type": "string", "enum": ["red", "green"]}, ("green", "red")),
    Member("size", {"type": "integer", "minimum": 3, "exclusiveMaximum": 50}, (7, 49)),
    Member("weight", {"type": "number"}, (1.5, 0)),
    Member("active", {"type": "boolean"}, (True, False)),
    Member("note", {"type": ["string", "null"]}, (None, "kept")),
    Member("due_on", {"type": "string", "format": "date"}, ("2031-02-03", "2031-02-04")),
    Member("contact_email", {"type": "string", "format": "email"}, ("a@example.com", "b@example.com")),
    Member("tags", {"type": "array", "items": {"type": "string"}}, (["a", "b"], [])),
    Member("address", {"type": "object", "required": ["city"], "properties": {
        "city": {"type": "string"}, "zip": {"type": ["string", "null"]}}}, ({"city": "Oslo"}, {"city": "Rome", "zip": None})),
    Member("lines", {"type": "array", "maxItems": 5, "items": {"type": "object", "required": ["sku"], "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"}, "count": {"type": "integer"}}}},
        ([{"sku": "ABC-1", "count": 2}], [{"sku": "XYZ-22"}])),
    Member("shape", {"oneOf": [
        {"type": "object", "required": ["radius"], "additionalProperties": False, "properties": {"radius": {"type": "number"}}},
        {"type": "object", "required": ["width"], "additionalProperties": False, "properties": {"width": {"type": "number"}}}]},
        ({"width": 2}, {"radius": 3})),
    Member("limit", {"anyOf": [{"type": "integer"}, {"type": "string", "enum": ["none"]}]}, ("none", 4)),
    Member("parent_ref", {"anyOf": [{"$ref": "#/components/schemas/Reference"}, {"type": "null"}]}, ({"ref": "a"}, None)),
    Member("labels", {"type": "object", "additionalProperties": {"type": "string"}}, ({"a": "b"}, {})),
    Member("state", {"type": "string", "default": "open"}, ("shut", "open")),
    Member("code", {"type": "string", "minLength": 2, "maxLength": 4}, ("ab", "abcd")),
]  # fmt: skip
MANAGED = [
    Member("createdAt", {"type": "string", "format": "date-time", "readOnly": True}, ("", "")),
    Member("updated_at", {"type": "string", "format": "date-time", "readOnly": True}, ("", "")),
    Member("url", {"type": "string", "format": "uri", "readOnly": True}, ("", "")),
    Member("version", {"type": "integer", "readOnly": True}, ("", "")),
    Member("owner", {"readOnly": True, "type": "object", "required": ["login"], "properties": {"login": {"type": "string"}}}, ("", "")),
    Member("status", {"readOnly": True, "type": "string", "enum": ["ready", "failed"]}, ("", "")),
]  # fmt: skip


@dataclass(frozen=True)
class Key:
    """What identifies a record: where it stands, its schema, what the path calls it, and whether the client says it."""

    steps: tuple[str, ...]
    schema: Mapping[str, Any]
    parameter: str
    chosen: Any = None


KEYS = [
    Key(("id",), {"type": "integer"}, "widgetId"),
    Key(("id",), {"type": "integer", "format": "int64", "minimum": 100}, "id"),
    Key(("id",), {"type": "string"}, "widget_id"),
    Key(("id",), {"type": "string", "format": "uuid"}, "id"),
    Key(("id",), {"type": "string", "pattern": "^wdg_[a-z0-9]{8}$"}, "widget"),
    Key(("uuid",), {"type": "string", "format": "uuid"}, "uuid"),
    Key(("sid",), {"type": "string", "minLength": 34, "maxLength": 34, "pattern": "^WD[0-9a-f]{32}$"}, "WidgetSid"),
    Key(("_id",), {"type": "string", "pattern": "^[0-9a-f]{24}$"}, "id"),
    Key(("widgetId",), {"type": "integer"}, "widgetId"),
    Key(("widget_id",), {"type": "string", "maxLength": 12}, "id"),
    Key(("name",), {"type": "string"}, "name", "first-one"),
    Key(("name",), {"type": "string", "pattern": "^[a-z-]+$"}, "widget_name", "first-one"),
    Key(("slug",), {"type": "string"}, "slug", "a-slug"),
    Key(("key",), {"type": "string"}, "widgetKey", "KEY"),
    Key(("code",), {"type": "string", "maxLength": 8}, "code", "X1"),
    Key(("metadata", "name"), {"type": "string"}, "name", "pod-1"),
    Key(("number",), {"type": "integer"}, "widget_number"),
]
PLURALS = ["widgets", "Widgets", "widget"]
ERROR = {
    "none": None,
    "plain": {"type": "object", "required": ["code", "message"], "properties": {"code": {"type": "integer"}, "message": {"type": "string"}}},
    "nested": {"type": "object", "required": ["error"], "additionalProperties": False, "properties": {"error": {"type": "object", "required": ["type", "detail"], "properties": {
        "type": {"type": "string", "enum": ["invalid", "missing"]}, "detail": {"type": "string"}}}}},
    "listed": {"type": "object", "required": ["errors"], "properties": {"errors": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["title", "status"], "properties": {
        "title": {"type": "string"}, "status": {"type": "string"}}}}}},
}  # fmt: skip


@dataclass(frozen=True)
class Blueprint:
    """All that is drawn of one document."""

    version: str
    key: Key
    members: tuple[Member, ...]
    managed: tuple[Member, ...]
    required: frozenset[str]
    composed: str
    plural: str
    one: str
    many: str
    sent: str
    beside: tuple[str, ...]
    created: str
    update: str
    updated: str
    deleted: str
    media: str
    error: str
    refused: str
    above: str
    base: str
    slash: str
    listed: str
    closed: bool
    has_list: bool = True
    shared_body: bool = False
    secured: str = ""
    seeds: int = field(default=3)


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    pick = lambda *options: draw(st.sampled_from(options))  # noqa: E731
    key = pick(*KEYS)
    members = draw(st.lists(st.sampled_from(MEMBERS), max_size=5, unique_by=lambda one: one.name))
    members = [one for one in members if one.name not in key.steps]
    managed = draw(st.lists(st.sampled_from(MANAGED), max_size=3, unique_by=lambda one: one.name))
    names = [one.name for one in (*members, *managed)]
    created = pick("200", "201", "202", "201 none", "204 none", "201 key", "201+202", "2XX", "default")
    refused = pick("404", "4XX", "400,404,422", *(["default"] if created != "default" else []))
    json_only = pick("application/json", "application/vnd.api+json", "application/json; charset=utf-8", "*/*")
    return Blueprint(
        version=pick("2.0", "3.0.3", "3.1.0"),
        key=key,
        members=tuple(members),
        managed=tuple(managed),
        required=frozenset(draw(st.lists(st.sampled_from(names), unique=True)) if names else ()),
        composed=pick("plain", "allOf", "allOf refs", "variants"),
        plural=pick(*PLURALS),
        one=pick("", "", "data", "widget"),
        many=pick("", "data", "items", "results", "widgets", "_embedded", "list"),
        sent=pick("", "", "data", "widget"),
        beside=tuple(draw(st.lists(st.sampled_from(["total", "count", "next", "has_more", "page", "links", "meta"]), unique=True))),
        created=created,
        update=pick("put", "patch", "patch merge", "json patch", "post"),
        updated=pick("200", "200 none", "204 none", "202"),
        deleted=pick("204 none", "200", "200 none", "202 none", "200 flag"),
        media=json_only if len(key.steps) > 1 else pick(json_only, json_only, "form", "multipart", "both"),
        error=pick(*ERROR),
        refused=refused,
        above=pick("", "", "/makers/{makerId}", "/orgs/{org}/teams/{team_id}", "/api/v1", "known"),
        base=pick("", "/base/path", "{stage}"),
        slash=pick("", "", "/", ".json"),
        listed=pick("same", "smaller"),
        closed=draw(st.booleans()),
        shared_body=draw(st.booleans()),
        secured=pick("", "key", "query", "bearer", "basic"),
        seeds=pick(0, 3),
    )  # fmt: skip


def within(steps: tuple[str, ...], schema: Any) -> Any:
    """``schema`` as the member that ``steps`` lead to."""
    for step in reversed(steps):
        schema = {"type": "object", "required": [step], "properties": {step: schema}}
    return schema


BESIDE = {
    "total": {"type": "integer"}, "count": {"type": "integer"}, "next": {"type": ["string", "null"]}, "has_more": {"type": "boolean"},
    "page": {"type": "integer"}, "links": {"type": "object", "required": ["self"], "properties": {"self": {"type": "string"}}},
    "meta": {"type": "object", "required": ["total"], "properties": {"total": {"type": "integer"}}},
}  # fmt: skip


class Document:
    """A blueprint as a document, in the words of 3.1 (``schemas``, to judge by) and of its own version (``root``)."""

    def __init__(self, told: Blueprint) -> None:
        self.told = told
        self.schemas = {"Reference": within(("ref",), {"type": "string"}), **self._records()}
        self.schemas |= {"One": self._one(), "Many": self._many(), "Sent": self._sent()}
        if ERROR[told.error]:
            self.schemas["Error"] = ERROR[told.error]
        self.root = self._root()

    def judge(self, name: str, value: Any) -> None:
        registry = Registry().with_resource(
            "urn:d", Resource.from_contents({"components": {"schemas": _absolute(self.schemas)}}, DRAFT202012)
        )
        schema = {"$ref": f"urn:d#/components/schemas/{name}"}
        checker = FormatChecker(["date-time", "date", "uuid", "email"])
        Draft202012Validator(schema, registry=registry, format_checker=checker).validate(value)

    def _properties(self) -> tuple[dict[str, Any], list[str]]:
        told = self.told
        properties = {MARK: {"type": "string"}} | {one.name: one.schema for one in (*told.members, *told.managed)}
        key = {**told.key.schema, **({} if told.key.chosen else {"readOnly": True})}
        properties[told.key.steps[0]] = within(told.key.steps[1:], key) if len(told.key.steps) > 1 else key
        return properties, [MARK, told.key.steps[0], *sorted(told.required)]

    def _records(self) -> dict[str, Any]:
        told = self.told
        properties, required = self._properties()
        whole = {"type": "object", "required": required, "properties": properties}
        names = [*properties]
        base = {"type": "object", "properties": {name: properties[name] for name in names[:2]}}
        rest = {"type": "object", "required": required, "properties": {name: properties[name] for name in names[2:]}}
        small = {name: properties[name] for name in properties if name in (MARK, told.key.steps[0])}
        item = {"type": "object", "required": [*small], "properties": small}
        found = {
            "Record": whole,
            "Base": base,
            "Item": item if told.listed == "smaller" else {"$ref": "#/components/schemas/Record"},
        }
        if told.composed == "allOf":
            found["Record"] = {"allOf": [base, rest]}
        elif told.composed == "allOf refs":
            found |= {
                "Record": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"$ref": "#/components/schemas/Rest"}]},
                "Rest": rest,
            }
        elif told.composed == "variants":
            other = {
                "type": "object",
                "required": [*required, "never"],
                "properties": {**properties, "never": {"type": "string"}},
            }
            first = {**whole, "properties": {**properties, "never": {"type": "integer"}}}
            found |= {
                "First": first,
                "Other": other,
                "Record": {"oneOf": [{"$ref": "#/components/schemas/First"}, {"$ref": "#/components/schemas/Other"}]},
            }
        elif told.closed:
            whole["additionalProperties"] = False
        return found  # fmt: skip

    def _one(self) -> Any:
        return within((self.told.one,) if self.told.one else (), {"$ref": "#/components/schemas/Record"})

    def _many(self) -> Any:
        array = {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
        if not self.told.many:
            return array
        schema = within(self.many_steps, array)
        beside = [name for name in self.told.beside if name != self.told.many]
        schema["properties"] |= {name: BESIDE[name] for name in beside}
        schema["required"] += beside
        return schema

    @property
    def many_steps(self) -> tuple[str, ...]:
        many = self.told.many
        return ("_embedded", "widgets") if many == "_embedded" else (many,) if many else ()

    def _sent(self) -> Any:
        told = self.told
        if told.shared_body and not self.is_form:
            return within((told.sent,) if told.sent else (), {"$ref": "#/components/schemas/Record"})
        properties = {MARK: {"type": "string"}} | {one.name: one.schema for one in told.members}
        required = [MARK]
        if told.key.chosen:
            properties[told.key.steps[0]] = within(told.key.steps[1:], told.key.schema)
            required += [told.key.steps[0]]
        schema = {"type": "object", "required": required, "properties": properties}
        return within((told.sent,) if told.sent and not self.is_form else (), schema)

    @property
    def is_form(self) -> bool:
        return self.told.media in ("form", "multipart")

    def sends(self, member: Member) -> bool:
        """Whether a body has the member: the fields of a form of 2.0 are texts, and what it cannot say is the server's."""
        is_of_fields = self.is_form and self.told.version == "2.0" and not self.told.sent
        return not is_of_fields or member.schema.get("type") == "string"

    def value(self, turn: int, mark: str) -> dict[str, Any]:
        """A body that keeps the schema."""
        told = self.told
        made = {
            one.name: one.values[turn] for one in told.members if not self.is_form or one.schema.get("type") == "string"
        }
        made[MARK] = mark
        if told.key.chosen is not None:
            made |= nest(told.key.steps, told.key.chosen)
        return made

    # The document.

    @property
    def above(self) -> str:
        return "/makers/{makerId}" if self.told.above == "known" else self.told.above

    @property
    def collection(self) -> str:
        return f"{self.above}/{self.told.plural}{'/' if self.told.slash == '/' else ''}"

    @property
    def item(self) -> str:
        return f"{self.above}/{self.told.plural}/{{{self.told.key.parameter}}}{self.told.slash}"

    def _root(self) -> dict[str, Any]:
        told = self.told
        verb = told.update.split()[0]
        media = {"json": "application/json-patch+json", "merge": "application/merge-patch+json"}.get(
            "json" if told.update == "json patch" else told.update.partition(" ")[2]
        )
        verb = "patch" if verb == "json" else verb
        patch: Any = {"type": "array", "items": {"type": "object"}} if told.update == "json patch" else None
        loose = self._loose()
        self.schemas["Change"] = patch or loose
        paths: dict[str, Any] = {
            self.collection: {
                "get": self._operation(("200", "Many")),
                "post": self._operation(*self._created(), body="Sent", media=None),
            },
            self.item: {
                "get": self._operation(("200", "One")),
                verb: self._operation(
                    self._said(told.updated, "One"), body="Sent" if verb == "put" else "Change", media=media
                ),
                "delete": self._operation(self._said(told.deleted, "One")),
            },
        }
        if told.above == "known":
            maker = within(("id",), {"type": "string"})
            maker["properties"]["name"] = {"type": "string"}
            self.schemas |= {
                "Maker": maker,
                "Makers": {"type": "array", "items": {"$ref": "#/components/schemas/Maker"}},
            }
            paths["/makers"] = {
                "get": self._operation(("200", "Makers")),
                "post": self._operation(("201", "Maker"), body="Maker", media="application/json"),
            }
            paths["/makers/{makerId}"] = {"get": self._operation(("200", "Maker"))}
        for path, item in paths.items():
            names = [piece.partition("}")[0] for piece in path.split("{")[1:]]
            item["parameters"] = [self._parameter(name) for name in names]
        schemes = {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "query": {"type": "apiKey", "in": "query", "name": "api_key"},
            "bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"},
        }  # fmt: skip
        if told.version == "2.0":
            schemes["bearer"] = {"type": "oauth2", "flow": "implicit", "authorizationUrl": "http://a", "scopes": {}}
            schemes["basic"] = {"type": "basic"}
        schemas = {name: lowered(schema, told.version) for name, schema in self.schemas.items()}
        secured = {"security": [{told.secured: []}]} if told.secured else {}
        info = {"title": "Drawn", "version": "1"}
        chosen = {told.secured: schemes[told.secured]} if told.secured else {}
        if told.version == "2.0":
            base = "/base/path" if told.base else None
            root = {"swagger": "2.0", "info": info, "paths": paths, "definitions": schemas, "securityDefinitions": chosen,
                    **({"basePath": base, "host": "api.example.com"} if base else {}), **secured}  # fmt: skip
            return json.loads(json.dumps(root).replace("#/components/schemas/", "#/definitions/"))
        servers = {
            "": [], "/base/path": [{"url": "https://api.example.com/base/path"}],
            "{stage}": [{"url": "https://api.example.com/{stage}/", "variables": {"stage": {"default": "base/path"}}}],
        }[told.base]  # fmt: skip
        return {"openapi": told.version, "info": info, "servers": servers, "paths": paths,
                "components": {"schemas": schemas, "securitySchemes": chosen}, **secured}  # fmt: skip

    def _loose(self) -> Any:
        """The body of a partial update: the same members, none of them needed."""
        told = self.told
        properties = {MARK: {"type": "string"}} | {one.name: one.schema for one in told.members}
        return within(
            (told.sent,) if told.sent and not self.is_form else (), {"type": "object", "properties": properties}
        )

    def _parameter(self, name: str) -> dict[str, Any]:
        schema = self.told.key.schema if name == self.told.key.parameter else {"type": "string"}
        schema = {word: told for word, told in schema.items() if word in ("type", "format")}
        head = {"name": name, "in": "path", "required": True}
        return {**head, **schema} if self.told.version == "2.0" else {**head, "schema": schema}

    def _created(self) -> list[tuple[str, str | None]]:
        told = self.told.created
        if told == "201 key":
            self.schemas["Key"] = within(self.told.key.steps, self.told.key.schema)
            return [("201", "Key")]
        if told == "201+202":
            return [("200", "One"), ("201", "One"), ("202", "One")]
        if told in ("2XX", "default"):
            return [("200" if self.told.version == "2.0" else told, "One")]
        return [self._said(told, "One")]

    def _said(self, told: str, schema: str) -> tuple[str, str | None]:
        status, _, what = told.partition(" ")
        if what == "flag":
            self.schemas["Flag"] = {
                "type": "object",
                "required": ["deleted"],
                "properties": {"deleted": {"type": "boolean"}},
            }
        return status, {"none": None, "flag": "Flag"}.get(what, schema)

    def _operation(
        self, *replies: tuple[str, str | None], body: str | None = None, media: str | None = None
    ) -> dict[str, Any]:
        told = self.told
        known = [(status, schema) for status, schema in replies]
        if told.error != "none" or told.refused != "default":
            listed = ["404" if one == "4XX" and told.version == "2.0" else one for one in told.refused.split(",")]
            known += [(one, "Error" if told.error != "none" else None) for one in listed if one not in dict(replies)]
        made: dict[str, Any] = {"responses": {status: self._reply(schema) for status, schema in known}}
        if body and told.version == "2.0":
            made |= self._old_body(body, media)
        elif body:
            ref = {"schema": {"$ref": f"#/components/schemas/{body}"}}
            made["requestBody"] = {"required": True, "content": dict.fromkeys(self._media(media), ref)}
        if told.version == "2.0" and told.media == "application/vnd.api+json":
            made["produces"] = [told.media]
        return made

    def _media(self, media: str | None) -> list[str]:
        forms = {"form": ["application/x-www-form-urlencoded"], "multipart": ["multipart/form-data"],
                 "both": ["application/x-www-form-urlencoded", "application/json"]}  # fmt: skip
        return [media] if media else forms.get(self.told.media, [self.told.media])

    def _old_body(self, body: str, media: str | None) -> dict[str, Any]:
        if not self.is_form or media or self.told.sent:
            return {"parameters": [{"name": "body", "in": "body", "required": True, "schema": {"$ref": f"#/definitions/{body}"}}],
                    "consumes": ["application/json" if self.is_form or self.told.media in ("*/*", "both") else self._media(media)[0]]}  # fmt: skip
        schema = self.schemas[body]
        fields = [{"name": name, "in": "formData", "required": name in schema.get("required", ()), **lowered(one, "2.0")}
                  for name, one in schema["properties"].items() if set(one) <= {"type", "format", "enum", "pattern", "maxLength", "minLength", "default"}
                  and one.get("type") == "string"]  # fmt: skip
        return {"parameters": fields, "consumes": self._media(media)}

    def _reply(self, schema: str | None) -> dict[str, Any]:
        made: dict[str, Any] = {"description": "Said."}
        if schema is None:
            return made
        ref = {"$ref": f"#/components/schemas/{schema}"}
        if self.told.version == "2.0":
            return {**made, "schema": ref}
        media = self.told.media if self.told.media not in ("form", "multipart", "both") else "application/json"
        return {**made, "content": {media: {"schema": ref}}}


def _absolute(value: Any) -> Any:
    return json.loads(json.dumps(value).replace('"#/components', '"urn:d#/components'))


def lowered(schema: Any, version: str) -> Any:
    """A schema of 3.1 in the words of an older version."""
    if version == "3.1.0" or not isinstance(schema, dict | list):
        return schema
    if isinstance(schema, list):
        return [lowered(one, version) for one in schema]
    made = {name: lowered(value, version) for name, value in schema.items()}
    null = "x-nullable" if version == "2.0" else "nullable"
    if isinstance(made.get("type"), list):
        made |= {"type": made["type"][0], null: True}
    if "exclusiveMaximum" in made:
        made |= {"maximum": made["exclusiveMaximum"], "exclusiveMaximum": True}
    if isinstance(made.get("anyOf"), list) and {"type": "null"} in made["anyOf"]:
        made = {"allOf": [one for one in made["anyOf"] if one != {"type": "null"}], null: True}
    return made


def nest(steps: tuple[str, ...], value: Any) -> Any:
    for step in reversed(steps):
        value = {step: value}
    return value


def bracketed(body: dict[str, Any], head: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in body.items():
        full = f"{head}[{name}]" if head else name
        if isinstance(value, dict):
            yield from bracketed(value, full)
        else:
            yield full, value


def at(value: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        value = value[step]
    return value


class Story:
    """A client that knows the document by heart, and the mock by nothing else."""

    def __init__(self, told: Blueprint, folder: Path) -> None:
        self.told = told
        self.document = Document(told)
        file = folder / "openapi.json"
        file.write_text(json.dumps(self.document.root))
        self.caller: Any = create_app(spec=file, seed_records=told.seeds).test_client()
        self.base = "/base/path" if told.base else ""
        self.values = {"makerId": "ada", "org": "acme", "team_id": "7"}

    def send(
        self, method: str, path: str, *, schema: dict[int, str | None], body: Any = None, media: str | None = None
    ) -> Any:
        """The reply, its status one of ``schema``'s and its body as that says."""
        query = {"api_key": "k"} if self.told.secured == "query" else {}
        headers = {
            "key": {"X-Key": "k"},
            "bearer": {"Authorization": "Bearer t"},
            "basic": {"Authorization": "Basic YTpi"},
        }.get(self.told.secured, {})
        got = self.caller.open(
            f"{self.base}{path}", method=method, headers=headers, query_string=query, **self._body(body, media)
        )
        note(f"{method} {path} {body} -> {got.status_code} {got.text[:300]}")
        assert got.status_code in schema, (got.status_code, got.text)
        name = schema[got.status_code]
        if name == "Own" and got.content_type == "application/problem+json":
            assert got.json["detail"]
        elif name == "Own":  # as the other refusals are, since the document says nothing of this one
            self.document.judge("Error", got.json)
        elif name:
            assert "json" in got.content_type
            self.document.judge(name, got.json)
        else:
            assert got.data == b""
        return got

    def _body(self, body: Any, media: str | None) -> dict[str, Any]:
        if body is None:
            return {}
        if media is None and self.document.is_form and not (self.told.version == "2.0" and self.told.sent):
            kind = "multipart/form-data" if self.told.media == "multipart" else "application/x-www-form-urlencoded"
            return {"data": dict(bracketed(body)), "content_type": kind}
        kind = media or (self.told.media if "json" in self.told.media else "application/json")
        kind = "application/json" if self.told.version == "2.0" and self.document.is_form else kind
        return {"data": json.dumps(body), "content_type": kind}

    def enveloped(self, body: Any) -> Any:
        return {self.told.sent: body} if self.told.sent and not self.document.is_form else body

    def filled(self, path: str, key: Any = "") -> str:
        for name, value in {**self.values, self.told.key.parameter: key}.items():
            path = path.replace(f"{{{name}}}", str(value))
        return path

    def listed(self) -> list[Any]:
        got = self.send("GET", self.filled(self.document.collection), schema={200: "Many"})
        return at(got.json, self.document.many_steps)

    def tell(self) -> None:
        told, document = self.told, self.document
        if told.above == "known":
            self.send("GET", self.filled(document.collection), schema=self.refusal(404))
            made = self.send("POST", "/makers", schema={201: "Maker"}, body={"id": "ada"}, media="application/json")
            self.values["makerId"] = made.json["id"]
        before = self.listed()
        sent = document.value(0, "Zq unique")
        made = self.send(
            "POST", self.filled(document.collection), schema=dict(self.successes()), body=self.enveloped(sent)
        )
        [mine] = [one for one in self.listed() if one not in before and one[MARK] == "Zq unique"]
        key = at(mine, told.key.steps)
        if told.key.chosen is not None:
            assert key == told.key.chosen
        if made.status_code == 201:
            assert made.headers["Location"] == f"{self.base}{self.filled(document.item, key)}"
        address = self.filled(document.item, key)
        found = self.record(self.send("GET", address, schema={200: "One"}).json)
        assert {name: found[name] for name in sent} == sent
        self.change(address, found)
        self.wrong(address)
        self.gone(address, key)

    def change(self, address: str, found: dict[str, Any]) -> None:
        status, _, what = self.told.updated.partition(" ")
        schema = {int(status): None if what else "One"}
        if self.told.update == "json patch":
            steps = [{"op": "replace", "path": f"/{MARK}", "value": "Zq changed"}]
            self.send("PATCH", address, schema=schema, body=steps, media="application/json-patch+json")
            wanted = {**found, MARK: "Zq changed"}
        elif self.told.update == "put":
            sent = self.document.value(1, "Zq changed")
            self.send("PUT", address, schema=schema, body=self.enveloped(sent))
            free = {one.name for one in self.told.members if self.document.sends(one)} - self.told.required
            kept = {name: one for name, one in found.items() if name not in free}
            empty = {one.name: None for one in self.told.members if one.takes_null and self.document.sends(one)}
            wanted = {**kept, **{name: one for name, one in empty.items() if name in kept}, **sent}
        else:
            method = "POST" if self.told.update == "post" else "PATCH"
            media = "application/merge-patch+json" if self.told.update.endswith("merge") else None
            self.send(method, address, schema=schema, body=self.enveloped({MARK: "Zq changed"}), media=media)
            wanted = {**found, MARK: "Zq changed"}
        seen = self.record(self.send("GET", address, schema={200: "One"}).json)
        managed = {one.name for one in self.told.managed}
        assert {name: one for name, one in seen.items() if name not in managed} == {
            name: one for name, one in wanted.items() if name not in managed
        }

    def wrong(self, address: str) -> None:
        if not self.document.is_form:
            bad = self.enveloped({MARK: {"not": ["a", "text"]}})
            self.send(
                "POST", self.filled(self.document.collection), schema=self.refusal(400) | self.refusal(422), body=bad
            )
        got = self.caller.open(f"{self.base}{address}", method="TRACE")
        assert got.status_code == 405
        assert got.headers["Allow"]
        if self.told.secured:
            assert self.caller.get(f"{self.base}{address}").status_code == 401

    def gone(self, address: str, key: Any) -> None:
        status, _, what = self.told.deleted.partition(" ")
        self.send("DELETE", address, schema={int(status): {"none": None, "flag": "Flag"}.get(what, "One")})
        self.send("GET", address, schema=self.refusal(404))
        self.send("DELETE", address, schema=self.refusal(404))
        assert key not in [at(one, self.told.key.steps) for one in self.listed()]

    def record(self, reply: Any) -> Any:
        return reply[self.told.one] if self.told.one else reply

    def successes(self) -> Iterator[tuple[int, str | None]]:
        for status, schema in self.document._created():
            yield {"2XX": 200, "default": 200}.get(status) or int(status), schema
        if self.told.created == "201+202":
            yield 201, "One"

    def refusal(self, status: int) -> dict[int, str | None]:
        """What a refusal may be: as declared for its status, else the mock's own."""
        told = self.told
        listed = ["404" if one == "4XX" and told.version == "2.0" else one for one in told.refused.split(",")]
        is_said = any(one in listed for one in (str(status), "4XX", "default")) and (
            told.error != "none" or told.refused != "default"
        )
        if status == 422 and not is_said:
            return {}
        said = "Error" if told.error != "none" else None
        own = "One" if told.created == "default" and told.version != "2.0" and status == 400 else "Own"
        return {status: said if is_said else own}


@given(told=blueprints())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_story_holds_in_any_document(tmp_path: Path, told: Blueprint) -> None:
    Story(told, tmp_path).tell()
