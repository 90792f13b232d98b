"""Words of the rules that make texts: templates, and moments on the mock's own clock."""

# ruff: noqa: ARG001  # all words are read in one way

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.contract.document import Node
from mockserver.rules.context import Compute, Context
from mockserver.rules.numbers import is_number
from mockserver.rules.paths import read_path
from mockserver.rules.scope import Scope
from mockserver.runtime.determinism import stamp
from mockserver.values.absent import ABSENT

_PATH = re.compile(r"\{([^{}]+)\}")


def read_text(node: Node, scope: Scope) -> Compute:
    """``text: "{first_name} {last_name}"``; absent when a path in it leads nowhere."""
    place = node.child("text")
    if not isinstance(place.value, str):
        return scope.wrong(place, "is no text", 'write text: "{name} and more"')
    pieces = _PATH.split(place.value)
    parts = [
        read_path(place, scope, piece) if index % 2 else (lambda _, piece=piece: piece)
        for index, piece in enumerate(pieces)
    ]

    def make(context: Context) -> Any:
        made = [part(context) for part in parts]
        return ABSENT if ABSENT in made else "".join(map(_told, made))

    return make


def read_today(node: Node, scope: Scope) -> Compute:
    """``today: true``: the day, as 2025-04-18."""
    return lambda context: context.scene.now.astimezone(UTC).date().isoformat()


def read_now(node: Node, scope: Scope) -> Compute:
    """``now: true``: the moment, as 2025-04-18T12:00:00.000Z."""
    return lambda context: stamp(context.scene.now)


def read_later(node: Node, scope: Scope) -> Compute:
    """``later: expression, years: expression, months: …, days: …``: so much after a day or moment, in its own form.

    Amounts that are absent count nothing; without any it is absent.
    """
    begin = scope.read(node.child("later"))
    steps = {unit: scope.read(node.child(unit)) for unit in ("years", "months", "days") if node.child(unit).value}
    if not steps:
        return scope.wrong(node, "later than itself", "say how many years, months or days")

    def make(context: Context) -> Any:
        start = begin(context)
        amounts = {unit: amount for unit, step in steps.items() if is_number(amount := step(context))}
        if not isinstance(start, str) or not amounts:
            return ABSENT
        try:
            return _later(start, amounts)
        except (ValueError, OverflowError):
            return ABSENT

    return make


def _later(start: str, amounts: dict[str, float]) -> str:
    moment = datetime.fromisoformat(start)
    months = int(amounts.get("years", 0) * 12 + amounts.get("months", 0))
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    moved = moment.replace(year=year, month=month + 1, day=day) + timedelta(days=amounts.get("days", 0))
    return moved.date().isoformat() if len(start) == 10 else stamp(moved)


def _told(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
