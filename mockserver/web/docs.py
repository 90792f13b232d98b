"""The document itself and interactive pages for it, served from packages: no internet is needed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template_string, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from mockserver.world import World

FOLDED = 60
"""From how many operations on the groups of the interactive page are folded."""


def docs_pages(world: World) -> Blueprint:
    """``/openapi.json``, ``/openapi.yaml``, ``/docs`` and ``/.well-known/jwks.json``."""
    pages = Blueprint("docs", __name__)
    page = (Path(__file__).parent / "docs.html").read_text()

    @pages.get("/openapi.json")
    def as_json() -> Response:
        return Response(orjson.dumps(_served(world, request.script_root)), content_type="application/json")

    @pages.get("/openapi.yaml")
    def as_yaml() -> Response:
        import yaml

        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump(_served(world, request.script_root), Dumper=dumper, sort_keys=False, allow_unicode=True)
        return Response(text, content_type="application/yaml")

    @pages.get("/docs")
    def without_slash() -> AnyResponse:
        return redirect(f"{request.script_root}/docs/")

    @pages.get("/docs/")
    def index() -> str:
        tenants = world.store.names()
        return render_template_string(
            page,
            title=world.contract.document.root["info"]["title"],
            scheme=world.contract.security.scheme,
            tenant=tenants[0] if tenants else "default",
            # A long document opens as its list of groups, to be searched by the filter.
            expansion="none" if len(world.operations) > FOLDED else "list",
            secured=world.settings.auth != "off" and world.contract.security.scheme is not None,
        )

    @pages.get("/docs/<path:name>")
    def file(name: str) -> Response:
        return send_from_directory(_swagger_ui(), name, max_age=86_400)

    @pages.get("/.well-known/jwks.json")
    def keys() -> Response:
        return Response(orjson.dumps(world.keys.public()), content_type="application/json")

    return pages


def _served(world: World, root: str) -> dict[str, Any]:
    """The document with this server before all that it names: also where a path or an operation has its own."""
    document = world.contract.document.root
    here = {"url": root or "/", "description": "This mock"}
    paths = {
        path: {verb: _answered(one, here) for verb, one in item.items()} for path, item in document["paths"].items()
    }
    return {**document, "servers": [here, *document.get("servers", [])], "paths": paths}


def _answered(told: Any, here: dict[str, str]) -> Any:
    """``told`` (an operation, or the servers of a path) with this server before its own, if it has any."""
    if isinstance(told, list) and any("url" in one for one in told):
        return [here, *told]
    return {**told, "servers": [here, *told["servers"]]} if isinstance(told, dict) and "servers" in told else told


@cache
def _swagger_ui() -> Path:
    """The folder in which the flask-swagger-ui package keeps Swagger UI's files."""
    spec = find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package flask-swagger-ui is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "dist"
