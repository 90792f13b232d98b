"""Numbers of a made record that follow from each other: line totals, totals with tax, counts of what stands beside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mockserver.contract.inferred_reading import EXACT
from mockserver.messages import Json
from mockserver.values.name_words import flat, singular

_TIMES = (("quantity", "qty"), ("unitprice", "priceperunit", "unitamount", "unitcost", "price"))
_PRODUCTS = ("linetotal", "lineamount", "totalprice", "totalamount", "subtotal", "total", "amount")
_PARTS = ("tax", "taxamount", "totaltax", "taxtotal", "vat", "vatamount", "shipping", "shippingcost", "shippingamount")
_OFF = ("discount", "discountamount", "totaldiscount")
_TOTALS = ("total", "totalamount", "grandtotal", "totalprice", "amounttotal")
_NET = ("subtotal", "subtotalamount", "amountsubtotal", "nettotal", "netamount")
_LINES = frozenset({"items", "lines", "lineitems", "orderitems", "orderlines", "products", "invoicelines", "cartitems"})


_RATES = ("taxrate", "vatrate", "taxpercent", "vatpercent", "taxpercentage", "vatpercentage")
_TAXES = ("tax", "taxamount", "totaltax", "taxtotal", "vat", "vatamount")
GROUPS = (frozenset(_PRODUCTS), frozenset(_NET), frozenset(_TOTALS))
"""What sums are called: of those of one group the first is told."""
_DECIMAL = re.compile(r"-?\d{1,15}\.\d\d")
"""A number of money as a text."""


_COUNTS = re.compile(r"counts?$|^num|^total|^numberof")
_SUMS = frozenset({*_PRODUCTS, *_NET, *_TOTALS, *_TAXES})


def may_add_up(names: Iterable[str]) -> bool:
    """Whether any of these members may be a sum, a product or a count of others."""
    return any(word in _SUMS or _COUNTS.search(word) for word in map(flat, names))


def added_up(value: dict[str, Any]) -> dict[str, Any]:
    """``value`` with its sums, products and counts made right, by those of the objects that it holds."""
    known = {flat(name): name for name in value}
    times = [_number(value, known, words) for words in _TIMES]
    if all(times):
        value = _with(value, known, _PRODUCTS, times[0] * times[1])
    elif (lines := _sum_of_lines(value, known)) is not None:
        value = _with(value, known, (*_NET, *_TOTALS), lines)
        value = value if lines else _with(value, known, _TOTALS, 0)
    net = _number(value, known, _NET)
    if net and (rate := _number(value, known, _RATES)):
        value = _with(value, known, _TAXES, net * (rate if rate < 1 else rate / 100))
    if net:
        parts = sum(_number(value, known, (word,)) for word in _PARTS)
        value = _with(value, known, _TOTALS, max(net + parts - sum(_number(value, known, (one,)) for one in _OFF), 0))
    return {**value, **_counts(value, known)}


def _is_number(value: Json) -> bool:
    if isinstance(value, str):
        return _DECIMAL.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: dict[str, Any], known: dict[str, str], words: Iterable[str]) -> Any:
    """The number of the first member that is called so; 0 without one."""
    found = next((value[known[one]] for one in words if one in known and _is_number(value[known[one]])), 0)
    return float(found) if isinstance(found, str) else found


def _with(value: dict[str, Any], known: dict[str, str], words: Iterable[str], number: float) -> dict[str, Any]:
    """``value`` with ``number`` as its first member that is called so, where that is a number: whole if it was.

    What no reader of JSON takes exactly is not made: the member stays as it was sent.
    """
    name = next((known[one] for one in words if one in known and _is_number(value[known[one]])), None)
    if name is None or not abs(number) <= EXACT:
        return value
    if isinstance(value[name], str):
        return {**value, name: f"{number:.2f}"}
    return {**value, name: round(number) if isinstance(value[name], int) else round(float(number), 2)}


def _sum_of_lines(value: dict[str, Any], known: dict[str, str]) -> float | None:
    """What the lines of a record come to; None where it has none, or these tell no number."""
    held = (value[known[one]] for one in known if one in _LINES and isinstance(value[known[one]], list))
    lines: list[Any] | None = next(held, None)
    if not lines:
        return None if lines is None else 0
    return sum(map(_worth, lines)) or None


def _worth(line: Json) -> Any:
    """What one line comes to: as it says itself, else its price times its quantity."""
    if not isinstance(line, dict):
        return 0
    known = {flat(name): name for name in line}
    count, price = (_number(line, known, words) for words in _TIMES)
    return _number(line, known, _PRODUCTS) or count * price


def _counts(value: dict[str, Any], known: dict[str, str]) -> dict[str, int]:
    """``comment_count``, ``numComments``, ``total_comments``, where the comments stand beside it."""
    lengths = {flat(singular(name)): len(one) for name, one in value.items() if isinstance(one, list)}
    found = {}
    for word, name in known.items():
        for thing, length in lengths.items():
            called = {f"{thing}count", f"{thing}scount", f"num{thing}s", f"total{thing}s", f"numberof{thing}s"}
            if word in called and type(value[name]) is int:
                found[name] = length
    return found
