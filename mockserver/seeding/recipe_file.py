"""A recipe's file: what it says of its fields, and where: constants, rows, tables, names and expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract import Resource
from mockserver.seeding.fakes import LOCALE, Fakes
from mockserver.seeding.field_recipes import constant, in_turn, told_apart
from mockserver.seeding.item import RESERVED, Make
from mockserver.seeding.place import Place, literal
from mockserver.values.absent import ABSENT
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant


class RecipeFile:
    """What stands in the file with the root ``root``; ``specs`` are the places of all that it names.

    ``columns`` shows the values of what is written out in it as data: columns of rows, tables and constants.
    """

    def __init__(self, root: Place) -> None:
        self.root = root
        self.fields = dict(root.child("fields").members())
        self.lets = dict(root.child("let").members())
        self.tables = {name: (place, _rows(place)) for name, place in root.child("tables").members()}
        self.constants = {name: (place, literal(place)) for name, place in root.child("constants").members()}
        self.rows = _rows(root.child("rows"))
        named: dict[str, None] = dict.fromkeys(name for row in self.rows for name in row)
        self.row_columns = {name: _column(root.child("rows"), name) for name in named}
        self.columns: dict[str, list[Any]] = {name: [value] for name, (_, value) in self.constants.items()}
        self.columns |= {name: list(rows) for name, (_, rows) in self.tables.items()}
        for name in self.row_columns:
            self.columns[name] = [row[name] for row in self.rows if name in row]
        self.specs: dict[str, Place] = {
            **{name: place for name, (place, _) in (*self.constants.items(), *self.tables.items())},
            **self.row_columns,
            **self.lets,
            **self.fields,
        }

    def check(self, resource: Resource | None) -> None:
        """Complain about names that are given twice, that are taken, or that are not fields."""
        kinds = (self.fields, self.lets, {n: p for n, (p, _) in self.tables.items()}, self.row_columns)
        for index, later in enumerate(kinds):
            for name in later.keys() & {name for earlier in kinds[:index] for name in earlier}:
                later[name].complain(f"{quoted(name)} is already defined", "give it another name")
        for name in self.constants.keys() & (self.fields.keys() | self.lets.keys()):
            self.constants[name][0].complain(f"{quoted(name)} is already defined", "give it another name")
        for name in RESERVED & self.specs.keys():
            self.specs[name].complain(f"{quoted(name)} is a name built into every recipe", "give it another name")
        for name, place in self.fields.items():
            if resource and name not in resource.fields:
                place.complain(f"{resource.name} has no field {quoted(name)}", meant(name, resource.fields))
        for name in (resource.computed if resource else frozenset()) & (self.specs.keys() - self.lets.keys()):
            self.specs[name].complain(f"{quoted(name)} is computed, not stored", "leave it out")

    def complain_of_unread(self, resource: Resource | None, needs: Iterable[set[tuple[str, str]]]) -> None:
        """Complain about data that is neither a field nor read by an expression."""
        if resource is None:
            return
        read = {field for found in needs for recipe, field in found if recipe == resource.name}
        for name in self.columns.keys() - read - set(resource.fields):
            problem = f"{quoted(name)} is not a field of {resource.name}, and no expression reads it"
            self.specs[name].complain(problem, meant(name, resource.fields))

    def locale(self, fakes: Fakes) -> str:
        """The locale of its fakes; the usual one, and a complaint, when Faker has not that one."""
        place = self.root.child("locale", LOCALE)
        if not isinstance(place.value, str):
            return LOCALE
        try:
            fakes.names(place.value)
        except AttributeError:
            place.complain(f"Faker has no locale {quoted(place.value)}", "write one that Faker has, such as en_GB")
            return LOCALE
        return place.value

    def makers(self, key: str) -> dict[str, Make]:
        """What makes the values that are written out as data; those of the field ``key`` identify a record."""
        makers: dict[str, Make] = {name: constant(value) for name, (_, value) in self.constants.items()}
        makers |= {name: in_turn(rows) for name, (_, rows) in self.tables.items() if rows}
        for name in self.row_columns:
            otherwise = self.constants[name][1] if name in self.constants else ABSENT
            values = [row.get(name, otherwise) for row in self.rows]
            makers[name] = told_apart(values) if name == key else in_turn(values)
        return makers

    def is_stored(self, name: str, resource: Resource | None) -> bool:
        """Whether what is named so is a field of the record, not only a value that others read."""
        if name in self.lets or name in self.tables:
            return False
        return resource is None or name in resource.fields


def _rows(place: Place) -> list[Mapping[str, Any]]:
    return [literal(row) for row in place.each() if isinstance(row.value, Mapping)]


def _column(rows: Place, name: str) -> Place:
    """The place of a column: that of its first value."""
    first = next(row for row in rows.each() if isinstance(row.value, Mapping) and name in row.value)
    return first.child(name)
