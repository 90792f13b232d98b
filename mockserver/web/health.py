"""Whether the mock is there: what a probe gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.extensions import installed_version
from mockserver.messages import Reply
from mockserver.runtime.determinism import stamp
from mockserver.web.control_access import is_own
from mockserver.world import World

HEALTH = "/__mock__/health"


def health_of(world: World) -> dict[str, Any]:
    """Whether it is there, what it serves, and what time it is there."""
    info = world.contract.document.root.get("info", {})
    return {
        "status": "ok",
        "version": installed_version() or "unknown",
        "document": {"title": info.get("title"), "version": info.get("version")},
        "scenario": world.scenario.name,
        "seed": world.scenario.seed,
        "now": stamp(world.clock.now()),
    }


def probed(world: World, headers: Mapping[str, str]) -> Reply | None:
    """The reply to a probe; None for what a browser asks, or under a name of others: these are judged first."""
    is_program = "origin" not in headers and "sec-fetch-site" not in headers
    if not (is_program and is_own(headers.get("host", ""), world.settings.allow_hosts)):
        return None
    return Reply(200, raw=orjson.dumps(health_of(world)))
