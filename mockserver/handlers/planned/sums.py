"""Numbers of a made record that follow from each other: line totals, totals with tax, counts of what stands beside."""

from __future__ import annotations

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


def added_up(value: dict[str, Any]) -> dict[str, Any]:
    """``value`` with its sums, products and counts made right, in the objects that it holds first."""
    value = {name: _within(one) for name, one in value.items()}
    known = {flat(name): name for name in value}
    times = [_number(value, known, words) for words in _TIMES]
    if all(times):
        value = _with(value, known, _PRODUCTS, times[0] * times[1])
    elif (lines := _sum_of_lines(value, known)) is not None:
        value = _with(value, known, (*_NET, *_TOTALS), lines)
        value = value if lines else _with(value, known, _TOTALS, 0)
    net = _number(value, known, _NET)
    if net:
        parts = sum(_number(value, known, (word,)) for word in _PARTS)
        value = _with(value, known, _TOTALS, max(net + parts - sum(_number(value, known, (one,)) for one in _OFF), 0))
    return {**value, **_counts(value, known)}


def _within(value: Json) -> Json:
    if isinstance(value, list):
        return [_within(one) for one in value]
    return added_up(value) if isinstance(value, dict) else value


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: dict[str, Any], known: dict[str, str], words: Iterable[str]) -> Any:
    """The number of the first member that is called so; 0 without one."""
    return next((value[known[one]] for one in words if one in known and _is_number(value[known[one]])), 0)


def _with(value: dict[str, Any], known: dict[str, str], words: Iterable[str], number: float) -> dict[str, Any]:
    """``value`` with ``number`` as its first member that is called so, where that is a number: whole if it was.

    What no reader of JSON takes exactly is not made: the member stays as it was sent.
    """
    name = next((known[one] for one in words if one in known and _is_number(value[known[one]])), None)
    if name is None or not abs(number) <= EXACT:
        return value
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
