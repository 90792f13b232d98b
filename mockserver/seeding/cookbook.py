"""All recipes that a scenario needs: found, read, and checked against each other and the contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mockserver.contract import Contract, Resource
from mockserver.errors import Problem
from mockserver.expressions.circles import circles
from mockserver.seeding.audit_fields import default_specs
from mockserver.seeding.fakes import Fakes
from mockserver.seeding.field_recipes import constant, read_field
from mockserver.seeding.item import Make, Recipe
from mockserver.seeding.place import Place, literal, read_yaml
from mockserver.seeding.recipe_file import RecipeFile
from mockserver.seeding.recipe_scope import Field, RecipeScope
from mockserver.values.shown import quoted
from mockserver.values.suggestions import meant

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
        self._files: dict[str, RecipeFile] = {}
        self._scopes: dict[str, RecipeScope | None] = {}

    def scope(self, name: str) -> RecipeScope | None:
        """The recipe of that name, to be read or read from; None when there is no such file."""
        if name not in self._scopes:
            self._scopes[name] = None
            if files := self._of(name):
                self._scopes[name] = self._open(name, *(read_yaml(file, "recipe", self._problems) for file in files))
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
        for name in recipes:
            self._files[name].complain_of_unread(self._resources.get(name), needs.values())
        return recipes

    def pinned(self, place: Place, resource: Resource) -> Recipe:
        """A record written out in a scenario, as a recipe that makes just it."""
        declared(dict(place.members()), resource)
        made = {name: member.child(MAKE) for name, member in place.members() if _is_made(member)}
        plain = {name: member for name, member in place.members() if name not in made}
        specs = {**_defaults(place, resource), **plain, **made}
        columns = {name: [member.value] for name, member in plain.items()}
        scope = RecipeScope(
            resource.name, place, specs, self.scope, self._fakes, columns=columns, key=resource.key, numbered=False
        )
        makers: dict[str, Make] = {name: constant(literal(member)) for name, member in plain.items()}
        for name in specs.keys() - plain.keys():
            scope.field = name
            makers[name] = read_field(specs[name], scope)
        self._circles(scope.needs, {resource.name: scope})
        return Recipe(resource.name, resource.key, makers, tuple(sorted(makers)), place, specs, _needs(scope, makers))

    def _of(self, name: str) -> list[Path]:
        """The recipe's file, and those that it replaces."""
        files = (folder / f"{name}.yaml" for folder in self._folders) if _NAME.match(name) else ()
        return [file for file in files if file.is_file()]

    def _open(self, name: str, root: Place, *replaced: Place) -> RecipeScope:
        resource = self._resources.get(name)
        file = self._files[name] = RecipeFile(root)
        file.check(resource)
        specs = {**_defaults(root, resource), **file.specs}
        key = resource.key if resource else "id"
        locale = file.locale(self._fakes)
        scope = RecipeScope(name, root, specs, self.scope, self._fakes, columns=file.columns, key=key, locale=locale)
        scope.replaced = frozenset(one for other in replaced for one in RecipeFile(other).specs)
        return scope

    def _recipe(self, scope: RecipeScope) -> Recipe:
        file, resource = self._files[scope.name], self._resources.get(scope.name)
        makers: dict[str, Make] = file.makers(scope.key_field)
        for name, spec in scope.specs.items():
            if name not in makers:
                scope.field = name
                makers[name] = read_field(spec, scope)
        stored = tuple(sorted(name for name in makers if file.is_stored(name, resource)))
        return Recipe(scope.name, scope.key_field, makers, stored, scope.root, scope.specs, _needs(scope, stored))

    def _circles(self, needs: Mapping[Field, set[Field]], scopes: Mapping[str, RecipeScope]) -> None:
        for circle in circles(needs):
            recipe, field = circle[0]
            chain = " needs ".join(f"{name}.{one}" for name, one in (*circle, circle[0]))
            scopes[recipe].specs[field].complain(
                f"fields depend on each other: {chain}", "remove one of these dependencies"
            )


def declared(fields: Mapping[str, Place], resource: Resource | None) -> None:
    """Complain about each that is not a field of the resource."""
    for name, place in fields.items():
        if resource and name not in resource.fields:
            place.complain(f"{resource.name} has no field {quoted(name)}", meant(name, resource.fields))


def _needs(scope: RecipeScope, fields: Iterable[str]) -> dict[str, frozenset[str]]:
    return {name: found for name in fields if (found := scope.behind(name))}


def _is_made(member: Place) -> bool:
    return isinstance(member.value, Mapping) and list(member.value) == [MAKE]


def _defaults(root: Place, resource: Resource | None) -> dict[str, Place]:
    """What every record has though nobody wrote it down: its key and its stamps."""
    specs: dict[str, Any] = default_specs(resource) if resource else {"id": "uuid()"}
    return {
        name: Place(root.source, f"{root.pointer}/default/{name}", spec, root.problems) for name, spec in specs.items()
    }
