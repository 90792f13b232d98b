"""The functions of recipes that draw: from a random source that is each record's, each field's, each call's own."""

from __future__ import annotations

import ast
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import accumulate
from typing import Any

from mockserver.expressions import ANY, Shape, Site, Written, function
from mockserver.expressions.operators import is_number
from mockserver.expressions.syntax import ABSENT_NODE
from mockserver.seeding.item import Item, UnmakeableError, draw, key_of
from mockserver.values.absent import ABSENT
from mockserver.values.shown import shown

MANY = 1_000
"""How many items ``several`` makes at most."""
LONGEST = 100_000
"""How many characters ``repeat`` makes at most."""


def _some(site: Site) -> Shape:
    if not site.node.args and not site.node.keywords:
        site.complain("choice() has nothing to choose from", "write choice('a', 'b') or choice(a=3, b=1)")
    weights = [*site.node.keywords, *_weights(site.node)]
    values = [one.value if isinstance(one, ast.keyword) else one for one in weights]
    numbers = [one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, int | float)]
    if weights and (len(numbers) < len(weights) or any(one < 0 for one in numbers) or not sum(numbers)):
        site.complain("the weights of choice() must be numbers of 0 or more", "write choice(active=60, inactive=18)")
    return ANY


def _weights(node: ast.Call) -> list[ast.expr]:
    return node.args[0].values if len(node.args) == 1 and isinstance(node.args[0], ast.Dict) else []


def _bits(written: Written) -> ast.expr:
    """The draw of what is written. PERF: as a call where it stands, without one around it."""
    return written.call(draw, written.context, ast.Constant(key_of(written.where)))


def _below(many: int, written: Written) -> ast.expr:
    """A number below ``many`` that is drawn."""
    return ast.BinOp(_bits(written), ast.Mod(), ast.Constant(many))


def _choose(written: Written) -> ast.expr | None:
    """A choice among what is written out. PERF: a third of the time; recipes choose ten times for a record."""
    values, weights = written.literals(), written.named_literals()
    if len(values) == 1 and isinstance(values[0], dict):
        weights = values[0]
    if weights and all(is_number(one) and 0 < one < MANY for one in weights.values()):
        names, limits = _limits(tuple(weights.items()))
        place = written.call(partial(bisect_right, limits), _below(limits[-1], written))
        return written.call(names.__getitem__, place)
    if weights or not values or not all(isinstance(one, str | int | float) for one in values):
        return None
    return written.call(values.__getitem__, _below(len(values), written))


@function(context=True, draws=True, check=_some, write=_choose)
def choice(item: Item, *values: Any, site: str, **weights: float) -> Any:
    """One of the values; of names with weights, a name: ``choice(active=60, inactive=18)``, ``choice({'a b': 2})``."""
    bits = draw(item, key_of(site))
    if len(values) == 1 and isinstance(values[0], dict):
        weights = values[0]
    if not weights:
        return values[bits % len(values)]
    names, limits = _limits(tuple(weights.items()))
    return names[bisect_right(limits, bits % limits[-1])]


@lru_cache(maxsize=1_024)
def _limits(weights: tuple[tuple[str, float], ...]) -> tuple[list[str], list[int]]:
    """The names, and where the share of each ends. PERF: the same for all records of a recipe."""
    return [name for name, _ in weights], list(accumulate(round(weight * 1_000) for _, weight in weights))


def _numbered(site: Site) -> Shape:
    if site.this.member("ordinal") is None:
        site.complain(f"{site.name}() cannot be used in pinned records, which have no ordinal", "write the value out")
    if not site.node.args:
        site.complain(f"{site.name}() has nothing to iterate over", f"write {site.name}('a', 'b')")
    return ANY


@function(context=True, check=_numbered)
def cycle(item: Item, *values: Any) -> Any:
    """The first value for the first record, the second for the second, and from the beginning again."""
    return values[(item.ordinal - 1) % len(values)]


def _probability(site: Site) -> Shape:
    first = site.node.args[0] if site.node.args else None
    value = first.value if isinstance(first, ast.Constant) else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        site.complain(f"{site.name}() needs a probability", "write a number from 0 to 1")
    return site.shapes[1] if len(site.shapes) > 1 else ANY


def _holds(written: Written) -> ast.expr | None:
    """Whether the draw comes to it, where the probability is written out."""
    probability = written.literal(0)
    if not isinstance(probability, int | float) or not 0 <= probability <= 1:
        return None
    limit = int(probability * 2**64)
    return ast.Compare(_bits(written), [ast.Lt()], [ast.Constant(limit)])


