"""The functions ``fake.…`` of recipes: each a method of Faker, tried once when the recipe is read."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from mockserver.expressions import ANY, Function, Shape, Site
from mockserver.seeding.fakes import Fakes
from mockserver.seeding.item import Item
from mockserver.seeding.place import is_json
from mockserver.values.shown import quoted


def fake_functions(fakes: Fakes, locale: str) -> Callable[[str], Function | None]:
    """What stands behind ``fake.``: ``fake.city()`` is what Faker's ``city`` makes in that locale."""

    def found(name: str) -> Function | None:
        if name not in fakes.names(locale):
            return None

        def call(item: Item, *arguments: Any, site: str, **named: Any) -> Any:
            return item.making.fakes.make(locale, name, arguments, named, item.seed_of(site))

        return Function(f"fake.{name}", call, context=True, draws=True, check=partial(_check, fakes, locale, name))

    return found


def _check(fakes: Fakes, locale: str, name: str, site: Site) -> Shape:
    """Tried once, so that a person learns at the start what Faker refuses, or that it makes no JSON."""
    try:
        arguments = [ast.literal_eval(one) for one in site.node.args]
        named = {str(one.arg): ast.literal_eval(one.value) for one in site.node.keywords}
    except ValueError:
        return ANY  # known only when it is made
    try:
        value = fakes.make(locale, name, arguments, named, 0)
    except Exception as error:  # noqa: BLE001  # whatever Faker objects to
        site.complain(f"Faker refuses: {error}", "correct the arguments")
        return ANY
    if not is_json(value):
        site.complain(f"JSON cannot hold {quoted(value)}", "use a Faker method that returns strings or numbers")
    return ANY
