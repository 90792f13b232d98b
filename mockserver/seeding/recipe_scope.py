"""What a recipe may name while it is read: its own fields, and those of the things its foreign keys lead to."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from mockserver.expressions import ANY, STANDARD, Functions, Shape
from mockserver.expressions.otherwise import with_else
from mockserver.seeding import dates, drawing
from mockserver.seeding.fake_functions import fake_functions
from mockserver.seeding.fakes import LOCALE, Fakes
from mockserver.seeding.foreign_keys import reference_functions
from mockserver.seeding.item import RESERVED
from mockserver.seeding.place import Place

Field: TypeAlias = tuple[str, str]
"""A recipe's name and the name of one of its fields."""

FUNCTIONS = STANDARD.also(
    *(drawing.case, drawing.chance, drawing.choice, drawing.cycle, drawing.maybe, drawing.number),
    *(drawing.repeat, drawing.several, drawing.slug, drawing.uuid),
    *(dates.ago, dates.ahead, dates.date_, dates.datetime_, dates.earlier, dates.later),
)
"""Those of every recipe; ``ref``, ``has`` and ``fake`` depend on which one it is."""


class RecipeScope:
    """One recipe while it is read.

    ``specs`` are the places of its fields, lets, columns and constants, ``columns`` the values that rows and
    constants show for theirs; ``others`` finds the scope of another recipe (None when there is none); ``numbered``
    is false for a pinned record, which has no ordinal. ``field`` is the field being read; ``needs`` collects which
    fields each field needs. ``replaced`` names what the recipes had that this one replaces: others may read it
    still, and find it absent.
    """

    def __init__(
        self,
        name: str,
        root: Place,
        specs: Mapping[str, Place],
        others: Callable[[str], RecipeScope | None],
        fakes: Fakes,
        *,
        columns: Mapping[str, list[Any]] | None = None,
        key: str = "id",
        numbered: bool = True,
        locale: str = LOCALE,
    ) -> None:
        self.name = name
        self.root = root
        self.specs = specs
        self.columns = columns or {}
        self.other = others
        self.key_field = key
        self.numbered = numbered
        self.field = ""
        self.needs: dict[Field, set[Field]] = {}
        self.leads_to: dict[str, set[str]] = {}
        self.replaced: frozenset[str] = frozenset()
        self.functions: Functions = FUNCTIONS.also(*reference_functions(self)).namespace(
            "fake", fake_functions(fakes, locale)
        )

    def need(self, recipe: str, field: str) -> None:
        self.needs.setdefault((self.name, self.field), set()).add((recipe, field))

    def behind(self, field: str) -> frozenset[str]:
        """The recipes that refs lead to in the expression of ``field``, or in others of this recipe that it reads."""
        found, waiting = {field}, [field]
        while waiting:
            read = self.needs.get((self.name, waiting.pop()), set())
            more = {name for recipe, name in read if recipe == self.name} - found
            found |= more
            waiting += more
        return frozenset().union(*(self.leads_to.get(name, ()) for name in found))

    def shape(self) -> Shape:
        """What its expressions may name."""
        return _Record(self, self)

    def referenced(self, name: str) -> str | None:
        """The recipe that the field leads to, where its expression gives a ref."""
        spec = self.specs[name].value
        if name in self.columns or not isinstance(spec, str):
            return None
        try:
            return _target(ast.parse(f"({with_else(spec)}\n)", mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


class _Record(Shape):
    """An item of ``scope``, as the expressions of ``reading`` see it."""

    def __init__(self, reading: RecipeScope, scope: RecipeScope) -> None:
        self._reading = reading
        self._scope = scope

    def about(self) -> str:
        return self._scope.name

    def names(self) -> Iterable[str]:
        return (*self._scope.specs, *RESERVED)

    def member(self, name: str) -> Shape | None:
        scope = self._scope
        if name in RESERVED and name not in scope.specs:
            return None if name == "ordinal" and not scope.numbered else _Value(name)
        if name not in scope.specs:
            return ANY if name in scope.replaced and self._reading is not scope else None
        self._reading.need(scope.name, name)
        if name in scope.columns:
            return _Data(name, scope.columns[name])
        if referenced := scope.referenced(name):
            other = scope.other(referenced)
            return _Key(name, referenced, ANY if other is None else _Record(self._reading, other))
        return _Value(name) if isinstance(scope.specs[name].value, str) else ANY


class _Value(Shape):
    """What an expression gives: it has no members to name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def about(self) -> str:
        return repr(self._name)

    def member(self, name: str) -> Shape | None:  # noqa: ARG002
        return None

    def item(self) -> Shape:
        return ANY


class _Key(_Value):
    """A foreign key, which leads on to what it names."""

    def __init__(self, name: str, referenced: str, record: Shape) -> None:
        super().__init__(name)
        self._lead = (referenced, record)

    def leads_to(self) -> tuple[str, Shape] | None:
        return self._lead


class _Data(_Value):
    """A value that is written out, in each row or once: what it may have is seen."""

    def __init__(self, name: str, values: list[Any]) -> None:
        super().__init__(name)
        self._values = [value for value in values if isinstance(value, Mapping)]

    def names(self) -> Iterable[str]:
        return {name for value in self._values for name in value}

    def member(self, name: str) -> Shape | None:
        found = [value[name] for value in self._values if name in value]
        return _Data(name, found) if found else None


def _target(node: ast.expr) -> str | None:
    """What the expression refers to, if it gives a ref at all."""
    if isinstance(node, ast.IfExp):
        found = {_target(node.body), _target(node.orelse)} - {None}
        return found.pop() if len(found) == 1 else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if node.func.id == "maybe" and len(node.args) > 1:
        return _target(node.args[1])
    first = node.args[0] if node.func.id == "ref" and node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