@function(context=True, draws=True, check=_probability, write=_holds)
def chance(item: Item, probability: float, *, site: str) -> bool:
    """True with that probability, else false."""
    return draw(item, key_of(site)) < int(probability * 2**64)


def _perhaps(written: Written) -> ast.expr | None:
    """PERF: a condition where it stands, so that neither argument becomes a function."""
    test = _holds(written) if len(written.given) == 2 else None
    return test and ast.IfExp(test, written.given[1], ABSENT_NODE)


@function(context=True, draws=True, check=_probability, write=_perhaps)
def maybe(item: Item, probability: float, value: Any, *, site: str) -> Any:
    """The value with that probability, else nothing."""
    return value if draw(item, key_of(site)) < int(probability * 2**64) else ABSENT


def _steps(written: Written) -> ast.expr | None:
    """A whole number between two that are written out."""
    low, high, others = written.literal(0), written.literal(1), written.named
    if others or type(low) is not int or type(high) is not int or not 0 <= high - low < LONGEST:
        return None
    return written.call(range(low, high + 1).__getitem__, _below(high - low + 1, written))


@function(context=True, draws=True, write=_steps)
def number(item: Item, low: Any, high: Any, *, step: Any = 1, site: str) -> Any:
    """A number between the two, both included, in steps from the first."""
    if low is ABSENT or high is ABSENT:
        return ABSENT
    if not all(isinstance(one, int | float) for one in (low, high, step)) or high < low or step <= 0:
        problem = f"{shown(low, 80)} to {shown(high, 80)} in steps of {shown(step, 80)} is not a range"
        raise UnmakeableError(problem, "put the lower bound first")
    # A hair more than none, so that 0 to 0.3 counts three steps of 0.1.
    steps = int((high - low) / step + 1e-9)
    value = low + draw(item, key_of(site)) % (steps + 1) * step
    return value if isinstance(value, int) else round(value, 9)


def _uuid(written: Written) -> ast.expr:
    key = key_of(written.where)
    return written.call(lambda item: _id_of(draw(item, key), draw(item, key ^ 1)), written.context)


@function(context=True, draws=True, write=_uuid)
def uuid(item: Item, *, site: str) -> str:
    """An id in the form of a version 4 UUID."""
    key = key_of(site)
    return _id_of(draw(item, key), draw(item, key ^ 1))


def _id_of(first: int, second: int) -> str:
    raw = f"{first:016x}{second:016x}"
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


@function(context=True, draws=True, lazy=True)
def several(
    item: Item,
    value: Callable[[], Any],
    least: Callable[[], int],
    most: Callable[[], int] | None = None,
    *,
    distinct: bool = False,
    sort: str = "",
    site: str,
) -> list[Any]:
    """So many values, each drawn anew; ``distinct`` drops repeats, ``sort`` sorts objects by a member."""
    low, key = least(), key_of(site)
    high = most() if most else low
    if not isinstance(low, int) or not isinstance(high, int) or not 0 <= low <= high <= MANY:
        raise UnmakeableError(
            f"several() of {shown(low, 80)} to {shown(high, 80)}", f"write whole numbers, up to {MANY}"
        )
    base, made = item.base, []
    for index in range(1, low + draw(item, key) % (high - low + 1) + 1):
        item.base = draw(item, key ^ index)
        made.append(value())
        item.base = base
    made = [one for one in made if one is not ABSENT]
    if distinct:
        made = [one for index, one in enumerate(made) if one not in made[:index]]
    return sorted(made, key=lambda one: str(one.get(sort))) if sort else made


@function
def case(value: Any, cases: Any = ABSENT, otherwise: Any = ABSENT, **named: Any) -> Any:
    """What stands in ``cases`` under the value, else ``otherwise``: ``case(word, pmc=3, sse=4, otherwise=2)``."""
    table = {**(cases if isinstance(cases, dict) else {}), **named}
    return table.get(value, otherwise) if isinstance(value, str) else otherwise


@function
def repeat(text: Any, times: Any) -> Any:
    """The text so many times in a row."""
    if not isinstance(text, str) or not isinstance(times, int) or not 0 <= len(text) * times <= LONGEST:
        raise UnmakeableError("repeat() needs a string and a count", f"stay below {LONGEST:,} characters")
    return text * times


@function
def slug(text: Any) -> Any:
    """``Zoë O'Hara`` as ``zoe-ohara``."""
    if not isinstance(text, str):
        return ABSENT
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(plain.lower().translate(_APART).split())


_APART = {code: " " for code in range(128) if not chr(code).isalnum()} | {ord("'"): ""}
"""What stands between words, in a text of nothing but ASCII."""
