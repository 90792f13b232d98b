"""The document itself and interactive pages for it, served from packages: no internet is needed."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template_string, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from mockserver.contract.document import without_servers
from mockserver.contract.sources.downgrading import downgraded
from mockserver.web.browsing import scripted
from mockserver.web.compressing import compress
from mockserver.world import World

FOLDED = 60
"""From how many operations on a document is long: its groups are folded, and the page reads it in the words of 3.0.

PERF: of 3.1 Swagger UI resolves the whole document for each operation that is opened: 9 s for 450, as 3.0 1.4 s.
"""
ADDRESSES = 8
"""How many of the addresses that a client may give this server the document is kept rendered for."""


def docs_pages(world: World) -> Blueprint:
    """``/openapi.json``, ``/openapi.yaml``, ``/docs`` and below it, ``/.well-known/jwks.json``."""
    pages = Blueprint("docs", __name__)
    page = (Path(__file__).parent / "docs.html").read_text(encoding="utf-8")
    is_long = len(world.operations) > FOLDED
    is_downgraded = is_long and "webhooks" not in world.contract.published
    published = _Published(world)

    @pages.get("/openapi.json")
    def as_json() -> Response:
        return _whole(published.json(request.root_url.rstrip("/")), "application/json")

    @pages.get("/openapi.yaml")
    def as_yaml() -> Response:
        return _whole(published.yaml(request.root_url.rstrip("/")), "application/yaml")

    @pages.get("/docs")
    def without_slash() -> AnyResponse:
        return redirect(f"{request.script_root}{request.path}/")

    @pages.get("/docs/")
    def index() -> Response:
        tenants = world.store.names()
        rendered = render_template_string(
            page,
            title=world.contract.document.root["info"]["title"],
            scheme=world.contract.security.scheme,
            tenant=tenants[0] if tenants else "default",
            # A long document opens as its list of groups, to be searched by the filter.
            expansion="none" if is_long else "list",
            document="openapi.json" if is_downgraded else "../openapi.json",
            secured=world.settings.auth != "off" and world.contract.security.scheme is not None,
            takes_any=world.settings.auth != "off"
            and any(one.plan and one.plan.needs for one in world.operations.values()),
        )
        return scripted(rendered)

    @pages.get("/docs/openapi.json")
    def as_read_here() -> Response:
        return _whole(published.downgraded(request.root_url.rstrip("/")), "application/json")

    @pages.get("/docs/<path:name>")
    def file(name: str) -> Response:
        return send_from_directory(_swagger_ui(), name, max_age=86_400)

    @pages.get("/.well-known/jwks.json")
    def keys() -> Response:
        return Response(orjson.dumps(world.keys.public()), content_type="application/json")

    return pages


class _Published:
    """The document as this server hands it out, rendered once for each address that it is reached by."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.json = lru_cache(ADDRESSES)(lambda address: orjson.dumps(self._document(address)))
        self.downgraded = lru_cache(ADDRESSES)(lambda address: orjson.dumps(downgraded(self._document(address))))
        self.yaml = lru_cache(ADDRESSES)(self._yaml)

    def _yaml(self, address: str) -> bytes:
        import yaml  # PERF: most never ask for it

        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump(self._document(address), Dumper=dumper, sort_keys=False, allow_unicode=True)
        return text.encode()

    def _document(self, address: str) -> dict[str, Any]:
        """The document with this server before all that it names, and no others at single paths or operations."""
        document = self._world.contract.published
        here = {"url": address, "description": "This mock"}
        servers = document.get("servers")
        paths = {
            path: without_servers(item) if isinstance(item, dict) else item for path, item in document["paths"].items()
        }
        return {**document, "servers": [here, *(servers if isinstance(servers, list) else [])], "paths": paths}


def _whole(content: bytes, media_type: str) -> Response:
    """A large reply that a client may keep and ask for again: compressed where it takes that."""
    etag = hashlib.blake2b(content, digest_size=16).hexdigest()
    response = Response(content, content_type=media_type)
    compress(response)
    if response.content_encoding:
        etag += "-gzip"
    response.cache_control.no_cache = True
    response.set_etag(etag)
    response.make_conditional(request)
    return response


@cache
def _swagger_ui() -> Path:
    """The folder in which the flask-swagger-ui package keeps Swagger UI's files."""
    spec = find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package flask-swagger-ui is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "dist"
