"""The number that a value is: itself, the text of a decimal, or what a sum of money or a measure has as its amount."""

from __future__ import annotations

import re
from typing import Any

_DECIMAL = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_AMOUNTS = ("amount", "value", "cents", "units", "minorUnits", "minor_units", "quantity")


def amount_of(value: Any) -> float | None:
    """The number by which a value stands before or after another; None where it has none: ``{"amount": 500}``."""
    if isinstance(value, dict):
        own = next((value[name] for name in _AMOUNTS if name in value), None)
        return None if isinstance(own, dict) else amount_of(own)
    if isinstance(value, str):
        return float(value) if _DECIMAL.fullmatch(value) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
