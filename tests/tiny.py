"""A tiny library API (authors, books that name an author) with every kind of operation, for the engine's own tests."""

from __future__ import annotations

import copy
from typing import Any

ID = {"type": "string", "pattern": "^[A-Za-z0-9_|:-]+$"}
ERRORS = (400, 401, 403, 404, 405, 409, 429, 500)


BATCH = {
    "items": "operations", "verb": "operation", "key": "id", "record": "object", "patch": "patch_directives",
    "succeeded": "success_count", "failed": "error_count",
}  # fmt: skip
"""What the tiny document calls the parts of a batch."""


def _reply(schema: Any = None) -> dict[str, Any]:
    if schema is None:
        return {"description": "Done."}
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def operation(
    operation_id: str, marks: dict[str, Any] | None, reply: Any = None, body: Any = None, **more: Any
) -> dict[str, Any]:
    told: dict[str, Any] = {"operationId": operation_id, "responses": {"200": _reply(reply)}, **more}
    if marks is not None:
        told["x-mock"] = marks
    for status in ERRORS:
        told["responses"][str(status)] = {"$ref": "#/components/responses/Error"}
    if body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return told


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _path(*names: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": ID if name != "tenant" else {"type": "string"}}
        for name in names
    ]


def _query(name: str, schema: Any = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema or {"type": "string"}}


PAGE = {"key": "after", "items": "Items", "count": "Count", "next": "Next"}


