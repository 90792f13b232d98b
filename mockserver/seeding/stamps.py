"""What every record has though nobody wrote it down: its id, and who made and changed it when."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Resource

AUTHOR = "mockserver|seed"


def default_specs(resource: Resource) -> dict[str, Any]:
    """The recipe of each server-managed field that has a stamp, in the recipe language.

    A record is made in the two years before the scenario's clock; about half are changed later, and
    those alone have a version above 1.
    """
    at = resource.stamps.get
    specs: dict[str, Any] = {} if resource.is_single else {resource.key: {"uuid": True}}
    if created := at("created-at"):
        specs[created] = {"datetime": ["clock - 2y", "clock - 1d"]}
    if author := at("created-by"):
        specs[author] = AUTHOR
    if version := at("version"):
        specs[version] = {"choice": {1: 50, 2: 25, 3: 15, 4: 7, 5: 3}}
    if modified := at("modified-at"):
        specs[modified] = _modified(created, version)
    if changer := at("modified-by"):
        specs[changer] = {"from": author} if author else AUTHOR
    if lock := at("lock"):
        specs[lock] = False
    return specs


def _modified(created: str | None, version: str | None) -> dict[str, Any]:
    later = {"datetime": [created or "clock - 2y", "clock"]}
    if not created:
        return later
    return {"by": version, "cases": {1: {"from": created}, "else": later}} if version else {"from": created}
