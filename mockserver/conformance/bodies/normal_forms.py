"""Forms that a server may store a value in where the document is silent: trimmed, rounded, with defaults filled in."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from mockserver.values.absent import ABSENT
from mockserver.values.equality import same_json
from mockserver.values.moment import read_moment

EMPTY: tuple[Any, ...] = (None, False, "", [], {})
DECIMALS = range(2, 16)
"""How many decimals a column of numbers may have."""
DIGITS = range(6, 17)
"""How many significant digits a column of numbers may have: a single-precision one has 6 to 9."""
PRECISION = 1e-14
"""By what part of itself a number may differ that was calculated with."""


def is_filled_in(wanted: Any, found: Any) -> bool:
    """Whether ``found`` is an empty value where nothing was sent."""
    return wanted is ABSENT and any(same_json(found, one) for one in EMPTY)


def is_normal_form(sent: Any, found: Any, *, in_order: bool = True) -> bool:
    """Whether ``found`` is what was ``sent``, or the form of it that a column or a validator may have made of it.

    A text without spaces around it, an e-mail address or a UUID in lower case, a timestamp with another offset or
    precision, a number with fewer digits; in lists and objects as well. ``in_order``: lists are not sets.
    """
    if same_json(sent, found):
        return True
    if isinstance(sent, list) and isinstance(found, list):
        return _is_list_of(sent, found, in_order=in_order)
    if isinstance(sent, dict) and isinstance(found, dict):
        return sent.keys() <= found.keys() and all(
            is_normal_form(one, found[name], in_order=in_order) for name, one in sent.items()
        )
    if isinstance(sent, str) and isinstance(found, str):
        return (
            found == sent.strip()
            or _is_other_case(sent, found)
            or _is_same_moment(sent, found)
            or _is_same_decimal(sent, found)
        )
    if isinstance(sent, int | float) and isinstance(found, int | float) and float in (type(sent), type(found)):
        return not isinstance(sent, bool) and _is_rounded(float(sent), found)
    return False


def _is_list_of(sent: list[Any], found: list[Any], *, in_order: bool) -> bool:
    if in_order:
        return len(sent) == len(found) and all(map(is_normal_form, sent, found))
    # Sorted, or each kept once: each has its like among the others.
    return all(any(_are_forms(one, other) for other in found) for one in sent) and all(
        any(_are_forms(one, other) for one in sent) for other in found
    )


def _are_forms(sent: Any, found: Any) -> bool:
    return is_normal_form(sent, found, in_order=False)


def _is_rounded(sent: float, found: float) -> bool:
    if isinstance(found, bool):
        return False
    is_close = math.isclose(sent, found, rel_tol=PRECISION)
    return (
        is_close
        or any(found == round(sent, places) for places in DECIMALS)
        or any(found == float(f"{sent:.{places}g}") for places in DIGITS)
    )


def _is_other_case(sent: str, found: str) -> bool:
    if sent.strip().lower() != found.strip().lower():
        return False
    return "@" in found or _is_uuid(found)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_same_decimal(sent: str, found: str) -> bool:
    """Whether both are one number, told with other zeros or fewer decimals: ``.5`` as ``0.50``."""
    try:
        one, other = Decimal(sent.strip()), Decimal(found)
    except InvalidOperation:
        return False
    if not (one.is_finite() and other.is_finite()) or "." not in sent + found:
        return False
    places = -int(other.as_tuple().exponent)
    return one == other or (places in DECIMALS and 2 * abs(one - other) <= Decimal(10) ** -places)


def _is_same_moment(sent: str, found: str) -> bool:
    """Whether both denote one moment, or ``found`` has fewer digits of its second."""
    one, other = read_moment(sent), read_moment(found)
    if one is None or other is None:
        return False
    digits = min(len(other.fraction), len(one.fraction))
    apart = abs(one.second - other.second + float(f"0.{one.fraction}") - float(f"0.{other.fraction}"))
    return one == other or (digits < len(one.fraction) and apart < 10**-digits)