def document() -> dict[str, Any]:
    """A new copy, to be changed at will."""
    book = _ref("Book")

    def page(items: Any) -> dict[str, Any]:
        properties = {
            "Items": {"type": "array", "items": items},
            "Count": {"type": "integer"},
            "Next": {"type": "string"},
        }
        return {"type": "object", "required": ["Items"], "properties": properties}

    listed = {"type": "array", "items": book}
    patch = {
        "type": "array",
        "maxItems": 100,
        "items": {
            "type": "object",
            "required": ["op", "path"],
            "properties": {"op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]}, "path": {"type": "string", "pattern": "^(/([^/~]|~[01])*)*$"}, "from": {"type": "string"}},
            "allOf": [
                {"if": {"properties": {"op": {"enum": ["add", "replace", "test"]}}, "required": ["op"]}, "then": {"required": ["value"]}},
                {"if": {"properties": {"op": {"enum": ["move", "copy"]}}, "required": ["op"]}, "then": {"required": ["from"]}},
            ],
        },
    }  # fmt: skip
    batch = {
        "type": "object",
        "properties": {"operations": {"type": "array", "maxItems": 100, "items": {"type": "object", "required": ["operation"], "properties": {"operation": {"enum": ["create", "read", "update", "patch", "delete"]}}}}},
    }  # fmt: skip
    searched = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "author_id": {"type": "array", "items": {"type": "string"}},
            "pages": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
            "published": {"type": "array", "items": {"type": "string", "format": "date-time"}, "minItems": 2, "maxItems": 2},
            "in_print": {"type": "boolean"},
            "mood": {"type": "string", "x-mock": {"field": None}},
            "after": {"type": "string", "x-mock": {"page": "key"}, "pattern": ID["pattern"]},
        },
    }  # fmt: skip
    writable = {"title": {"type": "string", "minLength": 1}, "author_id": ID, "pages": {"type": "number"}, "published": {"type": "string"}, "in_print": {"type": "boolean"}, "tags": {"type": "array", "items": {"type": "string"}}, "shelf": {"type": "object"}, "email": {"type": "string"}, "state": {"type": "string"}, "log": {"type": "array", "items": {"type": "object"}}}  # fmt: skip
    managed = {
        "id": {**ID, "readOnly": True},
        "made_at": {"type": "string", "format": "date-time", "readOnly": True, "x-mock": {"stamp": "created-at"}},
        "made_by": {"type": "string", "readOnly": True, "x-mock": {"stamp": "created-by"}},
        "changed_at": {"type": "string", "format": "date-time", "readOnly": True, "x-mock": {"stamp": "modified-at"}},
        "changed_by": {"type": "string", "readOnly": True, "x-mock": {"stamp": "modified-by"}},
        "version": {"type": "number", "readOnly": True, "x-mock": {"stamp": "version"}},
        "locked": {"type": "boolean", "readOnly": True, "x-mock": {"stamp": "lock"}},
    }
    stored = copy.deepcopy(writable)
    stored["author_id"] = {**ID, "x-mock": {"references": "authors"}}
    schemas = {
        "Book": {"type": "object", "x-mock": {"resource": "books", "key": "id"}, "required": ["id", "title", "made_at", "version"], "properties": {**stored, **managed}},
        "SomeOfBook": {"type": "object", "required": ["id"], "properties": {**stored, **managed}},
        "NewBook": {"type": "object", "required": ["title"], "not": {"required": ["id"]}, "properties": writable},
        "WholeBook": {"type": "object", "required": ["id", "title"], "properties": {**writable, "id": ID}},
        "Author": {"type": "object", "x-mock": {"resource": "authors", "key": "id"}, "required": ["id", "name"], "properties": {"id": {**ID, "readOnly": True}, "name": {"type": "string"}}},
        "NewAuthor": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "Error": {"type": "object", "required": ["message", "errors"], "properties": {"message": {"type": "string"}, "errors": {"type": "array"}}},
    }  # fmt: skip
    books = {
        "parameters": _path("tenant"),
        "get": operation("listBooks", {"kind": "list", "resource": "books", "projection": "fields", "page": {"key": "after"}}, listed, parameters=[_query("fields"), _query("after", ID)]),
        "post": operation("createBook", {"kind": "create", "resource": "books"}, book, _ref("NewBook")),
    }  # fmt: skip
    one = {
        "parameters": _path("tenant", "id"),
        "get": operation("readBook", {"kind": "read", "resource": "books", "projection": "fields"}, book, parameters=[_query("fields"), _query("depth", {"type": "integer"}), _query("loud", {"type": "boolean"}), _query("tags", {"type": "array", "items": {"type": "string"}, "maxItems": 2}), {"name": "X-Trace", "in": "header", "schema": {"type": "string", "maxLength": 4}}, {"name": "crumb", "in": "cookie", "schema": {"type": "string", "maxLength": 4}}]),
        "put": operation("replaceBook", {"kind": "replace", "resource": "books"}, book, _ref("WholeBook")),
        "patch": operation("patchBook", {"kind": "patch", "resource": "books"}, book, patch),
        "delete": operation("deleteBook", {"kind": "delete", "resource": "books"}, {"type": "string"}),
    }  # fmt: skip
    paths = {
        "/books/{tenant}": books,
        "/books/{tenant}/{id}": one,
        "/books/{tenant}/author/{author_id}": {"parameters": _path("tenant", "author_id"), "get": operation("booksByAuthor", {"kind": "lookup", "resource": "books", "by": "author_id", "projection": "fields", "page": PAGE}, page(book), parameters=[_query("fields"), _query("after", ID)])},
        "/books/{tenant}/search": {"parameters": _path("tenant"), "post": operation("searchBooks", {"kind": "search", "resource": "books", "projection": "fields", "page": {**PAGE, "count": None}}, page(book), searched, parameters=[_query("fields"), _query("after", ID)])},
        "/books/{tenant}/batch": {"parameters": _path("tenant"), "post": operation("batchBooks", {"kind": "batch", "resource": "books", "members": BATCH}, {"type": "object"}, batch)},
        "/books/{tenant}/page/{id}": {"parameters": _path("tenant", "id"), "get": operation("bookPage", {"kind": "document", "resource": "books", "template": "book.html"}, {"type": "string"})},
        "/books/{tenant}/preview": {"parameters": _path("tenant"), "post": operation("previewBook", {"kind": "preview", "resource": "books", "record": "book_id", "to": "to", "email": "email"}, None, {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}, "book_id": ID, "email": {"type": "object", "properties": {"subject": {"type": "string"}, "body": {"type": "string"}}}}})},
        "/books/{tenant}/remind/{notice}/{id}": {"parameters": _path("tenant", "notice", "id"), "post": operation("remind", {"kind": "notice", "resource": "books", "notice": "notice", "log": {"field": "log", "date": "at", "notice": "notice"}, "to": "email", "template": "book.html", "set": {"state": "state"}}, {"type": "object"}, parameters=[_query("state")])},
        "/authors/{tenant}": {"parameters": _path("tenant"), "get": operation("listAuthors", None, {"type": "array", "items": _ref("Author")}), "post": operation("createAuthor", None, _ref("Author"), _ref("NewAuthor"))},
        "/authors/{tenant}/{id}": {"parameters": _path("tenant", "id"), "get": operation("readAuthor", None, _ref("Author")), "delete": operation("deleteAuthor", None, {"type": "string"})},
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "Library", "version": "1"},
        "servers": [{"url": "https://library.example"}, {"url": "https://docs.example/_mock/library"}],
        "x-mock": {"tenant": "tenant", "unknown-path": 403},
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Error": _reply(_ref("Error"))},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "x-mock": {"audience": "library", "claims": {"tenant": "tenant_id"}}}},
        },
    }  # fmt: skip
