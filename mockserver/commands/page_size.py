"""The page size as the command line takes it: a number of records, or ``all``."""

from __future__ import annotations

from typing import Any

import click

from mockserver.settings import ALL
from mockserver.values.shown import quoted


def page_size(_: click.Context | None, __: click.Parameter | None, value: Any) -> int:
    """The number that ``value`` tells. Raises click.BadParameter."""
    text = str(value)
    if text == "all":
        return ALL
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(ALL)) and 1 <= int(text) <= ALL):
        raise click.BadParameter(f"{quoted(text)} is neither a number from 1 to {ALL} nor all")
    return int(text)
