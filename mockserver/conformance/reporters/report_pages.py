"""Renders the pages of reports: one file each, with its style sheet inside."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape


def render(template: str, **values: Any) -> str:
    """The page that ``template``, a file of the folder templates, makes of ``values``; every value is escaped."""
    loader = PackageLoader("mockserver.conformance", "templates")
    return Environment(loader=loader, autoescape=select_autoescape(["html"])).get_template(template).render(values)
