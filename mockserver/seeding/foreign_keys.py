"""Which record of another resource, or thing of a pool, a record refers to, and whether it is there."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any, NamedTuple, Protocol

from mockserver.expressions import ANY, Function, Shape, Site, Written
from mockserver.seeding.item import Item, draw, key_of
from mockserver.values.absent import ABSENT
from mockserver.values.shown import quoted

BLOCK = 4
"""How many things of ``share`` are drawn from at a time."""

WAYS = frozenset({"among", "share", "per"})


class RefScope(Protocol):
    """What a ref must know of the recipe that it stands in, while that is read."""

    name: str
    field: str
    key_field: str
    numbered: bool
    leads_to: dict[str, set[str]]

    def other(self, name: str) -> RefScope | None:
        """The scope of another recipe, if there is one of that name."""

    def need(self, recipe: str, field: str) -> None:
        """Note that the field being read needs a field of a recipe."""


def reference_functions(scope: RefScope) -> tuple[Function, Function]:
    """``ref`` and ``has`` for the recipe of ``scope``."""
    return (
        Function("ref", ref, context=True, draws=True, check=partial(_check, scope), write=_write),
        Function("has", has, context=True, check=partial(_check_named, scope)),
    )


def ref(
    item: Item, referenced: str, *, among: int = 0, share: int = 0, per: int = 0, turn: Any = None, site: str
) -> Any:
    """A key: ``among=4``, one of the first four; ``share=3``, about three to each; ``per=2``, two in turn.

    ``turn`` deals those of ``among`` and ``share`` out by that number, where they are drawn without it.

    A record may refer to an earlier one of its own kind only: none refers to itself, and none in a circle. Never by
    the count of those referenced, so that a higher one changes nobody's choice.
    """
    return _linked(item, turn, key_of(site), _Pick(referenced, among, share, per))


class _Pick(NamedTuple):
    """Which thing is referred to."""

    referenced: str
    among: int
    share: int
    per: int


def _write(written: Written) -> ast.expr | None:
    """A ref whose way is written out, as in all that were checked. PERF: a third of its time."""
    said = written.named_literals()
    way, key = (
        _Pick(written.literal(0), *(said.get(one, 0) for one in ("among", "share", "per"))),
        key_of(written.where),
    )
    turn = written.named.get("turn", ast.Constant(None))
    return written.call(lambda item, turn: _linked(item, turn, key, way), written.context, turn)


def _linked(item: Item, turn: Any, key: int, way: _Pick) -> Any:
    referenced, among, share, per = way
    before = item.ordinal - 1
    if per:
        ordinal = before // per + 1
    else:
        bits = turn if isinstance(turn, int) else draw(item, key)
        if referenced == item.recipe.name:
            ordinal = bits % before + 1 if before > 0 else 0
        elif among:
            ordinal = bits % among + 1
        else:  # ``share * BLOCK`` items in a row draw from the same few
            ordinal = before // (share * BLOCK) * BLOCK + bits % BLOCK + 1
    limit = item.making.counts.get(referenced, ordinal)
    if ordinal < 1:
        return ABSENT
    if limit < 1 or (per and ordinal > limit):
        item.unmet = {**item.unmet, referenced: ordinal if per else 1}
        return ABSENT
    link = item.links[item.field] = item.making.item(referenced, (ordinal - 1) % limit + 1)
    return link.get_key()


def has(item: Item, referenced: str, ordinal: Any) -> bool:
    """Whether there is a record of that ordinal, for keys that are written by a rule and not by ``ref``."""
    return isinstance(ordinal, int) and 1 <= ordinal <= item.making.counts.get(referenced, ordinal)


def _check(scope: RefScope, site: Site) -> Shape:
    referenced = site.text(0)
    if referenced is not None and (other := _named(scope, site, referenced)) is not None:
        scope.need(referenced, other.key_field)
        scope.leads_to.setdefault(scope.field, set()).add(referenced)
        _check_way(scope, site, referenced)
    return ANY


def _check_named(scope: RefScope, site: Site) -> Shape:
    if (referenced := site.text(0)) is not None:
        _named(scope, site, referenced)
    return ANY


def _named(scope: RefScope, site: Site, referenced: str) -> RefScope | None:
    """The scope of the recipe of that name; None, and a complaint, when there is none."""
    other = scope.other(referenced)
    if other is None:
        site.complain(
            f"unknown recipe {quoted(referenced)}", "name an existing recipe, or add it to the folder 'recipes'"
        )
    return other


def _check_way(scope: RefScope, site: Site, referenced: str) -> None:
    said = {one.arg: one.value.value if isinstance(one.value, ast.Constant) else None for one in site.node.keywords}
    given = {name: value for name, value in said.items() if name != "turn"}
    if referenced == scope.name and given:
        site.complain("a ref to the recipe's own resource picks an earlier record", "leave out among, share and per")
    elif referenced == scope.name and said:
        site.complain("a ref to the recipe's own resource picks an earlier record", "leave out turn")
    elif referenced != scope.name and (
        len(given) != 1 or not given.keys() <= WAYS or not _is_positive(*given.values())
    ):
        site.complain(
            "ref() takes exactly one of among=, share= and per= (1 or more)",
            f"write ref({quoted(referenced)}, among=4)",
        )
    if "turn" in said and "per" in given:
        site.complain("per= goes in turn by itself", "leave out turn=")
    if not scope.numbered and (referenced == scope.name or "among" not in given):
        site.complain(
            "ref() without among= cannot be used in pinned records, which have no ordinal", "write the key out"
        )


def _is_positive(*values: Any) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) and value > 0 for value in values)
