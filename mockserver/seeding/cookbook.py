"""All recipes that a scenario needs: found, read, and checked against each other and the contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mockserver.contract import Contract, Resource
from mockserver.errors import Problem
from mockserver.expressions.circles import circles
from mockserver.seeding.fakes import LOCALE, Fakes
from mockserver.seeding.item import RESERVED, Make, Recipe
from mockserver.seeding.place import Place, literal, meant, read_yaml
from mockserver.seeding.recipe_reader import read_spec
from mockserver.seeding.scope import Field, Scope
from mockserver.seeding.stamps import default_specs
from mockserver.seeding.words import constant

MAKE = "$make"
"""In a pinned record, ``field: {$make: ...}`` is a value to be made, not one to be taken as it is."""

_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")


class Cookbook:
    """The recipes in ``folders``: the first folder that has a file of the name counts."""

    def __init__(self, folders: Sequence[Path], contract: Contract, problems: list[Problem]) -> None:
        self._folders = folders
        self._resources = contract.resources
        self._problems = problems
        self._fakes = Fakes()
        self._scopes: dict[str, Scope | None] = {}

    def scope(self, name: str) -> Scope | None:
        """The recipe of that name, to be read or read from; None when there is no such file."""
        if name not in self._scopes:
            self._scopes[name] = None
            if file := self._file(name):
                self._scopes[name] = self._open(name, read_yaml(file, self._problems))
        return self._scopes[name]

    def read(self, names: Iterable[str]) -> dict[str, Recipe]:
        """The recipes of those names, and of all that they refer to."""
        for name in names:
            self.scope(name)
        recipes: dict[str, Recipe] = {}
        while waiting := [one for name, one in self._scopes.items() if one and name not in recipes]:
            for scope in waiting:
                recipes[scope.name] = self._recipe(scope)
        needs = {field: found for scope in self._scopes.values() if scope for field, found in scope.needs.items()}
        self._circles(needs, {name: scope for name, scope in self._scopes.items() if scope})
        return recipes

    def pinned(self, place: Place, resource: Resource) -> Recipe:
        """A record written out in a scenario, as a recipe that makes just it."""
        _declared(dict(place.members()), resource)
        given = {name: _given(member) for name, member in place.members()}
        specs = _with_defaults(given, place, resource)
        scope = Scope(resource.name, place, specs, self.scope, self._fakes, key=resource.key, numbered=False)
        makers: dict[str, Make] = {}
        for name, spec in specs.items():
            scope.field = name
            plain = name in given and given[name].pointer == place.child(name).pointer
            makers[name] = constant(literal(spec)) if plain else read_spec(spec, scope)
        self._circles(scope.needs, {resource.name: scope})
        return Recipe(resource.name, resource.key, makers, tuple(sorted(makers)), place, "")

    def _file(self, name: str) -> Path | None:
        files = (folder / f"{name}.yaml" for folder in self._folders) if _NAME.match(name) else ()
        return next((file for file in files if file.is_file()), None)

    def _open(self, name: str, root: Place) -> Scope:
        root.only({"description", "fields", "let", "locale"})
        fields, lets = dict(root.child("fields").members()), dict(root.child("let").members())
        for twice in fields.keys() & lets.keys():
            lets[twice].complain(f"{twice!r} is a field already", "give it another name")
        for reserved in RESERVED & (fields.keys() | lets.keys()):
            place = fields.get(reserved) or lets[reserved]
            place.complain(f"{reserved!r} is a name that every recipe has already", "give it another name")
        locale = root.child("locale", LOCALE)
        if not isinstance(locale.value, str):
            locale.complain(f"{locale.value!r} is no locale", "write one that Faker has, such as en_GB")
            locale = Place("", "", LOCALE, [])
        resource = self._resources.get(name)
        _declared(fields, resource)
        for computed in (resource.computed if resource else frozenset()) & fields.keys():
            fields[computed].complain(f"{computed!r} is worked out, not stored", "leave it out")
        specs = {**lets, **_with_defaults(fields, root, resource)}
        key = resource.key if resource else "id"
        return Scope(name, root, specs, self.scope, self._fakes, key=key, locale=locale.value)

    def _recipe(self, scope: Scope) -> Recipe:
        makers: dict[str, Make] = {}
        for name, spec in scope.specs.items():
            scope.field = name
            makers[name] = read_spec(spec, scope)
        lets = scope.root.child("let").value or {}
        stored = tuple(sorted(name for name in makers if name not in lets))
        return Recipe(scope.name, scope.key_field, makers, stored, scope.root, "/fields")

    def _circles(self, needs: Mapping[Field, set[Field]], scopes: Mapping[str, Scope]) -> None:
        for circle in circles(needs):
            recipe, field = circle[0]
            told = " needs ".join(f"{name}.{one}" for name, one in (*circle, circle[0]))
            scopes[recipe].specs[field].complain(f"fields need each other: {told}", "let one of them do without")


def _given(member: Place) -> Place:
    """The place of a pinned value, or of what is to make it."""
    value = member.value
    return member.child(MAKE) if isinstance(value, Mapping) and list(value) == [MAKE] else member


def _with_defaults(fields: Mapping[str, Place], root: Place, resource: Resource | None) -> dict[str, Place]:
    """The fields, and those that nobody wrote but every record has: its key and its stamps."""
    specs: dict[str, Any] = default_specs(resource) if resource else {"id": {"uuid": True}}
    places = {
        name: Place(root.file, f"{root.pointer}/default/{name}", spec, root.problems) for name, spec in specs.items()
    }
    return {**places, **fields}


def _declared(fields: Mapping[str, Place], resource: Resource | None) -> None:
    for name, place in fields.items():
        if resource and name not in resource.fields:
            place.complain(f"{resource.name} has no field {name!r}", meant(name, resource.fields))
