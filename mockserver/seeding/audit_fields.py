"""What every record has though nobody wrote it down: its id, and who made and changed it when."""

from __future__ import annotations

from typing import Any

from mockserver.contract import Resource

AUTHOR = "mockserver|seed"


def default_specs(resource: Resource) -> dict[str, Any]:
    """What makes each server-managed field that has a stamp, as in a recipe.

    A record is made on one day nine years before the scenario's clock, so before all that a recipe dates and that may
    name it; about half are changed later, and those alone have a version above 1.
    """
    at = resource.stamps.get
    specs: dict[str, Any] = {} if resource.is_single or resource.model else {resource.key: "uuid()"}
    if created := at("created-at"):
        specs[created] = "datetime(ago(years=9, hours=4), ago(years=9))"
    if author := at("created-by"):
        specs[author] = repr(AUTHOR)
    if version := at("version"):
        specs[version] = "choice(1, 1, 1, 1, 2, 2, 3, 4)"
    if modified := at("modified-at"):
        specs[modified] = _modified(created, version)
    if changer := at("modified-by"):
        specs[changer] = author or repr(AUTHOR)
    if lock := at("lock"):
        specs[lock] = False
    return specs


def _modified(created: str | None, version: str | None) -> str:
    later = f"datetime({created or 'ago(years=9)'}, clock)"
    if not created:
        return later
    return f"{created} if {version} == 1 else {later}" if version else created
